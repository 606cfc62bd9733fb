"""Registered addresses in China without a district."""

from __future__ import annotations

from typing import TYPE_CHECKING

from crmtext.checks.scope import Scope
from crmtext.i18n import _
from crmtext.problem import Problem, Severity
from crmtext.values.standards import WITHOUT_DISTRICTS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from crmtext.snapshot import Snapshot

SCOPE = Scope.RECORD
ONLY_WARNINGS = True


def check(snapshot: Snapshot) -> Iterator[Problem]:
    """Warn of registered addresses in China with neither a district nor its code."""
    for customer in snapshot.customers:
        for index, address in enumerate(customer.data.get("addresses", ())):
            code = str(address.get("region_code", ""))
            if address.get("kind") != "registered" or address.get("country", "CN") != "CN":
                continue
            if not address.get("district") and (not code or (code.endswith("00") and code not in WITHOUT_DISTRICTS)):
                yield customer.document.problem(
                    "address-district",
                    _("the registered address has no district"),
                    f"/addresses/{index}",
                    hint=_("add 'district:' or the six-digit 'region_code:'"),
                    severity=Severity.WARNING,
                )
