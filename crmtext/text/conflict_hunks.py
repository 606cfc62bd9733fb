"""Conflict markers in a text: the sides, the fields in conflict, and the text with sides chosen."""

from __future__ import annotations

import re
from itertools import pairwise
from typing import TYPE_CHECKING, NamedTuple

from crmtext.text.tree import Node, parsed
from crmtext.values import lazy

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

#: The length of a marker unless a repository configures another.
SIZE = 7
# Only at the left edge: a record is a map, so everything inside a value is indented.
# git writes longer markers where a file was renamed, and in the virtual base of criss-cross merges.
_MARK = lazy.pattern(r"^(?:<{7,}|>{7,}|\|{7,}|={7,})(?: [^\n]*|\r)?$", re.MULTILINE)
SIGNS = ("<<<<<<<", "|||||||", "=======", ">>>>>>>")
_WHOLE = ([0, 2, 3], [0, 1, 2, 3])
_BEGUN = ([0], [0, 1], [0, 2], [0, 1, 2])


class Hunk(NamedTuple):
    """Lines that two sides changed, and their base if known."""

    ours: str
    theirs: str
    base: str = ""


def signs(ours: str, theirs: str, size: int = SIZE) -> tuple[str, str, str]:
    """The lines that begin, divide and end a conflict."""
    return f"{'<' * size} {ours}\n", f"{'=' * size}\n", f"{'>' * size} {theirs}\n"


def has_conflict(text: str) -> bool:
    """Whether a text holds a complete conflict."""
    return any(whole for _start, _end, whole in places(text))


def places(text: str) -> Iterator[tuple[int, int, bool]]:
    """The start and end of each conflict; a stray marker counts as a conflict that is not whole."""
    for marks in _grouped(text):
        if whole := len(marks) > 1:
            yield marks[0].start(), marks[-1].end(), whole
        else:
            yield *marks[0].span(), whole


def split(text: str) -> tuple[str | Hunk, ...]:
    """The text between conflicts, and each complete conflict as a hunk; stray markers stay text."""
    parts: list[str | Hunk] = []
    done = 0
    for marks in _grouped(text):
        if len(marks) > 1:
            edges = [(_line_end(text, one.end()), other.start()) for one, other in pairwise(marks)]
            ours, *base, theirs = (text[start:end] for start, end in edges)
            parts += (text[done : marks[0].start()], Hunk(ours, theirs, *base))
            done = _line_end(text, marks[-1].end())
    return tuple(part for part in (*parts, text[done:]) if part)


def _grouped(text: str) -> Iterator[list[re.Match[str]]]:
    """The markers of each conflict, three or four; stray ones one by one."""
    opened: list[re.Match[str]] = []
    for mark in _MARK.finditer(text):
        kinds = [SIGNS.index(match.group()[:SIZE]) for match in (*opened, mark)]
        if kinds in _WHOLE:
            yield [*opened, mark]
            opened = []
        elif kinds in _BEGUN:
            opened.append(mark)
        else:
            yield from ([match] for match in opened)
            opened = [mark] if kinds[-1] == 0 else []
            if kinds[-1] != 0:
                yield [mark]
    yield from ([match] for match in opened)


def resolve(text: str, choose: Callable[[Hunk], str]) -> str:
    """The text with a side chosen in each conflict."""
    return "".join(part if isinstance(part, str) else choose(part) for part in split(text))


def with_our_side(text: str) -> str:
    """The text with our side chosen everywhere, or theirs where ours is empty."""
    return resolve(text, _fuller)


class Spot(NamedTuple):
    """A conflict with its fields, as `contacts[张三].title` and as `contacts[0].title`; none if unknown."""

    hunk: Hunk
    names: tuple[str, ...] = ()
    numbers: tuple[str, ...] = ()


def spots(text: str) -> tuple[Spot, ...]:
    """Return each conflict of a text with its fields."""
    root = _root(text)
    conflicts, at = [], 0
    for part in split(text):
        length = len(part if isinstance(part, str) else _fuller(part))
        if isinstance(part, Hunk):
            fields = tuple(_fields(root, at, at + length)) if root else ()
            conflicts.append(Spot(part, tuple(name for name, _n in fields), tuple(number for _n, number in fields)))
        at += length
    return tuple(conflicts)


def value(text: str, key: str) -> str:
    """A top-level value of a text with conflicts; empty if missing."""
    root = _root(text)
    pairs = zip(root.keys, root.children, strict=True) if root and root.kind == "map" else ()
    return next((child.value for name, child in pairs if name.value == key), "")


def _root(text: str) -> Node | None:
    """The tree of the text with a side chosen everywhere."""
    roots = parsed(with_our_side(text))
    return roots[0] if roots else None


def _fuller(hunk: Hunk) -> str:
    return hunk.ours or hunk.theirs


def _fields(node: Node, start: int, end: int, name: str = "", number: str = "") -> Iterator[tuple[str, str]]:
    """The outermost entries and items that begin between two offsets."""
    for index, child in enumerate(node.children):
        if node.kind == "map":
            key = node.keys[index]
            dot = "." if name else ""
            begin, below = key.start, (f"{name}{dot}{key.value}", f"{number}{dot}{key.value}")
        else:
            begin, below = child.start, (f"{name}[{_label(child, index)}]", f"{number}[{index}]")
        if start <= begin < end:
            yield below
        elif begin < end and child.end > start:
            yield from _fields(child, start, end, *below)


def _label(item: Node, index: int) -> str:
    """An item's name, or its number."""
    named = (child.value for key, child in zip(item.keys, item.children, strict=False) if key.value == "name")
    return next(named, "") or str(index)


def _line_end(text: str, at: int) -> int:
    return min(at + 1, len(text))
