"""The report `receivables`: the money that customers owe, by owner and age."""

from __future__ import annotations

from collections import defaultdict
from decimal import Decimal
from typing import TYPE_CHECKING, NamedTuple

from crmtext.computed.amounts import currency_of
from crmtext.computed.purchases import transactions
from crmtext.figures.stats.order import ordered
from crmtext.figures.tables import Column, FigureList, FigureTable, Row
from crmtext.i18n import N_, _
from crmtext.model import day
from crmtext.reports.context import Report
from crmtext.reports.shown import Shown, who
from crmtext.values.money import decimal, total

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import date

    from crmtext.model import Customer
    from crmtext.reports.context import Context

#: The ages with their labels, and the most days of each after the day on which the money was due. Money that is due
#: today isn't late yet; without a due date, a transaction of today is the youngest of the others.
_AGES = {"not-due": N_("Not due"), "0-30": "0-30", "31-60": "31-60", "61-90": "61-90", "over-90": N_("Over 90")}
_LAST = ((-1, "not-due"), (30, "0-30"), (60, "31-60"), (90, "61-90"))


class _Open(NamedTuple):
    """A transaction that isn't paid."""

    customer: Customer
    order: str
    when: date
    #: The day on which the money is due; None if the record has none.
    due: date | None
    currency: str
    amount: Decimal
    #: Days since the due day, or since the day of the transaction; below zero before it.
    days: int

    @property
    def age(self) -> str:
        """One of the ages."""
        if self.due and not self.days:
            return "not-due"
        return next((age for last, age in _LAST if self.days <= last), "over-90")


def report(context: Context) -> Report:
    """Return what is unpaid by owner and age, each transaction, and the customers above their credit limit."""
    unpaid = sorted(_unpaid(context), key=lambda one: (-one.days, one.customer.id, one.when, one.order))
    return Report(
        (_ages(unpaid, context), _by_age(unpaid, context), _list(unpaid, context), _over_limit(unpaid, context))
    )


def _unpaid(context: Context) -> Iterator[_Open]:
    today, settings, shown = context.snapshot.today, context.snapshot.settings, Shown(context.snapshot)
    for customer in context.customers:
        for item in transactions(customer, today):
            paid, when, due = (day(item.get(key)) for key in ("paid", "date", "payment_due"))
            if when is None or (paid and paid <= today):
                continue
            numbers = (shown.value(item, "transactions", key) for key in ("order_no", "invoice_no"))
            order = str(next(filter(None, numbers), ""))
            amount = currency_of(item, settings), decimal(item["amount"])
            yield _Open(customer, order, when, due, *amount, (today - (due or when)).days)


def _ages(unpaid: Sequence[_Open], context: Context) -> FigureTable:
    """Return the money of all owners together, by age."""
    ages = _by_age(unpaid, context)
    groups = {age: [one for one in unpaid if one.age == age] for age in _AGES}
    return ages._replace(
        name="ages",
        label=_("Receivables by age"),
        by=ages.by[1:],
        rows=[Row((age,), _sums(many)) for age, many in groups.items() if many],
        chart="bars",
    )


def _by_age(unpaid: Sequence[_Open], context: Context) -> FigureTable:
    groups: dict[tuple[str, str], list[_Open]] = defaultdict(list)
    for one in unpaid:
        groups[one.customer.owner, one.age].append(one)
    receivable = Column("receivable", _("Receivable"), "money")
    rows = [Row(group, _sums(many)) for group, many in groups.items()]
    currency = context.snapshot.settings.currency
    return FigureTable(
        "by_age",
        _("Receivables by owner and age"),
        _(
            "Transactions that aren't paid, refunds included, by the days since the money was due; due today is not "
            "late. Without a due date, the days since the transaction count."
        ),
        (
            Shown(context.snapshot).person(),
            Column("age", _("Days past due"), word=_age),
        ),
        (
            receivable,
            Column("without_due", _("Without due date"), "number"),
        ),
        ordered(rows, (None, [*_AGES].index), receivable, currency),
        _sums(unpaid),
        exhaustive=True,
        chart="stacked",
    )


def _age(age: str) -> str:
    return _(_AGES[age])


def _sums(unpaid: Sequence[_Open]) -> dict[str, object]:
    return {
        "receivable": total((one.currency, one.amount) for one in unpaid),
        "without_due": sum(one.due is None for one in unpaid),
    }


def _list(unpaid: Sequence[_Open], context: Context) -> FigureList:
    shown = Shown(context.snapshot)
    columns = (
        shown.person(),
        shown.column("transactions", "order_no", name="order"),
        shown.column("transactions", "date"),
        shown.column("transactions", "amount")._replace(kind="money"),
        shown.column("transactions", "payment_due"),
        Column("days_late", _("Days late"), "number"),
    )
    items = [
        {
            **who(one.customer),
            "order": one.order or None,
            "date": one.when,
            "amount": {one.currency: one.amount} if shown.is_public("transactions", "amount") else None,
            "payment_due": one.due,
            "days_late": one.days if one.due and one.days > 0 else None,
        }
        for one in unpaid
    ]
    about = _("Each transaction that isn't paid, the longest overdue first; without a due date it is never late.")
    return FigureList("open", _("Open payments"), about, columns, items)


def _over_limit(unpaid: Sequence[_Open], context: Context) -> FigureList:
    shown, settings = Shown(context.snapshot), context.snapshot.settings
    owed: dict[str, list[_Open]] = defaultdict(list)
    for one in unpaid:
        owed[one.customer.id].append(one)
    items = []
    for customer in context.customers:
        credit = customer.data.get("credit", {})
        written = shown.value(credit, "credit", "limit")
        if written is None or customer.id not in owed:
            continue
        currency, limit = currency_of(credit, settings), decimal(written)
        receivable = sum((one.amount for one in owed[customer.id] if one.currency == currency), Decimal(0))
        if receivable > limit:
            amounts = {"receivable": receivable, "limit": limit, "over": receivable - limit}
            items.append(who(customer) | {name: {currency: amount} for name, amount in amounts.items()})
    columns = (
        shown.person(),
        Column("receivable", _("Receivable"), "money"),
        shown.column("credit", "limit")._replace(kind="money"),
        Column("over", _("Above the limit"), "money"),
    )
    about = _("Customers who owe more than their credit limit, in the currency of the limit.")
    return FigureList("over_limit", _("Above the credit limit"), about, columns, items, urgent=True)
