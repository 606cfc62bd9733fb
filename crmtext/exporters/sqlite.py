"""SQLite: a table for the customers and one for each list, with foreign keys, views, and the fields of the columns."""

from __future__ import annotations

import re
import shutil
import sqlite3
from contextlib import closing
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any, NamedTuple

from crmtext.exporters.cells import encoder, to_json
from crmtext.exporters.tables import CUSTOMER, CUSTOMERS, ENTRY, OPEN
from crmtext.i18n import LANGUAGES, _, speaking
from crmtext.problem import usage

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
    from typing import BinaryIO

    from crmtext.exporters.cells import Cell
    from crmtext.exporters.export import Export
    from crmtext.exporters.tables import Shape, Table

#: The table that says which field each column holds; an import knows our own files by it.
FIELDS = "crmtext_fields"
#: The most columns of a table, as SQLite is built by default.
_COLUMNS = 2000
#: The rows that are written at once.
_TOGETHER = 500
#: The largest and smallest number that SQLite holds.
_LARGEST, _SMALLEST = 2**63 - 1, -(2**63)
#: Texts that stand for what SQLite has no kind of: truths and larger numbers, with the `'` in front of real texts.
_STANDS_FOR = re.compile(r"'*(?:true|false|-?[0-9]{19,})")
_TRUTHS = {"true": True, "false": False}


class _View(NamedTuple):
    """A view of what is open in a list."""

    table: str
    #: The columns of the list; those that a schema lacks are left out.
    columns: tuple[str, ...]
    #: The columns with the person who has it to do, the first one that is filled in; last comes the customer's owner.
    people: tuple[str, ...]
    #: The columns without which there is no view.
    needed: tuple[str, ...]
    condition: str
    order: str


_VIEWS = {
    "open_next_steps": _View(
        "interactions",
        ("next_due", "next_time", "next_action", "date", "by", "summary"),
        ("next_by", "by"),
        ("next_action", "next_done", "next_due"),
        "interactions.next_action IS NOT NULL AND interactions.next_done IS NULL",
        "interactions.next_due IS NULL, interactions.next_due",
    ),
    "open_opportunities": _View(
        "opportunities",
        ("title", "stage", "amount", "currency", "expected_close"),
        ("owner",),
        ("stage", "expected_close"),
        "opportunities.stage NOT IN ('won', 'lost')",
        "opportunities.expected_close",
    ),
    "open_cases": _View(
        "cases",
        ("opened", "kind", "summary", "status", "due"),
        ("owner",),
        ("status", "opened"),
        "cases.status <> 'closed'",
        "cases.opened",
    ),
}

_RESERVED = (FIELDS, *_VIEWS)


def write(export: Export, file: BinaryIO) -> None:
    """Write the database. `PRAGMA user_version` is the version of the schema."""
    # SQLite opens files by name only; beside the place of the file there may be no room for its own.
    with TemporaryDirectory() as folder:
        path = Path(folder) / "export.sqlite"
        with closing(sqlite3.connect(path, isolation_level=None)) as database:
            _write(export, database)
        with path.open("rb") as whole:
            shutil.copyfileobj(whole, file, 1 << 20)


def _write(export: Export, database: sqlite3.Connection) -> None:
    # Nothing is lost if this is interrupted: the file takes its place when it is complete.
    database.execute("PRAGMA journal_mode = OFF")
    database.execute("PRAGMA synchronous = OFF")
    database.execute(f"PRAGMA user_version = {export.snapshot.settings.schema_version}")
    database.execute("BEGIN")
    tables: list[_Table] = []
    for shape in export.tables:
        tables.append(_Table(database, shape, {one.name.casefold() for one in tables}))
    for record in export.records():
        for number, links, values in export.splitter.rows(record):
            tables[number].add(links, values)
    for table in tables:
        table.finish()
    _write_fields(database, tables)
    _write_views(database, {table.name: table for table in tables}, export.snapshot.settings.currency)
    database.execute("COMMIT")
    database.execute("ANALYZE")


class _Column(NamedTuple):
    """A column of a field."""

    name: str
    #: Its place in the rows.
    place: int
    stored: Callable[[Any], Any]
    #: Whether texts are stored as they are.
    is_text: bool


class _Table:
    """A table of the database, created with the first rows; it gets further parts of open maps as they come."""

    def __init__(self, database: sqlite3.Connection, table: Table, taken: Collection[str]) -> None:
        self.table = table
        self.name = _plain(table.name) if table.within is None else _free(_plain(table.name), (*taken, *_RESERVED))
        self.links = [*table.links]
        self._database = database
        self._columns: dict[str, _Column] = {}
        self._names = {name.casefold() for name in self.links}
        self._empty: list[Any] = [None] * len(self.links)
        self._waiting: list[list[Any]] = []
        #: How many columns of fields the database has; none before the table is created.
        self._created = 0
        for path in table.columns:
            self._declare(path)

    @property
    def columns(self) -> Mapping[str, str]:
        """The columns of the fields by their paths."""
        return {path: column.name for path, column in self._columns.items()}

    def add(self, links: Iterable[Cell | None], values: Mapping[str, Any]) -> None:
        """Add a row."""
        row = self._empty.copy()
        row[: len(self.links)] = links
        for path, value in values.items():
            column = self._columns.get(path)
            if column is None:
                column = self._declare(path)
                row.append(None)
            # What is printable has bytes.
            if type(value) is str and column.is_text and (value.isascii() or value.isprintable()):
                row[column.place] = value
            elif value is not None:
                row[column.place] = column.stored(value)
        self._waiting.append(row)
        if len(self._waiting) == _TOGETHER:
            self.flush()

    def flush(self) -> None:
        """Write the waiting rows, and the columns that they need."""
        table, columns = quoted(self.name), [*self._columns]
        if not self._created:
            parts = [f"{quoted(name)} {'INTEGER' if name == ENTRY else 'TEXT'}{_of_link(name)}" for name in self.links]
            parts += [f"{self._declared(path)}{_of_id(self.table, path)}" for path in self.table.ordered(columns)]
            self._database.execute(f"CREATE TABLE {table} ({', '.join((*parts, *_keys(self.table)))})")
        else:
            for path in columns[self._created :]:
                self._database.execute(f"ALTER TABLE {table} ADD COLUMN {self._declared(path)}")
        self._created = len(columns)
        by_column = [*zip(*(row + self._empty[len(row) :] for row in self._waiting), strict=True)]
        # Half of SQLite's time would go into empty cells.
        used = [place for place, cells in enumerate(by_column) if cells.count(None) < len(cells)]
        if used:
            every = (*self.links, *self.columns.values())
            names, marks = ", ".join(quoted(every[place]) for place in used), ", ".join("?" * len(used))
            rows = zip(*(by_column[place] for place in used), strict=True)
            self._database.executemany(f"INSERT INTO {table} ({names}) VALUES ({marks})", rows)  # noqa: S608 - quoted
        self._waiting.clear()

    def finish(self) -> None:
        """Write the rest, and the index by customer."""
        self.flush()
        if self.links:
            name = quoted(f"{self.name}_by_customer")
            self._database.execute(f"CREATE INDEX {name} ON {quoted(self.name)} ({CUSTOMER})")

    def _declare(self, path: str) -> _Column:
        """A new column for a field."""
        name = _free(_plain(path), self._names)
        self._names.add(name.casefold())
        if len(self._names) > _COLUMNS:
            message = _("a table has at most {n} columns").format(n=f"{_COLUMNS:,}")
            raise usage("too-many-columns", message, _("export as json or jsonl"))
        shape = self.table.shape_of(path) or OPEN
        column = _Column(name, len(self._empty), _storing(shape), shape.kind in ("text", "date", "choice"))
        self._columns[path] = column
        self._empty.append(None)
        return column

    def _declared(self, path: str) -> str:
        """A column's name and type. Columns without a type hold numbers as they are."""
        shape = self.table.shape_of(path) or OPEN
        return f"{quoted(self._columns[path].name)}{'' if shape.kind in ('number', 'boolean', 'open') else ' TEXT'}"


def stored(value: Cell, kind: str) -> Cell:
    """Return a cell as SQLite holds it in a column of a kind."""
    if isinstance(value, bool) and kind == "boolean":
        return int(value)
    if isinstance(value, bool) or (isinstance(value, int) and not _SMALLEST <= value <= _LARGEST):
        return to_json(value)
    if isinstance(value, str):
        # Half of a pair of surrogates has no bytes.
        value = value.encode("utf-8", "replace").decode()
        return f"'{value}" if kind == "open" and _STANDS_FOR.fullmatch(value) else value
    return value


def restored(value: Cell, kind: str) -> Cell:
    """Return the cell that `stored` was given."""
    if kind == "boolean" and value in (0, 1):
        return bool(value)
    if isinstance(value, str) and kind in ("open", "number") and _STANDS_FOR.fullmatch(value):
        if value[0] == "'":
            return value[1:]
        return _TRUTHS[value] if value in _TRUTHS else int(value)
    return value


def _storing(shape: Shape) -> Callable[[Any], Cell]:
    encode, kind = encoder(shape, labels=False), shape.kind
    return lambda value: stored(encode(value), kind)


def _of_link(name: str) -> str:
    return " NOT NULL" if name in (CUSTOMER, ENTRY) else ""


def _of_id(table: Table, path: str) -> str:
    return " PRIMARY KEY NOT NULL" if table.within is None and path == "id" else ""


def _keys(table: Table) -> Iterator[str]:
    """Yield the keys of a list's table: its own, and that of the table to which its entries belong."""
    if table.within is None:
        return
    if table.within.within is not None:
        yield f"FOREIGN KEY ({CUSTOMER}, {ENTRY}) REFERENCES {quoted(_plain(table.within.name))} ({CUSTOMER}, {ENTRY})"
    else:
        if ENTRY in table.links:
            yield f"PRIMARY KEY ({CUSTOMER}, {ENTRY})"
        yield f"FOREIGN KEY ({CUSTOMER}) REFERENCES {CUSTOMERS} (id)"


def _write_fields(database: sqlite3.Connection, tables: Iterable[_Table]) -> None:
    """Write the table of columns: the field in each one, the kind of its values, and its labels."""
    labels = [f"label_{language}" for language in LANGUAGES]
    names = ("table_name", "column_name", "list", "field", "kind", *labels)
    database.execute(f"CREATE TABLE {FIELDS} ({', '.join(f'{name} TEXT' for name in names)})")
    marks = ", ".join("?" * len(names))
    for table in tables:
        fields: list[tuple[str, str, Shape | None]] = [(link, link, None) for link in table.links]
        fields += [(name, path, table.table.shape_of(path)) for path, name in table.columns.items()]
        rows = [
            (table.name, name, table.table.name, path, shape.kind if shape else "", *_labels(shape))
            for name, path, shape in fields
        ]
        database.executemany(f"INSERT INTO {FIELDS} VALUES ({marks})", rows)  # noqa: S608 - both are ours


def _labels(shape: Shape | None) -> Iterator[str | None]:
    # A part of an open map has a name of its own.
    field = shape.field if shape and not (shape.field and shape.field.key == "*") else None
    for language in LANGUAGES:
        with speaking(language):
            yield field.label if field else None


def _write_views(database: sqlite3.Connection, tables: Mapping[str, _Table], currency: str) -> None:
    have = {name: {*table.columns.values()} for name, table in tables.items()}
    for name, view in _VIEWS.items():
        table, known = view.table, have.get(view.table, set())
        if not known.issuperset(view.needed):
            continue
        people = [f"{table}.{quoted(column)}" for column in view.people if column in known]
        person = f"coalesce({', '.join((*people, 'customers.owner'))})" if people else "customers.owner"
        shown = [f"{person} AS person"]
        for column in view.columns:
            if column == "currency":
                # An amount without one has that of the settings.
                default = "'" + currency.replace("'", "''") + "'"
                own = f"coalesce({table}.currency, {default})" if column in known else default
                shown.append(f"{own} AS currency")
            elif column in known:
                shown.append(f"{table}.{quoted(column)} AS {quoted(column)}")
        who = "customers.id AS customer_id, customers.name, customers.owner AS customer_owner"
        both = f"{table} JOIN customers ON customers.id = {table}.{CUSTOMER}"
        query = f"SELECT {', '.join((who, *shown))} FROM {both} WHERE {view.condition} ORDER BY {view.order}"  # noqa: S608 - all of it is ours
        database.execute(f"CREATE VIEW {name} AS {query}")


def _free(name: str, taken: Collection[str]) -> str:
    """The name, or one like it that isn't taken in small letters; SQLite keeps names with `sqlite_` for itself."""
    name = f"_{name}" if name.casefold().startswith("sqlite_") else name
    free, number = name, 1
    while free.casefold() in taken:
        number += 1
        free = f"{name}_{number}"
    return free


def _plain(path: str) -> str:
    """The name of a field's column or a list's table: without the dots, so that SQL needs no quotes."""
    return path.replace(".", "_")


def quoted(name: str) -> str:
    """Return a name of a table or column as SQL takes any."""
    return '"' + name.replace('"', '""').replace("\0", "") + '"'
