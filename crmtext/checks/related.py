"""Which records a change may affect; used by the index, the walk over commits, single writes and the hooks."""

from __future__ import annotations

from typing import TYPE_CHECKING, Generic, NamedTuple, Protocol, TypeVar

from crmtext.checks.scope import Crowd, Declared, Scope
from crmtext.snapshot import FOLLOWS, HAS, NEEDS, Fact, Traits, claimed_id
from crmtext.values.digest import blake2b

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from collections.abc import Set as AbstractSet

    from crmtext.model import Customer
    from crmtext.snapshot import Snapshot
    from crmtext.text.document import Document

#: The facts that every record has, even with errors: the id it claims, and id and path regardless of case.
ID, FOLDED_ID, FOLDED_PATH = "id", "folded id", "folded path"

Key = TypeVar("Key")


class Change(NamedTuple, Generic[Key]):
    """A record that was added, changed or removed; the key of a removed one is None."""

    key: Key | None
    before: Traits
    after: Traits


class Table(Protocol[Key]):
    """The traits of all records after a change."""

    def traits(self, key: Key) -> Traits:
        """Return the traits of a record."""

    def holders(self, fact: Fact, role: int) -> Iterable[Key]:
        """Return the records for which a fact has one of these roles."""

    def first(self, fact: Fact, most: int) -> Sequence[Key]:
        """Return the records that have a fact, by id and path, but at most `most`."""

    def both(self, fact: Fact, other: Fact) -> Sequence[Key]:
        """Return the records that have both facts, by id and path."""

    def count(self, fact: Fact) -> int:
        """Return how many records have a fact."""

    def with_problems_of(self, rules: AbstractSet[str]) -> Iterable[Key]:
        """Return the records that have a problem of one of these rules."""

    def everybody(self) -> Iterable[Key]:
        """Return all records."""


def traits(snapshot: Snapshot, checks: Sequence[Declared]) -> dict[str, Traits]:
    """Return the traits of a snapshot's records, by path: what connects them with others."""
    faulty: dict[str, set[str]] = {}
    for problem in snapshot.problems:
        faulty.setdefault(problem.place.path, set()).add(problem.place.pointer)
    fields = sorted({field for check in checks for field in check.reads or ()})
    whole = any(check.reads is None for check in checks)
    by_path: dict[str, Traits] = {}
    for document in snapshot.broken:
        by_path[document.path] = Traits(_common(document), _digest(document.path, document.text, document.data is None))
    for customer in snapshot.customers:
        document = customer.document
        # Comments may ignore warnings, and a warning is left out where the text has a problem.
        text = document.text if whole or "crmtext:" in document.text else ""
        read = [customer.data.get(field) for field in fields]
        seen = _digest(customer.path, read, text, sorted(faulty.get(customer.path, ())))
        by_path[customer.path] = Traits(_facts(customer, snapshot, checks), seen)
    return by_path


def _digest(*read: object) -> str:
    return blake2b(repr(read).encode("utf-8", "backslashreplace"), digest_size=12).hexdigest()


def _common(document: Document) -> dict[Fact, int]:
    id_, every = claimed_id(document), HAS | NEEDS
    return {(ID, id_): every, (FOLDED_ID, id_.casefold()): every, (FOLDED_PATH, document.path.casefold()): every}


def _facts(customer: Customer, snapshot: Snapshot, checks: Iterable[Declared]) -> Mapping[Fact, int]:
    facts = _common(customer.document)
    for check in checks:
        for fact in check.facts(customer, snapshot.schema):
            facts[fact] = facts.get(fact, 0) | HAS
        for fact in check.needs(customer, snapshot.schema):
            facts[fact] = facts.get(fact, 0) | NEEDS | (FOLLOWS if fact[0] in check.chain else 0)
    return facts


def check_again(table: Table[Key], changes: Iterable[Change[Key]], checks: Sequence[Declared]) -> set[Key]:
    """Return the records whose problems may differ after some changes, including changed records that still exist.

    A record is affected if it needs a fact that a changed record has or had, unless that one's traits are the same.
    """
    every = tuple(changes)
    keys = {change.key for change in every if change.key is not None}
    seen = [change for change in every if change.before != change.after]
    if not seen:
        return keys
    if any(check.scope is Scope.STORE for check in checks):
        return {*table.everybody()}
    facts = {fact for change in seen for side in (change.before, change.after) for fact in side.to(HAS)}
    crowds = _crowds(checks)
    for fact in facts:
        crowd = crowds.get(fact[0])
        keys.update(_crowded(table, fact, crowd, facts, len(seen)) if crowd else table.holders(fact, NEEDS))
    if followed := {kind for check in checks for kind in check.chain}:
        keys |= _below(table, {fact for fact in facts if fact[0] in followed}, followed)
    moved = {kind for change in seen for kind, _value in {*change.before.to(HAS)} ^ {*change.after.to(HAS)}}
    for check in checks:
        if moved.intersection(check.lists):
            keys.update(table.with_problems_of(check.rules))
    return keys


def _crowds(checks: Iterable[Declared]) -> Mapping[str, Crowd]:
    return {kind: check.crowd for check in checks if check.crowd for kind in check.crowd.kinds}


def _crowded(table: Table[Key], fact: Fact, crowd: Crowd, facts: Iterable[Fact], changes: int) -> Iterator[Key]:
    """Yield the records with a fact of a crowd that a change of this many records may affect."""
    # A group that shrank to the limit, or grew above it, is checked as a whole.
    most = crowd.limit + changes + 1
    first = table.first(fact, most)
    yield from first
    if len(first) == most:
        for other in facts:
            if other[0] == crowd.by:
                yield from table.both(fact, other)


def _below(table: Table[Key], facts: set[Fact], followed: AbstractSet[str]) -> set[Key]:
    """Return the records that need one of these facts, those that need theirs, and so on."""
    below: set[Key] = set()
    while facts:
        new = {key for fact in facts for key in table.holders(fact, FOLLOWS)} - below
        below |= new
        facts = {fact for key in new for fact in table.traits(key).to(HAS) if fact[0] in followed}
    return below


class Around(Generic[Key]):
    """The records to check others together with; a fact that many need is looked up once."""

    def __init__(self, table: Table[Key], checks: Sequence[Declared]) -> None:
        self._table = table
        self._crowds = _crowds(checks)
        self._all = any(check.scope is Scope.STORE for check in checks)
        self._known: dict[Fact, Sequence[Key]] = {}
        #: The first record that has two facts: all records of a crowd may ask for the same two.
        self._first: dict[tuple[Fact, Fact], Sequence[Key]] = {}
        #: The number of records with a fact, for facts that too many have to look at all of them.
        self.crowds: dict[Fact, int] = {}

    def of(self, keys: Iterable[Key]) -> set[Key]:
        """Return these records and all that their problems depend on."""
        if self._all:
            return {*self._table.everybody()}
        keys_ = ahead = {*keys}
        for key in ahead:
            side = self._table.traits(key)
            keys_ = keys_.union(*(self._with(fact, side) for fact in side.to(NEEDS)))
        led: set[Key] = set()
        while ahead := self._above(ahead) - led:
            led |= ahead
        return keys_ | led

    def _above(self, keys: Iterable[Key]) -> set[Key]:
        sides = (self._table.traits(key) for key in keys)
        return {key for side in sides for fact in side.to(FOLLOWS) for key in self._table.holders(fact, HAS)}

    def _with(self, fact: Fact, side: Traits) -> Iterator[Key]:
        crowd = self._crowds.get(fact[0])
        if fact not in self._known:
            self._known[fact] = tuple(self._look(fact, crowd))
        yield from self._known[fact]
        if crowd and fact in self.crowds:
            for other in side.to(HAS):
                if other[0] == crowd.by:
                    if (fact, other) not in self._first:
                        self._first[fact, other] = self._table.both(fact, other)[:1]
                    yield from self._first[fact, other]

    def _look(self, fact: Fact, crowd: Crowd | None) -> Iterable[Key]:
        if crowd is None:
            return self._table.holders(fact, HAS)
        first = self._table.first(fact, crowd.limit + 1)
        if len(first) > crowd.limit:
            self.crowds[fact] = self._table.count(fact)
        return first
