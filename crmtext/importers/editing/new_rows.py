"""New rows of a workbook for editing: those that can be read. What only a question could settle rejects its row."""

from __future__ import annotations

from typing import TYPE_CHECKING

from crmtext.exporters.editing_rows import is_person
from crmtext.exporters.tables import OPEN
from crmtext.i18n import _
from crmtext.importers.editing.cells import Reader
from crmtext.importers.findings import BadCell, RowRef

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from crmtext.importers.editing.book import EditedSheet
    from crmtext.importers.findings import Findings
    from crmtext.importers.sheet import Row
    from crmtext.importers.values.context import Context

#: What a new interaction must say.
_NEEDED = ("date", "summary")


def readable(
    number: int, sheet: EditedSheet, rows: Sequence[Row], context: Context, findings: Findings
) -> tuple[Row, ...]:
    """Return the rows whose cells can be read; the others are rejected."""
    part = sheet.part
    readers = []
    for path, place in sheet.places.items():
        shape = part.table.shape_of(path) or OPEN
        if shape.kind == "choice" or is_person(shape) or (part.is_new and path == "date"):
            readers.append((path, place, Reader(part, path, shape, sheet.name(place), context)))
    taken = []
    for row in rows:
        at = RowRef(number, row.number)
        fault = next(_faults(at, sheet, row, readers, f"{context.today}"), None)
        if fault:
            findings.rejected[at] = fault
        else:
            taken.append(row)
    return tuple(taken)


def _faults(
    at: RowRef, sheet: EditedSheet, row: Row, readers: Sequence[tuple[str, int, Reader]], today: str
) -> Iterator[BadCell]:
    for path in _NEEDED if sheet.part.is_new else ():
        place = sheet.places.get(path, -1)
        if place < 0 or not sheet.text(row, place):
            column = sheet.name(place) if place >= 0 else sheet.part.headers[path]
            yield BadCell(at, column, "", _("it is empty"), _("fill it in"))
    for path, place, reader in readers:
        if text := sheet.text(row, place):
            result = reader.of_new(row.cells[place])
            if result.bad:
                yield BadCell(at, sheet.name(place), text, result.bad, result.fix)
            elif path == "date" and isinstance(result.value, str) and result.value[:10] > today:
                fix = _("enter the day of the contact; what is planned goes into the next step")
                yield BadCell(at, sheet.name(place), text, _("the day is in the future"), fix)
