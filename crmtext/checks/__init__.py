"""Rules over a store: each yields problems and never prints, raises or writes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from crmtext.checks.scope import declared
from crmtext.checks.table import CHECKS, WITH_FIX
from crmtext.problem import Problem, Severity
from crmtext.text.secret_numbers import RULES as NEVER_IGNORED

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from crmtext.settings import Settings
    from crmtext.snapshot import Snapshot

__all__ = [
    "CHECKS",
    "WITH_FIX",
    "ordered",
    "problems_and_ignored",
    "rule_filter",
    "run",
    "run_checks",
    "without_ignored",
]


def run(
    snapshot: Snapshot, *, select: Iterable[str] = (), ignore: Iterable[str] = (), names: Iterable[str] = CHECKS
) -> tuple[Problem, ...]:
    """All problems of a snapshot, sorted by place; `select` and `ignore` are rules, `names` the checks to run."""
    return problems_and_ignored(snapshot, select=select, ignore=ignore, names=names)[0]


def problems_and_ignored(
    snapshot: Snapshot, *, select: Iterable[str] = (), ignore: Iterable[str] = (), names: Iterable[str] = CHECKS
) -> tuple[tuple[Problem, ...], tuple[Problem, ...]]:
    """The problems of a snapshot, and the warnings that comments in the records ignore.

    `names` are the checks to run; problems of a record's text are always included.
    """
    counts = rule_filter(snapshot.settings, select, ignore)
    return without_ignored(
        snapshot, (problem for problem in (*snapshot.problems, *run_checks(snapshot, names)) if counts(problem.rule))
    )


def without_ignored(snapshot: Snapshot, problems: Iterable[Problem]) -> tuple[tuple[Problem, ...], tuple[Problem, ...]]:
    """The problems that count, sorted by place, and the warnings that comments ignore."""
    from crmtext.checks.ignore_comment import without

    given = tuple(problems)
    kept = without(snapshot, given)
    left = {id(problem) for problem in kept}
    return ordered(kept), tuple(problem for problem in given if id(problem) not in left)


def ordered(problems: Iterable[Problem]) -> tuple[Problem, ...]:
    """The problems sorted by place, rule and message."""
    return tuple(sorted(problems, key=lambda problem: (problem.place, problem.rule, problem.message)))


def rule_filter(settings: Settings, select: Iterable[str] = (), ignore: Iterable[str] = ()) -> Callable[[str], bool]:
    """A test whether a rule is selected and not ignored, here or in the settings."""
    # Settings come with a push: they must not allow numbers into the history that it would keep.
    wanted, unwanted = frozenset(select), frozenset(ignore) | (frozenset(settings.ignore) - NEVER_IGNORED)
    return lambda rule: rule not in unwanted and (not wanted or rule in wanted)


def run_checks(snapshot: Snapshot, names: Iterable[str] = CHECKS) -> Iterator[Problem]:
    """The problems of these checks, without warnings at places that already have a problem of the text."""
    faulty = {(problem.place.path, problem.place.pointer) for problem in snapshot.problems if problem.place.pointer}
    documents = {customer.path: customer.document for customer in snapshot.customers}
    for name in names:
        for problem in declared(name).check(snapshot):
            place = problem.place
            if problem.severity is Severity.ERROR or (place.path, place.pointer) not in faulty:
                document = documents.get(place.path)
                yield snapshot.schema.discreet(document, (problem,))[0] if document else problem
