"""Which merges of a push brought in a commit as a parent other than the first: their makers have approved it."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from crmtext.git.history import Step


def approving(commits: Sequence[Step], commit: str) -> tuple[str, ...]:
    """Return the merges among these commits, parents before children, that brought in one of them.

    A merge does that if the commit is in the history of a later parent and not in that of the first one, so that what
    somebody only builds on is not approved.
    """
    above = {commit}
    merges = []
    for step in commits:
        first, *others = (parent in above for parent in step.parents) if step.parents else (False,)
        if first or any(others):
            above.add(step.id)
            if not first:
                merges.append(step.id)
    return tuple(merges)
