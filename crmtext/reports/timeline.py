"""A customer's interactions, newest first, in words."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING

from crmtext.i18n import N_, _
from crmtext.model import INTERNAL, day, is_contact
from crmtext.wording import labels
from crmtext.wording.sections import Book, Entry, entries

if TYPE_CHECKING:
    from datetime import date

    from crmtext.model import Customer
    from crmtext.schema import Field, Schema

#: Keys with a place of their own in an event; other keys follow as labelled values.
EVENT_KEYS = frozenset({"date", "by", "channel", "summary", "details", "outcome", "contact", "direction", "next", "id"})

#: The directions of a call, which Chinese has its own words for.
_CALLS: Mapping[object, str] = MappingProxyType({"in": N_("Incoming"), "out": N_("Outgoing")})


@dataclass(frozen=True, slots=True)
class Event:
    """One interaction."""

    date: str
    channel: str
    is_contact: bool
    internal: bool
    by: str
    contact: str
    direction: str
    outcome: str
    outcome_label: str
    summary: str
    details: str
    promise: str
    due: str
    done: str
    others: tuple[Entry, ...]


def events(customer: Customer, schema: Schema, book: Book) -> tuple[Event, ...]:
    """Return the interactions, newest first; on the same day, the last in the file first."""
    field = labels.find(schema, "interactions")
    order = sorted(enumerate(customer.interactions), key=lambda pair: (str(pair[1]["date"]), pair[0]), reverse=True)
    return tuple(_event(interaction, field, book) for _, interaction in order)


def contacts(customer: Customer) -> tuple[date, ...]:
    """Return the days of contacts with the customer."""
    days = (day(interaction["date"]) for interaction in customer.interactions if is_contact(interaction))
    return tuple(day_ for day_ in days if day_)


def _event(data: Mapping[str, object], field: Field | None, book: Book) -> Event:
    known = labels.children(field)

    def word(key: str) -> str:
        return labels.choice_label(known.get(key), str(data.get(key) or ""))

    direction = data.get("direction")
    call = _CALLS.get(direction) if data["channel"] == "phone" else None
    step = data.get("next")
    promised: Mapping[str, object] = step if isinstance(step, Mapping) else {}
    rest = {key: value for key, value in data.items() if key not in EVENT_KEYS}
    return Event(
        date=str(data["date"]),
        channel=word("channel"),
        is_contact=is_contact(data),
        internal=data["channel"] in INTERNAL,
        by=labels.person(book.settings, str(data["by"])),
        contact=str(data.get("contact") or ""),
        direction=_(call) if call else word("direction"),
        outcome=str(data.get("outcome") or ""),
        outcome_label=word("outcome"),
        summary=str(data["summary"]),
        details=str(data.get("details") or ""),
        promise=str(promised.get("action") or ""),
        due=str(promised.get("due") or ""),
        done=str(promised.get("done") or ""),
        others=entries(rest, field, book),
    )
