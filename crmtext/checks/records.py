"""The records of one state, held in memory, and the problems between them, updated for the records a change affects."""

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
    """All records of a state by path, beginning with those of a snapshot."""

    def __init__(self, snapshot: Snapshot, compared: Sequence[Declared]) -> None:
        self._base = replace(snapshot, customers=(), broken=(), problems=())
        self._compared = compared
        self._there: dict[str, Customer | Document] = {}
        self._text: dict[str, list[Problem]] = {}
        self._told: dict[str, tuple[Problem, ...]] = {}
        self._traits: dict[str, Traits] = {}
        self._holders: dict[Fact, dict[str, int]] = {}
        self.put(snapshot)

    @property
    def problems(self) -> tuple[Problem, ...]:
        """What is wrong between the records, but for what comments have ignored."""
        return tuple(each for path in sorted(self._told) for each in self._told[path])

    @property
    def told(self) -> dict[str, tuple[Problem, ...]]:
        """The same by path."""
        return dict(self._told)

    def put(self, snapshot: Snapshot, gone: Iterable[str] = ()) -> frozenset[str]:
        """Have the records of a snapshot, and those at some paths no more; whom that may concern."""
        about = traits(snapshot, self._compared)
        there: dict[str, Customer | Document] = {each.path: each for each in snapshot.customers}
        there |= {each.path: each for each in snapshot.broken}
        changes: list[Change[str]] = []
        for path in {*there, *gone}:
            before, after = self._traits.pop(path, Traits()), about.get(path)
            for fact in before.facts:
                del self._holders[fact][path]
            for fact, role in after.facts.items() if after else ():
                self._holders.setdefault(fact, {})[path] = role
            for known in (self._there, self._text, self._told):
                known.pop(path, None)
            if after:
                self._there[path], self._traits[path] = there[path], after
            changes.append(Change(path if after else None, before, after or Traits()))
        for problem in snapshot.problems:
            self._text.setdefault(problem.place.path, []).append(problem)
        again = frozenset(check_again(self, changes, self._compared))
        self._told.update(dict.fromkeys(again, ()))
        for problem in self._found(again):
            self._told[problem.place.path] += (problem,)
        return again

    def _found(self, again: AbstractSet[str]) -> tuple[Problem, ...]:
        around = Around(self, self._compared)
        snapshot = self._part(self._there if len(again) == len(self._there) else around.of(again), again)
        elsewhere = Outside(values=self.values, crowds=around.crowds, asked=frozenset(again))
        told = run_checks(replace(snapshot, elsewhere=elsewhere), [each.name for each in self._compared])
        about = [each for each in told if each.place.path in again]
        return without_ignored(self._part({each.place.path for each in about}, ()), about)[0]

    def _part(self, paths: Collection[str], about: Iterable[str]) -> Snapshot:
        """The records at some paths, with what is wrong in the text of those that it is `about`."""
        each = [self._there[path] for path in paths]
        customers = [one for one in each if isinstance(one, Customer)]
        return replace(
            self._base,
            customers=tuple(sorted(customers, key=lambda one: (one.id, one.path))),
            broken=tuple(one for one in each if not isinstance(one, Customer)),
            problems=tuple(problem for path in sorted(about) for problem in self._text.get(path, ())),
        )

    def traits(self, key: str) -> Traits:
        """What a record has to do with others."""
        return self._traits[key]

    def holders(self, fact: Fact, role: int) -> list[str]:
        """The records to which a fact is this."""
        return [path for path, roles in self._holders.get(fact, {}).items() if roles & role]

    def first(self, fact: Fact, most: int) -> Sequence[str]:
        """The records that have a fact, by id and path; of very many, only so many."""
        return nsmallest(most, self.holders(fact, HAS), self._order)

    def both(self, fact: Fact, other: Fact) -> Sequence[str]:
        """The records that have two facts, by id and path."""
        return sorted({*self.holders(fact, HAS)}.intersection(self.holders(other, HAS)), key=self._order)

    def _order(self, path: str) -> tuple[str, str]:
        each = self._there[path]
        return (each.id if isinstance(each, Customer) else "", path)

    def count(self, fact: Fact) -> int:
        """How many records have a fact."""
        return len(self.holders(fact, HAS))

    def values(self, kind: str) -> frozenset[str]:
        """All values of a kind of fact that a record has."""
        holders = self._holders.items()
        return frozenset(value for (each, value), who in holders if each == kind and any(r & HAS for r in who.values()))

    def told_of(self, rules: AbstractSet[str]) -> list[str]:
        """The records that have a problem of one of these rules."""
        return [path for path, told in self._told.items() if any(each.rule in rules for each in told)]

    def everybody(self) -> Iterable[str]:
        """All records."""
        return self._there
