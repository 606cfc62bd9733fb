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

    from crmtext.model import Customer
    from crmtext.problem import Problem
    from crmtext.snapshot import Snapshot

SCOPE = Scope.RECORD

_PATHS = (
    "phones[]", "emails[]", "contacts[].phones[]", "contacts[].emails[]", "contacts[].wechat", "billing.phone",
    "billing.tax_number", "billing.bank_account", "person.id_number", "uscc",
)  # fmt: skip
_MASK = lazy.pattern(r"\*{2}|[•●＊]{2}")


def check(snapshot: Snapshot) -> Iterator[Problem]:
    """A problem at each number or address of which a part is hidden."""
    for customer in snapshot.customers:
        yield from _names(snapshot, customer)
        if not any(is_masked(str(value)) for value in snapshot.schema.all_values(customer.data, _PATHS)):
            continue
        for path in _PATHS:
            for pointer, value in snapshot.schema.values(customer.data, path):
                if is_masked(str(value)):
                    yield customer.document.problem(
                        "masked-value",
                        _("the value is masked"),
                        pointer,
                        hint=_("write the complete value, or remove it"),
                    )


def _names(snapshot: Snapshot, customer: Customer) -> Iterator[Problem]:
    if not any(
        masked_name.is_masked(str(value)) for value in snapshot.schema.all_values(customer.data, masked_name.PATHS)
    ):
        return
    for path in masked_name.PATHS:
        for pointer, value in snapshot.schema.values(customer.data, path):
            if masked_name.is_masked(str(value)):
                message, hint = _("the name is masked"), _("write the full name as soon as it is known")
                yield customer.document.problem("masked-value", message, pointer, hint=hint, severity=Severity.WARNING)


def is_masked(text: str) -> bool:
    """Whether a part of a value is hidden."""
    return _MASK.search(text) is not None
