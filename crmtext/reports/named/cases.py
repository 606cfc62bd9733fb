"""Cases: those open, how many come and go, how long they take, and repeated demands."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any, NamedTuple

from crmtext.figures.due import state
from crmtext.figures.due_kinds import KINDS
from crmtext.figures.stats.engine import stats
from crmtext.figures.stats.query import Query
from crmtext.figures.tables import Column, FigureList, FigureTable
from crmtext.i18n import _
from crmtext.model import day
from crmtext.reports.context import Context, Report
from crmtext.reports.shown import Shown, joined, who
from crmtext.wording.labels import heading

if TYPE_CHECKING:
    from collections.abc import Iterator

    from crmtext.model import Customer
    from crmtext.settings import Settings

#: A repeated demand: so many customers, within so many days.
_CUSTOMERS, _DAYS = 3, 90


def report(context: Context) -> Report:
    """Return the open cases, and the tables and repeated demands of a period."""
    shown = Shown(context.snapshot)
    return Report(
        (
            _open(context, shown),
            _table(
                context,
                "by_month",
                _("Cases by month"),
                _("Opened and closed: cases by that day; open: not closed at the end of the month, from git."),
                Query(measures=("cases_opened", "cases_closed", "open_cases"), period="month"),
                "lines",
            ),
            *_by_kind_and_cause(context, shown),
            _repeated(context, shown),
        )
    )


def _by_kind_and_cause(context: Context, shown: Shown) -> Iterator[FigureTable]:
    """Yield the tables by fields that a team may mark as sensitive; then there is none."""
    if shown.is_public("cases", "kind"):
        yield _table(
            context,
            "close_days",
            _("Days to close by kind"),
            _("Days from opening to closing, of the cases closed in the period: median, p90, and their number n."),
            Query(by=("cases.kind",), measures=("close_days",)),
            "bars",
        )
    if shown.is_public("cases", "cause"):
        yield _table(
            context,
            "by_product",
            _("Cases by product and cause"),
            _("Cases opened in the period, by product and cause as recorded."),
            Query(by=("product", "cases.cause"), measures=("cases_opened",)),
            "stacked",
        )


def _table(context: Context, name: str, label: str, about: str, query: Query, chart: str) -> FigureTable:
    # Not after the label of the list: all of them are cases.
    labels = {f"cases.{key}": heading(context.snapshot.schema, "cases", key) for key in ("kind", "cause")}
    asked = query._replace(since=context.since, until=context.until, owner=context.owner, where=context.where)
    table = stats(context.snapshot, asked, context.states)
    by = tuple(column._replace(label=labels.get(column.name, column.label)) for column in table.by)
    return table._replace(name=name, label=label, about=about, by=by, chart=chart)


def _open(context: Context, shown: Shown) -> FigureList:
    snapshot, keys = context.snapshot, ("kind", "summary", "product", "priority", "status")
    columns = (
        shown.person("owner"),
        *(shown.column("cases", key) for key in keys),
        shown.column("cases", "opened"),
        Column("due", _("Due date"), "date"),
        shown.state(),
    )
    items = []
    for customer in context.customers:
        for task in KINDS["case"].find(customer, snapshot) if customer.data.get("cases") else ():
            case = customer.data["cases"][task.entry]
            opened = day(case["opened"])
            if opened and opened <= snapshot.today:
                fields = {key: shown.value(case, "cases", key) for key in keys}
                fields["product"] = _listed(fields["product"], snapshot.settings)
                when = {"opened": opened, "due": task.due, "state": state(task.due, snapshot.today)}
                items.append({**who(customer), **fields, **when, "owner": task.by or customer.owner})
    items.sort(key=lambda item: (item["due"] or date.max, item["id"], item["opened"]))
    about = _(
        "Cases opened up to today and not closed, by due date: the date set, else {n} days after opening, or {m} for "
        "a request."
    )
    about = about.format(n=snapshot.settings.case_days, m=snapshot.settings.request_days)
    return FigureList("open", _("Open cases"), about, columns, items, urgent=True)


class _Demand(NamedTuple):
    """A case or an open need of a customer."""

    of: str
    kind: str
    product: str
    day: date
    words: Any
    customer: Customer


def _repeated(context: Context, shown: Shown) -> FigureList:
    every: dict[tuple[str, str, str], list[_Demand]] = {}
    for customer in context.customers:
        for demand in _demands(customer, context, shown):
            every.setdefault((demand.of, demand.kind, demand.product), []).append(demand)
    counts = {key: len({one.customer.id for one in some}) for key, some in every.items()}
    repeated = sorted((key for key in every if counts[key] >= _CUSTOMERS), key=lambda key: (-counts[key], key))
    of = {"case": _("case"), "need": _("need")}
    words = {"case": shown.column("cases", "kind").word, "need": shown.column("needs", "kind").word}
    labels = {kind: word(kind) if (word := words[what]) else kind for what, kind, _product in repeated}
    columns = (
        Column("of", _("Source"), word=lambda value: joined(value, of)),
        Column("kind", _("Kind"), word=lambda value: labels.get(value, value)),
        Column("product", _("Product")),
        Column("customers", _("Customers"), "number"),
        Column("date", _("Date"), "date"),
        Column("summary", _("Summary")),
    )
    items = [
        {
            **who(one.customer),
            "of": one.of,
            "kind": one.kind,
            "product": one.product,
            "customers": counts[key],
            "date": one.day,
            "summary": one.words,
        }
        for key in repeated
        for one in sorted(every[key], key=lambda one: (one.day, one.customer.id), reverse=True)
    ]
    about = _(
        "One kind of case, or of open need, for one product at {customers} customers or more in the last {days} days; "
        "a need counts by the day on which it was confirmed."
    )
    about = about.format(customers=_CUSTOMERS, days=_DAYS)
    return FigureList("repeated", _("Repeated demands"), about, columns, items)


def _demands(customer: Customer, context: Context, shown: Shown) -> Iterator[_Demand]:
    snapshot, data = context.snapshot, customer.data
    cases = (("cases", "case", case, case["opened"], "summary") for case in data.get("cases", ()))
    needs = (
        ("needs", "need", need, need.get("confirmed"), "description")
        for need in data.get("needs", ())
        if need.get("status", "open") == "open"
    )
    for key, of, item, written, words in (*cases, *needs):
        when, product = day(written), shown.value(item, key, "product")
        if when and product and "kind" in item and 0 <= (snapshot.today - when).days < _DAYS:
            name = _listed(product, snapshot.settings)
            yield _Demand(of, str(item["kind"]), str(name), when, shown.value(item, key, words), customer)


def _listed(product: Any, settings: Settings) -> Any:
    """A product's name in the product list; the text itself if it isn't listed."""
    known = settings.product(str(product)) if product else None
    return known.shown if known else product
