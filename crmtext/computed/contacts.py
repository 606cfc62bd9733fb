"""The last contact and the open next steps."""

from __future__ import annotations

from typing import TYPE_CHECKING

from crmtext.model import day, is_contact

if TYPE_CHECKING:
    from collections.abc import Collection
    from datetime import date

    from crmtext.model import Customer
    from crmtext.settings import Settings


def last_contact(customer: Customer, today: date, channels: Collection[str] = ()) -> date | None:
    """The day of the last contact up to today, on one of these channels if any are given."""
    # ISO dates sort as text, so that only the last one is parsed.
    latest = today.isoformat()
    days = [
        when
        for interaction in customer.interactions
        if (when := str(interaction["date"])[:10]) <= latest
        and (not channels or interaction["channel"] in channels)
        and is_contact(interaction)
    ]
    return day(max(days, default=None))


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


def is_stale(customer: Customer, today: date, settings: Settings) -> bool:
    """Whether a customer, not lost, was last contacted longer ago than its value allows."""
    days = days_since(customer, today)
    value = customer.data.get("classification", {}).get("value", "default")
    limit = settings.stale_days.get(value, settings.stale_days["default"])
    return customer.status != "lost" and days is not None and days > limit


def days_since(customer: Customer, today: date) -> int | None:
    """The days from the last contact to today."""
    last = last_contact(customer, today)
    return (today - last).days if last else None
