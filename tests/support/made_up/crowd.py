"""Few customers have one tag: two are compared, of more each with the first of its owner, and the first counts them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from crmtext.checks.scope import Crowd, Scope
from crmtext.problem import Severity

if TYPE_CHECKING:
    from collections.abc import Iterator

    from crmtext.model import Customer
    from crmtext.problem import Problem
    from crmtext.schema import Schema
    from crmtext.snapshot import Fact, Snapshot

SCOPE = Scope.RELATED
READS = ("type",)
CROWD = Crowd(limit=2, kinds=("made-tag",), by="made-owner")


def facts(customer: Customer, schema: Schema) -> Iterator[Fact]:
    """The tags, and the owner."""
    yield from needs(customer, schema)
    yield "made-owner", customer.owner


def needs(customer: Customer, _schema: Schema) -> Iterator[Fact]:
    """The tags."""
    yield from (("made-tag", tag) for tag in customer.data.get("tags", ()))


def check(snapshot: Snapshot) -> Iterator[Problem]:
    """A warning at each of few; at each of many whose owner has an earlier one; and at the first of many."""
    having: dict[str, list[Customer]] = {}
    for customer in snapshot.customers:
        for tag in customer.data.get("tags", ()):
            having.setdefault(tag, []).append(customer)
    for tag, members in having.items():
        first: dict[str, Customer] = {}
        for each in members:
            other = first.setdefault(each.owner, each) if len(members) > CROWD.limit else members[0]
            if other is not each and snapshot.elsewhere.asks(each.path):
                yield _warning(each, f"{tag}: like {other.id}, a {other.type}")
        if len(members) > CROWD.limit and snapshot.elsewhere.asks(members[0].path):
            count = snapshot.elsewhere.crowds.get(("made-tag", tag), len(members))
            yield _warning(members[0], f"{tag}: {count} of them")


def _warning(customer: Customer, message: str) -> Problem:
    return customer.document.problem("made-crowd", message, "/id", hint="less", severity=Severity.WARNING)
