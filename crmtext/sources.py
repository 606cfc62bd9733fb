"""The sides that a snapshot can be taken of: the work tree, git's index, a commit."""

from __future__ import annotations

import os
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from crmtext.git.plumbing import Repository, resolve
from crmtext.git.reading import Entry, read_blobs, staged, tree
from crmtext.i18n import _
from crmtext.problem import Place, Problem, Severity, cannot

if TYPE_CHECKING:
    from collections.abc import Iterator
    from collections.abc import Set as AbstractSet
    from pathlib import Path

RECORDS = "records"
SCHEMA = "schema/customer.schema.json"
_LINK = "120000"

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


@dataclass(frozen=True, slots=True)
class WorkTree:
    """The files on the disk."""

    root: Path
    name: str = "worktree"
    #: The records that are read; None for all.
    only: frozenset[str] | None = None

    def file(self, path: str) -> bytes | None:
        """A file's bytes; None where it is not there."""
        try:
            return (self.root / path).read_bytes()
        except (FileNotFoundError, NotADirectoryError):
            return None
        except OSError as error:
            raise cannot(
                "unreadable", _("{path} cannot be read: {reason}").format(path=path, reason=error.strerror)
            ) from None

    def records(self) -> Iterator[Found]:
        """Every record, sorted by path; links are not followed."""
        for path in sorted(_paths(self.root / RECORDS, RECORDS)):
            if self.only is None or path in self.only:
                yield path, self._read(path)

    def _read(self, path: str) -> bytes | Problem:
        name = self.root / path
        if name.is_symlink():
            return _link(path)
        try:
            return misnamed(path) or name.read_bytes()
        except OSError as error:
            return Problem(
                "unreadable", _("the file cannot be read: {reason}").format(reason=error.strerror), Place(path)
            )


@dataclass(frozen=True)
class Blobs:
    """Files that git holds: those of the index or of a commit, below the store's folder."""

    name: str
    repository: Repository
    entries: tuple[Entry, ...]

    def file(self, path: str) -> bytes | None:
        """A file's bytes; None where it is not there."""
        full = self.repository.prefix + path
        for entry in self.entries:
            if entry.path == full and entry.stage == 0 and entry.mode != _LINK:
                return next(read_blobs(self.repository, [entry.blob]))[1]
        return None

    def part(self, paths: AbstractSet[str]) -> Blobs:
        """The same side with these records only."""
        kept = (each for each in self.entries if not is_record(path := self.path(each)) or path in paths)
        return Blobs(self.name, self.repository, tuple(kept))

    def path(self, entry: Entry) -> str:
        """An entry's path in the store."""
        return entry.path.removeprefix(self.repository.prefix)

    def records(self) -> Iterator[Found]:
        """Every record, sorted by path."""
        prefix = self.repository.prefix
        wanted = [entry for entry in self.entries if is_record(entry.path.removeprefix(prefix))]
        refused = {
            id(entry): problem for entry in wanted if (problem := _refused(entry, entry.path.removeprefix(prefix)))
        }
        blobs = read_blobs(self.repository, [entry.blob for entry in wanted if id(entry) not in refused])
        seen: set[str] = set()
        for entry in wanted:
            path = entry.path.removeprefix(prefix)
            content = refused.get(id(entry)) or next(blobs)[1]
            if path not in seen:
                seen.add(path)
                yield path, content


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
    """The problem of a record whose file does not end in `.yaml`: it would be missed elsewhere."""
    if path.endswith(".yaml"):
        return None
    return Problem("file-name", _("the file is not read: a record's name ends in .yaml"), Place(path), _("rename it"))


def _refused(entry: Entry, path: str) -> Problem | None:
    if entry.stage:
        return Problem(
            "conflict-marker",
            _("a merge conflict in this record is not settled"),
            Place(path),
            _("mend the file, then: git add {path}").format(path=path),
        )
    return _link(path) if entry.mode == _LINK else misnamed(path)


def _link(path: str) -> Problem:
    return Problem(
        "symlink",
        _("the record is a link, and links are not followed"),
        Place(path),
        _("put the file itself here"),
        Severity.ERROR,
    )


def _paths(folder: Path, prefix: str) -> Iterator[str]:
    try:
        entries = sorted(os.scandir(folder), key=lambda entry: entry.name)
    except (FileNotFoundError, NotADirectoryError):
        return
    for entry in entries:
        path = f"{prefix}/{entry.name}"
        if entry.is_dir(follow_symlinks=False) and not entry.name.startswith("."):
            yield from _paths(folder / entry.name, path)
        elif is_record(path):
            yield path
