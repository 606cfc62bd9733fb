"""No customer is its own parent, however many steps away.

Why: A group's tree of companies has a top; a circle is mostly `parent` written where `subsidiary` was meant.

Wrong:
    # C20240501K7QN names this customer as its parent
    relations: [{id: C20240501K7QN, kind: parent}]

Right:
    # C20240501K7QN names this customer as its parent
    relations: [{id: C20240501K7QN, kind: subsidiary}]

Instead: Say which of the two belongs to the other.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from crmtext.i18n import _

if TYPE_CHECKING:
    from collections.abc import Iterator

    from crmtext.problem import Problem
    from crmtext.snapshot import Snapshot


def check(snapshot: Snapshot) -> Iterator[Problem]:
    """A problem at each parent that leads back to the customer."""
    parents = {customer.id: tuple(_parents(customer.data)) for customer in snapshot.customers}
    for customer in snapshot.customers:
        for index, relation in enumerate(customer.data.get("relations", ())):
            if (
                relation["kind"] == "parent"
                and relation["id"] != customer.id
                and _leads(relation["id"], customer.id, parents)
            ):
                message = _("{id} is a parent of this customer and below it as well").format(id=relation["id"])
                yield customer.document.problem(
                    "parent-circle", message, f"/relations/{index}/kind", hint=_("one of the two is a subsidiary")
                )


def _parents(data: object) -> Iterator[str]:
    if isinstance(data, dict):
        yield from (str(each["id"]) for each in data.get("relations", ()) if each["kind"] == "parent")


def _leads(start: str, goal: str, parents: dict[str, tuple[str, ...]]) -> bool:
    seen: set[str] = set()
    ahead = [start]
    while ahead:
        at = ahead.pop()
        if at == goal:
            return True
        if at not in seen:
            seen.add(at)
            ahead += parents.get(at, ())
    return False
