"""Updating the user's index after our commits: a stale index would undo our change in the user's next commit."""

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

#: The beginning of a lock of ours, which identifies one left by a killed process.
_MARK = b"taken by crmtext\n"
#: The note of a lock that leaves nothing to finish after a crash.
NOTHING = b"nothing\n"
_PATIENCE = 5.0
#: Enough for an index of millions of files.
LARGEST = 1 << 30


def change(repo: Repository, index: Path, changes: bytes, config: Sequence[str] = ()) -> None:
    """Change entries of an index file, as `update-index --index-info` reads them."""
    asked = ("--verbose", "-z", "--index-info")
    env = {"GIT_INDEX_FILE": str(index)}
    done = run(repo, "update-index", *asked, data=changes, env=env, config=config)
    added = (record.partition(b"\t")[2] for record in changes.split(b"\0") if record and record[:2] != b"0 ")
    # Git skips an invalid path without an error.
    if done != b"".join(b"add '%s'\n" % path for path in added):
        raise failed("update-index", b"a path that git does not take")


@contextmanager
def locked(repo: Repository, note: bytes) -> Iterator[None]:
    """Lock the index for all git programs during a block."""
    lock(repo, note)
    try:
        yield
    finally:
        unlock(repo)


def lock(repo: Repository, note: bytes) -> None:
    """Lock the index for all git programs; the note is for the next writer if this one is killed."""
    until = time.monotonic() + _PATIENCE
    while not _taken(repo.index_lock, note):
        if time.monotonic() > until:
            hint = _("if no git program is running, remove {file}").format(file=repo.index_lock)
            raise cannot("git-locked", _("another git program is using this repository"), hint)
        time.sleep(0.02)


def unlock(repo: Repository) -> None:
    """Unlock the index."""
    try:
        repo.index_lock.unlink(missing_ok=True)
    except OSError:
        # A lock left behind would stop every git program, so try twice.
        repo.index_lock.unlink(missing_ok=True)


def left_note(repo: Repository) -> bytes | None:
    """Return the note of a killed process of ours that still locks the index, if any; under the store's lock."""
    # A lock of another program may be anything, even no file. It stays, and locking the index reports it.
    try:
        content = _content(repo.index_lock)
    except CrmError:
        return None
    return content.removeprefix(_MARK) if content.startswith(_MARK) else None


def _taken(lock: Path, note: bytes) -> bool:
    try:
        # Created with its whole content: a lock without our mark would belong to nobody.
        write(lock, _MARK + note, None)
    except CrmError as error:
        if error.problem.rule == "changed-meanwhile":
            return False
        # It may have been created anyway, and its note would finish a commit that has failed.
        if _content(lock) == _MARK + note:
            lock.unlink()
        raise
    return True


def _content(file: Path) -> bytes:
    return read(file, limit=LARGEST) or b""


@contextmanager
def uninterrupted() -> Iterator[None]:
    """Ignore Ctrl-C and a closed terminal, also in our git processes, while index and HEAD differ."""
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
def index_changed(repo: Repository, changes: bytes) -> Iterator[None]:
    """Change entries of the index for a block that moves HEAD, and restore them if it fails.

    The index changes first: after a crash between the two, the change is staged; otherwise its reversal would be.
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
    """Stage files as they are on the disk, deleted ones too, which removes their conflicts."""
    listed = os.fsencode("".join(f"{path}\0" for path in wanted))
    with locked(repo, NOTHING), copied(repo) as fresh:
        env = {"GIT_INDEX_FILE": str(fresh)}
        run(repo, "update-index", "--add", "--remove", "-z", "--stdin", data=listed, env=env)


@contextmanager
def copied(repo: Repository) -> Iterator[Path]:
    """A copy of the locked index that replaces it at the end of a block."""
    index = repo.index_file
    with plainly(index), temporary(index) as fresh:
        shutil.copyfile(index, fresh)
        yield fresh
        fresh.replace(index)
    # The index is replaced: an error now would roll back the files without it. After a power cut, git may list a
    # conflict again that is resolved in the file.
    with suppress(OSError):
        sync_folder(index.parent)


def bring(repo: Repository, changes: bytes) -> None:
    """Change entries of the locked index."""
    if changes:
        _replace(repo, _content(repo.index_file), changes, new=False)


def reveal(repo: Repository, paths: Iterable[str], *, again: bool = False) -> None:
    """Clear the skip-worktree bit of files that a sparse checkout leaves out; with `again`, set it."""
    listed = os.fsencode("".join(f"{path}\0" for path in paths))
    with locked(repo, NOTHING), copied(repo) as fresh:
        _mark(repo, fresh, listed, sparse=again)


def show(repo: Repository, index: Path, paths: Iterable[str]) -> None:
    """Write files of a locked index to the disk that a sparse checkout has left out."""
    listed = os.fsencode("".join(f"{path}\0" for path in paths))
    if listed:
        _mark(repo, index, listed, sparse=False)
        run(repo, "checkout-index", "-z", "--stdin", data=listed, env={"GIT_INDEX_FILE": str(index)})


def _keep_sparse(repo: Repository, index: Path, changes: bytes, *, new: bool) -> None:
    """Set the skip-worktree bit of changed files that aren't on the disk, if the index uses that bit.

    Of files that the index did not have only if `new`: otherwise they are missing, and the caller restores them.
    """
    if not has_flags(repo.index_file):
        return
    added = (record.partition(b"\t")[2] for record in changes.split(b"\0") if record and record[:2] != b"0 ")
    off = {path for path in added if not os.path.lexists((repo.top or repo.git_dir) / os.fsdecode(path))}
    if not new:
        off &= {os.fsencode(entry.path) for entry in absent(repo, "")}
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
