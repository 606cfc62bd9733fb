"""How a file is written: line ends, indentation, quotes; new text follows it."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from crmtext.text.tree import Node


@dataclass(frozen=True, slots=True)
class Style:
    """The habits of a file; the defaults are those of a new record."""

    newline: str = "\n"
    #: Columns from a key to the keys below it.
    map_step: int = 2
    #: Columns from a key to the dashes below it; 0 where lists are not indented.
    list_step: int = 2
    #: Spaces after a dash.
    gap: int = 1
    quote: str = '"'
    #: The paths, as `interactions[].date`, whose dates are written without quotes.
    dates: frozenset[str] = frozenset()


def detect(text: str, root: Node | None, dates: frozenset[str] = frozenset()) -> Style:
    """The style that most of the text is in."""
    seen: dict[str, Counter[int]] = {"map": Counter(), "list": Counter(), "gap": Counter(), "quote": Counter()}
    for node in _nodes(root):
        _count(node, seen)
    return Style(
        newline(text),
        _most(seen["map"], 2),
        _most(seen["list"], 2),
        _most(seen["gap"], 1),
        "'" if seen["quote"][1] > seen["quote"][2] else '"',
        dates,
    )


def newline(text: str) -> str:
    """The line end that most lines have."""
    return "\r\n" if text.count("\r\n") * 2 > text.count("\n") else "\n"


def _count(node: Node, seen: dict[str, Counter[int]]) -> None:
    if node.kind == "scalar":
        if node.style in {"single", "double"}:
            seen["quote"][1 if node.style == "single" else 2] += 1
    elif node.style == "block" and node.kind == "map":
        for key, value in zip(node.keys, node.children, strict=True):
            if value.style == "block" and value.line > key.line:
                seen[value.kind][value.column - key.column] += 1
    elif node.style == "block":
        for value in node.children:
            if value.style == "block" and value.line == node.line:
                seen["gap"][value.column - node.column - 1] += 1


def _most(seen: Counter[int], default: int) -> int:
    """The most frequent step; a value with an anchor or tag stands where no step is meant, so odd ones are left out."""
    found = [step for step, _ in seen.most_common() if 0 <= step <= 8]
    return found[0] if found else default


def _nodes(root: Node | None) -> Iterator[Node]:
    waiting = [root] if root else []
    while waiting:
        node = waiting.pop()
        yield node
        waiting += node.children
