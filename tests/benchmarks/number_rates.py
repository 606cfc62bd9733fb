"""How often numbers that are no cards are taken for one, and how long the search for them takes.

Run in the repository: `python tests/benchmarks/number_rates.py [FOLDER]`. The numbers are drawn from fixed seeds:
orders that begin with a day of 2020 to 2029 as YYMMDD, and any digits, as they stand and behind a word.
"""

from __future__ import annotations

import random
import sys
from datetime import date, timedelta
from pathlib import Path
from time import process_time
from typing import TYPE_CHECKING

from crmtext.text.secret_numbers import in_prose

if TYPE_CHECKING:
    from collections.abc import Callable

DRAWN = 20_000
ROUNDS = 5


def dated(drawn: random.Random, size: int) -> str:
    """An order number that begins with its day."""
    day = date(2020, 1, 1) + timedelta(days=drawn.randrange(3650))
    return f"{day:%y%m%d}" + "".join(drawn.choices("0123456789", k=size - 6))


def plain(drawn: random.Random, size: int) -> str:
    """Digits of any kind."""
    return str(drawn.randrange(10 ** (size - 1), 10**size))


def rate(make: Callable[[random.Random, int], str], size: int, before: str = "") -> float:
    """Which part of drawn numbers is taken for an ID or a card."""
    drawn = random.Random(size)
    return sum(any(in_prose(before + make(drawn, size))) for _ in range(DRAWN)) / DRAWN


def microseconds(texts: list[str]) -> float:
    """The best time for one text, of several rounds."""
    best = float("inf")
    for _ in range(ROUNDS):
        start = process_time()
        for text in texts:
            any(in_prose(text))
        best = min(best, process_time() - start)
    return best / len(texts) * 1e6


if __name__ == "__main__":
    sys.stdout.write("digits  YYMMDD…  订单 YYMMDD…  any digits  订单 any digits\n")
    for size in range(13, 21):
        rates = (rate(make, size, before) for make in (dated, plain) for before in ("", "订单 "))
        sys.stdout.write(f"{size:>6}" + "".join(f"{each:>12.2%}" for each in rates) + "\n")
    folder = Path(sys.argv[1] if sys.argv[1:] else "records")
    records = [path.read_text("utf-8") for path in sorted(folder.rglob("*.yaml"))]
    sys.stdout.write(f"{microseconds(records * 100):.0f} µs a record\n")
