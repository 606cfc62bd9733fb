"""The booklet for the new owner: an overview, then a chapter for each customer."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from crmtext.computed import compute
from crmtext.handover.tally import tally
from crmtext.i18n import language, speaking
from crmtext.reports.card import Card, card
from crmtext.reports.environment import Pages
from crmtext.reports.site import Site
from crmtext.wording import labels, numbers

if TYPE_CHECKING:
    from crmtext.handover.plan import Move, Plan
    from crmtext.snapshot import Snapshot

#: How many recent interactions a chapter shows.
_TALKS = 3


class Chapter(NamedTuple):
    """One customer of the booklet."""

    card: Card
    status: str
    owner: str
    introduce: str
    last_contact: str
    next_due: str
    value: str
    warnings: tuple[str, ...]


def booklet(plan: Plan, snapshot: Snapshot, form: str) -> str:
    """Return the booklet as `html` or `markdown`."""
    customers = tuple(move.customer for move in plan.moves)
    site = Site(customers, snapshot.schema, snapshot.settings, snapshot.today, language())
    names = {customer.id: customer.name for customer in snapshot.customers}
    with speaking(site.language):
        chapters = tuple(_chapter(move, plan, site, names) for move in plan.moves)
        view = {
            "chapters": chapters,
            "giver": labels.person(snapshot.settings, plan.asked.giver),
            "takers": tuple(dict.fromkeys(chapter.owner for chapter in chapters)),
            "figures": tally(plan),
            "talks": _TALKS,
        }
        return Pages(form, site).page("booklet", view)


def _chapter(move: Move, plan: Plan, site: Site, names: dict[str, str]) -> Chapter:
    customer = move.customer
    figures = compute(customer, site.today, site.settings)
    path = customer.path
    return Chapter(
        card=card(customer, site, names),
        status=labels.choice_label(labels.find(site.schema, "status"), customer.status),
        owner=labels.person(site.settings, move.taker),
        introduce=move.introduce.isoformat() if move.introduce else "",
        last_contact=str(figures["last_contact"] or ""),
        next_due=str(figures["next_due"] or ""),
        value=numbers.sums(figures["open_value"] or {}),
        warnings=tuple(problem.message for problem in plan.warnings if problem.place.path == path),
    )
