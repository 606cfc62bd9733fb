"""Count the values of measures by group and period, in one pass over the customers of a snapshot."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from crmtext.figures.rules import NAMES
from crmtext.figures.stats.groups import Splitter, frames
from crmtext.figures.stats.measures import MEASURES, Moment
from crmtext.figures.stats.periods import name_of, period_of
from crmtext.model import day, start_of
from crmtext.query import filter as query_filter
from crmtext.query.listing import terms

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from crmtext.figures.stats.groups import Frame, Group
    from crmtext.figures.stats.periods import Period
    from crmtext.figures.stats.query import Query
    from crmtext.snapshot import Snapshot

#: The two sides of a comparison.
NOW, BEFORE = "now", "before"
_FULL = len("2000-01-01")


class Slot(NamedTuple):
    """A period of a side, by its place."""

    side: str
    place: int


#: A value of a measure, by name, in a period.
_Hit = tuple[Slot, str, Any]


class Tally:
    """The values counted, by group and slot."""

    def __init__(self) -> None:
        self.cells: dict[tuple[Any, ...], dict[tuple[Slot, str], list[Any]]] = {}
        #: The values of each measure on a side, each item once.
        self.totals: dict[tuple[str, str], list[Any]] = {}
        #: Slots of moments that are not known.
        self.unknown: set[Slot] = set()
        #: Whether an item is in several groups.
        self.overlap = False
        #: Items without an amount, each once.
        self.without_amount = 0
        #: Items that count, but on no known day, by measure.
        self.undated: dict[str, int] = {}

    def add(self, groups: Sequence[tuple[Any, ...]], hits: Sequence[_Hit]) -> None:
        """Count the values of an item in its groups."""
        self.overlap = self.overlap or len(groups) > 1
        for key in groups:
            cell = self.cells.setdefault(key, {})
            for slot, name, value in hits:
                cell.setdefault((slot, name), []).append(value)
        lacks = False
        for slot, name, value in hits:
            self.totals.setdefault((slot.side, name), []).append(value)
            lacks = lacks or (slot.side == NOW and MEASURES[name].has_amounts and value[-1] is None)
        self.without_amount += lacks

    def take(self, other: Tally, *, is_total: bool, counts_amounts: bool) -> None:
        """Add what was counted at another moment, for a slot of its own."""
        for key, cell in other.cells.items():
            self.cells.setdefault(key, {}).update(cell)
        self.overlap = self.overlap or other.overlap
        if is_total:
            self.totals.update(other.totals)
        if counts_amounts:
            self.without_amount += other.without_amount


class Days:
    """Finds the period of a day among those of a side."""

    def __init__(self, side: str, unit: str, every: Sequence[Period]) -> None:
        self._unit = unit
        self._known = {
            one.name: (Slot(side, place), f"{one.first}", f"{one.last}", f"{one.whole}")
            for place, one in enumerate(every)
        }
        self._names: dict[str, str] = {}

    def slot(self, written: str) -> Slot | None:
        """Return the slot of a day; a partial date must be inside with all its days."""
        first = written[:_FULL] if len(written) >= _FULL else start_of(written)
        name = self._names.get(first)
        if name is None:
            name = self._names[first] = name_of(first, self._unit) if self._unit else ""
        slot, start, end, whole = self._known.get(name, (None, "", "", ""))
        if slot is None or not start <= first <= end:
            return None
        return slot if len(written) >= _FULL or _last_of(written) <= whole else None


def _last_of(partial: str) -> str:
    """The last day of a year or month."""
    first = day(start_of(partial))
    return f"{period_of(first, 'month' if '-' in partial else 'year').last}" if first else ""


class _Counted(NamedTuple):
    """A list whose items are counted."""

    steps: Sequence[str]
    split: Splitter
    measures: Sequence[str]

    def hits(
        self, frame: Frame, moment: Moment, current: Slot | None, days: Sequence[Days], tally: Tally
    ) -> list[_Hit]:
        """Return the values of an item, those of a moment in the current slot."""
        result: list[_Hit] = []
        for name in self.measures:
            measure = MEASURES[name]
            value = measure.value(frame, moment)
            if value is None:
                continue
            if measure.day is None:
                result += [(current, name, value)] if current else []
            elif when := measure.day(frame, moment):
                written = str(when)
                result += [(slot, name, value) for side in days if (slot := side.slot(written))]
            else:
                tally.undated[name] = tally.undated.get(name, 0) + 1
        return result


def count(
    snapshot: Snapshot,
    query: Query,
    measures: Sequence[str],
    groups: Sequence[Group],
    current: Slot | None,
    days: Sequence[Days] = (),
) -> Tally:
    """Return what the customers of a snapshot that match count for, each customer looked at once.

    `current` is the slot of the measures that describe a moment.
    """
    tally = Tally()
    moment = Moment(snapshot, f"{snapshot.today}", snapshot.settings)
    lists: dict[str, list[str]] = {}
    for name in measures:
        lists.setdefault(MEASURES[name].items, []).append(name)
    every = [
        _Counted(tuple(filter(None, items.split("."))), Splitter(groups, items), names)
        for items, names in lists.items()
    ]
    values_of, matches = NAMES.of(snapshot), _matcher(snapshot, query)
    for customer in snapshot.customers:
        if query.owner not in ("", customer.owner):
            continue
        row = values_of(customer)
        if not matches(row):
            continue
        for counted in every:
            own: Sequence[tuple[Any, ...]] = ()
            for frame in frames(row, counted.steps):
                if hits := counted.hits(frame, moment, current, days, tally):
                    own = own if own and counted.split.of_customer else counted.split(frame)
                    tally.add(own, hits)
    return tally


def _matcher(snapshot: Snapshot, query: Query) -> Callable[[Mapping[str, Any]], bool]:
    if not query.where:
        return lambda _row: True
    return query_filter.compiled(query.where, terms(snapshot, NAMES)).matches
