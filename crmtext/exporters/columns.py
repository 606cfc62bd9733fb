"""The columns of tables: those that have values, or those that the user chose."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Any, NamedTuple

from crmtext.exporters.cells import BETWEEN, Cell, encoder, to_json
from crmtext.exporters.codes import codes_of
from crmtext.exporters.export import with_primary
from crmtext.exporters.headers import Headers
from crmtext.exporters.rows import Splitter
from crmtext.exporters.tables import OPEN, Shape, Table
from crmtext.figures.rules import NAMES
from crmtext.i18n import LANGUAGES, N_, speaking
from crmtext.model import Customer
from crmtext.problem import CrmError, usage
from crmtext.query import columns, listing, path
from crmtext.text.document import Document
from crmtext.values.did_you_mean import did_you_mean, nearest

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from crmtext.exporters.export import Export

#: The mark of the primary contact, and its name.
_PRIMARY, _NAME = "contacts.primary", "contacts.name"
#: Under this name a row's values hold the customer's values by name, for columns that are no columns of a table.
_ROW = "\0row"


class Column(NamedTuple):
    """A column: its header, the shape of its values, and the cell of a row's values; None for an empty one."""

    header: str
    shape: Shape
    cell: Callable[[Mapping[str, Any]], Cell | None]


def of_table(table: Table, paths: tuple[str, ...], export: Export) -> tuple[Column, ...]:
    """Return the columns of a table's fields."""
    headers = Headers(table, labels=export.labels)
    return tuple(_column(table, one, headers, export) for one in paths)


def links(table: Table, *, labels: bool) -> tuple[str, ...]:
    """Return the headers of the columns that are no fields."""
    return tuple(map(Headers(table, labels=labels).of, table.links))


class Used(NamedTuple):
    """The number of rows of each table, and their columns."""

    rows: list[int]
    paths: list[tuple[str, ...]]


def used(export: Export, seen: Callable[[int, Mapping[str, Any]], None] = lambda _table, _values: None) -> Used:
    """Read the whole export once, and return the rows of each table and the columns that have values.

    `seen` is called with the number of the table and the values of each row.
    """
    tables = export.tables
    rows, paths = [0] * len(tables), [set(table.required) for table in tables]
    for record in export.records(N_("customers read")):
        for number, _links, values in export.splitter.rows(record):
            rows[number] += 1
            paths[number].update(values)
            seen(number, values)
    return Used(rows, [table.ordered(some) for table, some in zip(tables, paths, strict=True)])


class Single:
    """One table for everything: a row for each customer, with the primary contact."""

    def __init__(self, export: Export) -> None:
        self._export = export
        self._splitter = Splitter((export.sheet, *export.tables[1:]))
        self.columns = tuple(map(self._chosen, export.columns)) if export.columns else self._used()

    def rows(self) -> Iterator[list[Cell | None]]:
        """Yield the cells of each customer."""
        cells = [column.cell for column in self.columns]
        values_of = NAMES.of(self._export.snapshot)
        for customer, record in self._export.pairs(N_("customers exported")):
            values = self._splitter.customer(with_primary(record))
            if self._export.columns:
                values[_ROW] = values_of(Customer(Document(customer.path, "", record)))
            yield [cell(values) for cell in cells]

    def _used(self) -> tuple[Column, ...]:
        sheet = self._export.sheet
        paths = set(sheet.required)
        for record in self._export.records(N_("customers read")):
            paths.update(self._splitter.customer(with_primary(record)))
        return of_table(sheet, sheet.ordered(paths), self._export)

    def _chosen(self, typed: str) -> Column:
        """The column that was typed. Raises CrmError if there is none."""
        export, sheet = self._export, self._export.sheet
        snapshot, labels = export.snapshot, export.labels
        column = resolved(typed, export)
        shape = sheet.shape_of(column.name)
        if shape and shape.kind not in ("map", "list"):
            return _column(sheet, column.name, Headers(sheet, labels=labels), export)
        head = columns.head(column, snapshot, NAMES)
        word = columns.word(column.type, snapshot) if labels else _word
        shape = Shape("number" if head.right else "date" if column.type.kind == "date" else "text")
        header = head.label if labels else head.name
        return Column(header, shape, lambda values: _cell(column.value(values[_ROW]), word))


def resolved(typed: str, export: Export) -> path.Path:
    """The typed path; a header of the table counts, too. Raises CrmError with the nearest name."""
    terms = listing.terms(export.snapshot, NAMES)._replace(with_sensitive=export.with_sensitive)
    try:
        column = path.resolve(typed, terms)
        # Alone, the label of the mark means the person whom it marks, as in the phrase "our primary contact".
        return path.resolve(_NAME, terms) if column.name == _PRIMARY and "." not in typed else column
    except CrmError as error:
        by_header: dict[str, str] = {}
        for name in LANGUAGES:
            with speaking(name):
                headers = Headers(export.sheet, labels=True)
                by_header |= {headers.of(one): one for one in export.sheet.columns}
        if typed in by_header:
            return path.resolve(by_header[typed], terms)
        if error.problem.rule != "unknown-column":
            raise
        near = nearest(typed, [*path.names(terms), *export.sheet.columns, *by_header], loose=True)
        raise usage(error.problem.rule, error.problem.message, did_you_mean(near, error.problem.hint)) from None


def _column(table: Table, one: str, headers: Headers, export: Export) -> Column:
    shape = table.shape_of(one) or OPEN
    encode = encoder(shape, labels=export.labels)
    codes = codes_of(shape, export.snapshot.settings) if export.labels else None
    if codes:
        return Column(
            headers.of(one), shape, lambda values: encode(codes.shown(values[one])) if one in values else None
        )
    return Column(headers.of(one), shape, lambda values: encode(values[one]) if one in values else None)


def _cell(value: Any, word: Callable[[Any], str]) -> Cell | None:
    """The cell of a value that no table has: a number or day as such, several values between semicolons."""
    values = value if isinstance(value, list | tuple) else [value]
    if value is None or value in ((), {}, []):
        return None
    if isinstance(value, Mapping):
        return BETWEEN.join(f"{amount:f} {currency}" for currency, amount in value.items())
    if len(values) > 1:
        return BETWEEN.join(map(word, values))
    [only] = values
    if isinstance(only, Decimal):
        return int(only) if only == only.to_integral_value() else float(only)
    if isinstance(only, date):
        return only.isoformat()
    return only if isinstance(only, int | float) else word(only)


def _word(value: Any) -> str:
    """A value in the words of the files."""
    if isinstance(value, str):
        return value
    if isinstance(value, date):
        return value.isoformat()
    return f"{value:f}" if isinstance(value, Decimal) else to_json(value)
