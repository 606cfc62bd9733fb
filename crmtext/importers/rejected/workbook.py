"""Rejected rows as a workbook: texts as text cells, so that no phone becomes a number and no text a formula."""

from __future__ import annotations

import re
from datetime import date, datetime, time
from io import BytesIO
from itertools import product
from typing import TYPE_CHECKING, Any

from crmtext.exporters.books import Book
from crmtext.i18n import _

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from crmtext.importers.rejected.rows import Aside
    from crmtext.importers.sheet import Cell, Row, Span

#: The most characters of a cell, and of a sheet's name.
_LONGEST, _LONGEST_NAME = 32_767, 31
_NOT_IN_NAMES = re.compile(r"[\[\]:*?/\\]|^'|'$")
#: The first day that Excel knows.
_FIRST = date(1900, 1, 1)
_FORMS = {"text": "@", "date": "yyyy-mm-dd", "datetime": "yyyy-mm-dd hh:mm:ss", "time": "hh:mm:ss"}
#: The widths of the columns: those of the source, row, reason and fix.
_WIDTH, _ROW_WIDTH, _REASON_WIDTH = 16, 8, 48


def workbook(asides: Sequence[Aside]) -> bytes:
    """Return the sheets of a workbook, each with its name, header and the rows that have a reason."""
    output = BytesIO()
    with Book(output, {"in_memory": True}) as book:
        forms = {name: book.add_format({"num_format": form}) for name, form in _FORMS.items()}
        forms["bold"] = book.add_format({"num_format": "@", "bold": True})
        forms["wrap"] = book.add_format({"num_format": "@", "text_wrap": True})
        taken: set[str] = set()
        for aside in asides:
            _write(book.add_worksheet(_name(aside.table.sheet.name, taken)), aside, forms)
    return output.getvalue()


def _write(sheet: Any, aside: Aside, forms: Mapping[str, Any]) -> None:
    width, header = aside.table.width, aside.header
    sheet.set_column(0, width - 1, _WIDTH)
    sheet.set_column(width, width, _ROW_WIDTH)
    sheet.set_column(width + 1, width + 2, _REASON_WIDTH, forms["wrap"])
    last = header[-1].number
    sheet.freeze_panes(last, 0)
    for span in _spans(aside.table.sheet.merged, last):
        sheet.merge_range(span.first_row - 1, span.first_column - 1, span.last_row - 1, span.last_column - 1, "")
    for row in header:
        _write_row(sheet, row.number - 1, row, forms, "bold" if row.number == aside.table.header_row else "text")
    for at, row in enumerate(aside.rows, start=last):
        _write_row(sheet, at, row, forms, "text")


def _write_row(sheet: Any, at: int, row: Row, forms: Mapping[str, Any], text: str) -> None:
    for place, cell in enumerate(row.cells):
        if cell is not None and cell != "":
            _write_cell(sheet, at, place, cell, forms, text)


def _write_cell(sheet: Any, at: int, place: int, cell: Cell, forms: Mapping[str, Any], text: str) -> None:
    if isinstance(cell, bool):
        sheet.write_boolean(at, place, cell)
    elif isinstance(cell, (int, float)):
        sheet.write_number(at, place, cell)
    elif isinstance(cell, time) or (isinstance(cell, date) and _day(cell) >= _FIRST):
        form = "time" if isinstance(cell, time) else "datetime" if isinstance(cell, datetime) else "date"
        sheet.write_datetime(at, place, cell, forms[form])
    else:
        value = str(cell)
        if len(value) > _LONGEST:
            mark = _("… (too long for a cell)")
            value = value[: _LONGEST - len(mark)] + mark
        sheet.write_string(at, place, value, forms[text])


def _day(cell: date) -> date:
    return cell.date() if isinstance(cell, datetime) else cell


def _spans(merged: Sequence[Span], last: int) -> Iterator[Span]:
    """The merged cells of the header; overlapping ones, which a damaged file has, only once."""
    taken: set[tuple[int, int]] = set()
    for span in merged:
        if span.last_row > last or (span.first_row, span.first_column) == (span.last_row, span.last_column):
            continue
        cells = {*product(range(span.first_row, span.last_row + 1), range(span.first_column, span.last_column + 1))}
        if not cells & taken:
            taken |= cells
            yield span


def _name(wanted: str, taken: set[str]) -> str:
    """The name of a sheet as Excel allows it; ods allows more."""
    name = _NOT_IN_NAMES.sub("-", wanted)[:_LONGEST_NAME] or "-"
    number = 1
    while name.casefold() in taken:
        number += 1
        ending = f"-{number}"
        name = name[: _LONGEST_NAME - len(ending)] + ending
    taken.add(name.casefold())
    return name
