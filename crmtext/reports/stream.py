"""The activity stream: who did what for which customer, by the dates in the records, newest first."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

from crmtext.i18n import _
from crmtext.model import is_contact
from crmtext.wording import labels, numbers

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from crmtext.model import Customer
    from crmtext.reports.site import Site

#: Events shown.
LAST = 10


@dataclass(frozen=True, slots=True)
class Happening:
    """An event in words."""

    day: str
    who: str
    what: str
    about: str
    customer: str
    name: str


class _Event(NamedTuple):
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
    by_person: dict[str, list[_Event]] = defaultdict(list)
    for place, customer in enumerate(site.customers):
        for event in _events(customer, -place):
            if event.day <= today:
                by_person[event.who].append(event)
    last = {handle: _last(events) for handle, events in by_person.items()}
    contacts = {handle: _last(_contacts(events)) for handle, events in by_person.items()}

    def words(events: Iterable[_Event]) -> tuple[Happening, ...]:
        return tuple(_happening(event, site) for event in events)

    return Stream(
        words(_last(event for events in last.values() for event in events)),
        {handle: words(events) for handle, events in last.items()},
        {handle: words(events) for handle, events in contacts.items() if events},
    )


def _last(events: Iterable[_Event]) -> list[_Event]:
    # Sorting is stable: events of one customer and day stay in their order in the record, which is reversed.
    return sorted(events, key=lambda event: (event.day, event.place), reverse=True)[:LAST]


def _contacts(events: Iterable[_Event]) -> Iterable[_Event]:
    """Return the last contact with each customer."""
    latest: dict[str, _Event] = {}
    for event in events:
        if event.kind == "interaction" and is_contact(event.item):
            known = latest.get(event.customer.id)
            if known is None or event.day > known.day:
                latest[event.customer.id] = event
    return latest.values()


def _events(customer: Customer, place: int) -> Iterator[_Event]:
    data, owner = customer.data, customer.owner

    def event(day: object, who: object, kind: str, item: Mapping[str, Any]) -> Iterator[_Event]:
        if day:
            yield _Event(str(day)[:10], place, str(who), kind, customer, item)

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


def _happening(event: _Event, site: Site) -> Happening:
    what, about = _words(event, site)
    customer = event.customer
    return Happening(event.day, labels.person(site.settings, event.who), what, about, customer.id, customer.short)


def _words(event: _Event, site: Site) -> tuple[str, str]:
    """Return what happened, and the part of the record that it is about."""
    item = event.item
    if event.kind == "interaction":
        channel = labels.choice_label(labels.find(site.schema, "interactions", "channel"), item["channel"])
        return channel, str(item["summary"])
    if event.kind in ("transaction", "paid"):
        what = _("Paid") if event.kind == "paid" else _("Refund") if item["amount"] < 0 else _("Purchase")
        return what, _amount(item, site)
    what = {
        "won": _("Deal won"),
        "lost": _("Deal lost"),
        "case-opened": _("Case opened"),
        "case-closed": _("Case closed"),
        "done": _("Step done"),
    }[event.kind]
    parts = [str(item.get("title") or item.get("summary") or item.get("action") or "")]
    if "amount" in item:
        parts.append(_amount(item, site))
    return what, " · ".join(filter(None, parts))


def _amount(item: Mapping[str, Any], site: Site) -> str:
    return numbers.amount(item["amount"], str(item.get("currency", site.settings.currency)))
