"""The cells of tables of figures: values in words of the current language, by the kind of their column."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import TYPE_CHECKING, Any, NamedTuple

from crmtext.figures.tables_values import SIDES, at, currencies, rounded
from crmtext.i18n import _, bracketed
from crmtext.wording import numbers

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

    from crmtext.figures.tables import Column

#: In place of a missing value.
MISSING = "–"
#: A figure of fewer values is shown in grey.
_FEW = 3
#: From so many on, percentages have a decimal.
_MANY = 100


class Cell(NamedTuple):
    """A value in words."""

    text: str
    #: Whether it is computed from fewer than three values.
    few: bool = False
    #: The id of the customer that it names.
    customer: str = ""


class Head(NamedTuple):
    """A column of cells; `fixed` ones are never wrapped, `right` ones are numbers."""

    name: str
    label: str
    fixed: bool = False
    right: bool = False


class Grid(NamedTuple):
    """A table or list in words; the total is empty if there is none."""

    heads: tuple[Head, ...]
    rows: Sequence[tuple[Cell, ...]]
    total: tuple[Cell, ...] = ()


class ShownColumn(NamedTuple):
    """A column of a measure: how its cells are written."""

    head: Head
    column: Column
    #: Where the value is in that of the measure.
    path: tuple[str, ...]
    write: Callable[[Any, Mapping[str, Any]], Cell]
    #: Returns the number of a value, of which the change is shown; None for one that isn't a number.
    number: Callable[[Any], Any] | None = None
    #: Returns a difference of two numbers in words.
    difference: Callable[[Any], str] = str

    def value(self, values: Mapping[str, Any]) -> Any:
        """Return the value in those of a row."""
        return at(values, self.column, self.path)

    def cell(self, values: Mapping[str, Any] | None) -> Cell:
        """Return the cell of a row's values; of a missing one, a dash."""
        value = None if values is None else self.value(values)
        return Cell(MISSING) if value is None or values is None else self.write(value, values)


def word(column: Column, value: Any) -> str:
    """Return a value without parts in words; a missing one as a dash."""
    if value is None:
        return MISSING
    if column.kind == "change":
        before, after = (word(column._replace(kind=""), value[side]) for side in SIDES)
        return after if before == after else f"{before} → {after}"
    if column.word is not None:
        return column.word(value)
    if isinstance(value, list | tuple):
        return _(", ").join(word(column, one) for one in value)
    return _TEXTS.get(column.kind, _text)(value)


def _text(value: Any) -> str:
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(value, int | Decimal | Fraction):
        return _number(value)
    return value.isoformat() if isinstance(value, date) else " ".join(str(value).split())


def percent(share: Fraction, base: int) -> str:
    """Return a share of so many in percent: without decimals if they are fewer than 100."""
    return f"{round(100 * share)}%" if base < _MANY else f"{Decimal(rounded(100 * share, 1)):.1f}%"


def _points(difference: Fraction) -> str:
    """The difference of two shares, in percentage points."""
    return _("{n} pp").format(n=numbers.number(rounded(Fraction(100 * difference), 1)))


def _number(value: int | Decimal | Fraction) -> str:
    return numbers.number(value if isinstance(value, int) else rounded(value, 2))


def head(column: Column) -> Head:
    """Return the head of a column."""
    right = column.kind not in ("text", "date", "truth", "change")
    return Head(column.name, column.label, column.kind == "date" or column.name == "id", right)


def shown_columns(column: Column, values: Sequence[Mapping[str, Any]]) -> list[ShownColumn]:
    """Return the columns of a measure: one, or one for each currency."""
    own, kind, codes = head(column), column.kind, currencies(column, values)
    if kind == "money":
        return [
            ShownColumn(named, column, (code,), _amount(code), lambda value: value, _amount_text(code))
            for code, named in _by_currency(own, codes, several=len(codes) > 1)
        ] or [ShownColumn(own, column, (), lambda _value, _row: Cell(MISSING))]
    if kind == "averages":
        return [
            ShownColumn(named, column, (code,), _average(code), lambda value: value["average"], _amount_text(code))
            for code, named in _by_currency(own, codes, several=len(codes) > 1)
        ] or [ShownColumn(own, column, (), lambda _value, _row: Cell(MISSING))]
    if kind == "wins":
        rate = (lambda value: value["rate"], _points)
        rates = (
            ShownColumn(named, column, ("amount", code), _won_amount(column, code), *rate)
            for code, named in _by_currency(own, codes, several=True)
        )
        return [ShownColumn(own, column, (), _wins, *rate), *rates]
    if kind in _WRITERS:
        return [ShownColumn(own, column, (), *_WRITERS[kind])]
    if kind == "rate":
        return [ShownColumn(own, column, (), _rate(column), lambda value: value, _points)]
    number = (lambda value: value) if kind in ("number", "decimal") else None
    return [ShownColumn(own, column, (), lambda value, _row: Cell(word(column, value)), number, _number)]


def _by_currency(head: Head, codes: Iterable[str], *, several: bool) -> Iterator[tuple[str, Head]]:
    for code in codes:
        label = f"{head.label} {code}" if several else head.label
        yield code, head._replace(name=f"{head.name}_{code}", label=label)


def _amount_text(code: str) -> Callable[[Any], str]:
    return lambda value: numbers.amount(rounded(Decimal(value) if isinstance(value, int) else value, 2), code)


def _amount(code: str) -> Callable[[Any, Mapping[str, Any]], Cell]:
    write = _amount_text(code)
    return lambda value, _row: Cell(write(value))


def _average(code: str) -> Callable[[Any, Mapping[str, Any]], Cell]:
    write = _amount_text(code) if code else lambda value: f"{Decimal(rounded(Fraction(value), 2)):.2f}"
    return lambda value, _row: _with_n(write, value["average"], value["n"])


def _with_n(write: Callable[[Any], str], average: Any, n: int) -> Cell:
    return Cell(MISSING if average is None else bracketed(write(average), f"n={n:,}"), n < _FEW)


def _days(value: Mapping[str, Any], _row: Mapping[str, Any]) -> Cell:
    if value["median"] is None:
        return Cell(MISSING)
    ninth = [f"p90 {_number(value['p90'])}"] if value.get("p90") is not None else []
    return Cell(bracketed(_number(value["median"]), _(", ").join((*ninth, f"n={value['n']:,}"))), value["n"] < _FEW)


def _rate(column: Column) -> Callable[[Any, Mapping[str, Any]], Cell]:
    def write(value: Fraction, row: Mapping[str, Any]) -> Cell:
        base = row.get(column.base) if column.base else None
        return Cell(percent(value, base or 0), base is not None and base < _FEW)

    return write


def _answers(value: Mapping[str, Any], _row: Mapping[str, Any]) -> Cell:
    tried = value["attempts"]
    return _share(value["rate"], str(tried - value["no_answer"]), str(tried), tried)


def _wins(value: Mapping[str, Any], _row: Mapping[str, Any]) -> Cell:
    closed = value["won"] + value["lost"]
    return _share(value["rate"], str(value["won"]), str(closed), closed)


def _won_amount(column: Column, code: str) -> Callable[[Any, Mapping[str, Any]], Cell]:
    def write(value: Mapping[str, Any], row: Mapping[str, Any]) -> Cell:
        won, lost = (Decimal(value[name] or 0) for name in ("won", "lost"))
        deals = row[column.name]["won"] + row[column.name]["lost"]
        return _share(value["rate"], _amount_text(code)(won), _amount_text(code)(won + lost), deals)

    return write


def _share(rate: Fraction | None, part: str, whole: str, base: int) -> Cell:
    return Cell(MISSING) if rate is None else Cell(bracketed(percent(rate, base), f"{part}/{whole}"), base < _FEW)


#: How the values of a kind are written, the number of which changes are shown, and how they are written.
_WRITERS: dict[str, Any] = {
    "average": (
        _average(""),
        lambda value: value["average"],
        lambda value: f"{Decimal(rounded(Fraction(value), 2)):.2f}",
    ),
    "days": (_days, lambda value: value["median"], _number),
    "answers": (_answers, lambda value: value["rate"], _points),
}
#: How values of other kinds are written where they stand alone.
_TEXTS: dict[str, Callable[[Any], str]] = {
    "money": lambda value: numbers.sums(value) or next((numbers.amount(0, code) for code in value), MISSING),
    "rate": lambda value: percent(value, 0),
}
