"""Customers who aren't of high value yet, and buy or are about to buy much more than before."""

from __future__ import annotations

from datetime import date
from fractions import Fraction
from typing import TYPE_CHECKING, Any, NamedTuple

from crmtext.computed.amounts import currency_of
from crmtext.computed.deals import open_value
from crmtext.figures.rfm import Rfm, median
from crmtext.values.money import decimal

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from decimal import Decimal

    from crmtext.model import Customer
    from crmtext.settings import Settings
    from crmtext.snapshot import Snapshot

#: The days that are compared with as many before them.
HALF = 180
#: How much more a customer must buy.
_MORE = Fraction(3, 2)


class Rising(NamedTuple):
    """A customer who rises, with the amounts of each currency."""

    customer: Customer
    #: Revenue of the last 180 days, and of the 180 days before.
    recent: Mapping[str, Decimal]
    before: Mapping[str, Decimal]
    open_value: Mapping[str, Decimal]
    #: Whether it buys more than before, and whether it may buy as much as customers of high value do.
    buys_more: bool
    may_buy: bool


def high_medians(snapshot: Snapshot) -> Mapping[str, Fraction]:
    """Return the median M, by main currency, of the customers with value high who bought in the window."""
    members, amounts = Rfm.of(snapshot).members, dict[str, list["Decimal"]]()
    for customer in snapshot.customers:
        if _value(customer) == "high" and (member := members.get(customer.path)):
            amounts.setdefault(member.currency, []).append(member.monetary)
    return {code: middle for code, every in sorted(amounts.items()) if (middle := median(sorted(every))) is not None}


def rising(snapshot: Snapshot, customers: Iterable[Customer]) -> Iterator[Rising]:
    """Yield the rising ones of some customers."""
    medians, settings, today = high_medians(snapshot), snapshot.settings, snapshot.today
    # Both periods, each from its first to its last day.
    starts = [date.fromordinal(max(today.toordinal() - days + 1, 1)).isoformat() for days in (HALF, 2 * HALF)]
    for customer in customers:
        data = customer.data
        if _value(customer) == "high" or not ("transactions" in data or "opportunities" in data):
            continue
        recent, before = _revenues(data.get("transactions", ()), starts, today.isoformat(), settings)
        deals = open_value(customer, settings) if "opportunities" in data else {}
        buys_more = any(sum_ > 0 and sum_ > _MORE * Fraction(before.get(code, 0)) for code, sum_ in recent.items())
        may_buy = any(sum_ > 0 and code in medians and sum_ >= medians[code] for code, sum_ in deals.items())
        if buys_more or may_buy:
            yield Rising(customer, recent, before, deals, buys_more, may_buy)


def _value(customer: Customer) -> str:
    return str(customer.data.get("classification", {}).get("value", ""))


def _revenues(
    transactions: Iterable[Mapping[str, Any]], starts: Sequence[str], today: str, settings: Settings
) -> tuple[Mapping[str, Decimal], Mapping[str, Decimal]]:
    """The sums of all amounts in each of two periods, the later one first."""
    sums: tuple[dict[str, Decimal], dict[str, Decimal]] = ({}, {})
    for item in transactions:
        day = str(item["date"])[:10]
        if starts[1] <= day <= today:
            currency, here = currency_of(item, settings), sums[day < starts[0]]
            here[currency] = here.get(currency, 0) + decimal(item["amount"])
    return sums
