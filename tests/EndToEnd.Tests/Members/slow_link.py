"""Carries Ethernet frames between two taps, each after a delay, and loses some: slow_link.py TAP TAP SECONDS SHARE.

Prints "ready" when both taps are there; they go with it. It ends when its standard input does.
"""
import collections
import fcntl
import os
import random
import select
import struct
import sys
import time

TUNSETIFF = 0x400454CA
IFF_TAP = 0x0002
IFF_NO_PI = 0x1000
FRAME_MAX = 65536

# As many as a busy link has under way; more are lost, as in a router that is too busy.
QUEUE_MAX = 10000


def tap(name):
    opened = os.open("/dev/net/tun", os.O_RDWR | os.O_NONBLOCK)
    fcntl.ioctl(opened, TUNSETIFF, struct.pack("16sH", name.encode(), IFF_TAP | IFF_NO_PI))
    return opened


def main():
    delay, loss = float(sys.argv[3]), float(sys.argv[4])
    ends = [tap(name) for name in sys.argv[1:3]]
    other = {ends[0]: ends[1], ends[1]: ends[0]}
    waiting = collections.deque()
    print("ready", flush=True)
    while True:
        pause = max(0.0, waiting[0][0] - time.monotonic()) if waiting else None
        readable, _, _ = select.select([*ends, sys.stdin], [], [], pause)
        if sys.stdin in readable and not os.read(sys.stdin.fileno(), 1):
            return
        for end in ends:
            if end in readable:
                frame = os.read(end, FRAME_MAX)
                if random.random() >= loss and len(waiting) < QUEUE_MAX:
                    waiting.append((time.monotonic() + delay, other[end], frame))
        while waiting and waiting[0][0] <= time.monotonic():
            _, end, frame = waiting.popleft()
            try:
                os.write(end, frame)
            except OSError:
                pass  # The interface is down, or full: a frame more that is lost.


main()
