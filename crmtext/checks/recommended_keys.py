"""A record holds what its state asks for.

Why: a company without a contact cannot be called, a lost customer without a reason teaches nothing, an active
one without products tells finance nothing.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from crmtext.i18n import _
from crmtext.problem import Problem, Severity

if TYPE_CHECKING:
    from collections.abc import Iterator

    from crmtext.model import Customer
    from crmtext.snapshot import Snapshot


def check(snapshot: Snapshot) -> Iterator[Problem]:
    """Warnings for what is missing, each under a rule of its own."""
    for customer in snapshot.customers:
        for rule, message, pointer, hint in _missing(customer):
            yield customer.document.problem(rule, message, pointer, hint=hint, severity=Severity.WARNING)


def _missing(customer: Customer) -> Iterator[tuple[str, str, str, str]]:
    data, cooperation = customer.data, customer.data.get("cooperation", {})
    if customer.type in ("company", "institution") and not data.get("contacts"):
        yield "no-contact", _("the customer has no contact"), "/type", _("add 'contacts:' with a name")
    if customer.status == "active" and not cooperation.get("products"):
        yield (
            "active-without-products",
            _("the customer is active, and no product is named"),
            "/status",
            _("add 'products:' under 'cooperation:'"),
        )
    if customer.status == "paused" and not cooperation.get("paused_reason"):
        yield (
            "paused-without-reason",
            _("the cooperation is paused without a reason"),
            "/status",
            _("add 'paused_reason:' under 'cooperation:'"),
        )
    if customer.status == "lost" and "churn" not in data:
        yield (
            "lost-without-churn",
            _("the customer is lost, and nothing says why"),
            "/status",
            _("add 'churn:' with date, category and reason"),
        )
    for index, opportunity in enumerate(data.get("opportunities", ())):
        if opportunity["stage"] == "lost" and not opportunity.get("lost_reason"):
            yield (
                "opportunity-without-reason",
                _("the opportunity is lost without a reason"),
                f"/opportunities/{index}/stage",
                _("add 'lost_reason:'"),
            )
