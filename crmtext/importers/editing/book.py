"""A workbook for editing as it comes back: what its hidden sheet says, and where its sheets, columns and rows are."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, NamedTuple

from crmtext.exporters.editing_rows import FORM, ID, MARK, VERSION, Part, checksum, parts
from crmtext.i18n import LANGUAGES, _, speaking
from crmtext.importers.columns.headers import norm
from crmtext.importers.reading.failure import unreadable
from crmtext.problem import usage

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from crmtext.importers.sheet import Cell, Row, Sheet
    from crmtext.problem import CrmError
    from crmtext.schema import Schema

#: Headers are looked for in so many rows: a colleague may have put a title above.
_LOOKED_AT = 30


class EditedSheet(NamedTuple):
    """A sheet of the workbook, found by its headers."""

    sheet: Sheet
    part: Part
    header: Row
    #: The place of the column with the ids, and with the customers' names; -1 for none.
    id: int
    customer: int
    #: The places of fields.
    places: Mapping[str, int]
    #: The rows below the header that aren't empty.
    rows: tuple[Row, ...]

    def text(self, row: Row, place: int) -> str:
        """Return the text of a cell."""
        return text_of(row.cells[place]) if 0 <= place < len(row.cells) else ""

    def name(self, place: int) -> str:
        """Return the header of a column."""
        return text_of(self.header.cells[place])


class Book(NamedTuple):
    """A workbook for editing."""

    path: str
    commit: str
    #: The hashes of the exported rows by their ids, by sheet.
    rows: Mapping[str, Mapping[str, str]]
    sheets: tuple[EditedSheet, ...]
    #: Sheets and columns that the export didn't write.
    further: tuple[str, ...]


def text_of(cell: Cell) -> str:
    """Return a cell as text, without blanks around it."""
    if isinstance(cell, float) and cell.is_integer():
        cell = int(cell)
    return "" if cell is None else str(cell).strip()


def mark(sheet: Sheet) -> bool:
    """Whether a sheet is the hidden one of a workbook for editing, damaged or not."""
    return sheet.name == MARK or (bool(sheet.rows) and sheet.hidden and text_of((*sheet.rows[0].cells, "")[0]) == FORM)


def read(sheets: Sequence[Sheet], schema: Schema) -> Book | None:
    """Return the workbook for editing in these sheets; None if there is none.

    Raises CrmError for several, for one among other files, and for a damaged one.
    """
    marks = [sheet for sheet in sheets if mark(sheet)]
    if not marks:
        return None
    path = marks[0].path
    if other := next((sheet.path for sheet in (*marks[1:], *sheets) if sheet.path != path), ""):
        message = _("{path} is a workbook for editing, so it is imported on its own, without {other}")
        raise usage("mixed-files", message.format(path=path, other=other), _("import them one after the other"))
    lines = [[text_of(cell) for cell in row.cells] for row in marks[0].rows]
    lines = [line[: max((at + 1 for at, cell in enumerate(line) if cell), default=0)] for line in lines]
    if not lines or lines[0][:1] != [FORM] or lines[-1] != ["sum", checksum(lines[:-1])]:
        raise _damaged(path)
    if lines[0][1:] != [VERSION]:
        message = _("{path} was written by another version of crmtext").format(path=path)
        raise usage("workbook-version", message, _("update crmtext, or export the workbook again"))
    commit = next(line[1] for line in lines if line[0] == "commit")
    known, titles, columns, rows = _contents(lines, schema)
    editable, further = [], list[str]()
    for sheet in sheets:
        if sheet.hidden or mark(sheet) or not any(map(_is_filled, sheet.rows)):
            continue
        edited = _edited(sheet, known, titles, columns, further)
        if edited:
            editable.append(edited)
        else:
            further.append(_("sheet '{name}'").format(name=sheet.name))
    return Book(path, commit, rows, tuple(editable), tuple(further))


def _contents(
    lines: Iterable[Sequence[str]], schema: Schema
) -> tuple[dict[str, Part], dict[str, str], dict[str, dict[str, str]], dict[str, dict[str, str]]]:
    """The sheets by name, the names by title, and of each sheet the fields by header and the hashes by id."""
    known = {part.name: part for part in parts(schema)}
    titles: dict[str, str] = {}
    columns: defaultdict[str, dict[str, str]] = defaultdict(dict)
    rows: defaultdict[str, dict[str, str]] = defaultdict(dict)
    name = ""
    for kind, *rest in lines:
        if kind == "sheet":
            name = rest[0]
            titles[rest[1]] = name
        elif kind == "column":
            columns[name][rest[0]] = rest[1]
        elif kind == "row":
            rows[name][rest[0]] = rest[1]
    for one in columns:
        part = known[one]
        known[one] = part._replace(fields=tuple(path for path in columns[one] if path not in part.fixed))
    by_header = {one: {norm(header): path for path, header in its.items()} for one, its in columns.items()}
    return known, titles, by_header, dict(rows)


def _damaged(path: str) -> CrmError:
    message = _("its hidden sheet {name} is damaged, so nothing can tell what was changed").format(name=MARK)
    return unreadable(path, message, _("export the workbook again, and copy the changes into it"))


def _edited(
    sheet: Sheet,
    known: Mapping[str, Part],
    titles: Mapping[str, str],
    columns: Mapping[str, Mapping[str, str]],
    further: list[str],
) -> EditedSheet | None:
    """A sheet with its header: by its title, else by its columns."""
    name = titles.get(sheet.name, "")
    headers = [(row, [norm(text_of(cell)) for cell in row.cells]) for row in sheet.rows[:_LOOKED_AT]]
    best = max(
        ((sum(cell in columns[one] for cell in cells), one == name, -at, one)
         for at, (_row, cells) in enumerate(headers) for one in columns),
        default=(0, False, 0, ""),
    )  # fmt: skip
    count, _is_own, at, one = best
    if count < 2:
        return None
    header, cells = headers[-at]
    part = known[one]
    customers = _customer_headers()
    places: dict[str, int] = {}
    id_ = customer = -1
    for place, cell in enumerate(cells):
        path = columns[one].get(cell, "")
        if cell == ID and id_ < 0:
            id_ = place
        elif cell in customers and customer < 0 and not part.is_customers:
            customer = place
        elif path and path not in places:
            places[path] = place
        elif cell:
            further.append(_("column '{column}' of sheet '{name}'").format(
                column=text_of(header.cells[place]), name=sheet.name))  # fmt: skip
    if id_ < 0 and not part.is_new:
        message = _("sheet '{name}' has no column '{column}'").format(name=sheet.name, column=ID)
        raise unreadable(sheet.path, message, _("without it, nothing tells which row is which; export it again"))
    rows = tuple(row for row in sheet.rows[-at + 1 :] if _is_filled(row))
    return EditedSheet(sheet, part, header, id_, customer, places, rows)


def _is_filled(row: Row) -> bool:
    return any(text_of(cell) for cell in row.cells)


def _customer_headers() -> frozenset[str]:
    headers = set()
    for language in LANGUAGES:
        with speaking(language):
            headers.add(norm(_("Customer")))
    return frozenset(headers)
