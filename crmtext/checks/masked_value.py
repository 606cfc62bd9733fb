"""Masked values in the fields of the schema that have `x-mask`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from crmtext.checks.scope import Scope
from crmtext.i18n import _
from crmtext.problem import Severity
from crmtext.sealing.forms import is_masked_name
from crmtext.values import lazy

if TYPE_CHECKING:
    from collections.abc import Iterator

    from crmtext.problem import Problem
    from crmtext.snapshot import Snapshot

SCOPE = Scope.RECORD

_MASK = lazy.pattern(r"\*{2}|[•●＊]{2}")


def check(snapshot: Snapshot) -> Iterator[Problem]:
    """Report masked numbers, e-mail addresses and accounts; warn of masked names and addresses.

    Orders from online shops have masked names and addresses, and nothing fuller is known.
    """
    kinds = snapshot.schema.masks
    names = tuple(path for path, kind in kinds.items() if kind == "name")
    addresses = tuple(path for path, kind in kinds.items() if kind == "address")
    others = tuple(path for path in kinds if path not in (*names, *addresses))
    for customer in snapshot.customers:
        document, matching = customer.document, snapshot.schema.matching
        for pointer, _name in matching(customer.data, names, lambda name: is_masked_name(str(name))):
            message, hint = _("the name is masked"), _("enter the full name when you know it")
            yield document.problem("masked-value", message, pointer, hint=hint, severity=Severity.WARNING)
        for pointer, _address in matching(customer.data, addresses, lambda address: is_masked(str(address))):
            message, hint = _("the address is masked"), _("enter the full address when you know it")
            yield document.problem("masked-value", message, pointer, hint=hint, severity=Severity.WARNING)
        for pointer, _value in matching(customer.data, others, lambda value: is_masked(str(value))):
            message, hint = _("the value is masked"), _("enter the complete value, or remove it")
            yield document.problem("masked-value", message, pointer, hint=hint)


def is_masked(text: str) -> bool:
    """Whether the value is masked."""
    return _MASK.search(text) is not None
