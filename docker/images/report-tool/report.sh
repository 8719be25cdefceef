#!/bin/sh
# Writes a report about the machine as the container sees it, to standard output and, if REPORT_DIR is set, to a file
# there named after the day. Exit code 0 when the report is complete.
set -eu

report() {
    echo "Daily report, $(date -u '+%Y-%m-%d %H:%M:%S') UTC"
    echo "host:    $(hostname)"
    echo "kernel:  $(uname -sr)"
    echo "uptime:  $(cut -d. -f1 /proc/uptime) s"
    echo "load:    $(cut -d' ' -f1-3 /proc/loadavg)"
    awk '/^MemTotal|^MemAvailable/ { printf "%-8s %d MiB\n", tolower(substr($1, 4)), $2 / 1024 }' /proc/meminfo
    df -P / | awk 'NR == 2 { printf "disk:    %s used of %d MiB\n", $5, $2 / 1024 }'
    echo "end of report"
}

if [ -n "${REPORT_DIR:-}" ]; then
    report | tee "$REPORT_DIR/report-$(date -u +%Y-%m-%d).txt"
else
    report
fi
