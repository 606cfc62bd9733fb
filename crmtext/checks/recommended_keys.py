"""Fields that the status or type of a record calls for."""

from __future__ import annotations

from typing import TYPE_CHECKING

from crmtext.checks.scope import Scope
from crmtext.i18n import _
from crmtext.problem import Problem, Severity

if TYPE_CHECKING:
    from collections.abc import Iterator

    from crmtext.model import Customer
    from crmtext.snapshot import Snapshot

SCOPE = Scope.RECORD
ONLY_WARNINGS = True
RULES = (
    "no-contact",
    "active-without-products",
    "paused-without-reason",
    "lost-without-churn",
    "opportunity-without-reason",
)


def check(snapshot: Snapshot) -> Iterator[Problem]:
    """Warn of missing fields; each has its own rule."""
    for customer in snapshot.customers:
        for rule, message, pointer, hint in _missing(customer):
            yield customer.document.problem(rule, message, pointer, hint=hint, severity=Severity.WARNING)


def _missing(customer: Customer) -> Iterator[tuple[str, str, str, str]]:
    data, cooperation = customer.data, customer.data.get("cooperation", {})
    if customer.type in ("company", "institution") and not data.get("contacts"):
        yield (
            "no-contact",
            _("no contact"),
            "/type",
            _command(customer, 'append {id} contacts name="…"'),
        )
    if customer.status == "active" and not cooperation.get("products"):
        yield (
            "active-without-products",
            _("active without products"),
            "/status",
            _command(customer, 'append {id} cooperation.products "…"'),
        )
    if customer.status == "paused" and not cooperation.get("paused_reason"):
        yield (
            "paused-without-reason",
            _("paused without a reason"),
            "/status",
            _command(customer, 'set {id} cooperation.paused_reason="…"'),
        )
    churn = data.get("churn", {})
    if customer.status == "lost" and not (churn.get("category") or churn.get("reason")):
        yield (
            "lost-without-churn",
            _("lost without a reason"),
            "/status",
            _command(customer, 'set {id} churn.reason="…"'),
        )
    for index, opportunity in enumerate(data.get("opportunities", ())):
        at = f"opportunities[{index}]"
        if opportunity["stage"] == "lost" and not (opportunity.get("lost_category") or opportunity.get("lost_reason")):
            yield (
                "opportunity-without-reason",
                _("opportunity lost without a reason"),
                f"/opportunities/{index}/stage",
                _command(customer, f'set {{id}} "{at}.lost_category=…" "{at}.lost_reason=…"'),
            )


def _command(customer: Customer, words: str) -> str:
    return _("add it: {command}").format(command=f"crmtext {words.format(id=customer.id)}")
