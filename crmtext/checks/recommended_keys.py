"""A record holds what its state asks for.

Why: Each rule is a warning of its own: `no-contact`, `active-without-products`, `paused-without-reason`,
`lost-without-churn`, `opportunity-without-reason`.

Instead: Add what is missing, or leave a team's own choice out with `ignore` under `[check]`.
"""

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

#: What else is found here: the page of each rule.
RULES = {
    "no-contact": """\
A company or institution has a contact.

Why: A company cannot be called; a person there can.

Wrong:
    type: company
    contacts: []

Right:
    type: company
    contacts: [{name: 张三, phones: ["13800138000"]}]

Instead: Add `contacts:` with a name.
""",
    "active-without-products": """\
An active customer says what it buys.

Why: Service, finance and the next offer begin with that.

Wrong:
    status: active
    cooperation: {since: 2024-05-01}

Right:
    status: active
    cooperation: {since: 2024-05-01, products: [振动传感器]}

Instead: Add `products:` under `cooperation:`.
""",
    "paused-without-reason": """\
A customer whose cooperation is paused has the reason.

Why: Whoever calls next must know whether to wait or to mend something.

Wrong:
    status: paused

Right:
    status: paused
    cooperation: {paused_reason: 产线搬迁}

Instead: Add `paused_reason:` under `cooperation:`.
""",
    "lost-without-churn": """\
A lost customer has the reason why.

Why: A loss that says why teaches something, and some come back.

Wrong:
    status: lost

Right:
    status: lost
    churn: {date: 2024-05-01, category: price, reason: 竞品报价低三成}

Instead: Add `churn:` with date, category and reason.
""",
    "opportunity-without-reason": """\
A lost opportunity has the reason why.

Why: The next offer is made from what was learnt.

Wrong:
    opportunities: [{title: 二期, stage: lost, closed: 2024-05-01}]

Right:
    opportunities: [{title: 二期, stage: lost, closed: 2024-05-01, lost_reason: 交期太长}]

Instead: Add `lost_reason:`.
""",
}


def check(snapshot: Snapshot) -> Iterator[Problem]:
    """Warnings for what is missing, each under a rule of its own."""
    for customer in snapshot.customers:
        for rule, message, pointer, hint in _missing(customer):
            yield customer.document.problem(rule, message, pointer, hint=hint, severity=Severity.WARNING)


def _missing(customer: Customer) -> Iterator[tuple[str, str, str, str]]:
    data, cooperation = customer.data, customer.data.get("cooperation", {})
    if customer.type in ("company", "institution") and not data.get("contacts"):
        yield (
            "no-contact",
            _("the customer has no contact"),
            "/type",
            _command(customer, 'append {id} contacts name="…"'),
        )
    if customer.status == "active" and not cooperation.get("products"):
        yield (
            "active-without-products",
            _("the customer is active, and no product is named"),
            "/status",
            _command(customer, 'append {id} cooperation.products "…"'),
        )
    if customer.status == "paused" and not cooperation.get("paused_reason"):
        yield (
            "paused-without-reason",
            _("the cooperation is paused without a reason"),
            "/status",
            _command(customer, 'set {id} cooperation.paused_reason="…"'),
        )
    churn = data.get("churn", {})
    if customer.status == "lost" and not (churn.get("category") or churn.get("reason")):
        yield (
            "lost-without-churn",
            _("the customer is lost, and nothing says why"),
            "/status",
            _command(customer, 'set {id} churn.reason="…"'),
        )
    for index, opportunity in enumerate(data.get("opportunities", ())):
        if opportunity["stage"] == "lost" and not opportunity.get("lost_reason"):
            yield (
                "opportunity-without-reason",
                _("the opportunity is lost without a reason"),
                f"/opportunities/{index}/stage",
                _command(customer, f'set {{id}} "opportunities[{index}].lost_reason=…"'),
            )


def _command(customer: Customer, words: str) -> str:
    return _("add it: {command}").format(command=f"crmtext {words.format(id=customer.id)}")
