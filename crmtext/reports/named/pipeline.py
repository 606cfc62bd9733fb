"""The report `pipeline`: open deals by stage and month, what became of deals, and what changed since another day."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import replace
from fractions import Fraction
from typing import TYPE_CHECKING, Any, NamedTuple

from crmtext.computed.amounts import currency_of
from crmtext.computed.deals import chance, is_open
from crmtext.figures.stages import converted_since, idle, stages
from crmtext.figures.stats.engine import stats
from crmtext.figures.stats.query import Query
from crmtext.figures.tables import Column, FigureList, FigureTable, Row
from crmtext.i18n import _
from crmtext.model import day
from crmtext.reports.changed_deals import changed
from crmtext.reports.context import Report
from crmtext.reports.shown import Shown, who
from crmtext.values.folding import folded
from crmtext.values.money import decimal, total
from crmtext.wording.labels import find
from crmtext.wording.values import hidden, without_hidden

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
    from datetime import date
    from decimal import Decimal

    from crmtext.figures.stages import Moves
    from crmtext.model import Customer
    from crmtext.reports.context import Context

#: The names of the months before today and of no month.
PAST = "past"
#: How many months without a deal are shown between others.
_MONTHS = 12


def report(context: Context) -> Report:
    """Return the open deals by stage and month, the idle ones, and those won and lost in the period."""
    deals, moves = [*_open_deals(context)], context.moves()
    compared = changed(context)
    notes = [*compared.notes]
    earlier = _open_deals(replace(context, snapshot=context.earlier)) if context.earlier else ()
    by_month = _by_month(deals, context, {deal.month for deal in earlier})
    parts = [*compared.parts, _by_stage(deals, context), by_month]
    parts += [_idle(moves, context)] if moves.since else []
    parts += _closed(context)
    if stages := _stages(moves, context):
        parts.append(stages)
    elif moves.since is None:
        notes.append(_("idle deals, conversion and days per stage need git: they are left out"))
    else:
        note = _("no deal has changed its stage since {date}: conversion and days per stage are left out")
        notes.append(note.format(date=moves.since))
    return Report(tuple(parts), tuple(notes))


def at_a_glance(context: Context) -> tuple[FigureTable, FigureTable]:
    """Return the tables of the overview: open deals by stage, and deals won and lost by month."""
    stages, closed = _by_stage([*_open_deals(context)], context), _closed_by_month(context)
    about = _(
        "Weighted: amount × probability of the deals with an expected close today or later, without those of lost "
        "customers."
    )
    return stages._replace(about=about, measures=stages.measures[:3]), closed._replace(measures=closed.measures[:3])


class _Deal(NamedTuple):
    """An open deal."""

    customer: Customer
    stage: str
    #: `past`, a month, or None without an expected close.
    month: str | None
    #: Currency and amount; None without an amount.
    amount: tuple[str, Decimal] | None
    #: The same times the probability; None also if the customer is lost.
    weighted: tuple[str, Decimal] | None


def _open_deals(context: Context) -> Iterator[_Deal]:
    settings, today = context.snapshot.settings, context.snapshot.today
    for customer in context.customers:
        for deal in customer.data.get("opportunities", ()):
            if not is_open(deal):
                continue
            close = day(deal.get("expected_close"))
            month = None if close is None else PAST if close < today else f"{close:%Y-%m}"
            amount = (currency_of(deal, settings), decimal(deal["amount"])) if "amount" in deal else None
            counts = amount is not None and customer.status != "lost"
            weighted = (amount[0], amount[1] * chance(deal, settings) / 100) if counts and amount else None
            yield _Deal(customer, str(deal["stage"]), month, amount, weighted)


def _sum(amounts: Iterable[tuple[str, Decimal] | None]) -> Mapping[str, Decimal]:
    return total(amount for amount in amounts if amount)


def _by_stage(deals: Sequence[_Deal], context: Context) -> FigureTable:
    field = find(context.snapshot.schema, "opportunities", "stage")
    listed = [choice.value for choice in field.choices if choice.value not in ("won", "lost")] if field else []
    stages = dict.fromkeys((*listed, *sorted({deal.stage for deal in deals})))
    return FigureTable(
        "by_stage",
        _("Open deals by stage"),
        _(
            "Weighted: each amount times the probability of the deal, or else of its stage, if the expected close is "
            "today or later; deals that are past it or have no date are in columns of their own. Deals of lost "
            "customers are never weighted."
        ),
        (Shown(context.snapshot).column("opportunities", "stage"),),
        (
            Column("open_deals", _("Open deals"), "number"),
            Column("open_value", _("Amount"), "money"),
            Column("weighted", _("Weighted"), "money"),
            Column("weighted_past", _("Weighted, past date"), "money"),
            Column("weighted_undated", _("Weighted, no date"), "money"),
            Column("without_amount", _("Without amount"), "number"),
        ),
        [Row((stage,), _of_stage([deal for deal in deals if deal.stage == stage])) for stage in stages],
        _of_stage(deals),
        without_amount=sum(deal.amount is None for deal in deals),
        exhaustive=True,
        chart="funnel",
    )


def _of_stage(deals: Sequence[_Deal]) -> dict[str, Any]:
    return {
        "open_deals": len(deals),
        "open_value": _sum(deal.amount for deal in deals),
        "weighted": _sum(deal.weighted for deal in deals if deal.month not in (None, PAST)),
        "weighted_past": _sum(deal.weighted for deal in deals if deal.month == PAST),
        "weighted_undated": _sum(deal.weighted for deal in deals if deal.month is None),
        "without_amount": sum(deal.amount is None for deal in deals),
    }


def _by_month(deals: Sequence[_Deal], context: Context, earlier: Collection[str | None]) -> FigureTable:
    """Return the open deals by month; also the months with deals at the earlier moment."""
    groups: dict[str | None, list[_Deal]] = defaultdict(list)
    for deal in deals:
        groups[deal.month].append(deal)
    shown = {*groups, *earlier}
    months = _months(context.snapshot.today, [month for month in shown if month not in (None, PAST)])
    order = [*([PAST] if PAST in shown else []), *months, *([None] if None in shown else [])]
    return FigureTable(
        "by_month",
        _("Open deals by month of expected close"),
        _(
            "Weighted: each amount times the probability of the deal, or else of its stage; deals of lost customers "
            "are never weighted. The total of weighted has the months only, not what is past or has no date."
        ),
        (),
        (
            Column("open_deals", _("Open deals"), "number"),
            Column("open_value", _("Amount"), "money"),
            Column("weighted", _("Weighted"), "money"),
        ),
        [Row((), _of_month(groups.get(month, [])), month) for month in order],
        _of_month(deals) | {"weighted": _sum(deal.weighted for deal in deals if deal.month not in (None, PAST))},
        period="month",
        without_amount=sum(deal.amount is None for deal in deals),
        exhaustive=True,
        chart="bars",
        charted="weighted",
    )


def _of_month(deals: Sequence[_Deal]) -> dict[str, Any]:
    return {
        "open_deals": len(deals),
        "open_value": _sum(deal.amount for deal in deals),
        "weighted": _sum(deal.weighted for deal in deals),
    }


def _months(today: date, given: Sequence[str]) -> Iterator[str]:
    """Yield the months with deals, and those between this month and the last one of the next twelve with deals."""
    first = today.year * 12 + today.month - 1
    next_ = [f"{month // 12:04}-{month % 12 + 1:02}" for month in range(first, first + _MONTHS)]
    last = max((next_.index(month) for month in given if month in next_), default=-1)
    yield from sorted({*next_[: last + 1], *given})


def _closed(context: Context) -> Iterator[FigureTable | FigureList]:
    """Yield the deals that were won and lost in the period: by month, as a rate, and why."""
    yield _closed_by_month(context)
    yield _stats(context, Query(("owner",), ("win_rate",)))._replace(
        name="win_rate",
        label=_("Win rate by owner"),
        about=_("Deals won divided by deals won and lost, by number and by amount; closed in the period."),
        chart="bars",
    )
    if Shown(context.snapshot).is_public("opportunities", "lost_category"):
        yield _loss_reasons(context)
    yield _loss_texts(context)


def _loss_reasons(context: Context) -> FigureTable:
    reasons = _stats(context, Query(("opportunities.lost_category",), ("deals_lost", "lost_amount")))
    deals, amount = reasons.measures
    return reasons._replace(
        name="loss_reasons",
        label=_("Reasons for lost deals"),
        about=_("Deals lost in the period by the category of the loss."),
        by=(Shown(context.snapshot).column("opportunities", "lost_category", name="category"),),
        measures=(deals._replace(name="deals"), amount),
        rows=[row._replace(values=_renamed(row.values)) for row in reasons.rows],
        total=_renamed(reasons.total),
        chart="bars",
    )


def _closed_by_month(context: Context) -> FigureTable:
    closed = ("deals_won", "deals_lost", "won_amount", "lost_amount")
    return _stats(context, Query(measures=closed, period="month"))._replace(
        name="closed_by_month",
        label=_("Won and lost by month"),
        about=_("Deals by the day on which they were closed, and the sums of their amounts."),
        chart="stacked",
    )


def _stats(context: Context, query: Query) -> FigureTable:
    asked = query._replace(owner=context.owner, where=context.where, since=context.since, until=context.until)
    return stats(context.snapshot, asked, context.states)


def _renamed(values: Mapping[str, Any]) -> dict[str, Any]:
    return {"deals" if name == "deals_lost" else name: value for name, value in values.items()}


def _loss_texts(context: Context) -> FigureList:
    shown, field = Shown(context.snapshot), find(context.snapshot.schema, "opportunities", "lost_reason")
    groups: dict[str, list[tuple[date, Customer, Mapping[str, Any]]]] = defaultdict(list)
    for customer in context.customers:
        for deal in customer.data.get("opportunities", ()):
            closed = day(deal.get("closed")) if deal["stage"] == "lost" and deal.get("lost_reason") else None
            if closed and context.since <= closed <= context.until:
                groups[folded(str(deal["lost_reason"]))].append((closed, customer, deal))
    items = []
    for deals in groups.values():
        deals.sort(key=lambda one: (-one[0].toordinal(), one[1].id, str(one[2]["title"])))
        closed, customer, deal = deals[0]
        items.append(
            {
                "id": customer.id,
                "name": customer.name,
                "reason": without_hidden(" ".join(str(deal["lost_reason"]).split()), field, hidden()),
                "deals": len(deals),
                "categories": sorted(
                    {
                        str(name)
                        for _day, _who, one in deals
                        if (name := shown.value(one, "opportunities", "lost_category"))
                    }
                ),
                "closed": closed,
                "amount": _sum(
                    (currency_of(one, context.snapshot.settings), decimal(one["amount"]))
                    for _day, _who, one in deals
                    if shown.value(one, "opportunities", "amount") is not None
                ),
            }
        )
    items.sort(key=lambda item: (-item["deals"], -item["closed"].toordinal(), item["reason"]))
    columns = (
        shown.column("opportunities", "lost_reason", name="reason"),
        Column("deals", _("Deals"), "number"),
        shown.column("opportunities", "lost_category", name="categories"),
        Column("closed", _("Last lost"), "date"),
        Column("amount", _("Amount"), "money"),
    )
    about = _("Why deals were lost, in the words of the record; equal texts are one line, with the latest customer.")
    return FigureList("loss_texts", _("Reasons in words"), about, columns, items)


def _idle(moves: Moves, context: Context) -> FigureList:
    """Return the open deals without a contact and without a change for long."""
    shown, settings = Shown(context.snapshot), context.snapshot.settings
    items = []
    for one in idle(context.snapshot, moves, context.customers):
        deal = one.data
        has_amount = shown.value(deal, "opportunities", "amount") is not None
        amount = {currency_of(deal, settings): decimal(deal["amount"])} if has_amount else None
        facts = {
            "owner": str(deal.get("owner", one.customer.owner)),
            "title": shown.value(deal, "opportunities", "title"),
            "stage": deal["stage"],
            "amount": amount,
            "last": one.last,
            "days": one.days,
            "limit": one.limit,
        }
        items.append(who(one.customer) | facts)
    columns = (
        shown.column("opportunities", "owner"),
        shown.column("opportunities", "title"),
        shown.column("opportunities", "stage"),
        shown.column("opportunities", "amount")._replace(kind="money"),
        Column("last", _("Last contact or change"), "date"),
        Column("days", _("Days"), "number"),
        Column("limit", _("Idle from"), "number"),
    )
    about = _(
        "Open deals without a contact and without a committed change for 30 days, or 1.5 times the median days of "
        "their stage if that is longer."
    )
    return FigureList("idle", _("Idle deals"), about, columns, items, urgent=True)


def _stages(moves: Moves, context: Context) -> FigureTable | None:
    """Return conversion and stay of each open stage; None if no change of a stage has been seen."""
    followed = moves.of({customer.id for customer in context.customers})
    rows = []
    for stage in stages(followed, context.snapshot.today):
        values = {
            "entered": stage.entered,
            "advanced": stage.advanced,
            "rate": Fraction(stage.advanced, stage.entered) if stage.entered else None,
            "unknown": stage.unknown,
            "stay": _median(stage.stay),
            "open": _median(stage.open),
        }
        rows.append(Row((stage.name,), values))
    if not any(row.values["entered"] or row.values["stay"]["n"] or row.values["open"]["n"] for row in rows):
        return None
    about = _(
        "From git. Entered: deals that came into the stage in the last 365 days and at least 90 days ago; conversion: "
        "the share of them that was in a later stage afterwards; unknown: deals that were in the stage in the first "
        "commit. Days: median from one change of stage to the next; so far: of deals that are in the stage today."
    )
    return FigureTable(
        "stages",
        _("Conversion and days per stage"),
        about,
        (Shown(context.snapshot).column("opportunities", "stage"),),
        (
            Column("entered", _("Entered"), "number"),
            Column("advanced", _("Advanced"), "number"),
            Column("rate", _("Conversion"), "rate", base="entered"),
            Column("unknown", _("Unknown"), "number"),
            Column("stay", _("Days"), "days"),
            Column("open", _("Days so far"), "days"),
        ),
        rows,
        {},
        data_since=moves.since,
        chart="bars",
        charted="rate",
        notes=(_("conversion from {date}").format(date=converted_since(moves)),),
    )


def _median(days: Mapping[str, Any]) -> dict[str, Any]:
    return {"median": days["median"], "n": days["n"]}
