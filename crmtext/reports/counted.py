"""The values that measures count, customer by customer, for tables that `stats` alone can't make."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from crmtext.figures.rules import NAMES
from crmtext.figures.stats.groups import Splitter, frames, group
from crmtext.figures.stats.measures import MEASURES, Moment

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from crmtext.model import Customer
    from crmtext.snapshot import Snapshot


class Counted(NamedTuple):
    """A value that a measure counts, of an item of the record."""

    measure: str
    value: Any
    #: The day of an event; empty for a measure of a moment, and for an event that has none.
    day: str
    #: The item: an entry of a list, a block, or the record.
    item: Mapping[str, Any]
    #: The values of the group; None is *not set*.
    groups: Sequence[Any]


def counting(snapshot: Snapshot, measures: Sequence[str], by: str = "") -> Callable[[Customer], Iterator[Counted]]:
    """Return a function that yields the values of a customer, also those of days to come, grouped as in `stats`."""
    moment, values_of = Moment(snapshot, f"{snapshot.today}", snapshot.settings), NAMES.of(snapshot)
    groups = [group(by, snapshot)] if by else []
    lists: dict[str, list[str]] = {}
    for name in measures:
        lists.setdefault(MEASURES[name].items, []).append(name)
    work = [
        (tuple(filter(None, items.split("."))), Splitter(groups, items), [(name, MEASURES[name]) for name in names])
        for items, names in lists.items()
    ]

    def values(customer: Customer) -> Iterator[Counted]:
        row = values_of(customer)
        for steps, split, wanted in work:
            if steps and steps[0] not in customer.data:
                continue
            for frame in frames(row, steps):
                for name, measure in wanted:
                    value = measure.value(frame, moment)
                    if value is not None:
                        written = measure.day(frame, moment) if measure.day else None
                        keys = [key[0] for key in split(frame)] if groups else ()
                        yield Counted(name, value, str(written or "")[:10], frame[-1], keys)

    return values
