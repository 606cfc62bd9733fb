"""Transactions: how much, when, how often."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING, Any

from crmtext.computed.amounts import currency_of
from crmtext.model import day
from crmtext.values.money import decimal, total

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

    from crmtext.computed.amounts import Sums
    from crmtext.model import Customer
    from crmtext.settings import Settings

_YEAR = 365


def transaction_sum(customer: Customer, settings: Settings) -> Sums:
    """The amounts of all transactions."""
    return total((currency_of(t, settings), decimal(t["amount"])) for t in customer.data.get("transactions", ()))


def last_transaction(customer: Customer) -> date | None:
    """The day of the last transaction."""
    return day(
        max([str(transaction["date"])[:10] for transaction in customer.data.get("transactions", ())], default=None)
    )


def transaction_interval(customer: Customer) -> int | None:
    """The median of the days between transactions; None with fewer than two."""
    from statistics import median

    gaps = [(later - earlier).days for earlier, later in pairwise(sorted(_transaction_days(customer)))]
    return round(median(gaps)) if gaps else None


def recency(customer: Customer, today: date) -> int | None:
    """How many days ago the last transaction was: the R of RFM."""
    last = last_transaction(customer)
    return (today - last).days if last else None


def frequency(customer: Customer, today: date) -> int:
    """How many transactions there were within a year: the F of RFM."""
    return len(_within_a_year(customer, today))


def monetary(customer: Customer, today: date, settings: Settings) -> Sums:
    """The amounts of the transactions within a year: the M of RFM."""
    return total(
        (currency_of(transaction, settings), decimal(transaction["amount"]))
        for transaction in _within_a_year(customer, today)
    )


def _within_a_year(customer: Customer, today: date) -> list[Mapping[str, Any]]:
    days = ((transaction, day(transaction["date"])) for transaction in customer.data.get("transactions", ()))
    return [transaction for transaction, when in days if when and 0 <= (today - when).days < _YEAR]


def _transaction_days(customer: Customer) -> list[date]:
    return [when for transaction in customer.data.get("transactions", ()) if (when := day(transaction["date"]))]
