"""Sums of money, an amount for each currency."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from crmtext.values.standards import currencies

if TYPE_CHECKING:
    from crmtext.settings import Settings

Sums = Mapping[str, Decimal]


def currency_of(item: Mapping[str, Any], settings: Settings) -> str:
    """The currency of an amount: its own, else the store's."""
    code = str(item.get("currency", settings.currency))
    # RMB is CNY: a check reports it, and until it is fixed both count as one sum.
    return currencies.code_of(code) or code
