"""Currencies that are no code of ISO 4217."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from crmtext.checks.scope import Scope
from crmtext.i18n import _
from crmtext.schema import fixes
from crmtext.values.did_you_mean import did_you_mean, nearest
from crmtext.values.standards import currencies

if TYPE_CHECKING:
    from collections.abc import Iterator

    from crmtext.problem import Problem
    from crmtext.snapshot import Snapshot

SCOPE = Scope.RECORD


class Wrong(NamedTuple):
    """Message and hint for a wrong currency, and the right code; empty if it is uncertain."""

    message: str
    hint: str
    meant: str


def check(snapshot: Snapshot) -> Iterator[Problem]:
    """Report currency codes that are not valid."""
    paths = [field.path for field in snapshot.schema.using("currency")]
    for customer in snapshot.customers:
        for pointer, code in snapshot.schema.matching(
            customer.data, paths, lambda code: code not in currencies.codes()
        ):
            if reason := wrong(code):
                fix = fixes.replaced(customer.document, pointer, reason.meant) if reason.meant else ()
                yield customer.document.problem("currency", reason.message, pointer, hint=reason.hint, fix=fix)


def wrong(code: str) -> Wrong | None:
    """Return what is wrong with a currency code; None if it is valid."""
    if code in currencies.codes():
        return None
    if meant := currencies.code_of(code):
        message = _("'{code}' is not an ISO 4217 currency code").format(code=code)
        return Wrong(message, _("use {value}").format(value=meant), meant)
    if new := currencies.successor(code):
        message = _("the currency '{code}' is no longer in use").format(code=code)
        return Wrong(message, _("{new} replaced it: convert the amount and use {new}").format(new=new), "")
    message = _("'{code}' is not an ISO 4217 currency code").format(code=code)
    such_as = _("use a currency code such as CNY, USD or EUR")
    return Wrong(message, did_you_mean(nearest(code, sorted(currencies.codes())), such_as), "")
