"""What `stats` is asked for."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import date
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from crmtext.snapshot import Snapshot

#: Yields the store at the end of each day, oldest first: a snapshot with that day as today and with the schema and
#: settings of its commit; None for a day before the first commit, or before the history of a shallow clone.
States = Callable[[Sequence[date]], Iterator["Snapshot | None"]]


class Query(NamedTuple):
    """Groups, measures, period and customers of a table of figures, all by name as typed."""

    by: tuple[str, ...] = ()
    measures: tuple[str, ...] = ("customers",)
    #: `day`, `week`, `month`, `quarter`, `year`, or empty.
    period: str = ""
    since: date | None = None
    until: date | None = None
    #: An expression as in `--where`, and a handle: only customers that match both are counted.
    where: str = ""
    owner: str = ""
    #: The day to compare with.
    compare: date | None = None


def no_states(days: Sequence[date]) -> Iterator[Snapshot | None]:
    """Outside git no earlier state is known."""
    return iter([None] * len(days))
