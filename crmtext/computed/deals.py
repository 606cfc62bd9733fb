"""Open opportunities and their value."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from crmtext.computed.amounts import currency_of
from crmtext.values.money import decimal, total

if TYPE_CHECKING:
    from collections.abc import Mapping
    from decimal import Decimal

    from crmtext.computed.amounts import Sums
    from crmtext.model import Customer
    from crmtext.settings import Settings


def open_value(customer: Customer, settings: Settings) -> Sums:
    """The amounts of open opportunities."""
    return total((currency_of(o, settings), decimal(o["amount"])) for o in _open(customer) if "amount" in o)


def weighted_value(customer: Customer, settings: Settings) -> Sums:
    """The amounts of open opportunities, each times its probability, or else its stage's."""
    return total(
        (currency_of(o, settings), decimal(o["amount"]) * _chance(o, settings) / 100)
        for o in _open(customer)
        if "amount" in o
    )


def _open(customer: Customer) -> list[Mapping[str, Any]]:
    return [
        opportunity
        for opportunity in customer.data.get("opportunities", ())
        if opportunity["stage"] not in ("won", "lost")
    ]


def _chance(opportunity: Mapping[str, Any], settings: Settings) -> Decimal:
    return decimal(opportunity.get("probability", settings.probability.get(opportunity["stage"], 0)))
