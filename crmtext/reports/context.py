"""The parts of a named report, and the context that they are computed from."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple

from crmtext.figures.months import nothing_kept
from crmtext.figures.rules import NAMES
from crmtext.figures.stages import no_moves
from crmtext.figures.stats.query import no_states
from crmtext.query import filter as query_filter
from crmtext.query.listing import terms

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from crmtext.figures.months import Keep
    from crmtext.figures.stages import Moves
    from crmtext.figures.stats.query import States
    from crmtext.figures.tables import FigureList, FigureTable
    from crmtext.model import Customer
    from crmtext.snapshot import Snapshot


#: The months of the default period.
MONTHS = 12


class Report(NamedTuple):
    """A report: its tables and lists in the order shown."""

    parts: tuple[FigureTable | FigureList, ...]
    #: Lines above all parts: what needs action.
    notes: tuple[str, ...] = ()


@dataclass(frozen=True)
class Context:
    """The store, the period and the customers of a report."""

    #: All customers: ranks and medians need them, also if the report shows only some.
    snapshot: Snapshot
    #: The first and last day of the events shown: by default the last 12 months including the current one.
    since: date
    until: date
    owner: str = ""
    where: str = ""
    states: States = no_states
    #: Returns the opportunities and statuses followed through the commits; only if a table needs it: it takes time.
    moves: Callable[[], Moves] = no_moves
    #: The store at the end of the day that the report is compared with; None without a comparison.
    earlier: Snapshot | None = None
    #: The same as `moves`, up to that day.
    earlier_moves: Callable[[], Moves] = no_moves
    #: Keeps figures of months from call to call, those of the present for a snapshot.
    keep: Callable[[Snapshot], Keep] = nothing_kept

    @cached_property
    def customers(self) -> Sequence[Customer]:
        """The customers that the report shows, by id."""
        chosen = [customer for customer in self.snapshot.customers if self.owner in ("", customer.owner)]
        if not self.where:
            return chosen
        test, values = query_filter.compiled(self.where, terms(self.snapshot, NAMES)), NAMES.of(self.snapshot)
        return [customer for customer in chosen if test.matches(values(customer))]


def shifted(context: Context) -> Context:
    """Return the context of the same report at the earlier moment: from the same first day up to that day.

    A period that begins later is as many days that end on that day.
    """
    earlier = context.earlier or context.snapshot
    since, until = context.since, min(context.until, earlier.today)
    if since > until:
        days = context.until.toordinal() - since.toordinal()
        since = date.fromordinal(max(until.toordinal() - days, 1))
    moves = context.earlier_moves
    return replace(context, snapshot=earlier, since=since, until=until, moves=moves, earlier=None)


def default_period(today: date) -> tuple[date, date]:
    """Return the first and last day of the last 12 months including the current one."""
    year, month = divmod(today.year * 12 + today.month - 1 - (MONTHS - 1), 12)
    return date(year, month + 1, 1) if year else date.min, today
