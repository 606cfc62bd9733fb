"""Commits of imports and of their undoing: sources, hashes, decisions, and which are in effect."""

from __future__ import annotations

import re
from collections import defaultdict
from typing import TYPE_CHECKING, NamedTuple

from crmtext.git.history import Commit, mentioning
from crmtext.git.merge import contains
from crmtext.git.plumbing import head
from crmtext.terminal.width import clip
from crmtext.values import lazy

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping
    from datetime import tzinfo

    from crmtext.git.plumbing import Repository

#: The trailer of an import's commit: the name of its source.
SOURCE = "Crm-Import"
#: The hash of what it wrote.
RECORDS = "Crm-Import-Records"
#: The trailer with the hash of the mapping that it saved.
MAPPING = "Crm-Import-Mapping"
#: A value of the files that lost against the store's: customer, field, hash.
KEPT = "Crm-Import-Kept"
#: The columns that filled lists of texts: a list, and a few digits of each column's hash.
COLUMNS = "Crm-Import-Columns"
#: Customers with several rows that differ: how many rows, and the customers.
ROWS = "Crm-Import-Rows"
#: A commit that counts as an import of the source, although its hash doesn't fit; and the hash of what it holds.
BASE = "Crm-Import-Base"
#: The trailer of a commit that takes an import back: the import's commit.
UNDONE = "Crm-Import-Undone"
# `git merge --squash` indents the messages of the commits.
_SOURCE = lazy.pattern(rf"^[ \t]*{SOURCE}:[ \t]*(\S.*?)[ \t]*$", re.MULTILINE)
_RECORDS = lazy.pattern(rf"^[ \t]*{RECORDS}:[ \t]*(sha256:[0-9a-f]{{64}})[ \t]*$", re.MULTILINE)
_MAPPING = lazy.pattern(rf"^[ \t]*{MAPPING}:[ \t]*(sha256:[0-9a-f]{{64}})[ \t]*$", re.MULTILINE)
_KEPT = lazy.pattern(rf"^[ \t]*{KEPT}:[ \t]*(\S+) (\S+) ([0-9a-f]{{4}})[ \t]*$", re.MULTILINE)
_COLUMNS = lazy.pattern(rf"^[ \t]*{COLUMNS}:[ \t]*(\S+) ([0-9a-f ]+?)[ \t]*$", re.MULTILINE)
_ROWS = lazy.pattern(rf"^[ \t]*{ROWS}:[ \t]*(\d+) (\S[^\n]*?)[ \t]*$", re.MULTILINE)
_BASE = lazy.pattern(rf"^[ \t]*{BASE}:[ \t]*([0-9a-f]{{40,64}})(?:[ \t]+(sha256:[0-9a-f]{{64}}))?[ \t]*$", re.MULTILINE)
#: The line of `git revert` counts as well.
_UNDOES = lazy.pattern(rf"^(?:{UNDONE}:[ \t]*|This reverts commit )([0-9a-f]{{40,64}})\b", re.MULTILINE)
WIDTH = 60


class Accepted(NamedTuple):
    """A commit that counts as an import of the source, although other edits are mixed in."""

    commit: str
    #: The hash of what it holds, by which it is known after a rebase; empty if its message names no source.
    records: str = ""


class Import(NamedTuple):
    """The commit of an import, or of the undoing of one."""

    commit: Commit

    @property
    def source(self) -> str:
        """The name of the source; empty if it undoes an import."""
        return self.sources[-1] if self.sources else ""

    @property
    def sources(self) -> tuple[str, ...]:
        """The names of the sources; a squashed commit may hold the imports of several."""
        return tuple(dict.fromkeys(_SOURCE.findall(self.commit.message)))

    @property
    def records(self) -> str:
        """The hash of what the import wrote, which a rebase keeps."""
        hashes = _RECORDS.findall(self.commit.message)
        return hashes[-1] if hashes else ""

    @property
    def mapping(self) -> str:
        """The hash of the mapping that it saved; empty if it saved none."""
        hashes = _MAPPING.findall(self.commit.message)
        return hashes[-1] if hashes else ""

    @property
    def kept(self) -> frozenset[tuple[str, ...]]:
        """The values of the files that the store's were preferred to: customer, field and hash."""
        return frozenset(_KEPT.findall(self.commit.message))

    @property
    def accepts(self) -> tuple[Accepted, ...]:
        """The commits that count as imports of the source, although their hashes don't fit."""
        return tuple(Accepted(*groups) for groups in _BASE.findall(self.commit.message))

    @property
    def columns(self) -> Mapping[str, frozenset[str]]:
        """The columns that filled lists of texts, by the path of the list."""
        return {path: frozenset(names.split()) for path, names in _COLUMNS.findall(self.commit.message)}

    @property
    def rows(self) -> Mapping[str, int]:
        """How many rows the customers had that had several, by their ids."""
        lines = _ROWS.findall(self.commit.message)
        return {id_: int(number) for number, customers in lines for id_ in customers.split()}

    @property
    def undoes(self) -> tuple[str, ...]:
        """The commits that it takes back."""
        return tuple(_UNDOES.findall(self.commit.message))

    def line(self, zone: tzinfo | None) -> str:
        """The commit on one line, for a hint."""
        return f"{self.commit.id[:8]} {self.commit.day(zone)} {clip(self.commit.subject, WIDTH)}"


class Past:
    """The imports that HEAD has, newest first, and which of them were taken back."""

    def __init__(self, repo: Repository) -> None:
        self._repo = repo
        words = (f"{SOURCE}:", f"{UNDONE}:", "This reverts commit ")
        self.commits = tuple(map(Import, mentioning(repo, "HEAD", words))) if head(repo) else ()
        #: The commits that take others back, by the ids of these; after a rebase by the hash of what they wrote.
        self._undoing: dict[str, list[Import]] = defaultdict(list)
        self._undoing_lost: dict[str, list[Import]] = defaultdict(list)
        self._undone: dict[str, Import | None] = {}
        ids = {one.commit.id for one in self.commits}
        for one in self.commits:
            undoes = one.undoes
            for id_ in undoes:
                self._undoing[id_].append(one)
            if undoes and UNDONE in one.commit.message and ids.isdisjoint(undoes) and (records := one.records):
                self._undoing_lost[records].append(one)

    def undone_by(self, done: Import) -> Import | None:
        """Return the commit that took this one back; None if it is in effect."""
        id_ = done.commit.id
        if id_ not in self._undone:
            undoers = (other for other in self._undoers(done) if self.undone_by(other) is None)
            self._undone[id_] = next(undoers, None)
        return self._undone[id_]

    def in_effect(self) -> Iterator[Import]:
        """Yield the imports that were not taken back."""
        return (one for one in self.commits if one.source and self.undone_by(one) is None)

    def of_source(self, names: Collection[str]) -> Iterator[Import]:
        """Yield the imports in effect of a source, by its names. A merge is none: it has those that it merges."""
        return (one for one in self.in_effect() if {*one.sources} & {*names} and len(one.commit.parents) < 2)

    def later(self, done: Import) -> Iterator[Import]:
        """Yield the imports in effect that were made after this one."""
        others = (one for one in self.in_effect() if one.commit.id != done.commit.id)
        return (one for one in others if contains(self._repo, one.commit.id, done.commit.id))

    def beside(self, done: Import) -> Iterator[Import]:
        """Yield the imports in effect of branches that were merged: neither before nor after this one."""
        others = (one for one in self.in_effect() if one.commit.id != done.commit.id and len(one.commit.parents) < 2)
        pairs = ((one, (one.commit.id, done.commit.id)) for one in others)
        return (one for one, (a, b) in pairs if not contains(self._repo, a, b) and not contains(self._repo, b, a))

    def _undoers(self, done: Import) -> Iterator[Import]:
        """Yield the commits that take this one back."""
        yield from self._undoing.get(done.commit.id, ())
        if self._undoing_lost and done.source and done.records:
            # After a rebase the import has another id, and the same hash.
            for other in self._undoing_lost.get(done.records, ()):
                if other.commit.id != done.commit.id and contains(self._repo, other.commit.id, done.commit.id):
                    yield other
