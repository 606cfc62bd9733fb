"""No two customers have one short name, in upper or lower case."""

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


def facts(customer: Customer, _schema: Schema) -> Iterator[Fact]:
    """The short name."""
    yield "made-short", str(customer.data.get("short_name", "")).casefold()


def check(snapshot: Snapshot) -> Iterator[Problem]:
    """An error at each later one, which tells the status of the first."""
    first: dict[str, Customer] = {}
    for customer in snapshot.customers:
        name = str(customer.data.get("short_name", "")).casefold()
        other = first.setdefault(name, customer)
        if name and other is not customer:
            message = f"{other.path} ({other.status}) is called {name}, too"
            yield customer.document.problem("made-same-value", message, "/short_name", hint="another name")
