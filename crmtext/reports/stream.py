"""The activity stream: who did what for which customer, by the dates in the records, newest first."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

from crmtext.i18n import _
from crmtext.model import is_contact
from crmtext.wording import labels, numbers
from crmtext.wording.values import hidden, without_hidden

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from crmtext.model import Customer
    from crmtext.reports.site import Site
    from crmtext.schema import Schema
    from crmtext.settings import Settings

#: Events shown.
LAST = 10
#: Where the items of events are; those of others are cases.
_PLACES = {
    "won": ("opportunities",), "lost": ("opportunities",), "transaction": ("transactions",), "paid": ("transactions",),
    "done": ("interactions", "next"), "interaction": ("interactions",),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Happening:
    """An event in words."""

    day: str
    who: str
    what: str
    about: str
    customer: str
    name: str


class Event(NamedTuple):
    """An event; of one day, later ones in this order come first."""

    day: str
    place: int
    who: str
    kind: str
    customer: Customer
    item: Mapping[str, Any]


class Stream(NamedTuple):
    """The last events of everyone, and by handle those of each colleague and their last contacts, one per customer."""

    everyone: tuple[Happening, ...]
    by_person: Mapping[str, tuple[Happening, ...]]
    contacts: Mapping[str, tuple[Happening, ...]]


def stream(site: Site) -> Stream:
    """Return the last events up to today."""
    today = site.today.isoformat()
    by_person: dict[str, list[Event]] = defaultdict(list)
    for place, customer in enumerate(site.customers):
        for event in events(customer, -place):
            if event.day <= today:
                by_person[event.who].append(event)
    latest = {handle: last(some) for handle, some in by_person.items()}
    contacts = {handle: last(_contacts(some)) for handle, some in by_person.items()}

    def words(some: Iterable[Event]) -> tuple[Happening, ...]:
        return tuple(happening(event, site.schema, site.settings) for event in some)

    return Stream(
        words(last(event for some in latest.values() for event in some)),
        {handle: words(some) for handle, some in latest.items()},
        {handle: words(some) for handle, some in contacts.items() if some},
    )


def last(some: Iterable[Event], most: int = LAST) -> list[Event]:
    """Return the last events, newest first."""
    # Sorting is stable: events of one customer and day stay in their order in the record, which is reversed.
    return sorted(some, key=lambda event: (event.day, event.place), reverse=True)[:most]


def _contacts(some: Iterable[Event]) -> Iterable[Event]:
    """Return the last contact with each customer."""
    latest: dict[str, Event] = {}
    for event in some:
        if event.kind == "interaction" and is_contact(event.item):
            known = latest.get(event.customer.id)
            if known is None or event.day > known.day:
                latest[event.customer.id] = event
    return latest.values()


def events(customer: Customer, place: int) -> Iterator[Event]:
    """Yield the events of a customer, also those of days to come; `place` orders customers within a day."""
    data, owner = customer.data, customer.owner

    def event(day: object, who: object, kind: str, item: Mapping[str, Any]) -> Iterator[Event]:
        if day:
            yield Event(str(day)[:10], place, str(who), kind, customer, item)

    for deal in data.get("opportunities", ()):
        if deal["stage"] in ("won", "lost"):
            yield from event(deal.get("closed"), deal.get("owner", owner), deal["stage"], deal)
    for transaction in data.get("transactions", ()):
        yield from event(transaction["date"], owner, "transaction", transaction)
        yield from event(transaction.get("paid"), owner, "paid", transaction)
    for case in data.get("cases", ()):
        if case["status"] == "closed":
            yield from event(case.get("closed"), case.get("owner", owner), "case-closed", case)
        yield from event(case["opened"], case.get("owner", owner), "case-opened", case)
    for interaction in reversed(customer.interactions):
        if step := interaction.get("next"):
            yield from event(step.get("done"), step.get("by", interaction["by"]), "done", step)
        yield from event(interaction["date"], interaction["by"], "interaction", interaction)


def happening(event: Event, schema: Schema, settings: Settings) -> Happening:
    """Return an event in words."""
    what, about = _words(event, schema, settings)
    customer = event.customer
    return Happening(event.day, labels.person(settings, event.who), what, about, customer.id, customer.short)


def _words(event: Event, schema: Schema, settings: Settings) -> tuple[str, str]:
    """Return what happened, and the part of the record that it is about."""
    item = without_hidden(event.item, labels.find(schema, *_PLACES.get(event.kind, ("cases",))), hidden())
    if event.kind == "interaction":
        channel = labels.choice_label(labels.find(schema, "interactions", "channel"), item["channel"])
        return channel, str(item["summary"])
    if event.kind in ("transaction", "paid"):
        what = _("Paid") if event.kind == "paid" else _("Refund") if item["amount"] < 0 else _("Purchase")
        return what, _amount(item, settings)
    what = {
        "won": _("Deal won"),
        "lost": _("Deal lost"),
        "case-opened": _("Case opened"),
        "case-closed": _("Case closed"),
        "done": _("Step done"),
    }[event.kind]
    parts = [str(item.get("title") or item.get("summary") or item.get("action") or "")]
    if "amount" in item:
        parts.append(_amount(item, settings))
    return what, " · ".join(filter(None, parts))


def _amount(item: Mapping[str, Any], settings: Settings) -> str:
    return numbers.amount(item["amount"], str(item.get("currency", settings.currency)))
