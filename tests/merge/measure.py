"""Merges the seeded pairs with git, with `merge=union` and with crmtext, and prints the table of docs/merging.md.

Run in the repository: `python tests/merge/measure.py [COUNT] [SEED]`; with `--write` both pages get the table.
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

DOCS = Path(__file__).parents[2] / "docs"
BEGIN, END = "<!-- measured -->", "<!-- end -->"

#: Of each page: the head of the table, how a number of all is written, and the line below the table.
PAGES = {
    "merging.md": (
        "| | correct | needless conflict | true conflict reported | silently wrong |",
        "{n} of {all}",
        "{pairs} pairs of {kinds} kinds, seed {seed}; a merge by crmtext takes {ms:.0f} ms of CPU (median).",
    ),
    "merging.zh-CN.md": (
        "| | 正确 | 多余的冲突 | 报告的真正冲突 | 无提示地合并错误 |",
        "{n} / {all}",
        "{kinds} 种类型共 {pairs} 对，种子为 {seed}；crmtext 合并一次用处理器时间 {ms:.0f} 毫秒（中位数）。",
    ),
}

#: Returns the merged text of a pair; None if it gives up.
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


def measured(count: int, seed: int) -> tuple[dict[str, Counter[str]], float]:
    """How often each way comes to each outcome, and the median of the milliseconds that a merge by crmtext takes."""
    outcomes, times = {}, []
    for name, way in WAYS.items():
        outcomes[name], times = Counter[str](), []
        for pair in pairs(count, seed):
            start = time.process_time()
            merged = way(pair)
            times.append(1000 * (time.process_time() - start))
            outcomes[name][judged(pair, merged)] += 1
    return outcomes, statistics.median(times)


def table(page: str, count: int, seed: int, outcomes: dict[str, Counter[str]], median: float) -> list[str]:
    """The table as a page shows it."""
    head, reported, below = PAGES[page]
    true = sum(bool(pair.conflict) for pair in pairs(count, seed))
    rows = [
        f"| {name} | {100 * counts['correct'] / count:.1f} % | {100 * counts['needless'] / count:.1f} % "
        f"| {reported.format(n=counts['reported'], all=true)} | {100 * counts['wrong'] / count:.1f} % |"
        for name, counts in outcomes.items()
    ]
    return [head, "|---|---|---|---|---|", *rows, "", below.format(pairs=count, kinds=len(KINDS), seed=seed, ms=median)]


def written(page: str, lines: list[str]) -> str:
    """The page with the table in its place."""
    before, _old, after = (*page.partition(BEGIN)[:2], page.partition(END)[2])
    return f"{before}{BEGIN}\n" + "\n".join(lines) + f"\n{END}{after}"


if __name__ == "__main__":
    numbers = [int(word) for word in sys.argv[1:] if word.isdigit()]
    count, seed = (*numbers, *[2000, 1][len(numbers) :])
    outcomes, median = measured(count, seed)
    sys.stdout.write("\n".join(table("merging.md", count, seed, outcomes, median)) + "\n")
    for name in PAGES if "--write" in sys.argv else ():
        page = written((DOCS / name).read_text("utf-8"), table(name, count, seed, outcomes, median))
        (DOCS / name).write_text(page, "utf-8")
