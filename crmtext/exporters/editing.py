"""A workbook that comes back: colleagues edit customers in a spreadsheet, and `crmtext import` takes their changes."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from crmtext.exporters.books import Book, letters
from crmtext.exporters.cells import as_text, encoder
from crmtext.exporters.editing_rows import FORM, ID, MARK, VERSION, Part, Rows, checksum, is_person, parts, row_hash
from crmtext.exporters.tables import OPEN
from crmtext.exporters.xlsx import spreadsheet_day
from crmtext.i18n import N_, _

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from typing import BinaryIO

    from crmtext.exporters.cells import Cell
    from crmtext.exporters.export import Export
    from crmtext.exporters.tables import Shape
    from crmtext.settings import Settings

_OPTIONS = {
    "in_memory": True,
    "strings_to_formulas": False,
    "strings_to_numbers": False,
    "strings_to_urls": False,
    "nan_inf_to_errors": False,
    "use_zip64": True,
}
#: The sheet with the choices that are too many for a cell's own list.
_LISTS = "_lists"
#: How long a list of choices in a cell may be, and how long a text.
_LONGEST_LIST, _LONGEST = 255, 32_767
#: Rows below the data that have drop-down lists and text cells, too.
_SPARE = 500
_WIDTHS = {"number": 12, "date": 12, "boolean": 8, "choice": 14}
_NOT_IN_TITLES = re.compile(r"[\[\]:*?/\\]")
#: What a protected sheet still allows: everything but other ids.
_ALLOWED = dict.fromkeys(
    ("format_cells", "format_columns", "format_rows", "insert_columns", "insert_rows", "insert_hyperlinks",
     "delete_columns", "delete_rows", "sort", "autofilter", "select_locked_cells", "select_unlocked_cells", "objects"),
    True,
)  # fmt: skip


def write(export: Export, file: BinaryIO, commit: str) -> None:
    """Write the workbook of customers as they are in a commit."""
    wanted = _with_open_columns(export, parts(export.schema))
    rows: list[list[tuple[str, Mapping[str, Any], str]]] = [[] for _part in wanted]
    split = Rows(export.schema, wanted)
    for customer, record in export.pairs(N_("customers exported")):
        for row in split.of(record):
            rows[row.part].append((row.key, row.values, customer.name))
    marks: list[tuple[str, ...]] = [("commit", commit), ("schema", str(export.snapshot.settings.schema_version))]
    with Book(file, _OPTIONS) as book:
        sheets = _Book(book, export.snapshot.settings)
        for part, its in zip(wanted, rows, strict=True):
            title = sheets.add(part, its)
            marks.append(("sheet", part.name, title))
            marks += [("column", path, header) for path, header in part.headers.items()]
            marks += [("row", key, row_hash(part, values)) for key, values, _name in its]
        sheets.finish(marks)


def _with_open_columns(export: Export, wanted: tuple[Part, ...]) -> tuple[Part, ...]:
    """The sheets, that of the customers with the team's own columns that have values."""
    split, more = Rows(export.schema, wanted[:1]), set[str]()
    for customer in export.customers:
        record = {"id": "", "custom": customer.data.get("custom")} if customer.data.get("custom") else None
        for row in split.of(record) if record else ():
            more.update(path for path, value in row.values.items() if _is_open(path, value))
    customers, *rest = wanted
    return (customers._replace(fields=(*customers.fields, *sorted(more))), *rest)


def _is_open(path: str, value: Any) -> bool:
    return path.startswith("custom.") and not isinstance(value, list | dict)


class _Book:
    """Writes the sheets."""

    def __init__(self, book: Any, settings: Settings) -> None:
        self._book = book
        self._team = [member.shown for member in settings.team.values() if not member.has_left]
        self._shown = settings.shown
        self._text = book.add_format({"num_format": "@", "locked": False})
        self._number = book.add_format({"locked": False})
        self._day = book.add_format({"num_format": "yyyy-mm-dd", "locked": False})
        self._locked = book.add_format({"num_format": "@", "font_color": "#808080"})
        self._bold = book.add_format({"num_format": "@", "bold": True})
        #: The choices that are too many for a cell, by column of their sheet.
        self._lists: list[Sequence[str]] = []

    def add(self, part: Part, rows: Sequence[tuple[str, Mapping[str, Any], str]]) -> str:
        """Write a sheet and return its title."""
        title = _NOT_IN_TITLES.sub("_", part.title)[:31]
        sheet = self._book.add_worksheet(title)
        sheet.freeze_panes(1, 0 if part.is_new else 1 if part.is_customers else 2)
        sheet.protect("", _ALLOWED)
        first = [] if part.is_new else [ID]
        first += [] if part.is_customers else [_("Customer")]
        shapes = [part.table.shape_of(path) or OPEN for path in part.paths]
        headers = [*first, *part.headers.values()]
        for column, header in enumerate(headers):
            sheet.write_string(0, column, header, self._bold)
        # As a whole: new rows have text cells, too, and may be written to.
        sheet.set_column(0, max(len(headers), 40), 20, self._text)
        if not part.is_new:
            sheet.set_column(0, 0, 16, self._locked)
        filled = {path for _key, values, _name in rows for path in values}
        encoders = [self._encoder(shape) for shape in shapes]
        for at, (path, shape) in enumerate(zip(part.paths, shapes, strict=True), start=len(first)):
            form = self._day if shape.kind == "date" else self._number if shape.kind == "number" else self._text
            if path in part.fixed:
                form = self._locked
            hidden = path not in filled and not part.is_shown(path)
            sheet.set_column(at, at, _WIDTHS.get(shape.kind, 20), form, {"hidden": hidden})
            self._choices(sheet, at, shape, len(rows))
        for number, (key, values, name) in enumerate(rows, start=1):
            sheet.write_string(number, 0, key, self._locked)
            if not part.is_customers:
                sheet.write_string(number, 1, name[:_LONGEST], self._text)
            for at, (path, shape, encode) in enumerate(zip(part.paths, shapes, encoders, strict=True), len(first)):
                if path in values:
                    self._put(sheet, number, at, encode(values[path]), shape, is_fixed=path in part.fixed)
        sheet.autofilter(0, 0, max(len(rows), 1), len(headers) - 1)
        return title

    def _encoder(self, shape: Shape) -> Callable[[Any], Cell]:
        encode = encoder(shape, labels=True)
        if not is_person(shape):
            return encode
        return lambda value: self._shown(value) if isinstance(value, str) else encode(list(map(self._shown, value)))

    def _put(self, sheet: Any, row: int, column: int, cell: Cell, shape: Shape, *, is_fixed: bool) -> None:
        text = self._locked if is_fixed else self._text
        if isinstance(cell, bool):
            sheet.write_boolean(row, column, cell, text)
        elif not isinstance(cell, str):
            # A cell holds 15 digits.
            if abs(cell) < 1e15 and float(f"{cell:.15G}") == cell:
                sheet.write_number(row, column, cell, self._number)
            else:
                sheet.write_string(row, column, as_text(cell), text)
        elif shape.kind == "date" and not is_fixed and (day := spreadsheet_day(cell)):
            sheet.write_datetime(row, column, day, self._day)
        elif len(cell) * 2 <= _LONGEST:
            # A longer text stays out: an empty cell changes nothing.
            sheet.write_string(row, column, cell, text)

    def _choices(self, sheet: Any, column: int, shape: Shape, rows: int) -> None:
        """Give a column a drop-down list; other values may be typed in columns of several."""
        field = shape.field
        if shape.kind == "choice" and field:
            choices = [choice.label for choice in field.choices]
        elif shape.kind == "boolean":
            choices = [_("yes"), _("no")]
        elif is_person(shape) and shape.kind != "texts":
            choices = self._team
        else:
            return
        source: Any = list(choices)
        if not choices:
            return
        if len(",".join(choices)) > _LONGEST_LIST or any("," in choice for choice in choices):
            self._lists.append(choices)
            letter = letters(len(self._lists) - 1)
            source = f"={_LISTS}!${letter}$1:${letter}${len(choices)}"
        # A sign such as `-` may be typed, too: it clears the cell.
        rule = {"validate": "list", "source": source, "error_type": "warning"}
        sheet.data_validation(1, column, rows + _SPARE, column, rule)

    def finish(self, marks: Sequence[tuple[str, ...]]) -> None:
        """Write the hidden sheets."""
        if self._lists:
            sheet = self._book.add_worksheet(_LISTS)
            sheet.hide()
            for column, choices in enumerate(self._lists):
                sheet.write_column(0, column, choices, self._text)
        sheet = self._book.add_worksheet(MARK)
        sheet.hide()
        lines = [(FORM, VERSION), *marks]
        for row, cells in enumerate([*lines, ("sum", checksum(lines))]):
            for column, cell in enumerate(cells):
                sheet.write_string(row, column, cell, self._text)
