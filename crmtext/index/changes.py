"""What changed since the last call in the work tree and in git's index, and the bytes of those records."""

from __future__ import annotations

import json
import os
import stat
import time
from array import array
from dataclasses import dataclass, field
from functools import cached_property
from itertools import chain
from typing import TYPE_CHECKING, NamedTuple, Protocol

from crmtext import layout, sources
from crmtext.git.reading import Entry, blob_id, blobs_within, changed_between, staged, tree, tree_of
from crmtext.index import answer_cache
from crmtext.index import stat as index_stat
from crmtext.layout import RECORDS, SETTINGS
from crmtext.problem import Problem
from crmtext.sources import LINK, WorkTree, is_link, is_record
from crmtext.text.size import MAX_BYTES, too_large

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
    from pathlib import Path

    from crmtext.git.plumbing import Repository
    from crmtext.index.database import Index


class ToRead(NamedTuple):
    """A record to read: its entry in git (None: on the disk), and the id of its bytes in the index."""

    path: str
    entry: Entry | None = None
    known: str | None = None


class Changes(NamedTuple):
    """What changed on a side. Call `remember` when the index holds it."""

    wanted: tuple[ToRead, ...]
    gone: tuple[str, ...]
    remember: Callable[[frozenset[str]], None]


class Bytes(Protocol):
    """Where the bytes of records come from."""

    def read(self, wanted: Sequence[ToRead]) -> Iterator[tuple[str, str, bytes | Problem]]:
        """Path, id of the bytes and bytes of these records."""

    def again(self, path: str, content: str) -> ToRead:
        """A request to read a record that the index holds."""


class Side(Bytes, Protocol):
    """One side of a store that has an index."""

    @property
    def name(self) -> str:
        """`worktree` or `index`."""

    @property
    def count(self) -> int:
        """About how many records there are."""

    def file(self, path: str) -> bytes | None:
        """A file's bytes; None if it is missing."""

    def news(self, index: Index) -> Changes | None:
        """What changed since the index was written; None if nothing did."""


#: About the size of an entry in git's index, in bytes.
_ENTRY = 110


@dataclass(frozen=True)
class WorkTreeSide:
    """The records on the disk. Changes are detected by stat, as git does."""

    root: Path
    #: The hash algorithm of git's ids.
    object_format: str = "sha1"
    #: Files that a sparse checkout leaves out.
    absent: sources.Absent = field(default=sources.Absent(None, {}), compare=False)
    name: str = "worktree"

    @cached_property
    def listed(self) -> dict[str, tuple[tuple[str, ...], array[int]]]:
        """The names and signatures of the records in each folder."""
        if self._top.is_symlink():
            return {"": ((RECORDS,), index_stat.signature([self._top.lstat()]))}
        folders = dict(_records(self._look, str(self._top)))
        for path, entry in sorted(self.absent.entries.items()):
            if is_record(path) or is_link(entry.mode, path):
                folder, _slash, name = path.rpartition("/")
                names, numbers = folders.get(folder, ((), array("q")))
                folders[folder] = (*names, name), numbers + _named_by(entry.blob)
        return folders

    @property
    def _files(self) -> WorkTree:
        return WorkTree(self.root, absent=lambda: self.absent)

    @property
    def _top(self) -> Path:
        return self.root / RECORDS

    @cached_property
    def _look(self) -> index_stat.Look:
        return answer_cache.look(str(self._top))

    @cached_property
    def count(self) -> int:
        """How many records there are."""
        return sum(len(names) for names, _marks in self.listed.values())

    def __reduce__(self) -> tuple[type[WorkTreeSide], tuple[Path, str, sources.Absent]]:
        # Not the list of files: a worker process does not need it.
        return WorkTreeSide, (self.root, self.object_format, self.absent)

    def file(self, path: str) -> bytes | None:
        """A file's bytes; None if it is missing."""
        return self._files.file(path)

    def news(self, index: Index) -> Changes | None:
        """The records whose signatures are not those in the index."""
        wanted: list[str] = []
        gone: list[str] = []
        changed: set[str] = set()
        for folder in sorted({*self.listed, *index.folders()}):
            names, numbers = self.listed.get(folder, ((), array("q")))
            old = index.folder(folder) or ("", b"")
            if old == ("\0".join(names), numbers.tobytes()):
                continue
            before = _by_name(old[0].split("\0") if old[0] else (), array("q", old[1]))
            after = _by_name(names, numbers)
            changed.add(folder)
            wanted += [_path(folder, name) for name, mark in after.items() if before.get(name) != mark]
            gone += [_path(folder, name) for name in before if name not in after]
        if not changed:
            return None

        def remember(unreadable: frozenset[str]) -> None:
            unsettled = unreadable | self._still_young(index, changed)
            for folder in changed:
                names, numbers = self.listed.get(folder, ((), array("q")))
                index.set_folder(folder, "\0".join(names), _settled(folder, names, numbers, unsettled))

        return Changes(tuple(ToRead(path, None, index.content(path)) for path in sorted(wanted)), tuple(gone), remember)

    def _still_young(self, index: Index, folders: Iterable[str]) -> frozenset[str]:
        """The records that may have changed since they were read with the same signature.

        Right after a clone all files are in the racy window, and out of it when they have been read. Those are hashed
        here, which is quick, so that the next command does not read them again.
        """
        now, began = time.time_ns(), self._look.began
        young: set[str] = set()
        old_by_now: list[ToRead] = []
        for folder in folders:
            names, numbers = self.listed.get(folder, ((), array("q")))
            times = (numbers[at :: index_stat.EACH] for at in (index_stat.MTIME, index_stat.CTIME))
            for name, latest in zip(names, map(max, *times), strict=True):
                if latest > now - index_stat.RACY_WINDOW_NS:
                    young.add(_path(folder, name))
                elif latest > began - index_stat.RACY_WINDOW_NS:
                    old_by_now.append(ToRead(_path(folder, name)))
        young.update(path for path, name, _raw in self.read(old_by_now) if name != index.content(path))
        return frozenset(young)

    def read(self, wanted: Sequence[ToRead]) -> Iterator[tuple[str, str, bytes | Problem]]:
        """Path, git's id of the bytes, and bytes."""
        disk = self._files
        for record in wanted:
            raw = disk.record(record.path)
            name = f"{raw.rule}: {raw.message}" if isinstance(raw, Problem) else blob_id(raw, self.object_format)
            yield record.path, name, raw

    def again(self, path: str, content: str) -> ToRead:
        """A request to read a record that the index holds."""
        return ToRead(path, None, content)


def _records(look: index_stat.Look, top: str) -> Iterator[tuple[str, tuple[tuple[str, ...], array[int]]]]:
    """The folders with records, or links that may hide some: path in the store, and names and signatures.

    In the order of the file system, which is the same as long as nothing changes.
    """
    empty = {folder.path for folder in look.folders if not folder.files and not folder.folders}
    for folder in look.folders:
        path = RECORDS + folder.path[len(top) :]
        if "/." in path:
            continue
        counting = [
            # The first test is a quicker form of the second for nearly all files.
            (name.endswith(".yaml") and not name.startswith("."))
            or _counts(f"{path}/{name}", folder.numbers[number * index_stat.EACH])
            for number, name in enumerate(folder.files)
        ]
        # An empty folder that is named like a record counts as a record that cannot be read.
        hollow = [name for name in folder.folders if is_record(f"{path}/{name}") and f"{folder.path}/{name}" in empty]
        if any(counting) or hollow:
            names, numbers = folder.files, folder.numbers
            if not all(counting):
                places = [number for number, counts in enumerate(counting) if counts]
                names = [names[number] for number in places]
                numbers = array("q", chain.from_iterable(_mark(numbers, number) for number in places))
            beside = index_stat.signature([os.lstat(f"{folder.path}/{name}") for name in hollow])
            yield path, ((*names, *hollow), numbers + beside)


def _named_by(blob: str) -> array[int]:
    """The signature of a file that only git has: made of the blob's id, without a time, as blobs never change."""
    mark = [0] * index_stat.EACH
    mark[0], mark[1], mark[-1] = 1, int(blob[:15], 16), int(blob[15:30], 16)
    return array("q", mark)


def _counts(path: str, mode: int) -> bool:
    """Whether this is a record, or a link that may hide some."""
    return is_record(path) or (stat.S_ISLNK(mode) and is_link(LINK, path))


def _mark(numbers: array[int], number: int) -> array[int]:
    return numbers[number * index_stat.EACH : (number + 1) * index_stat.EACH]


def _path(folder: str, name: str) -> str:
    return f"{folder}/{name}" if folder else name


def _by_name(names: Iterable[str], numbers: array[int]) -> dict[str, tuple[int, ...]]:
    return {name: tuple(_mark(numbers, number)) for number, name in enumerate(names)}


def _settled(folder: str, names: tuple[str, ...], numbers: array[int], unsettled: frozenset[str]) -> bytes:
    """The signatures, invalid for files that may change unnoticed or could not be read: those are read again."""
    kept = numbers[:]
    for number, name in enumerate(names):
        if _path(folder, name) in unsettled:
            kept[number * index_stat.EACH] = 0
    return kept.tobytes()


@dataclass(frozen=True)
class StagedSide:
    """The records in git's index, noted as a tree and the paths that differ from it."""

    repository: Repository
    name: str = "index"

    @property
    def count(self) -> int:
        """About how many files git's index has, estimated by its size."""
        try:
            return self.repository.index_file.stat().st_size // _ENTRY
        except OSError:
            return 0

    def file(self, path: str) -> bytes | None:
        """The settings or the schema; None if missing."""
        return self._rules.get(path)

    @cached_property
    def _rules(self) -> Mapping[str, bytes]:
        repo, paths = self.repository, (SETTINGS, layout.SCHEMA)
        entries = staged(repo, *(repo.prefix + path for path in paths))
        return sources.Blobs(self.name, repo, tuple(entries)).files(*paths)

    def news(self, index: Index) -> Changes | None:
        """The records whose entry in git's index differs from ours."""
        repo, folder = self.repository, f"{self.repository.prefix}{RECORDS}"
        base, beside = _noted(index)
        here = tree_of(repo, "HEAD") or repo.empty_tree
        now = dict(changed_between(repo, base or repo.empty_tree, folder))
        back = sorted(path for path in beside if path not in now)
        again = {entry.path: entry for entry in tree(repo, base, *back)} if base and back else {}
        differing = {**now, **{path: again.get(path) for path in back}}
        if not base:
            # Records that were adopted from the index of the work tree.
            full = (repo.prefix + path for path in index.contents())
            differing |= {path: None for path in full if path not in now}
        wanted, gone = self._sorted(differing, index)
        if not wanted and not gone and base == here:
            return None
        others = now if base == here else dict(changed_between(repo, here, folder))

        def remember(_unsettled: frozenset[str]) -> None:
            index.set_note("tree", here.encode())
            index.set_note("beside", json.dumps(sorted(others)).encode())

        return Changes(wanted, gone, remember)

    def _sorted(self, differing: dict[str, Entry | None], index: Index) -> tuple[tuple[ToRead, ...], tuple[str, ...]]:
        wanted: list[ToRead] = []
        gone: list[str] = []
        for full, entry in sorted(differing.items()):
            path = full.removeprefix(self.repository.prefix)
            known = index.content(path)
            counts = entry is not None and (is_record(path) or is_link(entry.mode, path))
            if entry and counts and known != _content_id(entry, path):
                wanted.append(ToRead(path, entry, known))
            elif not counts and known is not None:
                gone.append(path)
        return tuple(wanted), tuple(gone)

    def read(self, wanted: Sequence[ToRead]) -> Iterator[tuple[str, str, bytes | Problem]]:
        """Path, git's id of the bytes, and bytes."""
        entries = [(record.path, record.entry) for record in wanted if record.entry is not None]
        plain = [entry.blob for path, entry in entries if sources.why_unread(entry, path) is None]
        contents = blobs_within(self.repository, plain, MAX_BYTES)
        for path, entry in entries:
            content = sources.why_unread(entry, path) or next(contents)
            yield path, _content_id(entry, path), too_large(path, content) if isinstance(content, int) else content

    def again(self, path: str, content: str) -> ToRead:
        """A request to read a record that the index holds."""
        mode, _blank, rest = content.rpartition(" ")[0].rpartition(" ") if " " in content else ("100644", "", content)
        stage = int(content.rpartition(" ")[2]) if " " in content else 0
        return ToRead(path, Entry(path, mode, rest, stage), content)


def _content_id(entry: Entry, path: str) -> str:
    return entry.blob if sources.why_unread(entry, path) is None else f"{entry.mode} {entry.blob} {entry.stage}"


def _noted(index: Index) -> tuple[str, frozenset[str]]:
    base, beside = index.note("tree"), index.note("beside")
    return (base or b"").decode(), frozenset(json.loads(beside or b"[]"))
