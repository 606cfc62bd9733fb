"""One commit after the other: what each brought that is wrong, found by looking only at what it touched."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from functools import lru_cache
from typing import TYPE_CHECKING

from crmtext import checks, quick
from crmtext.checks.records import Records
from crmtext.checks.related import traits
from crmtext.checks.scope import Scope, comparing, of, rules
from crmtext.git.clone import is_parted
from crmtext.git.failure import ContentMissingError
from crmtext.git.plumbing import merge_bases
from crmtext.layout import SCHEMA, SETTINGS
from crmtext.previous import kept_by_merge
from crmtext.problem import CrmError, unknown
from crmtext.snapshot import Previous, build
from crmtext.sources import Blobs
from crmtext.values import clock

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from collections.abc import Set as AbstractSet

    from crmtext.git.objects import Objects
    from crmtext.git.plumbing import Repository
    from crmtext.git.reading import Entry
    from crmtext.model import Customer
    from crmtext.problem import Problem
    from crmtext.schema import Schema
    from crmtext.settings import Settings
    from crmtext.snapshot import ParsedRecords, Snapshot
    from crmtext.store import Store

#: What is asked about a commit by itself; the others are asked about the step to it.
_STATES = (Scope.RECORD, Scope.RELATED, Scope.STORE, Scope.SETTINGS)
#: A walk goes to and fro between a few branches; the files of more commits are not kept.
_TREES = 32


class Trees:
    """The files of commits below a folder, those of the last few kept."""

    def __init__(self, objects: Objects, folder: str = "") -> None:
        self.objects, self._folder = objects, folder
        self.of = lru_cache(_TREES)(self._of)
        self.files = lru_cache(_TREES)(self._files)
        self.differing = lru_cache(_TREES)(self._differing)

    def _of(self, commit: str) -> tuple[Entry, ...]:
        """A commit's files."""
        return self.objects.tree(commit, self._folder)

    def _files(self, commit: str, home: str) -> Mapping[str, Entry]:
        """A commit's files below a home, by their paths there."""
        return {each.path.removeprefix(home): each for each in self.of(commit) if each.path.startswith(home)}

    def _differing(self, one: str, other: str, home: str) -> frozenset[str]:
        """The paths below a home of what two commits do not hold alike."""
        old, new = ({path: each[1:] for path, each in self.files(side, home).items()} for side in (one, other))
        return frozenset(path for path, _about in old.items() ^ new.items())


@dataclass(frozen=True)
class _Side(Blobs):
    """A commit's files, of which no record is read from git twice."""

    contents: dict[str, bytes | int] = field(default_factory=dict)

    def read(self, blobs: Iterable[str]) -> Iterator[bytes | int]:
        """Each blob's bytes, or the size of one that is too large for a record."""
        wanted = tuple(blobs)
        if new := tuple(dict.fromkeys(each for each in wanted if each not in self.contents)):
            self.contents.update(zip(new, super().read(new), strict=True))
        return (self.contents[each] for each in wanted)


@dataclass(frozen=True)
class Walk:
    """What is known by now of a store's commits; each is asked about after its parents."""

    store: Store
    #: With the store's folder as its prefix.
    repository: Repository
    trees: Trees
    select: tuple[str, ...] = ()
    ignore: tuple[str, ...] = ()
    _contents: dict[str, bytes | int] = field(default_factory=dict)
    _kept: ParsedRecords = field(default_factory=dict)
    _rules: dict[tuple[Entry | None, ...], tuple[Settings, Schema]] = field(default_factory=dict)
    _first_parents: dict[str, str] = field(default_factory=dict)
    _whole: dict[str, tuple[Problem, ...]] = field(default_factory=dict)
    _among: dict[str, tuple[Problem, ...]] = field(default_factory=dict)
    #: The commit that was asked about last, and its records, by the files that say what is right.
    _records: dict[tuple[Entry | None, ...], tuple[str, Records]] = field(default_factory=dict)
    #: A commit whose records share what they share in another one, and that one.
    _like: dict[str, str] = field(default_factory=dict)

    def introduced_by(self, commit: str, parents: tuple[str, ...]) -> tuple[Problem, ...]:
        """The problems of a commit that none of its parents has, and what is wrong with the step itself.

        A merge does again what its commits did, and those are looked at one by one.
        """
        if parents:
            self._first_parents[commit] = parents[0]
        try:
            few = quick.on("walk") and self._same_rules(commit, parents)
            found = self._by_changed_records(commit, parents) if few else None
        except ContentMissingError:
            raise
        except CrmError:
            found = None
        if found is None:
            found = self.by_full_check(commit, parents)
        return tuple(sorted(found, key=lambda problem: (problem.place, problem.rule)))

    def problems_at(self, commit: str) -> tuple[Problem, ...]:
        """All that is wrong in a commit, by the whole check.

        Settings or a schema that cannot be read hide the rest: whoever mends them has not brought it.
        """
        errors: list[Problem] = []
        at: str | None = commit
        while at is not None and at not in self._whole:
            try:
                self._whole[at] = self._run_checks(self._snapshot(at), of(*_STATES))
            except ContentMissingError:
                raise
            except CrmError as error:
                errors.append(error.problem)
                at = self._first_parents.get(at)
        self._whole[commit] = (*(self._whole[at] if at else ()), *reversed(errors))
        return self._whole[commit]

    def by_full_check(self, commit: str, parents: tuple[str, ...]) -> tuple[Problem, ...]:
        """The same as `introduced_by`, by the whole check of the commit and of each parent."""
        found = unknown(self.problems_at(commit), (each for parent in parents for each in self.problems_at(parent)))
        try:
            found += self._step_problems(commit, parents, self._snapshot(commit))
        except ContentMissingError:
            raise
        except CrmError:
            return tuple(found)
        return tuple(found)

    def _by_changed_records(self, commit: str, parents: tuple[str, ...]) -> tuple[Problem, ...]:
        """The same, where settings and schema stayed: of the records that differ from those of every parent."""
        touched = frozenset.intersection(*(self._differing(commit, parent) for parent in parents))
        before = [each for one in parents for each in self._run_checks(self._snapshot(one, touched), of(Scope.RECORD))]
        here = self._snapshot(commit, touched)
        found = unknown(self._run_checks(here, of(Scope.RECORD)), before)
        alike = next((each for each in parents if self._alike(commit, each)), None)
        if alike:
            self._like[commit] = self._like.get(alike, alike)
        else:
            before = [each for parent in parents for each in self._related_problems_at(parent)]
            found += unknown(self._related_problems_at(commit), before)
        found += self._step_problems(commit, parents, here if alike and len(parents) == 1 else None)
        return tuple(found)

    def _same_rules(self, commit: str, parents: tuple[str, ...]) -> bool:
        wanted = _rule_files(self._entries(commit))
        return bool(parents) and all(_rule_files(self._entries(parent)) == wanted for parent in parents)

    def _alike(self, commit: str, other: str) -> bool:
        """Whether nothing that answers about other records depend on differs between two commits.

        It is the same of a record that both hold with the same bytes; only the others are looked at.
        """
        paths = self._differing(commit, other)
        compared = comparing()
        one, two = (traits(self._snapshot(each, paths), compared) for each in (commit, other))
        return one == two

    def _related_problems_at(self, commit: str) -> tuple[Problem, ...]:
        """What is wrong between the records of a commit."""
        like = self._like.get(commit, commit)
        if like not in self._among:
            counts = checks.rule_filter(self._rules_of(like)[0], self.select, self.ignore)
            self._among[like] = tuple(each for each in self._moved(like).problems if counts(each.rule))
        return self._among[like]

    def _moved(self, commit: str) -> Records:
        """The records as they are in a commit: those of the one that was asked about before, with what is new."""
        key = _rule_files(self._entries(commit))
        at, records = self._records.pop(key, ("", None))
        if records is None:
            self._records.clear()
            records = Records(self._snapshot(commit), comparing())
        else:
            paths = self._differing(commit, at)
            records.put(self._snapshot(commit, paths), paths)
        self._records[key] = commit, records
        return records

    def _step_problems(self, commit: str, parents: tuple[str, ...], snapshot: Snapshot | None) -> Iterator[Problem]:
        """What is wrong with the step to a commit; of a merge, what it lost of what its parents gave it."""
        if len(parents) == 1:
            old = self._snapshot(parents[0], self._differing(commit, parents[0]), like=commit)
            earlier = Previous(parents[0], old.customers)
        else:
            parted = any(is_parted(self.repository, parents[0], each) for each in parents[1:])
            sides = kept_by_merge(_Past(self, commit), commit, parents) if parents and not parted else ()
            earlier = Previous("", (), sides)
            if not any(side.customers for side in sides):
                return
        stepped = replace(snapshot or self._snapshot(commit), earlier=lambda: earlier)
        steps = rules(Scope.HISTORY)
        yield from (each for each in self._run_checks(stepped, of(Scope.HISTORY)) if each.rule in steps)

    def _run_checks(self, snapshot: Snapshot, names: Iterable[str]) -> tuple[Problem, ...]:
        return checks.problems_and_ignored(snapshot, select=self.select, ignore=self.ignore, names=names)[0]

    def _snapshot(self, commit: str, paths: frozenset[str] | None = None, *, like: str = "") -> Snapshot:
        """The records of a commit, or those of some paths, as the settings and the schema of one `like` it see them."""
        entries = self._entries(commit)
        side = _Side(commit, self.repository, tuple(entries.values()), self.trees.objects, self._contents)
        settings, schema = self._rules_of(like or commit)
        today = clock.today(settings.timezone or None)
        part = side if paths is None else replace(side, entries=tuple(entries[path] for path in entries.keys() & paths))
        records = sorted(part.records(), key=lambda found: found[0]) if paths is not None else part.records()
        return build(records, read=commit, schema=schema, settings=settings, today=today, kept=self._kept)

    def _rules_of(self, commit: str) -> tuple[Settings, Schema]:
        entries = self._entries(commit)
        key = _rule_files(entries)
        if key not in self._rules:
            files = tuple(each for each in key if each)
            self._rules[key] = self.store.rules(Blobs(commit, self.repository, files, self.trees.objects))
        return self._rules[key]

    def _entries(self, commit: str) -> Mapping[str, Entry]:
        return self.trees.files(commit, self.repository.prefix)

    def _differing(self, commit: str, other: str) -> frozenset[str]:
        return self.trees.differing(commit, other, self.repository.prefix)


@dataclass(frozen=True)
class _Past:
    """The commits before a merge, as its settings and its schema see them."""

    walk: Walk
    merge: str

    def files(self, commit: str) -> Mapping[str, Entry]:
        """A commit's files."""
        return self.walk._entries(commit)

    def customers(self, commit: str, paths: AbstractSet[str]) -> Sequence[Customer]:
        """Those of a commit's valid records that have these paths."""
        return self.walk._snapshot(commit, frozenset(paths), like=self.merge).customers

    def bases(self, one: str, other: str) -> tuple[str, ...]:
        """The commits in which two lines were one."""
        return merge_bases(self.walk.repository, one, other)


def _rule_files(entries: Mapping[str, Entry]) -> tuple[Entry | None, ...]:
    """The files that say what is right."""
    return entries.get(SETTINGS), entries.get(SCHEMA)
