"""Interactions that aren't in order of date."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

from crmtext.checks.scope import Scope
from crmtext.i18n import _
from crmtext.problem import Problem, Severity

if TYPE_CHECKING:
    from collections.abc import Iterator

    from crmtext.snapshot import Snapshot

SCOPE = Scope.RECORD
ONLY_WARNINGS = True


def check(snapshot: Snapshot) -> Iterator[Problem]:
    """Warn of interactions that are older than the one above."""
    for customer in snapshot.customers:
        dates = [str(interaction["date"])[:10] for interaction in customer.interactions]
        for index, (before, after) in enumerate(pairwise(dates), start=1):
            if after < before:
                message = _("the interaction of {date} comes after that of {before}").format(date=after, before=before)
                yield customer.document.problem(
                    "interaction-order",
                    message,
                    f"/interactions/{index}/date",
                    hint=_("fix the date, or move the entry up"),
                    severity=Severity.WARNING,
                )
