"""SQLite databases: only our own exports, as the sheets of their tables."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from itertools import groupby
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from crmtext.exporters.sqlite import FIELDS, quoted, restored
from crmtext.i18n import _
from crmtext.importers.reading.failure import unreadable
from crmtext.importers.sheet import Row, Sheet

if TYPE_CHECKING:
    from collections.abc import Iterator

#: The most bytes of a cell, rows of a table, and cells in all: a missing value takes no room in the file.
_LONGEST, _ROWS, _CELLS = 10 << 20, 1_000_000, 30_000_000


def read(name: str, data: bytes, digest: str) -> tuple[Sheet, ...]:
    """Return the tables of an export, their headers as fields. Raises CrmError for other databases."""
    with TemporaryDirectory() as folder:
        path = Path(folder) / "import.sqlite"
        path.write_bytes(data)
        # Without a journal beside it, and read only: the file is what it is.
        with closing(sqlite3.connect(f"{path.as_uri()}?mode=ro&immutable=1", uri=True)) as database:
            database.execute("PRAGMA trusted_schema = OFF")
            database.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, _LONGEST)
            try:
                return tuple(_sheets(database, name, digest))
            except (sqlite3.Error, UnicodeError) as error:
                raise unreadable(name, _("a damaged SQLite file: {reason}").format(reason=error)) from None


def _sheets(database: sqlite3.Connection, name: str, digest: str) -> Iterator[Sheet]:
    tables = {
        table
        for table, sql in database.execute("SELECT name, sql FROM sqlite_master WHERE type = 'table'")
        if str(sql).upper().startswith("CREATE TABLE")
    }
    if FIELDS not in tables:
        message = _("a SQLite file that crmtext did not export")
        raise unreadable(name, message, _("export its tables as CSV, and import these"))
    query = f"SELECT table_name, list, column_name, field, kind FROM {FIELDS} ORDER BY rowid"  # noqa: S608 - all is ours
    room = _CELLS
    for (table, title), group in groupby(database.execute(query).fetchall(), key=lambda field: field[:2]):
        if table not in tables:
            raise unreadable(name, _("it has no table '{table}'").format(table=table))
        # A second time would multiply it, as a computed column would a small file.
        tables.remove(table)
        if any(column[-1] for column in database.execute(f"PRAGMA table_xinfo({quoted(table)})")):
            raise unreadable(name, _("table '{table}' has computed columns").format(table=table))
        fields = [field[2:] for field in group]
        shown = ", ".join(quoted(str(column)) for column, _field, _kind in fields)
        cells = database.execute(f"SELECT {shown} FROM {quoted(table)} ORDER BY rowid LIMIT {_ROWS + 1}")  # noqa: S608
        kinds = [kind for _column, _field, kind in fields]
        rows = [Row(1, tuple(field for _column, field, _kind in fields))]
        for number, row in enumerate(cells, start=2):
            if any(isinstance(cell, bytes) for cell in row):
                raise unreadable(name, _("table '{table}' has bytes where texts belong").format(table=table))
            room -= len(row)
            if room < 0:
                raise unreadable(name, _("more than {count} cells").format(count=f"{_CELLS:,}"))
            rows.append(Row(number, tuple(map(restored, row, kinds))))
        if len(rows) > _ROWS:
            raise unreadable(name, _("more than {count} rows").format(count=f"{_ROWS:,}"))
        if len(rows) > 1:
            yield Sheet(name, str(title), "sqlite", rows, digest)
