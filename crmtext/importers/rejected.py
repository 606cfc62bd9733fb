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
    for table in plan.understanding.tables:
        reasons = _reasons(table, plan.findings)
        if not reasons:
            continue
        root = plan.store.root
        files.make_folder(root / FOLDER, within=root)
        ignore = root / FOLDER / ".gitignore"
        if files.read(ignore, within=root) is None:
            files.write(ignore, b"*\n", None, within=root)
        path = root / FOLDER / _name(table)
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


def _name(table: Table) -> str:
    """The file's name: that of the source, with the sheet's name for a workbook."""
    stem = table.sheet.path.replace("\\", "/").rpartition("/")[2]
    if table.sheet.format == "csv":
        return stem
    stem = stem.rpartition(".")[0] or stem
    sheet = "".join(sign if sign.isalnum() or sign in "-_" else "-" for sign in table.sheet.name)
    return f"{stem}-{sheet}.csv" if sheet else f"{stem}.csv"


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
            writer.writerow([*shown[:width], row.number, why, fix])
    text = output.getvalue()
    if table.sheet.format == "csv" and table.sheet.encoding not in ("", "utf-8"):
        try:
            return text.encode(table.sheet.encoding)
        except (UnicodeError, LookupError):
            pass
    return b"\xef\xbb\xbf" + text.encode("utf-8", "replace")
