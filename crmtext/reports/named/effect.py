"""The report `effect`: how often colleagues reach customers, and what it takes to move them on."""

from __future__ import annotations

from typing import TYPE_CHECKING

from crmtext.figures.stats.engine import stats
from crmtext.figures.stats.query import Query
from crmtext.i18n import _
from crmtext.reports.context import Report
from crmtext.reports.shown import Shown

if TYPE_CHECKING:
    from crmtext.figures.tables import FigureTable
    from crmtext.reports.context import Context


def report(context: Context) -> Report:
    """Return the contacts and answered calls by colleague and channel."""
    return Report((_answers(context),))


def _answers(context: Context) -> FigureTable:
    query = Query(
        ("interactions.by", "interactions.channel"),
        ("followups", "answer_rate"),
        since=context.since,
        until=context.until,
        where=context.where,
        owner=context.owner,
    )
    shown = Shown(context.snapshot)
    return stats(context.snapshot, query, context.states)._replace(
        name="answers",
        by=(shown.column("interactions", "by", label=_("Colleague")), shown.column("interactions", "channel")),
        label=_("Contacts and answered calls"),
        about=_(
            "By colleague and channel. Contacts: interactions that reached the customer; answer rate: of the phone "
            "calls made, the share that was answered."
        ),
        chart="stacked",
    )
