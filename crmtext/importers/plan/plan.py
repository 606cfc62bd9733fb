"""The plan of an import: which customers are new, changed or the same, and what needs a decision first."""

from __future__ import annotations

from itertools import repeat
from typing import TYPE_CHECKING, Any, NamedTuple

from crmtext.i18n import _
from crmtext.importers.findings import BadCell, RowRef
from crmtext.importers.incoming import Incoming
from crmtext.importers.joining.ids import comparable, key
from crmtext.importers.joining.row_fates import fates
from crmtext.importers.plan import absent, answered, continued
from crmtext.importers.plan.base import Base, Probe
from crmtext.importers.plan.bases import Bases
from crmtext.importers.plan.broken import Broken
from crmtext.importers.plan.customer_names import ids
from crmtext.importers.plan.decided import Difference, Scope, ordered
from crmtext.importers.plan.decisions import Decisions
from crmtext.importers.plan.items import lasting_place
from crmtext.importers.plan.lineage import written_of
from crmtext.importers.plan.match import Index
from crmtext.importers.plan.new_records import new_records
from crmtext.importers.plan.result import NAMED, Conflict, LikelyDuplicate, Missing, Plan, Planned, Same
from crmtext.importers.plan.rows import rows_of, without_id
from crmtext.importers.plan.three_way import decide, is_unchanged
from crmtext.importers.plan.where import Where
from crmtext.importers.row_names import row_in_words, row_name
from crmtext.problem import CrmError
from crmtext.record import status
from crmtext.record.change.draft import Draft, draft
from crmtext.terminal.quoting import quoted
from crmtext.terminal.width import clip
from crmtext.text.document import Document
from crmtext.text.edit.rewrite import rewrite
from crmtext.text.read.load import parse_text
from crmtext.values.external_ids import FIELD

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Sequence

    from crmtext.importers.findings import Findings
    from crmtext.importers.joining.row_fates import Fates
    from crmtext.importers.mapping import Understanding
    from crmtext.importers.options import Options
    from crmtext.importers.plan.absent import Former
    from crmtext.importers.plan.decided import Decided
    from crmtext.importers.plan.rows import Rows
    from crmtext.model import Customer
    from crmtext.problem import Problem
    from crmtext.snapshot import Snapshot
    from crmtext.store import Store
    from crmtext.text.edit.operations import Operation


#: How much of a name a message quotes.
_LONGEST = 60


def plan(
    store: Store,
    snapshot: Snapshot,
    understanding: Understanding,
    incoming: Sequence[Incoming],
    options: Options,
    findings: Findings,
) -> Plan:
    """Return the plan of importing these customers into a store with the records of its work tree."""
    result = Plan(store, understanding, findings, options)
    index = Index(snapshot.customers, (understanding.source, understanding.former))
    decisions = Decisions(understanding.tables, options, index.by_id)
    sources = tuple(filter(None, (understanding.source, understanding.former)))
    bases, broken = Bases(store, sources, options.bases, index.by_id), Broken(snapshot.broken, sources)
    result.accepted = bases.accepted
    new: list[Incoming] = []
    matched: list[tuple[Incoming, Customer]] = []
    where = Where(options.where, snapshot, findings) if options.where else None
    recognised = [(customer, decisions.same(customer.rows) or index.find(customer)) for customer in incoming]
    findings.warnings.extend(_otherwise_named(recognised, decisions, index, understanding))
    seen = {known.id for _customer, known in recognised if known}
    present = frozenset(comparable(customer.source_id) for customer in incoming if customer.source_id)
    unknown = [one for one, known in recognised if known is None and not one.of and not one.wrong]
    former = absent.former(bases, index.by_id, unknown)
    for customer, sure in recognised:
        was = former.get(id(customer))
        known = sure or (index.by_id.get(was.id) if was and was.id not in seen else None)
        if (where and not where.fits(customer, known)) or customer.wrong:
            continue
        if known is not None:
            seen.add(known.id)
            index.settle_name(customer, known)
            matched.append((customer, known))
        elif not broken.reject(customer, was, findings) and _is_new(
            result, bases, customer, was, index, decisions, present
        ):
            new.append(customer)
    if new or result.likely:
        bases.need_all()
    if where:
        where.leave_out()
    answered.drop(findings, matched, store.schema, lambda one, known: _keeps_status(result, bases, one, known))
    complete = absent.are_complete(understanding, options, findings)
    if complete:
        _report_gone(result, bases, [*absent.gone(bases, snapshot.customers, seen)])
    # An open question explains what is wrong with a record.
    asked = {at for question in findings.questions.values() for at in question.rows}
    _name_talkers(matched)
    rows = rows_of(matched, bases.sources)
    for customer, problem in _add(result, bases, snapshot, rows, new, complete=complete):
        if asked.isdisjoint(customer.rows):
            _reject(findings, customer, problem.message, problem.hint)
    findings.warnings.extend(bases.warnings())
    findings.warnings.extend(_continued(result, bases, seen))
    result.customers.sort(key=lambda planned: planned.incoming.rows[0])
    result.fates = with_waiting(fates(understanding, incoming, findings), result)
    return result


def _continued(result: Plan, bases: Bases, seen: Collection[str]) -> Iterator[str]:
    """The option that continues a sheet whose header has changed."""
    if not bases.exist and (result.conflicts or result.customers):
        yield from continued.lines(result.store, result.understanding, seen)


def _otherwise_named(
    recognised: Iterable[tuple[Incoming, Customer | None]],
    decisions: Decisions,
    index: Index,
    understanding: Understanding,
) -> Iterator[str]:
    """The rows that `--same` gives to one customer though they name another one."""
    text = _("{row} names {other} ({other_id}), and goes to {name} ({id}) because of --same")
    for incoming, customer in recognised:
        other = index.find(incoming) if customer and decisions.same(incoming.rows) else None
        if customer and other and other is not customer:
            ours = {"name": customer.name, "id": customer.id, "other": other.name, "other_id": other.id}
            yield text.format(row=row_in_words(incoming.rows[0], understanding.tables), **ours)


def _is_new(
    result: Plan,
    bases: Bases,
    customer: Incoming,
    was: Former | None,
    index: Index,
    decisions: Decisions,
    present: frozenset[str],
) -> bool:
    """Whether a customer that isn't in the store is added: it isn't if that needs a decision first."""
    row, tables = customer.rows[0], result.understanding.tables
    if customer.of:
        for at in customer.rows:
            option = f"--same {quoted(f'{row_name(at, tables)}=ID')}"
            name = clip(customer.of[0][1], _LONGEST)
            why = _("no customer of the files or the store is '{name}'").format(name=name)
            fix = _("add it to the files, or say which customer it is: {option}").format(option=option)
            there = _("add it to the files, or write here a customer's name as the store has it")
            if several := index.named(customer):
                why = _("'{name}' matches {n} customers: {ids}").format(name=name, n=len(several), ids=ids(several))
                fix = _("use the id, or say which customer it is: {option}").format(option=option)
            result.findings.rejected.setdefault(at, BadCell(at, "", "", why, fix, there))
        return False
    if was and was.id not in index.by_id:
        return _comes_back(result, bases, customer, was)
    if not decisions.differs(customer.rows) and (match := index.likely(customer, present)):
        other = match.customer
        result.likely.append(LikelyDuplicate(row, customer, other.id, other.name, match.score, match.shared))
        return False
    return True


def with_waiting(all_: Fates, result: Plan) -> Fates:
    """Return the fates of the rows, those of undecided customers among the waiting ones."""
    undecided = {at for duplicate in result.likely for at in duplicate.incoming.rows}
    undecided |= {at for conflict in result.conflicts for at in conflict.rows}
    undecided -= all_.left_out | all_.rejected
    return all_._replace(waiting=all_.waiting | undecided, used=all_.used - undecided)


def _reject(findings: Findings, customer: Incoming, why: str, fix: str = "") -> None:
    for at in customer.rows:
        findings.rejected.setdefault(at, BadCell(at, "", "", why, fix))


def _add(
    result: Plan, bases: Bases, snapshot: Snapshot, matched: Sequence[Rows], new: Sequence[Incoming], *, complete: bool
) -> Iterator[tuple[Incoming, Problem]]:
    """Add the records of changed and new customers; yields the customers whose record would be wrong."""
    for rows, steps in _steps(result, bases, matched, snapshot, complete=complete):
        _count(result, bases, rows.known.document, rows.incoming)
        if problem := _change(result, bases, rows, steps):
            yield rows.whole(), problem
    for customer, record in new_records(result.store, snapshot, result.understanding.source, new):
        if isinstance(record, Document):
            result.customers.append(Planned(customer, Draft(None, record)))
            _count(result, bases, record, [customer])
        else:
            yield customer, record


def _keeps_status(result: Plan, bases: Bases, customer: Incoming, known: Customer) -> bool:
    """Whether a customer of the store keeps its status, whatever the files say."""
    theirs, ours = customer.data.get("status"), known.data.get("status")
    difference = Difference("status", "/status", ours, theirs, None, (), None)
    conflict = Conflict(customer.rows[0], known.id, known.name, difference, (key(customer), "status"))
    return theirs == ours or result.options.on_conflict == "ours" or conflict.trailer in bases.kept


def _name_talkers(matched: Iterable[tuple[Incoming, Customer]]) -> None:
    """Let interactions without a colleague be those of the owners of customers of the store."""
    for customer, known in matched:
        talks, owner = customer.data.get("interactions", ()), known.data.get("owner")
        if owner and any("by" not in talk for talk in talks):
            customer.data["interactions"] = [{"date": talk["date"], "by": owner, **talk} for talk in talks]
            customer.assumed |= {"interactions[].by"}


def _count(result: Plan, bases: Bases, record: Document, rows: Sequence[Incoming]) -> None:
    """Note how many rows a customer has if they differ: with fewer of them, later files don't have all of it."""
    number = sum(one.own_rows for one in rows)
    # Asked last: the data of a new record is read again for each use.
    if number > 1 and any(one.varies for one in rows) and number > bases.rows.get(id_ := str(record.data["id"]), 1):
        result.several.setdefault(number, []).append(id_)


class _Step(NamedTuple):
    """A row of a customer, what it wrote before, and what it has of the customer."""

    incoming: Incoming
    base: Base
    scope: Scope
    #: If it is known already: nothing asks for earlier imports.
    decided: Decided | None = None


def _steps(
    result: Plan, bases: Bases, matched: Sequence[Rows], snapshot: Snapshot, *, complete: bool
) -> Iterator[tuple[Rows, Sequence[_Step]]]:
    """Yield the customers of the store with the steps to decide; the history is read only for those that differ."""
    schema, findings, understanding = result.store.schema, result.findings, result.understanding
    lists, bad = absent.lists(understanding), {cell.at for cell in findings.cells}
    bad.update(at for at, _field in findings.unread)
    scope = Scope(
        lists,
        whole=not absent.are_rest(understanding),
        partly=absent.partly(understanding, findings, schema, bases.columns),
        complete=complete,
        deletes=result.options.with_deletions,
    )
    planned: list[tuple[Rows, list[Scope], Decided | None]] = []
    differing = []
    for rows in matched:
        number, all_ = sum(one.own_rows for one in rows.incoming), bases.rows.get(rows.known.id, 0)
        fewer = 0 < number < all_
        if fewer:
            text = _("{customer}: {n} of {all} rows are in these files, so only missing values are added")
            findings.notes.append(text.format(customer=rows.known.name, n=number, all=all_))
        scopes = [
            scope._replace(
                lists=() if one.of else lists,
                whole=scope.whole and not fewer and bad.isdisjoint(one.rows),
                complete=complete and bad.isdisjoint(one.rows),
                fills=fewer and not scope.whole,
                asks=fewer and scope.whole,
            )
            for one in rows.incoming
        ]
        probe = Probe()
        every = [
            decide(schema, rows.known.data, *pair) for pair in zip(rows.incoming, repeat(probe), scopes, strict=False)
        ]
        if (probe.asked and bases.needed()) or (complete and rows.missing and bases.exist):
            differing.append(rows)
        planned.append((rows, scopes, None if probe.asked or rows.are_several else every[0]))
    written = written_of(bases, snapshot.customers, differing) if differing else {}
    for rows, scopes, decided in planned:
        sides = written.get(rows.known.id, ())
        steps = [_Step(*step, decided) for step in zip(rows.incoming, rows.bases(sides), scopes, strict=True)]
        for id_, base in rows.gone(sides) if complete else ():
            result.gone.append(Missing(rows.known.id, rows.known.name, f"{FIELD}[{id_}]"))
            lacking: dict[str, Any] = {name: [] for name in lists if isinstance(rows.known.data.get(name), list)}
            steps.append(_Step(Incoming(lacking, [], source_id=id_), base, scope._replace(whole=scope.deletes)))
        yield rows, steps


def _change(result: Plan, bases: Bases, rows: Rows, steps: Sequence[_Step]) -> Problem | None:
    """Add what a customer of the store gets from the files, and what differs; returns what is wrong with the result."""
    known, whole, schema = rows.known, rows.whole(), result.store.schema
    document = known.document
    operations: list[Operation] = []
    for customer, base, scope, ready in steps:
        decided = ready or decide(schema, document.data, customer, base, scope)
        _note(result, rows, customer, decided)
        edits = list(decided.operations)
        if scope.deletes and not customer.rows:
            edits.extend(without_id(document.data, customer.source_id, bases.sources))
        for difference in decided.differences:
            place = (key(customer), *lasting_place(document.data, difference.pointer, difference.theirs))
            at, rest = _row_of(customer, difference), tuple(whole.rows)
            if takes_theirs(result, bases, Conflict(at, known.id, known.name, difference, place, rest)):
                edits.extend(difference.operations)
        if not edits:
            continue
        try:
            edits = ordered(edits, document.data)
            if any(edit.pointer == "/status" for edit in edits):
                after = parse_text(rewrite(document.text, edits, dates=schema.dates), document.path)
                edits += status.leave(after, result.store)
            changed = draft(document, edits, schema)
        except CrmError as error:
            return error.problem
        document = changed.after or document
        operations.extend(changed.operations)
    if document.text == known.document.text:
        result.same.append(Same(whole, known.id))
    else:
        result.customers.append(Planned(whole, Draft(known.document, document, tuple(operations))))
    return None


def _note(result: Plan, rows: Rows, customer: Incoming, decided: Decided) -> None:
    """Report what is remarkable about a row of a customer, and what is gone from the source."""
    known, tables = rows.known, result.understanding.tables
    for ours, theirs in decided.same:
        note = _("{customer}: '{theirs}' is the contact '{ours}', with the same phone or e-mail address")
        result.findings.notes.append(note.format(customer=known.name, theirs=theirs, ours=ours))
    if decided.masked:
        note = _("{customer}: masked values are left out; the store has them in full")
        result.findings.notes.append(note.format(customer=known.name))
    for path, at in decided.outvoted:
        one, other = (row_name(side.rows[0], tables) for side in (rows.incoming[at], customer))
        note = _("rows {one} and {other} are both {id}; '{field}' is taken from row {one}")
        column = customer.columns.get(NAMED.sub("", path), path)
        result.findings.warnings.append(note.format(one=one, other=other, id=known.id, field=column))
    result.gone.extend(Missing(known.id, known.name, gone.field) for gone in decided.gone)


def _row_of(customer: Incoming, difference: Difference) -> RowRef:
    """The row of a value; row 0 if it isn't known, as for an item of a customer with several rows."""
    if len(customer.rows) == 1:
        return customer.rows[0]
    top, _bracket, item = difference.field.partition("[")
    first = customer.first
    if item or first not in customer.rows or not first:
        return RowRef(customer.rows[0].file if customer.rows else 0, 0)
    return customer.origins.get(top.partition(".")[0], first)


def takes_theirs(result: Plan, bases: Bases, conflict: Conflict) -> bool:
    """Return whether a conflict is decided for the files' value; one that isn't decided is added to the plan."""
    policy = result.options.on_conflict
    if policy == "theirs":
        result.overwritten.append(conflict)
        return True
    id_, *rest = conflict.trailer
    kept = [age for line in ((id_, *rest), ("", *rest)) if (age := bases.kept.get(line)) is not None]
    age = conflict.difference.age
    # A decision counts until an import writes the field again.
    if not kept or (age is not None and age <= min(kept)):
        (result.kept if policy == "ours" else result.conflicts).append(conflict)
    return False


def _comes_back(result: Plan, bases: Bases, customer: Incoming, was: Former) -> bool:
    """Whether a customer that was removed here is added again: if its source has changed it and the user wants it."""
    schema = result.store.schema
    if not is_unchanged(schema, customer.data, was.base, customer.assumed):
        bases.need_all()
        name = str(customer.data.get("name", ""))
        value, age = was.base.last() or (None, None)
        difference = Difference("id", "", None, customer.data, value, (), age)
        rows, place = tuple(customer.rows), (key(customer),)
        if takes_theirs(result, bases, Conflict(rows[0], was.id, name, difference, place, rows)):
            return True
    result.same.append(Same(customer, was.id))
    return False


def _report_gone(result: Plan, bases: Bases, gone: Sequence[Customer]) -> None:
    """Report customers that the source lacks now; delete those that nobody changed since, if that is wanted."""
    deletes = bool(gone) and result.options.with_deletions and bases.needed()
    read = bases.read({customer.id for customer in gone}) if deletes else {}
    for customer in gone:
        result.gone.append(Missing(customer.id, customer.name))
        if not deletes:
            continue
        base = read.get(customer.id, Base())
        delete = is_unchanged(result.store.schema, customer.data, base)
        if not delete:
            at = RowRef(result.understanding.tables[0].file, 0)
            _value, age = base.last() or (None, None)
            difference = Difference("id", "", customer.data, None, None, (), age)
            delete = takes_theirs(result, bases, Conflict(at, customer.id, customer.name, difference, (customer.id,)))
        if delete:
            result.deleted.append(Draft(customer.document, None))
