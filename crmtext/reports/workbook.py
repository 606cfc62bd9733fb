"""Named reports as workbooks: a sheet for each table and list, with labels as headers."""

from __future__ import annotations

import io
import re
from datetime import date, datetime, time
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from crmtext.exporters.books import Book
from crmtext.exporters.cells import LARGEST
from crmtext.exporters.xlsx import OPTIONS, spreadsheet_day
from crmtext.figures.tables_values import as_text, sheet

if TYPE_CHECKING:
    from collections.abc import Iterable

    from crmtext.figures.tables import FigureList, FigureTable
    from crmtext.figures.tables_values import Plain

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
            _add(book.add_worksheet(_free(part.label, taken)), part, forms)
    return file.getvalue()


_FORMS = {
    "head": {"num_format": "@", "bold": True, "text_wrap": True},
    "text": {"num_format": "@"},
    "date": {"num_format": "yyyy-mm-dd"},
}


def _add(own: Any, part: FigureTable | FigureList, forms: dict[str, Any]) -> None:
    values = sheet(part)
    own.freeze_panes(1, 0)
    for column, head in enumerate(values.parts):
        own.set_column(column, column, _WIDTHS.get(head.kind, 22))
        own.write_string(0, column, head.label[:LARGEST], forms["head"])
    for row, cells in enumerate(values.cells(), start=1):
        for column, (value, head) in enumerate(zip(cells, values.parts, strict=True)):
            _put(own, (row, column), value, head.kind, forms)
    if values.parts:
        own.autofilter(0, 0, len(values.rows), len(values.parts) - 1)


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


def _free(label: str, taken: set[str]) -> str:
    """A title that no other sheet has."""
    title = _NOT_IN_TITLES.sub("_", label)[:_TITLE] or "_"
    number = 1
    while title.casefold() in taken:
        number += 1
        title = f"{title[: _TITLE - 4]}~{number}"
    taken.add(title.casefold())
    return title
