"""Satisfaction: four kinds of scores by month and product, low scores, and visits that are due."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING, Any

from crmtext.figures.due import state
from crmtext.figures.due_kinds import KINDS
from crmtext.figures.stats.measures import MEASURES
from crmtext.figures.stats.periods import name_of, periods
from crmtext.figures.tables import Column, FigureList, FigureTable, Row
from crmtext.i18n import _, plural
from crmtext.model import day
from crmtext.reports.context import Context, Report
from crmtext.reports.counted import Counted, counting
from crmtext.reports.shown import Shown, joined, who

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from crmtext.model import Customer

#: The kinds of scores, and where the words beside each are.
_WORDS = {
    "satisfaction": ("cooperation", "satisfaction", "comment"),
    "survey_score": ("feedback", "text"),
    "case_score": ("cases", "summary"),
    "order_rating": ("transactions", "feedback"),
}
#: Scores from here on are satisfied, and up to here low; visits are shown so many days ahead.
_SATISFIED, _LOW, _AHEAD = 4, 2, 30


def report(context: Context) -> Report:
    """Return the scores of a period by month and by product, the low ones, and the visits that are due."""
    shown, count = Shown(context.snapshot), counting(context.snapshot, tuple(_WORDS), "product")
    first, last = f"{context.since}", f"{min(context.until, context.snapshot.today)}"
    every = [(customer, score) for customer in context.customers for score in count(customer)]
    scores = [(customer, score) for customer, score in every if first <= score.day <= last]
    undated = sum(not score.day for _customer, score in every)
    return Report(
        (_by_month(context, scores, undated), _by_product(context, scores), _low(shown, scores), _due(context, shown))
    )


_Scores = list[tuple["Customer", Counted]]


def _columns() -> tuple[Column, ...]:
    columns = []
    for name in _WORDS:
        label = _(MEASURES[name].label)
        columns.append(Column(name, label, "average"))
        satisfied = _("{measure}: satisfied").format(measure=label)
        columns.append(Column(f"{name}_rate", satisfied, "rate", base=f"{name}_n"))
    return tuple(columns)


def _figures(scores: Iterable[Counted]) -> dict[str, Any]:
    """The average of each kind, the share of 4 and 5, and the number of scores."""
    figures: dict[str, Any] = {}
    every = list(scores)
    for name in _WORDS:
        values = [score.value for score in every if score.measure == name]
        figures[name] = MEASURES[name].figure(values)
        satisfied = sum(value >= _SATISFIED for value in values)
        figures[f"{name}_rate"] = Fraction(satisfied, len(values)) if values else None
        figures[f"{name}_n"] = len(values)
    return figures


def _table(
    context: Context, name: str, label: str, by: tuple[Column, ...], rows: Sequence[Row], scores: _Scores
) -> FigureTable:
    about = _(
        "Mean of the scores of each kind and their number n; satisfied: the share of 4 and 5. By the day of the score, "
        "of the closed case (else its opening), or of the order."
    )
    total = _figures(score for _customer, score in scores)
    return FigureTable(name, label, about, by, _columns(), rows, total, since=context.since, until=context.until)


def _by_month(context: Context, scores: _Scores, undated: int) -> FigureTable:
    every = periods("month", context.snapshot.today, context.since, context.until)
    months: dict[str, list[Counted]] = {period.name: [] for period in every}
    for _customer, score in scores:
        months[name_of(score.day, "month")].append(score)
    rows = [Row((), _figures(some), month) for month, some in months.items()]
    table = _table(context, "by_month", _("Satisfaction by month"), (), rows, scores)
    note = plural("{n} score without a date is not counted", "{n} scores without a date are not counted", undated)
    so_far = every[-1].name if every and every[-1].last >= context.snapshot.today else ""
    return table._replace(period="month", so_far=so_far, chart="lines", notes=(note,) if undated else ())


def _by_product(context: Context, scores: _Scores) -> FigureTable:
    products: dict[str | None, list[Counted]] = {}
    for _customer, score in scores:
        for product in score.groups:
            products.setdefault(product, []).append(score)
    order = sorted(products, key=lambda name: (name is None, -len(products[name]), name or ""))
    rows = [Row((product,), _figures(products[product])) for product in order]
    column = Column("product", _("Product"))
    table = _table(context, "by_product", _("Satisfaction by product"), (column,), rows, scores)
    return table._replace(overlap=any(len(score.groups) > 1 for _customer, score in scores), chart="bars")


def _low(shown: Shown, scores: _Scores) -> FigureList:
    kinds = {name: _(MEASURES[name].label) for name in _WORDS}
    columns = (
        shown.person(),
        Column("date", _("Date"), "date"),
        Column("kind", _("Kind"), word=lambda value: joined(value, kinds)),
        shown.column("feedback", "score"),
        Column("product", _("Product"), word=joined),
        shown.column("feedback", "text"),
    )
    items = [
        {
            **who(customer),
            "date": day(score.day),
            "kind": score.measure,
            "score": score.value,
            "product": [name for name in score.groups if name is not None],
            "text": shown.value(score.item, *_WORDS[score.measure]),
        }
        for customer, score in scores
        if score.value <= _LOW
    ]
    items.sort(key=lambda item: (item["date"], item["id"]), reverse=True)
    about = _("Scores of {n} or less in the period, newest first, in the words of the record.").format(n=_LOW)
    return FigureList("low", _("Low scores"), about, columns, items, urgent=True)


def _due(context: Context, shown: Shown) -> FigureList:
    snapshot = context.snapshot
    columns = (
        shown.person(),
        Column("due", _("Due date"), "date"),
        shown.state(),
    )
    items = [
        {**who(customer), "due": task.due, "state": state(task.due, snapshot.today)}
        for customer in context.customers
        for task in KINDS["satisfaction"].find(customer, snapshot)
        if task.due and (task.due - snapshot.today).days <= _AHEAD
    ]
    items.sort(key=lambda item: (item["due"], item["id"]))
    about = _(
        "Active customers whose last score of the cooperation or a survey, or else the first day of cooperation, is as "
        "long ago as the settings allow for their value; up to {n} days ahead."
    )
    return FigureList("due", _("Visits due"), about.format(n=_AHEAD), columns, items, urgent=True)
