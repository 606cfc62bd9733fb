"""Changes that are valid on each side but break a schema rule together."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from crmtext.merge.decide import Decision, Why
from crmtext.merge.trees import same

if TYPE_CHECKING:
    from collections.abc import Iterator


def entangled(decision: Decision) -> bool:
    """Whether the sides changed different keys of one map, so that only the schema knows if they fit together.

    Lists on both sides don't count: otherwise most merges would have to validate, which is slow.
    """
    return _met(decision) or any(entangled(below) for _step, below in decision.below)


def broken_together(decision: Decision) -> Decision:
    """Return the decision with those changes turned into conflicts."""
    if _met(decision):
        changed = {*_changed(decision, theirs=False), *_changed(decision, theirs=True)}
        left = {
            name: replace(below, taken=None, kind="", entries={}, items=(), other=(), why=Why.RULE)
            for name, below in decision.entries.items()
            if name in changed and not same(below.ours, below.theirs)
        }
        return replace(decision, entries={**decision.entries, **left})
    return replace(
        decision,
        entries={name: broken_together(below) for name, below in decision.entries.items()},
        items=tuple(broken_together(item) for item in decision.items),
        other=tuple(broken_together(item) for item in decision.other),
    )


def _met(decision: Decision) -> bool:
    mine, other = {*_changed(decision, theirs=False)}, {*_changed(decision, theirs=True)}
    return bool(mine and other) and len(mine | other) > 1


def _changed(decision: Decision, *, theirs: bool) -> Iterator[str]:
    for name, below in decision.entries.items():
        side = below.theirs if theirs else below.ours
        if not same(side, below.base) and not _two_lists(below):
            yield name


def _two_lists(decision: Decision) -> bool:
    sides = (decision.ours, decision.theirs)
    return all(side is not None and side.kind == "list" for side in sides)
