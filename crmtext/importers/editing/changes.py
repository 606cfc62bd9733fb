"""The changes of a workbook for editing: its cells against the commit that it shows, and that against the store."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, NamedTuple

from crmtext.exporters.editing_rows import MARK, Rows, row_hash, steps_of
from crmtext.exporters.tables import OPEN
from crmtext.i18n import _
from crmtext.importers.editing.cells import Reader
from crmtext.importers.findings import BadCell, RowRef
from crmtext.importers.incoming import Incoming
from crmtext.importers.plan.decided import Difference
from crmtext.importers.plan.items import equal, lasting_place, places, same_people
from crmtext.importers.plan.result import Conflict, Missing
from crmtext.importers.reading.failure import unreadable
from crmtext.importers.values.outcome import EMPTY, bad
from crmtext.text.edit.operations import Append, Delete, Set
from crmtext.text.pointer import escape

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from crmtext.importers.editing.book import Book, EditedSheet
    from crmtext.importers.findings import Findings
    from crmtext.importers.sheet import Row
    from crmtext.importers.values.context import Context
    from crmtext.model import Customer
    from crmtext.schema import Field
    from crmtext.snapshot import Snapshot
    from crmtext.text.edit.operations import Operation

_NOTHING: Mapping[str, Any] = MappingProxyType({})


@dataclass
class Edit:
    """The changes of a customer of the store by a workbook."""

    customer: Customer
    incoming: Incoming
    operations: list[Operation] = field(default_factory=list)
    conflicts: list[Conflict] = field(default_factory=list)
    #: The rows whose cells the operations are from.
    changed: list[RowRef] = field(default_factory=list)


class Changes(NamedTuple):
    """The changes by customer, and the rows that the workbook lacks now."""

    edits: tuple[Edit, ...]
    missing: tuple[Missing, ...]


class _Place(NamedTuple):
    """A row in the store as it is now: its customer, its values, and where they are."""

    customer: Customer
    data: Mapping[str, Any]
    pointer: str
    shown: str
    field: Field


def changes(book: Book, base: Snapshot, now: Snapshot, context: Context, findings: Findings) -> Changes:
    """Return what the rows of the workbook change; rows without an id are new ones, and left to others."""
    comparer = _Comparer(book, base, now, context, findings)
    for number, sheet in enumerate(book.sheets):
        if not sheet.part.is_new:
            comparer.take(number, sheet)
    return Changes(tuple(comparer.edits.values()), tuple(comparer.missing()))


class _Comparer:
    def __init__(self, book: Book, base: Snapshot, now: Snapshot, context: Context, findings: Findings) -> None:
        self._book, self._base, self._now = book, base.by_id, now
        self._context, self._findings = context, findings
        self._by_id = {str(old): one for one in now.customers for old in one.data.get("merged_from", ())}
        self._by_id |= now.by_id
        #: The rows as they were exported, by sheet and id.
        self._exported: dict[tuple[str, str], Mapping[str, Any]] = {}
        self._read: set[str] = set()
        self._rows = Rows(base.schema, tuple(sheet.part for sheet in book.sheets))
        #: By customer and list: the numbers of the items now by those in the commit.
        self._matched: dict[tuple[str, str], Mapping[int, int]] = {}
        self._seen: defaultdict[str, dict[str, RowRef]] = defaultdict(dict)
        self.edits: dict[str, Edit] = {}

    def take(self, number: int, sheet: EditedSheet) -> None:
        """Compare the rows of a sheet that have ids."""
        part = sheet.part
        readers = {
            path: (place, Reader(part, path, part.table.shape_of(path) or OPEN, sheet.name(place), self._context))
            for path, place in sheet.places.items()
            if path not in part.fixed
        }
        hashes, seen = self._book.rows.get(part.name, {}), self._seen[part.name]
        for row in sheet.rows:
            at, key = RowRef(number, row.number), sheet.text(row, sheet.id)
            if not key:
                continue
            if key not in hashes:
                why = _("the id '{id}' is not from this workbook").format(id=key)
                self._reject(at, sheet, why, _("leave the id of a new row empty; don't change the others"))
            elif key in seen:
                why = _("row {row} has the same id '{id}'").format(row=seen[key].row, id=key)
                self._reject(at, sheet, why, _("leave the id of a new row empty, or delete one of the two"))
            else:
                seen[key] = at
                self._compare(at, sheet, row, key, readers)

    def _reject(self, at: RowRef, sheet: EditedSheet, why: str, fix: str) -> None:
        column = sheet.name(sheet.id)
        self._findings.rejected.setdefault(at, BadCell(at, column, "", why, fix))

    def _values(self, part: str, key: str) -> Mapping[str, Any]:
        """The values of a row as they were exported. Raises CrmError if they aren't those of the commit."""
        id_ = key.partition("/")[0]
        if id_ not in self._read:
            self._read.add(id_)
            if customer := self._base.get(id_):
                for row in self._rows.of(customer.data):
                    name = self._book.sheets[row.part].part.name
                    self._exported[name, row.key] = row.values
        values = self._exported.get((part, key))
        wanted = next(sheet.part for sheet in self._book.sheets if sheet.part.name == part)
        if values is None or row_hash(wanted, values) != self._book.rows[part][key]:
            reason = _("its hidden sheet {name} doesn't fit commit {commit}: row '{id}'")
            reason = reason.format(name=MARK, commit=self._book.commit[:7], id=key)
            raise unreadable(self._book.path, reason, _("export the workbook again, and copy the changes into it"))
        return values

    def _compare(
        self, at: RowRef, sheet: EditedSheet, row: Row, key: str, readers: Mapping[str, tuple[int, Reader]]
    ) -> None:
        before = self._values(sheet.part.name, key)
        changed = [
            (path, place, reader)
            for path, (place, reader) in readers.items()
            if place < len(row.cells) and reader.is_changed(row.cells[place], before.get(path))
        ]
        read = {path: reader.read(row.cells[place]) for path, place, reader in changed}
        place_now = self._place(sheet, key, {path: one.value for path, one in read.items()})
        if place_now is None:
            if changed:
                why = _("'{id}' was removed or renamed here since the export").format(id=key)
                self._reject(at, sheet, why, _("change it in the store, or delete the row"))
            else:
                self._findings.left_out[at] = "removed"
            return
        edit = self._edit(place_now.customer, at)
        for path, place, _reader in changed:
            result = read[path]
            column, text = sheet.name(place), sheet.text(row, place)
            if result == EMPTY and path in sheet.part.table.required:
                result = bad(_("this field can't be empty"), _("enter a value, or the one that was there"))
            if result.bad:
                self._findings.cells.append(BadCell(at, column, text, result.bad, result.fix))
            if result.bad and result.value is None:
                continue
            if result.masked:
                self._findings.masked[column] += 1
            self._decide(edit, at, sheet, path, place_now, before.get(path), result.value)

    def _edit(self, customer: Customer, at: RowRef) -> Edit:
        if customer.id not in self.edits:
            incoming = Incoming({"name": customer.name}, [], own_id=customer.id)
            self.edits[customer.id] = Edit(customer, incoming)
        edit = self.edits[customer.id]
        edit.incoming.rows.append(at)
        return edit

    def _place(self, sheet: EditedSheet, key: str, renamed: Mapping[str, Any] = _NOTHING) -> _Place | None:
        """Where a row is in the store now, perhaps under its new name; None if it was removed."""
        id_, _slash, number = key.partition("/")
        customer = self._by_id.get(id_)
        if customer is None:
            return None
        root = self._context.schema.root
        if sheet.part.is_customers:
            return _Place(customer, customer.data, "", "", root)
        name = sheet.part.name
        items = customer.data.get(name) or []
        matched = self._items(id_, name, customer)
        at = matched.get(int(number) - 1)
        field = root.by_key[name].item or root
        keys = tuple(root.by_key[name].mark("x-key") or ())
        if at is None and not renamed.keys().isdisjoint(keys):
            # The workbook came in before.
            wanted = {**self._base[id_].data[name][int(number) - 1], **renamed}
            same = (
                place for place, item in enumerate(items) if place not in matched.values()
                and all(item.get(one) == wanted.get(one) for one in keys)
            )  # fmt: skip
            at = next(same, None)
        if at is None:
            return None
        label = next(iter(items[at].values()), "") if isinstance(items[at], dict) else items[at]
        return _Place(customer, items[at], f"/{name}/{at}", f"{name}[{label}]", field)

    def _items(self, id_: str, name: str, customer: Customer) -> Mapping[int, int]:
        """The numbers of a list's items now by their numbers in the commit."""
        if (id_, name) not in self._matched:
            then, here = self._base[id_].data.get(name) or [], customer.data.get(name) or []
            field = self._context.schema.root.by_key[name]
            known = places(here, then, [tuple(field.mark("x-key") or ())])
            if name == "contacts":
                known |= same_people(here, then, known)
            self._matched[id_, name] = known
        return self._matched[id_, name]

    def _decide(
        self, edit: Edit, at: RowRef, sheet: EditedSheet, path: str, where: _Place, before: Any, theirs: Any
    ) -> None:
        steps = steps_of(sheet.part, path)
        ours: Any = where.data
        for step in steps:
            ours = ours.get(step) if isinstance(ours, dict) else None
        pointer = where.pointer + "".join(f"/{escape(step)}" for step in steps)
        if isinstance(theirs, list) or (theirs is None and isinstance(before, list)):
            wanted = [*_edits_of_list(pointer, ours, before or [], theirs or [])]
            edit.operations += wanted
            if wanted:
                edit.changed.append(at)
            return
        if theirs in (before, ours) or (ours != before and equal(theirs, ours)):
            return
        operation = Delete(pointer) if theirs is None else Set(pointer, theirs, _order(where.field, steps))
        if ours == before:
            edit.operations.append(operation)
            edit.changed.append(at)
            return
        shown = f"{where.shown}.{path}" if where.shown else path
        difference = Difference(shown, pointer, ours, theirs, before, (operation,))
        place = (edit.customer.id, *lasting_place(edit.customer.data, pointer, theirs))
        edit.conflicts.append(Conflict(at, edit.customer.id, edit.customer.name, difference, place, (at,)))

    def missing(self) -> Iterator[Missing]:
        """Yield the exported rows that the sheets of the workbook lack now; a sheet that is gone says nothing."""
        for sheet in self._book.sheets:
            seen = self._seen[sheet.part.name]
            for key in self._book.rows.get(sheet.part.name, {}):
                if key not in seen and (place := self._place_of(sheet, key)):
                    yield Missing(place.customer.id, place.customer.name, place.shown)

    def _place_of(self, sheet: EditedSheet, key: str) -> _Place | None:
        return self._place(sheet, key) if key.partition("/")[0] in self._base else None


def _order(field: Field, steps: Sequence[str]) -> tuple[str, ...]:
    """The order of the keys beside a value that is set."""
    for step in steps[:-1]:
        field = field.by_key.get(step, field)
    return tuple(field.by_key)


def _edits_of_list(pointer: str, ours: Any, before: Sequence[Any], theirs: Sequence[Any]) -> Iterable[Operation]:
    """The edits of a list of texts: what was added comes in, what was taken away goes, and all else stays."""
    have = ours if isinstance(ours, list) else []
    more = [one for one in theirs if one not in before and one not in have]
    gone = [at for at, one in enumerate(have) if one in before and one not in theirs]
    if not have:
        return [Set(pointer, more)] if more else []
    if len(gone) == len(have) and not more:
        return [Delete(pointer)]
    pairs = list(zip(gone, more, strict=False))
    return [
        *(Set(f"{pointer}/{at}", one) for at, one in pairs),
        *(Append(pointer, one) for one in more[len(pairs) :]),
        *(Delete(f"{pointer}/{at}") for at in gone[len(pairs) :]),
    ]
