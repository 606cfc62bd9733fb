"""Ids of merged customers that another record uses."""

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
    """Report ids of merged customers that a record still uses."""
    for customer in snapshot.customers:
        for index, id_ in enumerate(customer.data.get("merged_from", ())):
            if id_ in snapshot.by_id:
                yield customer.document.problem(
                    "merged-id",
                    _("{id} was merged into this customer, but {path} uses this id").format(
                        id=id_, path=snapshot.by_id[id_].path
                    ),
                    f"/merged_from/{index}",
                    hint=_("give that record another id, or remove this line"),
                )
