"""Merges the seeded pairs with git, with `merge=union` and with crmtext, and prints the table of docs/merging.md.

Run in the repository: `python tests/merge/measure.py [COUNT] [SEED]`; with `--write` the page gets the table.
"""

from __future__ import annotations

import statistics
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory

from invented import KEYS
from kinds import KINDS
from pairs import Pair, pairs

from crmtext.merge.merge_texts import merge

PAGE = Path(__file__).parents[2] / "docs/merging.md"
BEGIN, END = "<!-- measured -->", "<!-- end -->"

#: The merged text of a pair, None where the way gives up.
Way = Callable[[Pair], str | None]


def by_git(*options: str) -> Way:
    """The merge that git makes of the lines."""

    def way(pair: Pair) -> str | None:
        with TemporaryDirectory() as folder:
            paths = []
            for name in ("ours", "base", "theirs"):
                paths.append(Path(folder) / name)
                paths[-1].write_bytes(getattr(pair, name).encode())
            done = subprocess.run(["git", "merge-file", "-p", *options, *paths], capture_output=True, check=False)
        return None if done.returncode else done.stdout.decode()

    return way


def by_crmtext(pair: Pair) -> str | None:
    """Our merge."""
    merged = merge(pair.base, pair.ours, pair.theirs, KEYS)
    return None if merged.conflicts else merged.text


WAYS: dict[str, Way] = {"git": by_git(), "`merge=union`": by_git("--union"), "crmtext": by_crmtext}


def judged(pair: Pair, merged: str | None) -> str:
    """What to call the outcome."""
    if merged is None:
        return "reported" if pair.conflict else "needless"
    return "wrong" if pair.conflict or not pair.right(merged) else "correct"


def table(count: int, seed: int) -> list[str]:
    """The table, and the time that our merges took."""
    lines = ["| | correct | needless conflict | true conflict reported | silently wrong |", "|---|---|---|---|---|"]
    true = sum(bool(pair.conflict) for pair in pairs(count, seed))
    for name, way in WAYS.items():
        found, times = Counter[str](), []
        for pair in pairs(count, seed):
            start = time.process_time()
            merged = way(pair)
            times.append(1000 * (time.process_time() - start))
            found[judged(pair, merged)] += 1
        shares = [f"{100 * found[each] / count:.1f} %" for each in ("correct", "needless")]
        lines.append(
            f"| {name} | {' | '.join(shares)} | {found['reported']} of {true} | {100 * found['wrong'] / count:.1f} % |"
        )
    took = f"a merge by crmtext takes {statistics.median(times):.0f} ms of CPU (median)"
    lines += ["", f"{count} pairs of {len(KINDS)} kinds, seed {seed}; {took}."]
    return lines


def written(page: str, lines: list[str]) -> str:
    """The page with the table in its place."""
    before, _old, after = (*page.partition(BEGIN)[:2], page.partition(END)[2])
    return f"{before}{BEGIN}\n" + "\n".join(lines) + f"\n{END}{after}"


if __name__ == "__main__":
    numbers = [int(each) for each in sys.argv[1:] if each.isdigit()]
    found = table(*(numbers + [2000, 1][len(numbers) :]))
    sys.stdout.write("\n".join(found) + "\n")
    if "--write" in sys.argv:
        PAGE.write_text(written(PAGE.read_text("utf-8"), found), "utf-8")
