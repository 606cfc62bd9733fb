"""Writing one file so that it is either as it was or as it should be, and the lock that writers take."""

from __future__ import annotations

import errno
import os
import stat
import sys
import threading
import time
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING

from crmtext.i18n import _
from crmtext.problem import CrmError, Place, cannot

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

#: What half-written files and locks are called; for a store's ignored files.
LEFTOVERS = ".crmtext-*.tmp*"
LOCK = ".crmtext.lock"
_FULL = (errno.ENOSPC, errno.EDQUOT)
_REFUSED = (errno.EACCES, errno.EPERM, errno.EROFS)


def read(path: Path, *, within: Path | None = None) -> bytes | None:
    """The bytes of a file, None when there is none; refuses links and whatever else is no plain file."""
    if within is not None and not path.parent.resolve().is_relative_to(within.resolve()):
        raise cannot("outside-store", _("'{path}' leads out of the store").format(path=path), place=Place(str(path)))
    with plainly(path):
        return path.read_bytes() if _is_there(path) else None


def _is_there(path: Path) -> bool:
    """Whether there is a file; raises CrmError where there is something else, such as a link."""
    try:
        mode = path.lstat().st_mode
    except FileNotFoundError:
        return False
    if not stat.S_ISREG(mode):
        message = _("'{path}' is a link or a folder, not a file").format(path=path)
        raise cannot("not-a-file", message, _("put a plain file in its place"), Place(str(path)))
    return True


def write(
    path: Path, data: bytes, expected: bytes | None, *, within: Path | None = None, mode: int | None = None
) -> None:
    """Replace a file that still holds what was read of it; with `expected` None make one that was not there."""
    guard(path, expected, within=within)
    with plainly(path):
        make_folder(path.parent)
    temporary = fill(path, data, mode)
    try:
        # Looked at again: writing took a while, and an editor knows nothing of our lock.
        put(temporary, path, expected, within=within)
    finally:
        with suppress(OSError):
            temporary.unlink(missing_ok=True)
    with plainly(path):
        sync_folder(path.parent)


def guard(path: Path, expected: bytes | None, *, within: Path | None = None) -> None:
    """Refuse where a file does not hold what is expected; None expects that there is none."""
    if read(path, within=within) != expected:
        raise _changed(path)


def make_folder(folder: Path) -> None:
    """Make a folder with those above it, so that their names survive a power cut."""
    if folder.is_dir():
        return
    make_folder(folder.parent)
    folder.mkdir(exist_ok=True)
    sync_folder(folder.parent)


def fill(path: Path, data: bytes, mode: int | None = None) -> Path:
    """Write the bytes for a file under a passing name beside it, safe on the disk; the other half of `put`."""
    temporary = path.with_name(f".crmtext-{os.urandom(8).hex()}.tmp")
    with plainly(path):
        try:
            _fill(temporary, data, _mode_of(path) if mode is None else mode)
        except BaseException:
            with suppress(OSError):
                temporary.unlink(missing_ok=True)
            raise
    return temporary


def put(temporary: Path, path: Path, expected: bytes | None, *, within: Path | None = None) -> None:
    """Give what `fill` wrote the name it is for, if the file there still holds what was read of it."""
    guard(path, expected, within=within)
    with plainly(path):
        _put(temporary, path, new=expected is None)


def remove(path: Path, expected: bytes, *, within: Path | None = None) -> None:
    """Delete a file that still holds what was read of it."""
    guard(path, expected, within=within)
    with plainly(path):
        path.unlink()
        sync_folder(path.parent)


def sweep(folder: Path) -> int:
    """Remove what killed writers left behind in a folder, and say how many; only under the lock."""
    found = left(folder)
    for file in found:
        file.unlink(missing_ok=True)
    return len(found)


def left(folder: Path) -> tuple[Path, ...]:
    """What killed writers left behind in a folder, or writers at work still need."""
    return tuple(folder.glob(LEFTOVERS))


def sync_folder(folder: Path) -> None:
    """Have the names in a folder survive a power cut, where the system can."""
    if sys.platform == "win32":
        return
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _changed(path: Path) -> CrmError:
    message = _("'{path}' was changed by somebody else meanwhile").format(path=path)
    return cannot("changed-meanwhile", message, _("nothing was written; run the command again"), Place(str(path)))


def _mode_of(path: Path) -> int | None:
    try:
        return stat.S_IMODE(path.stat().st_mode)
    except FileNotFoundError:
        return None


def _fill(path: Path, data: bytes, mode: int | None) -> None:
    # O_BINARY: without it Windows writes CRLF for every line end.
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0)
    # A private text is private from its first byte on.
    with os.fdopen(os.open(path, flags, 0o666 if mode is None else mode), "wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
    if mode is not None:
        path.chmod(mode)


def _put(temporary: Path, path: Path, *, new: bool) -> None:
    if new:
        # A link fails where a name is taken since we looked; a rename would take the other's file away.
        try:
            os.link(temporary, path)
        except FileExistsError:
            raise _changed(path) from None
        except OSError:
            # Some file systems know no links.
            guard(path, None)
        else:
            return
    elif not os.access(path, os.W_OK):
        raise PermissionError(errno.EACCES, os.strerror(errno.EACCES), str(path))
    temporary.replace(path)


@contextmanager
def plainly(path: Path) -> Iterator[None]:
    """Tell in plain words what the system refused to do with a file."""
    try:
        yield
    except OSError as error:
        raise _explained(path, error) from error


def _explained(path: Path, error: OSError) -> CrmError:
    place = Place(str(path))
    if error.errno in _FULL:
        message = _("the disk is full: '{path}' was not written").format(path=path)
        return cannot("disk-full", message, _("make room, then run the command again"), place)
    if error.errno in _REFUSED:
        message = _("the system does not allow '{path}' to be read or written").format(path=path)
        return cannot("not-writable", message, _("look who may write there: ls -l shows it"), place)
    message = _("'{path}' could not be read or written: {reason}").format(path=path, reason=error.strerror or error)
    return cannot("write-failed", message, place=place)


@contextmanager
def lock(folder: Path, seconds: float) -> Iterator[None]:
    """Be the only writer of a store for the length of a block; `folder` is its git folder, else the store itself."""
    path = folder / LOCK
    with plainly(path):
        # A store that was received as a folder may bring a link of this name, and what it leads to would be emptied.
        _is_there(path)
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT | getattr(os, "O_NOFOLLOW", 0), 0o666)
    try:
        _wait(descriptor, path, seconds)
        # Only for the message of who waits, so a full disk is no reason to stop.
        with suppress(OSError):
            os.ftruncate(descriptor, 0)
            os.lseek(descriptor, 0, os.SEEK_SET)
            os.write(descriptor, b"%d\n" % os.getpid())
        yield
    finally:
        # Never removed: who waits holds the same file open, and a new one would be a second lock.
        os.close(descriptor)


def _wait(descriptor: int, path: Path, seconds: float) -> None:
    with plainly(path):
        if _taken(descriptor) or (seconds and _taken_in_time(descriptor, seconds)):
            return
        holder = path.read_bytes().decode(errors="replace").strip() or "?"
    message = _("another crmtext is writing here (process {holder})").format(holder=holder)
    raise cannot("locked", message, _("wait for it to end, then run the command again"))


if sys.platform == "win32":
    import msvcrt

    #: Windows locks bytes against reading too, so one is taken that lies behind the process id.
    _BYTE = 1 << 30

    def _taken(descriptor: int) -> bool:
        try:
            os.lseek(descriptor, _BYTE, os.SEEK_SET)
            msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)
        except PermissionError:
            return False
        return True

    def _taken_in_time(descriptor: int, seconds: float) -> bool:
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            time.sleep(0.01 + os.urandom(1)[0] / 12_000)
            if _taken(descriptor):
                return True
        return False

else:
    import fcntl

    def _taken(descriptor: int) -> bool:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True

    def _taken_in_time(descriptor: int, seconds: float) -> bool:
        """Stand in the system's queue: of eight who only ask again and again, one may ask for ten seconds in vain."""
        taken, own = threading.Event(), os.dup(descriptor)

        def queue() -> None:
            # Where nobody waits for it any more this is the last one open, and the lock is free as soon as it is taken.
            try:
                fcntl.flock(own, fcntl.LOCK_EX)
                taken.set()
            finally:
                os.close(own)

        threading.Thread(target=queue, daemon=True).start()
        return taken.wait(seconds)
