"""References to customers that don't exist."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from crmtext.checks.scope import Scope
from crmtext.i18n import _
from crmtext.snapshot import claimed_id
from crmtext.text.pointer import get, parent
from crmtext.values.did_you_mean import did_you_mean, nearest

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from crmtext.model import Customer
    from crmtext.problem import Problem
    from crmtext.schema import Schema
    from crmtext.snapshot import Fact, Snapshot

SCOPE = Scope.RELATED
READS = ()
#: A hint suggests the nearest of all ids.
LISTS = ("id",)

#: The fact of an id that was merged into a record, or that a record refers to.
MERGED = "merged"
#: The first version of the schema with stores of relations; earlier, `store` may be a team's own field.
_WITH_STORES = 2
#: Fields with ids of merged customers: no record has these ids.
GONE = frozenset({"merged_from[]"})


def facts(customer: Customer, _schema: Schema) -> Iterator[Fact]:
    """The ids of customers merged into this one: references to them lead here."""
    return ((MERGED, str(id_)) for id_ in customer.data.get("merged_from", ()))


def needs(customer: Customer, schema: Schema) -> Iterator[Fact]:
    """The ids that the record refers to."""
    for _pointer, id_ in _references(customer, schema, _paths(schema)):
        yield "id", str(id_)
        yield MERGED, str(id_)


def check(snapshot: Snapshot) -> Iterator[Problem]:
    """Report references to missing customers or to the record itself."""
    merged = {id_ for customer in snapshot.customers for id_ in customer.data.get("merged_from", ())}
    known = {*snapshot.by_id, *map(claimed_id, snapshot.broken)}
    paths = _paths(snapshot.schema)
    for customer in snapshot.customers:
        for pointer, id_ in _references(customer, snapshot.schema, paths):
            if id_ == customer.id:
                yield customer.document.problem(
                    "reference",
                    _("the customer refers to itself"),
                    pointer,
                    hint=_("use the id of another customer"),
                )
            elif id_ not in known and id_ not in merged:
                message, hint = _unknown(str(id_), sorted(snapshot.known_ids))
                yield customer.document.problem("reference", message, pointer, hint=hint)


def _references(customer: Customer, schema: Schema, paths: Iterable[str]) -> Iterator[tuple[str, Any]]:
    """The references within the store, with their pointers."""
    for path in paths:
        for pointer, id_ in schema.values(customer.data, path):
            if not leads_elsewhere(customer.data, pointer, schema):
                yield pointer, id_


def leads_elsewhere(data: Any, pointer: str, schema: Schema) -> bool:
    """Whether a reference is a relation with `store`, to a customer of another store."""
    if schema.data.get("x-version", 0) < _WITH_STORES or not pointer.startswith("/relations/"):
        return False
    return pointer.endswith("/id") and bool(get(data, f"{parent(pointer)}/store"))


def _paths(schema: Schema) -> list[str]:
    return [field.path for field in schema.marked("x-reference") if field.path not in GONE]


def _unknown(typed: str, known: Iterable[str]) -> tuple[str, str]:
    """Message and hint for a missing id."""
    hint = did_you_mean(nearest(typed, known), _("fix the id, or remove the reference"))
    return _("no customer has the id {id}").format(id=typed), hint
