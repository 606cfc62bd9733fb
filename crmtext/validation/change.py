"""What a change of records makes wrong, in them and in others: asked before it is written or committed."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from crmtext import checks
from crmtext.checks import masked_name
from crmtext.checks.scope import Scope, of
from crmtext.i18n import _
from crmtext.index import effect
from crmtext.index.effect import At
from crmtext.model import Customer
from crmtext.problem import CrmError, Exit, Problem, Severity, unknown
from crmtext.snapshot import Snapshot, build
from crmtext.text.read.load import parse
from crmtext.validation.readable import readable

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from crmtext.storage.journal import Part
    from crmtext.store import Store
    from crmtext.text.document import Document

    #: A record before and after a change; None before is a new one, None after one that goes.
    Pair = tuple[Document | None, Document | None]

#: What a new customer may still lack without a word.
_NOT_YET = frozenset({"no-contact"})


def reject_errors(store: Store, parts: Sequence[Part]) -> None:
    """Raise the first error that a commit of these parts would add to the history."""
    for problem in new_errors(store, parts):
        message = _("nothing was written or committed: {reason}").format(reason=problem.message)
        hint = "\n".join(filter(None, (problem.hint, _("to write it anyway, without a commit: --no-commit"))))
        raise CrmError(problem._replace(message=message, hint=hint), Exit.FOUND)


def new_errors(store: Store, parts: Sequence[Part]) -> tuple[Problem, ...]:
    """The errors that a commit adds to its records, and elsewhere in HEAD."""
    return _errors(new_problems(store, parts, At.HEAD))


def new_problems(store: Store, parts: Sequence[Part], at: At) -> tuple[Problem, ...]:
    """What a change makes wrong in its records; where that is no error, also between them and others."""
    old, now = (checks.run(_snapshot(store, side), names=of(Scope.RECORD)) for side in _sides(parts))
    texts = [each for each in parts if each.before is not None and each.after is not None]
    pairs = [(parse(each.before or b"", each.path), parse(each.after or b"", each.path)) for each in texts]
    found = (*unknown(now, old, moved=True), *_masked(store, pairs))
    return found if _errors(found) else (*found, *problems_in_others(store, parts, at))


def errors_or_warnings(store: Store, parts: Sequence[Part], pairs: Sequence[Pair]) -> tuple[Problem, ...]:
    """The errors that writing records adds anywhere; where there are none, the warnings that it adds to them.

    The schema is left out: it was asked when the pairs were made.
    """
    ours = problems_in_records(store, pairs)
    found = problems_in_others(store, parts, At.DISK)
    if wrong := _errors((*ours, *found)):
        return wrong
    paths = {each.path for each in parts}
    new = {each.path for each in parts if each.before is None}
    warnings = [each for each in ours if not (each.place.path in new and each.rule in _NOT_YET)]
    # Whom a new customer is like has been told, or asked about, before it was made.
    return (*warnings, *(each for each in found if each.place.path in paths - new))


def problems_in_records(store: Store, pairs: Sequence[Pair]) -> tuple[Problem, ...]:
    """What the checks find in what can be read of the records after a change, and not before."""
    read = [tuple(readable(each, store.schema) if each else None for each in pair) for pair in pairs]
    # A side that cannot be read leaves nothing to compare the other one with.
    both = [now for then, now in zip(pairs, read, strict=True) if (then[0] is None) == (now[0] is None)]
    old, now = (_checked(store, [pair[side] for pair in both]) for side in (0, 1))
    return (*unknown(now, old, moved=True), *_masked(store, both))


def problems_in_others(store: Store, parts: Iterable[Part], at: At) -> tuple[Problem, ...]:
    """What a change makes wrong between its records and others, in any of them.

    A record with errors is compared by the rest of it, so that it can be fixed step by step; one that could not be read
    at all is not blamed for what that has hidden.
    """
    before, after = _sides(parts)
    then, here = (_readable(_snapshot(store, side)) for side in (before, after))
    old, now = effect.of(store, at, then, here)
    ours, hidden = {*before, *after}, {each.path for each in then.broken}
    # A record of the change may have another path now; the others have not.
    elsewhere = ([each for each in problems if each.place.path not in ours] for problems in (now, old))
    within = ([each for each in problems if each.place.path in ours - hidden] for problems in (now, old))
    counts = checks.rule_filter(store.settings)
    found = (*unknown(*within, moved=True), *unknown(*elsewhere))
    return checks.ordered(each for each in found if counts(each.rule))


def _sides(parts: Iterable[Part]) -> tuple[Mapping[str, bytes], Mapping[str, bytes]]:
    """The records of a change before and after, by path."""
    wanted = tuple(parts)
    before = {part.path: part.before for part in wanted if part.before is not None}
    return before, {part.path: part.after for part in wanted if part.after is not None}


def _readable(snapshot: Snapshot) -> Snapshot:
    """The snapshot with what can be read of its records with errors."""
    if not snapshot.broken:
        return snapshot
    found = [(each, readable(each, snapshot.schema) if each.data is not None else None) for each in snapshot.broken]
    customers = (*snapshot.customers, *(Customer(document) for _each, document in found if document))
    return replace(
        snapshot,
        customers=tuple(sorted(customers, key=lambda customer: (customer.id, customer.path))),
        broken=tuple(each for each, document in found if not document),
    )


def _masked(store: Store, pairs: Iterable[Sequence[Document | None]]) -> Iterator[Problem]:
    """Masked names that a change has written over full ones."""
    return (each for old, new in pairs if old and new for each in masked_name.over(old, new, store.schema))


def _checked(store: Store, documents: Iterable[Document | None]) -> tuple[Problem, ...]:
    customers = tuple(Customer(each) for each in documents if each)
    snapshot = Snapshot("worktree", store.schema, store.settings, store.today, customers, (), ())
    return checks.run(snapshot, names=of(Scope.RECORD))


def _snapshot(store: Store, records: Mapping[str, bytes]) -> Snapshot:
    return build(records.items(), read="commit", schema=store.schema, settings=store.settings, today=store.today)


def _errors(problems: Iterable[Problem]) -> tuple[Problem, ...]:
    return tuple(problem for problem in problems if problem.severity is Severity.ERROR)
