"""Customers that are their own parent."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from crmtext.checks.scope import Scope
from crmtext.i18n import _

if TYPE_CHECKING:
    from collections.abc import Iterator

    from crmtext.model import Customer
    from crmtext.problem import Problem
    from crmtext.schema import Schema
    from crmtext.snapshot import Fact, Snapshot

SCOPE = Scope.RELATED
READS = ()
#: Parents of parents are needed, too.
CHAIN = ("id",)


def needs(customer: Customer, _schema: Schema) -> Iterator[Fact]:
    """The customer's parents."""
    return (("id", id_) for id_ in parents(customer.data))


def check(snapshot: Snapshot) -> Iterator[Problem]:
    """Report parents that lead back to the customer."""
    above = {customer.id: tuple(parents(customer.data)) for customer in snapshot.customers}
    for customer in snapshot.customers:
        for index, relation in enumerate(customer.data.get("relations", ())):
            if (
                relation["kind"] == "parent"
                and relation["id"] != customer.id
                and _leads(relation["id"], customer.id, above)
            ):
                message = _("{id} is both a parent and a subsidiary of this customer").format(id=relation["id"])
                yield customer.document.problem(
                    "parent-circle",
                    message,
                    f"/relations/{index}/kind",
                    hint=_("change one of the two relations to subsidiary"),
                )


def parents(data: Any) -> Iterator[str]:
    """The ids of a record's parents; the record may be invalid."""
    relations = data.get("relations") if isinstance(data, dict) else None
    for relation in relations if isinstance(relations, list) else ():
        if isinstance(relation, dict) and relation.get("kind") == "parent" and "id" in relation:
            yield str(relation["id"])


def _leads(start: str, goal: str, above: dict[str, tuple[str, ...]]) -> bool:
    seen: set[str] = set()
    ahead = [start]
    while ahead:
        at = ahead.pop()
        if at == goal:
            return True
        if at not in seen:
            seen.add(at)
            ahead += above.get(at, ())
    return False
