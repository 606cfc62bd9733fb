"""The sides of a store that a snapshot is built from: the work tree, git's index, a commit."""

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

#: Git's modes of a symlink and of a submodule.
LINK, _MODULE = "120000", "160000"
#: The size limit of settings and schema; each has a lower one of its own.
_LARGEST = 4 * 1024 * 1024

#: A record's path in the store, and its bytes or the problem that it was not read.
RecordBytes = tuple[str, bytes | Problem]


class Source(Protocol):
    """One side of a store, read-only."""

    @property
    def name(self) -> str:
        """`worktree`, `index` or the commit."""

    def file(self, path: str) -> bytes | None:
        """Return a file's bytes; None if it is missing."""

    def records(self) -> Iterator[RecordBytes]:
        """Yield every record, sorted by path."""


class Absent(NamedTuple):
    """Files that a sparse checkout keeps off the disk, by path; read from git's index."""

    repository: Repository | None
    entries: Mapping[str, Entry]

    @classmethod
    def of(cls, repository: Repository | None) -> Absent:
        """Return those of a repository; none without one."""
        if repository is None or repository.top is None:
            return cls(None, {})
        prefix = repository.prefix
        return cls(repository, {entry.path.removeprefix(prefix): entry for entry in absent(repository, prefix)})

    def read(self, path: str, limit: int) -> bytes | Problem | None:
        """Return a file's bytes, or the problem that it was not read; None if it isn't one of these."""
        entry = self.entries.get(path)
        if entry is None or self.repository is None:
            return None
        problem = why_unread(entry, path) if is_record(path) else None
        if problem:
            return problem
        content = next(iter(blobs_within(self.repository, [entry.blob], limit)))
        return too_large(path, content, limit) if isinstance(content, int) else content

    def records(self, only: AbstractSet[str] | None) -> Iterator[RecordBytes]:
        """Yield every record among them, or those of these paths, sorted by path."""
        wanted = tuple(entry for path, entry in self.entries.items() if only is None or path in only)
        return Blobs("worktree", self.repository, wanted).records() if self.repository and wanted else iter(())


class WorkTree(NamedTuple):
    """The files of the work tree: those on the disk, and those that a sparse checkout keeps off it."""

    root: Path
    name: str = "worktree"
    #: The paths of the records to read; None for all.
    only: frozenset[str] | None = None
    #: Returns the files that are not on the disk; called only if one is missing.
    absent: Callable[[], Absent] = lambda: Absent.of(None)

    def file(self, path: str) -> bytes | None:
        """Return a file's bytes; None if it is missing."""
        content = safe_read.read(self.root, path, _LARGEST)
        if content is None:
            content = self.absent().read(path, _LARGEST)
        if isinstance(content, Problem):
            raise CrmError(content)
        return content

    def records(self) -> Iterator[RecordBytes]:
        """Yield every record, sorted by path; links are not followed."""
        paths = sorted(_paths(self.root / RECORDS, RECORDS))
        here = ((path, self.record(path)) for path in paths if self.only is None or path in self.only)
        yield from heapq.merge(here, self.absent().records(self.only), key=lambda pair: pair[0])

    def record(self, path: str) -> bytes | Problem:
        """Return a record's bytes, or the problem that it was not read."""
        wrong = misnamed(path)
        if wrong and not (self.root / path).is_symlink():
            return wrong
        content = safe_read.read(self.root, path, MAX_BYTES)
        if content is None:
            content = self.absent().read(path, MAX_BYTES)
        return Problem("unreadable", _("the file no longer exists"), Place(path)) if content is None else content


@dataclass(frozen=True)
class Blobs:
    """The files of git's index or of a commit, below the store's folder."""

    name: str
    repository: Repository
    entries: tuple[Entry, ...]
    #: The reader of a command that reads many objects; None runs one process per call.
    objects: Objects | None = None

    def file(self, path: str) -> bytes | None:
        """Return a file's bytes; None if it is missing."""
        return self.files(path).get(path)

    def files(self, *paths: str) -> Mapping[str, bytes]:
        """Return the bytes of the files that exist, from one git process."""
        wanted = {self.repository.prefix + path: path for path in paths}
        entries = [entry for entry in self.entries if entry.path in wanted and not entry.stage and entry.mode != LINK]
        by_path: dict[str, bytes] = {}
        contents = self._contents([entry.blob for entry in entries], _LARGEST) if entries else ()
        for entry, content in zip(entries, contents, strict=True):
            path = wanted[entry.path]
            if isinstance(content, int):
                raise CrmError(too_large(path, content, _LARGEST))
            by_path[path] = content
        return by_path

    def part(self, paths: AbstractSet[str]) -> Blobs:
        """Return the same side with these records only."""
        kept = (entry for entry in self.entries if not is_record(path := self.path(entry)) or path in paths)
        return replace(self, entries=tuple(kept))

    def path(self, entry: Entry) -> str:
        """Return an entry's path in the store."""
        return entry.path.removeprefix(self.repository.prefix)

    def read(self, blobs: Iterable[str]) -> Iterator[bytes | int]:
        """Yield the bytes of each blob, or its size if it is too large for a record."""
        return self._contents(blobs, MAX_BYTES)

    def _contents(self, blobs: Iterable[str], limit: int) -> Iterator[bytes | int]:
        return self.objects.blobs(blobs, limit) if self.objects else blobs_within(self.repository, blobs, limit)

    def records(self) -> Iterator[RecordBytes]:
        """Yield every record, sorted by path."""
        prefix = self.repository.prefix
        wanted = [entry for entry in self.entries if is_record(path := self.path(entry)) or is_link(entry.mode, path)]
        unread = {id(entry): problem for entry in wanted if (problem := why_unread(entry, self.path(entry)))}
        contents = self.read([e.blob for e in wanted if id(e) not in unread])
        seen: set[str] = set()
        for entry in wanted:
            path = entry.path.removeprefix(prefix)
            content = unread.get(id(entry)) or next(contents)
            if path not in seen:
                seen.add(path)
                yield path, too_large(path, content) if isinstance(content, int) else content


def index(repository: Repository) -> Blobs:
    """Return the staged files; an unresolved conflict is a problem of its record."""
    return Blobs("index", repository, tuple(staged(repository, repository.prefix)))


def commit(repository: Repository, revision: str) -> Blobs:
    """Return the files of a commit that a user named. Raises CrmError if there is none."""
    id_ = resolve(repository, revision)
    return Blobs(id_, repository, tuple(tree(repository, id_, repository.prefix)))


def is_record(path: str) -> bool:
    """Whether the path is meant to be a record, correctly named or not."""
    name = path.rpartition("/")[2]
    return path.startswith(RECORDS + "/") and name.casefold().endswith((".yaml", ".yml")) and not name.startswith(".")


def misnamed(path: str) -> Problem | None:
    """Return the problem of a record whose file doesn't end in `.yaml`, or whose folder does; else None."""
    *folders, name = path.split("/")
    if not name.endswith(".yaml"):
        message = _("file not read: the name of a record ends in .yaml")
        return Problem("file-name", message, Place(path), _("rename it"))
    if any(folder.casefold().endswith(".yaml") for folder in folders):
        message = _("a folder has the name of a record")
        return Problem("file-name", message, Place(path), _("rename the folder"))
    return None


def why_unread(entry: Entry, path: str) -> Problem | None:
    """Return the problem that keeps a file in git from being read; None if there is none."""
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
    """Whether this is a symlink that may hide records: below their folder, or in its place."""
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
