"""The style of a file: line ends, indentation, quotes; new text follows it."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from crmtext.text.tree import Node


_QUOTED = frozenset({"single", "double"})


class Style(NamedTuple):
    """The style of a file; the defaults are those of a new record."""

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
    #: The paths, as `contacts[].phones`, of lists written in brackets, and of lists with dashes.
    bracketed: frozenset[str] = frozenset()
    dashed: frozenset[str] = frozenset()

    def brackets(self, path: str) -> bool:
        """Whether a new list of scalars goes in brackets: as others at this path do, else as most lists do."""
        if path in self.bracketed or path in self.dashed:
            return path in self.bracketed
        return len(self.bracketed) > len(self.dashed)


def detect(text: str, root: Node | None, dates: frozenset[str] = frozenset()) -> Style:
    """Return the style of most of the text."""
    steps: dict[str, list[int]] = {"map": [], "list": []}
    gaps: list[int] = []
    quotes, lists = Counter[str](), Counter[str]()
    waiting = [(root, "")] if root else []
    for node, path in waiting:
        for index, child in enumerate(node.children):
            if child.style in _QUOTED:
                quotes[child.style] += 1
            elif child.children:
                below = _below(node, index, path)
                waiting.append((child, below))
                if _is_flat(node, child):
                    lists[below] += 1 if child.style == "flow" else -1
                if child.style == "block":
                    _step(node, index, steps, gaps)
    quote = "'" if quotes["single"] > quotes["double"] else '"'
    forms = [frozenset(path for path, seen in lists.items() if seen * sign > 0) for sign in (1, -1)]
    return Style(newline(text), _most(steps["map"], 2), _most(steps["list"], 2), _most(gaps, 1), quote, dates, *forms)


def newline(text: str) -> str:
    """The most frequent line end."""
    return "\r\n" if text.count("\r\n") * 2 > text.count("\n") else "\n"


def _below(node: Node, index: int, path: str) -> str:
    key = node.keys[index].value if node.kind == "map" else ""
    return f"{path}[]" if node.kind == "list" else f"{path}.{key}" if path else key


def _is_flat(node: Node, child: Node) -> bool:
    """Whether this is a list of scalars that could have brackets or dashes."""
    return child.kind == "list" and node.style == "block" and all(item.kind == "scalar" for item in child.children)


def _step(node: Node, index: int, steps: dict[str, list[int]], gaps: list[int]) -> None:
    """Record the distance of a block-style map or list from its key or dash."""
    child = node.children[index]
    if node.kind == "map" and child.line > node.keys[index].line:
        steps[child.kind].append(child.column - node.keys[index].column)
    elif node.kind == "list" and child.line == node.line:
        gaps.append(child.column - node.column - 1)


def _most(seen: list[int], default: int) -> int:
    """The most frequent step; unlikely ones, as from a value with an anchor or tag, are left out."""
    steps = [step for step, _ in Counter(seen).most_common() if 0 <= step <= 8]
    return steps[0] if steps else default
