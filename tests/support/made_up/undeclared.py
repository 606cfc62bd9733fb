"""The customer with the longest name of all is nobody's lead. What it compares is not said."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from crmtext.problem import Problem
    from crmtext.snapshot import Snapshot


def check(snapshot: Snapshot) -> Iterator[Problem]:
    """An error at the customer, and how many there are."""
    longest = max(snapshot.customers, key=lambda each: (len(each.name), each.path), default=None)
    if longest and longest.status == "lead":
        message = f"the longest of {len(snapshot.customers)} names"
        yield longest.document.problem("made-undeclared", message, "/name", hint="move on")
