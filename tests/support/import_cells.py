"""Cells of an import and what becomes of them."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from crmtext.importers.findings import Findings
from crmtext.importers.mapping import Column, Table, Understanding
from crmtext.importers.sheet import Row, Sheet
from crmtext.importers.values.context import Context
from crmtext.importers.values.convert import Facts, choose
from crmtext.importers.values.rows import read_rows
from crmtext.schema import Schema
from crmtext.settings import Settings
from crmtext.settings.entries import Member

if TYPE_CHECKING:
    from collections.abc import Sequence

    from crmtext.importers.incoming import RowData
    from crmtext.importers.sheet import Cell
    from crmtext.importers.values.outcome import Outcome

TEAM = {
    member.handle: member
    for member in (
        Member("lilei", "李雷", ("lilei@acme.example",)),
        Member("hanmei", "韩梅", ("hanmei@acme.example",)),
        Member("ouyang", "欧阳晓月", active=False),
        Member("pool", "公海", pool=True),
    )
}
TODAY = date(2026, 11, 20)


def context(*tables: Table, source: str = "acme", day_first: bool | None = None, **more: Any) -> Context:
    understanding = Understanding(source, None, tables, **more)
    zone = ZoneInfo("Asia/Shanghai")
    return Context(Schema.shipped(), Settings(team=TEAM), TODAY, zone, understanding, day_first=day_first)


def outcome(path: str, cell: Cell, *others: Cell, also: Sequence[dict[str, str]] = (), **more: Any) -> Outcome:
    """What becomes of a cell in a column of this field, which has other cells too."""
    return choose(context(**more), Facts("Column", path, "customers", also, lambda: enumerate((cell, *others), 2)))(
        cell
    )


def table(object_: str, fields: dict[str, str], *rows: Sequence[Cell], **more: Any) -> Table:
    """A table of columns with their fields; its header is row 1."""
    columns = tuple(Column(at, name, field, "label") for at, (name, field) in enumerate(fields.items()))
    numbered = tuple(Row(number, tuple(cells)) for number, cells in enumerate(rows, start=2))
    sheet = Sheet("customers.csv", "", "csv", (Row(1, tuple(fields)), *numbered), digest="")
    return Table(0, sheet, object_, 1, columns, numbered, **more)


def rows(made: Table, **more: Any) -> tuple[list[RowData], Findings]:
    """The rows of a table, and what was noticed."""
    findings = Findings()
    return list(read_rows(made, context(made, **more), findings)), findings
