"""A file's data for merges and comparisons: the order of keys and the formatting don't count."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from types import MappingProxyType
from typing import TYPE_CHECKING

from crmtext.text.read.scalars import meaning
from crmtext.text.tree import parsed

if TYPE_CHECKING:
    from collections.abc import Hashable, Mapping

    from crmtext.text.tree import Node


class UnreadableError(Exception):
    """The text isn't one map with unique keys."""


class NoRecordError(UnreadableError):
    """The text is well-formed but isn't one map: a list, or several documents."""


# Not frozen, for speed: a merge builds thousands. Never modified.
@dataclass(slots=True, eq=False)
class Tree:
    """A value and its node. Two with the same `content` hold the same data."""

    #: `map`, `list` or `leaf`.
    kind: str
    content: Hashable
    node: Node
    entries: Mapping[str, Tree]
    items: tuple[Tree, ...]

    @property
    def null(self) -> bool:
        """Whether the value is null."""
        return self.content == _NULL


_NULL = (None, None, "null", "")
_NONE: Mapping[str, Tree] = MappingProxyType({})


# A merge reads the same text several times, and reading a long record takes most of its time.
@lru_cache(maxsize=4)
def read(text: str) -> Tree | None:
    """Return the tree of a text that is one map, None for an empty one. Raises UnreadableError for any other."""
    roots = parsed(text)
    if roots is None:
        raise UnreadableError("not YAML")
    if len(roots) > 1:
        raise NoRecordError("several documents")
    if not roots or (roots[0].empty and not roots[0].tag):
        return None
    if roots[0].kind != "map":
        raise NoRecordError("not a map")
    return tree_of(roots[0])


def is_record(text: str) -> bool | None:
    """Whether a text is one map or empty; None for well-formed text of another kind."""
    try:
        read(text)
    except NoRecordError:
        return None
    except UnreadableError:
        return False
    return True


def tree_of(node: Node) -> Tree:
    """Return the tree of a node. Raises UnreadableError if a key isn't text or is duplicated."""
    if node.kind == "scalar":
        return Tree("leaf", (node.tag, node.anchor, *meaning(node.value, plain=node.plain)), node, _NONE, ())
    if node.kind == "alias":
        return Tree("leaf", (None, None, "alias", node.value), node, _NONE, ())
    below = [tree_of(child) for child in node.children]
    if node.kind == "list":
        items = tuple(below)
        return Tree(
            "list", ("list", node.tag, node.anchor, tuple([tree.content for tree in items])), node, _NONE, items
        )
    entries = {key.value: tree for key, tree in zip(node.keys, below, strict=True)}
    if len(entries) < len(below) or any(key.kind != "scalar" or key.tag for key in node.keys):
        raise UnreadableError("a key is no text, or stands twice")
    content = frozenset([(key, tree.content) for key, tree in entries.items()])
    return Tree("map", ("map", node.tag, node.anchor, content), node, entries, ())


def same(one: Tree | None, other: Tree | None) -> bool:
    """Whether both hold the same data, or both are missing."""
    if one is None or other is None:
        return one is other
    return one.content == other.content
