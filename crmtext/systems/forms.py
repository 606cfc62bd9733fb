"""The writers of one kind of file: rows of one kind, or forms with the lists of a customer beside each other."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from crmtext.exporters.headers import BETWEEN
from crmtext.i18n import speaking
from crmtext.importers.columns.headers import plain
from crmtext.importers.columns.mapping_file import Target
from crmtext.importers.columns.match import Matcher
from crmtext.systems.cells import Cells, target_of
from crmtext.systems.rows import rows
from crmtext.systems.tables import Table

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping
    from typing import BinaryIO

    from crmtext.importers.columns.mapping_file import Outgoing, Output, SheetMapping, SystemMapping
    from crmtext.importers.columns.names import Names
    from crmtext.settings import Settings
    from crmtext.systems.rows import Source

#: The columns of a sub-form that stand even if they are empty: a title above one column is no sub-form.
_FEWEST = 2


class Flat:
    """Rows of one kind."""

    def __init__(self, output: Output, cells: Cells, table: Table) -> None:
        self._output, self._cells, self.table = output, cells, table

    @property
    def heads(self) -> set[str]:
        """The fields of a record that have columns here, or parts that have."""
        return self._cells.heads

    def write(self, source: Source) -> None:
        """Write the rows of a customer."""
        for row in rows(source, self._cells.kind):
            if self._cells.has(row):
                self.table.add(self._cells.of(row))
                # An import gives entries these values without a column.
                for key, value in self._output.reads.items():
                    if row.get(key) == value:
                        source.taken.add(row.where(key))


class Form:
    """The columns of a form that have values, and the rows of its customers: sub-forms beside each other."""

    def __init__(
        self, mapping: SystemMapping, sheet: SheetMapping, output: Output, names: Names, settings: Settings,
        used: Used, outgoing: Outgoing, opener: Callable[[str], BinaryIO],
    ) -> None:  # fmt: skip
        # By these an import knows the form.
        wanted = {column for ways in sheet.headers for column in ways} | {*sheet.groups}
        columns: dict[str, list[str]] = {}
        for column in output.columns:
            columns.setdefault(_title(column, output.groups), []).append(column)
        kept = {
            group: [
                column
                for at, column in enumerate(every)
                if column in wanted
                or _field(sheet, column) in used.paths
                or (group and at < _FEWEST and output.groups[group] in used.paths)
            ]
            for group, every in columns.items()
        }
        others = [column for every in kept.values() for column in every]
        with speaking(outgoing.language):
            most = outgoing.columns - len(others) if outgoing.columns else len(used.own)
            own = _own_columns(names, sheet, output._replace(columns=tuple(others)), used.own, most)
        kept[""] += own
        sheet = sheet._replace(columns={**sheet.columns, **{column: Target(path) for column, path in own.items()}})
        self._parts = [
            (output.groups.get(group, "customers"), Cells(mapping, sheet, output._replace(
                columns=tuple(every), rows=output.groups.get(group, "")), names, settings))
            for group, every in kept.items() if every
        ]  # fmt: skip
        header = [(group, column.removeprefix(f"{group}/")) for group, every in kept.items() for column in every]
        groups, titles = zip(*header, strict=True)
        self.table = Table(output.file, titles, outgoing, opener, groups)

    @property
    def heads(self) -> set[str]:
        """The fields of a record that have columns here, or parts that have."""
        return {head for _kind, cells in self._parts for head in cells.heads}

    def write(self, source: Source) -> None:
        """Write the rows of a customer."""
        parts = [[cells.of(row) for row in rows(source, kind)] for kind, cells in self._parts]
        widths = [cells.width for _kind, cells in self._parts]
        height = max(map(len, parts))
        self.table.add_block(
            [
                [cell for part, width in zip(parts, widths, strict=True)
                 for cell in (part[at] if at < len(part) else [""] * width)]
                for at in range(height)
            ]
        )  # fmt: skip


class Used:
    """The fields that have a value in any record."""

    def __init__(self, records: Iterable[Mapping[str, Any]]) -> None:
        self.paths: set[str] = set()
        #: The names of own fields.
        self.own: dict[str, None] = {}
        for record in records:
            self._take(record, "")

    def _take(self, value: Any, path: str) -> None:
        if path == "custom" and isinstance(value, dict):
            self.own.update(dict.fromkeys(value))
        elif isinstance(value, dict):
            for key, one in value.items():
                self._take(one, f"{path}.{key}" if path else key)
        elif value not in (None, "", []):
            self.paths.add(path)
            for one in value if isinstance(value, list) else ():
                if isinstance(one, dict):
                    self._take(one, path)


def _own_columns(names: Names, sheet: SheetMapping, output: Output, own: Iterable[str], most: int) -> dict[str, str]:
    """The first columns of own fields that an import reads back: by their name, or with `自定义` before it."""
    columns: dict[str, str] = {}
    label = names.fields["custom"].label if "custom" in names.fields else ""
    for name in sorted(own):
        # Each is read back among all before it, and a form has room for some hundreds.
        if len(columns) >= most:
            break
        path = f"custom.{name}"
        ways = (header for header in (name, f"{label}{BETWEEN}{name}") if plain(header) == header)
        if column := next((one for one in ways if _back(names, sheet, output, [*columns, one]) == path), ""):
            columns[column] = path
    return columns


def _back(names: Names, sheet: SheetMapping, output: Output, own: list[str]) -> str:
    """The field that an import reads from the last of the own columns."""
    headers = [*(one for one in output.columns if "/" not in one), *own, *(one for one in output.columns if "/" in one)]
    if headers.count(own[-1]) > 1:
        return ""
    groups = [_title(one, output.groups) for one in headers]
    read = Matcher(names, sheet.object, None, sheet).columns(headers, groups)
    return next(one.field for one in read if one.name == own[-1])


def _field(sheet: SheetMapping, column: str) -> str:
    """The path of the field of a column; the sub-form of addresses has those of any kind."""
    return re.sub(r"\[\w+\]", "", target_of(sheet, column))


def _title(column: str, groups: Mapping[str, str]) -> str:
    """The title of the sub-form that a column belongs to; empty if it belongs to none."""
    title, slash, _name = column.partition("/")
    return title if slash and title in groups else ""
