"""The files of an export to a system: CSV with plain cells, or workbooks, split at its limit."""

from __future__ import annotations

import csv
import io
from itertools import groupby
from typing import TYPE_CHECKING, Any, NamedTuple

from crmtext.exporters.books import Book
from crmtext.exporters.cells import LARGEST

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence
    from typing import BinaryIO

    from crmtext.importers.columns.mapping_file import Outgoing

_OPTIONS = {
    "constant_memory": True,
    "strings_to_formulas": False,
    "strings_to_numbers": False,
    "strings_to_urls": False,
}
#: The most of a text in a workbook's cell: less than Excel takes, because a summary may stand before it.
LONGEST = LARGEST - 500


def fitting(text: str, size: int) -> str:
    """Return as much of a text as has this size; Excel counts a sign beyond the first 65,536 twice."""
    if len(text) * 2 <= size:
        return text
    return text.encode("utf-16-le", "surrogatepass")[: size * 2].decode("utf-16-le", "ignore")


class Written(NamedTuple):
    """A file that was written."""

    name: str
    rows: int


class Table:
    """Writes the rows of one kind to files: the first is made with the first row."""

    def __init__(
        self,
        name: str,
        header: Sequence[str],
        outgoing: Outgoing,
        opener: Callable[[str], BinaryIO],
        groups: Sequence[str] = (),
    ) -> None:
        self._name, self._header, self._outgoing, self._open = name, header, outgoing, opener
        #: The titles of sub-forms above the columns, for a header of two rows.
        self._groups = groups
        self._part: _Csv | _Sheet | None = None
        self._rows = 0
        self.written: list[Written] = []

    def add(self, cells: Sequence[str]) -> None:
        """Write a row."""
        self._room(1).add(cells)
        self._rows += 1

    def add_block(self, rows: Sequence[Sequence[str]]) -> None:
        """Write the rows of one customer to the same workbook; its own cells are merged."""
        part = self._room(len(rows))
        for cells in rows:
            part.add(cells)
        if isinstance(part, _Sheet):
            part.unite(len(rows), [at for at, group in enumerate(self._groups) if not group])
        self._rows += len(rows)

    def _room(self, rows: int) -> _Csv | _Sheet:
        """The file that has room for so many rows."""
        if self._part is None or (self._rows and self._rows + rows > self._outgoing.rows):
            self.close()
            number = len(self.written) + 1
            name = f"{self._name}{f'-{number}' if number > 1 else ''}.{self._outgoing.ending}"
            file = self._open(name)
            self._part = _Sheet(file, self._name, self._groups) if self._outgoing.ending == "xlsx" else _Csv(file)
            self._part.add(self._header)
            self.written.append(Written(name, 0))
            self._rows = 0
        return self._part

    def close(self) -> None:
        """End the file."""
        if self._part:
            self._part.close()
            self.written[-1] = self.written[-1]._replace(rows=self._rows)
            self._part = None


class _Csv:
    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self._text = io.StringIO()
        self._writer = csv.writer(self._text, lineterminator="\r\n")
        file.write("\ufeff".encode())

    def add(self, cells: Sequence[str]) -> None:
        self._writer.writerow(cells)
        self._file.write(self._text.getvalue().encode())
        self._text.seek(0)
        self._text.truncate()

    def close(self) -> None:
        """Nothing waits."""


class _Sheet:
    def __init__(self, file: BinaryIO, name: str, groups: Sequence[str]) -> None:
        self._book = Book(file, _OPTIONS)
        self._sheet: Any = self._book.add_worksheet(name)
        self._form = self._book.add_format({"num_format": "@", **({"valign": "top"} if groups else {})})
        self._row = 0
        self._groups = groups

    def add(self, cells: Sequence[str]) -> None:
        if self._groups and not self._row:
            self._head(cells)
            return
        for column, cell in enumerate(cells):
            if cell:
                self._sheet.write_string(self._row, column, fitting(cell, LARGEST), self._form)
        self._row += 1

    def unite(self, rows: int, columns: Iterable[int]) -> None:
        """Merge the cells of the last rows in these columns."""
        for column in columns if rows > 1 else ():
            self._sheet.unite(self._row - rows, column, self._row - 1, column)

    def _head(self, names: Sequence[str]) -> None:
        """Write a header of two rows: the columns of a sub-form stand below its title."""
        titles = [group or name for group, name in zip(self._groups, names, strict=True)]
        for column, title in enumerate(titles):
            if not self._groups[column]:
                self._sheet.unite(0, column, 1, column)
            if not column or not self._groups[column] or self._groups[column] != self._groups[column - 1]:
                self._sheet.write_string(0, column, title, self._form)
        for group, columns in groupby(range(len(names)), self._groups.__getitem__):
            within = [*columns]
            if group:
                self._sheet.unite(0, within[0], 0, within[-1])
                for column in within:
                    self._sheet.write_string(1, column, names[column], self._form)
        self._sheet.freeze_panes(2, 0)
        self._row = 2

    def close(self) -> None:
        self._book.close()
