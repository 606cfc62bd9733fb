"""How customers are classified, and where records differ from the rules."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from crmtext.figures.classify import differences
from crmtext.figures.rules import NAMES
from crmtext.figures.stats.engine import stats
from crmtext.figures.stats.query import Query
from crmtext.figures.tables import Column, FigureList, FigureTable
from crmtext.i18n import _
from crmtext.reports.context import Context, Report
from crmtext.reports.shown import Shown, joined, who

if TYPE_CHECKING:
    from collections.abc import Iterator

    from crmtext.model import Customer


def report(context: Context) -> Report:
    """Return the classes of each customer, value by lifecycle, and the differences from the rules."""
    shown = Shown(context.snapshot)
    return Report((_customers(context, shown), *_matrix(context, shown), _differences(context, shown)))


def _customers(context: Context, shown: Shown) -> FigureList:
    values_of = NAMES.of(context.snapshot)
    columns = (
        shown.column("type"),
        shown.column("classification", "value"),
        shown.column("priority"),
        shown.computed("lifecycle"),
        shown.column("classification", "segment"),
        shown.computed("rfm_segment"),
        shown.column("tags"),
        shown.person(),
    )

    def item(customer: Customer) -> dict[str, Any]:
        data, values = customer.data, values_of(customer)
        classes = data.get("classification", {})
        return {
            **who(customer),
            "type": customer.type,
            "value": shown.value(classes, "classification", "value"),
            "priority": shown.value(data, "priority"),
            "lifecycle": values["lifecycle"],
            "segment": shown.value(classes, "classification", "segment"),
            "rfm_segment": values["rfm_segment"],
            "tags": shown.value(data, "tags"),
        }

    about = _(
        "One line per customer, as recorded; lifecycle: as recorded, else by status and purchases; RFM: by the "
        "purchases in the window of the settings."
    )
    return FigureList("customers", _("Classification"), about, columns, tuple(map(item, context.customers)))


def _matrix(context: Context, shown: Shown) -> Iterator[FigureTable]:
    if not (shown.is_public("classification", "value") and shown.is_public("classification", "lifecycle")):
        return
    query = Query(("classification.value", "lifecycle"), owner=context.owner, where=context.where)
    yield stats(context.snapshot, query)._replace(
        name="value_lifecycle",
        label=_("Value by lifecycle"),
        about=_("The number of customers by recorded value and by lifecycle."),
        chart="heat",
    )


def _differences(context: Context, shown: Shown) -> FigureList:
    snapshot = context.snapshot
    fields = {"value": ("classification", "value"), "segment": ("classification", "segment"), "priority": ("priority",)}
    fields["tags"] = ("tags",)
    columns = {key: shown.column(*path) for key, path in fields.items()}

    def words(key: str, value: Any) -> str | None:
        word = columns[key].word
        return None if value is None else word(value) if word else str(value)

    labels = {key: column.label for key, column in columns.items()}
    items = [
        {
            **who(one.customer),
            "fixed": one.fixed,
            "field": change.key,
            "before": words(change.key, change.before),
            "after": words(change.key, change.after),
            "rule": change.rule,
        }
        for one in differences(snapshot, context.customers).customers
        for change in one.changes
    ]
    about = _("Where records differ from the classification rules; crmtext classify --write sets what the rules say.")
    shown_columns = (
        shown.person(),
        Column("field", _("Field"), word=lambda key: joined(key, labels)),
        Column("before", _("Recorded")),
        Column("after", _("By the rules")),
        Column("rule", _("Rule")),
        Column("fixed", _("Fixed"), "truth"),
    )
    return FigureList("differences", _("Differences from the rules"), about, shown_columns, items, urgent=True)
