"""What the checks say of a change before it is written: a new error refuses it, a new warning goes with it."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from crmtext import checks
from crmtext.model import Customer
from crmtext.problem import Problem, Severity
from crmtext.record.draft import Draft, How, errors, refuse, write
from crmtext.snapshot import Snapshot

if TYPE_CHECKING:
    from collections.abc import Iterable

    from crmtext.answer import Change
    from crmtext.store import Store
    from crmtext.text.document import Document


#: What a new customer may still lack without a word.
_NOT_YET = frozenset({"no-contact"})


def judged(store: Store, drafts: Iterable[Draft]) -> tuple[Problem, ...]:
    """The warnings that the drafts add. Raises CrmError where they would add an error.

    A record that had errors before is not judged: what they hid is nobody's doing now.
    """
    made = [each for each in drafts if each.before is None or not errors(each.before, store.schema)]
    new = _new(_found(store, (each.before for each in made)), _found(store, (each.after for each in made)))
    refuse(_named(each, several=len(made) > 1) for each in new if each.severity is Severity.ERROR)
    fresh = {each.path for each in made if each.before is None}
    return tuple(
        problem
        for problem in new
        if problem.severity is Severity.WARNING and not (problem.place.path in fresh and problem.rule in _NOT_YET)
    )


def settle(store: Store, drafts: Iterable[Draft], summary: str, how: How, *, also: Iterable[Problem] = ()) -> Change:
    """Write the drafts if the checks have nothing against them; new warnings, and `also`, go with the answer."""
    made = tuple(drafts)
    warnings = judged(store, made)
    done = write(store, made, summary, how)
    return done._replace(problems=(*done.problems, *also, *warnings))


def _found(store: Store, documents: Iterable[Document | None]) -> tuple[Problem, ...]:
    customers = tuple(Customer(each) for each in documents if each and not errors(each, store.schema))
    snapshot = Snapshot("worktree", store.schema, store.settings, store.today, customers, (), ())
    # What a command could break among records it looks after itself.
    return checks.run(snapshot, ignore=checks.AMONG_RECORDS, names=checks.OF_RECORDS)


def _named(problem: Problem, *, several: bool) -> Problem:
    """The problem with its file, where more than one may be meant."""
    return problem._replace(message=f"{problem.place.path}: {problem.message}") if several else problem


def _new(before: Iterable[Problem], after: Iterable[Problem]) -> list[Problem]:
    """The problems that are more than before; a record may have got another path or id meanwhile."""
    known = Counter((problem.rule, problem.message) for problem in before)
    found = []
    for problem in after:
        if known[problem.rule, problem.message]:
            known[problem.rule, problem.message] -= 1
        else:
            found.append(problem)
    return found
