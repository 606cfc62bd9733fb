"""The tables of our own exports, in text files, a workbook or a database, as whole records."""

from __future__ import annotations

import re
from dataclasses import replace
from itertools import chain, islice
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Any, NamedTuple

from crmtext.exporters.cells import LARGEST, decoder, from_text
from crmtext.exporters.codes import codes_of
from crmtext.exporters.export import sheet as sheet_of
from crmtext.exporters.headers import Paths, paths, titles
from crmtext.exporters.tables import CUSTOMER, CUSTOMERS, ENTRY, OPEN, WORDS, Table, tables
from crmtext.figures.rules import NAMES
from crmtext.i18n import LANGUAGES, _, translations
from crmtext.importers.sheet import Row, Sheet
from crmtext.index import lookup

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

    from crmtext.exporters.codes import Codes
    from crmtext.exporters.tables import Shape
    from crmtext.importers.sheet import Cell
    from crmtext.settings import Settings
    from crmtext.store import Store

_FORMATS = ("csv", "xlsx", "xls", "ods", "sqlite")
#: The header of a column with a further part of a long text, and the title of a further sheet.
_FURTHER = re.compile(r"(.*) \(([2-9]|[1-9][0-9])\)", re.DOTALL)
#: Figures that repeat a field of an address: such a column may be one that somebody added.
_COPIES = frozenset({"province", "city"})
#: How many ids are looked at.
_SOME = 50


class _Column(NamedTuple):
    """A column: where its values go in a row's map, and how its cells are read. Without steps it is left out."""

    steps: tuple[str, ...] = ()
    decode: Callable[[Any], Any] = str
    is_open: bool = False
    #: Whether it may have a further part of the texts in the column before; an open map may have such a name, too.
    continues: bool = False


class _Own(NamedTuple):
    """A sheet that is a table of ours."""

    sheet: Sheet
    table: Table
    #: The places of the columns that are no fields, by name.
    links: Mapping[str, int]
    columns: tuple[_Column, ...]

    def link(self, row: Row, name: str) -> str:
        """The text in one of these columns; empty if the table or the row has none."""
        at = self.links.get(name, len(row.cells))
        cell = row.cells[at] if at < len(row.cells) else None
        text = from_text(cell) if self.sheet.format == "csv" and isinstance(cell, str) else cell
        return "" if text is None else str(int(text) if isinstance(text, float) and text.is_integer() else text)


def with_records(sheets: Sequence[Sheet], store: Store) -> tuple[Sheet, ...]:
    """Return the sheets, those of each own export united to one with whole records.

    Our own export is a sheet whose header has `id` (`customer_id` in one of a list's entries), and else only names, or
    only labels of one language, of the schema. Entries without their customer's row belong to the store's customer.
    """
    known: _Known | None = None
    own: dict[str, list[_Own]] = {}
    kept: list[Sheet | str] = []
    for sheet in sheets:
        table: _Own | None = None
        if sheet.format in _FORMATS and sheet.rows and not sheet.records and _may_be_own(sheet.rows[0].cells):
            known = known or _Known(store)
            table = known.own(sheet)
        if table is None:
            kept.append(sheet)
            continue
        group = sheet.path if sheet.name else str(PurePosixPath(sheet.path.replace("\\", "/")).parent)
        if group not in own:
            kept.append(group)
        own.setdefault(group, []).append(table)
    return tuple(one if isinstance(one, Sheet) else _united(own[one], store) for one in kept)


def _may_be_own(cells: Sequence[Cell]) -> bool:
    return "id" in cells or CUSTOMER in cells


class _Known:
    """The tables of the schema, with what their headers may be."""

    def __init__(self, store: Store) -> None:
        customers, *lists = tables(store.schema)
        self._id = re.compile(str(store.schema.by_path["id"].resolved.get("pattern", "")))
        self._settings = store.settings
        self._customers = sheet_of((customers, *lists))
        self._lists = lists
        self._paths: dict[str, list[Paths]] = {}

    def own(self, sheet: Sheet) -> _Own | None:
        """Return a sheet as a table of ours; None if it isn't one."""
        header = [cell if isinstance(cell, str) else "" for cell in sheet.rows[0].cells]
        while header and not header[-1]:
            header.pop()
        if CUSTOMER not in header:
            columns = self._columns(self._customers, header)
            return _Own(sheet, self._customers, {}, columns) if columns and self._has_ids(sheet, header) else None
        fitting = [(table, columns) for table in self._lists if (columns := self._columns(table, header))]
        named = [pair for pair in fitting if _title(sheet) in titles(pair[0])]
        if len(named or fitting) != 1:
            return None
        [(table, columns)] = named or fitting
        places = {path: at for known in self._of(table) for at, name in enumerate(header) if (path := known.of(name))}
        return _Own(sheet, table, {name: places[name] for name in table.links if name in places}, columns)

    def _has_ids(self, sheet: Sheet, header: Sequence[str]) -> bool:
        """Whether the first ids have the form of ours: other systems have a column `id`, too."""
        at = header.index("id")
        ids = [str(row.cells[at]) for row in islice(sheet.rows, 1, _SOME) if at < len(row.cells) and row.cells[at]]
        return all(map(self._id.search, ids))

    def _columns(self, table: Table, header: Sequence[str]) -> tuple[_Column, ...]:
        """The columns of a header in one of the languages; empty if it isn't one of the table's."""
        best: tuple[int, tuple[_Column, ...]] = (0, ())
        for known in self._of(table) if len({*header}) == len(header) else ():
            columns = tuple(_read(header, table, known, self._settings))
            number = sum(map(known.is_known, header))
            if len(columns) == len(header) and number > best[0]:
                best = number, columns
        return best[1]

    def _of(self, table: Table) -> Sequence[Paths]:
        """What the headers of a table may be: names, then labels in each language."""
        if table.name not in self._paths:
            self._paths[table.name] = [paths(table, language) for language in ("", *LANGUAGES)]
        return self._paths[table.name]


def _read(header: Sequence[str], table: Table, known: Paths, settings: Settings) -> Iterator[_Column]:
    """The columns of a header, up to the first one that the table doesn't have."""
    before = ""
    for name in header:
        path = known.of(name)
        further = _FURTHER.fullmatch(name)
        continues = bool(further and before and known.of(further[1]) == before)
        if continues and not path:
            yield _Column(continues=True)
            continue
        if path in table.links or (not path and _is_figure(name, known, table)):
            yield _Column()
        elif path:
            shape = table.shape_of(path) or OPEN
            codes = codes_of(shape, settings) if known.has_labels else None
            yield _Column(_steps(table, path), _decoding(shape, codes), shape.kind == "open", continues)
        else:
            return
        before = before if continues else path


def _decoding(shape: Shape, codes: Codes | None) -> Callable[[Any], Any]:
    decode = decoder(shape)
    return (lambda cell: codes.read(decode(cell))) if codes else decode


def _steps(table: Table, path: str) -> tuple[str, ...]:
    if path in table.shapes:
        return tuple(path.split("."))
    holder = table.holder(path)
    return (*holder.split("."), path[len(holder) + 1 :]) if holder else (path,)


def _is_figure(name: str, known: Paths, table: Table) -> bool:
    """Whether a column holds something computed, or values from all entries of a list: nothing to import."""
    figures = {key for key, figure in NAMES.items() if name in (key, *translations(figure.label).values())}
    if figures - _COPIES:
        return True
    first = known.of(re.split(r"\.| · ", name)[0])
    shape = table.shape_of(first) if first else None
    return shape is not None and shape.kind == "list"


def _title(sheet: Sheet) -> str:
    """The title of a sheet, or the name of its file without the ending."""
    title = sheet.name or PurePosixPath(sheet.path.replace("\\", "/")).stem
    further = _FURTHER.fullmatch(title)
    return further[1] if further else title


def _united(group: Sequence[_Own], store: Store) -> Sheet:
    """The records of an export's tables."""
    notes: list[str] = []
    records: list[tuple[int, dict[str, Any]]] = []
    by_id: dict[str, dict[str, Any]] = {}
    lists = [own for own in group if own.table.name != CUSTOMERS]
    for own in group:
        for row in own.sheet.rows[1:] if own.table.name == CUSTOMERS else ():
            record = _values(own, row, notes)
            if isinstance(contact := record.get("contacts"), dict):
                record["contacts"] = [contact]
            records.append((row.number, record))
            by_id.setdefault(str(record.get("id", "")), record)
    rows = [(own, row) for own in sorted(lists, key=_is_inner) for row in own.sheet.rows[1:]]
    lacking = dict.fromkeys(id_ for own, row in rows if (id_ := own.link(row, CUSTOMER)) not in by_id)
    last = max((number for number, _record in records), default=0)
    for number, (id_, record) in enumerate(_of_store(store, lacking), start=last + 1):
        by_id[id_] = record
        records.append((number, record))
    _add_entries(rows, by_id, notes)
    first = next((own for own in group if own.table.name == CUSTOMERS), group[0]).sheet
    header = Row(0, ("id", "name"))
    below = (Row(number, (one.get("id", ""), str(one.get("name", "")))) for number, one in records)
    return replace(
        first,
        name="",
        format="json",
        rows=(header, *below),
        records=tuple(record for _number, record in records),
        notes=(*first.notes, *notes),
    )


def _is_inner(own: _Own) -> bool:
    """Whether a table's entries belong to those of another list."""
    return own.table.within is not None and own.table.within.within is not None


def _add_entries(rows: Sequence[tuple[_Own, Row]], by_id: Mapping[str, dict[str, Any]], notes: list[str]) -> None:
    """Add the entries of lists to the records, or to the entries that have the lists; note those without a place."""
    numbered: dict[tuple[str, str, str], dict[str, Any]] = {}
    for own, row in rows:
        table, id_, entry = own.table, own.link(row, CUSTOMER), own.link(row, ENTRY)
        words = own.link(row, WORDS)
        item = _values(own, row, notes) if words == "" else words
        holder, path = by_id[id_], table.name
        if table.within is not None and _is_inner(own):
            path = path.removeprefix(f"{table.within.name}.")
            holder = numbered.get((table.within.name, id_, entry), holder)
        *above, last = path.split(".")
        below = _below(holder, above)
        items = None if below is None else below.setdefault(last, [])
        if not isinstance(items, list):
            notes.append(_no_place(own, row, table.name))
            continue
        items.append(item)
        if table.has_tables and isinstance(item, dict):
            numbered[table.name, id_, entry or str(len(items))] = item


def _of_store(store: Store, ids: Iterable[str]) -> Iterator[tuple[str, dict[str, Any]]]:
    """The required fields of the customers with these ids; of an unknown one, the id alone."""
    wanted = tuple(ids)
    if not wanted:
        return
    known = {one.id: one.data for one in lookup.listed(store, {"id": wanted}).customers}
    required = store.schema.root.resolved.get("required", ())
    for id_ in wanted:
        yield id_, {key: known[id_][key] for key in required} if id_ in known else {"id": id_}


def _is_full(text: str) -> bool:
    """Whether a text fills a cell of a workbook, so that it may go on in the next one."""
    return len(text) * 2 >= LARGEST - 1 and len(text) + sum(sign > "\uffff" for sign in text) >= LARGEST - 1


def _below(values: dict[str, Any], steps: Iterable[str]) -> dict[str, Any] | None:
    """The map below these names, made if it is missing; None if another value is in its place."""
    holder = values
    for step in steps:
        below = holder.setdefault(step, {})
        if not isinstance(below, dict):
            return None
        holder = below
    return holder


def _no_place(own: _Own, row: Row, name: str) -> str:
    message = _("{file} row {row}: '{name}' is left out, because another value is in the place of its group")
    return message.format(file=own.sheet.path, row=row.number, name=name)


def _values(own: _Own, row: Row, notes: list[str]) -> dict[str, Any]:
    """The values of a row as a map; those without a place are noted."""
    values: dict[str, Any] = {}
    is_text = own.sheet.format == "csv"
    # Only the cells of a workbook have a limit.
    may_go_on = not is_text and own.sheet.format != "sqlite"
    cells = chain(row.cells, (None,) * (len(own.columns) - len(row.cells)))
    waiting: list[tuple[_Column, Any]] = []
    is_full = False
    for column, cell in zip(own.columns, cells, strict=False):
        is_full = column.continues and is_full and may_go_on
        if is_full and isinstance(cell, str):
            waiting[-1] = (waiting[-1][0], f"{waiting[-1][1]}{cell}")
        elif column.steps and cell is not None and cell != "":
            waiting.append((column, cell))
        is_full = (is_full or not column.continues) and isinstance(cell, str) and _is_full(cell)
    for column, cell in waiting:
        read = from_text(cell, is_open=column.is_open) if is_text and isinstance(cell, str) else cell
        holder = _below(values, column.steps[:-1])
        if holder is None:
            notes.append(_no_place(own, row, ".".join(column.steps)))
        else:
            holder[column.steps[-1]] = column.decode(read)
    return values
