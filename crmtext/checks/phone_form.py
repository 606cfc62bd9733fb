"""Phone numbers of no known form."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from crmtext.checks.masked_value import is_masked
from crmtext.checks.scope import Scope
from crmtext.i18n import _
from crmtext.problem import Problem, Severity
from crmtext.values import phones

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from crmtext.schema import Schema
    from crmtext.snapshot import Snapshot

SCOPE = Scope.RECORD
ONLY_WARNINGS = True

_PATHS = ("phones[]", "contacts[].phones[]", "billing.phone")


def check(snapshot: Snapshot) -> Iterator[Problem]:
    """Warn of phone numbers of unknown form."""
    for customer in snapshot.customers:
        for pointer, number in wrong(snapshot.schema, customer.data):
            yield customer.document.problem(
                "phone-form",
                _("'{number}' does not look like a phone number").format(number=number),
                pointer,
                hint=_("use a form such as 13800138000, 021-62581234转802 or 400-800-1024; abroad: +49 30 123456"),
                severity=Severity.WARNING,
            )


def wrong(schema: Schema, data: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    """Yield the phone numbers of unknown form in a customer's data, with their pointers."""
    country = next((str(address["country"]) for address in data.get("addresses", ()) if "country" in address), "CN")
    yield from schema.matching(data, _PATHS, partial(_is_wrong, country=country))


def _is_wrong(number: object, country: str) -> bool:
    return phones.kind(str(number), country) is None and not is_masked(str(number))
