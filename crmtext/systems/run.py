"""`crmtext export --to`: the import files of a system, linked by ids, with a README that says how to load them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from crmtext.disk import files
from crmtext.disk.output_place import check_place
from crmtext.exporters.output import writing
from crmtext.i18n import N_, _, pick, plural
from crmtext.importers.columns import mapping_file
from crmtext.importers.columns.names import Names
from crmtext.importers.values import customer_type
from crmtext.importers.values.context import OF_FIRMS
from crmtext.problem import usage
from crmtext.systems.cells import Cells
from crmtext.systems.left import Left
from crmtext.systems.rows import Source, rows
from crmtext.systems.tables import Table, Written

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path
    from typing import BinaryIO

    from crmtext.exporters.export import Export
    from crmtext.importers.columns.mapping_file import Outgoing, Output, SystemMapping
    from crmtext.store import Store

_README = "README.txt"
#: How the README of an export begins: by it, the next export knows the folder.
_MARK = "crmtext export --to "


def write(store: Store, export: Export, system: str, folder: Path, typed: str) -> list[str]:
    """Write the files of a system to a folder, and return lines about them for the user.

    Raises CrmError if the folder holds something else.
    """
    check_place(folder, store.root)
    earlier = _earlier(folder, store)
    mapping = mapping_file.profiles()[system]
    outgoing = mapping.outgoing
    if outgoing is None:
        raise ValueError(system)
    with writing(store.root) as output:
        lines, written = _Writer(mapping, outgoing, export, lambda name: output.open(folder / name)).write()
        for name in earlier - {one.name for one in written} - {_README}:
            output.remove(folder / name)
        text = "\n".join([f"{_MARK}{system}", "", *_readme(outgoing, written), "", *lines, ""])
        output.open(folder / _README).write(("\ufeff" + text.replace("\n", "\r\n")).encode())
    names = _(", ").join([*(one.name for one in written), _README])
    count = len(export.customers)
    first = plural("Wrote {n} customer to {path}", "Wrote {n} customers to {path}", count, path=typed)
    return [_("{what}: {more}").format(what=first, more=names), *lines]


class _Writer:
    """Writes the customers of an export to the files of a system."""

    def __init__(
        self, mapping: SystemMapping, outgoing: Outgoing, export: Export, opener: Callable[[str], BinaryIO]
    ) -> None:
        self._mapping, self._export = mapping, export
        names = Names(export.schema)
        outputs = [(sheet, one) for sheet in mapping.sheets for one in sheet.outputs]
        self._tables = [
            (one.rows or sheet.object, one, Cells(mapping, sheet, one, names, export.snapshot.settings),
             Table(one.file, one.columns, outgoing, opener))
            for sheet, one in outputs
        ]  # fmt: skip
        #: Whether the system has people without a company as contacts.
        self._has_persons = mapping.name in OF_FIRMS
        self._left = Left(export.schema, {head for *_rest, cells, _table in self._tables for head in cells.heads})

    def write(self) -> tuple[list[str], list[Written]]:
        """Write all rows; return what has no place, and the files in the order to load them."""
        export = self._export
        for record in export.records(N_("customers exported")):
            is_person = record.get("type") == "person"
            source = Source(record, self._mapping.source, self._has_persons and is_person)
            if self._type(str(record["name"])) == record.get("type") or source.is_contact:
                source.taken.add(("type",))
            for kind, output, cells, table in self._tables:
                for row in rows(source, kind):
                    if cells.has(row):
                        table.add(cells.of(row))
                        _take_kind(output, source, row.place)
            self._left.count(source)
        for *_rest, table in self._tables:
            table.close()
        return self._lines(), [one for *_rest, table in self._tables for one in table.written]

    def _type(self, name: str) -> str:
        """The type that an import gives a customer of this name."""
        return customer_type.guess(name, persons=not self._has_persons) or ("company" if self._has_persons else "")

    def _lines(self) -> list[str]:
        export, left = self._export, self._left.lines()
        lines = []
        if left:
            lines.append(_("{system} has no place for:").format(system=self._mapping.title))
            lines += [f"  {line}" for line in left]
        if out := export.snapshot.left_out:
            text = plural("{n} record with errors not exported", "{n} records with errors not exported", out)
            lines.append(text + _("; see: crmtext check"))
        many = export.sensitive
        text = plural("{n} value of sensitive fields left out", "{n} values of sensitive fields left out", many)
        return [*lines, _("nothing is masked, {sensitive}").format(sensitive=text)]


def _take_kind(output: Output, source: Source, place: tuple[str | int, ...]) -> None:
    """Note the kind of an entry that an import gives it without a column."""
    for key, value in output.reads.items():
        if source.at((*place, key)) == value:
            source.taken.add((*place, key))


def _readme(outgoing: Outgoing, written: list[Written]) -> list[str]:
    lines = [_("Load these files in this order:")]
    lines += [
        f"  {number}. {one.name}: {plural('{n} row', '{n} rows', one.rows)}" for number, one in enumerate(written, 1)
    ]
    how = pick(outgoing.load)
    return [*lines, *(["", how] if how else [])]


def _earlier(folder: Path, store: Store) -> set[str]:
    """The files of an earlier export in a folder. Raises CrmError if something else is there."""
    within = files.trusted(folder, store.root)
    if not folder.exists():
        return set()
    names = {name for name in files.names(folder, within=within) if not name.startswith(".")}
    readme = files.read(folder / _README, within=within) if _README in names else None
    ours = {f"{one.file}.{m.outgoing.ending}" for m in mapping_file.profiles().values() if m.outgoing
            for sheet in m.sheets for one in sheet.outputs}  # fmt: skip
    if readme and readme.decode("utf-8-sig", "replace").startswith(_MARK):
        strange = sorted(name for name in names - {_README} if _whole(name) not in ours)
    else:
        strange = sorted(names)
    if strange:
        message = _("'{path}' holds other files: {names}")
        message = message.format(path=files.near(folder), names=_(", ").join(strange[:3]))
        raise usage("output-place", message, _("nothing was written; name a new folder"))
    return names


def _whole(name: str) -> str:
    """The name of the first of several parts."""
    stem, dot, ending = name.rpartition(".")
    head, dash, number = stem.rpartition("-")
    return f"{head}{dot}{ending}" if dash and number.isdecimal() else name
