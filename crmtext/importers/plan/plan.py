"""The plan of an import: which customers are new, changed or the same, and what needs a decision first."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from hashlib import sha256
from typing import TYPE_CHECKING, NamedTuple

from crmtext.i18n import _, plural
from crmtext.importers.findings import BadCell, RowRef
from crmtext.importers.joining.ids import key
from crmtext.importers.joining.row_fates import fates
from crmtext.importers.plan import absent
from crmtext.importers.plan.bases import Base, Bases, Probe
from crmtext.importers.plan.broken import Broken
from crmtext.importers.plan.decisions import Decisions
from crmtext.importers.plan.grouped import grouped
from crmtext.importers.plan.items import lasting_place
from crmtext.importers.plan.lineage import bases_of, has_all_rows
from crmtext.importers.plan.match import Index
from crmtext.importers.plan.new_records import new_records
from crmtext.importers.plan.three_way import Difference, Scope, decide, is_unchanged, ordered
from crmtext.importers.plan.where import Where
from crmtext.importers.row_names import row_name
from crmtext.problem import CrmError
from crmtext.record.change.draft import Draft, draft
from crmtext.terminal.quoting import quoted
from crmtext.terminal.width import clip
from crmtext.text.document import Document
from crmtext.text.edit.operations import Set
from crmtext.values import lazy

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from crmtext.duplicates.similarity import Mark
    from crmtext.importers.findings import Findings
    from crmtext.importers.incoming import Incoming
    from crmtext.importers.joining.row_fates import Fates
    from crmtext.importers.mapping import Understanding
    from crmtext.importers.options import Options
    from crmtext.importers.past.imports import Accepted
    from crmtext.importers.plan.absent import Former
    from crmtext.importers.plan.three_way import Decided
    from crmtext.model import Customer
    from crmtext.problem import Problem
    from crmtext.schema import Schema
    from crmtext.snapshot import Snapshot
    from crmtext.store import Store


#: How much of a name a message quotes.
_LONGEST = 60
#: An item in the path of a field: `contacts[张三].title`.
_NAMED = lazy.pattern(r"\[.*\]")


class Planned(NamedTuple):
    """A customer that the import adds or changes."""

    incoming: Incoming
    draft: Draft

    @property
    def kind(self) -> str:
        """`new` or `changed`."""
        return "changed" if self.draft.before else "new"

    @property
    def name(self) -> str:
        """The customer's name."""
        return str(self.draft.after.data["name"]) if self.draft.after else ""


class Same(NamedTuple):
    """A customer that holds all that the files say."""

    incoming: Incoming
    id: str


class LikelyDuplicate(NamedTuple):
    """A row that may be a customer of the store."""

    at: RowRef
    incoming: Incoming
    id: str
    name: str
    score: float
    #: The values that both have.
    shared: tuple[Mark, ...]


class Conflict(NamedTuple):
    """A field with different values in the store and in a row."""

    at: RowRef
    id: str
    name: str
    difference: Difference
    #: The customer and the place of the field in names that stay if people, deals or the customer are renamed.
    place: tuple[str, ...]

    @property
    def trailer(self) -> tuple[str, str, str]:
        """The customer, the field without names of people, and a short hash of the value, as a commit notes them."""
        whole = json.dumps([*self.place, self.difference.theirs], ensure_ascii=False, sort_keys=True, default=str)
        path = "_".join(_NAMED.sub("[]", self.difference.field).split())
        return self.id, path, sha256(whole.encode("utf-8", "surrogatepass")).hexdigest()[:4]


class Missing(NamedTuple):
    """A customer, or an item of its lists, that an import of the source wrote and that the files don't have."""

    id: str
    name: str
    #: The item's path, such as `contacts[张三]`; empty for the customer itself.
    field: str = ""


@dataclass
class Plan:
    """An import, decided and not yet written."""

    store: Store
    understanding: Understanding
    findings: Findings
    options: Options
    customers: list[Planned] = field(default_factory=list)
    same: list[Same] = field(default_factory=list)
    likely: list[LikelyDuplicate] = field(default_factory=list)
    conflicts: list[Conflict] = field(default_factory=list)
    #: Conflicts in which the value of the files counts.
    overwritten: list[Conflict] = field(default_factory=list)
    #: Conflicts that are decided for the store's value now.
    kept: list[Conflict] = field(default_factory=list)
    gone: list[Missing] = field(default_factory=list)
    #: Records to delete, because they are gone from the source.
    deleted: list[Draft] = field(default_factory=list)
    #: The commits that count as imports of the source from now on, although their hashes don't fit.
    accepted: tuple[Accepted, ...] = ()
    #: Files besides records: the saved mapping.
    further: list[Draft] = field(default_factory=list)
    fates: Fates | None = None
    commit: str | None = None
    branch: str | None = None

    @property
    def drafts(self) -> tuple[Draft, ...]:
        """The files to write, records first."""
        return (*(planned.draft for planned in self.customers), *self.deleted, *self.further)

    @property
    def writes(self) -> bool:
        """Whether there is anything to commit: files, or decisions."""
        return bool(self.drafts or self.kept or self.accepted)

    @property
    def is_ready(self) -> bool:
        """Whether the import can be applied: nothing is open, and rejected rows may stay out."""
        rejected = bool(self.fates and self.fates.rejected) and not self.options.partial
        return not (self.findings.questions or self.likely or self.conflicts or rejected)

    def count(self, kind: str) -> int:
        """The number of customers of a kind: `new` or `changed`."""
        return sum(planned.kind == kind for planned in self.customers)


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
    seen = {known.id for _customer, known in recognised if known}
    unknown = [one for one, known in recognised if known is None and not one.of and not one.wrong]
    former = absent.former(bases, index.by_id, unknown)
    for customer, sure in recognised:
        was = former.get(id(customer))
        known = sure or (index.by_id.get(was.id) if was and was.id not in seen else None)
        if (where and not where.fits(customer, known)) or customer.wrong:
            continue
        if known is not None:
            seen.add(known.id)
            matched.append((customer, known))
        elif not broken.reject(customer, was, findings) and _is_new(result, bases, customer, was, index, decisions):
            new.append(customer)
    if new or result.likely:
        bases.need_all()
    if where:
        where.leave_out()
    _drop_answered(findings, [customer for customer, _known in matched], store.schema)
    if absent.are_complete(understanding, options, findings):
        _report_gone(result, bases, [*absent.gone(bases, snapshot.customers, seen)])
    # An open question explains what is wrong with a record.
    asked = {at for question in findings.questions.values() for at in question.rows}
    for customer, problem in _add(result, bases, snapshot, grouped(matched, understanding.tables, findings), new):
        if asked.isdisjoint(customer.rows):
            _reject(findings, customer, problem.message, problem.hint)
    findings.warnings.extend(bases.warnings())
    result.customers.sort(key=lambda planned: planned.incoming.rows[0])
    result.fates = _with_waiting(fates(understanding, incoming, findings), result)
    return result


def _is_new(
    result: Plan, bases: Bases, customer: Incoming, was: Former | None, index: Index, decisions: Decisions
) -> bool:
    """Whether a customer that isn't in the store is added: it isn't if that needs a decision first."""
    row, tables = customer.rows[0], result.understanding.tables
    if customer.of:
        for at in customer.rows:
            option = f"--same {quoted(f'{row_name(at, tables)}=ID')}"
            why = _("no customer of the files or the store is '{name}'").format(name=clip(customer.of[0][1], _LONGEST))
            fix = _("add it to the files, or say which customer it is: {option}").format(option=option)
            result.findings.rejected.setdefault(at, BadCell(at, "", "", why, fix))
        return False
    if was and was.id not in index.by_id:
        return _comes_back(result, bases, customer, was)
    if not decisions.differs(customer.rows) and (match := index.likely(customer)):
        other = match.customer
        result.likely.append(LikelyDuplicate(row, customer, other.id, other.name, match.score, match.shared))
        return False
    return True


def _with_waiting(all_: Fates, result: Plan) -> Fates:
    """The fates of the rows, those of undecided customers among the waiting ones."""
    undecided = {at for duplicate in result.likely for at in duplicate.incoming.rows}
    undecided |= {conflict.at for conflict in result.conflicts}
    undecided -= all_.left_out | all_.rejected
    return all_._replace(waiting=all_.waiting | undecided, used=all_.used - undecided)


def _reject(findings: Findings, customer: Incoming, why: str, fix: str = "") -> None:
    for at in customer.rows:
        findings.rejected.setdefault(at, BadCell(at, "", "", why, fix))


def _drop_answered(findings: Findings, matched: Iterable[Incoming], schema: Schema) -> None:
    """Forget questions about fields that the customer in the store has already; an entry of a list may be new."""
    rows = {at for customer in matched for at in customer.rows}
    for name, question in list(findings.questions.items()):
        about, _colon, path = name.partition(":")
        if about == "default" and path in schema.by_path:
            left = [at for at in question.rows if at not in rows]
        elif about == "person":
            # A customer of the store has an owner; a new item may have none.
            left = [at for at in question.rows if at not in rows or (at, "owner") not in findings.unread]
            if number := len(question.rows) - len(left):
                findings.notes.append(
                    plural(
                        "{question}: {n} row of a customer of the store, which keeps its owner",
                        "{question}: {n} rows of customers of the store, which keep their owner",
                        number,
                        question=question.text,
                    )
                )
        else:
            continue
        if left:
            findings.questions[name] = question._replace(rows=left)
        else:
            del findings.questions[name]


def _add(
    result: Plan,
    bases: Bases,
    snapshot: Snapshot,
    matched: Sequence[tuple[Incoming, Customer]],
    new: Sequence[Incoming],
) -> Iterator[tuple[Incoming, Problem]]:
    """Add the records of changed and new customers; yields the customers whose record would be wrong."""
    for customer, known, decided in _decided(result, bases, matched, snapshot):
        if problem := _change(result, bases, customer, known, decided):
            yield customer, problem
    for customer, record in new_records(result.store, snapshot, result.understanding.source, new):
        if isinstance(record, Document):
            result.customers.append(Planned(customer, Draft(None, record)))
        else:
            yield customer, record


def _decided(
    result: Plan, bases: Bases, matched: Sequence[tuple[Incoming, Customer]], snapshot: Snapshot
) -> Iterator[tuple[Incoming, Customer, Decided]]:
    """Decide what customers of the store get from the files; the history is read only for those that differ."""
    schema, findings = result.store.schema, result.findings
    lists, bad = absent.lists(result.understanding), {cell.at for cell in findings.cells}
    bad.update(at for at, _field in findings.unread)
    differing: dict[str, Scope] = {}
    decided: dict[str, Decided] = {}
    for customer, known in matched:
        whole = bad.isdisjoint(customer.rows) and has_all_rows(customer, known, bases.sources)
        scope = Scope(() if customer.of else lists, whole, result.options.with_deletions)
        probe = Probe()
        decided[known.id] = decide(schema, known.data, customer, probe, scope)
        if probe.asked and bases.needed():
            differing[known.id] = scope
    unsure = [(customer, known) for customer, known in matched if known.id in differing]
    read = bases_of(bases, snapshot.customers, unsure) if unsure else {}
    for customer, known in matched:
        if known.id in differing:
            base = read.get(known.id, Base())
            decided[known.id] = decide(schema, known.data, customer, base, differing[known.id])
        yield customer, known, decided[known.id]


def _change(result: Plan, bases: Bases, customer: Incoming, known: Customer, decided: Decided) -> Problem | None:
    """Add what a customer of the store gets from the files, and what differs; returns what is wrong with the result."""
    operations = list(decided.operations)
    for ours, theirs in decided.same:
        note = _("{customer}: '{theirs}' is the contact '{ours}', with the same phone or e-mail address")
        result.findings.notes.append(note.format(customer=known.name, theirs=theirs, ours=ours))
    result.gone.extend(Missing(known.id, known.name, gone.field) for gone in decided.gone)
    for difference in decided.differences:
        place = (key(customer), *lasting_place(known.data, difference.pointer, difference.theirs))
        if _is_theirs(result, bases, Conflict(customer.rows[0], known.id, known.name, difference, place)):
            operations.append(difference.operation)
    if not operations:
        result.same.append(Same(customer, known.id))
        return None
    try:
        changed = draft(known.document, ordered(operations, known.data), result.store.schema)
        result.customers.append(Planned(customer, changed))
    except CrmError as error:
        return error.problem
    return None


def _is_theirs(result: Plan, bases: Bases, conflict: Conflict) -> bool:
    """Whether a conflict is decided for the files' value; one that isn't decided is added to the plan."""
    policy = result.options.on_conflict
    if policy == "theirs":
        result.overwritten.append(conflict)
        return True
    id_, *rest = conflict.trailer
    if bases.kept.isdisjoint({(id_, *rest), ("", *rest)}):
        (result.kept if policy == "ours" else result.conflicts).append(conflict)
    return False


def _comes_back(result: Plan, bases: Bases, customer: Incoming, was: Former) -> bool:
    """Whether a customer that was removed here is added again: if its source has changed it and the user wants it."""
    schema = result.store.schema
    if not is_unchanged(schema, customer.data, was.base, customer.assumed):
        bases.need_all()
        name = str(customer.data.get("name", ""))
        last = was.base.last()
        difference = Difference("id", "", None, customer.data, last.value if last else None, Set("", None))
        if _is_theirs(result, bases, Conflict(customer.rows[0], was.id, name, difference, (key(customer),))):
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
        delete = is_unchanged(result.store.schema, customer.data, read.get(customer.id, Base()))
        if not delete:
            at = RowRef(result.understanding.tables[0].file, 0)
            difference = Difference("id", "", customer.data, None, None, Set("", None))
            delete = _is_theirs(result, bases, Conflict(at, customer.id, customer.name, difference, (customer.id,)))
        if delete:
            result.deleted.append(Draft(customer.document, None))
