"""The values of measures by group and period, each customer read once."""

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
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from crmtext.figures.stats.groups import Frame, Group
    from crmtext.figures.stats.periods import Period
    from crmtext.figures.stats.query import Query
    from crmtext.model import Customer
    from crmtext.snapshot import Snapshot

#: The two sides of a comparison.
NOW, BEFORE = "now", "before"
_FULL = len("2000-01-01")


class Slot(NamedTuple):
    """A period of a side, by its place."""

    side: str
    place: int


#: A value of a measure, by name, in a period.
Hit = tuple[Slot, str, Any]


class Tally:
    """The values counted, by group and slot."""

    def __init__(self) -> None:
        self.cells: dict[tuple[Any, ...], dict[tuple[Slot, str], list[Any]]] = {}
        #: The values of each measure on a side, each item once.
        self.totals: dict[tuple[str, str], list[Any]] = {}
        #: The figures of earlier moments, by name: of the groups, and of all customers.
        self.past: dict[tuple[tuple[Any, ...], Slot], Mapping[str, Any]] = {}
        self.past_totals: dict[Slot, Mapping[str, Any]] = {}
        #: Slots of moments that are not known.
        self.unknown: set[Slot] = set()
        #: Whether an item is in several groups.
        self.overlap = False
        #: Items without an amount, each once.
        self.without_amount = 0

    def add(self, groups: Sequence[tuple[Any, ...]], hits: Sequence[Hit]) -> None:
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

    def figure(self, key: tuple[Any, ...], slot: Slot, name: str) -> Any:
        """Return the figure of a group."""
        known = self.past.get((key, slot))
        if known is not None and name in known:
            return known[name]
        if slot in self.unknown and MEASURES[name].day is None:
            return None
        return MEASURES[name].figure(self.cells.get(key, {}).get((slot, name), ()))

    def total(self, slot: Slot, name: str) -> Any:
        """Return the figure of all items together: of a moment at the end, of events in all periods of the side."""
        if MEASURES[name].day is None and (slot in self.past_totals or slot in self.unknown):
            return self.past_totals.get(slot, {}).get(name)
        return MEASURES[name].figure(self.totals.get((slot.side, name), ()))


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


class Reader:
    """Reads what each customer of a snapshot counts for."""

    def __init__(
        self,
        snapshot: Snapshot,
        query: Query,
        measures: Sequence[str],
        groups: Sequence[Group],
        current: Slot | None,
        days: Sequence[Days] = (),
    ) -> None:
        """`current` is the slot of the measures that describe a moment, `days` finds those of events."""
        lists: dict[str, list[str]] = {}
        for name in measures:
            lists.setdefault(MEASURES[name].items, []).append(name)
        self._counted = [
            _Counted(tuple(filter(None, items.split("."))), Splitter(groups, items), names)
            for items, names in lists.items()
        ]
        self._moment = Moment(snapshot, f"{snapshot.today}", snapshot.settings)
        self._values = NAMES.of(snapshot)
        self._matches = _matcher(snapshot, query)
        self._owner, self._current, self._days = query.owner, current, days
        #: Items that count, but on no known day, by measure.
        self.undated: dict[str, int] = {}

    def items(self, customer: Customer) -> Iterator[tuple[Sequence[tuple[Any, ...]], list[Hit]]]:
        """Yield the groups and values of each item of a customer; none if the customer doesn't match."""
        if self._owner not in ("", customer.owner):
            return
        row = self._values(customer)
        if not self._matches(row):
            return
        for counted in self._counted:
            own: Sequence[tuple[Any, ...]] = ()
            for frame in frames(row, counted.steps):
                if hits := self._hits(frame, counted.measures):
                    own = own if own and counted.split.of_customer else counted.split(frame)
                    yield own, hits

    def _hits(self, frame: Frame, names: Sequence[str]) -> list[Hit]:
        result: list[Hit] = []
        for name in names:
            measure = MEASURES[name]
            value = measure.value(frame, self._moment)
            if value is None:
                continue
            if measure.day is None:
                result += [(self._current, name, value)] if self._current else []
            elif when := measure.day(frame, self._moment):
                written = str(when)
                result += [(slot, name, value) for side in self._days if (slot := side.slot(written))]
            else:
                self.undated[name] = self.undated.get(name, 0) + 1
        return result


def _matcher(snapshot: Snapshot, query: Query) -> Callable[[Mapping[str, Any]], bool]:
    if not query.where:
        return lambda _row: True
    return query_filter.compiled(query.where, terms(snapshot, NAMES)).matches
