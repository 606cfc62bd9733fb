"""What has happened has a date that is not in the future.

Why: An interaction of tomorrow is mostly a mistyped year, and it makes a neglected customer look fresh.

Wrong:
    verified: {date: 2099-05-01, by: lilei}

Right:
    verified: {date: 2024-05-01, by: lilei}

Instead: Correct the date; what is planned is a next step with its `due`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from crmtext.i18n import _
from crmtext.model import day

if TYPE_CHECKING:
    from collections.abc import Iterator

    from crmtext.problem import Problem
    from crmtext.snapshot import Snapshot


def check(snapshot: Snapshot) -> Iterator[Problem]:
    """A problem at each date after today under a key that tells what happened."""
    paths = [field.path for field in snapshot.schema.marked("x-past")]
    today = f"{snapshot.latest}"
    for customer in snapshot.customers:
        # Days of one form are in the order of their letters.
        if not any(str(value) > today for value in snapshot.schema.all_values(customer.data, paths)):
            continue
        for path in paths:
            for pointer, value in snapshot.schema.values(customer.data, path):
                found = day(value) if len(str(value)) >= len("2024-05-01") else None
                if found and found > snapshot.latest:
                    # Without the day itself: what is remembered of a record would have to be found anew each morning.
                    message = _("{date} lies in the future").format(date=value)
                    yield customer.document.problem(
                        "future-date",
                        message,
                        pointer,
                        hint=_("correct the date; a plan is a next step with 'due'"),
                    )
