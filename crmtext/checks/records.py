"""All records of one state in memory and the problems between them, updated for the records that a change affects."""

from __future__ import annotations

from dataclasses import replace
from heapq import nsmallest
from typing import TYPE_CHECKING

from crmtext.checks import run_checks, without_ignored
from crmtext.checks.related import Around, Change, check_again, traits
from crmtext.model import Customer
from crmtext.snapshot import HAS, Fact, Outside, Traits

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Sequence
    from collections.abc import Set as AbstractSet

    from crmtext.checks.scope import Declared
    from crmtext.problem import Problem
    from crmtext.snapshot import Snapshot
    from crmtext.text.document import Document


class Records:
    """All records of a state by path, starting with those of a snapshot."""

    def __init__(self, snapshot: Snapshot, compared: Sequence[Declared]) -> None:
        self._base = replace(snapshot, customers=(), broken=(), problems=())
        self._compared = compared
        self._there: dict[str, Customer | Document] = {}
        self._text: dict[str, list[Problem]] = {}
        self._problems: dict[str, tuple[Problem, ...]] = {}
        self._traits: dict[str, Traits] = {}
        self._holders: dict[Fact, dict[str, int]] = {}
        self.put(snapshot)

    @property
    def problems(self) -> tuple[Problem, ...]:
        """The problems of all records, without those that comments ignore."""
        return tuple(problem for path in sorted(self._problems) for problem in self._problems[path])

    @property
    def problems_by_path(self) -> dict[str, tuple[Problem, ...]]:
        """The same problems by path of the record."""
        return dict(self._problems)

    def put(self, snapshot: Snapshot, gone: Iterable[str] = ()) -> frozenset[str]:
        """Add or replace the records of a snapshot, remove those at `gone`, and return the paths checked again."""
        about = traits(snapshot, self._compared)
        there: dict[str, Customer | Document] = {customer.path: customer for customer in snapshot.customers}
        there |= {document.path: document for document in snapshot.broken}
        changes: list[Change[str]] = []
        for path in {*there, *gone}:
            before, after = self._traits.pop(path, Traits()), about.get(path)
            for fact in before.facts:
                del self._holders[fact][path]
            for fact, role in after.facts.items() if after else ():
                self._holders.setdefault(fact, {})[path] = role
            for known in (self._there, self._text, self._problems):
                known.pop(path, None)
            if after:
                self._there[path], self._traits[path] = there[path], after
            changes.append(Change(path if after else None, before, after or Traits()))
        for problem in snapshot.problems:
            self._text.setdefault(problem.place.path, []).append(problem)
        again = frozenset(check_again(self, changes, self._compared))
        self._problems.update(dict.fromkeys(again, ()))
        for problem in self._check(again):
            self._problems[problem.place.path] += (problem,)
        return again

    def _check(self, again: AbstractSet[str]) -> tuple[Problem, ...]:
        around = Around(self, self._compared)
        snapshot = self._part(self._there if len(again) == len(self._there) else around.of(again), again)
        elsewhere = Outside(values=self.values, crowds=around.crowds, asked=frozenset(again))
        problems = run_checks(replace(snapshot, elsewhere=elsewhere), [check.name for check in self._compared])
        about = [problem for problem in problems if problem.place.path in again]
        return without_ignored(self._part({problem.place.path for problem in about}, ()), about)[0]

    def _part(self, paths: Collection[str], about: Iterable[str]) -> Snapshot:
        """Return a snapshot of the records at `paths`, with text problems of those at `about`."""
        parts = [self._there[path] for path in paths]
        customers = [part for part in parts if isinstance(part, Customer)]
        return replace(
            self._base,
            customers=tuple(sorted(customers, key=lambda customer: (customer.id, customer.path))),
            broken=tuple(part for part in parts if not isinstance(part, Customer)),
            problems=tuple(problem for path in sorted(about) for problem in self._text.get(path, ())),
        )

    def traits(self, key: str) -> Traits:
        """Return what connects a record with others."""
        return self._traits[key]

    def holders(self, fact: Fact, role: int) -> list[str]:
        """Return the records for which a fact has one of these roles."""
        return [path for path, roles in self._holders.get(fact, {}).items() if roles & role]

    def first(self, fact: Fact, most: int) -> Sequence[str]:
        """Return the records that have a fact, by id and path, but at most `most`."""
        return nsmallest(most, self.holders(fact, HAS), self._order)

    def both(self, fact: Fact, other: Fact) -> Sequence[str]:
        """Return the records that have both facts, by id and path."""
        return sorted({*self.holders(fact, HAS)}.intersection(self.holders(other, HAS)), key=self._order)

    def _order(self, path: str) -> tuple[str, str]:
        record = self._there[path]
        return (record.id if isinstance(record, Customer) else "", path)

    def count(self, fact: Fact) -> int:
        """Return how many records have a fact."""
        return len(self.holders(fact, HAS))

    def values(self, kind: str) -> frozenset[str]:
        """Return all values of a kind of fact."""
        holders = self._holders.items()
        return frozenset(value for (name, value), who in holders if name == kind and any(r & HAS for r in who.values()))

    def with_problems_of(self, rules: AbstractSet[str]) -> list[str]:
        """Return the records that have a problem of one of these rules."""
        return [path for path, problems in self._problems.items() if any(problem.rule in rules for problem in problems)]

    def everybody(self) -> Iterable[str]:
        """Return all records."""
        return self._there
