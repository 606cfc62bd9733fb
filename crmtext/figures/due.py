"""The list of due work for the customers of a snapshot, with day, colleague and state."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from typing import TYPE_CHECKING, NamedTuple

from crmtext.computed.reach import not_by, rule_against
from crmtext.figures.due_kinds import KINDS, Task
from crmtext.model import priority_rank

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Iterator

    from crmtext.model import Customer
    from crmtext.schema import Schema
    from crmtext.sealing.mask import Masking, RecordMask
    from crmtext.settings import Settings
    from crmtext.snapshot import Snapshot

#: The states in order.
STATES = ("overdue", "today", "coming", "undated")
#: How many days ahead are shown by default.
AHEAD = 7


class Who(NamedTuple):
    """The customer of an item."""

    id: str
    name: str
    #: The short name, else the full one.
    short: str
    priority: str


@dataclass(frozen=True, slots=True)
class Item:
    """Something to do for a customer."""

    customer: Who
    #: One of the names in `KINDS`.
    kind: str
    #: One of `STATES`.
    state: str
    #: The handle of the colleague who does it.
    person: str
    task: Task
    #: The channels by which the customer, or the contact of the task, does not want to be contacted.
    avoid: tuple[str, ...] = ()
    #: The rule that forbids to contact the customer, or the contact of the task, on the channel of a list for one.
    refused: str = ""

    @property
    def due(self) -> date | None:
        """The day on which it is due."""
        return self.task.due

    @property
    def action(self) -> str:
        """The action in the record's words; empty if the kind says it all."""
        return self.task.action

    @property
    def rejected(self) -> tuple[str, ...]:
        """The channels of the task that are among them."""
        return tuple(channel for channel in self.task.channels if channel in self.avoid)


def items(
    snapshot: Snapshot,
    *,
    owner: str = "",
    days: int = AHEAD,
    kinds: Collection[str] = (),
    matches: Callable[[Customer], bool] | None = None,
    sensitive: bool = True,
    masking: Masking | None = None,
    channel: str = "",
) -> tuple[Item, ...]:
    """Return everything due until so many days from today, in the order of the list.

    `owner` is a colleague; without one, everybody's items are returned, also those that only a colleague who has left
    could do. Only customers that match are looked at. Without `sensitive`, nothing is said about fields that reports
    leave out. With `masking`, names and texts are masked; what is due, for whom and in which order is the same.
    With a channel, items of those who may not be contacted on it say so.
    """
    last = later(snapshot.today, days)
    wanted = [name for name in KINDS if (not kinds or name in kinds) and (sensitive or not KINDS[name].sensitive)]
    personal = [name for name in wanted if KINDS[name].personal]
    wordless = () if sensitive else [name for name in wanted if _is_sensitive(KINDS[name].fields, snapshot.schema)]
    listed: list[Item] = []
    for customer in snapshot.customers:
        if matches and not matches(customer):
            continue
        for kind in personal if owner and customer.owner != owner else wanted:
            for task in KINDS[kind].find(customer, snapshot):
                if task.due and task.due > last:
                    continue
                person = _person(task.by or customer.owner, customer, snapshot.settings)
                if person and (not owner or (person == owner and not _has_left(owner, snapshot.settings))):
                    state_ = state(task.due, snapshot.today)
                    avoid = not_by(customer.data, snapshot.today, task.contact)
                    shown = task._replace(action="", amount=None) if kind in wordless else task
                    refused = _refused(customer, kind, task, channel, snapshot) if channel else ""
                    item = Item(_who(customer), kind, state_, person, shown, avoid, refused)
                    listed.append(_masked(item, masking.record(customer.data)) if masking else item)
    listed.sort(key=_order)
    return tuple(listed)


def _masked(item: Item, mask: RecordMask) -> Item:
    """An item masked: the customer's name, and the texts of its task."""
    who, task = item.customer, item.task
    who = who._replace(name=mask.value("name", who.name), short=mask.named("short_name", who.short))
    # The action of a birthday is a name, which may be too short to be looked for in a text.
    action = mask.value("contacts[].name", task.action) if item.kind == "birthday" else mask.text(task.action)
    task = task._replace(
        action=action,
        key=mask.text(task.key),
        say=mask.text(task.say),
        contact=mask.value("contacts[].name", task.contact) if task.contact else "",
    )
    return replace(item, customer=who, task=task)


def state(due: date | None, today: date) -> str:
    """Return the state of a day."""
    if due is None:
        return "undated"
    return "overdue" if due < today else "today" if due == today else "coming"


def people(listed: Collection[Item]) -> Iterator[tuple[str, tuple[Item, ...]]]:
    """Yield each colleague with their items; those with the first items come first."""
    for person in dict.fromkeys(item.person for item in listed):
        yield person, tuple(item for item in listed if item.person == person)


def _refused(customer: Customer, kind: str, task: Task, channel: str, snapshot: Snapshot) -> str:
    marketing = KINDS[kind].marketing
    return rule_against(customer.data, channel, snapshot.today, snapshot.settings, task.contact, marketing=marketing)


def _is_sensitive(paths: Iterable[str], schema: Schema) -> bool:
    fields = (schema.by_path.get(path) for path in paths)
    return any(field.mark("x-sensitive") for field in fields if field)


def _who(customer: Customer) -> Who:
    # Only these are kept: the record may be one of thousands that are loaded one at a time.
    return Who(customer.id, customer.name, customer.short, customer.priority)


def _order(item: Item) -> tuple[int, bool, int, date, str, str, int]:
    task, customer = item.task, item.customer
    return (
        STATES.index(item.state),
        not KINDS[item.kind].promise,
        priority_rank(customer.priority),
        task.due or date.max,
        # A time is digits: items without one come last.
        task.time or "~",
        customer.id,
        _PLACE[item.kind],
    )


_PLACE = {name: number for number, name in enumerate(KINDS)}


def _person(handle: str, customer: Customer, settings: Settings) -> str:
    """The colleague who does it: the owner in place of one who has left; empty if it is a pool."""
    doing = customer.owner if _has_left(handle, settings) else handle
    member = settings.team.get(doing)
    return "" if member and member.pool else doing


def _has_left(handle: str, settings: Settings) -> bool:
    member = settings.team.get(handle)
    return member is not None and member.has_left


def later(day: date, days: int) -> date:
    """Return the day that is so many days later, at most the last one of the calendar, at least the first."""
    return date.fromordinal(min(max(day.toordinal() + days, 1), date.max.toordinal()))
