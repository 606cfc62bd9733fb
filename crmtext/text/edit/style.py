"""How a file is written: line ends, indentation, quotes; new text follows it."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from crmtext.text.tree import Node


_QUOTED = frozenset({"single", "double"})


class Style(NamedTuple):
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
    #: The paths, as `contacts[].phones`, of the lists that are written in brackets, and of those that are not.
    bracketed: frozenset[str] = frozenset()
    dashed: frozenset[str] = frozenset()

    def brackets(self, path: str) -> bool:
        """Whether a new list of single values is to stand in brackets here: as there, else as most others do."""
        if path in self.bracketed or path in self.dashed:
            return path in self.bracketed
        return len(self.bracketed) > len(self.dashed)


def detect(text: str, root: Node | None, dates: frozenset[str] = frozenset()) -> Style:
    """The style that most of the text is in."""
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
    """The line end that most lines have."""
    return "\r\n" if text.count("\r\n") * 2 > text.count("\n") else "\n"


def _below(node: Node, index: int, path: str) -> str:
    key = node.keys[index].value if node.kind == "map" else ""
    return f"{path}[]" if node.kind == "list" else f"{path}.{key}" if path else key


def _is_flat(node: Node, child: Node) -> bool:
    """Whether this is a list of single values, and could have been written either way."""
    return child.kind == "list" and node.style == "block" and all(each.kind == "scalar" for each in child.children)


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
