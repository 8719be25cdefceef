# Sourced after common.sh by scripts that run an end-to-end test for longer than CI does.
# shellcheck shell=bash

END_TO_END=$REPO/artifacts/bin/EndToEnd.Tests/${CONFIGURATION,,}/EndToEnd.Tests

need_tests() {
    [ -x "$END_TO_END" ] || fail "not built yet ($END_TO_END): dotnet build -c $CONFIGURATION"
}

# run_rounds METHOD WHAT [NAME=VALUE...]: runs the tests of a method's name with ACTOR_ORCHESTRATOR_MEMBERS_NAME set to
# VALUE, prints what they report (MembersRun) as it comes, and fails with their output, naming WHAT.
run_rounds() {
    local method=$1 what=$2 report follower code=0 each
    shift 2
    local settings=()
    for each in "$@"; do settings+=("ACTOR_ORCHESTRATOR_MEMBERS_$each"); done
    report=$(mktemp /tmp/ao-rounds-XXXXXX)
    tail -f "$report" &
    follower=$!
    env "${settings[@]}" ACTOR_ORCHESTRATOR_MEMBERS_REPORT="$report" \
        "$END_TO_END" --no-ansi --progress off --filter-method "*.$method" >"$report.log" 2>&1 || code=$?
    sleep 1
    kill "$follower"
    [ "$code" = 0 ] || cat "$report.log"
    rm -f "$report" "$report.log"
    [ "$code" = 0 ] || fail "$what: the run ended with $code"
}
