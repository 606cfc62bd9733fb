"""Figures at the end of each month, and of what happened in it: as known today and as known at its end.

Only customers that differ from one moment to another are counted again.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from datetime import date
from decimal import Decimal
from functools import cached_property
from typing import TYPE_CHECKING, Any, NamedTuple

from crmtext.figures.stats.engine import can_answer
from crmtext.figures.stats.groups import group
from crmtext.figures.stats.measures import MEASURES
from crmtext.figures.stats.past import Past
from crmtext.figures.stats.periods import periods
from crmtext.figures.stats.tally import NOW, Days, Reader
from crmtext.values.uncollected import uncollected

if TYPE_CHECKING:
    from collections.abc import Iterable

    from crmtext.figures.stats.periods import Period
    from crmtext.figures.stats.query import Query, States
    from crmtext.model import Customer
    from crmtext.snapshot import Snapshot

#: The figures at the end of a month, besides the customers by status, and those of what happened in it.
OPEN = ("open_value", "weighted", "open_cases")
EVENTS = ("new", "signed", "customers_lost", "followups", "revenue", "paid_amount")

#: The fields that these are counted from, and the lists with the dates of their items.
_COUNTED = ("id", "owner", "status", "churn", "cooperation", "sources")
_DATED: Mapping[str, Sequence[str]] = {"interactions": ("date",), "transactions": ("date", "paid")}

#: Returns a JSON value for each of these days, None for the present: one that was kept for the same words, or what the
#: function makes of the other days.
Make = Callable[[Sequence[date | None]], Mapping[date | None, Any]]
Keep = Callable[[str, Sequence[date | None], Make], Mapping[date | None, Any]]


def no_keep(_about: str, days: Sequence[date | None], make: Make) -> Mapping[date | None, Any]:
    """Without an index nothing is kept."""
    return make(days)


def nothing_kept(_snapshot: Snapshot) -> Keep:
    """Without an index nothing is kept of any snapshot."""
    return no_keep


class Month(NamedTuple):
    """The figures of a month."""

    name: str
    #: The customers by status at its end, and the figures of `OPEN`; None if its end isn't known.
    statuses: Mapping[str, int] | None
    open: Mapping[str, Any] | None
    #: The figures of `EVENTS` as known today, and as known at its end; None for the current month, or if not known.
    now: Mapping[str, Any]
    then: Mapping[str, Any] | None
    #: The open opportunities without an amount at its end.
    without_amount: int = 0


#: How often each value counts, by measure.
_Counts = dict[str, "Counter[Any]"]


@uncollected()
def months(snapshot: Snapshot, query: Query, states: States, keep: Keep = no_keep) -> tuple[Month, ...]:
    """Return the months from `since` to `until` of a query, for its owner and expression."""
    every = periods("month", snapshot.today, query.since, query.until)
    work = _Work(snapshot, query, states, every)
    ended = [period.last for period in every if period.last < snapshot.today]
    whose = json.dumps([query.owner, query.where])
    # Only a first month that isn't whole depends on where the months begin.
    cut = query.since if query.since and query.since.day > 1 else ""
    past = keep(f"{whose} {cut}", ended, work.past)
    present = keep(f"{whose} {query.since} {query.until}", (None,), work.present)[None]
    result = []
    for period in every:
        known = past.get(period.last) if period.last < snapshot.today else present
        known = known or {"statuses": None, "open": None, "then": None, "without_amount": 0}
        result.append(
            Month(
                period.name,
                known["statuses"],
                _read(known["open"]),
                _read(present["now"][period.name]) or {},
                _read(known["then"]),
                known["without_amount"],
            )
        )
    return tuple(result)


class _Work:
    """The months that are not kept."""

    def __init__(self, snapshot: Snapshot, query: Query, states: States, every: Sequence[Period]) -> None:
        self._now = snapshot
        self._query = query
        self._states = states
        self._every = every
        self._statuses, self._open = Past(query, ("customers",)), Past(query, OPEN)

    def past(self, days: Sequence[date | None]) -> Mapping[date | None, Any]:
        """The figures at the end of these days, oldest first."""
        wanted = [day for day in days if day]
        places = {period.last: place for place, period in enumerate(self._every)}
        result: dict[date | None, Any] = {}
        for day, state in zip(wanted, self._states(wanted), strict=True):
            if state is None or not can_answer(state, self._query, self._now):
                result[day] = None
                continue
            then = _figures(self._then(state, self._every[places[day]], self._events[places[day]]))
            result[day] = {**self._moment(state), "then": then}
        return result

    def present(self, _days: object) -> Mapping[date | None, Any]:
        """The figures of the snapshot, and the events of all months."""
        now = {one.name: _figures(self._events[place]) for place, one in enumerate(self._every)}
        return {None: {**self._moment(self._now), "now": now, "then": None}}

    def _moment(self, state: Snapshot) -> dict[str, Any]:
        """The figures of a state, which is later than the one before."""
        self._statuses.move(state, [group("status", state)])
        self._open.move(state, [])
        numbers = {key[0]: figures["customers"] for key, figures in self._statuses.figures() if key}
        return {
            "statuses": {key: number for key, number in numbers.items() if number},
            "open": _written(next(figures for key, figures in self._open.figures() if key is None)),
            "without_amount": self._open.without_amount,
        }

    def _then(self, state: Snapshot, period: Period, events: _Counts) -> _Counts:
        """The events of a month as known at its end: those known now, but for the customers that differ."""
        reader, now = self._reader(state, (period,)), self._now
        if self._query.where or _rules(state) != _rules(now):
            return _happened(reader, state.customers, 1)[0]
        gone, come = _unlike(*_differing(now, state), period.name)
        times, before = now.first_commits(), state.first_commits()
        if times != before:
            moved = {id_ for id_ in times if times[id_] != before.get(id_, -1)}
            here = {*map(id, now.customers)}
            both = [one for one in state.customers if one.id in moved and id(one) in here]
            gone, come = [*gone, *both], [*come, *both]
        result = {name: Counter(values) for name, values in events.items()}
        for name, values in _happened(self._reader(now, (period,)), gone, 1)[0].items():
            result[name].subtract(values)
        for name, values in _happened(reader, come, 1)[0].items():
            result.setdefault(name, Counter()).update(values)
        return result

    @cached_property
    def _events(self) -> Sequence[_Counts]:
        """The events of each month as known now."""
        return _happened(self._reader(self._now, self._every), self._now.customers, len(self._every))

    def _reader(self, snapshot: Snapshot, every: Sequence[Period]) -> Reader:
        return Reader(snapshot, self._query, EVENTS, [], None, [Days(NOW, "month", every)])


def _happened(reader: Reader, customers: Iterable[Customer], months: int) -> Sequence[_Counts]:
    """Count the events of so many months."""
    result: list[_Counts] = [{} for _month in range(months)]
    for customer in customers:
        for _groups, hits in reader.items(customer):
            for slot, name, value in hits:
                result[slot.place].setdefault(name, Counter())[value] += 1
    return result


def _rules(snapshot: Snapshot) -> object:
    """The settings that the events depend on."""
    return snapshot.settings.currency, snapshot.settings.timezone


def _differing(one: Snapshot, other: Snapshot) -> tuple[list[Customer], list[Customer]]:
    """The customers that only one of the snapshots has, and those that only the other has."""
    here, there = ({*map(id, snapshot.customers)} for snapshot in (one, other))
    gone = [customer for customer in one.customers if id(customer) not in there]
    return gone, [customer for customer in other.customers if id(customer) not in here]


def _unlike(gone: list[Customer], come: list[Customer], month: str) -> tuple[list[Customer], list[Customer]]:
    """Both without the files in which everything that the events of a month are counted from is the same."""
    there = {one.path: one for one in come}
    pairs = ((one, there[one.path]) for one in gone if one.path in there)
    same = {one.path for one, other in pairs if _is_alike(one, other, month)}
    return [one for one in gone if one.path not in same], [one for one in come if one.path not in same]


def _is_alike(one: Customer, other: Customer, month: str) -> bool:
    if any(one.data.get(key) != other.data.get(key) for key in _COUNTED):
        return False
    lists = ((one.data.get(key, ()), other.data.get(key, ()), names) for key, names in _DATED.items())
    return all(old == new or _dated(old, names, month) == _dated(new, names, month) for old, new, names in lists)


def _dated(items: Iterable[Mapping[str, Any]], names: Sequence[str], month: str) -> list[Mapping[str, Any]]:
    return [item for item in items if any(str(item.get(name, "")).startswith(month) for name in names)]


def _figures(counts: _Counts) -> dict[str, Any]:
    figures = {name: MEASURES[name].figure([*counts.get(name, Counter()).elements()]) for name in EVENTS}
    return _written(figures)


def _written(figures: Mapping[str, Any]) -> dict[str, Any]:
    """The figures as JSON: amounts are texts."""
    return {
        name: {currency: f"{amount}" for currency, amount in figure.items()} if isinstance(figure, dict) else figure
        for name, figure in figures.items()
    }


def _read(figures: Mapping[str, Any] | None) -> Mapping[str, Any] | None:
    if figures is None:
        return None
    return {
        name: {currency: Decimal(amount) for currency, amount in figure.items()} if isinstance(figure, dict) else figure
        for name, figure in figures.items()
    }
