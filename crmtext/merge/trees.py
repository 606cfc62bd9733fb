"""A file's data as a merge and a comparison see it: the order of keys does not count, the writing does not count."""

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
    """A text that is not one map of keys that each stand once."""


class NoRecordError(UnreadableError):
    """A text that is well-formed, and not one map: a list, or several documents."""


# Not frozen, for there are thousands of them in a merge; nobody changes one all the same.
@dataclass(slots=True, eq=False)
class Tree:
    """A value and where it stands. Two with the same `content` hold the same data."""

    #: `map`, `list` or `leaf`.
    kind: str
    content: Hashable
    node: Node
    entries: Mapping[str, Tree]
    items: tuple[Tree, ...]

    @property
    def null(self) -> bool:
        """Whether nothing is said here."""
        return self.content == _NULL


_NULL = (None, None, "null", "")
_NONE: Mapping[str, Tree] = MappingProxyType({})


# A merge proves the same text by several questions, and to read a long record takes most of its time.
@lru_cache(maxsize=4)
def read(text: str) -> Tree | None:
    """The tree of a text that is one map, None of one that holds nothing. Raises UnreadableError for anything else."""
    found = parsed(text)
    if found is None:
        raise UnreadableError("not YAML")
    if len(found) > 1:
        raise NoRecordError("several documents")
    if not found or (found[0].empty and not found[0].tag):
        return None
    if found[0].kind != "map":
        raise NoRecordError("not a map")
    return grown(found[0])


def is_record(text: str) -> bool | None:
    """Whether a text is one map, or nothing; None for one that is well-formed and something else."""
    try:
        read(text)
    except NoRecordError:
        return None
    except UnreadableError:
        return False
    return True


def grown(node: Node) -> Tree:
    """The tree of a node. Raises UnreadableError where a key is no text or stands twice."""
    if node.kind == "scalar":
        return Tree("leaf", (node.tag, node.anchor, *meaning(node.value, plain=node.plain)), node, _NONE, ())
    if node.kind == "alias":
        return Tree("leaf", (None, None, "alias", node.value), node, _NONE, ())
    below = [grown(child) for child in node.children]
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
    """Whether both hold the same data, or both are not there."""
    if one is None or other is None:
        return one is other
    return one.content == other.content
