"""What a change does to records other than those it is about, found before it is made, or before it is committed."""

from __future__ import annotations

from dataclasses import replace
from enum import Enum
from typing import TYPE_CHECKING, NamedTuple

from crmtext import sources
from crmtext.checks.related import traits
from crmtext.checks.scope import comparing
from crmtext.git.plumbing import head
from crmtext.index import lookup
from crmtext.snapshot import Traits, build

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from crmtext.checks.scope import Declared
    from crmtext.index.changes import Bytes, Side, ToRead
    from crmtext.index.database import Index
    from crmtext.index.key import StateKey
    from crmtext.problem import Problem
    from crmtext.snapshot import Snapshot
    from crmtext.store import Store


class At(Enum):
    """Where a change is made."""

    #: On the disk, which is as before.
    DISK = "disk"
    #: In the last commit, which is as before.
    HEAD = "head"
    #: In git's index, which is as after.
    STAGED = "staged"


class Effect(NamedTuple):
    """What is wrong between the records that a change is about and those whom it may concern, before and after."""

    before: tuple[Problem, ...] = ()
    after: tuple[Problem, ...] = ()


def of(store: Store, at: At, before: Snapshot, after: Snapshot) -> Effect:
    """The effect of a change from some records to others, which are given with the settings and the schema that count.

    A record with errors that is given as a customer counts as one on both sides, whatever the index has of it.
    """
    compared = comparing()
    there, other = (after, before) if at is At.STAGED else (before, after)
    known, others = (traits(side, compared) for side in (there, other))
    if known == others:
        return Effect()

    def ask(index: Index, terms: StateKey, side: Side) -> Effect | None:
        sides = _Tried(index, terms, side).both(store, at, there, known, other)
        return None if sides is None else Effect(*(reversed(sides) if at is At.STAGED else sides))

    found = lookup.asked(store, ask, staged=at is At.STAGED)
    return _read(store, at, before, after, compared) if found is None else found


def _read(store: Store, at: At, before: Snapshot, after: Snapshot, compared: Sequence[Declared]) -> Effect:
    """The effect, where every record is read."""
    from crmtext.checks.records import Records

    if at is At.DISK:
        found = store.disk.records()
    elif at is At.HEAD:
        found = sources.commit(store.git(), "HEAD").records() if head(store.git()) else iter(())
    else:
        found = sources.index(store.git()).records()
    ours = {*_texts(before), *_texts(after)}
    now = build(
        (each for each in found if each[0] not in ours),
        read=before.read,
        schema=before.schema,
        settings=before.settings,
        today=before.today,
    )
    records = Records(now, compared)
    first = records.put(before)
    old = records.problems_by_path
    again = {*records.put(after, ours), *first, *ours}
    return Effect(_within(old, again), _within(records.problems_by_path, again))


def _texts(snapshot: Snapshot) -> dict[str, str]:
    documents = (*(each.document for each in snapshot.customers), *snapshot.broken)
    return {each.path: each.text for each in documents}


def _within(told: Mapping[str, Sequence[Problem]], paths: Iterable[str]) -> tuple[Problem, ...]:
    return tuple(each for path in sorted(paths) for each in told.get(path, ()))


class _Tried(NamedTuple):
    """The effect, tried on the index and taken back."""

    known: Index
    terms: StateKey
    side: Side

    def both(
        self, store: Store, at: At, there: Snapshot, known: Mapping[str, Traits], other: Snapshot
    ) -> tuple[tuple[Problem, ...], ...] | None:
        """What is wrong with records as they are there, and as they are otherwise; None where too much differs."""
        ours = {*_texts(there), *_texts(other)}
        side: Bytes = self.side
        with self.known.trying():
            if at is At.HEAD:
                base = self._head(store, there)
                if base is None:
                    return None
                side, _again = self._put(side, *base)
            if any(self.known.traits(path) != known.get(path, Traits()) for path in ours):
                side, _again = self._put(side, there, ours)
            numbers = {number for path in ours if (number := self.known.number(path)) is not None}
            told = self._told()
            side, again = self._put(side, other, ours)
            return tuple(_stands(each, again | numbers) for each in (told, self._told()))

    def _head(self, store: Store, base: Snapshot) -> tuple[Snapshot, Iterable[str]] | None:
        """The records that the last commit has otherwise than the disk, and the paths of all that differ."""
        repo = store.git()
        if head(repo) is None:
            return replace(base, customers=(), broken=(), problems=()), self.known.contents()
        held = sources.commit(repo, "HEAD")
        names = {(held.path(each), each.blob) for each in held.entries if sources.is_record(held.path(each))}
        differing = {path for path, _name in names ^ {*self.known.contents().items()}}
        if len(differing) > lookup.FEW:
            return None
        found = (each for each in held.part(differing).records() if each[0] in differing)
        taken = build(found, read=base.read, schema=base.schema, settings=base.settings, today=base.today)
        return taken, differing

    def _put(self, side: Bytes, snapshot: Snapshot, gone: Iterable[str]) -> tuple[Bytes, set[int]]:
        """Have these records there and those gone; where bytes come from then, and whom that concerns."""
        from crmtext.index import rows as index_rows
        from crmtext.index import update

        texts = _texts(snapshot)
        side = _With(side, texts)
        rows = index_rows.of_snapshot(replace(snapshot, last=self.terms.latest))
        left = (path for path in gone if path not in texts)
        return side, update.learn(self.known, self.terms, side, rows, left)

    def _told(self) -> dict[int, list[str]]:
        told: dict[int, list[str]] = {}
        for number, _rule, line in self.known.problems("among"):
            told.setdefault(number, []).append(line)
        return told


def _stands(told: Mapping[int, Sequence[str]], numbers: Iterable[int]) -> tuple[Problem, ...]:
    from crmtext.index.codec import decode

    found = (decode(line) for number in numbers for line in told.get(number, ()))
    return tuple(problem for problem, ignored in found if not ignored)


class _With(NamedTuple):
    """A side with some records as they would be."""

    of: Bytes
    texts: Mapping[str, str]

    def read(self, wanted: Sequence[ToRead]) -> Iterator[tuple[str, str, bytes | Problem]]:
        """Path, name of the bytes and bytes of these records."""
        for each in wanted:
            if each.path in self.texts:
                yield each.path, "", self.texts[each.path].encode()
            else:
                yield from self.of.read([each])

    def again(self, path: str, content: str) -> ToRead:
        """A record that is known, to be read once more."""
        from crmtext.index.changes import ToRead

        return ToRead(path) if path in self.texts else self.of.again(path, content)
