"""Decisions about likely duplicates: rows as the user named them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from crmtext.i18n import _
from crmtext.importers.findings import RowRef
from crmtext.problem import usage

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from crmtext.importers.mapping import Table
    from crmtext.importers.options import Options
    from crmtext.model import Customer

_ALL = ("all", "全部")


def row_name(at: RowRef, tables: Sequence[Table]) -> str:
    """Return a row as users type it: `12`, or `客户.csv:12` if there are several files or sheets."""
    if len(tables) == 1:
        return str(at.row)
    table = next(table for table in tables if table.file == at.file)
    return f"{sheet_name(table)}:{at.row}"


def sheet_name(table: Table) -> str:
    """Return the short name of a table: its file, or its sheet if the workbook has several."""
    file = table.sheet.path.replace("\\", "/").rpartition("/")[2]
    return f"{file}/{table.sheet.name}" if table.sheet.name else file


class Decisions:
    """What `--same` and `--not-same` say."""

    def __init__(self, tables: Sequence[Table], options: Options, customers: Mapping[str, Customer]) -> None:
        self._tables = tables
        self._all = any(row in _ALL for row in options.not_same)
        self._differ = {self._row(row) for row in options.not_same if row not in _ALL}
        self._same: dict[RowRef, Customer] = {}
        for row, id_ in options.same:
            if id_ not in customers:
                raise usage("unknown-customer", _("there is no customer {id}").format(id=id_))
            self._same[self._row(row)] = customers[id_]

    def same(self, rows: Iterable[RowRef]) -> Customer | None:
        """Return the customer that these rows are, if the user said so."""
        return next((self._same[at] for at in rows if at in self._same), None)

    def differs(self, rows: Iterable[RowRef]) -> bool:
        """Whether the user said that these rows are no duplicates."""
        return self._all or any(at in self._differ for at in rows)

    def _row(self, typed: str) -> RowRef:
        name, _colon, number = typed.rpartition(":")
        tables = [table for table in self._tables if not name or name == sheet_name(table)]
        if not number.isdecimal() or len(tables) != 1:
            message = _("no row '{row}'").format(row=typed)
            raise usage("unknown-row", message, _("name rows as the plan prints them: {example}").format(example="12"))
        return RowRef(tables[0].file, int(number))
