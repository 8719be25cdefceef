#!/usr/bin/env bash
# layers.sh: in a mount namespace of its own, puts a layer of its own over every part of the file system that programs
# write to, so that whatever is written outside of the kept directories is found below /run, /tmp and /dev/shm. Says
# "ready", and waits for the end of its input. Run by WrittenLayers.
#
# usage: layers.sh KEPT...
set -euo pipefail
layers=/run/.layers

mount -t tmpfs -o mode=755 tmpfs /run
mkdir -p "$layers/kept"
number=0
for kept in "$@"; do
    number=$((number + 1))
    mkdir "$layers/kept/$number"
    mount --bind "$kept" "$layers/kept/$number"
done
for top in etc home opt root srv usr var; do
    mkdir -p "$layers/$top/upper" "$layers/$top/work"
    chmod --reference="/$top" "$layers/$top/upper"
    mount -t overlay -o "lowerdir=/$top,upperdir=$layers/$top/upper,workdir=$layers/$top/work" overlay "/$top"
done
for top in tmp dev/shm; do mount -t tmpfs -o mode=1777 tmpfs "/$top"; done
number=0
for kept in "$@"; do
    number=$((number + 1))
    mkdir -p "$kept"
    mount --bind "$layers/kept/$number" "$kept"
done
# What mount(8) noted of all that.
rm -rf /run/mount
echo ready
exec cat >/dev/null
