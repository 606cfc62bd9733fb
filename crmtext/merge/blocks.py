"""What weaving works with: the three texts in parts, and the lines that come of them."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Mapping

    from crmtext.merge.decide import Decision
    from crmtext.merge.matching import Keys
    from crmtext.merge.parts import Part
    from crmtext.merge.trees import Tree


class Loom(NamedTuple):
    """What is fixed while weaving."""

    #: The parts of the three texts by the number of their node.
    parts: Mapping[int, Part]
    #: The comments that came and went on no side.
    still: frozenset[str]
    keys: Keys
    #: The lines that begin, part and end a conflict.
    signs: tuple[str, str, str]

    def of(self, tree: Tree | None) -> Part | None:
        """The part that a value has lines in."""
        return self.parts.get(id(tree.node)) if tree is not None else None

    def every(self, decision: Decision) -> tuple[Part, ...]:
        """The parts of both sides that a value is written in."""
        found = (self.of(tree) for tree in (decision.ours, decision.theirs))
        return tuple(part for part in found if part is not None)


class Block(NamedTuple):
    """The lines of an entry; with a `rival` they are in conflict with these, and a person chooses."""

    lead: str
    body: str
    rival: str | None = None

    def marked(self, loom: Loom) -> str:
        """All lines, a conflict between its signs."""
        if self.rival is None:
            return self.lead + self.body
        begin, middle, end = loom.signs
        return "".join((self.lead, begin, self.body, middle, self.rival, end))


class Both(NamedTuple):
    """An entry that both sides have in lines of their own, and perhaps the base; the column is ours."""

    decision: Decision
    #: As `contacts[].name`.
    path: str
    base: Part | None
    ours: Part
    theirs: Part

    @property
    def texts(self) -> tuple[str, str, str]:
        """The three texts without the lines above, in one column, so that they can be compared."""
        return (self.base.flush if self.base else "", self.ours.flush, self.theirs.flush)
