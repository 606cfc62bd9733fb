"""Nobody refers to a customer who is lost, and the other one's owner is told."""

from __future__ import annotations

from typing import TYPE_CHECKING

from crmtext.checks.scope import Scope

if TYPE_CHECKING:
    from collections.abc import Iterator

    from crmtext.model import Customer
    from crmtext.problem import Problem
    from crmtext.schema import Schema
    from crmtext.snapshot import Fact, Snapshot

SCOPE = Scope.RELATED
READS = ("status", "owner")


def needs(customer: Customer, _schema: Schema) -> Iterator[Fact]:
    """Whom it refers to."""
    yield from (("id", each["id"]) for each in customer.data.get("relations", ()))


def check(snapshot: Snapshot) -> Iterator[Problem]:
    """An error at each relation to somebody who is lost."""
    for customer in snapshot.customers:
        for number, each in enumerate(customer.data.get("relations", ())):
            other = snapshot.by_id.get(each["id"])
            if other and other.status == "lost":
                message = f"{other.id} of {other.owner} is lost"
                yield customer.document.problem("made-reference-status", message, f"/relations/{number}", hint="go")
