"""The three texts of a merge, each parsed once."""

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
    """One text, raw and without file habits, and its tree; None if it is empty."""

    raw: str
    text: str
    habits: file_style.Habits
    tree: Tree | None

    @cached_property
    def comments(self) -> Counter[str]:
        """Its comments with their counts."""
        return comments(self.text, self.tree.node if self.tree else None)

    @cached_property
    def part(self) -> Part | None:
        """Its lines in parts."""
        return cut(self.text, self.tree.node) if self.tree else None


@dataclass(frozen=True)
class Sides:
    """The base and the two sides of a merge."""

    base: Side
    ours: Side
    theirs: Side

    @cached_property
    def parts(self) -> dict[int, Part]:
        """The parts of all three by the id of their node."""
        every = (part for side in (self.base, self.ours, self.theirs) if side.part for part in side.part.walk())
        return {id(part.node): part for part in every}

    @property
    def habits(self) -> file_style.Habits:
        """The habits of the merged file."""
        before = self.base.habits if self.base.text else self.ours.habits
        return file_style.merged_habits(before, self.ours.habits, self.theirs.habits)

    def finished(self, text: str) -> Iterator[str]:
        """The possible file contents for a merged text, the best first."""
        wanted = self.habits
        yield file_style.with_habits(text, wanted)
        if wanted.open:
            yield file_style.with_habits(text, file_style.Habits(wanted.mark, wanted.carriage, open=False))


def sides(base: str, ours: str, theirs: str) -> Sides:
    """Return the three texts parsed. Raises UnreadableError if one is unreadable or not a map."""
    try:
        return Sides(side(base), side(ours), side(theirs))
    except UnreadableError:
        # For criss-cross merges git first merges the ancestors and leaves conflicts in the result.
        if not conflict_hunks.has_conflict(base):
            raise
        return Sides(side(conflict_hunks.resolve(base, lambda _hunk: "")), side(ours), side(theirs))


def side(raw: str) -> Side:
    """Return one text parsed. Raises UnreadableError."""
    text, habits = file_style.without_habits(raw)
    tree = read(text)
    if tree is None or not habits.open:
        return Side(raw, text, habits, tree)
    text = file_style.closed(text, last_leaf(tree.node))
    return Side(raw, text, habits, read(text))
