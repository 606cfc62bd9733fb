"""Where the small signs of block style stand: what comes before a value, and the dashes of a list."""

from __future__ import annotations

from typing import TYPE_CHECKING

from crmtext.values import lazy

if TYPE_CHECKING:
    from crmtext.text.tree import Node

# Between two items of a block list stand blanks, comments and one dash. Possessive, so that nothing backtracks.
_DASH = lazy.pattern(r"(?:\s++|#[^\n]*+)*+-")
_MARKS = lazy.pattern(r"(?:[&!]\S*+(?:\s++|#[^\n]*+)*+)*+")


def own(text: str, node: Node) -> int:
    """Where a node's text begins behind its tag and anchor."""
    if node.tag is None and node.anchor is None:
        return node.start
    found = _MARKS.match(text, node.start, node.end)
    return found.end() if found else node.start


def dash(text: str, node: Node, index: int) -> int | None:
    """Where the dash of an item of a block list stands; None where the list is written in an odd way."""
    start = node.children[index - 1].end if index else own(text, node)
    found = _DASH.match(text, start)
    return found.end() - 1 if found else None
