"""Contacts with a customer up to today, and the open next steps."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from crmtext.model import day, is_contact

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence
    from datetime import date

    from crmtext.model import Customer

_YEAR = 365
_MONTH = 30
#: Late stages, and how many days from today, before and after, their expected close may be.
_LATE_STAGES = frozenset({"proposal", "negotiation"})
_CLOSE = range(-30, 91)


def contacts(customer: Customer, today: date, channels: Collection[str] = ()) -> Sequence[Mapping[str, Any]]:
    """The interactions up to today that reached the customer, in the file's order; on these channels if any."""
    # ISO dates compare as text, so that none is parsed.
    last = today.isoformat()
    return [
        entry
        for entry in customer.interactions
        if str(entry["date"])[:10] <= last and (not channels or entry["channel"] in channels) and is_contact(entry)
    ]


def latest(customer: Customer, today: date, channels: Collection[str] = ()) -> Mapping[str, Any] | None:
    """The last contact; of several on one day, the last one in the file."""
    # max() returns the first of equal items.
    return max(reversed(contacts(customer, today, channels)), key=lambda entry: str(entry["date"])[:10], default=None)


def last_contact(customer: Customer, today: date, channels: Collection[str] = ()) -> date | None:
    """The day of the last contact, on one of these channels if any are given."""
    entry = latest(customer, today, channels)
    return day(entry["date"]) if entry else None


def days_since(customer: Customer, today: date) -> int | None:
    """The days from the last contact to today."""
    last = last_contact(customer, today)
    return (today - last).days if last else None


def main_channel(customer: Customer, today: date) -> str | None:
    """The channel with most contacts in the last 365 days; of several, the one used last, then by name."""
    days: dict[str, list[date]] = {}
    for entry in contacts(customer, today):
        if (when := day(entry["date"])) and (today - when).days < _YEAR:
            days.setdefault(str(entry["channel"]), []).append(when)
    if not days:
        return None
    most = max((len(when), max(when)) for when in days.values())
    return min(channel for channel, when in days.items() if (len(when), max(when)) == most)


def has_high_intent(customer: Customer, today: date) -> bool:
    """Whether a deal is close and the customer in contact, or a lead or prospect responded positively of late."""
    entry = latest(customer, today)
    last = day(entry["date"]) if entry else None
    if entry is None or last is None:
        return False
    days = (today - last).days
    if customer.status in ("lead", "prospect") and days <= _MONTH and entry.get("outcome") == "positive":
        return True
    return days < _MONTH and any(
        deal["stage"] in _LATE_STAGES and (close := day(deal.get("expected_close"))) and (close - today).days in _CLOSE
        for deal in customer.data.get("opportunities", ())
    )


def is_unreachable(customer: Customer, today: date) -> bool:
    """Whether neither the customer nor a contact who hasn't left has a phone number, an e-mail address or WeChat."""
    people = [person for person in customer.data.get("contacts", ()) if not has_left(person, today)]
    return not any(person.get(key) for person in (customer.data, *people) for key in ("phones", "emails", "wechat"))


def has_left(contact: Mapping[str, Any], today: date) -> bool:
    """Whether a contact has left by today; `left` is a day, or true if the day isn't known."""
    left = contact.get("left")
    return left is True or bool(left and str(left) <= today.isoformat())


def primary_contact(customer: Customer, today: date) -> Mapping[str, Any]:
    """The contact marked as primary, else the first one, of those who haven't left; empty if there is none."""
    staying = [person for person in customer.data.get("contacts", ()) if not has_left(person, today)]
    return next((person for person in staying if person.get("primary")), staying[0] if staying else {})


def next_action(customer: Customer) -> str | None:
    """The action of the earliest open next step."""
    return str(customer.nearest_step["action"]) if customer.nearest_step else None


def next_due(customer: Customer) -> date | None:
    """The day of the earliest open next step."""
    return day(customer.nearest_step["due"]) if customer.nearest_step else None


def is_overdue(customer: Customer, today: date) -> bool:
    """Whether an open next step is past its due date."""
    due = next_due(customer)
    return due is not None and due < today
