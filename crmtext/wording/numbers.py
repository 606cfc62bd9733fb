"""Numbers, amounts and periods in words."""

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
    """Return a number with thousands separators and its unit."""
    text = f"{Decimal(str(value)):,f}"
    text = (text.rstrip("0").rstrip(".") if "." in text else text).replace("-", "−")
    return text + (f" {unit}" if unit and unit != "%" else unit or "")


def amount(value: Number, currency: str) -> str:
    """Return an amount as the current language writes it."""
    return money.show(value, currency, language())


def sums(amounts: Mapping[str, Number]) -> str:
    """Return amounts of several currencies side by side, without adding them up."""
    return " + ".join(amount(money.rounded(value), currency) for currency, value in sorted(amounts.items()) if value)


def ago(days: int | None) -> str:
    """Return how long ago something was, in days; empty for never."""
    if days is None:
        return ""
    return plural("{n} day ago", "{n} days ago", days) if days > 0 else _("today")


def until(due: date, today: date) -> str:
    """Return how far away or how late a due date is."""
    days = (due - today).days
    if days < 0:
        return plural("{n} day late", "{n} days late", -days)
    if days == 0:
        return _("today")
    return plural("in {n} day", "in {n} days", days)
