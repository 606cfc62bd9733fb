"""The plan of importing a workbook for editing: changed cells, new rows, new interactions."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from crmtext.exporters.editing_rows import CUSTOMER
from crmtext.git.clone import cut, unshallow_hint
from crmtext.git.merge import count
from crmtext.git.plumbing import branch, head, named
from crmtext.i18n import _
from crmtext.importers.columns.understand import understand
from crmtext.importers.editing.changes import changes
from crmtext.importers.editing.new_rows import readable
from crmtext.importers.findings import BadCell, Findings, RowRef
from crmtext.importers.joining.join import join
from crmtext.importers.joining.row_fates import fates
from crmtext.importers.mapping import Column, Table
from crmtext.importers.plan.bases import Bases
from crmtext.importers.plan.customer_names import CustomerNames, ids
from crmtext.importers.plan.decided import ordered
from crmtext.importers.plan.edited import Edited
from crmtext.importers.plan.plan import plan, takes_theirs, with_waiting
from crmtext.importers.plan.result import Plan, Planned, Same
from crmtext.importers.values.context import Context
from crmtext.importers.values.rows import read_rows
from crmtext.model import Customer
from crmtext.problem import CrmError, cannot, usage
from crmtext.record.change.draft import Draft, draft
from crmtext.values.folding import folded

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    from crmtext.importers.editing.book import Book, EditedSheet
    from crmtext.importers.editing.changes import Edit
    from crmtext.importers.incoming import Incoming, RowData
    from crmtext.importers.mapping import Understanding
    from crmtext.importers.options import Options
    from crmtext.importers.sheet import Row
    from crmtext.snapshot import Snapshot
    from crmtext.store import Store

#: The source of such workbooks, in the trailer of the commit.
SOURCE = "editing"


def planned(store: Store, now: Snapshot, book: Book, options: Options) -> Plan:
    """Return the plan. Raises CrmError if the workbook is damaged or shows a commit that isn't here."""
    if options.save or options.profile or options.maps or options.drops or options.meanings:
        message = _("{path} is a workbook for editing: its columns are known").format(path=book.path)
        raise usage("mixed-options", message, _("leave out --map, --drop, --value, --from and --save"))
    edited = _edited(store, book)
    findings = Findings()
    understanding = _understanding(store, book, options, findings)
    context = Context.of(store, understanding, options)
    incoming = _new(book, now, understanding, context, findings)
    done = changes(book, store.at(book.commit), now, context, findings)
    first = Plan(store, understanding, findings, options)
    bases = Bases(store, (SOURCE,), (), now.by_id)
    drafts = {edit.customer.id: one for edit in done.edits if (one := _draft(first, bases, edit))}
    later = [_after(customer, drafts.get(customer.id)) for customer in now.customers]
    result = plan(store, replace(now, customers=later), understanding, incoming, options, findings)
    _unite(result, first, drafts, done.edits)
    result.gone += done.missing
    result.edited = edited
    every = [*incoming, *(edit.incoming for edit in done.edits)]
    result.fates = with_waiting(fates(understanding, every, findings), result)
    return result


def _edited(store: Store, book: Book) -> Edited:
    repo = store.git()
    if named(repo, book.commit) is None:
        message = _("{path} shows commit {commit}, which is not in this clone")
        message = message.format(path=book.path, commit=book.commit[:7])
        if cut(repo):
            raise cannot("history-missing", message, unshallow_hint())
        fix = _("fetch it: {command}; or import the workbook where it was exported").format(command="git fetch --all")
        raise cannot("unknown-commit", message, fix)
    now = head(repo)
    since = count(repo, book.commit, now) if now else 0
    return Edited(book.commit, store.moment(book.commit).day, branch(repo) or "", since, book.further)


def _understanding(store: Store, book: Book, options: Options, findings: Findings) -> Understanding:
    """The sheets as tables; their columns are known from the export."""
    empty = understand((), store, options, findings)
    tables = tuple(_table(number, sheet) for number, sheet in enumerate(book.sheets))
    return empty._replace(source=SOURCE, former="", tables=tables, is_whole=False)


def _table(number: int, sheet: EditedSheet) -> Table:
    part = sheet.part
    columns = [
        Column(place, sheet.name(place), part.full_path(path), "label")
        for path, place in sorted(sheet.places.items(), key=lambda pair: pair[1])
        if part.is_new or path not in part.fixed
    ]
    if sheet.customer >= 0:
        columns.insert(0, Column(sheet.customer, sheet.name(sheet.customer), CUSTOMER, "label"))
    start = sheet.sheet.rows.index(sheet.header) + 1
    return Table(
        number, sheet.sheet, part.table.name, sheet.header.number, tuple(columns), sheet.rows,
        width=len(sheet.header.cells), start=start,
    )  # fmt: skip


def _new(
    book: Book, now: Snapshot, understanding: Understanding, context: Context, findings: Findings
) -> list[Incoming]:
    """The rows without an id, and new interactions, joined into customers."""
    rows: list[RowData] = []
    tables = []
    names: CustomerNames | None = None
    for sheet, table in zip(book.sheets, understanding.tables, strict=True):
        own: Sequence[Row] = [row for row in sheet.rows if sheet.part.is_new or not sheet.text(row, sheet.id)]
        if sheet.part.fixed:
            why, fix = _("a next step needs an interaction"), _("enter it in the sheet of new interactions")
            findings.rejected.update((at, BadCell(at, "", "", why, fix)) for at in _refs(table, own))
            continue
        own = readable(table.file, sheet, own, context, findings)
        if own:
            tables.append(table._replace(rows=own))
            read = [*read_rows(tables[-1], context, findings)]
            if not sheet.part.is_customers:
                names = names or CustomerNames(_with_former(now))
                new = {folded(str(row.values.get("name", ""))) for row in rows if row.object == "customers"}
                read = [one for row in read if (one := _of_customer(row, names, new, findings))]
            rows += read
    return join(rows, understanding._replace(tables=tuple(tables)), context, findings)


def _refs(table: Table, rows: Sequence[Row]) -> list[RowRef]:
    return [RowRef(table.file, row.number) for row in rows]


def _with_former(now: Snapshot) -> Mapping[str, Customer]:
    """The customers by id, also by those of records that were merged into them."""
    former = {str(id_): customer for customer in now.customers for id_ in customer.data.get("merged_from", ())}
    return {**former, **now.by_id}


def _of_customer(row: RowData, names: CustomerNames, new: Collection[str], findings: Findings) -> RowData | None:
    """A row with the customer that it names, of the store or a new one of the workbook; None if it is rejected."""
    typed = str(row.values.get("name", "") or "")
    known = names.of(typed) if typed else ()
    if len(known) == 1:
        values = {key: value for key, value in row.values.items() if key != "name"}
        return row._replace(values=values, of=(("id", known[0].id),))
    if folded(typed) in new and not known:
        return row
    column = row.columns.get("name", "")
    if not typed:
        why, fix = _("it doesn't say which customer it belongs to"), _("add the customer's name")
    elif known:
        why = _("'{name}' matches {n} customers: {ids}").format(name=typed, n=len(known), ids=ids(known))
        fix = _("enter the id instead of the name")
    else:
        why = _("no customer of the files or the store is '{name}'").format(name=typed)
        fix = _("enter the name or id of a customer, or add it to the sheet of customers")
    findings.rejected.setdefault(row.at, BadCell(row.at, column, "", why, fix))
    return None


def _draft(first: Plan, bases: Bases, edit: Edit) -> Draft | None:
    """The record with the changes; None if there are none, or if they would be wrong, which is reported."""
    operations = [*edit.operations]
    for conflict in edit.conflicts:
        if takes_theirs(first, bases, conflict):
            operations.extend(conflict.difference.operations)
            edit.changed.append(conflict.at)
    if not operations:
        return None
    data = edit.customer.data
    try:
        return draft(edit.customer.document, ordered(operations, data), first.store.schema)
    except CrmError as error:
        for at in edit.changed:
            first.findings.rejected.setdefault(at, BadCell(at, "", "", error.problem.message, error.problem.hint))
        return None


def _after(customer: Customer, change: Draft | None) -> Customer:
    return Customer(change.after) if change and change.after else customer


def _unite(result: Plan, first: Plan, drafts: dict[str, Draft], edits: Sequence[Edit]) -> None:
    """Put the changes of cells into the plan of the new rows: each customer has one change."""
    further = {}
    for one in result.customers:
        if one.draft.before and (change := drafts.get(one.draft.id)):
            united = Draft(change.before, one.draft.after, (*change.operations, *one.draft.operations))
            further[one.draft.id] = Planned(one.incoming, united)
    result.customers = [further.get(one.draft.id, one) for one in result.customers]
    for edit in edits:
        id_ = edit.customer.id
        if id_ in drafts and id_ not in further:
            result.customers.append(Planned(edit.incoming, drafts[id_]))
    changed = {one.draft.id for one in result.customers} | {one.id for one in first.conflicts}
    same = {one.id: one for one in result.same if one.id not in changed}
    for edit in edits:
        if edit.customer.id not in changed:
            same.setdefault(edit.customer.id, Same(edit.incoming, edit.customer.id))
    result.same = [*same.values()]
    result.customers.sort(key=lambda planned: planned.incoming.rows[0])
    result.conflicts += first.conflicts
    result.overwritten += first.overwritten
    result.kept += first.kept
