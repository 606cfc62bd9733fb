"""The user's index, brought along when the tool commits: a stale one would undo our change at their next commit."""

from __future__ import annotations

import os
import shutil
import signal
import threading
import time
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING

from crmtext.disk.files import plainly, read, sync_folder, temporary, write
from crmtext.git.failure import failed
from crmtext.git.plumbing import Repository, run
from crmtext.git.reading import absent, has_flags
from crmtext.i18n import _
from crmtext.problem import CrmError, cannot

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from pathlib import Path

#: What git's lock begins with when we took it, so that one left by a killed process of ours is known for ours.
_MARK = b"taken by crmtext\n"
#: The note of one who, found dead, has left nothing that the next writer could finish by it.
NOTHING = b"nothing\n"
_PATIENCE = 5.0
#: An index of millions of files is smaller.
LARGEST = 1 << 30


def change(repo: Repository, index: Path, changes: bytes, config: Sequence[str] = ()) -> None:
    """Change entries of an index file, as `update-index --index-info` reads them."""
    asked = ("--verbose", "-z", "--index-info")
    env = {"GIT_INDEX_FILE": str(index)}
    done = run(repo, "update-index", *asked, data=changes, env=env, config=config)
    added = (record.partition(b"\t")[2] for record in changes.split(b"\0") if record and record[:2] != b"0 ")
    # A path that git does not like is passed over, and update-index says it went well.
    if done != b"".join(b"add '%s'\n" % path for path in added):
        raise failed("update-index", b"a path that git does not take")


@contextmanager
def locked(repo: Repository, note: bytes) -> Iterator[None]:
    """Keep every git program from changing the index for the length of a block."""
    lock(repo, note)
    try:
        yield
    finally:
        unlock(repo)


def lock(repo: Repository, note: bytes) -> None:
    """Keep every git program from changing the index from now on; the note is for who finds us dead."""
    until = time.monotonic() + _PATIENCE
    while not _taken(repo.index_lock, note):
        if time.monotonic() > until:
            hint = _("if no git program is running, remove {file}").format(file=repo.index_lock)
            raise cannot("git-locked", _("another git program is using this repository"), hint)
        time.sleep(0.02)


def unlock(repo: Repository) -> None:
    """Let git programs change the index again."""
    try:
        repo.index_lock.unlink(missing_ok=True)
    except OSError:
        # Left there it would stop every git program, so one more try is due.
        repo.index_lock.unlink(missing_ok=True)


def left_locked(repo: Repository) -> bytes | None:
    """The note of a killed process of ours that still locks the index, where there is one; under the store's lock."""
    # Somebody else's lock may be anything; one that is no file of ours stays, and is told of by who needs the index.
    try:
        content = _content(repo.index_lock)
    except CrmError:
        return None
    return content.removeprefix(_MARK) if content.startswith(_MARK) else None


def _taken(lock: Path, note: bytes) -> bool:
    try:
        # Comes into being with all of its text: a lock without our mark would be nobody's.
        write(lock, _MARK + note, None)
    except CrmError as error:
        if error.problem.rule == "changed-meanwhile":
            return False
        # It may be there all the same, and its note would have a commit finished that has failed.
        if _content(lock) == _MARK + note:
            lock.unlink()
        raise
    return True


def _content(file: Path) -> bytes:
    return read(file, limit=LARGEST) or b""


@contextmanager
def uninterrupted() -> Iterator[None]:
    """Let neither Ctrl-C nor a closed terminal stop us, or a git of ours, in the moment when index and HEAD differ."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    signals = [getattr(signal, name) for name in ("SIGINT", "SIGTERM", "SIGHUP") if hasattr(signal, name)]
    before = [signal.signal(number, signal.SIG_IGN) for number in signals]
    try:
        yield
    finally:
        for number, handler in zip(signals, before, strict=True):
            signal.signal(number, handler)


@contextmanager
def brought_along(repo: Repository, changes: bytes) -> Iterator[None]:
    """Change entries of the index for a block that moves HEAD, and change them back if it fails.

    The index goes first: killed between the two, the change is staged; the other way round its undoing would be.
    """
    index = repo.index_file
    before = _content(index)
    try:
        _replace(repo, before, changes)
        yield
    except Exception:
        _replace(repo, before, b"")
        raise


def settle(repo: Repository, wanted: Iterable[str]) -> None:
    """Take files into the index as they are on the disk, or as gone, and their conflicts out of it."""
    listed = os.fsencode("".join(f"{path}\0" for path in wanted))
    with locked(repo, NOTHING), copied(repo) as fresh:
        env = {"GIT_INDEX_FILE": str(fresh)}
        run(repo, "update-index", "--add", "--remove", "-z", "--stdin", data=listed, env=env)


@contextmanager
def copied(repo: Repository) -> Iterator[Path]:
    """A copy of the index that is locked, which takes its place at the end of a block."""
    index = repo.index_file
    with plainly(index), temporary(index) as fresh:
        shutil.copyfile(index, fresh)
        yield fresh
        fresh.replace(index)
    # It is in place, and a failure told of would have the files taken back without it. Should the power go, git may
    # tell of a conflict once more that is settled in the file.
    with suppress(OSError):
        sync_folder(index.parent)


def bring(repo: Repository, changes: bytes) -> None:
    """Change entries of the index that is locked."""
    if changes:
        _replace(repo, _content(repo.index_file), changes, new=False)


def reveal(repo: Repository, paths: Iterable[str], *, again: bool = False) -> None:
    """Have files that a sparse checkout keeps off the disk count as on it; with `again`, as off it."""
    listed = os.fsencode("".join(f"{path}\0" for path in paths))
    with locked(repo, NOTHING), copied(repo) as fresh:
        _mark(repo, fresh, listed, sparse=again)


def show(repo: Repository, index: Path, paths: Iterable[str]) -> None:
    """Write files of a locked index to the disk that a sparse checkout has kept off it."""
    listed = os.fsencode("".join(f"{path}\0" for path in paths))
    if listed:
        _mark(repo, index, listed, sparse=False)
        run(repo, "checkout-index", "-z", "--stdin", data=listed, env={"GIT_INDEX_FILE": str(index)})


def _keep_sparse(repo: Repository, index: Path, changes: bytes, *, new: bool) -> None:
    """Where the index keeps files off the disk, keep it so for those of the changes that aren't there.

    A file that the index did not have is kept off, too, if it is `new`: else it is missing, and somebody sees to that.
    """
    if not has_flags(repo.index_file):
        return
    added = (record.partition(b"\t")[2] for record in changes.split(b"\0") if record and record[:2] != b"0 ")
    off = {path for path in added if not os.path.lexists((repo.top or repo.git_dir) / os.fsdecode(path))}
    if not new:
        off &= {os.fsencode(each.path) for each in absent(repo, "")}
    _mark(repo, index, b"".join(path + b"\0" for path in sorted(off)), sparse=True)


def _mark(repo: Repository, index: Path, listed: bytes, *, sparse: bool) -> None:
    if listed:
        env = {"GIT_INDEX_FILE": str(index)}
        run(repo, "update-index", f"--{'' if sparse else 'no-'}skip-worktree", "-z", "--stdin", data=listed, env=env)


def _replace(repo: Repository, before: bytes, changes: bytes, *, new: bool = True) -> None:
    index = repo.index_file
    with plainly(index), temporary(index) as fresh:
        if before:
            fresh.write_bytes(before)
        if changes:
            change(repo, fresh, changes)
            _keep_sparse(repo, fresh, changes, new=new)
        if fresh.exists():
            fresh.replace(index)
        else:
            index.unlink(missing_ok=True)
        sync_folder(index.parent)
