"""Budgets whose minimum is above their maximum."""

from __future__ import annotations

from typing import TYPE_CHECKING

from crmtext.checks.scope import Scope
from crmtext.i18n import _

if TYPE_CHECKING:
    from collections.abc import Iterator

    from crmtext.problem import Problem
    from crmtext.snapshot import Snapshot

SCOPE = Scope.RECORD


def check(snapshot: Snapshot) -> Iterator[Problem]:
    """Report budgets whose `min` exceeds `max`."""
    for customer in snapshot.customers:
        for index, need in enumerate(customer.data.get("needs", ())):
            budget = need.get("budget", {})
            if "min" in budget and "max" in budget and budget["min"] > budget["max"]:
                message = _("the budget's min {min} is greater than its max {max}").format(
                    min=budget["min"], max=budget["max"]
                )
                yield customer.document.problem(
                    "budget-range", message, f"/needs/{index}/budget/min", hint=_("swap the two, or fix one")
                )
