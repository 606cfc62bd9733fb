"""How long the strict loader takes beside `yaml.load(…, CSafeLoader)` on the same records.

Run in the repository: `python tests/benchmarks/loading.py [FOLDER]`. It prints the median of the ratios of each record,
both taken in turn and the best of five, so that a busy machine slows both alike.
"""

from __future__ import annotations

import sys
from pathlib import Path
from statistics import median
from time import process_time

import yaml

from crmtext.text.read.load import parse

ROUNDS = 5


def ratio(raw: bytes) -> float:
    """The time of our loader as a part of PyYAML's."""
    ours = theirs = float("inf")
    for _ in range(ROUNDS):
        start = process_time()
        yaml.load(raw, yaml.CSafeLoader)
        middle = process_time()
        parse(raw)
        theirs, ours = min(theirs, middle - start), min(ours, process_time() - middle)
    return ours / theirs


if __name__ == "__main__":
    folder = Path(sys.argv[1] if sys.argv[1:] else "records")
    records = [path.read_bytes() for path in sorted(folder.rglob("*.yaml"))[:400]]
    sys.stdout.write(f"{len(records)} records, {median(map(len, records))} bytes: ")
    sys.stdout.write(f"{median(map(ratio, records)):.2f} times CSafeLoader\n")
