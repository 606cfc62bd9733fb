"""Tables and lists of figures in words of the current language: for a terminal, as Markdown, and for pages."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol

from crmtext import answer
from crmtext.figures.tables import Column, FigureTable, Row
from crmtext.figures.tables_cells import MISSING, Cell, Grid, Head, ShownColumn, head, shown_columns, word
from crmtext.figures.tables_matrix import crosses, matrix
from crmtext.figures.tables_values import every_value, listed, rounded, rows_of
from crmtext.i18n import _, bracketed, plural
from crmtext.values import lazy
from crmtext.wording import markdown, numbers

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

    from crmtext.figures.tables import FigureList

#: In up to so many columns, the values compared with have columns of their own; in more, no row could be read.
_APART = 2
#: The units of values that are shares.
_UNITS = {"answers": "rate", "wins": "rate"}
#: Escapes of what would begin a list or heading, which no cell of a table does.
_LIST = lazy.pattern(r"^(\d*)\\([-+=.)])")


class _Words(Protocol):
    """A grid, or what has its parts."""

    @property
    def heads(self) -> tuple[Head, ...]: ...
    @property
    def rows(self) -> Sequence[tuple[Cell, ...]]: ...
    @property
    def total(self) -> tuple[Cell, ...]: ...


def grid(part: FigureTable | FigureList) -> Grid:
    """Return a table or list in words."""
    if not isinstance(part, FigureTable):
        columns = listed(part)
        heads = tuple(head(column) for column in columns)
        cells = [_in_list(column) for column in columns]
        return Grid(heads, [tuple([cell(item) for cell in cells]) for item in part.items])
    values = every_value(part)
    shown = [one for column in part.measures for one in shown_columns(column, values)]
    groups = [head(column) for column in part.by]
    if part.period:
        groups.append(Head("period", _("Period"), fixed=True))
    if crosses(part, shown):
        return matrix(part, shown[0], [tuple(_groups(row, part)) for row in rows_of(part)])
    apart = len(shown) <= _APART
    heads = (*groups, *(head for one in shown for head in _heads(one, part, apart=apart)))
    rows = [(*_groups(row, part), *_cells(row, shown, part, apart=apart)) for row in rows_of(part)]
    # Figures of moments are not summed over periods.
    moments = [one.column.name for one in shown if one.column.is_moment and part.period]
    if not groups or not part.total or len(moments) == len(shown):
        return Grid(heads, rows)
    first = (Cell(_("Total")), *(Cell("") for _group in groups[1:]))
    none = dict.fromkeys(moments)
    total = Row((), {**part.total, **none}, None, part.total_before and {**part.total_before, **none})
    return Grid(heads, rows, (*first, *_cells(total, shown, part, apart=apart)))


class Series(NamedTuple):
    """A column of numbers for a chart."""

    #: The name of the measure.
    column: str
    label: str
    #: What the numbers count: a currency, `rate`, or the kind of the column.
    unit: str
    #: A number for each row; None if it is missing.
    numbers: tuple[float | None, ...]
    texts: tuple[str, ...]


def series(table: FigureTable) -> list[Series]:
    """Return the columns of numbers of a table, in its order."""
    rows, values = rows_of(table), every_value(table)
    shown = (one for column in table.measures for one in shown_columns(column, values) if one.number)
    return [
        Series(
            one.column.name,
            one.head.label,
            one.path[0] if one.column.kind in ("money", "averages") else _UNITS.get(one.column.kind, one.column.kind),
            tuple(_float(one, row) for row in rows),
            tuple(one.cell(row.values).text for row in rows),
        )
        for one in shown
    ]


def in_unit(number: float, unit: str) -> str:
    """Return a sum of numbers of a series in words."""
    exact = rounded(Decimal(str(number)), 2)
    return numbers.amount(exact, unit) if unit.isupper() else numbers.number(exact)


def _float(one: ShownColumn, row: Row) -> float | None:
    value = one.value(row.values)
    number = None if value is None or one.number is None else one.number(value)
    return None if number is None else float(number)


def row_names(table: FigureTable) -> list[tuple[str, ...]]:
    """Return the groups and the period of each row in words."""
    return [tuple(cell.text for cell in _groups(row, table)) for row in rows_of(table)]


def _heads(one: ShownColumn, table: FigureTable, *, apart: bool) -> Iterator[Head]:
    yield one.head
    if table.compare and apart:
        yield Head(f"{one.head.name}_before", table.compare.isoformat(), right=one.head.right)
        if one.number:
            yield Head(f"{one.head.name}_change", _("Change"), right=True)


def _cells(row: Row, shown: Iterable[ShownColumn], table: FigureTable, *, apart: bool) -> Iterator[Cell]:
    """Yield the cells of a row; if the values compared with are not apart, each cell has its change in brackets."""
    for one in shown:
        cell = one.cell(row.values)
        if not table.compare or apart:
            yield cell
        else:
            change = _change(one, row) if one.number else MISSING
            yield cell if change[0] not in "+−" else cell._replace(text=bracketed(cell.text, change))
        if table.compare and apart:
            yield one.cell(row.before)
            if one.number:
                yield Cell(_change(one, row))


def _change(one: ShownColumn, row: Row) -> str:
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
    if part.rows and part.compare and sum(len(shown_columns(one, every_value(part))) for one in part.measures) > _APART:
        lines.append(_("in brackets: the change since {date}").format(date=part.compare))
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
    return grid_as_markdown(grid(part))


def grid_as_markdown(own: _Words, href: Callable[[str], str] | None = None) -> str:
    """Return a table or list in words as a Markdown table; `href` returns the page of a customer to link to."""

    def text(cell: Cell) -> str:
        shown = _escaped(cell.text)
        return f"[{shown}]({href(cell.customer)})" if href and cell.customer else shown

    lines = [
        _line(_escaped(head.label) for head in own.heads),
        _line("---:" if head.right else "---" for head in own.heads),
        *(_line(map(text, row)) for row in own.rows),
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
        yield Cell(
            _("not set") if value is None else word(column, value),
            customer=value if column.name == "id" and value else "",
        )
    if table.period:
        yield Cell(period_word(row.period, table.so_far))


def period_word(name: str | None, so_far: str) -> str:
    """Return the name of a period in words; `so_far` is the current one."""
    if name is None:
        return _("no date")
    if name == "past":
        return _("before today")
    return bracketed(name, _("so far")) if name == so_far else name


def _in_list(column: Column) -> Callable[[Mapping[str, Any]], Cell]:
    """The cells of a column; a missing value is empty, because dashes in most cells would hide the others."""
    key, names = column.name, column.name == "name"
    empty, kept = Cell(""), {}

    def cell(item: Mapping[str, Any]) -> Cell:
        value = item.get(key)
        if value is None or value is False or value in ("", [], ()):
            return empty
        if names:
            return Cell(word(column, value), customer=item["id"])
        if not isinstance(value, str):
            return Cell(word(column, value))
        # Handles and choices are in thousands of rows.
        if value not in kept:
            kept[value] = Cell(word(column, value))
        return kept[value]

    return cell
