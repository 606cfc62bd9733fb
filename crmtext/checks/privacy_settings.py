"""Retention rules and channels for consents that name what the schema doesn't have."""

from __future__ import annotations

from typing import TYPE_CHECKING

from crmtext.checks.scope import Scope

if TYPE_CHECKING:
    from collections.abc import Iterator

    from crmtext.problem import Problem
    from crmtext.snapshot import Snapshot

SCOPE = Scope.SETTINGS
RULES = ("retention-rule", "consent-channel")


def check(snapshot: Snapshot) -> Iterator[Problem]:
    """Report rules for unknown statuses, or from unknown dates, and unknown channels."""
    if snapshot.settings.retention_rules:
        # Most stores have no rules.
        from crmtext.figures.retention import problems

        yield from problems(snapshot)
    if snapshot.settings.require_consent:
        from crmtext.computed.reach import unknown_channels

        yield from unknown_channels(snapshot.settings, snapshot.schema)
