"""A handover in figures: what is open, and what had better be settled before."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from crmtext.i18n import plural
from crmtext.model import next_steps

if TYPE_CHECKING:
    from collections.abc import Mapping

    from crmtext.handover.plan import Plan


def tally(plan: Plan) -> tuple[str, ...]:
    """Each figure with its name, those that are zero left out."""
    open_ = sum(step.done is None for move in plan.moves for step in next_steps(move.customer))
    counts: Mapping[str, int] = Counter(each.rule for each in plan.warnings)
    said = {
        plural("{n} open next step", "{n} open next steps", open_): open_,
        plural("{n} of them overdue", "{n} of them overdue", (n := counts["handover-overdue"])): n,
        plural("{n} customer without one", "{n} customers without one", (n := counts["handover-no-step"])): n,
        plural("{n} open complaint", "{n} open complaints", (n := counts["handover-complaint"])): n,
        plural("{n} budget to confirm", "{n} budgets to confirm", (n := counts["handover-budget"])): n,
    }
    return tuple(text for text, count in said.items() if count)
