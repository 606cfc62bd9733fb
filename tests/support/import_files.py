"""Rows of files as the steps before joining give them."""

from __future__ import annotations

from datetime import date
from types import SimpleNamespace
from typing import Any

from crmtext.importers.findings import Findings, RowRef
from crmtext.importers.incoming import Incoming, RowData
from crmtext.importers.joining.join import join
from crmtext.importers.mapping import Default, Table, Understanding
from crmtext.importers.sheet import Row, Sheet
from crmtext.schema import Schema
from crmtext.settings import Settings
from crmtext.settings.entries import Member

TEAM = {handle: Member(handle, name) for handle, name in (("lilei", "李雷"), ("hanmei", "韩梅"))}
CONTEXT = SimpleNamespace(schema=Schema.shipped(), settings=Settings(team=TEAM), today=date(2026, 11, 20))
DEFAULTS = {"owner": "lilei", "status": "lead", "type": "company"}


def with_id(item: dict[str, Any], id_: str, name: str = "contacts") -> dict[str, Any]:
    """An entry with its id in the source, where the schema has a place for it."""
    return item | ({"external_ids": {"acme": id_}} if f"{name}[].external_ids" in CONTEXT.schema.by_path else {})


class Files:
    """Rows of files as the steps before give them."""

    def __init__(self, **more: Any) -> None:
        self.rows: list[RowData] = []
        self.names: list[tuple[str, str]] = []
        self.more = {"source": "acme", "profile": None, "defaults": DEFAULTS, **more}

    def add(self, object_: str, *rows: dict[str, Any], name: str = "") -> Files:
        file = len(self.names)
        self.names.append((name or f"{object_}.csv", object_))
        for number, values in enumerate(rows, start=2):
            given = dict(values)
            id_, of = given.pop("id", ""), tuple(map(tuple, given.pop("of", ())))
            columns = given.pop("_columns", {})
            self.rows.append(RowData(RowRef(file, number), object_, given, id_, of, columns))
        return self

    def understanding(self) -> Understanding:
        tables = []
        for file, (name, object_) in enumerate(self.names):
            numbers = tuple(Row(row.at.row, ()) for row in self.rows if row.at.file == file)
            sheet = Sheet(name, "", "csv", numbers, digest=name)
            tables.append(Table(file, sheet, object_, 1, (), numbers))
        return Understanding(tables=tuple(tables), **self.more)

    def join(self) -> tuple[list[Incoming], Findings]:
        findings = Findings()
        return join(self.rows, self.understanding(), self.context, findings), findings

    @property
    def context(self) -> SimpleNamespace:
        """The store, and what is typed."""
        defaults = {path: ((Default(path, value), value),) for path, value in self.more["defaults"].items()}
        return SimpleNamespace(**vars(CONTEXT), defaults=defaults, same={}, converted=lambda _path, value: value)
