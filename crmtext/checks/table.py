"""The checks by name: where each one is."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

#: Every check by name. Its module's docstring is its page.
CHECKS: Mapping[str, str] = {
    name: f"crmtext.checks.{name.replace('-', '_')}:check"
    for name in (
        "unique-id",
        "file-name",
        "team-member",
        "reference",
        "parent-circle",
        "future-date",
        "interaction-order",
        "next-step",
        "primary-contact",
        "budget-range",
        "credit-code",
        "phone-form",
        "industry-code",
        "address-district",
        "recommended-keys",
        "lifecycle",
        "likely-duplicate",
        "ignore-comment",
    )
}

#: Those whose answer about a record depends on other records.
AMONG_RECORDS = frozenset({"unique-id", "reference", "parent-circle"})
