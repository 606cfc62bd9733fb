"""No customer has a paused one anywhere above it."""

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
CHAIN = ("id",)


def needs(customer: Customer, _schema: Schema) -> Iterator[Fact]:
    """The parents."""
    yield from (("id", id_) for id_ in _parents(customer))


def _parents(customer: Customer) -> Iterator[str]:
    yield from (each["id"] for each in customer.data.get("relations", ()) if each["kind"] == "parent")


def check(snapshot: Snapshot) -> Iterator[Problem]:
    """An error at each that has one, with the number of steps to the nearest."""
    for customer in snapshot.customers:
        level, seen, steps = {*_parents(customer)}, {customer.id}, 1
        while level := level - seen:
            there = [snapshot.by_id[id_] for id_ in sorted(level) if id_ in snapshot.by_id]
            if paused := [each.id for each in there if each.status == "paused"]:
                yield customer.document.problem("made-ancestor", f"{paused[0]}, {steps} above", "/id", hint="wait")
                break
            seen |= level
            level, steps = {id_ for each in there for id_ in _parents(each)}, steps + 1
