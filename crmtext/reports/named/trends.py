"""The report `trends`: customers and open business at the end of each month, and what happened in it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from crmtext.figures.months import EVENTS, OPEN, Month, months
from crmtext.figures.stats.groups import group
from crmtext.figures.stats.measures import MEASURES, column_of
from crmtext.figures.stats.periods import periods
from crmtext.figures.stats.query import Query
from crmtext.figures.tables import Column, FigureTable, Row
from crmtext.i18n import _
from crmtext.reports.context import Report
from crmtext.values.money import total

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import date

    from crmtext.reports.context import Context

#: At the end of the names of figures as they were known at the end of a month.
THEN = "_then"


def report(context: Context) -> Report:
    """Return the customers by status, open business and events of the months of the period."""
    query = Query(owner=context.owner, where=context.where, since=context.since, until=context.until)
    every = months(context.snapshot, query, context.states, context.keep(context.snapshot))
    return Report((_customers(every, context), _at_month_end(every, context), _by_month(every, context)))


def _customers(every: Sequence[Month], context: Context) -> FigureTable:
    by = group("status", context.snapshot)
    statuses = {status for month in every for status in month.statuses or ()}
    order = by.column.order or str
    rows = [
        Row((status,), {"customers": None if month.statuses is None else month.statuses.get(status, 0)}, month.name)
        for month in every
        for status in sorted(statuses, key=order)
    ]
    last = every[-1].statuses if every else None
    return _table(
        "customers",
        _("Customers by status"),
        _("Customers at the end of each month, from its last commit; the current month is today"),
        every,
        context,
    )._replace(
        by=(by.column,),
        measures=_columns(("customers",)),
        rows=rows,
        total={"customers": None if last is None else sum(last.values())},
        data_since=_data_since(every, context),
        notes=_unknown(every),
        chart="stacked",
    )


def _at_month_end(every: Sequence[Month], context: Context) -> FigureTable:
    nothing = dict.fromkeys(OPEN)
    return _table(
        "at_month_end",
        _("Open business"),
        _about(OPEN, _("At the end of each month, from its last commit; the current month is today")),
        every,
        context,
    )._replace(
        measures=_columns(OPEN),
        rows=[Row((), month.open or nothing, month.name) for month in every],
        total=(every[-1].open if every else None) or nothing,
        without_amount=every[-1].without_amount if every else 0,
        data_since=_data_since(every, context),
        notes=_unknown(every),
        chart="lines",
    )


def _by_month(every: Sequence[Month], context: Context) -> FigureTable:
    """The events of each month; a figure that was another one at its end is shown both ways."""
    late = [name for name in EVENTS if any(month.then and month.then[name] != month.now[name] for month in every)]
    columns: list[Column] = []
    for column in _columns(EVENTS):
        if column.name not in late:
            columns.append(column)
            continue
        columns.append(column._replace(label=_("{figure} (now)").format(figure=column.label)))
        label = _("{figure} (then)").format(figure=column.label)
        columns.append(column._replace(name=f"{column.name}{THEN}", label=label))
    notes = (_("(then): as known at the end of the month, if it was another figure than now"),) if late else ()
    return _table(
        "by_month",
        _("New business"),
        _about(EVENTS, _("In each month, as known today")),
        every,
        context,
    )._replace(
        measures=tuple(columns),
        rows=[Row((), {**month.now, **_then(month, late)}, month.name) for month in every],
        total={name: _sum(month.now[name] for month in every) for name in EVENTS}
        | {f"{name}{THEN}": None for name in late},
        chart="lines",
        notes=notes,
    )


def _then(month: Month, late: Iterable[str]) -> dict[str, Any]:
    """The figures of a month that were others at its end."""
    then: Mapping[str, Any] = month.then or {}
    return {f"{name}{THEN}": then[name] if name in then and then[name] != month.now[name] else None for name in late}


def _sum(figures: Iterable[Any]) -> Any:
    every = list(figures)
    if any(isinstance(figure, dict) for figure in every):
        return total(pair for figure in every for pair in figure.items())
    return sum(every)


def _columns(names: Iterable[str]) -> tuple[Column, ...]:
    return tuple(map(column_of, names))


def _about(names: Iterable[str], when: str) -> str:
    """How these figures are computed, and for which moment."""
    every = (
        _("{label}: {value}").format(label=_(MEASURES[name].label), value=_(MEASURES[name].about)) for name in names
    )
    return _("; ").join((when, *every))


def _unknown(every: Sequence[Month]) -> tuple[str, ...]:
    """Say why there are no earlier figures at all."""
    if len(every) < 2 or any(month.statuses is not None for month in every[:-1]):
        return ()
    return (_("no commit is older than the current period, so the figures of the others are missing"),)


def _data_since(every: Sequence[Month], context: Context) -> date | None:
    """The end of the first known month, if there are earlier ones."""
    known = [month.statuses is not None for month in every]
    if all(known) or not any(known):
        return None
    return periods("month", context.snapshot.today, context.since, context.until)[known.index(True)].last


def _table(name: str, label: str, about: str, every: Sequence[Month], context: Context) -> FigureTable:
    is_current = context.until >= context.snapshot.today
    return FigureTable(
        name,
        label,
        about,
        (),
        (),
        (),
        {},
        period="month",
        so_far=every[-1].name if every and is_current else "",
        since=context.since,
        until=context.until,
    )
