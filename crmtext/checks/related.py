"""Whom a change may concern: the one answer for the index, the walk over commits, single writes and the hooks."""

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

#: The facts of every record, those with errors included: the id that it claims, and both without upper and lower case.
ID, FOLDED_ID, FOLDED_PATH = "id", "folded id", "folded path"

Key = TypeVar("Key")


class Change(NamedTuple, Generic[Key]):
    """A record that came, went or changed; without a key it is gone."""

    key: Key | None
    before: Traits
    after: Traits


class Table(Protocol[Key]):
    """The traits of all records as they are after a change."""

    def traits(self, key: Key) -> Traits:
        """Those of one record."""

    def holders(self, fact: Fact, role: int) -> Iterable[Key]:
        """The records to which a fact is this."""

    def first(self, fact: Fact, most: int) -> Sequence[Key]:
        """The records that have a fact, by id and path; of very many, only so many."""

    def both(self, fact: Fact, other: Fact) -> Sequence[Key]:
        """The records that have two facts, by id and path."""

    def count(self, fact: Fact) -> int:
        """How many records have a fact."""

    def told_of(self, rules: AbstractSet[str]) -> Iterable[Key]:
        """The records that have a problem of one of these rules."""

    def everybody(self) -> Iterable[Key]:
        """All records."""


def traits(snapshot: Snapshot, checks: Sequence[Declared]) -> dict[str, Traits]:
    """What the records of a snapshot have to do with others, by path."""
    told: dict[str, set[str]] = {}
    for problem in snapshot.problems:
        told.setdefault(problem.place.path, set()).add(problem.place.pointer)
    fields = sorted({field for check in checks for field in check.reads or ()})
    whole = any(check.reads is None for check in checks)
    found: dict[str, Traits] = {}
    for document in snapshot.broken:
        found[document.path] = Traits(_common(document), _digest(document.path, document.text, document.data is None))
    for customer in snapshot.customers:
        document = customer.document
        # Comments have warnings ignored, and a warning is not told at a place of which the text is wrong.
        text = document.text if whole or "crmtext:" in document.text else ""
        read = [customer.data.get(field) for field in fields]
        seen = _digest(customer.path, read, text, sorted(told.get(customer.path, ())))
        found[customer.path] = Traits(_facts(customer, snapshot, checks), seen)
    return found


def _digest(*read: object) -> str:
    return blake2b(repr(read).encode("utf-8", "backslashreplace"), digest_size=12).hexdigest()


def _common(document: Document) -> dict[Fact, int]:
    id_, every = claimed_id(document), HAS | NEEDS
    return {(ID, id_): every, (FOLDED_ID, id_.casefold()): every, (FOLDED_PATH, document.path.casefold()): every}


def _facts(customer: Customer, snapshot: Snapshot, checks: Iterable[Declared]) -> Mapping[Fact, int]:
    found = _common(customer.document)
    for check in checks:
        for fact in check.facts(customer, snapshot.schema):
            found[fact] = found.get(fact, 0) | HAS
        for fact in check.needs(customer, snapshot.schema):
            found[fact] = found.get(fact, 0) | NEEDS | (FOLLOWS if fact[0] in check.chain else 0)
    return found


def check_again(table: Table[Key], changes: Iterable[Change[Key]], checks: Sequence[Declared]) -> set[Key]:
    """The records whose answers some changes may have changed, those included that are there themselves.

    That is who needs what a changed record has or had, unless all that others see of it has stayed.
    """
    every = tuple(changes)
    found = {each.key for each in every if each.key is not None}
    seen = [each for each in every if each.before != each.after]
    if not seen:
        return found
    if any(check.scope is Scope.STORE for check in checks):
        return {*table.everybody()}
    facts = {fact for each in seen for side in (each.before, each.after) for fact in side.to(HAS)}
    crowds = _crowds(checks)
    for fact in facts:
        crowd = crowds.get(fact[0])
        found.update(_crowded(table, fact, crowd, facts, len(seen)) if crowd else table.holders(fact, NEEDS))
    if followed := {kind for check in checks for kind in check.chain}:
        found |= _below(table, {fact for fact in facts if fact[0] in followed}, followed)
    moved = {kind for each in seen for kind, _value in {*each.before.to(HAS)} ^ {*each.after.to(HAS)}}
    for check in checks:
        if moved.intersection(check.lists):
            found.update(table.told_of(check.rules))
    return found


def _crowds(checks: Iterable[Declared]) -> Mapping[str, Crowd]:
    return {kind: check.crowd for check in checks if check.crowd for kind in check.crowd.kinds}


def _crowded(table: Table[Key], fact: Fact, crowd: Crowd, facts: Iterable[Fact], changes: int) -> Iterator[Key]:
    """Of those with a fact that many may have, the ones that a change of so many records concerns."""
    # A group that has shrunk to the limit, or grown above it, is looked at as a whole.
    most = crowd.limit + changes + 1
    first = table.first(fact, most)
    yield from first
    if len(first) == most:
        for other in facts:
            if other[0] == crowd.by:
                yield from table.both(fact, other)


def _below(table: Table[Key], facts: set[Fact], followed: AbstractSet[str]) -> set[Key]:
    """Those who need one of these facts, those who need what they have, and so on."""
    found: set[Key] = set()
    while facts:
        new = {key for fact in facts for key in table.holders(fact, FOLLOWS)} - found
        found |= new
        facts = {fact for key in new for fact in table.traits(key).to(HAS) if fact[0] in followed}
    return found


class Around(Generic[Key]):
    """The records that others have to be checked together with; a fact that many need is looked up once."""

    def __init__(self, table: Table[Key], checks: Sequence[Declared]) -> None:
        self._table = table
        self._crowds = _crowds(checks)
        self._all = any(check.scope is Scope.STORE for check in checks)
        self._known: dict[Fact, Sequence[Key]] = {}
        #: How many records have the facts that too many have for all of them to be looked at.
        self.crowds: dict[Fact, int] = {}

    def of(self, keys: Iterable[Key]) -> set[Key]:
        """These records, and all that their answers depend on."""
        if self._all:
            return {*self._table.everybody()}
        found = ahead = {*keys}
        for key in ahead:
            side = self._table.traits(key)
            found = found.union(*(self._with(fact, side) for fact in side.to(NEEDS)))
        led: set[Key] = set()
        while ahead := self._above(ahead) - led:
            led |= ahead
        return found | led

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
                    yield from self._table.both(fact, other)[:1]

    def _look(self, fact: Fact, crowd: Crowd | None) -> Iterable[Key]:
        if crowd is None:
            return self._table.holders(fact, HAS)
        first = self._table.first(fact, crowd.limit + 1)
        if len(first) > crowd.limit:
            self.crowds[fact] = self._table.count(fact)
        return first
