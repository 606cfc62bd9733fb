"""Deals that changed since the day that a report is compared with, and why."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from crmtext.computed.contacts import latest
from crmtext.figures.deal_changes import CHANGES, deal_changes
from crmtext.figures.tables import Column, FigureList, FigureTable, Row
from crmtext.i18n import _
from crmtext.model import day
from crmtext.reports.context import Report
from crmtext.reports.shown import Shown, who
from crmtext.values import money
from crmtext.values.money import total
from crmtext.wording import numbers
from crmtext.wording.labels import find
from crmtext.wording.values import hidden, without_hidden

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from crmtext.figures.deal_changes import DealChange, Side
    from crmtext.reports.context import Context
    from crmtext.snapshot import Snapshot


def changed(context: Context) -> Report:
    """Return how open deals and forecast changed, and each deal that changed; nothing without a comparison."""
    then = context.earlier
    if then is None:
        return Report(())
    chosen_then = replace(context, snapshot=then, earlier=None).customers
    changes = sorted(deal_changes(then, context.snapshot, chosen_then, context.customers), key=_order(context))
    sums = _sums(changes, then)
    note = _("since {date}: open deals {amount}, forecast {forecast}").format(
        date=then.today, amount=_signed(sums.total["difference"]), forecast=_signed(sums.total["weighted"])
    )
    return Report((sums, _list(changes, context, then)), (note,))


def _signed(sums: Mapping[str, Decimal]) -> str:
    amounts = [(code, money.rounded(amount)) for code, amount in sorted(sums.items())]
    words = [("+" if amount > 0 else "") + numbers.amount(amount, code) for code, amount in amounts if amount]
    return _(", ").join(words) or _("unchanged")


def _order(context: Context) -> Callable[[DealChange], tuple[Any, ...]]:
    places, currency = [*CHANGES], context.snapshot.settings.currency

    def key(one: DealChange) -> tuple[Any, ...]:
        code, amount = one.now.amount or ("~", Decimal(0))
        kinds = [places.index(name) for name in one.changes]
        return kinds[0], code != currency, code, -amount, one.now.customer.id, str(one.now.data["title"]), kinds

    return key


def _sums(changes: Sequence[DealChange], then: Snapshot) -> FigureTable:
    rows = []
    for name in CHANGES:
        if having := [one for one in changes if name in one.changes]:
            # The amount of a deal that also moved changed in the row of amounts, and its forecast in its first row.
            moving = [one for one in having if name == "amount" or "amount" not in one.changes]
            first = [one for one in having if name == one.changes[0]]
            rows.append(Row((name,), _values(having, moving, first)))
    about = _(
        "Deals by what happened to them since {date}; a deal with several changes is in several rows, and the change "
        "of its forecast, the weighted amount, in the first of them."
    )
    return FigureTable(
        "changes",
        _("What changed since {date}").format(date=then.today),
        about.format(date=then.today),
        (Column("change", _("Change"), word=_change),),
        (
            Column("deals", _("Deals"), "number"),
            Column("amount", _("Amount"), "money"),
            Column("difference", _("Change of open deals"), "money"),
            Column("weighted", _("Change of forecast"), "money"),
        ),
        rows,
        _values(changes, changes, changes),
        overlap=any(len(one.changes) > 1 for one in changes),
        without_amount=sum(one.now.amount is None for one in changes),
        is_change=True,
        chart="bars",
        charted="weighted",
    )


def _values(having: Sequence[DealChange], moving: Sequence[DealChange], first: Sequence[DealChange]) -> dict[str, Any]:
    return {
        "deals": len(having),
        "amount": total(one.now.amount for one in having if one.now.amount),
        "difference": total(pair for one in moving for pair in one.worth),
        "weighted": total(pair for one in first for pair in one.forecast),
    }


def _change(name: str) -> str:
    return _(CHANGES[name])


def _list(changes: Sequence[DealChange], context: Context, then: Snapshot) -> FigureList:
    shown = Shown(context.snapshot)
    columns = (
        shown.column("opportunities", "owner"),
        shown.column("opportunities", "title"),
        Column("changes", _("Change"), word=lambda names: _(", ").join(map(_change, names))),
        shown.column("opportunities", "stage")._replace(kind="change"),
        shown.column("opportunities", "amount")._replace(kind="change", word=numbers.sums),
        shown.column("opportunities", "expected_close")._replace(kind="change"),
        shown.column("opportunities", "lost_category"),
        Column("why", _("Reason or last contact")),
        Column("last_contact", _("Last contact"), "date"),
    )
    return FigureList(
        "changed",
        _("Deals that changed since {date}").format(date=then.today),
        _(
            "Deals that are new, won, lost or gone, have another stage, month of expected close, amount or forecast, "
            "or passed their date; with the reason for the loss, else the last contact since then."
        ),
        columns,
        [_item(one, context, then) for one in changes],
        urgent=True,
    )


def _item(one: DealChange, context: Context, then: Snapshot) -> dict[str, Any]:
    schema, now, shown = context.snapshot.schema, one.now, Shown(context.snapshot)
    has_amount = shown.is_public("opportunities", "amount")
    contact = latest(now.customer, context.snapshot.today)
    contacted = day(contact["date"]) if contact else None
    if contacted and contacted <= then.today:
        contacted = None
    why, field = now.data.get("lost_reason"), find(schema, "opportunities", "lost_reason")
    if not why and contact and contacted:
        why, field = contact["summary"], find(schema, "interactions", "summary")
    return {
        **who(now.customer),
        "owner": str(now.data.get("owner", now.customer.owner)),
        "title": shown.value(now.data, "opportunities", "title"),
        "changes": [*one.changes],
        "stage": _both(one, lambda side: side.stage),
        "amount": _both(one, lambda side: dict([side.amount]) if side.amount and has_amount else None),
        "expected_close": _both(one, lambda side: side.close or None) if now.is_open else None,
        "lost_category": shown.value(now.data, "opportunities", "lost_category") if now.stage == "lost" else None,
        "why": without_hidden(" ".join(str(why).split()), field, hidden()) if why else None,
        "last_contact": contacted,
    }


def _both(one: DealChange, of: Callable[[Side], Any]) -> Mapping[str, Any]:
    """Return a value at both moments; None if the deal or the value is missing."""
    return {name: of(side) if side else None for name, side in (("before", one.before), ("after", one.after))}
