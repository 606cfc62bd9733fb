"""Three texts merged by their lines alone, as git does it."""

from __future__ import annotations

from difflib import SequenceMatcher
from typing import TYPE_CHECKING, NamedTuple

from crmtext.text.hunks import Hunk

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

Lines = list[str]


def three_way(base: str, ours: str, theirs: str) -> tuple[str | Hunk, ...]:
    """What both texts come to, with a hunk where they changed the same lines."""
    b, o, t = rows(base), rows(ours), rows(theirs)
    found: list[str | Hunk] = []
    at = (0, 0, 0)
    for same in (*_shared(b, o, t), _Shared(len(b), len(o), len(t), 0)):
        found.append(_between(b[at[0] : same.base], o[at[1] : same.ours], t[at[2] : same.theirs]))
        found.append("".join(b[same.base : same.base + same.size]))
        at = (same.base + same.size, same.ours + same.size, same.theirs + same.size)
    return tuple(part for part in found if part)


def rows(text: str) -> Lines:
    """The lines of a text with their ends; only a line feed ends one."""
    lines = [line + "\n" for line in text.split("\n")]
    lines[-1] = lines[-1][:-1]
    return lines if lines[-1] else lines[:-1]


def _between(base: Lines, ours: Lines, theirs: Lines) -> str | Hunk:
    if ours in (theirs, base):
        return "".join(theirs)
    if theirs == base:
        return "".join(ours)
    return Hunk("".join(ours), "".join(theirs), "".join(base))


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
    """The stretches of lines that stay, as offsets in both and length."""
    head = _common(old, new)
    tail = _common(old[head:][::-1], new[head:][::-1])
    matcher = SequenceMatcher(None, old[head : len(old) - tail], new[head : len(new) - tail], autojunk=False)
    middle = [(head + a, head + b, size) for a, b, size in matcher.get_matching_blocks() if size]
    return [(0, 0, head), *middle, (len(old) - tail, len(new) - tail, tail)]


def _common(one: Sequence[str], other: Sequence[str]) -> int:
    """How many lines two texts begin with in common."""
    return next((n for n, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), min(len(one), len(other)))
