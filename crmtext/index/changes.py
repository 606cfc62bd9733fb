"""The two sides that are known between calls, the work tree and git's index: what is new there, and its bytes."""

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
    """A record to be read: where git has it (None: on the disk), and what its bytes were called before."""

    path: str
    entry: Entry | None = None
    known: str | None = None


class Changes(NamedTuple):
    """What is new on a side; `remember`, called once it is in the index, makes it known."""

    wanted: tuple[ToRead, ...]
    gone: tuple[str, ...]
    remember: Callable[[frozenset[str]], None]


class Bytes(Protocol):
    """Where the bytes of records come from."""

    def read(self, wanted: Sequence[ToRead]) -> Iterator[tuple[str, str, bytes | Problem]]:
        """Path, name of the bytes and bytes of these records."""

    def again(self, path: str, content: str) -> ToRead:
        """A record that is known, to be read once more."""


class Side(Bytes, Protocol):
    """One side of a store whose records are known between calls."""

    @property
    def name(self) -> str:
        """`worktree` or `index`."""

    @property
    def count(self) -> int:
        """About how many records there are."""

    def file(self, path: str) -> bytes | None:
        """A file's bytes; None where it is not there."""

    def news(self, index: Index) -> Changes | None:
        """What is new since the index was written; None where nothing is."""


#: What a file takes in git's index, in bytes.
_ENTRY = 110


@dataclass(frozen=True)
class WorkTreeSide:
    """The records on the disk, known by what `stat` tells of each file, as git knows its own."""

    root: Path
    #: By which git names what it holds.
    object_format: str = "sha1"
    #: What a sparse checkout keeps off it.
    absent: sources.Absent = field(default=sources.Absent(None, {}), compare=False)
    name: str = "worktree"

    @cached_property
    def listed(self) -> dict[str, tuple[tuple[str, ...], array[int]]]:
        """Of each folder its records' names and marks."""
        if self._top.is_symlink():
            return {"": ((RECORDS,), index_stat.signature([self._top.lstat()]))}
        found = dict(_records(self._look, str(self._top)))
        for path, entry in sorted(self.absent.entries.items()):
            if is_record(path) or is_link(entry.mode, path):
                folder, _slash, name = path.rpartition("/")
                names, numbers = found.get(folder, ((), array("q")))
                found[folder] = (*names, name), numbers + _named_by(entry.blob)
        return found

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
        # Another process needs no list of all files.
        return WorkTreeSide, (self.root, self.object_format, self.absent)

    def file(self, path: str) -> bytes | None:
        """A file's bytes; None where it is not there."""
        return self._files.file(path)

    def news(self, index: Index) -> Changes | None:
        """The records whose marks are not those that are known."""
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
        """The records that may have changed since they were read, without showing it.

        All files are young right after a clone, and old by the time that they have been read. Those are compared with
        what was read, which is quick, so that the next command need not do it.
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
        """Path, git's name for the bytes, and bytes."""
        disk = self._files
        for each in wanted:
            raw = disk.record(each.path)
            name = f"{raw.rule}: {raw.message}" if isinstance(raw, Problem) else blob_id(raw, self.object_format)
            yield each.path, name, raw

    def again(self, path: str, content: str) -> ToRead:
        """A record that is known, to be read once more."""
        return ToRead(path, None, content)


def _records(look: index_stat.Look, top: str) -> Iterator[tuple[str, tuple[tuple[str, ...], array[int]]]]:
    """Of each folder with records, or links that may hide some, the path from the store, and their names and marks.

    They come as the file system has them, which is the same as long as nothing changes.
    """
    empty = {folder.path for folder in look.folders if not folder.files and not folder.folders}
    for folder in look.folders:
        path = RECORDS + folder.path[len(top) :]
        if "/." in path:
            continue
        counting = [
            # The first is the same as the second, but quicker for what nearly all are.
            (name.endswith(".yaml") and not name.startswith("."))
            or _counts(f"{path}/{name}", folder.numbers[number * index_stat.EACH])
            for number, name in enumerate(folder.files)
        ]
        # A folder that is named like a record counts as one that cannot be read, as long as nothing is in it.
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
    """In place of a file's mark what names the bytes that git has: with no time, for they never change."""
    mark = [0] * index_stat.EACH
    mark[0], mark[1], mark[-1] = 1, int(blob[:15], 16), int(blob[15:30], 16)
    return array("q", mark)


def _counts(path: str, mode: int) -> bool:
    """Whether this is a record by its name, or a link that may hide some."""
    return is_record(path) or (stat.S_ISLNK(mode) and is_link(LINK, path))


def _mark(numbers: array[int], number: int) -> array[int]:
    return numbers[number * index_stat.EACH : (number + 1) * index_stat.EACH]


def _path(folder: str, name: str) -> str:
    return f"{folder}/{name}" if folder else name


def _by_name(names: Iterable[str], numbers: array[int]) -> dict[str, tuple[int, ...]]:
    return {name: tuple(_mark(numbers, number)) for number, name in enumerate(names)}


def _settled(folder: str, names: tuple[str, ...], numbers: array[int], unsettled: frozenset[str]) -> bytes:
    """The marks, but for files that may change without showing it, or could not be read: these are read again."""
    kept = numbers[:]
    for number, name in enumerate(names):
        if _path(folder, name) in unsettled:
            kept[number * index_stat.EACH] = 0
    return kept.tobytes()


@dataclass(frozen=True)
class StagedSide:
    """The records in git's index, known by a tree and by what was staged beside it."""

    repository: Repository
    name: str = "index"

    @property
    def count(self) -> int:
        """About how many files git's index has, by its size."""
        try:
            return self.repository.index_file.stat().st_size // _ENTRY
        except OSError:
            return 0

    def file(self, path: str) -> bytes | None:
        """The settings or the schema; None where they are not there."""
        return self._rules.get(path)

    @cached_property
    def _rules(self) -> Mapping[str, bytes]:
        repo, paths = self.repository, (SETTINGS, layout.SCHEMA)
        entries = staged(repo, *(repo.prefix + path for path in paths))
        return sources.Blobs(self.name, repo, tuple(entries)).files(*paths)

    def news(self, index: Index) -> Changes | None:
        """The records that git's index has otherwise than is known."""
        repo, folder = self.repository, f"{self.repository.prefix}{RECORDS}"
        base, beside = _noted(index)
        here = tree_of(repo, "HEAD") or repo.empty_tree
        now = dict(changed_between(repo, base or repo.empty_tree, folder))
        back = sorted(path for path in beside if path not in now)
        again = {each.path: each for each in tree(repo, base, *back)} if base and back else {}
        found = {**now, **{path: again.get(path) for path in back}}
        if not base:
            # What is known all the same is known of the disk.
            full = (repo.prefix + path for path in index.contents())
            found |= {path: None for path in full if path not in now}
        wanted, gone = self._sorted(found, index)
        if not wanted and not gone and base == here:
            return None
        others = now if base == here else dict(changed_between(repo, here, folder))

        def remember(_unsettled: frozenset[str]) -> None:
            index.set_note("tree", here.encode())
            index.set_note("beside", json.dumps(sorted(others)).encode())

        return Changes(wanted, gone, remember)

    def _sorted(self, found: dict[str, Entry | None], index: Index) -> tuple[tuple[ToRead, ...], tuple[str, ...]]:
        wanted: list[ToRead] = []
        gone: list[str] = []
        for full, entry in sorted(found.items()):
            path = full.removeprefix(self.repository.prefix)
            known = index.content(path)
            counts = entry is not None and (is_record(path) or is_link(entry.mode, path))
            if entry and counts and known != _called(entry, path):
                wanted.append(ToRead(path, entry, known))
            elif not counts and known is not None:
                gone.append(path)
        return tuple(wanted), tuple(gone)

    def read(self, wanted: Sequence[ToRead]) -> Iterator[tuple[str, str, bytes | Problem]]:
        """Path, git's name for the bytes, and bytes."""
        entries = [(each.path, each.entry) for each in wanted if each.entry is not None]
        plain = [entry.blob for path, entry in entries if sources.why_unread(entry, path) is None]
        contents = blobs_within(self.repository, plain, MAX_BYTES)
        for path, entry in entries:
            found = sources.why_unread(entry, path) or next(contents)
            yield path, _called(entry, path), too_large(path, found) if isinstance(found, int) else found

    def again(self, path: str, content: str) -> ToRead:
        """A record that is known, to be read once more."""
        mode, _blank, rest = content.rpartition(" ")[0].rpartition(" ") if " " in content else ("100644", "", content)
        stage = int(content.rpartition(" ")[2]) if " " in content else 0
        return ToRead(path, Entry(path, mode, rest, stage), content)


def _called(entry: Entry, path: str) -> str:
    return entry.blob if sources.why_unread(entry, path) is None else f"{entry.mode} {entry.blob} {entry.stage}"


def _noted(index: Index) -> tuple[str, frozenset[str]]:
    base, beside = index.note("tree"), index.note("beside")
    return (base or b"").decode(), frozenset(json.loads(beside or b"[]"))
