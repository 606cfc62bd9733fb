"""Figures by groups and periods: one pass over the customers of each moment."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from crmtext.figures.rules import NAMES
from crmtext.figures.stats.groups import group
from crmtext.figures.stats.measures import MEASURES, column_of, named
from crmtext.figures.stats.order import ordered
from crmtext.figures.stats.past import Past
from crmtext.figures.stats.periods import periods, shifted, unit_of
from crmtext.figures.stats.query import no_states
from crmtext.figures.stats.tally import BEFORE, NOW, Days, Reader, Slot, Tally
from crmtext.figures.tables import FigureTable, Row
from crmtext.i18n import _, plural
from crmtext.problem import CrmError
from crmtext.query import filter as query_filter
from crmtext.query.listing import terms

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from datetime import date

    from crmtext.figures.stats.groups import Group
    from crmtext.figures.stats.periods import Period
    from crmtext.figures.stats.query import Query, States
    from crmtext.snapshot import Snapshot


class _Plan(NamedTuple):
    """What is counted in which periods."""

    query: Query
    measures: tuple[str, ...]
    unit: str
    now: tuple[Period, ...]
    before: tuple[Period, ...]

    @property
    def states(self) -> tuple[str, ...]:
        """The measures that describe a moment."""
        return tuple(name for name in self.measures if MEASURES[name].day is None)


def stats(snapshot: Snapshot, query: Query, states: States = no_states) -> FigureTable:
    """Return the figures of a snapshot by group and period. Raises CrmError for a query that can't be answered."""
    unit, now, before = _days(query, snapshot.today)
    measures = tuple(dict.fromkeys(named(typed) for typed in query.measures))
    plan = _Plan(query, measures, unit, now, before)
    groups = _groups(snapshot, query)
    # The last period may end before today: then its state is an earlier one, too.
    current = Slot(NOW, len(now) - 1) if now and (not unit or now[-1].last >= snapshot.today) else None
    days = [Days(side, unit, every) for side, every in ((NOW, now), (BEFORE, before)) if every]
    reader = Reader(snapshot, query, measures, groups, current, days)
    tally = Tally()
    for customer in snapshot.customers:
        for own, hits in reader.items(customer):
            tally.add(own, hits)
    commit, since = _count_states(tally, plan, states, snapshot, without=current) if plan.states else ("", None)
    notes = (*_elsewhere(measures, groups), *_undated(reader.undated), *_unknown(tally, plan))
    return _table(tally, plan, groups, snapshot)._replace(compare_commit=commit, data_since=since, notes=notes)


def _days(query: Query, today: date) -> tuple[str, tuple[Period, ...], tuple[Period, ...]]:
    """The unit, the periods, and those they are compared with."""
    unit = unit_of(query.period) if query.period else ""
    now = periods(unit, today, query.since, query.until)
    is_open = query.until is None or query.until >= today
    return unit, now, shifted(now, unit, query.compare, is_open=is_open) if query.compare else ()


def counted(query: Query, today: date) -> Iterator[str]:
    """Say which days are counted and compared, where the figures don't show it."""
    unit, now, before = _days(query, today)
    if not now or now[0].first > now[-1].last:
        return
    if unit:
        if before:
            yield _counterpart(unit, now[-1], before[-1])
    elif query.since:
        yield _("counted: {since} – {until}").format(since=now[0].first, until=now[0].last)
        if before:
            yield _("compared with {since} – {until}").format(since=before[0].first, until=before[0].last)
    elif query.until:
        yield _("counted: up to {until}").format(until=now[0].last)


def _counterpart(unit: str, last: Period, before: Period) -> str:
    """Say how far the compared periods are apart."""
    apart = len(periods(unit, last.last, before.first, last.last)) - 1
    if not apart:
        return _("each row is compared with the same period, up to {date}").format(date=before.last)
    return plural(
        "each row is compared with the one {n} period earlier: {now} with {then}",
        "each row is compared with the one {n} periods earlier: {now} with {then}",
        apart,
        now=last.name,
        then=before.name,
    )


def _groups(snapshot: Snapshot, query: Query) -> list[Group]:
    by = (group(typed, snapshot) for typed in query.by)
    return [*{one.column.name: one for one in by}.values()]


def _count_states(
    tally: Tally, plan: _Plan, states: States, snapshot: Snapshot, without: Slot | None
) -> tuple[str, date | None]:
    """Count the measures of a moment at earlier moments; return the commit compared with and the first day known."""
    slots: dict[date, list[Slot]] = {}
    for side, every in ((NOW, plan.now), (BEFORE, plan.before)):
        for place, period in enumerate(every):
            if Slot(side, place) != without:
                slots.setdefault(period.last, []).append(Slot(side, place))
    if not plan.now:
        tally.unknown.add(Slot(NOW, -1))
    wanted = sorted(slots)
    commit, known, missing = "", None, False
    past = Past(plan.query, plan.states)
    for when, state in zip(wanted, states(wanted), strict=True):
        if state is None or not _moved(past, state, plan.query, snapshot):
            tally.unknown.update(slots[when])
            missing = missing or state is None
            continue
        known = known or when
        for slot in slots[when]:
            _take(tally, past, slot, is_last=slot.place == len(plan.now if slot.side == NOW else plan.before) - 1)
            if slot == Slot(BEFORE, len(plan.before) - 1):
                commit = state.read
    return commit, known if missing and plan.unit else None


def _moved(past: Past, state: Snapshot, query: Query, now: Snapshot) -> bool:
    """Move on to a state; False if its schema or settings lack what the query names."""
    if not can_answer(state, query, now):
        return False
    past.move(state, _groups(state, query))
    return True


def can_answer(state: Snapshot, query: Query, now: Snapshot) -> bool:
    """Return whether the schema and settings of a state have all that the query names now."""
    if state.schema.digest == now.schema.digest and state.settings == now.settings:
        return True
    try:
        # A short name may be that of another field there: `priority` that of cases, if customers had none.
        return _names(state, query) == _names(now, query)
    except CrmError:
        return False


def _names(snapshot: Snapshot, query: Query) -> list[str]:
    """The full names of the groups of a query and of all that its condition reads."""
    reads = query_filter.compiled(query.where, terms(snapshot, NAMES)).reads() if query.where else ()
    return [*(one.column.name for one in _groups(snapshot, query)), *(read.name for read in reads)]


def _take(tally: Tally, past: Past, slot: Slot, *, is_last: bool) -> None:
    """Take over the figures of an earlier moment."""
    for key, figures in past.figures():
        if key is None:
            tally.past_totals[slot] = figures
        else:
            tally.past[key, slot] = figures
            tally.cells.setdefault(key, {})
    tally.overlap = tally.overlap or past.overlapping > 0
    if is_last and slot.side == NOW:
        tally.without_amount += past.without_amount


def _table(tally: Tally, plan: _Plan, groups: Sequence[Group], snapshot: Snapshot) -> FigureTable:
    query, measures = plan.query, plan.measures
    columns = tuple(map(column_of, measures))
    every = list(tally.cells) if groups else [()]

    def figures(key: tuple[Any, ...], slot: Slot) -> dict[str, Any]:
        return {name: tally.figure(key, slot, name) for name in measures}

    def rows(place: int) -> Iterator[Row]:
        for key in every:
            before = figures(key, Slot(BEFORE, place)) if query.compare else None
            yield Row(key, figures(key, Slot(NOW, place)), plan.now[place].name or None, before)

    def total(side: str, every: Sequence[Period]) -> dict[str, Any]:
        return {name: tally.total(Slot(side, len(every) - 1), name) for name in measures}

    ranks = [one.column.order for one in groups]
    first, currency = columns[0], snapshot.settings.currency
    shown = [row for place in range(len(plan.now)) for row in ordered(list(rows(place)), ranks, first, currency)]
    labels = _(", ").join(column.label for column in columns)
    by = _(", ").join(one.column.label for one in groups)
    return FigureTable(
        "stats",
        _("{measures} by {groups}").format(measures=labels, groups=by) if groups else labels,
        _("; ").join(
            _("{label}: {value}").format(label=one.label, value=_(MEASURES[one.name].about)) for one in columns
        ),
        tuple(one.column for one in groups),
        columns,
        shown,
        total(NOW, plan.now),
        total(BEFORE, plan.before) if query.compare else None,
        period=plan.unit,
        so_far=plan.now[-1].name if plan.now and plan.now[-1].last >= snapshot.today else "",
        since=query.since,
        until=query.until,
        overlap=tally.overlap,
        without_amount=tally.without_amount,
        exhaustive=True,
        compare=query.compare,
        chart="lines" if plan.unit else ("", "bars", "stacked")[min(len(groups), 2)],
    )


def _unknown(tally: Tally, plan: _Plan) -> Iterator[str]:
    """Say why there are no earlier figures at all."""
    if plan.query.compare and Slot(BEFORE, len(plan.before) - 1) in tally.unknown:
        yield _("no commit up to {date} has what is asked for, so its figures are missing").format(
            date=plan.query.compare
        )
    elif (
        plan.states
        and len(plan.now) > 1
        and all(Slot(NOW, place) in tally.unknown for place in range(len(plan.now) - 1))
    ):
        yield _("no commit is older than the current period, so the figures of the others are missing")


def _elsewhere(measures: Sequence[str], groups: Sequence[Group]) -> Iterator[str]:
    """Say that a group is of another list than the items counted."""
    for one in groups:
        labels = []
        for name in measures if "." in one.column.name else ():
            bound = one.bind(MEASURES[name].items)
            if MEASURES[name].items and bound.head and not bound.depth:
                labels.append(_(MEASURES[name].label))
        if labels:
            yield _("{measures}: each row has the full figure of the customers who have this value in {group}").format(
                measures=_(", ").join(labels), group=one.column.label
            )


def _undated(numbers: Mapping[str, int]) -> Iterator[str]:
    for name, number in numbers.items():
        yield plural(
            "{measure}: {n} without a date is not counted",
            "{measure}: {n} without a date are not counted",
            number,
            measure=_(MEASURES[name].label),
        )
