"""Tables and lists of figures in words of the current language: for a terminal, as Markdown, and for pages."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import TYPE_CHECKING, Any, NamedTuple

from crmtext import answer
from crmtext.figures.tables import Column, FigureTable, Row
from crmtext.figures.tables_values import SIDES, at, currencies, every_value, listed, rounded, rows_of
from crmtext.i18n import _, bracketed, plural
from crmtext.values import lazy
from crmtext.wording import markdown, numbers

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

    from crmtext.figures.tables import FigureList

#: In place of a missing value.
MISSING = "–"
#: A figure of fewer values is shown in grey.
_FEW = 3
#: From so many on, percentages have a decimal.
_MANY = 100
#: Escapes of what would begin a list or heading, which no cell of a table does.
_LIST = lazy.pattern(r"^(\d*)\\([-+=.)])")


class Cell(NamedTuple):
    """A value in words."""

    text: str
    #: Whether it is computed from fewer than three values.
    few: bool = False


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


class _Shown(NamedTuple):
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
        return at(values, self.column, self.path)

    def cell(self, values: Mapping[str, Any] | None) -> Cell:
        value = None if values is None else self.value(values)
        return Cell(MISSING) if value is None or values is None else self.write(value, values)


def grid(part: FigureTable | FigureList) -> Grid:
    """Return a table or list in words."""
    if not isinstance(part, FigureTable):
        columns = listed(part)
        heads = tuple(_head(column) for column in columns)
        return Grid(heads, [tuple(Cell(_listed(one, item)) for one in columns) for item in part.items])
    values = every_value(part)
    shown = [one for column in part.measures for one in _shown(column, values)]
    groups = [_head(column) for column in part.by]
    if part.period:
        groups.append(Head("period", _("Period"), fixed=True))
    heads = (*groups, *(head for one in shown for head in _heads(one, part)))
    rows = [(*_groups(row, part), *_cells(row, shown, part)) for row in rows_of(part)]
    if not groups or not part.total:
        return Grid(heads, rows)
    first = (Cell(_("Total")), *(Cell("") for _group in groups[1:]))
    return Grid(heads, rows, (*first, *_cells(Row((), part.total, None, part.total_before), shown, part)))


def _heads(one: _Shown, table: FigureTable) -> Iterator[Head]:
    yield one.head
    if table.compare:
        yield Head(f"{one.head.name}_before", table.compare.isoformat(), right=one.head.right)
        if one.number:
            yield Head(f"{one.head.name}_change", _("Change"), right=True)


def _cells(row: Row, shown: Iterable[_Shown], table: FigureTable) -> Iterator[Cell]:
    for one in shown:
        yield one.cell(row.values)
        if table.compare:
            yield one.cell(row.before)
            if one.number:
                yield Cell(_change(one, row))


def _change(one: _Shown, row: Row) -> str:
    now, then = (None if values is None else one.value(values) for values in (row.values, row.before))
    pair = [None if value is None or one.number is None else one.number(value) for value in (now, then)]
    if pair[0] is None or pair[1] is None:
        return MISSING
    change = pair[0] - pair[1]
    return f"+{one.difference(change)}" if change > 0 else one.difference(change).replace("-", "−", 1)


def notes(part: FigureTable | FigureList) -> tuple[str, ...]:
    """Return what a reader of a table or list must know, one line each."""
    if not isinstance(part, FigureTable):
        return part.notes
    lines = list(part.notes)
    if part.data_since:
        lines.append(_("data since {date}").format(date=part.data_since))
    if part.overlap:
        lines.append(_("a customer can be in several rows, so the rows can add up to more than the total"))
    if n := part.without_amount:
        lines.append(plural("{n} item without an amount is in no sum", "{n} items without an amount are in no sum", n))
    return tuple(lines)


def terminal(part: FigureTable | FigureList, document: Mapping[str, Any], note: str = "") -> answer.Table:
    """Return a table or list for a terminal, with its JSON document; the notes go to stderr."""
    own = grid(part)
    heads = tuple(answer.Column(head.name, head.label, head.fixed, head.right) for head in own.heads)
    rows = (*own.rows, own.total) if own.total else own.rows
    cells = tuple(tuple(cell.text for cell in row) for row in rows)
    return answer.Table(heads, cells, document, "\n".join(filter(None, (*notes(part), note))))


def as_markdown(part: FigureTable | FigureList) -> str:
    """Return a table or list as a Markdown table, the total in bold, without its title and notes."""
    own = grid(part)
    lines = [
        _line(_escaped(head.label) for head in own.heads),
        _line("---:" if head.right else "---" for head in own.heads),
        *(_line(_escaped(cell.text) for cell in row) for row in own.rows),
    ]
    if own.total:
        lines.append(_line(f"**{_escaped(cell.text)}**" if cell.text else "" for cell in own.total))
    return "".join(lines)


def _escaped(text: str) -> str:
    return _LIST.sub(r"\1\2", markdown.escape(text))


def _line(cells: Iterable[str]) -> str:
    return f"| {' | '.join(cells)} |\n"


def _groups(row: Row, table: FigureTable) -> Iterator[Cell]:
    for column, value in zip(table.by, row.group, strict=True):
        yield Cell(_("not set") if value is None else word(column, value))
    if table.period:
        yield Cell(_period(row.period, table.so_far))


def _period(name: str | None, so_far: str) -> str:
    if name is None:
        return _("no date")
    if name == "past":
        return _("before today")
    return bracketed(name, _("so far")) if name == so_far else name


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


def _listed(column: Column, item: Mapping[str, Any]) -> str:
    """A value of a list; a missing one is empty, because dashes in most cells would hide the others."""
    value = item.get(column.name)
    return "" if value is None or value is False or value in ("", [], ()) else word(column, value)


def percent(share: Fraction, base: int) -> str:
    """Return a share of so many in percent: without decimals if they are fewer than 100."""
    return f"{round(100 * share)}%" if base < _MANY else f"{Decimal(rounded(100 * share, 1)):.1f}%"


def _points(difference: Fraction) -> str:
    """The difference of two shares, in percentage points."""
    return _("{n} pp").format(n=numbers.number(rounded(Fraction(100 * difference), 1)))


def _number(value: int | Decimal | Fraction) -> str:
    return numbers.number(value if isinstance(value, int) else rounded(value, 2))


def _head(column: Column) -> Head:
    right = column.kind not in ("text", "date", "truth", "change")
    return Head(column.name, column.label, column.kind == "date" or column.name == "id", right)


def _shown(column: Column, values: Sequence[Mapping[str, Any]]) -> list[_Shown]:
    """The columns of a measure: one, or one for each currency."""
    head, kind, codes = _head(column), column.kind, currencies(column, values)
    if kind == "money":
        return [
            _Shown(named, column, (code,), _amount(code), lambda value: value, _amount_text(code))
            for code, named in _by_currency(head, codes, several=len(codes) > 1)
        ] or [_Shown(head, column, (), lambda value, _row: Cell(_number(value)))]
    if kind == "averages":
        return [
            _Shown(named, column, (code,), _average(code), lambda value: value["average"], _amount_text(code))
            for code, named in _by_currency(head, codes, several=len(codes) > 1)
        ] or [_Shown(head, column, (), lambda _value, _row: Cell(MISSING))]
    if kind == "wins":
        rates = (
            _Shown(named, column, ("amount", code), _won_amount(column, code), lambda value: value["rate"], _points)
            for code, named in _by_currency(head, codes, several=True)
        )
        return [_Shown(head, column, (), _wins, lambda value: value["rate"], _points), *rates]
    if kind in _WRITERS:
        return [_Shown(head, column, (), *_WRITERS[kind])]
    if kind == "rate":
        return [_Shown(head, column, (), _rate(column), lambda value: value, _points)]
    number = (lambda value: value) if kind in ("number", "decimal") else None
    return [_Shown(head, column, (), lambda value, _row: Cell(word(column, value)), number, _number)]


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
    "money": lambda value: numbers.sums(value) or "0",
    "rate": lambda value: percent(value, 0),
}
