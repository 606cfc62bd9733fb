"""Opportunities followed through the commits: stages entered, conversion, stays, and idle opportunities."""

from __future__ import annotations

from datetime import date, timedelta
from itertools import pairwise
from typing import TYPE_CHECKING, Any, NamedTuple

from crmtext.computed.contacts import last_contact
from crmtext.computed.deals import is_open
from crmtext.figures.stats.values import spread
from crmtext.merge.compare import matched

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence

    from crmtext.model import Customer
    from crmtext.snapshot import Snapshot

#: The stages in their order; `lost` is no advance. A team's own stages have no place in it.
ORDER = ("discovery", "qualified", "proposal", "negotiation", "won")
#: The days in which an entry counts for the conversion, and those that must have passed since.
WINDOW, RIPE = 365, 90
#: The fewest days after which an opportunity is idle, and the factor of its stage's median stay.
_IDLE = 30


class Entry(NamedTuple):
    """A stage or status that began in a commit of a day; None if it was so in the first commit that is known."""

    value: str
    day: date | None


class Deal(NamedTuple):
    """An opportunity followed through the commits, also if it was renamed."""

    #: The id of its customer.
    customer: str
    #: The item as of its last commit.
    data: Mapping[str, Any]
    #: Its stages, oldest first; a stage may come again.
    stages: tuple[Entry, ...]
    #: The day of the last commit that changed it; of one unchanged since the first commit, that commit's day.
    changed: date
    #: Whether the current commit has it.
    present: bool = True


class Moves(NamedTuple):
    """The opportunities and the statuses of customers, followed on the first-parent line of the current commit."""

    #: The day of the first commit, or of the oldest one of a shallow clone; None without commits.
    since: date | None = None
    deals: tuple[Deal, ...] = ()
    #: The statuses of each customer by id, oldest first, those of removed customers included.
    statuses: Mapping[str, tuple[Entry, ...]] = {}

    def of(self, customers: Collection[str]) -> Moves:
        """Return those of some customers, by id."""
        statuses = {id_: entries for id_, entries in self.statuses.items() if id_ in customers}
        return Moves(self.since, tuple(deal for deal in self.deals if deal.customer in customers), statuses)


def no_moves() -> Moves:
    """Outside git nothing is known."""
    return Moves()


class StatusMove(NamedTuple):
    """A change of a customer's status, and the day of the change before; None if that isn't known."""

    customer: str
    before: str
    after: str
    day: date
    since: date | None


def status_moves(moves: Moves) -> Iterator[StatusMove]:
    """Yield the changes of status, customer by customer, oldest first. The first status of a customer is none."""
    for id_, entries in sorted(moves.statuses.items()):
        for old, new in pairwise(entries):
            if new.day:
                yield StatusMove(id_, old.value, new.value, new.day, old.day)


class Stage(NamedTuple):
    """What became of the opportunities that entered a stage."""

    name: str
    #: How many entered it in the window, and how many of these were in a later stage afterwards.
    entered: int
    advanced: int
    #: How many were in it in the first commit.
    unknown: int
    #: The days of complete stays, and of those that last until today, as {"median", "p90", "n"}.
    stay: Mapping[str, Any]
    open: Mapping[str, Any]


def stages(moves: Moves, today: date, names: Iterable[str] = ORDER[:-1]) -> tuple[Stage, ...]:
    """Return the figures of these stages: all open ones by default."""
    return tuple(_stage(name, moves.deals, today) for name in names)


def converted_since(moves: Moves) -> date | None:
    """The first day on which an entry can count for the conversion; None without commits."""
    return moves.since + timedelta(days=RIPE) if moves.since else None


def _stage(name: str, deals: Sequence[Deal], today: date) -> Stage:
    entered = advanced = unknown = 0
    for deal in deals:
        if deal.stages[0].day is None:
            unknown += deal.stages[0].value == name
            continue
        place = next((place for place, entry in enumerate(deal.stages) if entry.value == name), None)
        when = None if place is None else deal.stages[place].day
        if place is not None and when and RIPE <= (today - when).days < WINDOW:
            entered += 1
            advanced += any(_is_later(entry.value, name) for entry in deal.stages[place + 1 :])
    return Stage(name, entered, advanced, unknown, spread(_stays(name, deals)), spread(_open_stays(name, deals, today)))


def _is_later(stage: str, other: str) -> bool:
    return stage in ORDER and other in ORDER and ORDER.index(stage) > ORDER.index(other)


def _stays(name: str, deals: Iterable[Deal]) -> list[int]:
    """The days from each change into the stage to the next change of stage, both seen in history."""
    ends = ((old, new) for deal in deals for old, new in pairwise(deal.stages))
    # The dates of commits may go back.
    return [max((new.day - old.day).days, 0) for old, new in ends if old.value == name and old.day and new.day]


def _open_stays(name: str, deals: Iterable[Deal], today: date) -> list[int]:
    last = (deal.stages[-1] for deal in deals if deal.present)
    return [max((today - entry.day).days, 0) for entry in last if entry.value == name and entry.day]


class Idle(NamedTuple):
    """An open opportunity without a contact and without a committed change for long."""

    customer: Customer
    data: Mapping[str, Any]
    #: The day of the last contact or change, the days since, and the days from which on it is idle.
    last: date
    days: int
    limit: int


def idle(snapshot: Snapshot, moves: Moves, customers: Iterable[Customer]) -> tuple[Idle, ...]:
    """Return the idle opportunities of these customers, the longest idle first; none that isn't committed."""
    field = snapshot.schema.by_path.get("opportunities")
    key = tuple(field.mark("x-key") or ()) if field else ()
    followed: dict[str, list[Deal]] = {}
    for deal in moves.deals:
        if deal.present:
            followed.setdefault(deal.customer, []).append(deal)
    medians = {stage: spread(_stays(stage, moves.deals))["median"] for stage in ORDER}
    rows = []
    for customer in customers:
        items, known = customer.data.get("opportunities", ()), followed.get(customer.id, ())
        if not any(map(is_open, items)) or not known:
            continue
        contact = last_contact(customer, snapshot.today)
        for old, new in matched([deal.data for deal in known], items, key).items():
            limit = max(_IDLE, -(-3 * (medians.get(items[new]["stage"]) or 0) // 2))
            last = max(known[old].changed, contact or date.min)
            days = (snapshot.today - last).days
            if is_open(items[new]) and days >= limit:
                rows.append(Idle(customer, items[new], last, days, int(limit)))
    return tuple(sorted(rows, key=lambda row: (-row.days, row.customer.id)))
