"""The files of an export to a system: CSV with plain cells, or workbooks, split at its limit."""

from __future__ import annotations

import csv
import io
from typing import TYPE_CHECKING, Any, NamedTuple

from crmtext.exporters.books import Book

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from typing import BinaryIO

    from crmtext.importers.columns.mapping_file import Outgoing

_OPTIONS = {
    "constant_memory": True,
    "strings_to_formulas": False,
    "strings_to_numbers": False,
    "strings_to_urls": False,
}
#: The most characters of a workbook's cell.
_LONGEST = 32_767


class Written(NamedTuple):
    """A file that was written."""

    name: str
    rows: int


class Table:
    """Writes the rows of one kind to files: the first is made with the first row."""

    def __init__(self, name: str, header: Sequence[str], outgoing: Outgoing, opener: Callable[[str], BinaryIO]) -> None:
        self._name, self._header, self._outgoing, self._open = name, header, outgoing, opener
        self._part: _Csv | _Sheet | None = None
        self._rows = 0
        self.written: list[Written] = []

    def add(self, cells: Sequence[str]) -> None:
        """Write a row."""
        if self._part is None or self._rows == self._outgoing.rows:
            self.close()
            number = len(self.written) + 1
            name = f"{self._name}{f'-{number}' if number > 1 else ''}.{self._outgoing.ending}"
            file = self._open(name)
            self._part = _Sheet(file, self._name) if self._outgoing.ending == "xlsx" else _Csv(file)
            self._part.add(self._header)
            self.written.append(Written(name, 0))
            self._rows = 0
        self._part.add(cells)
        self._rows += 1

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
    def __init__(self, file: BinaryIO, name: str) -> None:
        self._book = Book(file, _OPTIONS)
        self._sheet: Any = self._book.add_worksheet(name)
        self._form = self._book.add_format({"num_format": "@"})
        self._row = 0

    def add(self, cells: Sequence[str]) -> None:
        for column, cell in enumerate(cells):
            if cell:
                self._sheet.write_string(self._row, column, cell[:_LONGEST], self._form)
        self._row += 1

    def close(self) -> None:
        self._book.close()
