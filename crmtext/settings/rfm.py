"""Problems of `[rfm]`: its limits and its window. Unknown modes are found with the other choices."""

from __future__ import annotations

import re
from decimal import Decimal
from itertools import pairwise
from math import isfinite
from typing import TYPE_CHECKING, Any

from crmtext.i18n import _
from crmtext.settings.problems import setting_problem, wrong_type
from crmtext.values.standards import currencies

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from crmtext.problem import Problem

#: Scores go from 1 to 5, so four limits part them.
_LIMITS = 4
_EXAMPLES = {"recency": "[30, 90, 180, 365]", "frequency": "[2, 4, 6, 12]"}
_MONEY = "[10000, 50000, 100000, 500000]"


def problems(text: str, content: Mapping[str, Any]) -> Iterator[Problem]:
    """Yield the problems of the limits, and of a window without days."""
    if content.get("window_days") == 0:
        message = _("window_days must be at least 1")
        yield setting_problem(text, "window_days", "rfm", message, _("a year is 365"))
    for key, example in _EXAMPLES.items():
        if key in content:
            yield from _limits(text, "rfm", key, content[key], example)
    money = content.get("monetary", {})
    if not isinstance(money, dict):
        message = _("monetary must be a table of limits for each currency")
        yield setting_problem(text, "monetary", "rfm", message, f"monetary = {{ CNY = {_MONEY} }}")
        return
    for code, limits in money.items():
        meant = currencies.code_of(code)
        if not re.fullmatch("[A-Z]{3}", code) or (meant and meant != code):
            hint = _("use {value}").format(value=meant) if meant else _("use the three-letter code: CNY, EUR, USD")
            message = _("'{name}' is not a currency").format(name=code)
            yield setting_problem(text, code, "rfm.monetary", message, hint)
        else:
            yield from _limits(text, "rfm.monetary", code, limits, _MONEY, whole=False)


def _limits(text: str, table: str, key: str, limits: Any, example: str, *, whole: bool = True) -> Iterator[Problem]:
    hint = f"{key} = {example}"
    if not isinstance(limits, list) or not all(_is_limit(limit, whole=whole) for limit in limits):
        yield wrong_type(text, key, table, limits, _("a list of numbers"))._replace(hint=hint)
    elif len(limits) != _LIMITS:
        message = _("{key} has {n} limits, and the scores 1 to 5 need 4").format(key=key, n=len(limits))
        yield setting_problem(text, key, table, message, hint)
    elif fallen := next(((low, high) for low, high in pairwise(limits) if low >= high), None):
        low, high = fallen
        message = _("the limits of {key} must rise, but {high} follows {low}").format(key=key, low=low, high=high)
        yield setting_problem(text, key, table, message, hint)


def _is_limit(value: Any, *, whole: bool) -> bool:
    number = isinstance(value, int if whole else int | float) and not isinstance(value, bool)
    return number and isfinite(value) and value >= 0


def money_limits(given: Mapping[str, Any]) -> dict[str, tuple[Decimal, ...]]:
    """Return the limits of amounts by currency, exactly as written."""
    return {code: tuple(Decimal(str(limit)) for limit in limits) for code, limits in given.items()}
