# Sourced by every script: where things are, how they speak, and how they wait.
# shellcheck shell=bash

REPO=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
CACHE=${ACTOR_ORCHESTRATOR_CACHE:-$REPO/.cache}
DATA=${ACTOR_ORCHESTRATOR_DATA:-/var/lib/actor-orchestrator}
CONFIGURATION=${ACTOR_ORCHESTRATOR_CONFIGURATION:-Release}
SCRIPT=$(basename "$0")

say() { printf '%s: %s\n' "$SCRIPT" "$*" >&2; }

fail() {
    printf '%s: error: %s\n' "$SCRIPT" "$*" >&2
    exit 1
}

# The comment block at the top of a script is its help; the first line after it ends the block.
print_help() { awk 'NR > 1 { if (!/^#/) exit; sub(/^# ?/, ""); print }' "$0"; }

# value_of OPTION [VALUE...]: the value that must follow an option.
value_of() {
    [ $# -ge 2 ] && [ -n "$2" ] || fail "$1 needs a value (see $SCRIPT --help)"
    printf '%s' "$2"
}

need_root() {
    [ "$(id -u)" = 0 ] || fail "must run as root (it needs $1); try: sudo $0"
}

# await SECONDS WHAT COMMAND...: polls COMMAND until it succeeds; says what it waits for, and fails naming it.
await() {
    local seconds=$1 what=$2 started=$SECONDS said=0
    shift 2
    until "$@" >/dev/null 2>&1; do
        if [ $((SECONDS - started)) -ge "$seconds" ]; then
            say "waited $seconds s for $what, in vain"
            return 1
        fi
        if [ $((SECONDS - started)) -ge 2 ] && [ "$said" = 0 ]; then
            say "waiting for $what (at most $seconds s)"
            said=1
        fi
        sleep 0.1
    done
}

orchestrator_binary() {
    printf '%s/artifacts/bin/ActorOrchestrator.Host/%s/orchestrator' "$REPO" "${CONFIGURATION,,}"
}

# The pid in a pid file, when that process lives and is what the file says it is (pids are reused).
live_pid() {
    local file=$1 name=$2 pid
    [ -r "$file" ] || return 1
    pid=$(tr -dc '0-9' <"$file")
    [ -n "$pid" ] && [ -r "/proc/$pid/cmdline" ] || return 1
    tr '\0' ' ' <"/proc/$pid/cmdline" | grep -q -- "$name" || return 1
    printf '%s' "$pid"
}
