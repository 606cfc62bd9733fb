"""Checkout of another commit, or of a merge with conflicts: work tree, index and HEAD change together or not at all.

The lock of the index holds a note of the step until it is done, so that no git program sees a part of it, and the next
writer can roll back after a crash.
"""

from __future__ import annotations

import os
import re
from contextlib import suppress
from typing import TYPE_CHECKING, NamedTuple

from crmtext.disk import files
from crmtext.git.merge import unmerged
from crmtext.git.plumbing import Repository, attempt, head, run
from crmtext.git.reading import Entry, blob_of, changed_on_disk, tree
from crmtext.problem import CrmError
from crmtext.storage import fsync, move_head, user_index

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

_SIGN = b"step "
_NOTE = re.compile(rb"step (?:(?:[0-9a-f]{40}|[0-9a-f]{64}) ){2}(?:[0-9a-f]+|-) (?:[0-9a-f]+|-)")
_LINK, _MODULE = "120000", "160000"


class CheckoutStep(NamedTuple):
    """A step from one commit to a tree: that of another commit, or of a merge with conflicts."""

    old: str
    tree: str
    #: The new HEAD; empty for a merge with conflicts.
    commit: str = ""
    #: For a merge with conflicts: the other commit, the message, and the unmerged entries.
    theirs: str = ""
    message: str = ""
    stages: tuple[Entry, ...] = ()

    @property
    def note(self) -> bytes:
        """The step in a line, and the message, for the writer that rolls it back."""
        words = (self.old, self.tree, self.commit or "-", self.theirs or "-")
        return _SIGN + " ".join(words).encode() + b"\n" + self.message.encode()

    @classmethod
    def noted(cls, note: bytes) -> CheckoutStep | None:
        """Return the step of a note; None if it is another kind of note."""
        line, _end, message = note.partition(b"\n")
        if not line.startswith(_SIGN):
            return None
        if not _NOTE.fullmatch(line):
            return None
        old, tree, commit, theirs = line.removeprefix(_SIGN).decode().replace("-", "").split(" ")
        return cls(old, tree, commit, theirs, message.decode("utf-8", "replace"))


def take(repo: Repository, step: CheckoutStep, says: str) -> None:
    """Carry out a step, under the store's lock; rolled back on any error. `says` is the message for HEAD's reflog."""
    fsync.sync_objects(repo, everything=True)
    with user_index.uninterrupted():
        user_index.lock(repo, step.note)
        try:
            _go(repo, step, says)
        except BaseException:
            # If this fails as well, the lock stays and the next writer rolls back.
            with suppress(OSError, CrmError):
                put_back(repo, step)
                user_index.unlock(repo)
            raise
        user_index.unlock(repo)


def put_back(repo: Repository, step: CheckoutStep) -> bool:
    """Roll back an unfinished step, except for later changes by others; returns whether the step was finished."""
    if _arrived(repo, step):
        return True
    # HEAD may have moved after somebody removed the lock.
    if head(repo) == step.old:
        _forget_merge(repo, step)
        changed = _changed(repo, step.old, step.tree)
        before = {path: old for path, (old, _new) in changed.items()}
        before |= {path: _entry(repo, step.old, path) for path in unmerged(repo).keys() - changed.keys()}
        user_index.bring(repo, _lines(repo, before))
        _restore(repo, step, changed)
    return False


def finish(repo: Repository, step: CheckoutStep) -> None:
    """Finish or roll back the step of a killed writer."""
    move_head.release(repo)
    if put_back(repo, step):
        fsync.sync_head(repo)


def differing(repo: Repository, step: CheckoutStep) -> frozenset[str]:
    """Return the files that a step changes, and its conflicts."""
    return frozenset({*_changed(repo, step.old, step.tree), *(entry.path for entry in step.stages)})


def _go(repo: Repository, step: CheckoutStep, says: str) -> None:
    with user_index.copied(repo) as fresh:
        env = {"GIT_INDEX_FILE": str(fresh)}
        # Entries that we wrote to the index have no times yet, so git would take their files for changed.
        attempt(repo, "update-index", "-q", "--refresh", env=env)
        run(repo, "read-tree", "-m", "-u", step.old, step.tree, env=env)
        if step.stages:
            # Conflicts are resolved on the disk, also in a sparse checkout.
            user_index.show(repo, fresh, _absent(repo, step))
            user_index.change(repo, fresh, _lines(repo, {entry.path: None for entry in step.stages}, step.stages))
    if step.commit:
        move_head.carry_out(repo, move_head.HeadMove(step.old, step.commit), says)
        fsync.sync_head(repo)
    else:
        _write_merge(repo, step)


def _absent(repo: Repository, step: CheckoutStep) -> tuple[str, ...]:
    """The files in conflict that the tree has, but not the disk."""
    paths = dict.fromkeys(
        entry.path for entry in step.stages if not os.path.lexists((repo.top or repo.git_dir) / entry.path)
    )
    return tuple(path for path in paths if _entry(repo, step.tree, path))


def _arrived(repo: Repository, step: CheckoutStep) -> bool:
    if step.commit:
        return head(repo) == step.commit
    return head(repo) == step.old and files.read(repo.git_dir / "MERGE_HEAD") == f"{step.theirs}\n".encode()


def _write_merge(repo: Repository, step: CheckoutStep) -> None:
    """Write git's files of an unfinished merge; MERGE_HEAD last, which makes it one."""
    texts = {"MERGE_MSG": f"{step.message}\n", "MERGE_MODE": "no-ff", "MERGE_HEAD": f"{step.theirs}\n"}
    for name, text in texts.items():
        file = repo.git_dir / name
        files.write(file, text.encode(), files.read(file))


def _forget_merge(repo: Repository, step: CheckoutStep) -> None:
    for name in ("MERGE_MODE", "MERGE_MSG"):
        file = repo.git_dir / name
        if step.message and (name == "MERGE_MODE" or files.read(file) == f"{step.message}\n".encode()):
            files.delete(file)


Changed = dict[str, tuple[Entry | None, Entry | None]]


def _changed(repo: Repository, old: str, new: str) -> Changed:
    """The files that differ between two trees, with both entries."""
    output = run(repo, "diff-tree", "-r", "-z", "--no-abbrev", "--no-renames", "--end-of-options", old, new)
    parts = iter(os.fsdecode(output).split("\0")[:-1])
    changed: Changed = {}
    for about in parts:
        modes_and_blobs, path = about.lstrip(":").split(" "), next(parts)
        sides = zip(modes_and_blobs[:2], modes_and_blobs[2:4], strict=True)
        was, now = (Entry(path, mode, blob) if mode.strip("0") else None for mode, blob in sides)
        changed[path] = (was, now)
    return changed


def _entry(repo: Repository, commit: str, path: str) -> Entry | None:
    return next((entry for entry in tree(repo, commit, path) if entry.path == path), None)


def _lines(repo: Repository, entries: Mapping[str, Entry | None], further: Iterable[Entry] = ()) -> bytes:
    """The input of `update-index --index-info` that replaces all stages of these paths by these entries."""
    lines, nothing = [], "0" * len(repo.empty_tree)
    for path, entry in entries.items():
        # Removing the path first removes all its stages.
        lines.append(f"0 {nothing}\t{path}\0")
        lines += [f"{entry.mode} {entry.blob}\t{path}\0"] if entry else []
    lines += [f"{stage.mode} {stage.blob} {stage.stage}\t{stage.path}\0" for stage in further]
    return os.fsencode("".join(lines))


def _restore(repo: Repository, step: CheckoutStep, changed: Changed) -> None:
    """Restore the files that git wrote, or partly wrote; others hold somebody's work and stay."""
    touched = [path for path in changed_on_disk(repo) if path in changed]
    ours = [path for path in touched if _is_gits(repo, step, path, changed[path])]
    again = [path for path in ours if changed[path][0]]
    listed = os.fsencode("".join(f"{path}\0" for path in again))
    run(repo, "checkout-index", "--force", "-z", "--stdin", data=listed)
    for path in ours:
        if changed[path][0] is None:
            _remove(repo, path)


def _is_gits(repo: Repository, step: CheckoutStep, path: str, sides: tuple[Entry | None, Entry | None]) -> bool:
    """Whether a killed git may have left a file like this: missing, or the beginning of either side."""
    content = _on_disk(repo.top or repo.git_dir, path)
    if content is None or blob_of(repo, content) in {entry.blob for entry in sides if entry}:
        return True
    trees = zip((step.old, step.tree), sides, strict=True)
    return any(_content(repo, name, entry).startswith(content) for name, entry in trees if entry)


def _on_disk(top: Path, path: str) -> bytes | None:
    file = top / path
    if file.is_symlink():
        return os.fsencode(file.readlink())
    try:
        return files.read(file, within=top, limit=user_index.LARGEST)
    except CrmError:
        # A folder, or a file behind a link, stays as well: no content begins like this.
        return b"\0/"


def _content(repo: Repository, name: str, entry: Entry) -> bytes:
    """A file of a tree in the form that is written to the disk."""
    if entry.mode == _MODULE:
        return b""
    how = "blob" if entry.mode == _LINK else "--filters"
    return run(repo, "cat-file", how, f"{name}:{entry.path}")


def _remove(repo: Repository, path: str) -> None:
    top = repo.top or repo.git_dir
    file = top / path
    files.delete(file, within=top)
    with suppress(OSError):
        for folder in file.parents:
            if folder == top:
                break
            folder.rmdir()
