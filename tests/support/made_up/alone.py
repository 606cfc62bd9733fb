"""A customer has another owner than hanmei."""

from __future__ import annotations

from typing import TYPE_CHECKING

from crmtext.checks.scope import Scope

if TYPE_CHECKING:
    from collections.abc import Iterator

    from crmtext.problem import Problem
    from crmtext.snapshot import Snapshot

SCOPE = Scope.RECORD


def check(snapshot: Snapshot) -> Iterator[Problem]:
    """An error at each owner of that name."""
    for customer in snapshot.customers:
        if customer.owner == "hanmei":
            yield customer.document.problem("made-alone", "not hanmei", "/owner", hint="another one")
