"""Processes one batch of measurements: reads CSV records, drops the broken ones, and reports figures per sensor.

Reads INPUT (a CSV file of `sensor,value`), or makes a batch of RECORDS records from SEED. Writes the result as JSON to
standard output and, if OUTPUT_DIR is set, to a file there. Exit codes: 0 done, 1 nothing usable in the input, 2 bad
settings.
"""

import json
import os
import sys
import time

CHUNK_RECORDS = 500
PAUSE_BETWEEN_CHUNKS_SECONDS = 0.1


def setting(name, default):
    text = os.environ.get(name, str(default))
    try:
        number = int(text)
    except ValueError:
        print(f"{name} must be a whole number, not {text!r}", file=sys.stderr)
        sys.exit(2)
    if number < 0:
        print(f"{name} must not be negative", file=sys.stderr)
        sys.exit(2)
    return number


def generated(count, seed):
    """A linear congruential sequence: the same seed gives the same batch. One record in 97 is broken on purpose."""
    state = seed or 1
    for index in range(count):
        state = (state * 1103515245 + 12345) % 2147483648
        value = "broken" if index % 97 == 96 else f"{state % 10000 / 100:.2f}"
        yield f"sensor-{state % 5},{value}"


def from_file(path):
    with open(path, encoding="utf-8") as lines:
        for line in lines:
            if line.strip():
                yield line.strip()


def add(figures, line):
    """Adds one record to the figures; False when it cannot be read."""
    sensor, comma, text = line.partition(",")
    try:
        value = float(text)
    except ValueError:
        return False
    if not comma or not sensor:
        return False
    entry = figures.setdefault(sensor, {"count": 0, "sum": 0.0, "min": value, "max": value})
    entry["count"] += 1
    entry["sum"] += value
    entry["min"] = min(entry["min"], value)
    entry["max"] = max(entry["max"], value)
    return True


def main():
    batch = os.environ.get("JOB_COMPLETION_INDEX", os.environ.get("HOSTNAME", "batch"))
    source = os.environ.get("INPUT")
    lines = from_file(source) if source else generated(setting("RECORDS", 5000), setting("SEED", 42))
    print(f"processing {source or 'a generated batch'} as {batch}", file=sys.stderr, flush=True)
    figures, read, broken = {}, 0, 0
    for line in lines:
        read += 1
        broken += 0 if add(figures, line) else 1
        if read % CHUNK_RECORDS == 0:
            print(f"{read} records", file=sys.stderr, flush=True)
            time.sleep(PAUSE_BETWEEN_CHUNKS_SECONDS)
    for entry in figures.values():
        entry["mean"] = round(entry.pop("sum") / entry["count"], 3)
    result = json.dumps({"batch": batch, "records": read, "broken": broken, "sensors": figures}, sort_keys=True)
    print(result, flush=True)
    directory = os.environ.get("OUTPUT_DIR")
    if directory:
        with open(os.path.join(directory, f"{batch}.json"), "w", encoding="utf-8") as output:
            output.write(result + "\n")
    return 0 if figures else 1


if __name__ == "__main__":
    sys.exit(main())
