"""The last contact and the next step of every customer."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

from crmtext.computed.contacts import latest
from crmtext.figures.due import state
from crmtext.figures.tables import Column, FigureList
from crmtext.i18n import _
from crmtext.model import day
from crmtext.reports.context import Context, Report
from crmtext.reports.shown import Shown, who

if TYPE_CHECKING:
    from collections.abc import Mapping

    from crmtext.model import Customer

_FIELDS = ("channel", "by", "summary", "outcome")


def report(context: Context) -> Report:
    """Return the table of follow-ups."""
    shown, today = Shown(context.snapshot), context.snapshot.today
    columns = (
        shown.person(),
        Column("last_contact", _("Last contact"), "date"),
        *(shown.column("interactions", key) for key in _FIELDS),
        Column("next_action", _("Next action")),
        Column("due", _("Due date"), "date"),
        shown.state(),
    )

    def item(customer: Customer) -> dict[str, Any]:
        contact = latest(customer, today)
        step = customer.nearest_step or _undated(customer)
        due = day(step.get("due")) if step else None
        return {
            **who(customer),
            "last_contact": day(contact["date"]) if contact else None,
            **{key: shown.value(contact or {}, "interactions", key) for key in _FIELDS},
            "next_action": shown.value(step or {}, "interactions", "next", "action"),
            "due": due,
            "state": state(due, today) if step else None,
        }

    about = _(
        "One line per customer, by due date. Last contact: without notes, handovers, unanswered calls and outgoing "
        "messages; next action: the open next step due first, else one without a date."
    )
    items = sorted(map(item, context.customers), key=_order)
    return Report((FigureList("customers", _("Follow-up table"), about, columns, items),))


def _order(item: Mapping[str, Any]) -> tuple[date, bool, str]:
    return item["due"] or date.max, item["state"] is None, item["id"]


def _undated(customer: Customer) -> Mapping[str, Any] | None:
    """The first open next step, if none has a due date."""
    steps = (step for interaction in customer.interactions if (step := interaction.get("next")))
    return next((step for step in steps if not step.get("done")), None)
