"""Amounts of money: exact, formatted for people, and never summed across currencies."""

from __future__ import annotations

import re
import unicodedata
from decimal import Decimal
from typing import TYPE_CHECKING

from crmtext.i18n import _
from crmtext.problem import usage
from crmtext.values import lazy

if TYPE_CHECKING:
    from collections.abc import Iterable

_SIGNS = {"CNY": "¥", "USD": "$", "EUR": "€", "GBP": "£", "HKD": "HK$"}
_UNITS = {
    "": 1, "千": 1_000, "k": 1_000, "万": 10_000, "w": 10_000, "百万": 1_000_000, "m": 1_000_000, "mn": 1_000_000,
    "million": 1_000_000, "千万": 10_000_000, "亿": 100_000_000,
}  # fmt: skip
_AMOUNT = lazy.pattern(
    r"(-(?!.*-))?(?:人民币|rmb|cny|[¥$€£])?(-?\d+(?:\.\d+)?)(百万|千万|million|mn|[千万亿kwm]?)(?:元|块钱?)?",
    re.IGNORECASE,
)
_CENT = Decimal("0.01")
#: The units of Chinese tables, largest first.
_CHINESE_STEPS = ((Decimal(100_000_000), "亿"), (Decimal(10_000), "万"))


def decimal(value: int | float | str) -> Decimal:
    """Return the exact amount of a number or a text such as `1,234.50`, `￥50万`, `1.2亿元`, `50k`."""
    if not isinstance(value, str):
        return Decimal(str(value))
    # A comma or blank separates thousands, in China also 万; between other digits it separates two numbers.
    # The minus sign of texts for people can be typed back.
    plain = unicodedata.normalize("NFKC", value).replace("\u2212", "-")
    compact = re.sub(r"(?<=\d)[\s,](?=\d{3,4}(?!\d))", "", plain)
    compact = re.sub(r"(?<!\d)[\s,]+|\s+(?!\d)", "", compact)
    if not (match := _AMOUNT.fullmatch(compact)):
        raise usage(
            "amount-format",
            _("'{value}' is not an amount").format(value=value),
            _("use one number: 50000, 50k, 1234.50"),
        )
    return Decimal(f"{match[1] or ''}{match[2]}") * _UNITS[match[3].lower()]


def rounded(amount: int | float | Decimal) -> Decimal:
    """Return the amount with at most two decimals, rounded half to even."""
    exact = amount if isinstance(amount, Decimal) else decimal(amount)
    # Amounts with fewer decimals stay as written, also ones that are too large to round.
    return exact.quantize(_CENT) if int(exact.as_tuple().exponent) < int(_CENT.as_tuple().exponent) else exact


def show(amount: int | float | Decimal, currency: str, language: str) -> str:
    """Return the amount as text: `¥1,280,000`, in Chinese `¥128万` if that is exact."""
    exact = amount if isinstance(amount, Decimal) else decimal(amount)
    sign = _SIGNS.get(currency, f"{currency} ")
    number = _chinese(abs(exact)) if language == "zh" else _grouped(abs(exact))
    return f"{'−' if exact < 0 else ''}{sign}{number}"


def _chinese(amount: Decimal) -> str:
    for step, unit in _CHINESE_STEPS:
        scaled = amount / step
        if scaled >= 1 and scaled == round(scaled, 2):
            return f"{scaled.normalize():,f}{unit}"
    return _grouped(amount)


def _grouped(amount: Decimal) -> str:
    # normalize() alone would write a hundred as 1E+2; format "f" undoes that.
    number = f"{amount.normalize():,f}"
    return number + "0" if re.search(r"\.\d$", number) else number


def total(items: Iterable[tuple[str, Decimal]]) -> dict[str, Decimal]:
    """Return the sum of each currency, sorted by currency code."""
    sums: dict[str, Decimal] = {}
    for currency, amount in items:
        sums[currency] = sums.get(currency, Decimal(0)) + amount
    return dict(sorted(sums.items())) if len(sums) > 1 else sums
