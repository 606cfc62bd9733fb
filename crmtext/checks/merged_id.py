"""The id of a customer that was merged into another one is not given again.

Why: What refers to the old id is led on to the customer that took it in; a new customer of that id would take its
place, and the history of both would be one.

Wrong:
    merged_from: [C20240501K7QN]   # and C20240501K7QN is a record

Right:
    merged_from: [C20240430AAAA]

Instead: Give the newer record another id, or, where two records were meant to stay, remove the line.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

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


def needs(customer: Customer, _schema: Schema) -> Iterator[Fact]:
    """The ids that were merged into the customer."""
    return (("id", str(id_)) for id_ in customer.data.get("merged_from", ()))


def check(snapshot: Snapshot) -> Iterator[Problem]:
    """A problem at each id of a merged customer that a record still has."""
    for customer in snapshot.customers:
        for index, id_ in enumerate(customer.data.get("merged_from", ())):
            if id_ in snapshot.by_id:
                yield customer.document.problem(
                    "merged-id",
                    _("{id} was merged into this customer, and {path} has that id").format(
                        id=id_, path=snapshot.by_id[id_].path
                    ),
                    f"/merged_from/{index}",
                    hint=_("give that record another id, or remove the line"),
                )
