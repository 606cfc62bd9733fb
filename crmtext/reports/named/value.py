"""The value of customers: RFM, lapsed, late and rising customers, and revenue by time."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from crmtext.computed.amounts import currency_of
from crmtext.computed.purchases import last_transaction, transaction_sum, transactions
from crmtext.figures.rfm import SEGMENTS, Rfm
from crmtext.figures.rising import HALF, high_medians, rising
from crmtext.figures.rules import NAMES
from crmtext.figures.stats.engine import stats
from crmtext.figures.stats.measures import column_of
from crmtext.figures.stats.query import Query
from crmtext.figures.tables import Column, FigureList, FigureTable, Row
from crmtext.figures.tables_values import rounded
from crmtext.i18n import _, bracketed, plural
from crmtext.reports.context import Context, Report
from crmtext.reports.shown import Shown, who
from crmtext.values.money import decimal, total
from crmtext.wording import numbers

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping
    from decimal import Decimal
    from fractions import Fraction

    from crmtext.model import Customer

#: A customer's values by name.
Values = Any
#: The customers in the list of the largest, for each currency.
_TOP = 20


def report(context: Context) -> Report:
    """Return RFM with its segments, the largest customers, those to win back or to follow, and revenue by time."""
    values_of = NAMES.of(context.snapshot)
    bought = {one.path: values_of(one) for one in context.customers if "transactions" in one.data}
    revenue = _revenue(context)
    behind, lapsed = _behind(context, bought), _lapsed(context)
    parts: tuple[FigureTable | FigureList, ...] = (
        _rfm(context, bought),
        _segments(context, revenue),
        *_matrix(context),
        _top(context, revenue),
        lapsed,
        behind,
        _rising(context),
        *(
            (_by_month(context), _by_weekday(context))
            if Shown(context.snapshot).is_public("transactions", "date")
            else ()
        ),
    )
    notes = []
    if late := len(behind.rows):
        one = plural(
            "{n} customer is behind the purchase rhythm", "{n} customers are behind their purchase rhythm", late
        )
        notes.append(one)
    if gone := len(lapsed.items):
        notes.append(plural("{n} large customer has lapsed", "{n} large customers have lapsed", gone))
    return Report(parts, tuple(notes))


def _rfm(context: Context, bought: Mapping[str, Values]) -> FigureTable:
    rfm, segments = Rfm.of(context.snapshot), [*SEGMENTS]
    rows = []
    for customer in context.customers:
        values = bought.get(customer.path, {})
        member, scores = rfm.members.get(customer.path), rfm.scores(customer)
        figures = {
            "r": values.get("recency"),
            "f": member.frequency if member else 0,
            "m": rounded(member.monetary, 2) if member else None,
            "currency": member.currency if member else None,
            "r_score": scores.r,
            "f_score": scores.f,
            "m_score": scores.m,
            "segment": scores.segment,
            "behind": values.get("behind"),
        }
        rows.append(Row((customer.id,), figures))
    weight = _by_size(context)
    rows.sort(
        key=lambda row: (
            segments.index(row.values["segment"]),
            weight({row.values["currency"]: row.values["m"]} if row.values["currency"] else {}),
            row.values["r"] is None,
            row.group,
        )
    )
    of_scores = (Column(name, _(NAMES[name].label), "number") for name in ("r_score", "f_score", "m_score"))
    measures = (
        Column("r", _(NAMES["recency"].label), "number"),
        Column("f", _(NAMES["frequency"].label), "number"),
        Column("m", _(NAMES["monetary"].label), "decimal"),
        Column("currency", _("Currency")),
        *of_scores,
        Column("segment", _(NAMES["rfm_segment"].label), word=lambda segment: _(SEGMENTS[segment])),
        Column("behind", _("Rhythm"), word=lambda late: _("behind") if late else _("in rhythm")),
    )
    about = _(
        "R: days since the last purchase. F: days with a purchase in the last {n} days. M: all amounts in these days, "
        "refunds deducted, in the currency with most purchase days. Compared among customers with a purchase in these "
        "days, M among those with the same currency."
    ).format(n=context.snapshot.settings.rfm_window_days)
    notes = _thresholds(context)
    if n := sum(map(_has_no_purchase, rows)):
        notes += (
            plural(
                "{n} customer without a purchase in this time is only in CSV, JSON and xlsx",
                "{n} customers without a purchase in this time are only in CSV, JSON and xlsx",
                n,
            ),
        )
    return FigureTable(
        *("rfm", _("RFM"), about, (_customer(context),), measures, rows, {}), notes=notes, off_pages=_has_no_purchase
    )


def _has_no_purchase(row: Row) -> bool:
    return all(values is None or values.get("segment") in (None, "none") for values in (row.values, row.before))


def _thresholds(context: Context) -> tuple[str, ...]:
    """The medians or means that R, F and M are compared with, and how scores are given."""
    rfm, settings = Rfm.of(context.snapshot), context.snapshot.settings
    if rfm.recency_split is None or rfm.frequency_split is None:
        return ()
    split = _("the mean") if settings.rfm_split == "mean" else _("the median")
    money = [
        bracketed(_amount(middle, code), plural("{n} customer", "{n} customers", len(rfm.monetary[code])))
        for code, middle in rfm.monetary_split.items()
        if middle is not None
    ]
    line = _(
        "Better than {split} means: days since purchase below {r}, purchase days above {f}, turnover above {m}"
    ).format(split=split, r=_number(rfm.recency_split), f=_number(rfm.frequency_split), m=_(", ").join(money))
    members = plural("{n} customer with a purchase", "{n} customers with a purchase", len(rfm.members))
    scores = _("scores by limits") if rfm.by_limits else _("scores by rank")
    return (line, f"{members} · {scores}")


def _segments(context: Context, revenue: Mapping[str, Mapping[str, Decimal]]) -> FigureTable:
    rfm = Rfm.of(context.snapshot)
    counts: Counter[str] = Counter()
    amounts: dict[str, list[tuple[str, Decimal]]] = {}
    for customer in context.customers:
        segment = rfm.scores(customer).segment
        counts[segment] += 1
        amounts.setdefault(segment, []).extend(revenue.get(customer.path, {}).items())

    def figures(segments: Iterable[str]) -> dict[str, Any]:
        here = [*segments]
        money = total(one for segment in here for one in amounts.get(segment, ()))
        return {"customers": sum(counts[segment] for segment in here), "revenue": money}

    by = Column("rfm_segment", _(NAMES["rfm_segment"].label), word=lambda segment: _(SEGMENTS[segment]))
    measures = tuple(map(column_of, ("customers", "revenue")))
    rows = [Row((segment,), figures([segment])) for segment in SEGMENTS if counts[segment]]
    about = _("Customers and revenue of the period, by whether R, F and M are better than the members' median.")
    return FigureTable(
        *("segments", _("RFM segments"), about, (by,), measures, rows, figures(counts)),
        since=context.since,
        until=context.until,
        chart="bars",
    )


def _matrix(context: Context) -> Iterator[FigureTable]:
    shown = Shown(context.snapshot)
    if not (shown.is_public("classification", "value") and shown.is_public("classification", "lifecycle")):
        return
    table = _stats(context, ("classification.value", "lifecycle"), ("customers",))
    about = _("The number of customers by recorded value and by lifecycle.")
    yield table._replace(name="value_lifecycle", label=_("Value by lifecycle"), about=about, chart="heat")


def _revenue(context: Context) -> Mapping[str, Mapping[str, Decimal]]:
    """The revenue of the period, by customer and currency."""
    settings, first = context.snapshot.settings, f"{context.since}"
    last = min(context.until, context.snapshot.today)
    sums = {}
    for customer in context.customers:
        if "transactions" in customer.data:
            inside = (one for one in transactions(customer, last) if str(one["date"])[:10] >= first)
            sums[customer.path] = total((currency_of(one, settings), decimal(one["amount"])) for one in inside)
    return sums


def _top(context: Context, revenue: Mapping[str, Mapping[str, Decimal]]) -> FigureList:
    rfm, shown = Rfm.of(context.snapshot), Shown(context.snapshot)
    items = []
    bought = [(customer, revenue[customer.path]) for customer in context.customers if customer.path in revenue]
    for code in sorted({code for money in revenue.values() for code in money}, key=_home_first(context)):
        here = [(money[code], customer) for customer, money in bought if money.get(code, 0) > 0]
        here.sort(key=lambda pair: (-pair[0], pair[1].id))
        for rank, (amount, customer) in enumerate(here[:_TOP], 1):
            segment = rfm.scores(customer).segment
            facts = {"rank": rank, "currency": code, "revenue": rounded(amount, 2), "segment": segment}
            items.append({**_who(shown, customer), **facts})
    columns = (
        Column("rank", _("Rank"), "number"),
        Column("revenue", _("Revenue"), "decimal"),
        Column("currency", _("Currency")),
        Column("segment", _(NAMES["rfm_segment"].label), word=lambda segment: _(SEGMENTS[segment])),
        *_about_customer(shown),
    )
    about = _("The {n} customers with most revenue in the period, in each currency; refunds are deducted.")
    return FigureList("top", _("Largest customers"), about.format(n=_TOP), columns, items)


def _lapsed(context: Context) -> FigureList:
    snapshot = context.snapshot
    rfm, shown, weight = Rfm.of(snapshot), Shown(snapshot), _by_size(context)
    items = []
    for customer in context.customers:
        if "transactions" in customer.data and customer.path not in rfm.members:
            sums = transaction_sum(customer, snapshot.today, snapshot.settings)
            if rfm.lapsed(customer, sums):
                last = last_transaction(customer, snapshot.today)
                items.append({**_who(shown, customer), "last": last, "total": sums})
    items.sort(key=lambda item: (weight(item["total"]), item["id"]))
    columns = (
        Column("total", _("Revenue ever"), "money"),
        Column("last", _(NAMES["last_transaction"].label), "date"),
        *_about_customer(shown),
    )
    about = _(
        "No purchase in the last {n} days, and all amounts ever above the median M of the customers who bought in "
        "these days, in the same currency."
    ).format(n=snapshot.settings.rfm_window_days)
    return FigureList("lapsed", _("Lapsed large customers"), about, columns, items, urgent=True)


def _behind(context: Context, bought: Mapping[str, Values]) -> FigureTable:
    today, rows = context.snapshot.today, []
    for customer in context.customers:
        if (values := bought.get(customer.path, {})).get("behind"):
            due = values["next_purchase"]
            figures = {
                "last": today - timedelta(values["recency"]),
                "interval": values["transaction_interval"],
                "next": due,
                "days_late": (today - due).days,
            }
            rows.append(Row((customer.id,), figures))
    rows.sort(key=lambda row: (-row.values["days_late"], row.group))
    measures = (
        Column("last", _("Last purchase"), "date"),
        Column("interval", _(NAMES["transaction_interval"].label), "decimal"),
        Column("next", _(NAMES["next_purchase"].label), "date"),
        Column("days_late", _("Days late"), "number"),
    )
    about = _(
        "With three purchase days or more: the next purchase is expected the median number of days after the last one, "
        "and late by more than half of these days, but at least 14 and at most 30."
    )
    return FigureTable("behind", _("Behind their purchase rhythm"), about, (_customer(context),), measures, rows, {})


def _rising(context: Context) -> FigureList:
    snapshot, weight = context.snapshot, _by_size(context)
    shown = Shown(snapshot)
    items = [
        {
            **_who(shown, one.customer),
            "recent": one.recent,
            "before": one.before,
            "open_value": one.open_value,
            "reasons": [name for name, true in (("revenue", one.buys_more), ("deals", one.may_buy)) if true],
        }
        for one in rising(snapshot, context.customers)
    ]
    items.sort(key=lambda item: (weight(item["recent"]), weight(item["open_value"]), item["id"]))
    reasons = {"revenue": _("buys more"), "deals": _("large deals")}
    columns = (
        Column("reasons", _("Why"), word=lambda names: _(", ").join(reasons[name] for name in names)),
        Column("recent", _("Last {n} days").format(n=HALF), "money"),
        Column("before", _("{n} days before").format(n=HALF), "money"),
        Column("open_value", _(NAMES["open_value"].label), "money"),
        *_about_customer(shown),
    )
    medians = [_amount(middle, code) for code, middle in high_medians(snapshot).items()]
    about = _(
        "Value not high, and revenue of the last {n} days more than 1.5 times that of the {n} days before, or open "
        "deals of at least the median M of the customers with value high."
    ).format(n=HALF)
    notes = (_("Median M of the customers with value high: {m}").format(m=_(", ").join(medians)),) if medians else ()
    return FigureList("rising", _("Rising customers"), about, columns, items, notes)


def _by_month(context: Context) -> FigureTable:
    table = _stats(context, (), ("revenue", "paid_amount"), "month")
    return table._replace(name="by_month", label=_("Revenue and payments by month"), chart="lines")


def _by_weekday(context: Context) -> FigureTable:
    table = _stats(context, ("transactions.date:weekday",), ("revenue",))
    return table._replace(name="by_weekday", label=_("Revenue by weekday"), chart="bars")


def _stats(context: Context, by: tuple[str, ...], measures: tuple[str, ...], period: str = "") -> FigureTable:
    query = Query(by, measures, period, context.since, context.until, context.where, context.owner)
    return stats(context.snapshot, query, context.states)


def _customer(context: Context) -> Column:
    """The column of a table by customer: the id, in words the name."""
    # With a comparison, rows may be about customers who are gone.
    by_id = {**(context.earlier.by_id if context.earlier else {}), **context.snapshot.by_id}
    return Column("id", _("Customer"), word=lambda id_: by_id[id_].name)


def _who(shown: Shown, customer: Customer) -> dict[str, Any]:
    classes = customer.data.get("classification", {})
    return {**who(customer), "value": shown.value(classes, "classification", "value")}


def _about_customer(shown: Shown) -> tuple[Column, ...]:
    """The columns of value and owner."""
    return shown.column("classification", "value"), shown.person()


def _home_first(context: Context) -> Callable[[str], tuple[bool, str]]:
    """The order of currencies: the store's first."""
    home = context.snapshot.settings.currency
    return lambda code: (code != home, code)


def _by_size(context: Context) -> Callable[[Mapping[str, Decimal]], tuple[Any, ...]]:
    """A sort key for sums, large ones first: those in the store's currency, then those in others."""
    rank = _home_first(context)
    return lambda sums: tuple((*rank(code), -sums[code]) for code in sorted(sums, key=rank)) or ((True, "~"),)


def _number(value: Fraction) -> str:
    return numbers.number(rounded(value, 2))


def _amount(value: Fraction, currency: str) -> str:
    return numbers.amount(rounded(value, 2), currency)
