"""Numbers, sums and days in words."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

from crmtext.i18n import _, language, plural
from crmtext.values import money

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

Number = int | float | Decimal


def number(value: Number, unit: str | None = None) -> str:
    """A number with its thousands apart, and its unit."""
    text = f"{Decimal(str(value)):,f}"
    text = text.rstrip("0").rstrip(".") if "." in text else text
    return text + (f" {unit}" if unit and unit != "%" else unit or "")


def amount(value: Number, currency: str) -> str:
    """An amount as the language in use writes it."""
    return money.show(value, currency, language())


def sums(amounts: Mapping[str, Number]) -> str:
    """Amounts of several currencies side by side: they are never added up."""
    return " + ".join(amount(value, currency) for currency, value in sorted(amounts.items()) if value)


def ago(days: int | None) -> str:
    """How long ago, in days; nothing for never."""
    if days is None:
        return ""
    return plural("{n} day ago", "{n} days ago", days) if days > 0 else _("today")


def until(due: date, today: date) -> str:
    """How far away a due date is, or how late."""
    days = (due - today).days
    if days < 0:
        return plural("{n} day late", "{n} days late", -days)
    if days == 0:
        return _("today")
    return plural("in {n} day", "in {n} days", days)
