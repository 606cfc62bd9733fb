"""How a file is written: line ends, indentation, quotes; new text follows it."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from crmtext.text.tree import Node


_QUOTED = frozenset({"single", "double"})


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
    steps: dict[str, list[int]] = {"map": [], "list": []}
    gaps: list[int] = []
    quotes = Counter[str]()
    waiting = [root] if root else []
    for node in waiting:
        for index, child in enumerate(node.children):
            if child.style in _QUOTED:
                quotes[child.style] += 1
            elif child.children:
                waiting.append(child)
                if child.style == "block":
                    _step(node, index, steps, gaps)
    quote = "'" if quotes["single"] > quotes["double"] else '"'
    return Style(newline(text), _most(steps["map"], 2), _most(steps["list"], 2), _most(gaps, 1), quote, dates)


def newline(text: str) -> str:
    """The line end that most lines have."""
    return "\r\n" if text.count("\r\n") * 2 > text.count("\n") else "\n"


def _step(node: Node, index: int, steps: dict[str, list[int]], gaps: list[int]) -> None:
    """Note how far a map or list in block style stands from its key, or from its dash."""
    child = node.children[index]
    if node.kind == "map" and child.line > node.keys[index].line:
        steps[child.kind].append(child.column - node.keys[index].column)
    elif node.kind == "list" and child.line == node.line:
        gaps.append(child.column - node.column - 1)


def _most(seen: list[int], default: int) -> int:
    """The most frequent step; a value with an anchor or tag stands where no step is meant, so odd ones are left out."""
    found = [step for step, _ in Counter(seen).most_common() if 0 <= step <= 8]
    return found[0] if found else default
