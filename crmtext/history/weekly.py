"""The weekly report: what each colleague did since Monday, and what the next week brings."""

from __future__ import annotations

from collections import Counter
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any, NamedTuple

from crmtext.computed.amounts import currency_of
from crmtext.figures import due
from crmtext.model import day, is_contact
from crmtext.values.money import decimal, total

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from decimal import Decimal

    from crmtext.figures.due import Item
    from crmtext.figures.stages import Idle
    from crmtext.history.events import Event
    from crmtext.model import Customer
    from crmtext.sealing.mask import Masking
    from crmtext.settings import Settings
    from crmtext.snapshot import Snapshot

#: The stages of deals that the report names, and the most of them for each currency.
_KEY_STAGES = frozenset({"proposal", "negotiation"})
_MOST_DEALS = 10
_WEEK = 7


class Period(NamedTuple):
    """The first and the last day of what was done."""

    first: date
    last: date

    def has(self, written: object) -> bool:
        """Whether a day as the record has it is in the period."""
        when = day(written)
        return when is not None and self.first <= when <= self.last

    @property
    def is_week(self) -> bool:
        """Whether it begins with the Monday of the last day's week."""
        return self.first == monday(self.last)

    @property
    def next_week(self) -> Period:
        """Monday to Sunday of the week after the last day."""
        monday = due.later(self.last, _WEEK - self.last.weekday())
        return Period(monday, due.later(monday, _WEEK - 1))


class Deal(NamedTuple):
    """A deal of a customer."""

    customer: Customer
    who: str
    data: Mapping[str, Any]
    #: Currency and amount; None without an amount.
    amount: tuple[str, Decimal] | None


class Work(NamedTuple):
    """One colleague's week; the team's, if `who` is empty."""

    who: str
    #: Contacts by channel, and the number of customers who were contacted.
    contacts: Counter[str]
    customers: int
    steps_done: int
    moved: tuple[Event, ...]
    won: tuple[Deal, ...]
    lost: tuple[Deal, ...]
    #: The amounts that were paid, by currency.
    paid: Mapping[str, Decimal]
    next_week: tuple[Item, ...]
    key_deals: tuple[Deal, ...]
    idle: tuple[Idle, ...]
    overdue: tuple[Item, ...]

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing to report."""
        return not any((self.contacts, self.steps_done, *self[4:]))


class Weekly(NamedTuple):
    """The report: each colleague's work, then the team's."""

    snapshot: Snapshot
    period: Period
    #: The one colleague asked for; empty for all.
    owner: str
    people: tuple[Work, ...]
    team: Work


class _Did(NamedTuple):
    """Something that a colleague did for a customer on a day of the period."""

    who: str
    what: str
    customer: Customer
    data: Mapping[str, Any]


def weekly(
    snapshot: Snapshot,
    period: Period,
    moves: Iterable[Event],
    owner: str = "",
    idle: Iterable[Idle] = (),
    masking: Masking | None = None,
) -> Weekly:
    """Return the report; `moves` are the events of deals that history tells, `idle` the idle deals.

    A contact is its author's, a next step of the colleague in its `by`, a deal of its owner, and a payment of the
    customer's owner.
    """
    moved = [event for event in moves if event.kind == "moved" and owner in ("", event.who)]
    did = [one for one in _done(snapshot, period) if owner in ("", one.who)]
    deals = [deal for deal in _key_deals(snapshot) if owner in ("", deal.who)]
    resting = [one for one in idle if owner in ("", _owner(one.customer, one.data))]
    days = (period.next_week.last - snapshot.today).days
    ahead = due.items(snapshot, owner=owner, days=max(days, 0), sensitive=False, masking=masking)
    # Without a team list, too, everybody has a section.
    others = {item.person for item in ahead} | {one.who for one in did}
    others |= {deal.who for deal in deals} | {event.who for event in moved}
    others |= {_owner(one.customer, one.data) for one in resting}
    names = dict.fromkeys((*snapshot.settings.team, *sorted(others)))
    people = (
        _work(handle, snapshot, period, moved, did, deals, resting, ahead) for handle in names if owner in ("", handle)
    )
    team = _work("", snapshot, period, moved, did, deals, resting, ahead)
    return Weekly(snapshot, period, owner, tuple(work for work in people if not work.is_empty), team)


def _work(
    who: str,
    snapshot: Snapshot,
    period: Period,
    moved: Sequence[Event],
    did: Sequence[_Did],
    deals: Sequence[Deal],
    idle: Sequence[Idle],
    ahead: Sequence[Item],
) -> Work:
    own = [one for one in did if who in ("", one.who)]
    contacts = [one for one in own if one.what == "contact"]
    settings = snapshot.settings
    items = [item for item in ahead if who in ("", item.person)]
    return Work(
        who,
        Counter(str(one.data["channel"]) for one in contacts),
        len({one.customer.id for one in contacts}),
        sum(one.what == "step" for one in own),
        tuple(event for event in moved if who in ("", event.who)),
        _ended(own, "won", settings),
        _ended(own, "lost", settings),
        total((currency_of(one.data, settings), decimal(one.data["amount"])) for one in own if one.what == "payment"),
        tuple(sorted((item for item in items if item.due and period.next_week.has(item.due)), key=_day)),
        tuple(_largest(deal for deal in deals if who in ("", deal.who))),
        tuple(one for one in idle if who in ("", _owner(one.customer, one.data))),
        tuple(item for item in items if item.state == "overdue"),
    )


def _day(item: Item) -> date:
    return item.due or date.max


def _ended(did: Iterable[_Did], stage: str, settings: Settings) -> tuple[Deal, ...]:
    return tuple(_deal(one.customer, one.data, settings) for one in did if one.what == stage)


def _done(snapshot: Snapshot, period: Period) -> Iterator[_Did]:
    """Everything that was done in the period, by the records."""
    for customer in snapshot.customers:
        for entry in customer.interactions:
            if period.has(entry["date"]) and is_contact(entry):
                yield _Did(str(entry["by"]), "contact", customer, entry)
            step = entry.get("next")
            if step and period.has(step.get("done")):
                yield _Did(str(step.get("by", entry["by"])), "step", customer, step)
        for deal in customer.data.get("opportunities", ()):
            if deal["stage"] in ("won", "lost") and period.has(deal.get("closed")):
                yield _Did(_owner(customer, deal), str(deal["stage"]), customer, deal)
        for transaction in customer.data.get("transactions", ()):
            if period.has(transaction.get("paid")):
                yield _Did(customer.owner, "payment", customer, transaction)


def _key_deals(snapshot: Snapshot) -> Iterator[Deal]:
    for customer in snapshot.customers:
        for deal in customer.data.get("opportunities", ()) if customer.status != "lost" else ():
            if deal["stage"] in _KEY_STAGES:
                yield _deal(customer, deal, snapshot.settings)


def _deal(customer: Customer, data: Mapping[str, Any], settings: Settings) -> Deal:
    amount = (currency_of(data, settings), decimal(data["amount"])) if "amount" in data else None
    return Deal(customer, _owner(customer, data), data, amount)


def _owner(customer: Customer, deal: Mapping[str, Any]) -> str:
    return str(deal.get("owner", customer.owner))


def _largest(deals: Iterable[Deal]) -> Iterator[Deal]:
    """The largest deals of each currency, those without an amount last."""
    counts: Counter[str] = Counter()
    order = sorted(deals, key=_size)
    for deal in order:
        currency = deal.amount[0] if deal.amount else ""
        counts[currency] += 1
        if counts[currency] <= _MOST_DEALS:
            yield deal


def _size(deal: Deal) -> tuple[str, Decimal, str, str]:
    currency, amount = deal.amount or ("~", decimal(0))
    return currency, -amount, deal.customer.id, str(deal.data["title"])


def monday(today: date) -> date:
    """Return the Monday of a day's week."""
    return today - timedelta(days=today.weekday())
