"""Decide how two records become one: the record that stays, what it takes over, and what the user has to decide."""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING, NamedTuple

from crmtext.git.history import touching
from crmtext.git.objects import Objects
from crmtext.git.plumbing import head
from crmtext.i18n import _, bracketed
from crmtext.merge.comments import comments
from crmtext.problem import CrmError, Exit, Problem, Severity, usage
from crmtext.record import set as record_set
from crmtext.record import status
from crmtext.record.change import references
from crmtext.record.change.draft import Draft, draft, errors
from crmtext.record.input.find_record import reread, target
from crmtext.snapshot import claimed_id
from crmtext.terminal.quoting import quoted
from crmtext.text.edit.rewrite import Remark, rewrite
from crmtext.text.pointer import parent
from crmtext.text.read.load import parse_text
from crmtext.text.tree import parsed
from crmtext.unite.records import Records
from crmtext.unite.unite import Decided, Difference, unite
from crmtext.values import lazy
from crmtext.wording.values import customer_name

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from crmtext.snapshot import Snapshot
    from crmtext.store import Store
    from crmtext.text.document import Document
    from crmtext.text.edit.operations import Operation

#: The two records as they were given.
A, B = "A", "B"
_INSTRUCTION = lazy.pattern(r"#[ \t]*(?:crmtext|yaml-language-server):")
_LATEST = "99999999"
_DAY = lazy.pattern(r"\D*(\d{8})")


class Wishes(NamedTuple):
    """Arguments of `crmtext merge` besides the two customers."""

    #: `A` or `B`: whose id stays, and whose values win where they differ; empty if not given.
    keep: str = ""
    prefer: str = ""
    assignments: tuple[str, ...] = ()
    #: Answers to questions: `A` or `B` by the pointer of a difference.
    chosen: Mapping[str, str] = MappingProxyType({})


class Plan(NamedTuple):
    """A merge before it is carried out."""

    #: Both records by the letter, and the letter of the one whose id stays.
    sides: Mapping[str, Document]
    kept: str
    #: All differences, and those of them that the user has to decide.
    differences: tuple[Difference, ...]
    open: tuple[Difference, ...]
    #: Values of the other record that the kept one doesn't take over.
    replaced: tuple[Difference, ...]
    #: The drafts: the kept record first, then the removed one, then the records that refer to it.
    drafts: tuple[Draft, ...]
    #: How many references between the two go, and how many contacts lose the mark as primary.
    between: int
    primary: int
    #: How many comments of the other record the kept one gets, and how many it doesn't.
    comments: int
    comments_left: int
    #: Whether the records are marked as different customers.
    marked: bool

    @property
    def other(self) -> str:
        """The letter of the record that goes."""
        return B if self.kept == A else A


def plan(store: Store, snapshot: Snapshot, one: str, other: str, wishes: Wishes) -> Plan:
    """Return the plan to merge two customers. Raises CrmError if they can't be merged."""
    sides = {A: reread(store, target(store, one)), B: reread(store, target(store, other))}
    if sides[A].path == sides[B].path:
        name = customer_name(sides[A])
        message = _("'{one}' and '{other}' are the same customer: {name}").format(one=one, other=other, name=name)
        raise usage("merge-itself", message, _("give two customers; to find duplicates: crmtext dedupe"))
    return united(Records(store, snapshot), sides, wishes)


def united(records: Records, sides: Mapping[str, Document], wishes: Wishes) -> Plan:
    """Return the plan to merge two records of these. Raises CrmError if they can't be merged."""
    store = records.store
    for document in sides.values():
        _reject_invalid(records, document)
    kept = wishes.keep or (B if since(store, sides[B]) < since(store, sides[A]) else A)
    keeping, going = sides[kept], sides[B if kept == A else A]
    ids = {str(id_) for side in sides.values() for id_ in (side.data["id"], *side.data.get("merged_from", ()))}

    steps = tuple(record_set.steps(keeping, record_set.parsed(wishes.assignments), store))
    operations = [operation for step in steps for operation in step.operations]
    typed = [step.key.pointer for step in steps if step.key]
    document = _after(keeping, operations, store)
    between, operations_ = _without_references(document, ids, store)
    operations += operations_
    document = _after(document, operations_, store)
    elsewhere, stripped = _without_references(going, ids, store)
    theirs = _after(going, stripped, store).data

    names = [str(keeping.data[key]) for key in ("name", "short_name") if keeping.data.get(key)]
    former = [name for name in names if name not in (document.data.get("name"), document.data.get("short_name"))]
    differences = unite(store.schema, document.data, theirs, Decided(typed), former).differences
    sure = [difference for difference in differences if not _touches(difference.pointer, typed)]
    choice = {one.pointer: wishes.chosen.get(one.pointer, wishes.prefer) for one in sure}
    take = {pointer for pointer, letter in choice.items() if letter and letter != kept}
    union = unite(store.schema, document.data, theirs, Decided(typed, take), former)
    open_ = tuple(difference for difference in sure if not choice[difference.pointer])
    operations += union.operations
    drafts: tuple[Draft, ...] = ()
    carried, left = _comments(keeping, going)
    if not open_:
        document = _after(document, union.operations, store)
        operations += status.leave(document, store)
        if carried:
            operations.append(Remark((f"# {bracketed(customer_name(going), claimed_id(going))}", *carried)))
        following = _following(records, keeping, going)
        drafts = (draft(keeping, operations, store.schema), Draft(going, None), *following)
    return Plan(
        sides,
        kept,
        differences,
        open_,
        tuple(difference for difference in differences if difference.pointer not in take),
        drafts,
        between + elsewhere,
        union.primary,
        len(carried),
        left,
        _marked(keeping, going),
    )


def _reject_invalid(records: Records, document: Document) -> None:
    """Raise CrmError for a record with errors, or with the id of another one."""
    if wrong := errors(document, records.schema):
        message = _("{name} has errors and can't be merged: {reason}").format(
            name=customer_name(document), reason=wrong[0].message
        )
        hint = _("fix it first: {command}").format(command=f"crmtext edit {quoted(claimed_id(document))}")
        raise CrmError(Problem("merge-invalid", message, wrong[0].place, hint), Exit.FOUND)
    if twins := [path for path in records.paths(claimed_id(document)) if path != document.path]:
        message = _("the id {id} is used twice: {path} and {other}").format(
            id=claimed_id(document), path=document.path, other=twins[0]
        )
        raise usage("unique-id", message, _("give one of them another id first: crmtext rename CUSTOMER --new-id"))


def since(store: Store, document: Document) -> str:
    """Return the day from which on a record is known, `YYYYMMDD`; by it the older one stays.

    It is the date in the id; without one, the day of the record's first commit, or the last of all days.
    """
    match = _DAY.match(claimed_id(document))
    if match and int(match[1]):
        return match[1]
    repo = store.repository
    start = head(repo) if repo else None
    commits = touching(Objects(repo), start, repo.prefix + document.path) if repo and start else ()
    return f"{commits[-1].day(store.zone):%Y%m%d}" if commits else _LATEST


def _touches(pointer: str, decided: Sequence[str]) -> bool:
    return any(f"{pointer}/".startswith(f"{other}/") or f"{other}/".startswith(f"{pointer}/") for other in decided)


def _after(document: Document, operations: Sequence[Operation], store: Store) -> Document:
    if not operations:
        return document
    return parse_text(rewrite(document.text, operations, dates=store.schema.dates), document.path)


def _without_references(document: Document, ids: set[str], store: Store) -> tuple[int, tuple[Operation, ...]]:
    """Return how many references to these ids a record has, and the operations that remove them."""
    pointers = references.pointers_to(document, ids, store.schema)
    own = tuple(pointer for pointer in pointers if parent(pointer) != "/merged_from")
    shown = sum(parent(pointer) != "/not_duplicate_of" for pointer in own)
    return shown, references.removals(references.Referring(document, own), store.schema)


def _following(records: Records, keeping: Document, going: Document) -> tuple[Draft, ...]:
    """Return the drafts of the other records that refer to the one that goes."""
    ids = {str(id_) for id_ in (going.data["id"], *going.data.get("merged_from", ()))}
    referring = records.referring(ids, {going.path, keeping.path})
    return tuple(references.follow(record, str(keeping.data["id"]), records.schema) for record in referring)


def _comments(keeping: Document, going: Document) -> tuple[tuple[str, ...], int]:
    """Return the comments of the record that goes that the other one lacks, and how many of them stay behind.

    A comment for programs, such as one that ignores a warning, means the line that it stands on.
    """
    theirs, ours = (comments(side.text, (parsed(side.text) or [None])[0]) for side in (going, keeping))
    missing = tuple((theirs - ours).elements())
    kept = tuple(comment for comment in missing if not _INSTRUCTION.match(comment))
    return kept, len(missing) - len(kept)


def _marked(one: Document, other: Document) -> bool:
    pairs = ((one, other), (other, one))
    return any(claimed_id(there) in here.data.get("not_duplicate_of", ()) for here, there in pairs)


def warning(plan_: Plan) -> tuple[Problem, ...]:
    """Return the warning about records that are marked as different customers."""
    if not plan_.marked:
        return ()
    message = _("the two records are marked as different customers in not_duplicate_of")
    return (Problem("merge-marked", message, hint=_("to keep both: crmtext undo"), severity=Severity.WARNING),)
