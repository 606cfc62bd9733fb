"""Open opportunities and their value."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from crmtext.computed.amounts import currency_of
from crmtext.model import day
from crmtext.values.money import decimal, total

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date
    from decimal import Decimal

    from crmtext.computed.amounts import Sums
    from crmtext.model import Customer
    from crmtext.settings import Settings


def open_value(customer: Customer, settings: Settings) -> Sums:
    """The amounts of open opportunities."""
    return total((currency_of(deal, settings), decimal(deal["amount"])) for deal in _with_amount(customer))


def weighted_value(customer: Customer, today: date, settings: Settings) -> Sums:
    """The amounts of open opportunities that may still close in time, each times its probability, or its stage's.

    Those with an expected close before today, or without one, are no forecast; nor are those of a lost customer.
    """
    if customer.status == "lost":
        return {}
    return total(
        (currency_of(deal, settings), decimal(deal["amount"]) * chance(deal, settings) / 100)
        for deal in _with_amount(customer)
        if (close := day(deal.get("expected_close"))) and close >= today
    )


def _with_amount(customer: Customer) -> Sequence[Mapping[str, Any]]:
    """The open opportunities that have an amount."""
    return [deal for deal in customer.data.get("opportunities", ()) if "amount" in deal and is_open(deal)]


def is_open(deal: Mapping[str, Any]) -> bool:
    """Whether an opportunity is neither won nor lost."""
    return deal["stage"] not in ("won", "lost")


def chance(deal: Mapping[str, Any], settings: Settings) -> Decimal:
    """The probability in percent, as written or else that of the stage."""
    return decimal(deal.get("probability", settings.probability.get(deal["stage"], 0)))
