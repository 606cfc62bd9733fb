"""Lifecycles that contradict the status."""

from __future__ import annotations

from typing import TYPE_CHECKING

from crmtext.checks.scope import Scope
from crmtext.computed.profile import of_status
from crmtext.i18n import _
from crmtext.problem import Problem, Severity

if TYPE_CHECKING:
    from collections.abc import Iterator

    from crmtext.snapshot import Snapshot

SCOPE = Scope.RECORD
ONLY_WARNINGS = True

#: The lifecycles of customers who are active or paused, which follow from purchases and time.
_BY_PURCHASES = frozenset({"new", "existing"})


def check(snapshot: Snapshot) -> Iterator[Problem]:
    """Warn of lifecycles that don't match the status."""
    for customer in snapshot.customers:
        typed = customer.data.get("classification", {}).get("lifecycle")
        natural = of_status(customer.status)
        if typed and (typed != natural if natural else typed not in _BY_PURCHASES):
            message = (
                _("the lifecycle '{typed}' does not match the status {status}, which means '{natural}'")
                if natural
                else _("the lifecycle '{typed}' does not match the status {status}, which means 'new' or 'existing'")
            ).format(typed=typed, status=customer.status, natural=natural)
            yield customer.document.problem(
                "lifecycle",
                message,
                "/classification/lifecycle",
                hint=_("remove the field, or fix it"),
                severity=Severity.WARNING,
            )
