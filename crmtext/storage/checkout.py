"""Going to another commit, or into a merge that a person decides: work tree, index and HEAD together, or none of them.

The lock of the index tells of the step until it is done, so that no git program sees half of it, and the next writer
who finds us dead puts back what was there.
"""

from __future__ import annotations

import os
import re
from contextlib import suppress
from typing import TYPE_CHECKING, NamedTuple

from crmtext.disk import files
from crmtext.git.merge import unmerged
from crmtext.git.plumbing import Repository, attempt, head, run
from crmtext.git.reading import Entry, changed_on_disk, tree
from crmtext.problem import CrmError
from crmtext.storage import fsync, move_head, user_index

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

_SIGN = b"step "
_NOTE = re.compile(rb"step (?:(?:[0-9a-f]{40}|[0-9a-f]{64}) ){2}(?:[0-9a-f]+|-) (?:[0-9a-f]+|-)")
_LINK, _MODULE = "120000", "160000"


class CheckoutStep(NamedTuple):
    """From one commit to the files of a tree, which another commit holds, or a merge that is still to be decided."""

    old: str
    tree: str
    #: The commit to go to; empty for a merge with conflicts.
    made: str = ""
    #: The commit that is merged then, the message for it, and what is in conflict.
    theirs: str = ""
    message: str = ""
    stages: tuple[Entry, ...] = ()

    @property
    def note(self) -> bytes:
        """The step in a line, and the message, for who has to put things back."""
        words = (self.old, self.tree, self.made or "-", self.theirs or "-")
        return _SIGN + " ".join(words).encode() + b"\n" + self.message.encode()

    @classmethod
    def noted(cls, note: bytes) -> CheckoutStep | None:
        """The step that such a note tells; None where it tells of something else."""
        line, _end, message = note.partition(b"\n")
        if not line.startswith(_SIGN):
            return None
        if not _NOTE.fullmatch(line):
            return None
        old, tree, made, theirs = line.removeprefix(_SIGN).decode().replace("-", "").split(" ")
        return cls(old, tree, made, theirs, message.decode("utf-8", "replace"))


def take(repo: Repository, step: CheckoutStep, says: str) -> None:
    """Go a step, under the store's lock; where anything fails all is as it was. `says` is for the log of HEAD."""
    fsync.sync_objects(repo, everything=True)
    with user_index.uninterrupted():
        user_index.lock(repo, step.note)
        try:
            _go(repo, step, says)
        except BaseException:
            # Where this fails as well the lock stays, and the next writer does it.
            with suppress(OSError, CrmError):
                put_back(repo, step)
                user_index.unlock(repo)
            raise
        user_index.unlock(repo)


def put_back(repo: Repository, step: CheckoutStep) -> bool:
    """Put back what was before a step that was not gone to its end; whether it was. What others changed since stays."""
    if _arrived(repo, step):
        return True
    # Somebody who took the lock away may have gone elsewhere.
    if head(repo) == step.old:
        _forget_merge(repo, step)
        changed = _changed(repo, step.old, step.tree)
        before = {path: old for path, (old, _new) in changed.items()}
        before |= {path: _entry(repo, step.old, path) for path in unmerged(repo).keys() - changed.keys()}
        user_index.bring(repo, _lines(repo, before))
        _restore(repo, step, changed)
    return False


def finish(repo: Repository, step: CheckoutStep) -> None:
    """See to the step of a writer that was killed with its git."""
    move_head.release(repo)
    if put_back(repo, step):
        fsync.sync_head(repo)


def differing(repo: Repository, step: CheckoutStep) -> frozenset[str]:
    """The files that a step changes, and those it leaves in conflict."""
    return frozenset({*_changed(repo, step.old, step.tree), *(each.path for each in step.stages)})


def _go(repo: Repository, step: CheckoutStep, says: str) -> None:
    with user_index.copied(repo) as fresh:
        env = {"GIT_INDEX_FILE": str(fresh)}
        # What we have put into the index ourselves has no times yet, by which git tells that a file is as it was.
        attempt(repo, "update-index", "-q", "--refresh", env=env)
        run(repo, "read-tree", "-m", "-u", step.old, step.tree, env=env)
        if step.stages:
            # A conflict is decided on the disk, also in a sparse checkout.
            user_index.show(repo, fresh, _absent(repo, step))
            user_index.change(repo, fresh, _lines(repo, {each.path: None for each in step.stages}, step.stages))
    if step.made:
        move_head.carry_out(repo, move_head.HeadMove(step.old, step.made), says)
        fsync.sync_head(repo)
    else:
        _write_merge(repo, step)


def _absent(repo: Repository, step: CheckoutStep) -> tuple[str, ...]:
    """The files in conflict that are not on the disk, though the tree has them."""
    paths = dict.fromkeys(
        each.path for each in step.stages if not os.path.lexists((repo.top or repo.git_dir) / each.path)
    )
    return tuple(path for path in paths if _entry(repo, step.tree, path))


def _arrived(repo: Repository, step: CheckoutStep) -> bool:
    if step.made:
        return head(repo) == step.made
    return head(repo) == step.old and files.read(repo.git_dir / "MERGE_HEAD") == f"{step.theirs}\n".encode()


def _write_merge(repo: Repository, step: CheckoutStep) -> None:
    """Have git know that a merge is to be finished; what makes it so comes last."""
    told = {"MERGE_MSG": f"{step.message}\n", "MERGE_MODE": "no-ff", "MERGE_HEAD": f"{step.theirs}\n"}
    for name, text in told.items():
        file = repo.git_dir / name
        files.write(file, text.encode(), files.read(file))


def _forget_merge(repo: Repository, step: CheckoutStep) -> None:
    for name in ("MERGE_MODE", "MERGE_MSG"):
        file = repo.git_dir / name
        if step.message and (name == "MERGE_MODE" or files.read(file) == f"{step.message}\n".encode()):
            files.delete(file)


Changed = dict[str, tuple[Entry | None, Entry | None]]


def _changed(repo: Repository, old: str, new: str) -> Changed:
    """The files that differ in two trees, as each of them has it."""
    output = run(repo, "diff-tree", "-r", "-z", "--no-abbrev", "--no-renames", "--end-of-options", old, new)
    parts = iter(os.fsdecode(output).split("\0")[:-1])
    found: Changed = {}
    for about in parts:
        modes_and_blobs, path = about.lstrip(":").split(" "), next(parts)
        sides = zip(modes_and_blobs[:2], modes_and_blobs[2:4], strict=True)
        was, now = (Entry(path, mode, blob) if mode.strip("0") else None for mode, blob in sides)
        found[path] = (was, now)
    return found


def _entry(repo: Repository, commit: str, path: str) -> Entry | None:
    return next((each for each in tree(repo, commit, path) if each.path == path), None)


def _lines(repo: Repository, entries: Mapping[str, Entry | None], further: Iterable[Entry] = ()) -> bytes:
    """What `update-index --index-info` reads: whatever is known of these paths goes, and then these entries come."""
    lines, nothing = [], "0" * len(repo.empty_tree)
    for path, entry in entries.items():
        # A path that is removed first has no stages left.
        lines.append(f"0 {nothing}\t{path}\0")
        lines += [f"{entry.mode} {entry.blob}\t{path}\0"] if entry else []
    lines += [f"{each.mode} {each.blob} {each.stage}\t{each.path}\0" for each in further]
    return os.fsencode("".join(lines))


def _restore(repo: Repository, step: CheckoutStep, changed: Changed) -> None:
    """Put back the files that git wrote, or half wrote; one that holds something else is somebody's work and stays."""
    touched = [path for path in changed_on_disk(repo) if path in changed]
    ours = [path for path in touched if _is_gits(repo, step, path, changed[path])]
    again = [path for path in ours if changed[path][0]]
    listed = os.fsencode("".join(f"{path}\0" for path in again))
    run(repo, "checkout-index", "--force", "-z", "--stdin", data=listed)
    for path in ours:
        if changed[path][0] is None:
            _remove(repo, path)


def _is_gits(repo: Repository, step: CheckoutStep, path: str, sides: tuple[Entry | None, Entry | None]) -> bool:
    """Whether a file is what git leaves that is killed while it writes: nothing, or the beginning of either side."""
    found = _on_disk(repo.top or repo.git_dir, path)
    if found is None:
        return True
    trees = zip((step.old, step.tree), sides, strict=True)
    return any(_content(repo, name, entry).startswith(found) for name, entry in trees if entry)


def _on_disk(top: Path, path: str) -> bytes | None:
    file = top / path
    if file.is_symlink():
        return os.fsencode(file.readlink())
    try:
        return files.read(file, within=top, limit=user_index.LARGEST)
    except CrmError:
        # A folder of somebody's stays as well, and what lies behind a link: nothing begins like this.
        return b"\0/"


def _content(repo: Repository, name: str, entry: Entry) -> bytes:
    """A file of a tree as it is written to the disk."""
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
