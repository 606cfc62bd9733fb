"""Next steps that are due before their interaction, or whose date is a vague word."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from crmtext.checks.scope import Scope
from crmtext.i18n import _
from crmtext.values import lazy

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from crmtext.model import Customer
    from crmtext.problem import Problem
    from crmtext.snapshot import Snapshot

SCOPE = Scope.RECORD
RULES = ("next-due", "vague-date")

_VAGUE = lazy.pattern(
    r"近期|近日|最近|改天|过几天|过两天|上月|上周|(?:[\d一二三四五六七八九十年]+|下个?|[这本]个?)?月底前?"
    r"|下周|下个?月|月初|尽快|抽空|有空|以后再"
    r"|\b(?:soon|asap|later|next (?:week|month)|some ?day)\b",
    re.IGNORECASE,
)


def check(snapshot: Snapshot) -> Iterator[Problem]:
    """Report next steps that are due before their interaction or have a vague word for a date."""
    for customer in snapshot.customers:
        for index, interaction in enumerate(customer.interactions):
            if step := interaction.get("next"):
                yield from _of(snapshot, customer, index, step)


def vague(action: str) -> str:
    """The vague word for a date in a next step; empty if there is none."""
    match = _VAGUE.search(action)
    return match.group() if match else ""


def _of(snapshot: Snapshot, customer: Customer, index: int, step: Mapping[str, Any]) -> Iterator[Problem]:
    date = str(customer.interactions[index]["date"])[:10]
    pointer, due = f"/interactions/{index}/next", str(step.get("due", ""))
    if due and due < date <= f"{snapshot.latest}":  # future-date reports an interaction in the future
        message = _("the next step is due on {due}, before the interaction of {date}").format(due=due, date=date)
        yield customer.document.problem("next-due", message, f"{pointer}/due", hint=_("fix one of the two dates"))
    elif not due and "done" not in step and (word := vague(str(step["action"]))):
        message = _("'{word}' is not a date, and the next step has no 'due'").format(word=word)
        yield customer.document.problem(
            "vague-date",
            message,
            f"{pointer}/action",
            hint=_("add a line 'due: {date}' with the right date").format(date=date),
        )
