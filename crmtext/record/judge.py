"""What a change adds, found before it is written: a new error rejects it, a new warning is shown."""

from __future__ import annotations

from typing import TYPE_CHECKING

from crmtext import checks
from crmtext.checks import masked_name
from crmtext.checks.scope import Scope, of
from crmtext.model import Customer
from crmtext.problem import Problem, Severity, unknown
from crmtext.record.draft import Draft, How, refuse, write
from crmtext.record.readable import readable
from crmtext.record.verdict import between, sides
from crmtext.snapshot import Snapshot
from crmtext.standing.effect import At

if TYPE_CHECKING:
    from collections.abc import Iterable

    from crmtext.answer import Change
    from crmtext.store import Store
    from crmtext.text.document import Document


#: What a new customer may still lack without a word.
_NOT_YET = frozenset({"no-contact"})


def judged(store: Store, drafts: Iterable[Draft]) -> tuple[Problem, ...]:
    """The warnings that the drafts add. Raises CrmError if they add an error; one that was there may stay."""
    made = tuple(drafts)
    pairs = [(_read(each.before, store), _read(each.after, store)) for each in made]
    # A side that cannot be read leaves nothing to compare the other one with.
    both = [sides for each, sides in zip(made, pairs, strict=True) if (each.before is None) == (sides[0] is None)]
    before, after = (_found(store, (sides[side] for sides in both)) for side in (0, 1))
    new = unknown(after, before, moved=True)
    new += [each for old, now in both if old and now for each in masked_name.over(old, now, store.schema)]
    ours = {each.path for each in made}
    found = between(store, At.DISK, *sides(each.part for each in made))
    wrong = [each for each in (*new, *found) if each.severity is Severity.ERROR]
    refuse(_named(each, several=len(made) > 1 or each.place.path not in ours) for each in wrong)
    fresh = {each.path for each in made if each.before is None}
    warnings = [each for each in new if not (each.place.path in fresh and each.rule in _NOT_YET)]
    # Whom a new customer is like has been told, or asked about, before it was made.
    warnings += [each for each in found if each.place.path in ours - fresh]
    return tuple(warnings)


def _read(document: Document | None, store: Store) -> Document | None:
    return readable(document, store.schema) if document else None


def settle(store: Store, drafts: Iterable[Draft], summary: str, how: How, *, also: Iterable[Problem] = ()) -> Change:
    """Write the drafts if the checks have nothing against them; new warnings, and `also`, go with the answer."""
    made = tuple(drafts)
    warnings = judged(store, made)
    done = write(store, made, summary, how)
    return done._replace(problems=(*done.problems, *also, *warnings))


def _found(store: Store, documents: Iterable[Document | None]) -> tuple[Problem, ...]:
    customers = tuple(Customer(each) for each in documents if each)
    snapshot = Snapshot("worktree", store.schema, store.settings, store.today, customers, (), ())
    return checks.run(snapshot, names=of(Scope.RECORD))


def _named(problem: Problem, *, several: bool) -> Problem:
    """The problem with its file, where more than one may be meant."""
    return problem._replace(message=f"{problem.place.path}: {problem.message}") if several else problem
