"""Rules over a store: each yields problems and never prints, raises or writes."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from importlib import import_module
from typing import TYPE_CHECKING

from crmtext.checks.table import AMONG_RECORDS, CHECKS, OF_ONE_COMMIT, SHARED
from crmtext.problem import Problem, Severity
from crmtext.snapshot import Snapshot

if TYPE_CHECKING:
    from crmtext.settings import Settings

__all__ = ["AMONG_RECORDS", "CHECKS", "OF_ONE_COMMIT", "SHARED", "counted", "judged", "load", "run"]

Check = Callable[[Snapshot], Iterator[Problem]]


def run(snapshot: Snapshot, *, select: Iterable[str] = (), ignore: Iterable[str] = ()) -> tuple[Problem, ...]:
    """All problems of a snapshot, sorted by place; `select` and `ignore` name rules."""
    return judged(snapshot, select=select, ignore=ignore)[0]


def judged(
    snapshot: Snapshot, *, select: Iterable[str] = (), ignore: Iterable[str] = (), names: Iterable[str] = CHECKS
) -> tuple[tuple[Problem, ...], tuple[Problem, ...]]:
    """The problems of a snapshot, and those warnings that comments in the records have ignored.

    `names` are the checks that are run; what is wrong with a record's text is told in any case.
    """
    from crmtext.checks.ignore_comment import without

    counts = counted(snapshot.settings, select, ignore)
    found = [each for each in (*snapshot.problems, *_found(snapshot, names)) if counts(each.rule)]
    kept = without(snapshot, found)
    left = {id(each) for each in kept}
    ordered = tuple(sorted(kept, key=lambda problem: (problem.place, problem.rule)))
    return ordered, tuple(each for each in found if id(each) not in left)


def counted(settings: Settings, select: Iterable[str] = (), ignore: Iterable[str] = ()) -> Callable[[str], bool]:
    """Whether a rule is one that was asked about, and that the team has not switched off."""
    wanted, unwanted = frozenset(select), frozenset(ignore) | frozenset(settings.ignore)
    return lambda rule: rule not in unwanted and (not wanted or rule in wanted)


def _found(snapshot: Snapshot, names: Iterable[str]) -> Iterator[Problem]:
    """What the checks find. A warning at a place that a problem of the text is about already is left out."""
    told = {(problem.place.path, problem.place.pointer) for problem in snapshot.problems if problem.place.pointer}
    documents = {customer.path: customer.document for customer in snapshot.customers}
    for name in names:
        for problem in load(name)(snapshot):
            place = problem.place
            if problem.severity is Severity.ERROR or (place.path, place.pointer) not in told:
                document = documents.get(place.path)
                yield snapshot.schema.discreet(document, (problem,))[0] if document else problem


def load(name: str) -> Check:
    """The check of this name."""
    module, _colon, function = CHECKS[name].partition(":")
    check: Check = getattr(import_module(module), function)
    return check
