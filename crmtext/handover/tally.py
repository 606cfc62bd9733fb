"""Figures of a handover: open work, and what to settle before."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from crmtext.i18n import plural
from crmtext.model import next_steps
from crmtext.record.promises import CLOSED

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

    from crmtext.handover.plan import Plan
    from crmtext.model import Customer


def tally(plan: Plan) -> tuple[str, ...]:
    """Return the figures in words, without those that are zero."""
    open_ = sum(step.done is None for move in plan.moves for step in next_steps(move.customer))
    counts: Mapping[str, int] = Counter(problem.rule for problem in plan.warnings)
    counts_by_text = {
        plural("{n} open next step", "{n} open next steps", open_): open_,
        plural("{n} of them overdue", "{n} of them overdue", (n := counts["handover-overdue"])): n,
        plural("{n} customer without one", "{n} customers without one", (n := counts["handover-no-step"])): n,
        plural("{n} open complaint", "{n} open complaints", (n := counts["handover-complaint"])): n,
        plural("{n} budget to confirm", "{n} budgets to confirm", (n := counts["handover-budget"])): n,
    }
    return tuple(text for text, count in counts_by_text.items() if count)


def open_work(customer: Customer, today: date) -> tuple[str, ...]:
    """Return the open work of a customer in words: next steps, opportunities and cases."""
    steps = [step for step in next_steps(customer) if step.done is None]
    late = sum(step.due is not None and step.due < today for step in steps)
    deals = sum(opportunity["stage"] not in CLOSED for opportunity in customer.data.get("opportunities", ()))
    cases = sum(case["status"] != "closed" for case in customer.data.get("cases", ()))
    counts = (
        (plural("{n} next step", "{n} next steps", len(steps)), len(steps)),
        (plural("{n} of them overdue", "{n} of them overdue", late), late),
        (plural("{n} opportunity", "{n} opportunities", deals), deals),
        (plural("{n} case", "{n} cases", cases), cases),
    )
    return tuple(text for text, count in counts if count)
