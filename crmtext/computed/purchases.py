"""Transactions up to today: how much, when, how often, and what.

A purchase is a transaction with an amount above zero; a refund, with one below, counts in money only. Two purchases on
one day are one purchase day.
"""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from itertools import pairwise
from typing import TYPE_CHECKING, Any, NamedTuple

from crmtext.computed.amounts import currency_of
from crmtext.model import day
from crmtext.values.money import decimal, total

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from crmtext.computed.amounts import Sums
    from crmtext.model import Customer
    from crmtext.settings import Settings

_TOP = 3
#: A rhythm takes this many purchase days; a gap between two is an interval, but no rhythm yet.
_ENOUGH = 3
#: How many days behind the rhythm are none: half the interval, but never fewer or more than these.
_LEAST, _MOST = Decimal(14), Decimal(30)


def transactions(customer: Customer, today: date) -> Sequence[Mapping[str, Any]]:
    """The transactions up to today."""
    last = today.isoformat()
    return [item for item in customer.data.get("transactions", ()) if str(item["date"])[:10] <= last]


def purchases(customer: Customer, today: date) -> Sequence[Mapping[str, Any]]:
    """The transactions up to today with an amount above zero."""
    return [item for item in transactions(customer, today) if item["amount"] > 0]


def purchase_days(customer: Customer, today: date) -> Sequence[date]:
    """The days with a purchase, in order."""
    return sorted({when for item in purchases(customer, today) if (when := day(item["date"]))})


def transaction_sum(customer: Customer, today: date, settings: Settings) -> Sums:
    """The amounts of all transactions."""
    return total(_amount(item, settings) for item in transactions(customer, today))


def last_transaction(customer: Customer, today: date) -> date | None:
    """The day of the last transaction."""
    return day(max((str(item["date"])[:10] for item in transactions(customer, today)), default=None))


def last_amount(customer: Customer, today: date, settings: Settings) -> Sums:
    """The amount of the last transaction; of several on one day, of the largest."""
    items = [(str(item["date"])[:10], *_amount(item, settings)) for item in transactions(customer, today)]
    last = max(items, key=lambda item: (item[0], item[2], item[1]), default=None)
    return {last[1]: last[2]} if last else {}


def average_order(customer: Customer, today: date, settings: Settings) -> Sums:
    """The mean amount of the purchases."""
    amounts: dict[str, list[Decimal]] = {}
    for currency, amount in sorted(_amount(item, settings) for item in purchases(customer, today)):
        amounts.setdefault(currency, []).append(amount)
    return {currency: sum(values, Decimal(0)) / len(values) for currency, values in amounts.items()}


def top_products(customer: Customer, today: date, settings: Settings) -> list[str]:
    """The three products with most purchase days; of several, those bought last, then by name."""
    days: dict[str, set[date]] = {}
    for purchase in purchases(customer, today):
        for item in purchase.get("items", ()):
            written = str(item["product"])
            product = settings.product(written)
            if when := day(purchase["date"]):
                days.setdefault(product.shown if product else written, set()).add(when)
    order = sorted(days, key=lambda name: (-len(days[name]), -max(days[name]).toordinal(), name))
    return order[:_TOP]


def recency(customer: Customer, today: date) -> int | None:
    """How many days ago the last purchase was: the R of RFM."""
    days = purchase_days(customer, today)
    return (today - days[-1]).days if days else None


def frequency(customer: Customer, today: date, settings: Settings) -> int:
    """The number of purchase days in the window: the F of RFM."""
    return sum((today - when).days < settings.rfm_window_days for when in purchase_days(customer, today))


def monetary(customer: Customer, today: date, settings: Settings) -> Sums:
    """The amounts of the transactions in the window: the M of RFM."""
    items = ((item, day(item["date"])) for item in transactions(customer, today))
    days = settings.rfm_window_days
    return total(_amount(item, settings) for item, when in items if when and (today - when).days < days)


def transaction_interval(customer: Customer, today: date) -> Decimal | None:
    """The median of the days between purchase days, with a half if it lies between two; None with fewer than two."""
    return _interval(purchase_days(customer, today))


def _interval(days: Sequence[date]) -> Decimal | None:
    # Loaded late: every command that reads a customer loads this module.
    from statistics import median

    gaps = [Decimal((later - earlier).days) for earlier, later in pairwise(days)]
    return median(gaps) if gaps else None


def next_purchase(customer: Customer, today: date) -> date | None:
    """The day of the next purchase if the customer keeps its rhythm; None with fewer than three purchase days."""
    rhythm = _rhythm(customer, today)
    ordinal = rhythm.last.toordinal() + round(rhythm.interval) if rhythm else 0
    return date.fromordinal(ordinal) if 0 < ordinal <= date.max.toordinal() else None


def is_behind(customer: Customer, today: date) -> bool | None:
    """Whether the next purchase is late by the customer's own rhythm; None with fewer than three purchase days."""
    rhythm = _rhythm(customer, today)
    if rhythm is None:
        return None
    return (today - rhythm.last).days > rhythm.interval + max(_LEAST, min(rhythm.interval / 2, _MOST))


class _Rhythm(NamedTuple):
    """The last purchase day, and the median of the days between."""

    last: date
    interval: Decimal


def _rhythm(customer: Customer, today: date) -> _Rhythm | None:
    """The rhythm of the purchases; None with fewer than three purchase days."""
    days = purchase_days(customer, today)
    interval = _interval(days)
    return _Rhythm(days[-1], interval) if interval is not None and len(days) >= _ENOUGH else None


def _amount(item: Mapping[str, Any], settings: Settings) -> tuple[str, Decimal]:
    return currency_of(item, settings), decimal(item["amount"])
