"""The day on which a customer was created."""

from __future__ import annotations

from typing import TYPE_CHECKING

from crmtext.computed.figure import Figure
from crmtext.git.first_commits import CHANGED
from crmtext.i18n import N_
from crmtext.model import day
from crmtext.query.computed_names import Table
from crmtext.snapshot import is_named_by
from crmtext.values import clock

if TYPE_CHECKING:
    from datetime import date

    from crmtext.model import Customer
    from crmtext.snapshot import Snapshot


def created(customer: Customer, snapshot: Snapshot) -> date | None:
    """Return the earliest day of a source and of the first commit; None if a shallow clone lacks that commit.

    A customer without both was created today.
    """
    first = day(
        min([str(source["date"]) for source in customer.data.get("sources", ()) if "date" in source], default=None)
    )
    committed = first_day(customer, snapshot)
    return min(filter(None, (first, committed)), default=None)


def first_day(customer: Customer, snapshot: Snapshot) -> date | None:
    """Return the day of the first commit with the id: today if it isn't committed, None if a shallow clone lacks it."""
    times = snapshot.first_commits()
    if customer.id not in times:
        may_be_changed = f"{CHANGED}{customer.id}" in times or not is_named_by(customer.path, customer.id)
        return None if may_be_changed else snapshot.today
    time = times[customer.id]
    return None if time is None else clock.day_of(time, clock.time_zone(snapshot.settings.timezone or None))


CREATED = Table(
    {
        "created": Figure(
            created, "date", N_("Created"),
            N_("the earliest date of a source and of the first commit that has the id; today if there is neither"),
            ("建档日期", "创建日期"),
        ),
    },
    lambda snapshot: (snapshot,),
)  # fmt: skip
