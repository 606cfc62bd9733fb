"""The sides that a snapshot can be taken of: the work tree, git's index, a commit."""

from __future__ import annotations

import heapq
import os
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, NamedTuple, Protocol

from crmtext.disk import safe_read
from crmtext.git.plumbing import Repository, resolve
from crmtext.git.reading import Entry, absent, blobs_within, staged, tree
from crmtext.i18n import _
from crmtext.layout import RECORDS
from crmtext.problem import CrmError, Place, Problem
from crmtext.text.size import MAX_BYTES, too_large

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping
    from collections.abc import Set as AbstractSet
    from pathlib import Path

    from crmtext.git.objects import Objects

#: What git calls a link, and the commit of another repository.
LINK, _MODULE = "120000", "160000"
#: Settings and schema are read up to here; each says itself how much of that it takes.
_LARGEST = 4 * 1024 * 1024

#: A record's path in the store and its bytes, or why it is not read.
Found = tuple[str, bytes | Problem]


class Source(Protocol):
    """One side of a store, read without changing it."""

    @property
    def name(self) -> str:
        """`worktree`, `index` or the commit."""

    def file(self, path: str) -> bytes | None:
        """A file's bytes; None where it is not there."""

    def records(self) -> Iterator[Found]:
        """Every record, sorted by path."""


class Absent(NamedTuple):
    """Files of the work tree that a sparse checkout keeps off the disk, by path; git's index has their bytes."""

    repository: Repository | None
    entries: Mapping[str, Entry]

    @classmethod
    def of(cls, repository: Repository | None) -> Absent:
        """Those of a store; none outside of a repository."""
        if repository is None or repository.top is None:
            return cls(None, {})
        prefix = repository.prefix
        return cls(repository, {each.path.removeprefix(prefix): each for each in absent(repository, prefix)})

    def read(self, path: str, limit: int) -> bytes | Problem | None:
        """A file's bytes, or why it is not read; None where it isn't one of these."""
        entry = self.entries.get(path)
        if entry is None or self.repository is None:
            return None
        found = refused(entry, path) if is_record(path) else None
        if found:
            return found
        content = next(iter(blobs_within(self.repository, [entry.blob], limit)))
        return too_large(path, content, limit) if isinstance(content, int) else content

    def records(self, only: AbstractSet[str] | None) -> Iterator[Found]:
        """Every record among them, or those of these paths, sorted by path."""
        wanted = tuple(entry for path, entry in self.entries.items() if only is None or path in only)
        return Blobs("worktree", self.repository, wanted).records() if self.repository and wanted else iter(())


class WorkTree(NamedTuple):
    """The files of the work tree: those on the disk, and those that a sparse checkout keeps off it."""

    root: Path
    name: str = "worktree"
    #: The records that are read; None for all.
    only: frozenset[str] | None = None
    #: Gives those that are not on the disk; asked only where something isn't.
    absent: Callable[[], Absent] = lambda: Absent.of(None)

    def file(self, path: str) -> bytes | None:
        """A file's bytes; None where it is not there."""
        found = safe_read.read(self.root, path, _LARGEST)
        if found is None:
            found = self.absent().read(path, _LARGEST)
        if isinstance(found, Problem):
            raise CrmError(found)
        return found

    def records(self) -> Iterator[Found]:
        """Every record, sorted by path; links are not followed."""
        paths = sorted(_paths(self.root / RECORDS, RECORDS))
        here = ((path, self.record(path)) for path in paths if self.only is None or path in self.only)
        yield from heapq.merge(here, self.absent().records(self.only), key=lambda found: found[0])

    def record(self, path: str) -> bytes | Problem:
        """A record's bytes, or why it is not read."""
        wrong = misnamed(path)
        if wrong and not (self.root / path).is_symlink():
            return wrong
        found = safe_read.read(self.root, path, MAX_BYTES)
        if found is None:
            found = self.absent().read(path, MAX_BYTES)
        return Problem("unreadable", _("the file no longer exists"), Place(path)) if found is None else found


@dataclass(frozen=True)
class Blobs:
    """Files that git holds: those of the index or of a commit, below the store's folder."""

    name: str
    repository: Repository
    entries: tuple[Entry, ...]
    #: Where a command reads much of git's: its reader, else one process a call.
    objects: Objects | None = None

    def file(self, path: str) -> bytes | None:
        """A file's bytes; None where it is not there."""
        return self.files(path).get(path)

    def files(self, *paths: str) -> Mapping[str, bytes]:
        """The bytes of those files that are there, from one git process."""
        wanted = {self.repository.prefix + path: path for path in paths}
        entries = [each for each in self.entries if each.path in wanted and each.stage == 0 and each.mode != LINK]
        found: dict[str, bytes] = {}
        contents = self._contents([each.blob for each in entries], _LARGEST) if entries else ()
        for entry, content in zip(entries, contents, strict=True):
            path = wanted[entry.path]
            if isinstance(content, int):
                raise CrmError(too_large(path, content, _LARGEST))
            found[path] = content
        return found

    def part(self, paths: AbstractSet[str]) -> Blobs:
        """The same side with these records only."""
        kept = (each for each in self.entries if not is_record(path := self.path(each)) or path in paths)
        return replace(self, entries=tuple(kept))

    def path(self, entry: Entry) -> str:
        """An entry's path in the store."""
        return entry.path.removeprefix(self.repository.prefix)

    def read(self, blobs: Iterable[str]) -> Iterator[bytes | int]:
        """Each blob's bytes, or the size of one that is too large for a record."""
        return self._contents(blobs, MAX_BYTES)

    def _contents(self, blobs: Iterable[str], limit: int) -> Iterator[bytes | int]:
        return self.objects.blobs(blobs, limit) if self.objects else blobs_within(self.repository, blobs, limit)

    def records(self) -> Iterator[Found]:
        """Every record, sorted by path."""
        prefix = self.repository.prefix
        wanted = [entry for entry in self.entries if is_record(path := self.path(entry)) or is_link(entry.mode, path)]
        unread = {id(entry): problem for entry in wanted if (problem := refused(entry, self.path(entry)))}
        contents = self.read([e.blob for e in wanted if id(e) not in unread])
        seen: set[str] = set()
        for entry in wanted:
            path = entry.path.removeprefix(prefix)
            content = unread.get(id(entry)) or next(contents)
            if path not in seen:
                seen.add(path)
                yield path, too_large(path, content) if isinstance(content, int) else content


def index(repository: Repository) -> Blobs:
    """The files as they are staged; a conflict that is not settled is a problem of its record."""
    return Blobs("index", repository, tuple(staged(repository, repository.prefix)))


def commit(repository: Repository, revision: str) -> Blobs:
    """The files of a commit that a user named. Raises CrmError if there is none."""
    found = resolve(repository, revision)
    return Blobs(found, repository, tuple(tree(repository, found, repository.prefix)))


def is_record(path: str) -> bool:
    """Whether a file of this path would be taken for a record, rightly named or not."""
    name = path.rpartition("/")[2]
    return path.startswith(RECORDS + "/") and name.casefold().endswith((".yaml", ".yml")) and not name.startswith(".")


def misnamed(path: str) -> Problem | None:
    """The problem of a record whose file does not end in `.yaml`, or whose folder does: others would miss it."""
    *folders, name = path.split("/")
    if not name.endswith(".yaml"):
        message = _("file not read: the name of a record ends in .yaml")
        return Problem("file-name", message, Place(path), _("rename it"))
    if any(folder.casefold().endswith(".yaml") for folder in folders):
        message = _("a folder has the name of a record")
        return Problem("file-name", message, Place(path), _("rename the folder"))
    return None


def refused(entry: Entry, path: str) -> Problem | None:
    """Why a file that git holds is not read."""
    if entry.stage:
        return Problem(
            "conflict-marker",
            _("unresolved merge conflict in this record"),
            Place(path),
            _("fix the file, then run: git add {path}").format(path=path),
        )
    if entry.mode == LINK:
        return safe_read.link(path)
    if entry.mode == _MODULE:
        message = _("folder not read: it is another repository")
        return Problem("not-a-file", message, Place(path), _("replace it by a regular file"))
    return misnamed(path)


def is_link(mode: str, path: str) -> bool:
    """Whether this is a link that may hide records: below their folder, or in its place."""
    name = path.removeprefix(RECORDS)
    return mode == LINK and name != path and (not name or (name[0] == "/" and "/." not in name))


def _paths(folder: Path, prefix: str) -> Iterator[str]:
    if prefix == RECORDS and folder.is_symlink():
        yield prefix
        return
    try:
        entries = sorted(os.scandir(folder), key=lambda entry: entry.name)
    except (FileNotFoundError, NotADirectoryError):
        return
    for entry in entries:
        path = f"{prefix}/{entry.name}"
        if entry.is_dir(follow_symlinks=False) and not entry.name.startswith("."):
            if is_record(path) and not any((folder / entry.name).iterdir()):
                yield path
            yield from _paths(folder / entry.name, path)
        elif is_record(path) or (entry.is_symlink() and is_link(LINK, path)):
            yield path
