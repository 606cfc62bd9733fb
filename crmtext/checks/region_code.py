"""Region codes that GB/T 2260 doesn't have or that contradict the address."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from crmtext.checks.scope import Scope
from crmtext.i18n import _
from crmtext.problem import Problem, Severity
from crmtext.values import standards

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from crmtext.snapshot import Snapshot

SCOPE = Scope.RECORD
ONLY_WARNINGS = True


def check(snapshot: Snapshot) -> Iterator[Problem]:
    """Warn of unknown region codes in Chinese addresses, and of codes in another province or city."""
    for customer in snapshot.customers:
        for index, address in enumerate(customer.data.get("addresses", ())):
            if "region_code" in address and address.get("country", "CN") == "CN" and (message := _wrong(address)):
                yield customer.document.problem(
                    "region-code",
                    message,
                    f"/addresses/{index}/region_code",
                    hint=_("fix the code or the name next to it"),
                    severity=Severity.WARNING,
                )


def _wrong(address: Mapping[str, Any]) -> str:
    code = str(address["region_code"])
    places = standards.region(code)
    if places is None:
        return _("unknown region code {code}").format(code=code)
    for place, typed in zip(places, (address.get("province"), address.get("city")), strict=True):
        if place and typed and not _same(place, str(typed)):
            return _("{code} is in {place}, not in {typed}").format(code=code, place=place, typed=typed)
    return ""


def _same(place: str, typed: str) -> bool:
    """Whether the typed name may be this place: the first two characters are enough within a province."""
    # Names in Latin letters aren't compared, nor are counties that a province governs directly.
    return typed.isascii() or place.endswith("直辖") or typed.startswith(place[:2])
