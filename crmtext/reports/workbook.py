"""Named reports as workbooks: a sheet for each table and list, in the words of the pages; numbers stay numbers."""

from __future__ import annotations

import io
import re
from datetime import date, datetime, time
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from crmtext.exporters.books import Book
from crmtext.exporters.cells import LARGEST
from crmtext.exporters.xlsx import OPTIONS, spreadsheet_day
from crmtext.figures.tables import FigureTable, Row
from crmtext.figures.tables_cells import word
from crmtext.figures.tables_text import period_word
from crmtext.figures.tables_values import as_text, sheet
from crmtext.i18n import _

if TYPE_CHECKING:
    from collections.abc import Iterable

    from crmtext.figures.tables import FigureList
    from crmtext.figures.tables_values import Part as SheetColumn
    from crmtext.figures.tables_values import Plain, Sheet

#: What titles of sheets can't have, and their length.
_NOT_IN_TITLES = re.compile(r"[\[\]:*?/\\']")
_TITLE = 31
#: A cell holds 15 digits of a number.
_LARGEST = Decimal(10) ** 15
_WIDTHS = {"number": 14, "date": 12, "truth": 8}


def workbook(parts: Iterable[FigureTable | FigureList], day: date) -> bytes:
    """Return the bytes of a workbook, the same ones for the same figures and day."""
    file = io.BytesIO()
    with Book(file, OPTIONS) as book:
        book.set_properties({"created": datetime.combine(day, time())})
        forms = {name: book.add_format(form) for name, form in _FORMS.items()}
        taken: set[str] = set()
        for part in parts:
            _add(book.add_worksheet(sheet_title(part.label, taken)), part, forms)
    return file.getvalue()


_FORMS = {
    "head": {"num_format": "@", "bold": True, "text_wrap": True},
    "text": {"num_format": "@"},
    "date": {"num_format": "yyyy-mm-dd"},
    "total": {"bold": True},
}


def _add(own: Any, part: FigureTable | FigureList, forms: dict[str, Any]) -> None:
    values = sheet(part)
    own.freeze_panes(1, 0)
    for column, head in enumerate(values.parts):
        own.set_column(column, column, _WIDTHS.get(head.kind, 22))
        own.write_string(0, column, head.label[:LARGEST], forms["head"])
    so_far = part.so_far if isinstance(part, FigureTable) else ""
    for row, item in enumerate(values.rows, start=1):
        for column, head in enumerate(values.parts):
            _put(own, (row, column), _cell(head, item, so_far), head.kind, forms)
    if values.parts:
        own.autofilter(0, 0, len(values.rows), len(values.parts) - 1)
    if isinstance(part, FigureTable) and part.total and part.rows and values.keys:
        _put_total(own, part, values, forms)


def _put_total(own: Any, part: FigureTable, values: Sheet, forms: dict[str, Any]) -> None:
    """Write the total below the rows that the filter is for. Figures of moments are not summed over periods."""
    moments = dict.fromkeys(one.name for one in part.measures if one.is_moment and part.period)
    total = Row((), {**part.total, **moments}, None, part.total_before and {**part.total_before, **moments})
    row = len(values.rows) + 1
    own.set_row(row, None, forms["total"])
    own.write_string(row, 0, _("Total"), forms["total"])
    for column, head in enumerate(values.parts[values.keys :], start=values.keys):
        _put(own, (row, column), head.of(total) if head.kind == "number" else None, head.kind, forms)


def _cell(head: SheetColumn, row: Row, so_far: str) -> Plain:
    """The value of a cell: of text the words of the page, a missing group and period, too."""
    if head.name == "period" and head.column is None and head.raw:
        return period_word(head.raw(row), so_far)
    if head.column is None or head.raw is None or (head.kind != "text" and head.column.word is None):
        return head.of(row)
    value = head.raw(row)
    if value is None:
        return _("not set") if head.is_group else None
    return word(head.column, value)


def _put(own: Any, place: tuple[int, int], value: Plain, kind: str, forms: dict[str, Any]) -> None:
    if value is None:
        return
    if isinstance(value, bool):
        own.write_boolean(*place, value)
    elif not isinstance(value, str) and abs(Decimal(value)) < _LARGEST:
        own.write_number(*place, float(value))
    elif kind == "date" and (day := spreadsheet_day(str(value))):
        own.write_datetime(*place, day, forms["date"])
    else:
        own.write_string(*place, as_text(value)[:LARGEST], forms["text"])


def sheet_title(label: str, taken: set[str]) -> str:
    """Return a title that no other sheet has, and add it to those taken."""
    title = _shortened(_NOT_IN_TITLES.sub("_", label), _TITLE) or "_"
    number = 1
    while title.casefold() in taken:
        number += 1
        title = f"{_shortened(title.partition('~')[0], _TITLE - 4)}~{number}"
    taken.add(title.casefold())
    return title


def _shortened(text: str, most: int) -> str:
    """As much of a text as fits, without half a word."""
    start = text[:most]
    return (start if len(text) <= most or text[most] == " " else start.rpartition(" ")[0] or start).rstrip()
