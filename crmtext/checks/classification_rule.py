"""Classification rules whose condition or values are wrong, or that read what rules set."""

from __future__ import annotations

from typing import TYPE_CHECKING

from crmtext.checks.scope import Scope

if TYPE_CHECKING:
    from collections.abc import Iterator

    from crmtext.problem import Problem
    from crmtext.snapshot import Snapshot

SCOPE = Scope.SETTINGS


def check(snapshot: Snapshot) -> Iterator[Problem]:
    """Report rules with an invalid condition, with values that the schema doesn't have, and in a circle."""
    if snapshot.settings.classification_rules:
        # Most stores have no rules.
        from crmtext.figures.classify import problems

        yield from problems(snapshot)
