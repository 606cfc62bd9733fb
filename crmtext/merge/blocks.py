"""Data of the weaver: the three texts in parts, and the merged lines."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Mapping

    from crmtext.merge.decide import Decision
    from crmtext.merge.matching import Keys
    from crmtext.merge.parts import Part
    from crmtext.merge.trees import Tree


class Loom(NamedTuple):
    """The constant data of one weave."""

    #: The parts of the three texts by the id of their node.
    parts: Mapping[int, Part]
    #: The comments that neither side added or removed.
    still: frozenset[str]
    keys: Keys
    #: The lines that begin, divide and end a conflict.
    signs: tuple[str, str, str]

    def of(self, tree: Tree | None) -> Part | None:
        """The part with a value's lines, if it has any."""
        return self.parts.get(id(tree.node)) if tree is not None else None

    def every(self, decision: Decision) -> tuple[Part, ...]:
        """The parts of both sides with a value's lines."""
        parts = (self.of(tree) for tree in (decision.ours, decision.theirs))
        return tuple(part for part in parts if part is not None)


class Block(NamedTuple):
    """The lines of an entry; a `rival` holds the other side's lines of a conflict."""

    lead: str
    body: str
    rival: str | None = None

    def marked(self, loom: Loom) -> str:
        """All lines, a conflict with its markers."""
        if self.rival is None:
            return self.lead + self.body
        begin, middle, end = loom.signs
        return "".join((self.lead, begin, self.body, middle, self.rival, end))


class Both(NamedTuple):
    """An entry with lines of its own on both sides, perhaps in the base too; the column is ours."""

    decision: Decision
    #: For example `contacts[].name`.
    path: str
    base: Part | None
    ours: Part
    theirs: Part

    @property
    def texts(self) -> tuple[str, str, str]:
        """The three texts without the lines above, in the same column, to compare them."""
        return (self.base.flush if self.base else "", self.ours.flush, self.theirs.flush)
