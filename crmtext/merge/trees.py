"""A file's data as a merge and a comparison see it: the order of keys does not count, the writing does not count."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Hashable, Mapping

    from crmtext.text.tree import Node


@dataclass(frozen=True, slots=True, eq=False)
class Tree:
    """A value and where it stands. Two with the same `content` hold the same data."""

    #: `map`, `list` or `leaf`.
    kind: str
    content: Hashable
    node: Node
    entries: Mapping[str, Tree] = field(default_factory=dict)
    items: tuple[Tree, ...] = ()

    @property
    def null(self) -> bool:
        """Whether nothing is said here."""
        return self.content == _NULL


_NULL = ("leaf", None, None, ("null", ""))


def same(one: Tree | None, other: Tree | None) -> bool:
    """Whether both hold the same data, or both are not there."""
    if one is None or other is None:
        return one is other
    return one.content == other.content
