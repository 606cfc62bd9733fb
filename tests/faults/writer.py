"""A writer in a process of its own: `python writer.py STORE NAME COUNT [--commit] [--to CUSTOMER]` logs entries.

Each is a command of its own. What it was told is there it notes in `told-NAME`, each line as one write.
"""

from __future__ import annotations

import argparse
import os
import random
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from crmtext.__main__ import main

if TYPE_CHECKING:
    from collections.abc import Sequence

IDS = tuple(f"C20240501{number}" for number in range(101, 121))


def write(store: Path, name: str, count: int, customers: Sequence[str], options: Sequence[str]) -> int:
    """Log entries to customers at random; the exit code of the first that fails."""
    chance = random.Random(name)
    quiet = os.open(os.devnull, os.O_WRONLY)
    os.dup2(quiet, 1)
    told = os.open(store / f"told-{name}", os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o644)
    errors, said = os.dup(2), os.open(store / f"said-{name}", os.O_RDWR | os.O_CREAT, 0o644)
    os.dup2(said, 2)
    for number in range(count):
        customer, text = chance.choice(customers), f"{name}-{number}"
        if code := main(["-C", str(store), "log", customer, "phone", text, *options]):
            os.write(errors, os.pread(said, 10_000, max(os.fstat(said).st_size - 500, 0)))
            return code
        os.write(told, f"{customer} {text}\n".encode())
    return 0


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("store", type=Path)
    parser.add_argument("name")
    parser.add_argument("count", type=int)
    parser.add_argument("--to", action="append")
    parser.add_argument("--commit", action="store_const", const=["--commit"], default=[])
    given = parser.parse_args()
    sys.exit(write(given.store, given.name, given.count, given.to or IDS, given.commit))
