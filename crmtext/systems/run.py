"""`crmtext export --to`: the import files of a system, linked by ids, with a README that says how to load them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from crmtext.disk import files
from crmtext.disk.output_place import check_place
from crmtext.exporters.output import writing
from crmtext.exporters.run import inside, left_out
from crmtext.i18n import N_, _, bracketed, pick, plural
from crmtext.importers.columns import mapping_file
from crmtext.importers.columns.names import Names
from crmtext.importers.values import customer_type
from crmtext.importers.values.context import OF_FIRMS
from crmtext.problem import usage
from crmtext.systems.cells import Cells
from crmtext.systems.forms import Flat, Form, Used
from crmtext.systems.left import Left
from crmtext.systems.rows import Source
from crmtext.systems.tables import LONGEST, Table, Written
from crmtext.terminal.width import wrap

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from pathlib import Path
    from typing import BinaryIO

    from crmtext.exporters.export import Export
    from crmtext.importers.columns.mapping_file import Outgoing, Output, SheetMapping, SystemMapping
    from crmtext.store import Store

_README = "README.txt"
#: How the README of an export begins: by it, the next export knows the folder.
_MARK = "crmtext export --to "
#: How many lines a terminal shows at most, after those about the files.
_MOST_LINES = 13
#: The width of the README's paragraphs.
_WIDTH = 78
#: The lists of channels that must not be used, of a customer and of its contacts, as a condition names them.
_BLOCKED = {"preferences.do_not_contact": "preferences.do_not_contact",
            "contacts[].opted_out": "contacts.opted_out"}  # fmt: skip


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
        writer = _Writer(mapping, outgoing, export, lambda name: output.open(folder / name))
        written = writer.write()
        for name in earlier - {one.name for one in written} - {_README}:
            output.remove(folder / name)
        text = "\n".join([f"{_MARK}{system}", "", *_readme(outgoing, written), "", *writer.whole(), ""])
        output.open(folder / _README).write(("\ufeff" + text.replace("\n", "\r\n")).encode())
    count = len(export.customers)
    first = plural("Wrote {n} customer to {path}", "Wrote {n} customers to {path}", count, path=typed)
    files_ = plural("{n} file", "{n} files", len(written) + 1)
    return [bracketed(first, files_), _("how to load them: {file}").format(file=f"{typed.rstrip('/')}/{_README}"),
            *writer.short()]  # fmt: skip


class _Writer:
    """Writes the customers of an export to the files of a system."""

    def __init__(
        self, mapping: SystemMapping, outgoing: Outgoing, export: Export, opener: Callable[[str], BinaryIO]
    ) -> None:
        self._mapping, self._export = mapping, export
        names, settings = Names(export.schema), export.snapshot.settings
        pairs = [(sheet, one) for sheet in mapping.sheets for one in sheet.outputs]
        used = Used(export.records("") if any(one.groups for _sheet, one in pairs) else ())

        def writer(sheet: SheetMapping, output: Output) -> Flat | Form:
            if output.groups:
                return Form(mapping, sheet, output, names, settings, used, outgoing, opener)
            cells = Cells(mapping, sheet, output, names, settings)
            return Flat(output, cells, Table(output.file, output.columns, outgoing, opener))

        self._outputs = [writer(sheet, one) for sheet, one in pairs]
        self._longest = LONGEST if outgoing.ending == "xlsx" else 0
        #: Whether the system has people without a company as contacts.
        self._has_persons = mapping.name in OF_FIRMS
        self._left = Left(export.schema, {head for one in self._outputs for head in one.heads})

    def write(self) -> list[Written]:
        """Write all rows; return the files in the order to load them."""
        export = self._export
        for record in export.records(N_("customers exported")):
            is_person = record.get("type") == "person"
            source = Source(record, self._mapping.source, self._has_persons and is_person, self._longest)
            if self._type(str(record["name"])) == record.get("type") or source.is_contact:
                source.taken.add(("type",))
            for output in self._outputs:
                output.write(source)
            self._left.count(source)
        for output in self._outputs:
            output.table.close()
        return [one for output in self._outputs for one in output.table.written]

    def _type(self, name: str) -> str:
        """The type that an import gives a customer of this name."""
        return customer_type.guess(name, persons=not self._has_persons) or ("company" if self._has_persons else "")

    def whole(self) -> list[str]:
        """Everything about what has no place in the system, field by field."""
        lines = self._binding()
        if left := self._left.lines():
            lines += [_("{system} has no place for:").format(system=self._mapping.title), *_indented(left), ""]
        return [*lines, *self._about()]

    def short(self) -> list[str]:
        """The same for a terminal: the fields of one part of a record are one line."""
        binding, about = self._binding(), self._about()
        fields, values = self._left.size
        lines = [*filter(None, binding)]
        if fields:
            text = plural("{n} value of {fields}", "{n} values of {fields}", values,
                          fields=plural("{n} field", "{n} fields", fields))  # fmt: skip
            head = _("{system} has no place for {values}, all listed in {file}:")
            lines.append(head.format(system=self._mapping.title, values=text, file=_README))
            lines += _indented(self._left.summary(_MOST_LINES - len(lines) - len(about)))
        return [*lines, *about]

    def _binding(self) -> list[str]:
        """The lines about fields that bind everyone who contacts the customers, also in the other system."""
        left = self._left.binding()
        if not left:
            return []
        head = _("Not in the files, but to be respected when you contact these customers:")
        blocked = (name for path, name in _BLOCKED.items() if self._left.has(path))
        who = [_("who they are: {command}").format(command=f"crmtext list --where {name}") for name in blocked]
        return [head, *_indented([*left, *who]), ""]

    def _about(self) -> list[str]:
        return [*left_out(self._export.snapshot), inside(self._export.sensitive)]


def _indented(lines: Iterable[str]) -> list[str]:
    return [f"  {line}" for line in lines]


def _readme(outgoing: Outgoing, written: list[Written]) -> list[str]:
    lines = [_("Load these files in this order:")]
    lines += [
        f"  {number}. {one.name}: {plural('{n} row', '{n} rows', one.rows)}" for number, one in enumerate(written, 1)
    ]
    paragraphs = [pick(outgoing.load), _opening(outgoing)]
    return [*lines, *(line for text in paragraphs if text for line in ("", *wrap(text, _WIDTH)))]


def _opening(outgoing: Outgoing) -> str:
    """How to look into the files without spoiling them."""
    if outgoing.ending == "xlsx":
        return _("All cells are texts: leading zeros of phones, postcodes and ids stay. Leave their format as it is.")
    return _(
        "Load the files as they are: UTF-8, comma-separated, all values as they are in the records. Don't save them "
        "from a spreadsheet: one that opens a CSV file by a double click drops the leading zeros of phones, postcodes "
        "and ids, and turns long numbers into 1.38E+10. To look inside with Excel: Data > From Text/CSV, origin UTF-8, "
        "and choose the type Text for all columns; with LibreOffice or WPS, choose Text in the import dialog."
    )


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
