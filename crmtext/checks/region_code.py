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


def check(snapshot: Snapshot) -> Iterator[Problem]:
    """A warning at each code of a Chinese address that is none, or whose province or city is not the one named."""
    for customer in snapshot.customers:
        for index, address in enumerate(customer.data.get("addresses", ())):
            if "region_code" in address and address.get("country", "CN") == "CN" and (message := _wrong(address)):
                yield customer.document.problem(
                    "region-code",
                    message,
                    f"/addresses/{index}/region_code",
                    hint=_("correct the code or the name beside it"),
                    severity=Severity.WARNING,
                )


def _wrong(address: Mapping[str, Any]) -> str:
    code = str(address["region_code"])
    found = standards.region(code)
    if found is None:
        return _("no province or city has the code {code}").format(code=code)
    for place, typed in zip(found, (address.get("province"), address.get("city")), strict=True):
        if place and typed and not _same(place, str(typed)):
            return _("{code} is in {place}, not in {typed}").format(code=code, place=place, typed=typed)
    return ""


def _same(place: str, typed: str) -> bool:
    """Whether what is typed may be this place: within a province the first two signs tell places apart."""
    # What is written in Latin letters is not compared; nor is the seat of what a province governs itself.
    return typed.isascii() or place.endswith("直辖") or typed.startswith(place[:2])
