"""The measures of a moment at many moments: what a customer counts for is read again only when it may have changed."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Any, NamedTuple

from crmtext.figures.stats.groups import frames
from crmtext.figures.stats.measures import MEASURES
from crmtext.figures.stats.tally import NOW, Reader, Slot

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from crmtext.figures.stats.groups import Group
    from crmtext.figures.stats.query import Query
    from crmtext.model import Customer
    from crmtext.snapshot import Snapshot

#: The key of all customers together.
_ALL = None
_Key = tuple[Any, ...] | None


class _Known(NamedTuple):
    """A customer, and what it counts for: the groups and values of each item."""

    customer: Customer
    items: Sequence[tuple[Sequence[tuple[Any, ...]], Sequence[tuple[str, Any]]]]


class Past:
    """The figures of one moment after the other, oldest first."""

    def __init__(self, query: Query, measures: Sequence[str]) -> None:
        self._query = query
        self._measures = measures
        self._state: Snapshot | None = None
        self._known: dict[int, _Known] = {}
        #: The customers with a date on a day that their values depend on.
        self._on: dict[str, list[int]] = {}
        #: By group and measure: how many values there are of each currency, and their sum; no currency for numbers.
        self._sums: dict[_Key, dict[str, dict[str, tuple[int, Decimal]]]] = {}
        #: How many items are in several groups, and how many have no amount.
        self.overlapping = 0
        self.without_amount = 0

    def move(self, state: Snapshot, groups: Sequence[Group]) -> None:
        """Move on to the state of a later day."""
        before = self._state
        reader = Reader(state, self._query, self._measures, groups, Slot(NOW, 0))
        here = {id(customer): customer for customer in state.customers}
        if (
            before is None
            or self._query.where
            or not all(one.is_stored for one in groups)
            or _rules_differ(before, state)
        ):
            changed: Iterable[int] = tuple(self._known)
        else:
            changed = {number for day in _days(before.today, state.today) for number in self._on.get(day, ())}
        for number in {*changed, *(self._known.keys() - here.keys())}:
            if known := self._known.pop(number, None):
                self._add(known, -1)
        for number in here.keys() - self._known.keys():
            self._learn(number, here[number], reader)
        self._state = state

    def figures(self) -> Iterator[tuple[_Key, Mapping[str, Any]]]:
        """Yield the figures of each group, and under None those of all customers."""
        yield _ALL, self._figures(self._sums.get(_ALL, {}))
        for key, sums in self._sums.items():
            if key is not _ALL:
                yield key, self._figures(sums)

    def _figures(self, sums: Mapping[str, Mapping[str, tuple[int, Decimal]]]) -> dict[str, Any]:
        result: dict[str, Any] = {}
        for name in self._measures:
            values = sums.get(name, {})
            if MEASURES[name].kind == "number":
                result[name] = sum(count for count, _sum in values.values())
            else:
                result[name] = {code: amount for code, (count, amount) in sorted(values.items()) if count}
        return result

    def _learn(self, number: int, customer: Customer, reader: Reader) -> None:
        items = [(groups, [hit[1:] for hit in hits]) for groups, hits in reader.items(customer)]
        known = self._known[number] = _Known(customer, items)
        self._add(known, 1)
        for name in self._measures:
            measure = MEASURES[name]
            for frame in frames(customer.data, measure.items.split(".")) if measure.compared else ():
                for key in measure.compared:
                    if when := frame[-1].get(key):
                        self._on.setdefault(str(when)[:10], []).append(number)

    def _add(self, known: _Known, sign: int) -> None:
        for groups, hits in known.items:
            self.overlapping += sign * (len(groups) > 1)
            for key in (_ALL, *groups):
                cell = self._sums.setdefault(key, {})
                for name, value in hits:
                    code, amount = value if MEASURES[name].has_amounts else ("", Decimal(0))
                    count, total = cell.setdefault(name, {}).get(code, (0, Decimal(0)))
                    cell[name][code] = (count + sign * (amount is not None), total + sign * (amount or 0))
            lacks = any(MEASURES[name].has_amounts and value[-1] is None for name, value in hits)
            self.without_amount += sign * lacks


def _rules_differ(one: Snapshot, other: Snapshot) -> bool:
    return one.settings != other.settings or one.schema.digest != other.schema.digest


def _days(first: date, last: date) -> Iterator[str]:
    """The days from one to another, both included: on both, a comparison may turn."""
    # Nothing can be added to the last day of the calendar.
    return (f"{date.fromordinal(day)}" for day in range(first.toordinal(), last.toordinal() + 1))
