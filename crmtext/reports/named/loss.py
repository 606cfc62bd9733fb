"""The report `loss`: how many customers were lost and why, and which ones are quiet."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import date
from fractions import Fraction
from itertools import pairwise
from typing import TYPE_CHECKING, Any, NamedTuple

from crmtext.figures.rules import NAMES
from crmtext.figures.stats.engine import can_answer
from crmtext.figures.stats.periods import periods
from crmtext.figures.stats.query import Query
from crmtext.figures.tables import Column, FigureList, FigureTable, Row
from crmtext.i18n import _, plural
from crmtext.model import day, priority_rank
from crmtext.reports.context import Report
from crmtext.reports.shown import Shown, who
from crmtext.wording.labels import find
from crmtext.wording.values import hidden, without_hidden

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from crmtext.figures.stats.periods import Period
    from crmtext.reports.context import Context
    from crmtext.snapshot import Snapshot

#: The statuses of the customers that a loss rate is about, and of those whose deal never came about.
_CUSTOMERS = frozenset({"active", "paused"})
_INTERESTED = frozenset({"lead", "prospect"})


def report(context: Context) -> Report:
    """Return the loss rate of each month, the reasons, the customers to win back, and the quiet ones."""
    by_month = _by_month(context)
    parts = (_reasons(context), _win_back(context), _quiet(context))
    if by_month.data_since:
        return Report((by_month, *parts))
    return Report(parts, (_("the loss rate by month needs git history from before {date}").format(date=context.until),))


class _State(NamedTuple):
    """The status of each customer on a day."""

    #: By id, also by the ids of records that were merged into it.
    every: Mapping[str, str]
    #: Those that are records on that day.
    own: Mapping[str, str]
    #: Those that the report shows.
    shown: Mapping[str, str]
    #: The ids of records that were merged into a customer, by its id.
    merged: Mapping[str, Sequence[str]]


def _state(context: Context, snapshot: Snapshot | None) -> _State | None:
    if snapshot is None or not can_answer(snapshot, Query(where=context.where), context.snapshot):
        return None
    every = {customer.id: customer.status for customer in snapshot.customers}
    merged = {one.id: one.data["merged_from"] for one in snapshot.customers if "merged_from" in one.data}
    heirs = {former: every[id_] for id_, many in merged.items() for former in many}
    chosen = replace(context, snapshot=snapshot).customers if context.owner or context.where else None
    shown = every if chosen is None else {one.id: one.status for one in chosen}
    return _State(heirs | every, every, shown, merged)


def _by_month(context: Context) -> FigureTable:
    today = context.snapshot.today
    months = periods("month", today, context.since, context.until)
    states = [*_states(context, months)] if months else []
    ends = zip(months, pairwise(states), strict=True)
    rows = [Row((), _losses(before, after), month.name) for month, (before, after) in ends]
    known = [(month, state) for month, state in zip(months, states, strict=False) if state]
    return FigureTable(
        "by_month",
        _("Loss rate by month"),
        _(
            "Of the customers who were active or paused at the end of the day before, the share that is lost at the "
            "end; dropped: lost customers who were leads or prospects, or were added in the period. From git."
        ),
        (),
        (
            Column("base", _("Customers before"), "number"),
            Column("lost", _("Lost"), "number"),
            Column("rate", _("Loss rate"), "rate", base="base"),
            Column("dropped", _("Dropped"), "number"),
        ),
        rows,
        _losses(known[0][1], states[-1]) if known else {},
        period="month",
        so_far=months[-1].name if months and months[-1].last == today else "",
        since=months[0].first if months else None,
        until=months[-1].last if months else None,
        data_since=known[0][0].first if known else None,
        additive=False,
        chart="lines",
        charted="rate",
    )


def _states(context: Context, months: tuple[Period, ...]) -> Iterator[_State | None]:
    """Yield the state before the first month, and at the end of each."""
    days = [date.fromordinal(max(months[0].first.toordinal() - 1, 1)), *(month.last for month in months)]
    # The last day may be today, which is the store as it is now.
    past = [one for one in days if one < context.snapshot.today]
    for snapshot in context.states(past):
        yield _state(context, snapshot)
    if len(past) < len(days):
        yield _state(context, context.snapshot)


def _losses(before: _State | None, after: _State | None) -> dict[str, Any]:
    if before is None or after is None:
        return dict.fromkeys(("base", "lost", "rate", "dropped"))
    base = [id_ for id_, status in before.shown.items() if status in _CUSTOMERS]
    lost = sum(after.every.get(id_) == "lost" for id_ in base)
    dropped = sum(status == "lost" and _was_dropped(id_, before, after) for id_, status in after.own.items())
    return {"base": len(base), "lost": lost, "rate": Fraction(lost, len(base)) if base else None, "dropped": dropped}


def _was_dropped(id_: str, before: _State, after: _State) -> bool:
    """Whether a lost customer was a lead or prospect before, or was added since; united ones are one customer."""
    former = [one for one in (id_, *after.merged.get(id_, ())) if one in before.every]
    if not former:
        return id_ in after.shown
    return not before.shown.keys().isdisjoint(former) and all(before.every[one] in _INTERESTED for one in former)


def _reasons(context: Context) -> FigureTable:
    shown = Shown(context.snapshot)
    counts: Counter[str | None] = Counter()
    undated = 0
    for customer in context.customers:
        if customer.status == "lost":
            churn = customer.data.get("churn", {})
            lost = day(churn.get("date"))
            undated += lost is None
            if lost and context.since <= lost <= context.until:
                counts[shown.value(churn, "churn", "category")] += 1
    place = shown.place("churn", "category")
    order = sorted(counts, key=lambda category: (category is None, place(category or "")))
    note = plural(
        "{n} lost customer has no date and isn't counted", "{n} lost customers have no date and aren't counted", undated
    )
    return FigureTable(
        "reasons",
        _("Reasons for loss"),
        _("Customers with status lost by the category of their loss; the date of the loss is in the period."),
        (shown.column("churn", "category"),),
        (Column("customers", _("Customers"), "number"),),
        [Row((category,), {"customers": counts[category]}) for category in order],
        {"customers": counts.total()},
        since=context.since,
        until=context.until,
        exhaustive=True,
        chart="bars",
        notes=(note,) if undated else (),
    )


def _win_back(context: Context) -> FigureList:
    shown = Shown(context.snapshot)
    field = find(context.snapshot.schema, "churn", "win_back")
    items, without = [], 0
    for customer in context.customers:
        churn = customer.data.get("churn", {})
        if customer.status != "lost" or customer.data.get("classification", {}).get("value") != "high":
            continue
        if not churn.get("win_back"):
            without += 1
            continue
        facts = {"date": day(churn.get("date")), "category": shown.value(churn, "churn", "category")}
        items.append({**who(customer), **facts, "win_back": without_hidden(churn["win_back"], field, hidden())})
    items.sort(key=lambda item: (-(item["date"] or date.min).toordinal(), item["id"]))
    columns = (shown.person(), *(shown.column("churn", name) for name in ("date", "category", "win_back")))
    note = plural(
        "{n} more lost customer of high value has no plan",
        "{n} more lost customers of high value have no plan",
        without,
    )
    return FigureList(
        "win_back",
        _("To win back"),
        _("Lost customers of high value with a plan to win them back, those lost last first."),
        columns,
        items,
        notes=(note,) if without else (),
    )


def _quiet(context: Context) -> FigureList:
    values = NAMES.of(context.snapshot)
    items = []
    for customer in sorted(context.customers, key=lambda customer: (priority_rank(customer.priority), customer.id)):
        if customer.status == "lost":
            continue
        row = values(customer)
        behind, stale = bool(row["behind"]), customer.status == "active" and row["stale"]
        if behind or stale:
            facts = {name: row[name] for name in ("last_contact", "last_transaction", "next_purchase")}
            items.append({**who(customer), "behind": behind, "stale": bool(stale), **facts})
    shown = Shown(context.snapshot)
    columns = (shown.person(), *map(shown.computed, _OF_QUIET))
    about = _("Customers who aren't lost and are behind their own purchase rhythm, or active and without contact.")
    return FigureList("quiet", _("Quiet customers"), about, columns, items, urgent=True)


#: The computed names that say why a customer is quiet.
_OF_QUIET = ("behind", "stale", "last_contact", "last_transaction", "next_purchase")
