"""Masked phone numbers, addresses, accounts and names."""

from __future__ import annotations

from typing import TYPE_CHECKING

from crmtext.checks import masked_name
from crmtext.checks.scope import Scope
from crmtext.i18n import _
from crmtext.problem import Severity
from crmtext.values import lazy

if TYPE_CHECKING:
    from collections.abc import Iterator

    from crmtext.problem import Problem
    from crmtext.snapshot import Snapshot

SCOPE = Scope.RECORD

_PATHS = (
    "phones[]", "emails[]", "contacts[].phones[]", "contacts[].emails[]", "contacts[].wechat", "billing.phone",
    "billing.tax_number", "billing.bank_account", "person.id_number", "uscc",
)  # fmt: skip
_MASK = lazy.pattern(r"\*{2}|[•●＊]{2}")


def check(snapshot: Snapshot) -> Iterator[Problem]:
    """Report masked numbers and addresses; warn of masked names."""
    for customer in snapshot.customers:
        document, matching = customer.document, snapshot.schema.matching
        for pointer, _name in matching(customer.data, masked_name.PATHS, lambda name: masked_name.is_masked(str(name))):
            message, hint = _("the name is masked"), _("enter the full name when you know it")
            yield document.problem("masked-value", message, pointer, hint=hint, severity=Severity.WARNING)
        for pointer, _value in matching(customer.data, _PATHS, lambda value: is_masked(str(value))):
            message, hint = _("the value is masked"), _("enter the complete value, or remove it")
            yield document.problem("masked-value", message, pointer, hint=hint)


def is_masked(text: str) -> bool:
    """Whether the value is masked."""
    return _MASK.search(text) is not None
