"""Rules over a store: each yields problems and never prints, raises or writes."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from importlib import import_module

from crmtext.problem import Problem, Severity
from crmtext.snapshot import Snapshot

Check = Callable[[Snapshot], Iterator[Problem]]

#: Every check by name. Its module's docstring is its page.
CHECKS: Mapping[str, str] = {
    name: f"crmtext.checks.{name.replace('-', '_')}:check"
    for name in (
        "unique-id",
        "file-name",
        "team-member",
        "reference",
        "parent-circle",
        "future-date",
        "interaction-order",
        "next-step",
        "primary-contact",
        "budget-range",
        "credit-code",
        "phone-form",
        "industry-code",
        "address-district",
        "recommended-keys",
        "lifecycle",
    )
}


def run(snapshot: Snapshot, *, select: Iterable[str] = (), ignore: Iterable[str] = ()) -> tuple[Problem, ...]:
    """All problems of a snapshot, sorted by place; `select` and `ignore` name rules."""
    wanted, unwanted = frozenset(select), frozenset(ignore) | frozenset(snapshot.settings.ignore)
    found = [*snapshot.problems, *_found(snapshot)]
    kept = (each for each in found if each.rule not in unwanted and (not wanted or each.rule in wanted))
    return tuple(sorted(kept, key=lambda problem: (problem.place, problem.rule)))


def _found(snapshot: Snapshot) -> Iterator[Problem]:
    """What the checks find. A warning at a place that a problem of the text is about already is left out."""
    told = {(problem.place.path, problem.place.pointer) for problem in snapshot.problems if problem.place.pointer}
    documents = {customer.path: customer.document for customer in snapshot.customers}
    for name in CHECKS:
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
