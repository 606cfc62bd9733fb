"""Seeded edits on the YAML files of some folders: how many are right, refused, noisy or wrong, and how long they take.

Run in the repository: `python tests/proof/measure.py [--edits N] [--per-file N] [--seed S] [--show] FOLDER…`.
"""

from __future__ import annotations

import argparse
import statistics
import sys
from collections import Counter
from dataclasses import dataclass, field
from difflib import unified_diff
from pathlib import Path
from typing import TYPE_CHECKING

from judging import Verdict, judged
from seeded import compose, operations

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from crmtext.text.edit.rewrite import Operation

#: Larger files say nothing more and cost the judge minutes.
LARGEST = 64 * 1024


@dataclass
class Tally:
    """What was counted."""

    files: int = 0
    found: Counter[str] = field(default_factory=Counter)
    kinds: Counter[str] = field(default_factory=Counter)
    refusals: Counter[str] = field(default_factory=Counter)
    noise: Counter[int] = field(default_factory=Counter)
    times: list[float] = field(default_factory=list)

    @property
    def edits(self) -> int:
        """How many edits were tried."""
        return self.found.total()


def texts(folders: Iterable[Path]) -> Iterator[tuple[Path, str]]:
    """The YAML files that can be edited at all: one document, UTF-8."""
    for folder in folders:
        for path in sorted((*folder.rglob("*.yml"), *folder.rglob("*.yaml"))):
            if not path.is_file() or path.stat().st_size > LARGEST:
                continue
            try:
                text = path.read_bytes().decode()
            except UnicodeDecodeError:
                continue
            if compose(text) is not None:
                yield path, text


def run(folders: Iterable[Path], *, edits: int, per_file: int, seed: int, show: bool) -> Tally:
    """Try the edits, a few of each file."""
    tally = Tally()
    for path, text in texts(folders):
        before = tally.edits
        for number, several in enumerate(operations(text, per_file, f"{seed}/{path.name}")):
            verdict = judged(text, several, slowly=number % 10 == 0 and len(text) < 4000)
            _count(tally, text, several, verdict)
            if show and (verdict.kind != "right" or verdict.noise):
                _show(path, text, several, verdict)
        tally.files += tally.edits > before
        if tally.edits >= edits:
            break
    return tally


def _count(tally: Tally, text: str, several: tuple[Operation, ...], verdict: Verdict) -> None:
    tally.found[verdict.kind] += 1
    tally.kinds[type(several[0]).__name__.lower() if len(several) == 1 else "several"] += 1
    if verdict.kind == "refused":
        tally.refusals[verdict.said] += 1
        return
    tally.noise[verdict.noise] += 1
    if 1600 <= len(text.encode()) <= 2500:
        tally.times.append(verdict.milliseconds)


def _show(path: Path, text: str, several: tuple[Operation, ...], verdict: Verdict) -> None:
    sys.stdout.write(f"\n=== {verdict.kind} {verdict.said} noise={verdict.noise}: {path}\n    {several}\n")
    lines = unified_diff(text.split("\n"), (verdict.text or text).split("\n"), lineterm="", n=2)
    sys.stdout.write("".join(f"    {line}\n" for line in lines))


def report(tally: Tally) -> list[str]:
    """The figures as lines."""
    done = tally.edits - tally.found["refused"]
    share = 100 / max(tally.edits, 1)
    lines = [
        f"{tally.edits} edits of {tally.files} files: {', '.join(f'{n} {k}' for k, n in tally.kinds.most_common())}",
        f"silently wrong: {tally.found['wrong']}",
        f"done: {share * done:.2f} %",
        f"without a noise line: {100 * tally.noise[0] / max(done, 1):.2f} % of those done",
    ]
    if tally.times:
        lines.append(f"median at 2 KB: {statistics.median(tally.times):.2f} ms ({len(tally.times)} edits)")
    lines += [f"refused {count} times: {said}" for said, count in tally.refusals.most_common(12)]
    return lines


if __name__ == "__main__":
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("folders", nargs="+", type=Path, metavar="FOLDER")
    arguments.add_argument("--edits", type=int, default=sys.maxsize)
    arguments.add_argument("--per-file", type=int, default=7)
    arguments.add_argument("--seed", type=int, default=1)
    arguments.add_argument("--show", action="store_true")
    asked = arguments.parse_args()
    tally = run(asked.folders, edits=asked.edits, per_file=asked.per_file, seed=asked.seed, show=asked.show)
    sys.stdout.write("\n".join(report(tally)) + "\n")
    sys.exit(bool(tally.found["wrong"]))
