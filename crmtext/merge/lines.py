"""Three-way merge of texts by lines, as git does it."""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from difflib import SequenceMatcher
from typing import TYPE_CHECKING, NamedTuple

from crmtext.text.conflict_hunks import Hunk

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

Lines = list[str]


def three_way(base: str, ours: str, theirs: str) -> tuple[str | Hunk, ...]:
    """Return the merged text, with a hunk where both changed the same lines."""
    return tuple(part for hunk in stretches(base, ours, theirs) if (part := together(hunk)))


def stretches(base: str, ours: str, theirs: str) -> Iterator[Hunk]:
    """Return the three texts as stretches: lines common to all, and those between."""
    b, o, t = rows(base), rows(ours), rows(theirs)
    at = (0, 0, 0)
    for same in (*_shared(b, o, t), _Shared(len(b), len(o), len(t), 0)):
        yield Hunk("".join(o[at[1] : same.ours]), "".join(t[at[2] : same.theirs]), "".join(b[at[0] : same.base]))
        common = "".join(b[same.base : same.base + same.size])
        yield Hunk(common, common, common)
        at = (same.base + same.size, same.ours + same.size, same.theirs + same.size)


def together(hunk: Hunk) -> str | Hunk:
    """Return the merged text of a hunk, or the hunk if both sides changed it."""
    if hunk.ours in (hunk.theirs, hunk.base):
        return hunk.theirs
    return hunk.ours if hunk.theirs == hunk.base else hunk


def rows(text: str) -> Lines:
    """Return the lines of a text with their ends; only a line feed ends one."""
    lines = [line + "\n" for line in text.split("\n")]
    lines[-1] = lines[-1][:-1]
    return lines if lines[-1] else lines[:-1]


class _Shared(NamedTuple):
    """Lines that all three texts have in common."""

    base: int
    ours: int
    theirs: int
    size: int


def _shared(base: Lines, ours: Lines, theirs: Lines) -> Iterator[_Shared]:
    mine, other = _equal(base, ours), _equal(base, theirs)
    here = there = 0
    while here < len(mine) and there < len(other):
        (b1, o1, n1), (b2, t2, n2) = mine[here], other[there]
        start, end = max(b1, b2), min(b1 + n1, b2 + n2)
        if start < end:
            yield _Shared(start, o1 + start - b1, t2 + start - b2, end - start)
        if b1 + n1 < b2 + n2:
            here += 1
        else:
            there += 1


def _equal(old: Lines, new: Lines) -> list[tuple[int, int, int]]:
    """The stretches of common lines, as offsets in both and length."""
    head = _common(old, new)
    tail = _common(old[head:][::-1], new[head:][::-1])
    middle = old[head : len(old) - tail], new[head : len(new) - tail]
    blocks: list[tuple[int, int, int]] = []
    at = (0, 0)
    # Split at unique lines first: comparing each `by: lilei` with all others takes seconds.
    for a, b in (*_once(*middle), (len(middle[0]), len(middle[1]))):
        matcher = SequenceMatcher(None, middle[0][at[0] : a], middle[1][at[1] : b], autojunk=False)
        blocks += [(head + at[0] + x, head + at[1] + y, size) for x, y, size in matcher.get_matching_blocks() if size]
        if a < len(middle[0]):
            blocks.append((head + a, head + b, 1))
        at = (a + 1, b + 1)
    return [(0, 0, head), *blocks, (len(old) - tail, len(new) - tail, tail)]


def _once(old: Lines, new: Lines) -> list[tuple[int, int]]:
    """The lines that are unique in each of two texts, as many as keep their order."""
    here, there = ({line: at for at, line in enumerate(text)} for text in (old, new))
    counts = Counter(old), Counter(new)
    pairs = [(here[line], there[line]) for line in here if counts[0][line] == counts[1][line] == 1]
    # The longest increasing subsequence: each pair knows its predecessor in the best run that it ends.
    ends: list[tuple[int, int]] = []
    rises: list[int] = []
    before: dict[tuple[int, int], tuple[int, int] | None] = {}
    for pair in sorted(pairs):
        at = bisect_left(rises, pair[1])
        before[pair] = ends[at - 1] if at else None
        ends[at : at + 1], rises[at : at + 1] = [pair], [pair[1]]
    run = []
    last = ends[-1] if ends else None
    while last is not None:
        run.append(last)
        last = before[last]
    return run[::-1]


def _common(one: Sequence[str], other: Sequence[str]) -> int:
    """The number of equal lines at the beginning of two texts."""
    return next((n for n, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), min(len(one), len(other)))
