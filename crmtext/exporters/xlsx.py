"""Workbooks: a sheet for the customers and one for each list; texts are text cells, whatever they look like."""

from __future__ import annotations

import re
from datetime import date
from itertools import count, islice
from typing import TYPE_CHECKING, Any

from crmtext.exporters.books import Book
from crmtext.exporters.cells import LARGEST, as_text, encoder
from crmtext.exporters.columns import Column, Single, links, of_table, used
from crmtext.exporters.headers import title
from crmtext.exporters.tables import OPEN
from crmtext.i18n import _
from crmtext.problem import usage

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from typing import BinaryIO

    from crmtext.exporters.cells import Cell
    from crmtext.exporters.export import Export
    from crmtext.exporters.tables import Shape

#: Limits of Excel: rows and columns of a sheet, letters of a title.
_ROWS, _COLUMNS, _TITLE = 1_048_576, 16_384, 31
#: Workbooks with more rows in lists have no links: xlsxwriter holds all of them in memory, and Excel opens 65,530.
_LINKS = 20_000
#: The first day of Excel's calendar after the day in 1900 that there never was.
_FIRST = "1900-03-01"
#: How xlsxwriter is used: texts stay texts.
OPTIONS = {
    "constant_memory": True,
    "strings_to_formulas": False,
    "strings_to_numbers": False,
    "strings_to_urls": False,
    "nan_inf_to_errors": False,
    "use_zip64": True,
}
#: A text of this length fits a cell, however it is written.
_SHORT = 5_000
_NOT_IN_TITLES = re.compile(r"[\[\]:*?/\\]")
_WIDTHS = {"number": 12, "date": 12, "boolean": 8, "choice": 14}


def write(export: Export, file: BinaryIO) -> None:
    """Write the workbook; with chosen columns it has one sheet."""
    with Book(file, OPTIONS) as book:
        (_write_single if export.columns else _write_tables)(export, book)


def _write_single(export: Export, book: Any) -> None:
    single = Single(export)
    sheet = _Sheet(book, title(export.tables[0], labels=export.labels), (), single.columns, [1] * len(single.columns))
    for cells in single.rows():
        sheet.add((), cells)
    sheet.close()


def _write_tables(export: Export, book: Any) -> None:
    parts: dict[tuple[int, str], int] = {}

    def measure(number: int, values: Mapping[str, Any]) -> None:
        for path, value in values.items():
            if type(value) in (str, list) and _may_be_long(value):
                encode = encoder(export.tables[number].shape_of(path) or OPEN, labels=export.labels)
                parts[number, path] = max(parts.get((number, path), 1), len(_pieces(str(encode(value)))))

    have = used(export, measure)
    sheets: list[_Sheet | None] = []
    cells = []
    for number, table in enumerate(export.tables):
        columns = of_table(table, have.paths[number], export)
        cells.append([column.cell for column in columns])
        many = [parts.get((number, path), 1) for path in have.paths[number]]
        header = links(table, labels=export.labels)
        wanted = have.rows[number] or not number
        sheets.append(_Sheet(book, title(table, labels=export.labels), header, columns, many) if wanted else None)
    customers = sheets[0] if sum(have.rows[1:]) <= _LINKS else None
    for record in export.records():
        for number, row_links, values in export.splitter.rows(record):
            sheet = sheets[number]
            if sheet:
                place = customers.place if customers and number else ""
                sheet.add(row_links, [cell(values) for cell in cells[number]], place)
    for sheet in filter(None, sheets):
        sheet.close()


class _Sheet:
    """Writes rows to a sheet, and to further ones when it is full."""

    def __init__(
        self, book: Any, name: str, header: Sequence[str], columns: Sequence[Column], parts: Sequence[int]
    ) -> None:
        self._book, self._name = book, _NOT_IN_TITLES.sub("_", name)
        self._header = [*header]
        taken = {column.header for column in columns}
        for column, many in zip(columns, parts, strict=True):
            further = (name for number in count(2) if (name := f"{column.header} ({number})") not in taken)
            self._header += [column.header, *islice(further, many - 1)]
        if len(self._header) > _COLUMNS:
            message = _("a sheet has at most {n} columns").format(n=f"{_COLUMNS:,}")
            raise usage("too-many-columns", message, _("export as csv, json or jsonl, or name columns: --columns a,b"))
        self._kinds, self._parts = [_kind(column.shape) for column in columns], parts
        self._text = book.add_format({"num_format": "@"})
        self._bold = book.add_format({"num_format": "@", "bold": True})
        self._day = book.add_format({"num_format": "yyyy-mm-dd"})
        self._link = book.get_default_url_format()
        self._count = self._row = 0
        self._start()

    @property
    def place(self) -> str:
        """The place of the last row, for links."""
        name = self._sheet.get_name().replace("'", "''")
        return f"internal:'{name}'!A{self._row + 1}"

    def add(self, links: Iterable[Cell | None], cells: Iterable[Cell | None], customer: str = "") -> None:
        """Write a row; its first cell is a link to the place of its customer, if one is given."""
        if self._row + 1 == _ROWS:
            self.close()
            self._start()
        self._row += 1
        at = 0
        for at, cell in enumerate(links, start=1):
            if at == 1 and customer:
                self._sheet.write_url(self._row, 0, customer, self._link, str(cell))
            elif cell is not None:
                self._put(at - 1, cell, "")
        for cell, kind, many in zip(cells, self._kinds, self._parts, strict=True):
            if cell is not None:
                pieces = _pieces(cell) if many > 1 and isinstance(cell, str) else (cell,)
                for number, piece in enumerate(pieces):
                    self._put(at + number, piece, kind)
            at += many

    def close(self) -> None:
        """End the sheet."""
        if self._header:
            self._sheet.autofilter(0, 0, self._row, len(self._header) - 1)

    def _start(self) -> None:
        self._count += 1
        more = f" ({self._count})" if self._count > 1 else ""
        taken = {sheet.get_name().casefold() for sheet in self._book.worksheets()}
        name = f"{self._name[: _TITLE - len(more)]}{more}"
        number = 1
        while name.casefold() in taken:
            number += 1
            name = f"{self._name[: _TITLE - len(more) - 4]}~{number}{more}"
        self._sheet = self._book.add_worksheet(name)
        self._row = 0
        self._sheet.freeze_panes(1, 0)
        links = len(self._header) - sum(self._parts)
        self._sheet.set_column(0, max(links - 1, 0), 16)
        at = links
        for kind, many in zip(self._kinds, self._parts, strict=True):
            self._sheet.set_column(at, at + many - 1, _WIDTHS.get(kind, 20))
            at += many
        for column, text in enumerate(self._header):
            self._sheet.write_string(0, column, text[:LARGEST], self._bold)

    def _put(self, column: int, cell: Cell, kind: str) -> None:
        sheet, row = self._sheet, self._row
        if isinstance(cell, bool):
            sheet.write_boolean(row, column, cell)
        elif not isinstance(cell, str):
            # A cell holds 15 digits, and xlsxwriter writes 16.
            if abs(cell) < 1e15 and float(f"{cell:.16G}") == cell:
                sheet.write_number(row, column, cell)
            else:
                sheet.write_string(row, column, as_text(cell), self._text)
        elif kind == "date" and (day := spreadsheet_day(cell)):
            sheet.write_datetime(row, column, day, self._day)
        else:
            sheet.write_string(row, column, cell, self._text)


def _kind(shape: Shape) -> str:
    """The kind of a column's cells; a date that may be partial is a day in a cell if it is whole."""
    return "date" if shape.field and shape.field.is_partial else shape.kind


def spreadsheet_day(text: str) -> date | None:
    """Return the day in a text, if Excel's calendar has it; else None."""
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return None
    return day if text == day.isoformat() and text >= _FIRST else None


def _may_be_long(value: str | list[Any]) -> bool:
    """Whether the cell of a value may be too long for Excel."""
    size = len(value) if isinstance(value, str) else sum(len(one) + 4 for one in value if isinstance(one, str))
    return size > _SHORT


def _pieces(text: str) -> list[str]:
    """A text in pieces that fit a cell; Excel counts a sign beyond the first 65,536 twice."""
    if len(text) * 2 <= LARGEST:
        return [text]
    if max(text) <= "\uffff":
        return [text[at : at + LARGEST] for at in range(0, len(text), LARGEST)]
    pieces, start, size = [], 0, 0
    for at, sign in enumerate(text):
        size += 2 if sign > "\uffff" else 1
        if size > LARGEST:
            pieces.append(text[start:at])
            start, size = at, 2 if sign > "\uffff" else 1
    return [*pieces, text[start:]]
