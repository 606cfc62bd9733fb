"""How much work each colleague has, and what they did."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from crmtext.figures import targets
from crmtext.figures.due import later
from crmtext.figures.stats.measures import MEASURES, column_of
from crmtext.figures.stats.periods import name_of, periods
from crmtext.figures.tables import Column, FigureList, FigureTable, Row
from crmtext.i18n import _
from crmtext.model import day
from crmtext.reports import stream
from crmtext.reports.context import Context, Report
from crmtext.reports.counted import counting
from crmtext.reports.shown import Shown

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from crmtext.reports.stream import Event

#: The measures of a moment, and the days in which follow-ups count.
_MOMENT = ("open_steps", "overdue_steps", "open_cases", "weighted")
_RECENT = (7, 30)
#: The last events shown, and the weeks in which events are counted.
_LAST, _WEEKS = 50, 12


def report(context: Context) -> Report:
    """Return the work of each owner with the targets, and the events of each colleague."""
    shown, happened = Shown(context.snapshot), _events(context)
    progress = targets.table(context.snapshot, context.owner, context.since)
    parts = (_by_owner(context, shown), progress, _by_week(context, shown, happened), _last(context, shown, happened))
    return Report(tuple(part for part in parts if part))


def _by_owner(context: Context, shown: Shown) -> FigureTable:
    snapshot = context.snapshot
    counted: dict[str, dict[str, list[Any]]] = {owner: {} for owner in _colleagues(context)}
    values_of = counting(snapshot, (*_MOMENT, "followups"))
    # ISO dates compare as text.
    today = f"{snapshot.today}"
    starts = {days: f"{later(snapshot.today, 1 - days)}" for days in _RECENT}
    for customer in context.customers:
        cells = counted.setdefault(customer.owner, {})
        if customer.status != "lost":
            cells.setdefault("customers", []).append(1)
        for one in values_of(customer):
            if one.measure != "followups":
                cells.setdefault(one.measure, []).append(one.value)
                continue
            for days, start in starts.items():
                if start <= one.day <= today:
                    cells.setdefault(f"followups_{days}", []).append(one.value)
    every: dict[str, list[Any]] = {}
    for cells in counted.values():
        for name, values in cells.items():
            every.setdefault(name, []).extend(values)
    order = sorted(counted, key=lambda owner: (-len(counted[owner].get("customers", ())), owner))
    labels = {days: _("Follow-ups in {n} days").format(n=days) for days in _RECENT}
    columns = (
        Column("customers", _("Customers not lost"), "number"),
        *map(column_of, _MOMENT[:2]),
        *(Column(f"followups_{days}", label, "number") for days, label in labels.items()),
        *map(column_of, _MOMENT[2:]),
    )
    about = _(
        "Of each owner's customers, also where a colleague does the work; weighted: amount × probability of open deals "
        "with an expected close today or later."
    )
    return FigureTable(
        "by_owner",
        _("By owner"),
        about,
        (shown.person(),),
        columns,
        [Row((owner,), _figures(counted[owner])) for owner in order],
        _figures(every),
        without_amount=sum(value[-1] is None for value in every.get("weighted", ())),
        chart="bars",
    )


def _figures(cells: Mapping[str, Sequence[Any]]) -> dict[str, Any]:
    figures = {name: len(cells.get(name, ())) for name in ("customers", *(f"followups_{days}" for days in _RECENT))}
    return {**figures, **{name: MEASURES[name].figure(cells.get(name, ())) for name in _MOMENT}}


def _colleagues(context: Context) -> list[str]:
    """The owner asked for, else the colleagues who haven't left: also those without customers."""
    team = context.snapshot.settings.team.values()
    return [context.owner] if context.owner else [one.handle for one in team if not (one.has_left or one.pool)]


def _events(context: Context) -> list[Event]:
    """Everything up to the end of the period; with an owner, what they did, also for customers of others."""
    until = f"{min(context.until, context.snapshot.today)}"
    return [
        event
        for place, customer in enumerate(replace(context, owner="").customers)
        for event in stream.events(customer, -place)
        if event.day <= until and context.owner in ("", event.who)
    ]


def _by_week(context: Context, shown: Shown, happened: Sequence[Event]) -> FigureTable:
    weeks = periods("week", context.snapshot.today, context.since, context.until)[-_WEEKS:]
    first = f"{weeks[0].first}" if weeks else "9999"
    counts: dict[str, Counter[str]] = {}
    for event in happened:
        if event.day >= first:
            counts.setdefault(event.who, Counter())[name_of(event.day, "week")] += 1
    order = sorted(counts, key=lambda person: (-counts[person].total(), person))
    total = sum(counter.total() for counter in counts.values())
    return FigureTable(
        "events",
        _("Events by week"),
        _("By who did it: interactions, steps done, deals won and lost, cases opened and closed, sales, payments."),
        (shown.person(label=_("Colleague")),),
        (Column("events", _("Events"), "number"),),
        [Row((person,), {"events": counts[person][week.name]}, week.name) for week in weeks for person in order],
        {"events": total},
        period="week",
        so_far=weeks[-1].name if weeks and weeks[-1].last >= context.snapshot.today else "",
        since=context.since,
        until=context.until,
        chart="lines",
    )


def _last(context: Context, shown: Shown, happened: Sequence[Event]) -> FigureList:
    snapshot = context.snapshot
    columns = (
        Column("date", _("Date"), "date"),
        shown.person("who", _("Colleague")),
        Column("what", _("Event")),
        Column("about", _("About")),
    )
    items = []
    for event in stream.last(happened, _LAST):
        words = stream.happening(event, snapshot.schema, snapshot.settings)
        facts = {"date": day(event.day), "who": event.who, "what": words.what, "about": words.about}
        items.append({"id": event.customer.id, "name": event.customer.name, **facts})
    about = _("The last {n} events, newest first.").format(n=_LAST)
    return FigureList("last_events", _("Last events"), about, columns, items)
