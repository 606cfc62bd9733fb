"""Rows as users name them: `12`, or `客户.csv:12` if there are several files or sheets."""

from __future__ import annotations

from typing import TYPE_CHECKING

from crmtext.i18n import _
from crmtext.importers.findings import RowRef

if TYPE_CHECKING:
    from collections.abc import Sequence

    from crmtext.importers.mapping import Table


def row_name(at: RowRef, tables: Sequence[Table]) -> str:
    """Return a row as users type it."""
    if len(tables) == 1:
        return str(at.row)
    table = next(table for table in tables if table.file == at.file)
    return f"{sheet_name(table)}:{at.row}"


def row_in_words(at: RowRef, tables: Sequence[Table]) -> str:
    """Return a row as people say it: `row 12`, or `客户.csv row 12`."""
    name, _colon, number = row_name(at, tables).rpartition(":")
    return _("{file} row {row}").format(file=name, row=number) if name else _("row {row}").format(row=number)


def sheet_name(table: Table) -> str:
    """Return the short name of a table: its file, with the sheet of a workbook."""
    file = table.sheet.path.replace("\\", "/").rpartition("/")[2]
    return f"{file}/{table.sheet.name}" if table.sheet.name else file


def row_at(typed: str, tables: Sequence[Table]) -> RowRef | None:
    """Return the row with a typed name; None if it names none, or several."""
    name, _colon, number = typed.rpartition(":")
    fitting = [table for table in tables if not name or name == sheet_name(table)]
    return RowRef(fitting[0].file, int(number)) if number.isdecimal() and len(fitting) == 1 else None
