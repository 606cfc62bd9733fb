"""The problems that a change introduces, in its records and in others, before it is written or committed."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from crmtext import checks
from crmtext.checks import masked_name, masked_text
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

    from crmtext.schema import Schema
    from crmtext.storage.journal import Part
    from crmtext.store import Store
    from crmtext.text.document import Document

    #: A record before and after a change; None if it is added or removed.
    Pair = tuple[Document | None, Document | None]

#: Rules that do not apply to a new customer yet.
_NOT_YET = frozenset({"no-contact"})


def reject_errors(store: Store, parts: Sequence[Part]) -> None:
    """Raise the first error that a commit of these parts would introduce."""
    for problem in new_errors(store, parts):
        message = _("nothing was written or committed: {reason}").format(reason=problem.message)
        hint = "\n".join(filter(None, (problem.hint, _("to write it anyway, without a commit: --no-commit"))))
        raise CrmError(problem._replace(message=message, hint=hint), Exit.FOUND)


def new_errors(store: Store, parts: Sequence[Part]) -> tuple[Problem, ...]:
    """The errors that a commit introduces in its records, and in others of HEAD."""
    return _errors(new_problems(store, parts, At.HEAD))


def new_problems(store: Store, parts: Sequence[Part], at: At) -> tuple[Problem, ...]:
    """The problems that a change introduces in its records; if none is an error, also between them and others."""
    old, now = (checks.run(_snapshot(store, side), names=of(Scope.RECORD)) for side in _sides(parts))
    both = [part for part in parts if part.before is not None and part.after is not None]
    pairs = [(parse(part.before or b"", part.path), parse(part.after or b"", part.path)) for part in both]
    problems = (*unknown(now, old, moved=True), *masked_over_full(store.schema, pairs))
    return problems if _errors(problems) else (*problems, *problems_in_others(store, parts, at))


def errors_or_warnings(store: Store, parts: Sequence[Part], pairs: Sequence[Pair]) -> tuple[Problem, ...]:
    """The errors that a change of records introduces anywhere, or else the warnings in these records.

    The schema is not checked: the caller did that when it built the pairs.
    """
    ours = problems_in_records(store, pairs)
    related = problems_in_others(store, parts, At.DISK)
    if wrong := _errors((*ours, *related)):
        return wrong
    paths = {part.path for part in parts}
    new = {part.path for part in parts if part.before is None}
    warnings = [problem for problem in ours if not (problem.place.path in new and problem.rule in _NOT_YET)]
    # Possible duplicates of a new customer were reported, or confirmed, before it was added.
    return (*warnings, *(problem for problem in related if problem.place.path in paths - new))


def problems_in_records(store: Store, pairs: Sequence[Pair]) -> tuple[Problem, ...]:
    """The problems in the readable parts of the records that the change introduces."""
    read = [tuple(readable(document, store.schema) if document else None for document in pair) for pair in pairs]
    # A record that is unreadable on one side cannot be compared.
    both = [now for then, now in zip(pairs, read, strict=True) if (then[0] is None) == (now[0] is None)]
    old, now = (_checked(store, [pair[side] for pair in both]) for side in (0, 1))
    return (*unknown(now, old, moved=True), *masked_over_full(store.schema, both))


def problems_in_others(store: Store, parts: Iterable[Part], at: At) -> tuple[Problem, ...]:
    """The problems that a change introduces between its records and others, in any of them.

    A record with errors is compared without the invalid values, so that it can be fixed step by step. One that was
    unreadable before the change is not blamed for the problems that this has hidden.
    """
    before, after = _sides(parts)
    then, here = (_readable(_snapshot(store, side)) for side in (before, after))
    # In one order, however they were looked up: it decides which of several equal problems is the new one.
    old, now = map(checks.ordered, effect.of(store, at, then, here))
    ours, hidden = {*before, *after}, {document.path for document in then.broken}
    # A record of the change may have moved; the others have not.
    elsewhere = ([problem for problem in problems if problem.place.path not in ours] for problems in (now, old))
    within = (
        [problem for problem in now if problem.place.path in ours - hidden],
        [problem for problem in old if problem.place.path in ours],
    )
    counts = checks.rule_filter(store.settings)
    new = (*unknown(*within, moved=True), *unknown(*elsewhere))
    return checks.ordered(problem for problem in new if counts(problem.rule))


def _sides(parts: Iterable[Part]) -> tuple[Mapping[str, bytes], Mapping[str, bytes]]:
    """The records of a change before and after, by path."""
    wanted = tuple(parts)
    before = {part.path: part.before for part in wanted if part.before is not None}
    return before, {part.path: part.after for part in wanted if part.after is not None}


def _readable(snapshot: Snapshot) -> Snapshot:
    """The snapshot with the readable parts of its invalid records as customers."""
    if not snapshot.broken:
        return snapshot
    pairs = [
        (document, readable(document, snapshot.schema) if document.data is not None else None)
        for document in snapshot.broken
    ]
    customers = (*snapshot.customers, *(Customer(fixed) for _broken, fixed in pairs if fixed))
    return replace(
        snapshot,
        customers=tuple(sorted(customers, key=lambda customer: (customer.id, customer.path))),
        broken=tuple(broken for broken, fixed in pairs if not fixed),
    )


def masked_over_full(schema: Schema, pairs: Iterable[Sequence[Document | None]]) -> Iterator[Problem]:
    """The masked names and texts of changed records that replace full ones."""
    both = [(old, new) for old, new in pairs if old and new]
    for over in (masked_name.over, masked_text.over):
        yield from (problem for old, new in both for problem in over(old, new, schema))


def _checked(store: Store, documents: Iterable[Document | None]) -> tuple[Problem, ...]:
    customers = tuple(Customer(document) for document in documents if document)
    snapshot = Snapshot("worktree", store.schema, store.settings, store.today, customers, (), ())
    return checks.run(snapshot, names=of(Scope.RECORD))


def _snapshot(store: Store, records: Mapping[str, bytes]) -> Snapshot:
    return build(records.items(), read="commit", schema=store.schema, settings=store.settings, today=store.today)


def _errors(problems: Iterable[Problem]) -> tuple[Problem, ...]:
    return tuple(problem for problem in problems if problem.severity is Severity.ERROR)
