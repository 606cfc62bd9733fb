"""The plan of an import: which customers are new, changed or the same, and what needs a decision first."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, NamedTuple

from crmtext.i18n import _, plural
from crmtext.importers.findings import BadCell
from crmtext.importers.joining.draft import fill as fill_data
from crmtext.importers.joining.fates import fates
from crmtext.importers.plan.decisions import Decisions
from crmtext.importers.plan.fill import fill
from crmtext.importers.plan.match import Index
from crmtext.importers.plan.new_records import new_records
from crmtext.importers.plan.where import Where
from crmtext.importers.row_names import row_name
from crmtext.problem import CrmError
from crmtext.record.change.draft import Draft, draft
from crmtext.terminal.quoting import quoted
from crmtext.text.document import Document
from crmtext.text.edit.operations import Set
from crmtext.values.external_ids import FIELD, ids_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from crmtext.duplicates.similarity import Mark
    from crmtext.importers.findings import Findings, RowRef
    from crmtext.importers.incoming import Incoming
    from crmtext.importers.joining.fates import Fates
    from crmtext.importers.mapping import Table, Understanding
    from crmtext.importers.options import Options
    from crmtext.importers.plan.fill import Difference
    from crmtext.model import Customer
    from crmtext.problem import Problem
    from crmtext.schema import Schema
    from crmtext.snapshot import Snapshot
    from crmtext.store import Store


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
    #: Files besides records: the saved mapping.
    further: list[Draft] = field(default_factory=list)
    fates: Fates | None = None
    commit: str | None = None
    branch: str | None = None

    @property
    def drafts(self) -> tuple[Draft, ...]:
        """The files to write, records first."""
        return (*(planned.draft for planned in self.customers), *self.further)

    @property
    def is_ready(self) -> bool:
        """Whether the import can be applied: nothing is open, and rejected rows may stay out."""
        rejected = bool(self.fates and self.fates.rejected) and not self.options.partial
        return not (self.findings.questions or self.likely or self.conflicts or rejected)

    def count(self, kind: str) -> int:
        """The number of customers of a kind: `new` or `changed`."""
        return sum(planned.kind == kind for planned in self.customers)


def plan(
    store: Store, understanding: Understanding, incoming: Sequence[Incoming], options: Options, findings: Findings
) -> Plan:
    """Return the plan of importing these customers into a store."""
    result = Plan(store, understanding, findings, options)
    snapshot = store.worktree()
    index = Index(snapshot.customers, (understanding.source, understanding.former))
    decisions = Decisions(understanding.tables, options, index.by_id)
    new: list[Incoming] = []
    matched: list[tuple[Incoming, Customer]] = []
    where = Where(options.where, snapshot, findings) if options.where else None
    for customer in incoming:
        known = decisions.same(customer.rows) or index.find(customer)
        if (where and not where.fits(customer, known)) or customer.wrong:
            continue
        if known is not None:
            matched.append((customer, known))
        elif customer.of:
            option = f"--same {quoted(f'{row_name(customer.rows[0], understanding.tables)}=ID')}"
            fix = _("add its customer to the files, or say which one it is: {option}").format(option=option)
            _reject(findings, customer, _("no customer of the files or the store fits this row"), fix)
        elif not decisions.differs(customer.rows) and (match := index.likely(customer)):
            other = match.customer
            row = customer.rows[0]
            result.likely.append(LikelyDuplicate(row, customer, other.id, other.name, match.score, match.shared))
        else:
            new.append(customer)
    if where:
        where.leave_out()
    _drop_answered(findings, [customer for customer, _known in matched], store.schema)
    # An open question explains what is wrong with a record.
    asked = {at for question in findings.questions.values() for at in question.rows}
    for customer, problem in _add(result, snapshot, _grouped(matched, understanding.tables, findings), new):
        if asked.isdisjoint(customer.rows):
            _reject(findings, customer, problem.message, problem.hint)
    result.customers.sort(key=lambda planned: planned.incoming.rows[0])
    result.fates = _with_waiting(fates(understanding, incoming, findings), result)
    return result


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
    for key, question in list(findings.questions.items()):
        about, _colon, path = key.partition(":")
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
            findings.questions[key] = question._replace(rows=left)
        else:
            del findings.questions[key]


def _grouped(
    matched: Sequence[tuple[Incoming, Customer]], tables: Sequence[Table], findings: Findings
) -> list[tuple[Incoming, Customer]]:
    """Each customer of the store with the first that the files have of it; further ones are merged into that."""
    first: dict[str, tuple[Incoming, Customer]] = {}
    for customer, known in matched:
        if known.id in first:
            _unite(first[known.id][0], customer, known.id, tables, findings)
        else:
            first[known.id] = (customer, known)
    return list(first.values())


def _unite(have: Incoming, more: Incoming, id_: str, tables: Sequence[Table], findings: Findings) -> None:
    """Merge what the files have of a customer elsewhere; its first value of a field counts, and others are reported."""
    one, other = (row_name(side.rows[0], tables) for side in (have, more))

    def report(path: str, _have: Any, _other: Any) -> None:
        note = _("rows {one} and {other} are both {id}; '{field}' is taken from row {one}")
        findings.warnings.append(note.format(one=one, other=other, id=id_, field=more.columns.get(path, path)))

    # A value of the files comes before a default or a guess.
    guessed = {path for path in have.assumed - more.assumed if path in more.data}
    have.data = {key: value for key, value in have.data.items() if key not in guessed}
    data = {key: value for key, value in more.data.items() if key not in more.assumed or key not in have.data}
    # The source has the customer twice.
    for system, foreign in data.pop(FIELD, {}).items():
        ids = have.data.setdefault(FIELD, {})
        texts = [*dict.fromkeys([*ids_of(ids.get(system)), *ids_of(foreign)])]
        ids[system] = texts if len(texts) > 1 else texts[0]
    fill_data(have.data, data, report)
    have.assumed = (have.assumed - guessed) | (more.assumed & data.keys())
    have.columns = {**have.columns, **more.columns}
    have.rows.extend(more.rows)


def _add(
    result: Plan, snapshot: Snapshot, matched: Iterable[tuple[Incoming, Customer]], new: Sequence[Incoming]
) -> Iterator[tuple[Incoming, Problem]]:
    """Add the records of changed and new customers; yields the customers whose record would be wrong."""
    for customer, known in matched:
        if problem := _change(result, customer, known):
            yield customer, problem
    for customer, record in new_records(result.store, snapshot, result.understanding.source, new):
        if isinstance(record, Document):
            result.customers.append(Planned(customer, Draft(None, record)))
        else:
            yield customer, record


def _change(result: Plan, customer: Incoming, known: Customer) -> Problem | None:
    """Add what a customer of the store gets from the files, and what differs; returns what is wrong with the result."""
    schema, policy = result.store.schema, result.options.on_conflict
    filled = fill(schema, known.data, customer)
    operations = list(filled.operations)
    for ours, theirs in filled.same:
        note = _("{customer}: '{theirs}' is the contact '{ours}', with the same phone or e-mail address")
        result.findings.notes.append(note.format(customer=known.name, theirs=theirs, ours=ours))
    for difference in filled.differences:
        conflict = Conflict(customer.rows[0], known.id, known.name, difference)
        if policy == "theirs":
            operations.append(Set(difference.pointer, difference.theirs))
            result.overwritten.append(conflict)
        elif policy == "list":
            result.conflicts.append(conflict)
    if not operations:
        result.same.append(Same(customer, known.id))
        return None
    try:
        result.customers.append(Planned(customer, draft(known.document, operations, schema)))
    except CrmError as error:
        return error.problem
    return None
