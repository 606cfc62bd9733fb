"""The problems that each commit introduced, found by checking only the records that it changed."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from functools import lru_cache
from typing import TYPE_CHECKING

from crmtext import checks, quick
from crmtext.checks.records import Records
from crmtext.checks.related import traits
from crmtext.checks.scope import Scope, comparing, of, rules
from crmtext.git.clone import merge_base_missing
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

#: The checks of a commit by itself; the others check the step from its parents.
_STATES = (Scope.RECORD, Scope.RELATED, Scope.STORE, Scope.SETTINGS)
#: How many commits' files are cached: a walk alternates between a few branches.
_TREES = 32


class Trees:
    """The files of commits below a folder, cached for the last few commits."""

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
        return {entry.path.removeprefix(home): entry for entry in self.of(commit) if entry.path.startswith(home)}

    def _differing(self, one: str, other: str, home: str) -> frozenset[str]:
        """The paths below a home that differ between two commits."""
        old, new = ({path: entry[1:] for path, entry in self.files(side, home).items()} for side in (one, other))
        return frozenset(path for path, _about in old.items() ^ new.items())


@dataclass(frozen=True)
class _Side(Blobs):
    """A commit's files; each record is read from git only once."""

    contents: dict[str, bytes | int] = field(default_factory=dict)

    def read(self, blobs: Iterable[str]) -> Iterator[bytes | int]:
        """The bytes of each blob, or the size of one that is too large for a record."""
        wanted = tuple(blobs)
        if new := tuple(dict.fromkeys(blob for blob in wanted if blob not in self.contents)):
            self.contents.update(zip(new, super().read(new), strict=True))
        return (self.contents[blob] for blob in wanted)


@dataclass(frozen=True)
class Walk:
    """The problems of a store's commits. Ask for each commit after its parents."""

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
    #: The last commit that was checked, and its records, by its settings and schema.
    _records: dict[tuple[Entry | None, ...], tuple[str, Records]] = field(default_factory=dict)
    #: Commits whose related records are the same as in another commit, and that commit.
    _like: dict[str, str] = field(default_factory=dict)

    def introduced_by(self, commit: str, parents: tuple[str, ...]) -> tuple[Problem, ...]:
        """Return the problems of a commit that none of its parents has, and those of the step itself.

        A merge is not blamed for what its parents introduced.
        """
        if parents:
            self._first_parents[commit] = parents[0]
        try:
            few = quick.on("walk") and self._same_rules(commit, parents)
            problems = self._by_changed_records(commit, parents) if few else None
        except ContentMissingError:
            raise
        except CrmError:
            problems = None
        if problems is None:
            problems = self.by_full_check(commit, parents)
        return tuple(sorted(problems, key=lambda problem: (problem.place, problem.rule)))

    def problems_at(self, commit: str) -> tuple[Problem, ...]:
        """Return all problems of a commit, by the full check.

        Unreadable settings or schema hide the other problems: a commit that fixes them has not introduced those.
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
        """The same as `introduced_by`, by the full check of the commit and of each parent."""
        new = unknown(self.problems_at(commit), (problem for parent in parents for problem in self.problems_at(parent)))
        try:
            new += self._step_problems(commit, parents, self._snapshot(commit))
        except ContentMissingError:
            raise
        except CrmError:
            return tuple(new)
        return tuple(new)

    def _by_changed_records(self, commit: str, parents: tuple[str, ...]) -> tuple[Problem, ...]:
        """The same if settings and schema did not change: checks the records that differ from every parent."""
        touched = frozenset.intersection(*(self._differing(commit, parent) for parent in parents))
        before = [
            problem for one in parents for problem in self._run_checks(self._snapshot(one, touched), of(Scope.RECORD))
        ]
        here = self._snapshot(commit, touched)
        new = unknown(self._run_checks(here, of(Scope.RECORD)), before)
        alike = next((parent for parent in parents if self._alike(commit, parent)), None)
        if alike:
            self._like[commit] = self._like.get(alike, alike)
        else:
            before = [problem for parent in parents for problem in self._related_problems_at(parent)]
            new += unknown(self._related_problems_at(commit), before)
        new += self._step_problems(commit, parents, here if alike and len(parents) == 1 else None)
        return tuple(new)

    def _same_rules(self, commit: str, parents: tuple[str, ...]) -> bool:
        wanted = _rule_files(self._entries(commit))
        return bool(parents) and all(_rule_files(self._entries(parent)) == wanted for parent in parents)

    def _alike(self, commit: str, other: str) -> bool:
        """Whether two commits have the same traits of all records, so that related problems are the same.

        Only the records that differ are compared.
        """
        paths = self._differing(commit, other)
        compared = comparing()
        one, two = (traits(self._snapshot(side, paths), compared) for side in (commit, other))
        return one == two

    def _related_problems_at(self, commit: str) -> tuple[Problem, ...]:
        """The problems between the records of a commit."""
        like = self._like.get(commit, commit)
        if like not in self._among:
            counts = checks.rule_filter(self._rules_of(like)[0], self.select, self.ignore)
            self._among[like] = tuple(problem for problem in self._moved(like).problems if counts(problem.rule))
        return self._among[like]

    def _moved(self, commit: str) -> Records:
        """The records of a commit, made from those of the last commit that was checked."""
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
        """The problems of the step to a commit; of a merge, what it lost of its parents' interactions."""
        if len(parents) == 1:
            old = self._snapshot(parents[0], self._differing(commit, parents[0]), like=commit)
            earlier = Previous(parents[0], old.customers)
        else:
            parted = any(merge_base_missing(self.repository, parents[0], parent) for parent in parents[1:])
            sides = kept_by_merge(_Past(self, commit), commit, parents) if parents and not parted else ()
            earlier = Previous("", (), sides)
            if not any(side.customers for side in sides):
                return
        stepped = replace(snapshot or self._snapshot(commit), earlier=lambda: earlier)
        steps = rules(Scope.HISTORY)
        yield from (problem for problem in self._run_checks(stepped, of(Scope.HISTORY)) if problem.rule in steps)

    def _run_checks(self, snapshot: Snapshot, names: Iterable[str]) -> tuple[Problem, ...]:
        return checks.problems_and_ignored(snapshot, select=self.select, ignore=self.ignore, names=names)[0]

    def _snapshot(self, commit: str, paths: frozenset[str] | None = None, *, like: str = "") -> Snapshot:
        """The records of a commit, or those of some paths, read with the settings and schema of the commit `like`."""
        entries = self._entries(commit)
        side = _Side(commit, self.repository, tuple(entries.values()), self.trees.objects, self._contents)
        settings, schema = self._rules_of(like or commit)
        today = clock.today(settings.timezone or None)
        part = side if paths is None else replace(side, entries=tuple(entries[path] for path in entries.keys() & paths))
        records = sorted(part.records(), key=lambda file: file[0]) if paths is not None else part.records()
        return build(records, read=commit, schema=schema, settings=settings, today=today, kept=self._kept)

    def _rules_of(self, commit: str) -> tuple[Settings, Schema]:
        entries = self._entries(commit)
        key = _rule_files(entries)
        if key not in self._rules:
            files = tuple(entry for entry in key if entry)
            self._rules[key] = self.store.rules(Blobs(commit, self.repository, files, self.trees.objects))
        return self._rules[key]

    def _entries(self, commit: str) -> Mapping[str, Entry]:
        return self.trees.files(commit, self.repository.prefix)

    def _differing(self, commit: str, other: str) -> frozenset[str]:
        return self.trees.differing(commit, other, self.repository.prefix)


@dataclass(frozen=True)
class _Past:
    """The commits before a merge, read with its settings and schema."""

    walk: Walk
    merge: str

    def files(self, commit: str) -> Mapping[str, Entry]:
        """A commit's files."""
        return self.walk._entries(commit)

    def customers(self, commit: str, paths: AbstractSet[str]) -> Sequence[Customer]:
        """The valid records of a commit with these paths."""
        return self.walk._snapshot(commit, frozenset(paths), like=self.merge).customers

    def bases(self, one: str, other: str) -> tuple[str, ...]:
        """The merge bases of two commits."""
        return merge_bases(self.walk.repository, one, other)


def _rule_files(entries: Mapping[str, Entry]) -> tuple[Entry | None, ...]:
    """The entries of settings and schema."""
    return entries.get(SETTINGS), entries.get(SCHEMA)
