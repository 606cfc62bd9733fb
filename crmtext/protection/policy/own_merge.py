"""The merge that crmtext itself makes of two commits, with which a pushed merge is compared."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

from crmtext import layout
from crmtext.git import merge as git_merge
from crmtext.git.plumbing import merge_bases, run
from crmtext.git.reading import Entry, read_blobs, tree
from crmtext.git.scratch import commit_of, stored
from crmtext.merge import driver
from crmtext.setup import merge_driver
from crmtext.sources import LINK, is_record
from crmtext.text import conflict_hunks

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from crmtext.git.plumbing import Repository

#: Reports a conflict and leaves the file alone: records are merged here, so that no process is started for each.
_LATER = "exit 1"
_BASE, _OURS, _THEIRS = 1, 2, 3


def attributes(homes: tuple[str, ...]) -> str:
    """Return the attributes that send the records of these stores, and no other file, to the merge driver."""
    # Quoted as git reads it; a store's folder has none of the signs of patterns in its own meaning.
    quoted = (_literal(home) for home in homes)
    return "".join(f'"/{home}{layout.RECORDS}/**/*.yaml" merge=crmtext\n' for home in quoted)


def _literal(home: str) -> str:
    pattern = "".join(f"\\{sign}" if sign in "\\*?[ " else sign for sign in home)
    return pattern.replace("\\", "\\\\").replace('"', '\\"')


def own_merge(scratch: Repository, ours: str, theirs: str, homes: tuple[str, ...]) -> tuple[str, ...]:
    """Return the merge of two commits as a commit, or if they conflict, two: with all of our sides, and with theirs.

    The scratch repository, which has the `attributes` of the stores, gets these commits.
    """
    bases = merge_bases(scratch, ours, theirs)
    # With several bases git merges these first, by the driver as well.
    command = _LATER if len(bases) == 1 else merge_driver.driver()
    result = git_merge.merged(scratch, ours, theirs, (f"{merge_driver.DRIVER}={command}",), unrelated=not bases)
    stages = git_merge.stages_by_path(result.stages)
    if not stages:
        return (commit_of(scratch, result.tree),)
    schemas = {home: _schema(scratch, ours, home) for home in homes}
    conflicted = _Conflicted(scratch, result, schemas, records=command == _LATER)
    sides = {path: conflicted.sides(path) for path in stages}
    trees = (_with(scratch, result.tree, {path: side[at] for path, side in sides.items()}) for at in (0, 1))
    return tuple(commit_of(scratch, tree_) for tree_ in dict.fromkeys(trees))


class _Contract(driver.Contract):
    """The schema of a store in a commit."""

    def __init__(self, path: str, schema: bytes | None) -> None:
        super().__init__(path)
        self._schema = schema

    @cached_property
    def raw(self) -> bytes | None:
        """The store's schema, or the shipped one for a store without its own."""
        return layout.shipped(layout.SCHEMA).read_bytes() if self._schema is None else self._schema


class _Conflicted:
    """The conflicting files of a merge by git."""

    def __init__(
        self, scratch: Repository, result: git_merge.Merged, schemas: Mapping[str, bytes | None], *, records: bool
    ) -> None:
        self._scratch = scratch
        self._schemas = schemas
        #: Whether records with all three versions are still to be merged.
        self._records = records
        self._stages: dict[str, dict[int, Entry]] = {}
        for entry in result.stages:
            self._stages.setdefault(entry.path, {})[entry.stage] = entry
        self._left = {entry.path: entry for entry in tree(scratch, result.tree, *self._stages)}
        entries = (*result.stages, *self._left.values())
        self._contents = dict(read_blobs(scratch, {entry.blob for entry in entries if _is_file(entry)}))

    def sides(self, path: str) -> tuple[Entry | None, Entry | None]:
        """The file with our side of its conflicts, and with theirs; None if that side has removed it."""
        stages = self._stages[path]
        ours, theirs = stages.get(_OURS), stages.get(_THEIRS)
        if ours is None or theirs is None:
            kept = ours or theirs
            return (kept, kept) if kept and self._is_new(path, stages) else (ours, theirs)
        if not (_is_file(ours) and _is_file(theirs)):
            return ours, theirs
        home = next((home for home in self._schemas if path.startswith(home)), None)
        if self._records and home is not None and is_record(path.removeprefix(home)):
            contract = _Contract(path, self._schemas[home])
            base = self._content(stages.get(_BASE))
            merged, coding = driver.combined(base, self._content(ours), self._content(theirs), contract)
            return self._chosen(merged.text, coding, ours, theirs)
        try:
            return self._chosen(self._content(self._left.get(path)).decode(), "utf-8", ours, theirs)
        except UnicodeDecodeError:
            return ours, theirs

    def _chosen(self, text: str, coding: str, ours: Entry, theirs: Entry) -> tuple[Entry, Entry]:
        sides: tuple[tuple[Entry, Callable[[conflict_hunks.Hunk], str]], ...] = (
            (ours, lambda hunk: hunk.ours),
            (theirs, lambda hunk: hunk.theirs),
        )
        one, other = (
            entry._replace(
                blob=stored(self._scratch, "blob", conflict_hunks.resolve(text, choose).encode(coding)), stage=0
            )
            for entry, choose in sides
        )
        return one, other

    def _content(self, entry: Entry | None) -> bytes:
        return self._contents.get(entry.blob, b"") if entry else b""

    def _is_new(self, path: str, stages: Mapping[int, Entry]) -> bool:
        """Whether git took a removed customer and a new one for a rename."""
        was, now = (
            self._content(entry).decode("utf-8", "replace") for entry in (stages.get(_BASE), self._left.get(path))
        )
        return bool(was and now) and all(
            conflict_hunks.value(was, key) != conflict_hunks.value(now, key) for key in ("id", "name")
        )


def _is_file(entry: Entry) -> bool:
    return entry.mode.startswith("100") and entry.mode != LINK


def _schema(scratch: Repository, commit: str, home: str) -> bytes | None:
    files = tuple(entry for entry in tree(scratch, commit, home + layout.SCHEMA) if _is_file(entry))
    return next((content for _blob, content in read_blobs(scratch, [entry.blob for entry in files])), None)


def _with(scratch: Repository, base: str, files: Mapping[str, Entry | None]) -> str:
    """A tree with other files in it; None removes one."""
    index = {"GIT_INDEX_FILE": str(scratch.git_dir / "index")}
    run(scratch, "read-tree", base, env=index)
    data = b"".join(_lines(files, len(base)))
    run(scratch, "update-index", "-z", "--index-info", data=data, env=index)
    return run(scratch, "write-tree", "--missing-ok", env=index).decode().strip()


def _lines(files: Mapping[str, Entry | None], length: int) -> Iterator[bytes]:
    for path, entry in files.items():
        about = f"{entry.mode} {entry.blob}" if entry else f"0 {'0' * length}"
        yield f"{about}\t{path}\0".encode(errors="surrogateescape")
