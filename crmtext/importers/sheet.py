"""A sheet: numbered rows of cells, as read from one file or one sheet of a workbook."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime, time
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

#: A cell as the file has it. Text files hold text only; empty cells are None or ''.
Cell = str | int | float | bool | datetime | date | time | None


class Row(NamedTuple):
    """A row with its number in the file, from 1."""

    number: int
    cells: tuple[Cell, ...]


class Span(NamedTuple):
    """A range of merged cells; rows and columns from 1, both ends included."""

    first_row: int
    first_column: int
    last_row: int
    last_column: int


@dataclass(frozen=True, slots=True)
class Sheet:
    """The rows of a file, or of one sheet of a workbook, and how they were written."""

    #: The file as the user named it; a zip's member is `export.zip/客户.csv`.
    path: str
    #: The sheet's name in a workbook; empty for other files.
    name: str
    #: The format: `csv`, `xlsx`, `xls`, `ods`, `sqlite`, `vcf`, `json` or `jsonl`; tsv and txt are `csv`.
    format: str
    rows: Sequence[Row]
    #: SHA-256 of the file's bytes, in hexadecimal digits.
    digest: str
    #: The encoding of a text file; empty for workbooks.
    encoding: str = ""
    delimiter: str = ""
    hidden: bool = False
    merged: tuple[Span, ...] = ()
    #: The text of each row in the file, by row number, for formats whose rows are not lines of cells (cards).
    texts: Mapping[int, str] = field(default_factory=lambda: MappingProxyType({}))
    #: The rows as whole records, if the file is our own export.
    records: tuple[Mapping[str, Any], ...] = ()
    #: Lines of the plan about the reading, such as the number of unknown lines.
    notes: tuple[str, ...] = ()
