"""CSV and TSV: UTF-8 with a byte order mark, lines that end as Excel's do, and no cell that a spreadsheet runs."""

from __future__ import annotations

import csv
import io
from codecs import BOM_UTF8
from functools import partial
from itertools import chain, count
from typing import TYPE_CHECKING, BinaryIO

from crmtext.answer import Text
from crmtext.exporters.cells import as_text, from_text
from crmtext.exporters.columns import Column, Single, links, of_table, used
from crmtext.exporters.headers import paths
from crmtext.exporters.tables import CUSTOMER
from crmtext.i18n import LANGUAGES

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from crmtext.answer import Table as Listed
    from crmtext.exporters.cells import Cell
    from crmtext.exporters.export import Export
    from crmtext.exporters.output import Folder
    from crmtext.exporters.tables import Table

_COMMA, _TAB = ",", "\t"
#: The rows that are written at once.
_TOGETHER = 500
#: Longer texts are written at once.
_LONG = 1_000_000


class _Lines:
    """Writes rows of cells to a file."""

    def __init__(self, file: BinaryIO, separator: str, header: Iterable[str], columns: Sequence[Column]) -> None:
        self._file = file
        self._separator = separator
        self._start()
        self._kinds = [(column.shape.kind == "number", column.shape.kind == "open") for column in columns]
        self._writer.writerow([as_text(name) for name in chain(header, (column.header for column in columns))])
        file.write("\ufeff".encode())

    def add(self, links: Iterable[Cell | None], cells: Iterable[Cell | None]) -> None:
        """Write a row."""
        row = ["" if cell is None else as_text(cell) for cell in links]
        for cell, (number, is_open) in zip(cells, self._kinds, strict=True):
            row.append("" if cell is None else as_text(cell, number=number, is_open=is_open))
        self._writer.writerow(row)
        self._waiting += 1
        if self._waiting == _TOGETHER or self._text.tell() > _LONG:
            self.flush()

    def flush(self) -> None:
        """Write the waiting rows to the file."""
        self._file.write(self._text.getvalue().encode())
        self._start()

    def _start(self) -> None:
        # A new one: an emptied one keeps the memory of the longest text.
        self._text = io.StringIO()
        self._writer = csv.writer(self._text, delimiter=self._separator, lineterminator="\r\n")
        self._waiting = 0


def write_csv(export: Export, file: BinaryIO) -> None:
    """Write a row for each customer."""
    _write(export, file, _COMMA)


def write_tsv(export: Export, file: BinaryIO) -> None:
    """Write a row for each customer, with tabs."""
    _write(export, file, _TAB)


def write_csv_folder(export: Export, folder: Folder) -> None:
    """Write a file for the customers and one for each list."""
    _write_folder(export, folder, _COMMA, "csv")


def write_tsv_folder(export: Export, folder: Folder) -> None:
    """Write a file with tabs for the customers and one for each list."""
    _write_folder(export, folder, _TAB, "tsv")


def _write(export: Export, file: BinaryIO, separator: str) -> None:
    single = Single(export)
    lines = _Lines(file, separator, (), single.columns)
    for cells in single.rows():
        lines.add((), cells)
    lines.flush()


def _write_folder(export: Export, folder: Folder, separator: str, ending: str) -> None:
    have = used(export)
    files: list[_Lines | None] = []
    taken: set[str] = set()
    cells = []
    for number, table in enumerate(export.tables):
        columns = of_table(table, have.paths[number], export)
        cells.append([column.cell for column in columns])
        name = _free(table.name, taken, ending)
        forms = (table,) if number else (table, export.sheet)
        is_ours = partial(_is_ours, separator=separator, forms=forms)
        if number and not have.rows[number]:
            # A list that nobody has needs no file.
            folder.leave_out(name, is_ours)
            files.append(None)
        else:
            files.append(_Lines(folder.open(name, is_ours), separator, links(table, labels=export.labels), columns))
    for record in export.records():
        for number, row_links, values in export.splitter.rows(record):
            if lines := files[number]:
                lines.add(row_links, [cell(values) for cell in cells[number]])
    for lines in filter(None, files):
        lines.flush()


def _free(name: str, taken: set[str], ending: str) -> str:
    """The name of a table's file: a list may have the name of another table, or differ in case only."""
    names = chain([name], (f"{name}-{number}" for number in count(2)))
    free = next(one for one in names if one.casefold() not in taken)
    taken.add(free.casefold())
    return f"{free}.{ending}"


def _is_ours(start: bytes, *, separator: str, forms: Sequence[Table]) -> bool:
    """Whether a file that begins so is an export of a table: all its columns are in the schema, as for an import."""
    line = start.partition(b"\n")[0]
    if not line.startswith(BOM_UTF8):
        return False
    try:
        header = next(csv.reader([line.decode("utf-8-sig")], delimiter=separator, strict=True), [])
    except (UnicodeDecodeError, csv.Error):
        return False
    names = [str(from_text(name)) for name in header]
    if (CUSTOMER if forms[0].within else "id") not in names:
        return False
    known = (paths(table, language) for table in forms for language in ("", *LANGUAGES))
    return any(all(map(one.of, names)) for one in known)


def comma_separated(shown: Listed) -> Text:
    """Return a list's table as CSV."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow([column.name for column in shown.columns])
    numbers = [column.right for column in shown.columns]
    writer.writerows(
        [as_text(cell, number=number) for number, cell in zip(numbers, row, strict=True)] for row in shown.rows
    )
    return Text(text.getvalue(), note=shown.note, marked=True)
