"""The check's verdict on a change that is about to be made: what its records are, and what they do to others."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING

from crmtext import checks
from crmtext.checks import masked_name
from crmtext.checks.scope import Scope
from crmtext.checks.scope import of as of_scope
from crmtext.i18n import _
from crmtext.index import effect
from crmtext.index.effect import At
from crmtext.model import Customer
from crmtext.problem import CrmError, Exit, Problem, Severity, unknown
from crmtext.snapshot import Snapshot, take
from crmtext.text.read.load import parse
from crmtext.validation.readable import readable

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Sequence

    from crmtext.sources import Found
    from crmtext.storage.journal import Part
    from crmtext.store import Store


#: Records by path.
Files = Mapping[str, bytes]


def refuse_errors(store: Store, parts: Sequence[Part]) -> None:
    """Raise the first error that a commit of these parts would add to the history."""
    for problem in errors(store, parts):
        message = _("nothing was written and nothing committed: {reason}").format(reason=problem.message)
        hint = "\n".join(filter(None, (problem.hint, _("to write it all the same, without a commit: --no-commit"))))
        raise CrmError(problem._replace(message=message, hint=hint), Exit.FOUND)


def errors(store: Store, parts: Sequence[Part]) -> tuple[Problem, ...]:
    """The errors that a commit adds to its records, and elsewhere in HEAD."""
    return _wrong(problems(store, parts, At.HEAD))


def problems(store: Store, parts: Sequence[Part], at: At) -> tuple[Problem, ...]:
    """What a change makes wrong in its records, and in others, which are looked at only if they are concerned."""
    before, after = sides(parts)
    old, now = (checks.run(_snapshot(store, files.items()), names=of_scope(Scope.RECORD)) for files in (before, after))
    found = (*unknown(now, old, moved=True), *_masked(store, parts))
    return found if _wrong(found) else (*found, *between(store, at, before, after))


def sides(parts: Iterable[Part]) -> tuple[Files, Files]:
    """The records of a change before and after."""
    wanted = tuple(parts)
    before = {part.path: part.before for part in wanted if part.before is not None}
    return before, {part.path: part.after for part in wanted if part.after is not None}


def between(store: Store, at: At, before: Files, after: Files) -> tuple[Problem, ...]:
    """What a change makes wrong between its records and others, in any of them.

    A record with errors is compared by the rest of it, so that it can be fixed step by step; one that could not be read
    at all is not blamed for what that has hidden.
    """
    then, here = (_readable(_snapshot(store, files.items())) for files in (before, after))
    old, now = effect.of(store, at, then, here)
    ours, hidden = {*before, *after}, {each.path for each in then.broken}
    # A record of the change may have another path now; the others have not.
    of_others = unknown(_beside(now, ours), _beside(old, ours))
    of_ours = unknown(_within(now, ours - hidden), _within(old, ours), moved=True)
    counts = checks.counted(store.settings)
    return checks.ordered(each for each in (*of_ours, *of_others) if counts(each.rule))


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


def _within(problems: Iterable[Problem], paths: Collection[str]) -> list[Problem]:
    return [problem for problem in problems if problem.place.path in paths]


def _beside(problems: Iterable[Problem], paths: Collection[str]) -> list[Problem]:
    return [problem for problem in problems if problem.place.path not in paths]


def _masked(store: Store, parts: Iterable[Part]) -> Iterator[Problem]:
    """Masked names that a change has written over full ones."""
    for part in parts:
        if part.before is not None and part.after is not None:
            old, new = parse(part.before, part.path), parse(part.after, part.path)
            yield from masked_name.over(old, new, store.schema)


def _snapshot(store: Store, records: Iterable[Found]) -> Snapshot:
    return take(records, read="commit", schema=store.schema, settings=store.settings, today=store.today)


def _wrong(problems: Iterable[Problem]) -> tuple[Problem, ...]:
    return tuple(problem for problem in problems if problem.severity is Severity.ERROR)
