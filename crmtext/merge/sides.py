"""The three texts of a merge, each read once."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from crmtext.merge import file_style
from crmtext.merge.comments import comments
from crmtext.merge.parts import Part, cut
from crmtext.merge.trees import Tree, UnreadableError, read
from crmtext.text import conflict_hunks
from crmtext.text.tree import last_leaf

if TYPE_CHECKING:
    from collections import Counter
    from collections.abc import Iterator


@dataclass(frozen=True)
class Side:
    """One text, also without the habits of its file, and its data; None where there is nothing in it."""

    raw: str
    text: str
    habits: file_style.Habits
    tree: Tree | None

    @cached_property
    def comments(self) -> Counter[str]:
        """Its comments, each as often as it stands there."""
        return comments(self.text, self.tree.node if self.tree else None)

    @cached_property
    def part(self) -> Part | None:
        """Its lines in parts."""
        return cut(self.text, self.tree.node) if self.tree else None


@dataclass(frozen=True)
class Sides:
    """What both started from, and what each made of it."""

    base: Side
    ours: Side
    theirs: Side

    @cached_property
    def parts(self) -> dict[int, Part]:
        """The parts of all three by their node."""
        every = (part for side in (self.base, self.ours, self.theirs) if side.part for part in side.part.walk())
        return {id(part.node): part for part in every}

    @property
    def habits(self) -> file_style.Habits:
        """The habits of the merged file."""
        before = self.base.habits if self.base.text else self.ours.habits
        return file_style.chosen(before, self.ours.habits, self.theirs.habits)

    def finished(self, text: str) -> Iterator[str]:
        """A merged text as it may be put into the file, the best first."""
        wanted = self.habits
        yield file_style.dressed(text, wanted)
        if wanted.open:
            yield file_style.dressed(text, file_style.Habits(wanted.mark, wanted.carriage, open=False))


def sides(base: str, ours: str, theirs: str) -> Sides:
    """The three texts, read. Raises UnreadableError where one is not a map, or cannot be read at all."""
    try:
        return Sides(side(base), side(ours), side(theirs))
    except UnreadableError:
        # Of merges that crossed, git makes a common ancestor first, and leaves in it what was in conflict there.
        if not conflict_hunks.marked(base):
            raise
        return Sides(side(conflict_hunks.picked(base, lambda _hunk: "")), side(ours), side(theirs))


def side(raw: str) -> Side:
    """One text, read. Raises UnreadableError."""
    text, found = file_style.bare(raw)
    tree = read(text)
    if tree is None or not found.open:
        return Side(raw, text, found, tree)
    text = file_style.closed(text, last_leaf(tree.node))
    return Side(raw, text, found, read(text))
