"""The checks by name, each with its function."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

#: Every check by name. The pages of its rules are in the Markdown file beside its module.
CHECKS: Mapping[str, str] = {
    name: f"crmtext.checks.{name.replace('-', '_')}:check"
    for name in (
        "unique-id",
        "merged-id",
        "external-id",
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
        "payment-due",
        "opportunity-need",
        "currency",
        "credit-code",
        "masked-value",
        "masked-name",
        "masked-text",
        "phone-form",
        "industry-code",
        "unknown-product",
        "address-district",
        "region-code",
        "recommended-keys",
        "lifecycle",
        "likely-duplicate",
        "ignore-comment",
        "ignored-rule",
        "view",
        "follow-up-rule",
        "classification-rule",
        "access-right",
        "privacy-settings",
        "store-currency",
        "crlf-in-git",
    )
}

#: Checks whose fixes follow from the record, the schema and the settings alone.
WITH_FIX = ("team-member", "currency")
