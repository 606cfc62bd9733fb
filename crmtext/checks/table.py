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
        "merged-id",
        "file-name",
        "team-member",
        "reference",
        "parent-circle",
        "impossible-date",
        "future-date",
        "birth-year",
        "interaction-order",
        "interaction-changed",
        "status-transition",
        "next-step",
        "primary-contact",
        "budget-range",
        "currency",
        "credit-code",
        "masked-value",
        "masked-name",
        "phone-form",
        "industry-code",
        "address-district",
        "region-code",
        "recommended-keys",
        "lifecycle",
        "likely-duplicate",
        "ignore-comment",
        "ignored-rule",
        "view",
        "store-currency",
        "crlf-in-git",
    )
}

#: Those whose answer about a record depends on other records.
AMONG_RECORDS = frozenset({"unique-id", "merged-id", "reference", "parent-circle"})

#: Those, and the ones that speak otherwise beside others: all that a record's answer needs to know of others.
BESIDE_OTHERS = (*sorted(AMONG_RECORDS), "file-name", "likely-duplicate")

#: Those that compare a record with what it was in the commit before.
SINCE_COMMIT = ("interaction-changed", "status-transition", "masked-name")

#: Those whose answer depends on the settings and the schema alone.
OF_SETTINGS = ("ignored-rule", "view", "store-currency")

#: The others: a command that changes records changes nothing about the settings.
OF_RECORDS = tuple(name for name in CHECKS if name not in OF_SETTINGS)

#: Those whose problems have a fix that follows from the record, the schema and the settings alone.
WITH_FIX = ("team-member", "currency")
