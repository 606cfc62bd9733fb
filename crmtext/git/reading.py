"""Files in git: those of the index and of a commit, their bytes, and the differences.

Paths are git's own: from the top of the work tree, with forward slashes.
"""

from __future__ import annotations

import os
from typing import IO, TYPE_CHECKING, NamedTuple

from crmtext.git.clone import partial
from crmtext.git.failure import content_missing, failed
from crmtext.git.plumbing import Repository, ask, attempt, head, reading, run

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

#: How many skipped bytes are read at a time.
_PART = 1024 * 1024
#: Files of `git add -N` are empty files in the index that no commit contains.
_INTENDED = "--ita-invisible-in-index"
_EMPTY = frozenset({
    "e69de29bb2d1d6434b8b29ae775ad8c2e48c5391", "473a0f4c3be8a93681a267e3b1e9a7dcda1185436fe141f7749120a303721813",
})  # fmt: skip
_RAW = ("--raw", "-z", "--no-abbrev", "--no-renames", "--no-ext-diff", "--ignore-submodules")
#: A command line takes no more paths than these.
_MANY = 200


class Entry(NamedTuple):
    """A file in the index or in a commit; `stage` is 1 to 3 while it is unmerged."""

    path: str
    mode: str
    blob: str
    stage: int = 0


class Change(NamedTuple):
    """The change of a file: `status` is A, D, M, R, T or U; `old` is None if added, `new` if deleted."""

    status: str
    old: str | None
    new: str | None
    old_blob: str
    new_blob: str


def staged(repo: Repository, *paths: str) -> Iterator[Entry]:
    """Yield the index's files for the next commit, or those at or below some paths, sorted by path."""
    entries: list[Entry] = []
    for record in _records(run(repo, "ls-files", "--stage", "-z", "--", *_below(*paths))):
        about, _tab, path = record.partition("\t")
        mode, blob, stage = about.split(" ")
        entries.append(Entry(path, mode, blob, int(stage)))
    empty = {entry.path for entry in entries if entry.blob in _EMPTY and not entry.stage}
    intended = empty.difference(_to_be_committed(repo, empty)) if empty else empty
    yield from (entry for entry in entries if entry.path not in intended)


def _to_be_committed(repo: Repository, paths: Iterable[str]) -> Iterator[str]:
    """The files of the index that the next commit contains."""
    asked = ("--cached", "--name-only", "-z", "--no-renames", "--no-ext-diff", _INTENDED)
    wanted = tuple(paths)
    return _records(run(repo, "diff-index", *asked, repo.empty_tree, "--", *(wanted if len(wanted) <= _MANY else ())))


def tree(repo: Repository, commit: str | None, *paths: str) -> Iterator[Entry]:
    """Yield a commit's files, or those at or below some paths, sorted by path; none before the first commit."""
    if commit is None:
        return
    output = run(repo, "ls-tree", "-r", "-z", "--full-tree", "--end-of-options", commit, *_below(*paths))
    for record in _records(output):
        about, _tab, path = record.partition("\t")
        mode, _kind, blob = about.split(" ")
        yield Entry(path, mode, blob)


def changed_staged(repo: Repository, folder: str = "", *, renames: bool = True) -> tuple[Change, ...]:
    """Return the staged changes below a folder, compared with HEAD."""
    shown = ("--cached", "--raw", "-z", "--no-abbrev", "--no-ext-diff", "--ignore-submodules", _INTENDED)
    how = "--find-renames" if renames else "--no-renames"
    against = head(repo) or repo.empty_tree
    parts = iter(_records(run(repo, "diff-index", *shown, how, against, "--", *_below(folder))))
    return tuple(_change(about, parts) for about in parts)


def replaced(
    repo: Repository, folder: str, old: str, new: str | None = None, *, staged: bool = False
) -> tuple[Entry, ...]:
    """Return a commit's files below a folder that differ in another commit, else in the index or on the disk."""
    if new:
        return differing(repo, folder, old, new)[0]
    # Compared by size and time: a touched file is listed too.
    asked = (*(("--cached", _INTENDED) if staged else ()), *_RAW, old, "--", *_below(folder))
    return _sides(_records(run(repo, "diff-index", *asked)))[0]


def differing(repo: Repository, folder: str, old: str, new: str) -> tuple[tuple[Entry, ...], tuple[Entry, ...]]:
    """Return the files below a folder that differ between two commits, as they are in each of them."""
    asked = ("diff-tree", "-r", *_RAW, "--end-of-options", old, new, "--", *_below(folder))
    return _sides(_records(run(repo, *asked)))


def differing_along(
    repo: Repository, folder: str, pairs: Iterable[tuple[str, str]], *, submodules: bool = False
) -> Iterator[tuple[tuple[Entry, ...], tuple[Entry, ...]]]:
    """Yield what `differing` returns for each pair of an old and a new commit, from one git process.

    The old one of a commit without parents is empty. Changes of submodules are left out unless asked for.
    """
    asked = "".join(f"{new} {old}".rstrip() + "\n" for old, new in pairs).encode()
    which = "none" if submodules else "all"
    how = ("diff-tree", "--stdin", "--always", "--root", "-r", *_RAW, f"--ignore-submodules={which}")
    parts: list[str] = []
    for part in _records(run(repo, *how, "--", *_below(folder), data=asked)):
        # A pair begins with the id of its new commit.
        if len(parts) % 2 and not part.startswith(":"):
            yield _sides(parts[1:])
            parts = []
        parts.append(part)
    if parts:
        yield _sides(parts[1:])


def _sides(raw: Iterable[str]) -> tuple[tuple[Entry, ...], tuple[Entry, ...]]:
    old, new = [], []
    parts = iter(raw)
    for about, path in zip(parts, parts, strict=True):
        mode, now, blob, other, _status = about[1:].split(" ")
        old.append(Entry(path, mode, blob))
        new.append(Entry(path, now, other))
    one, two = (tuple(entry for entry in side if entry.blob.strip("0")) for side in (old, new))
    return one, two


def changed_between(repo: Repository, tree_ish: str, folder: str) -> Iterator[tuple[str, Entry | None]]:
    """Yield the index's files below a folder that differ from a tree; None for those that only the tree has."""
    asked = ("--cached", *_RAW, _INTENDED, "--end-of-options", tree_ish, "--", *_below(folder))
    parts = iter(_records(run(repo, "diff-index", *asked)))
    unsettled = []
    for line in parts:
        _old_mode, mode, _old_blob, blob, status = line.split(" ")
        path = next(parts)
        if status == "U":
            unsettled.append(path)
        else:
            yield path, None if status == "D" else Entry(path, mode, blob)
    for path in unsettled:
        # A snapshot reads the first stage, too.
        yield path, next(iter(staged(repo, path)), None)


def tree_of(repo: Repository, revision: str) -> str | None:
    """Return the tree of a commit; None before the first one."""
    return ask(repo, "rev-parse", "--verify", "--quiet", "--end-of-options", f"{revision}^{{tree}}")


def _change(about: str, paths: Iterator[str]) -> Change:
    _old_mode, _new_mode, old_blob, new_blob, status = about.split(" ")
    kind, old = status[0], next(paths)
    new = next(paths) if kind == "R" else old
    return Change(kind, None if kind == "A" else old, None if kind == "D" else new, old_blob, new_blob)


def changed_on_disk(repo: Repository, folder: str = "") -> tuple[str, ...]:
    """Return the files below a folder whose state on the disk differs from the index: changed, deleted or untracked."""
    # Git compares a touched file through its clean filter. A filter of the repository itself is disabled, and its files
    # are listed as changed: callers compare the bytes.
    kinds = ("--modified", "--deleted", "--others")
    output = run(repo, "ls-files", "-z", *kinds, "--", *_below(folder))
    return tuple(sorted(set(_records(output))))


def uncommitted(repo: Repository) -> tuple[str, ...]:
    """Return the files whose state on the disk or in the index no commit holds; ignored files are left out."""
    kinds = ("--modified", "--deleted", "--others", "--exclude-standard")
    in_index = {path for change in changed_staged(repo, renames=False) for path in (change.old, change.new) if path}
    return tuple(sorted(in_index.union(_records(run(repo, "ls-files", "-z", *kinds)))))


def on_disk(repo: Repository, folder: str) -> Iterator[Entry]:
    """Yield the files below a folder on the disk; one that differs from the index has no blob."""
    changed = {path: Entry(path, "100644", "") for path in changed_on_disk(repo, folder)}
    yield from (entry for entry in staged(repo, folder) if entry.path not in changed)
    yield from (entry for entry in changed.values() if os.path.lexists((repo.top or repo.git_dir) / entry.path))


def absent(repo: Repository, folder: str) -> tuple[Entry, ...]:
    """Return the index's files below a folder that a sparse checkout leaves out (the skip-worktree bit is set)."""
    if not has_flags(repo.index_file):
        return ()
    entries = []
    for record in _records(run(repo, "ls-files", "-t", "--stage", "-z", "--", *_below(folder))):
        about, _tab, path = record.partition("\t")
        tag, mode, blob, stage = about.split(" ")
        # If the file is on the disk anyway, git ignores the bit.
        if tag == "S" and stage == "0" and not os.path.lexists((repo.top or repo.git_dir) / path):
            entries.append(Entry(path, mode, blob))
    return tuple(entries)


def has_flags(index: Path) -> bool:
    """Whether entries of an index may have such a bit: version 2, the usual format, has none."""
    try:
        with index.open("rb") as file:
            version = file.read(8)[4:]
    except OSError:
        return False
    # A split index has most of its entries in another file.
    return version != b"\0\0\0\2" or any(index.parent.glob("sharedindex.*"))


def ignores(repo: Repository, path: str) -> bool:
    """Whether git ignores a path."""
    return _check_ignore(repo, ("--quiet", "--no-index"), path)[0] == 0


def ignored_by(repo: Repository, path: str) -> str:
    """Return the ignore pattern that matches an untracked file, with its file and line; empty if not ignored."""
    code, output = _check_ignore(repo, ("--verbose",), path)
    place, _tab, _path = os.fsdecode(output).partition("\t")
    # Negated patterns are listed as well.
    return "" if code or place.split(":", 2)[-1].startswith("!") else place


def first_ignored(repo: Repository, paths: Iterable[str]) -> tuple[str, str] | None:
    """Return the first of these untracked files that git ignores, with the pattern as `ignored_by` gives it."""
    names = "".join(f"{path}\0" for path in paths)
    # With its index, git compares each path with each file of the index.
    asked = ("check-ignore", "--no-index", "--verbose", "-z", "--stdin")
    code, output, _words = attempt(repo, *asked, data=os.fsencode(names), env={"GIT_LITERAL_PATHSPECS": "0"})
    fields = iter(os.fsdecode(output).split("\0")[:-1] if not code else [])
    hits = [
        (path, f"{file}:{line}:{pattern}")
        for file, line, pattern, path in zip(*[fields] * 4, strict=True)
        if not pattern.startswith("!")
    ]
    # A file that was added in spite of the pattern isn't ignored.
    tracked = frozenset(_records(run(repo, "ls-files", "-z"))) if hits else frozenset()
    return next((hit for hit in hits if hit[0] not in tracked), None)


def _check_ignore(repo: Repository, asked: tuple[str, ...], path: str) -> tuple[int, bytes]:
    # The command has no literal pathspecs; our paths contain no wildcards.
    code, output, _words = attempt(repo, "check-ignore", *asked, "--", path, env={"GIT_LITERAL_PATHSPECS": "0"})
    return code, output


def ignored(repo: Repository, folder: str) -> tuple[str, ...]:
    """Return the ignored, untracked files below a folder."""
    asked = ("--others", "--ignored", "--exclude-standard", "-z")
    return tuple(_records(run(repo, "ls-files", *asked, "--", *_below(folder))))


def read_blobs(repo: Repository, ids: Iterable[str]) -> Iterator[tuple[str, bytes]]:
    """Yield the id and bytes of each blob, in the given order, by one git process."""
    wanted = tuple(ids)
    for blob, content in zip(wanted, _contents(repo, wanted, None), strict=True):
        if isinstance(content, bytes):
            yield blob, content


def blobs_within(repo: Repository, ids: Iterable[str], limit: int | None) -> Iterator[bytes | int]:
    """Yield the bytes of each blob, in the given order, or its size if above the limit."""
    return _contents(repo, tuple(ids), limit)


def _contents(repo: Repository, wanted: tuple[str, ...], limit: int | None) -> Iterator[bytes | int]:
    asked = "".join(f"{blob}\n" for blob in wanted).encode()
    with reading(repo, "cat-file", "--batch", "--buffer", data=asked) as output:
        for blob in wanted:
            about = output.readline().split()
            if len(about) != 3 or about[1] != b"blob":
                if partial(repo):
                    raise content_missing(blob)
                raise failed("cat-file", f"the content of {blob} is missing from this clone or damaged".encode())
            yield _content(output, int(about[2]), limit)


class Stored(NamedTuple):
    """An object: its kind, empty if missing, its first bytes, and its size."""

    kind: str
    data: bytes
    size: int


def objects(repo: Repository, ids: Iterable[str], limit: int) -> Iterator[Stored]:
    """Yield the objects of these ids, in the given order, by one git process; each with at most `limit` bytes."""
    wanted = tuple(ids)
    asked = "".join(f"{id_}\n" for id_ in wanted).encode()
    with reading(repo, "cat-file", "--batch", "--buffer", data=asked) as output:
        for _id in wanted:
            about = output.readline().split()
            if len(about) != 3:
                yield Stored("", b"", 0)
                continue
            size = int(about[2])
            data = output.read(min(size, limit))
            _pass_over(output, size - len(data) + 1)
            yield Stored(about[1].decode(), data, size)


def _pass_over(output: IO[bytes], left: int) -> None:
    while left > 0 and (part := output.read(min(left, _PART))):
        left -= len(part)


def _content(output: IO[bytes], size: int, limit: int | None) -> bytes | int:
    if limit is not None and size > limit:
        _pass_over(output, size + 1)
        return size
    data = output.read(size)
    output.read(1)
    return data


def blob_id(data: bytes, object_format: str = "sha1") -> str:
    """Return git's id of these bytes."""
    import hashlib

    return hashlib.new(object_format, b"blob %d\0" % len(data) + data, usedforsecurity=False).hexdigest()


def blob_of(repo: Repository, data: bytes | None) -> str | None:
    """Return the id of these bytes in a repository; None for a missing file."""
    return None if data is None else blob_id(data, repo.object_format)


def _below(*paths: str) -> tuple[str, ...]:
    return tuple(path.strip("/") for path in paths if path.strip("/"))


def _records(output: bytes) -> Iterator[str]:
    return iter(os.fsdecode(output).split("\0")[:-1])
