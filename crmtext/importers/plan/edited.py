"""A plan of a workbook for editing: the commit that it shows, and what happened since."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from datetime import date


class Edited(NamedTuple):
    """The commit that the workbook shows."""

    commit: str
    day: date
    #: The branch that is checked out; empty if there is none.
    branch: str
    #: How many commits the branch has more than that one.
    since: int
    #: Sheets and columns that the export didn't write.
    further: tuple[str, ...] = ()
