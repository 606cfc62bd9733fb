"""Positions of block-style marks: tags and anchors before a value, and the dashes of a list."""

from __future__ import annotations

from typing import TYPE_CHECKING

from crmtext.values import lazy

if TYPE_CHECKING:
    from crmtext.text.tree import Node

# Between two items of a block list are blanks, comments and one dash. Possessive, to avoid backtracking.
_DASH = lazy.pattern(r"(?:\s++|#[^\n]*+)*+-")
_MARKS = lazy.pattern(r"(?:[&!]\S*+(?:\s++|#[^\n]*+)*+)*+")


def own(text: str, node: Node) -> int:
    """The offset of a node's text after its tag and anchor."""
    if node.tag is None and node.anchor is None:
        return node.start
    match = _MARKS.match(text, node.start, node.end)
    return match.end() if match else node.start


def dash(text: str, node: Node, index: int) -> int | None:
    """The offset of the dash of a block list's item; None if the list is written in an unknown way."""
    start = node.children[index - 1].end if index else own(text, node)
    match = _DASH.match(text, start)
    return match.end() - 1 if match else None
