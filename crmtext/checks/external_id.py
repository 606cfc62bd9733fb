"""External ids that two customers, or two items of a list, have."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from crmtext.checks.scope import Scope
from crmtext.i18n import _
from crmtext.terminal.width import clip
from crmtext.text.pointer import join, parent
from crmtext.values.external_ids import FIELD, placed

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from crmtext.model import Customer
    from crmtext.problem import Problem
    from crmtext.schema import Schema
    from crmtext.snapshot import Fact, Snapshot

SCOPE = Scope.RELATED
READS = ()

#: The number of characters of a system and of an id that a message quotes.
_QUOTED = 40


class _Held(NamedTuple):
    """An id of a system, and the pointer to it."""

    system: str
    id: str
    pointer: str

    @property
    def key(self) -> tuple[str, str]:
        return self.system, self.id


def facts(customer: Customer, _schema: Schema) -> Iterator[Fact]:
    """The customer's own external ids."""
    return (("external id", f"{held.system}: {held.id}") for held in _own(customer))


def check(snapshot: Snapshot) -> Iterator[Problem]:
    """Report external ids that an earlier customer, or an earlier item of the same list, has already."""
    first: dict[tuple[str, str], Customer] = {}
    lists = [path for path in snapshot.schema.by_path if path.endswith(f"[].{FIELD}")]
    for customer in snapshot.customers:
        for held in _own(customer):
            other = first.setdefault(held.key, customer)
            if other is not customer:
                yield _between_customers(customer, held, other)
        if lists:
            yield from _between_items(customer, snapshot.schema, lists)


def _own(customer: Customer) -> Iterator[_Held]:
    return _held(customer.data.get(FIELD), f"/{FIELD}")


def _held(systems: object, above: str) -> Iterator[_Held]:
    for system, id_, steps in placed(systems):
        yield _Held(system, id_, above + join(steps))


def _between_customers(customer: Customer, held: _Held, other: Customer) -> Problem:
    message = _("the external id {id} of {system} is also used in {path}").format(
        id=clip(held.id, _QUOTED), system=clip(held.system, _QUOTED), path=other.path
    )
    hint = _("if both are one customer: {command}; if not, fix the id in one of them").format(
        command=f"crmtext merge {other.id} {customer.id}"
    )
    return customer.document.problem("external-id", message, held.pointer, hint=hint)


def _between_items(customer: Customer, schema: Schema, paths: Sequence[str]) -> Iterator[Problem]:
    # Most records have no such ids; looking for values with pointers takes longer.
    if not schema.all_values(customer.data, paths):
        return
    for path in paths:
        seen: set[tuple[str, tuple[str, str]]] = set()
        for pointer, systems in schema.values(customer.data, path):
            list_ = parent(parent(pointer))
            for held in _held(systems, pointer):
                if (list_, held.key) in seen:
                    message = _("two items of '{key}' have the external id {id} of {system}").format(
                        key=path.removesuffix(f"[].{FIELD}"),
                        id=clip(held.id, _QUOTED),
                        system=clip(held.system, _QUOTED),
                    )
                    hint = _("if both are the same, delete one of them; if not, fix the id in one of them")
                    yield customer.document.problem("external-id", message, held.pointer, hint=hint)
                seen.add((list_, held.key))
