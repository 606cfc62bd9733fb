"""Rows that didn't come in, or not whole, as a file to correct and import again: the same columns, with the reasons."""

from __future__ import annotations

import csv
from io import StringIO
from typing import TYPE_CHECKING

from crmtext.disk import files
from crmtext.i18n import _, plural
from crmtext.importers.findings import RowRef

if TYPE_CHECKING:
    from collections.abc import Iterator

    from crmtext.importers.findings import BadCell, Findings
    from crmtext.importers.mapping import Table
    from crmtext.importers.plan.plan import Plan

#: The folder in the store; git ignores all in it.
FOLDER = "import-rejected"


def write(plan: Plan) -> Iterator[str]:
    """Write the rows with a reason, a file for each sheet, and yield a line about each file."""
    names: set[str] = set()
    for table in plan.understanding.tables:
        reasons = _reasons(table, plan.findings)
        if not reasons:
            continue
        root = plan.store.root
        files.make_folder(root / FOLDER, within=root)
        ignore = root / FOLDER / ".gitignore"
        if files.read(ignore, within=root) is None:
            files.write(ignore, b"*\n", None, within=root)
        path = root / FOLDER / _name(table, names)
        files.write(path, _content(table, reasons), files.read(path, within=root), within=root)
        one = "{n} row with the reason: {path}; correct it there and import that file"
        more = "{n} rows with the reasons: {path}; correct them there and import that file"
        yield plural(one, more, len(reasons), path=f"{FOLDER}/{path.name}")


def _reasons(table: Table, findings: Findings) -> dict[int, list[BadCell]]:
    """The bad cells by row number."""
    reasons: dict[int, list[BadCell]] = {}
    for cell in (*findings.rejected.values(), *findings.cells):
        if cell.at == RowRef(table.file, cell.at.row):
            reasons.setdefault(cell.at.row, []).append(cell)
    return reasons


def _name(table: Table, taken: set[str]) -> str:
    """The file's name: that of the source, with the sheet's name for a workbook; a number if another file has it."""
    source = table.sheet.path.replace("\\", "/").rpartition("/")[2].lstrip(".")
    stem, _dot, ending = source.rpartition(".")
    if table.sheet.format != "csv" or not stem:
        stem, ending = stem or source or "stdin", "csv"
        sheet = "".join(sign if sign.isalnum() or sign in "-_" else "-" for sign in table.sheet.name)
        stem += f"-{sheet}" if sheet else ""
    name, number = f"{stem}.{ending}", 1
    while name.casefold() in taken:
        number += 1
        name = f"{stem}-{number}.{ending}"
    taken.add(name.casefold())
    return name


def _content(table: Table, reasons: dict[int, list[BadCell]]) -> bytes:
    """The rows as CSV, in the encoding and with the delimiter of the source."""
    output = StringIO()
    writer = csv.writer(output, delimiter=table.sheet.delimiter or ",", lineterminator="\r\n")
    width = len(table.columns)
    writer.writerow([*(column.name for column in table.columns), _("row"), _("reason"), _("fix")])
    for row in table.rows:
        if cells := reasons.get(row.number):
            have = [row.cells[column.position] if column.position < len(row.cells) else "" for column in table.columns]
            why = _("; ").join(f"{cell.column}: {cell.why}" if cell.column else cell.why for cell in cells)
            fix = _("; ").join(dict.fromkeys(cell.fix for cell in cells if cell.fix))
            shown = ["" if value is None else str(value) for value in have]
            # Cells without a header stay behind the reasons, so that the row is rejected until they have a place.
            further = ["" if value is None else str(value) for value in row.cells[_header_width(table) :]]
            writer.writerow([*shown[:width], row.number, why, fix, *further])
    text = output.getvalue()
    if table.sheet.format == "csv" and table.sheet.encoding not in ("", "utf-8"):
        try:
            mark = "\ufeff" if table.sheet.encoding.startswith("utf-") else ""
            return f"{mark}{text}".encode(table.sheet.encoding)
        except (UnicodeError, LookupError):
            pass
    return b"\xef\xbb\xbf" + text.encode("utf-8", "replace")


def _header_width(table: Table) -> int:
    """How many cells of a row the header covers."""
    return max((column.position for column in table.columns), default=-1) + 1
