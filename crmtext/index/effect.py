"""The problems between changed records and all others, before and after a change that is not written yet."""

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
    """The side that a change is compared with."""

    #: The disk, which holds the records before.
    DISK = "disk"
    #: The last commit, which holds the records before.
    HEAD = "head"
    #: Git's index, which holds the records after.
    STAGED = "staged"


class Effect(NamedTuple):
    """The problems between the changed records and all that they may affect, before and after."""

    before: tuple[Problem, ...] = ()
    after: tuple[Problem, ...] = ()


def of(store: Store, at: At, before: Snapshot, after: Snapshot) -> Effect:
    """Return the effect of a change from some records to others, given as snapshots with the settings and the schema.

    A record with errors that is given as a customer counts as one on both sides, even if it is invalid in the index.
    """
    compared = comparing()
    there, other = (after, before) if at is At.STAGED else (before, after)
    known, others = (traits(side, compared) for side in (there, other))
    if known == others:
        return Effect()

    def ask(index: Index, terms: StateKey, side: Side) -> Effect | None:
        sides = _Tried(index, terms, side).both(store, at, there, known, other)
        return None if sides is None else Effect(*(reversed(sides) if at is At.STAGED else sides))

    result = lookup.ask_index(store, ask, staged=at is At.STAGED)
    return _read(store, at, before, after, compared) if result is None else result


def _read(store: Store, at: At, before: Snapshot, after: Snapshot, compared: Sequence[Declared]) -> Effect:
    """The effect, found by reading every record."""
    from crmtext.checks.records import Records

    if at is At.DISK:
        files = store.disk.records()
    elif at is At.HEAD:
        files = sources.commit(store.git(), "HEAD").records() if head(store.git()) else iter(())
    else:
        files = sources.index(store.git()).records()
    ours = {*_texts(before), *_texts(after)}
    now = build(
        (file for file in files if file[0] not in ours),
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
    documents = (*(customer.document for customer in snapshot.customers), *snapshot.broken)
    return {document.path: document.text for document in documents}


def _within(problems: Mapping[str, Sequence[Problem]], paths: Iterable[str]) -> tuple[Problem, ...]:
    return tuple(problem for path in sorted(paths) for problem in problems.get(path, ()))


class _Tried(NamedTuple):
    """The effect, computed in a transaction of the index that is rolled back."""

    known: Index
    terms: StateKey
    side: Side

    def both(
        self, store: Store, at: At, there: Snapshot, known: Mapping[str, Traits], other: Snapshot
    ) -> tuple[tuple[Problem, ...], ...] | None:
        """The problems with the records as they are on that side, and as the other ones; None if too many differ."""
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
            before = self._related_lines()
            side, again = self._put(side, other, ours)
            return tuple(_not_ignored(lines, again | numbers) for lines in (before, self._related_lines()))

    def _head(self, store: Store, base: Snapshot) -> tuple[Snapshot, Iterable[str]] | None:
        """The records of the last commit that differ from the disk, and the paths of all that differ."""
        repo = store.git()
        if head(repo) is None:
            return replace(base, customers=(), broken=(), problems=()), self.known.contents()
        held = sources.commit(repo, "HEAD")
        names = {(held.path(entry), entry.blob) for entry in held.entries if sources.is_record(held.path(entry))}
        differing = {path for path, _name in names ^ {*self.known.contents().items()}}
        if len(differing) > lookup.FEW:
            return None
        files = (record for record in held.part(differing).records() if record[0] in differing)
        taken = build(files, read=base.read, schema=base.schema, settings=base.settings, today=base.today)
        return taken, differing

    def _put(self, side: Bytes, snapshot: Snapshot, gone: Iterable[str]) -> tuple[Bytes, set[int]]:
        """Write these records and delete the others; returns the new source of bytes and the affected records."""
        from crmtext.index import rows as index_rows
        from crmtext.index import update

        texts = _texts(snapshot)
        side = _With(side, texts)
        rows = index_rows.of_snapshot(replace(snapshot, last=self.terms.latest))
        left = (path for path in gone if path not in texts)
        return side, update.write_rows(self.known, self.terms, side, rows, left)

    def _related_lines(self) -> dict[int, list[str]]:
        lines: dict[int, list[str]] = {}
        for number, _rule, line in self.known.problems("among"):
            lines.setdefault(number, []).append(line)
        return lines


def _not_ignored(lines: Mapping[int, Sequence[str]], numbers: Iterable[int]) -> tuple[Problem, ...]:
    from crmtext.index.codec import decode

    decoded = (decode(line) for number in numbers for line in lines.get(number, ()))
    return tuple(problem for problem, ignored in decoded if not ignored)


class _With(NamedTuple):
    """A side with some records replaced."""

    of: Bytes
    texts: Mapping[str, str]

    def read(self, wanted: Sequence[ToRead]) -> Iterator[tuple[str, str, bytes | Problem]]:
        """Path, id of the bytes and bytes of these records."""
        for record in wanted:
            if record.path in self.texts:
                yield record.path, "", self.texts[record.path].encode()
            else:
                yield from self.of.read([record])

    def again(self, path: str, content: str) -> ToRead:
        """A request to read a record that the index holds."""
        from crmtext.index.changes import ToRead

        return ToRead(path) if path in self.texts else self.of.again(path, content)
