"""What a container does that writes down itself that it runs: ledger.py [SECONDS].

Each line of the file "log" beside it is one event: what happened, the time since boot, the pod's uid and name, where
the root file system of this container is on the machine's disk, and more. For as long as it lives it holds a lock on
a file with its pod's name, which the kernel takes back when it has ended, whatever ended it. With SECONDS it ends then,
without it never.
"""
import fcntl
import os
import signal
import sys
import time

HERE = os.path.dirname(os.path.abspath(__file__))
UID, NAME = os.environ["POD_UID"], os.environ["POD_NAME"]
INDEX = os.environ.get("JOB_COMPLETION_INDEX", "")


def root():
    with open("/proc/self/mountinfo") as mounts:
        for line in mounts:
            fields = line.split()
            if fields[4] == "/":
                return next(option[9:] for option in fields[-1].split(",") if option.startswith("upperdir="))
    raise SystemExit("the root file system is no overlay")


def say(event, *more):
    line = "\t".join([event, str(time.monotonic()), UID, NAME, root(), *more])
    log = os.open(os.path.join(HERE, "log"), os.O_WRONLY | os.O_APPEND | os.O_CREAT)
    os.write(log, (line + "\n").encode())
    os.close(log)


def leave(*_):
    say("end")
    sys.exit(0)


signal.signal(signal.SIGTERM, leave)
lock = os.open(os.path.join(HERE, "locks", NAME), os.O_RDWR | os.O_CREAT)
try:
    fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    others = ""
except BlockingIOError:
    others = os.read(lock, 1000).decode() or "somebody"
say("start", INDEX, others)
os.ftruncate(lock, 0)
os.pwrite(lock, UID.encode(), 0)
if len(sys.argv) > 1:
    time.sleep(float(sys.argv[1]))
    say("done", INDEX)
else:
    while True:
        signal.pause()
