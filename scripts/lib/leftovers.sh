# Sourced by scripts/test and scripts/members, after common.sh: ends what tests that were killed have left behind.
# shellcheck shell=bash

DATABASE_WAIT_SECONDS=10

# end_leftovers ROOT: everything of a test lies below ROOT. A cluster is known by its pki/, a PostgreSQL by its
# postmaster.pid, and a network by the file 'segment' (Members/Segment.cs), which names what 'ip' has to delete.
end_leftovers() {
    local root=$1 clusters databases segments mounts each kind name
    mapfile -t clusters < <(find "$root" -xdev -maxdepth 4 -type d -name pki)
    mapfile -t databases < <(find "$root" -xdev -maxdepth 4 -name postmaster.pid)
    mapfile -t segments < <(find "$root" -xdev -maxdepth 2 -name segment)
    for each in "${clusters[@]}"; do
        "$REPO/scripts/down" --purge --data-dir "$(dirname "$each")" </dev/null || true
    done
    for each in "${databases[@]}"; do end_database "$(dirname "$each")" "$(head -n 1 "$each")"; done
    for each in "${segments[@]}"; do
        while read -r kind name; do ip "$kind" del "$name" || true; done <"$each"
    done
    mapfile -t mounts < <(awk -v root="$root/" 'index($2, root) == 1 { print $2 }' /proc/mounts)
    for each in "${mounts[@]}"; do umount --lazy "$each" || true; done
    rm -rf --one-file-system "$root"
}

# end_database DIRECTORY PID: only if the process is that database's (pids are reused).
end_database() {
    tr '\0' ' ' <"/proc/$2/cmdline" 2>/dev/null | grep -qF "$1" || return 0
    kill -QUIT "$2" || true
    await "$DATABASE_WAIT_SECONDS" "PostgreSQL (pid $2) to end" [ ! -d "/proc/$2" ] || true
}
