"""Tables and lists of figures as values: in columns with one value each for spreadsheets, and as JSON."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import TYPE_CHECKING, Any, NamedTuple

from crmtext import answer
from crmtext.figures.tables import Column, FigureTable, Row
from crmtext.i18n import N_, _

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from crmtext.figures.tables import FigureList

#: A single value; None is missing.
Plain = str | int | Decimal | bool | None

#: The numbers in the values of a kind, the main one first.
NUMBERS = {"average": ("average", "n"), "days": ("median", "p90", "n"), "answers": ("rate", "attempts", "no_answer")}
#: The same for each currency.
_OF_CURRENCIES = {"averages": ("average", "n"), "wins": ("rate", "won", "lost")}
_NUMERIC = ("number", "decimal", "rate", "money")
#: Kinds whose decimals are amounts.
_AMOUNTS = ("money", "averages", "wins")
#: The two moments of a change, in words.
SIDES = {"before": N_("before"), "after": N_("after")}


class Part(NamedTuple):
    """A column with a single value in each row."""

    name: str
    label: str
    #: The kind of its cells: `number`, `text`, `date` or `truth`.
    kind: str
    of: Callable[[Row], Plain]
    #: The column and its value before it is a text: what a cell for people is written from; None for numbers.
    column: Column | None = None
    raw: Callable[[Row], Any] | None = None
    is_group: bool = False


class Sheet(NamedTuple):
    """A table or list in columns with a single value in each row."""

    parts: tuple[Part, ...]
    rows: Sequence[Row]
    #: How many of the parts are groups and periods, the first ones.
    keys: int = 0

    def cells(self) -> Iterator[tuple[Plain, ...]]:
        """Yield the values of each row."""
        return (tuple(part.of(row) for part in self.parts) for row in self.rows)


def sheet(part: FigureTable | FigureList) -> Sheet:
    """Return a table or list in columns with a single value in each row, without the total.

    A table without groups and periods has one row, its total.
    """
    if not isinstance(part, FigureTable):
        rows = [Row((), item) for item in part.items]
        columns = tuple(one for column in listed(part) for one in _spread(column, part.items, absent=None))
        return Sheet(columns, rows)
    of_periods = (
        [Part("period", _("Period"), "text", lambda row: row.period, None, lambda row: row.period)]
        if part.period
        else []
    )
    groups = [own for at, one in enumerate(part.by) for own in _of_group(at, one)]
    measures = (one for column in part.measures for one in _of_measure(column, part))
    return Sheet((*groups, *of_periods, *measures), rows_of(part), len(groups) + len(of_periods))


def rows_of(table: FigureTable) -> Sequence[Row]:
    """Return the rows of a table; of one without groups and periods its total."""
    return table.rows if table.by or table.period else [Row((), table.total, None, table.total_before)]


def every_value(table: FigureTable) -> list[Mapping[str, Any]]:
    """Return the values of each row and the total, also those compared with."""
    values = (pair for row in table.rows for pair in (row.values, row.before))
    return [one for one in (*values, table.total, table.total_before) if one]


def listed(part: FigureList) -> tuple[Column, ...]:
    """Return the columns of a list with those of the customer."""
    names = {column.name for column in part.columns}
    own = (Column("id", _("ID")), Column("name", _("Customer")))
    return (*(column for column in own if column.name not in names), *part.columns)


def currencies(column: Column, rows: Iterable[Mapping[str, Any]]) -> list[str]:
    """Return the currencies of a measure, sorted by code; none of one that has no amounts."""
    if column.kind not in _AMOUNTS:
        return []
    values = (row.get(column.name) or {} for row in rows)
    return sorted({code for value in values for code in (value.get("amount", {}) if column.kind == "wins" else value)})


def values_table(part: FigureTable | FigureList) -> answer.Table:
    """Return a table or list for a text file: headers are names, and cells are values."""
    own = sheet(part)
    heads = tuple(answer.Column(one.name, one.name, right=one.kind == "number") for one in own.parts)
    return answer.Table(heads, tuple(tuple(map(as_text, row)) for row in own.cells()))


def as_text(value: Plain) -> str:
    """Return a value as text that is the same in every language."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    return f"{value:f}" if isinstance(value, Decimal) else str(value)


def _of_measure(column: Column, table: FigureTable) -> Iterator[Part]:
    parts = list(_spread(column, every_value(table)))
    yield from parts
    if not table.compare:
        return
    for one in parts:
        label = _("{measure} on {date}").format(measure=one.label, date=table.compare)
        yield Part(f"{one.name}_before", label, one.kind, _earlier(one), one.column, _earlier_raw(one))
    if parts[0].kind == "number":
        label = _("{measure}: change").format(measure=parts[0].label)
        yield Part(f"{parts[0].name}_change", label, "number", _change(parts[0]))


def _spread(column: Column, rows: Sequence[Mapping[str, Any]], absent: int | None = 0) -> Iterator[Part]:
    """Yield the columns of a measure; a sum without amounts in a currency is `absent`."""
    for path, suffix in _paths(column, rows):
        # Currencies and `n` are the same words in each language.
        name, label = (
            "_".join((column.name, *suffix)),
            " ".join((column.label, *(_(SIDES[one]) if one in SIDES else one for one in suffix))),
        )
        kind = _kind(column) if not path or path[-1] in SIDES else "number"
        yield Part(name, label, kind, _value(column, path, absent), *_words(column, path, kind))


def _words(column: Column, path: tuple[str, ...], kind: str) -> tuple[Column | None, Callable[[Row], Any] | None]:
    """The column and its values from which cells for people are written; None for numbers."""
    if kind != "text":
        return None, None
    return column._replace(kind=""), lambda row: at(row.values, column, path)


def _of_change(column: Column, rows: Sequence[Mapping[str, Any]]) -> Iterator[tuple[str, ...]]:
    """Yield the path of each value at the two moments of a change: of amounts, one for each currency."""
    for side in SIDES:
        values = [(row.get(column.name) or {}).get(side) for row in rows]
        codes = sorted({code for value in values if isinstance(value, Mapping) for code in value})
        yield from ((side, code) for code in codes) if codes else [(side,)]


def _paths(column: Column, rows: Sequence[Mapping[str, Any]]) -> Iterator[tuple[tuple[str, ...], tuple[str, ...]]]:
    """Yield the path of each number in the values of a column, and what the column's name gets for it."""
    kind = column.kind
    if kind == "change":
        yield from ((path, path) for path in _of_change(column, rows))
        return
    codes = currencies(column, rows)
    for at, name in enumerate(NUMBERS.get(kind, _OF_CURRENCIES["wins"] if kind == "wins" else ())):
        if name != "p90" or any("p90" in (row.get(column.name) or {}) for row in rows):
            yield (name,), (name,) if at else ()
    for code in codes:
        if kind == "money":
            yield (code,), (code,)
        for at, name in enumerate(_OF_CURRENCIES.get(kind, ())):
            yield (("amount",) if kind == "wins" else ()) + (code, name), (code, name) if at else (code,)
    if not codes and kind not in (*NUMBERS, "wins"):
        yield (), ()


def _kind(column: Column) -> str:
    return "number" if column.kind in _NUMERIC else column.kind if column.kind in ("date", "truth") else "text"


def _value(column: Column, path: tuple[str, ...], absent: int | None) -> Callable[[Row], Plain]:
    return lambda row: _single(at(row.values, column, path, absent), column.kind)


def at(values: Mapping[str, Any], column: Column, path: tuple[str, ...], absent: int | None = 0) -> Any:
    """Return one of the numbers in the value of a column; None if it is missing."""
    value = values.get(column.name)
    if column.kind == "money" and value is not None:
        # The sum of no amounts is zero.
        return value.get(path[0], absent) if path else absent
    for step in path:
        value = None if value is None else value.get(step)
    return value or None if isinstance(value, Mapping) else value


def _group(place: int, column: Column) -> Callable[[Row], Plain]:
    return lambda row: _single(row.group[place], column.kind)


def _of_group(place: int, column: Column) -> Iterator[Part]:
    if column.name != "id" or column.word is None:
        raw = None if _kind(column) == "number" and column.word is None else lambda row: row.group[place]
        yield Part(column.name, column.label, _kind(column), _group(place, column), column, raw, is_group=True)
        return
    # The words of an id are the customer's name: both are needed, as in lists.
    name = column.word
    yield Part("id", _("ID"), "text", _group(place, column))
    yield Part("name", _("Customer"), "text", lambda row: name(row.group[place]))


def _earlier(one: Part) -> Callable[[Row], Plain]:
    return lambda row: None if row.before is None else one.of(row._replace(values=row.before))


def _earlier_raw(one: Part) -> Callable[[Row], Any] | None:
    raw = one.raw
    return raw and (lambda row: None if row.before is None else raw(row._replace(values=row.before)))


def _change(one: Part) -> Callable[[Row], Plain]:
    before = _earlier(one)

    def change(row: Row) -> Plain:
        now, then = one.of(row), before(row)
        return None if now is None or then is None else now - then  # type: ignore[operator]

    return change


def _single(value: Any, kind: str) -> Plain:
    """A value without parts; a list as one text."""
    result = value_document(value, kind)
    return "; ".join(map(str, result)) if isinstance(result, list) else result


def value_document(value: Any, kind: str = "text") -> Any:
    """Return a value for JSON: amounts with 2 places, other fractions with 4, rounded half-even."""
    if isinstance(value, Mapping):
        return {name: value_document(one, kind) for name, one in value.items()}
    if isinstance(value, list | tuple):
        return [value_document(one, kind) for one in value]
    if isinstance(value, Decimal):
        return rounded(value, 2 if kind in (*_AMOUNTS, "change") else 4)
    if isinstance(value, Fraction):
        return rounded(value, 2 if kind in ("money", "averages") else 4)
    return value.isoformat() if isinstance(value, date) else value


def rounded(value: Decimal | Fraction, places: int) -> int | Decimal:
    """Return a number with at most so many places, rounded half-even, without zeros at its end."""
    if isinstance(value, Fraction):
        result = round(value, places)
        number = Decimal(result.numerator) / result.denominator
    else:
        # A number with fewer places stays as it is, also one that is too large to round.
        number = round(value, places) if -int(value.as_tuple().exponent) > places else value
    return int(number) if number == number.to_integral_value() else number.normalize()


def table_document(table: FigureTable) -> dict[str, Any]:
    """Return the JSON document of a table."""
    kinds = {column.name: column.kind for column in table.measures}

    def values(given: Mapping[str, Any]) -> dict[str, Any]:
        return {name: value_document(given.get(name), kind) for name, kind in kinds.items()}

    def row(one: Row) -> dict[str, Any]:
        groups = {column.name: value_document(value) for column, value in zip(table.by, one.group, strict=True)}
        result = {"group": groups, "period": one.period, "values": values(one.values)}
        return result | ({"before": None if one.before is None else values(one.before)} if table.compare else {})

    before = values(table.total_before) if table.total_before else None
    return {
        "by": [column.name for column in table.by],
        "measures": [column.name for column in table.measures],
        "period": table.period or None,
        "since": table.since,
        "until": table.until,
        "rows": [row(one) for one in rows_of(table)],
        "total": values(table.total) if table.total else None,
        **({"total_before": before} if table.compare else {}),
        "overlap": table.overlap,
        "without_amount": table.without_amount,
        **({"data_since": table.data_since} if table.data_since else {}),
        **({"compare": {"date": table.compare, "commit": table.compare_commit or None}} if table.compare else {}),
    }


def list_document(part: FigureList) -> list[dict[str, Any]]:
    """Return the JSON array of a list: objects with `id` and `name`."""
    columns = listed(part)
    return [{one.name: value_document(item.get(one.name), one.kind) for one in columns} for item in part.items]
