"""The order of rows."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from crmtext.figures.tables import Column, Row

#: The number of a figure that rows are sorted by; that of other kinds is the figure itself.
_MAIN = {"average": "average", "days": "median", "answers": "rate", "wins": "rate"}
#: A sort key for large numbers first.
_Weight = tuple[Fraction, ...]


def ordered(
    rows: Sequence[Row], ranks: Sequence[Callable[[Any], Any] | None], measure: Column, currency: str
) -> Sequence[Row]:
    """Return the rows of one period in order, key by key: by a rank if the key has one, else largest first.

    A value of the first keys is as large as its rows together. *Not set* comes last, and ties are sorted by value.
    """
    if len(rows) < 2 or not ranks:
        return rows
    weigh = _weigher(rows, measure, currency)
    together: dict[tuple[Any, ...], _Weight] = {}
    is_sum = measure.kind in ("number", "money")
    for row in rows:
        weight = weigh(row)
        for size in range(1, len(ranks) + 1):
            before = together.get(row.group[:size])
            if before is not None:
                weight_here = tuple(map(sum, zip(before, weight, strict=True))) if is_sum else max(before, weight)
            else:
                weight_here = weight
            together[row.group[:size]] = tuple(map(Fraction, weight_here))

    def key(row: Row) -> list[Any]:
        result: list[Any] = []
        for at, rank in enumerate(ranks):
            value = row.group[at]
            if value is None:
                result.append((1,))
            elif rank:
                result.append((0, rank(value)))
            else:
                weight = together[row.group[: at + 1]]
                result.append((0, tuple(-part for part in weight), _comparable(value)))
        return result

    return sorted(rows, key=key)


def _weigher(rows: Sequence[Row], measure: Column, currency: str) -> Callable[[Row], _Weight]:
    """Return a function from a row to its size: a number, or the amount of each currency, that of the store first."""
    kind, name = measure.kind, measure.name
    codes = sorted({code for row in rows for code in row.values[name] or ()}) if kind in ("money", "averages") else []
    codes.sort(key=lambda code: code != currency)

    def weigh(row: Row) -> _Weight:
        figure = row.values[name]
        if kind == "money":
            return tuple(Fraction((figure or {}).get(code, 0)) for code in codes)
        if kind == "averages":
            averages = ((figure or {}).get(code, {}).get("average") for code in codes)
            return tuple(_size(average) for average in averages)
        return (_size(figure[_MAIN[kind]] if figure and kind in _MAIN else figure),)

    return weigh


def _size(number: Any) -> Fraction:
    """A number as a sort key; a missing one is the smallest, as no figure is negative but sums."""
    return Fraction(-1) if number is None else Fraction(number)


def _comparable(value: Any) -> tuple[int, Any]:
    return (0, Fraction(value)) if isinstance(value, bool | int | Decimal) else (1, str(value))
