"""Follow-up rules whose condition or channel is wrong."""

from __future__ import annotations

from typing import TYPE_CHECKING

from crmtext.checks.scope import Scope

if TYPE_CHECKING:
    from collections.abc import Iterator

    from crmtext.problem import Problem
    from crmtext.snapshot import Snapshot

SCOPE = Scope.SETTINGS


def check(snapshot: Snapshot) -> Iterator[Problem]:
    """Report rules that are no valid expression, or use names and channels that the schema doesn't have."""
    if snapshot.settings.follow_up_rules:
        # Most stores have no rules.
        from crmtext.figures.rules import problems

        yield from problems(snapshot)
