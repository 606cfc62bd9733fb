"""Figures of many values: number, sum, mean, median and shares, all exact."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING, Any

from crmtext.values.money import decimal, total

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from decimal import Decimal


def _average(values: Sequence[Any]) -> dict[str, Any]:
    return {"average": Fraction(sum(map(Fraction, values))) / len(values) if values else None, "n": len(values)}


def _averages(values: Sequence[Any]) -> dict[str, Any]:
    amounts: dict[str, list[Decimal]] = {}
    for currency, amount in values:
        amounts.setdefault(currency, []).append(amount)
    return {currency: _average(amounts[currency]) for currency in sorted(amounts)}


def spread(values: Sequence[int]) -> dict[str, Any]:
    """Return the median and the 90th percentile of numbers, and how many there are."""
    ranked = sorted(values)
    n = len(ranked)
    if not n:
        return {"median": None, "p90": None, "n": 0}
    median = Fraction(ranked[(n - 1) // 2] + ranked[n // 2], 2)
    return {"median": median, "p90": ranked[(9 * n + 9) // 10 - 1], "n": n}


def _answers(values: Sequence[bool]) -> dict[str, Any]:
    attempts, missed = len(values), sum(values)
    return {"attempts": attempts, "no_answer": missed, "rate": 1 - Fraction(missed, attempts) if attempts else None}


def _wins(values: Sequence[tuple[str, str, Decimal | None]]) -> dict[str, Any]:
    won = sum(stage == "won" for stage, _currency, _amount in values)
    sums = {
        name: total((currency, amount) for stage, currency, amount in values if stage == name and amount is not None)
        for name in ("won", "lost")
    }
    amounts = {
        currency: _share(*(sums[name].get(currency, decimal(0)) for name in ("won", "lost")))
        for currency in sorted({*sums["won"], *sums["lost"]})
    }
    return {**_share(won, len(values) - won), "amount": amounts}


def _share(won: Any, lost: Any) -> dict[str, Any]:
    return {"won": won, "lost": lost, "rate": Fraction(won) / Fraction(won + lost) if won + lost else None}


#: How the values of each kind become a figure.
FIGURES: Mapping[str, Callable[[Sequence[Any]], Any]] = {
    "number": len,
    "money": lambda values: total((currency, amount) for currency, amount in values if amount is not None),
    "average": _average,
    "averages": _averages,
    "days": spread,
    "answers": _answers,
    "wins": _wins,
}
