"""Atomic writes of single files, and the lock for writers.

`within` is the trusted folder: below it no link is followed. By default it is the folder of the file.
"""

from __future__ import annotations

import errno
import os
import stat
import sys
import threading
import time
from contextlib import contextmanager, suppress
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING

from crmtext import layout
from crmtext.disk.nofollow import Folder, LinkError, NotPlainError, TooLargeError
from crmtext.i18n import _
from crmtext.layout import LEFTOVERS, LOCK
from crmtext.problem import CrmError, Place, cannot

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

#: The default limit for reading a file.
LARGEST = 16 * 1024 * 1024
_FULL = (errno.ENOSPC, errno.EDQUOT)
_REFUSED = (errno.EACCES, errno.EPERM, errno.EROFS)


def opened(folder: Path, within: Path | None = None, *, make: bool = False) -> Folder:
    """Open a folder without following links below the trusted one; with `make`, create it. Raises OSError."""
    if within is None:
        within = folder
    if not folder.is_relative_to(within):
        raise LinkError(errno.ELOOP, os.strerror(errno.ELOOP), str(folder))
    return Folder(within, folder.relative_to(within).parts, make=make)


def trusted(path: Path, store: Path) -> Path | None:
    """Return the store's folder as a parent of a typed path; None if the path is outside of the store."""
    for folder in (*reversed(path.parents), path):
        with suppress(OSError):
            if folder.samefile(store):
                return folder
    return None


def near(path: Path) -> Path:
    """Return the path relative to the current folder, if it lies below."""
    here = path.cwd()
    return path.relative_to(here) if path.is_relative_to(here) else path


def read(path: Path, *, within: Path | None = None, limit: int = LARGEST) -> bytes | None:
    """Return the bytes of a file, None if missing. Raises CrmError for links and anything but a regular file."""
    with plainly(path):
        try:
            with opened(path.parent, within) as folder:
                return folder.read(path.name, limit)
        except FileNotFoundError:
            return None


def write(
    path: Path, data: bytes, expected: bytes | None, *, within: Path | None = None, mode: int | None = None
) -> None:
    """Replace a file if it still has the expected content; with `expected` None, create it."""
    guard(path, expected, within=within)
    make_folder(path.parent, within=within)
    filled = fill(path, data, mode, within=within)
    try:
        # Compared again: writing took a while, and an editor does not use our lock.
        put(filled, path, expected, within=within)
    finally:
        discard(filled, within=within)
    with plainly(path):
        sync_folder(path.parent, within=within)


def guard(path: Path, expected: bytes | None, *, within: Path | None = None) -> None:
    """Raise CrmError unless a file has the expected content; None expects that it is missing."""
    try:
        content = read(path, within=within, limit=max(LARGEST, len(expected or b"")))
    except CrmError as error:
        # A file that has grown has changed.
        if isinstance(error.__cause__, TooLargeError):
            raise _changed(path) from None
        raise
    if content != expected:
        raise _changed(path)


def make_folder(folder: Path, *, within: Path | None = None) -> None:
    """Create a folder and its parents, synced for power cuts."""
    with plainly(folder):
        if within is None:
            within = next(parent for parent in (folder, *folder.parents) if parent.is_dir())
        opened(folder, within, make=True).close()


def fill(path: Path, data: bytes, mode: int | None = None, *, within: Path | None = None) -> Path:
    """Write the bytes for a file to a temporary file beside it, synced to the disk; `put` renames it."""
    name = layout.temporary()
    with plainly(path), opened(path.parent, within) as folder:
        try:
            if mode is None and (about := folder.plain(path.name)):
                mode = stat.S_IMODE(about.st_mode)
            _fill(folder, name, data, mode)
        except BaseException:
            with suppress(OSError):
                folder.unlink(name)
            raise
    return path.with_name(name)


@contextmanager
def temporary(path: Path) -> Iterator[Path]:
    """A temporary path beside a file; a file that still has it at the end of the block is deleted."""
    fresh = path.with_name(layout.temporary())
    try:
        yield fresh
    finally:
        with suppress(OSError):
            fresh.unlink(missing_ok=True)


def put(filled: Path, path: Path, expected: bytes | None, *, within: Path | None = None) -> None:
    """Rename the file that `fill` wrote to its path, if the file there still has the expected content."""
    guard(path, expected, within=within)
    with plainly(path), opened(path.parent, within) as folder:
        if expected is None:
            # Linking fails if the name was taken meanwhile; renaming would overwrite that file.
            try:
                folder.link(filled.name, path.name)
            except FileExistsError:
                raise _changed(path) from None
            except OSError:
                # Some file systems have no hard links.
                guard(path, None, within=within)
            else:
                return
        elif not folder.writable(path.name):
            raise PermissionError(errno.EACCES, os.strerror(errno.EACCES), str(path))
        folder.replace(filled.name, path.name)


def remove(path: Path, expected: bytes, *, within: Path | None = None) -> None:
    """Delete a file if it still has the expected content; the caller syncs the folder."""
    guard(path, expected, within=within)
    with plainly(path), opened(path.parent, within) as folder:
        folder.unlink(path.name)


def delete(path: Path, *, within: Path | None = None) -> None:
    """Delete a file if it exists."""
    with plainly(path), suppress(FileNotFoundError), opened(path.parent, within) as folder:
        folder.unlink(path.name)


def discard(path: Path, *, within: Path | None = None) -> None:
    """Delete a temporary file if it exists; a failure does no harm."""
    for _time in range(2):
        try:
            with opened(path.parent, within) as folder:
                folder.unlink(path.name)
        except FileNotFoundError:
            return
        except OSError:
            # Nothing sweeps it if the transaction is done, so try twice.
            continue
        return


def move(path: Path, new: Path, *, within: Path) -> None:
    """Rename a file, and replace the target."""
    with plainly(path), opened(path.parent, within) as here, opened(new.parent, within) as there:
        here.plain(path.name)
        here.replace(path.name, new.name, there)


def names(folder: Path, *, within: Path | None = None) -> tuple[str, ...]:
    """Return the names of the regular files in a folder, sorted; empty if the folder is missing."""
    return listed(folder, within=within, plain=True)


def listed(folder: Path, *, within: Path | None = None, plain: bool = False) -> tuple[str, ...]:
    """Return the names in a folder, or those of its regular files, sorted; empty if the folder is missing."""
    with plainly(folder):
        try:
            with opened(folder, within) as here:
                return tuple(name for name in here.names() if not plain or _is_plain(here, name))
        except (FileNotFoundError, NotADirectoryError):
            return ()


def _is_plain(folder: Folder, name: str) -> bool:
    try:
        return folder.plain(name) is not None
    except NotPlainError:
        return False


def sweep(folder: Path, *, within: Path | None = None) -> int:
    """Delete the temporary files of killed writers in a folder, and return their number; only under the lock."""
    leftovers = left(folder, within=within)
    for file in leftovers:
        discard(file, within=within)
    return len(leftovers)


def left(folder: Path, *, within: Path | None = None) -> tuple[Path, ...]:
    """Return the temporary files in a folder, of killed writers or of those at work."""
    return tuple(folder / name for name in names(folder, within=within) if fnmatchcase(name, LEFTOVERS))


def sync_folder(folder: Path, *, within: Path | None = None) -> None:
    """Sync the names in a folder to the disk, if the system can."""
    with opened(folder, within) as here:
        here.sync()


def _changed(path: Path) -> CrmError:
    message = _("'{path}' was changed by another program in the meantime").format(path=path)
    return cannot("changed-meanwhile", message, _("nothing was written; run the command again"), Place(str(path)))


def _fill(folder: Folder, name: str, data: bytes, mode: int | None) -> None:
    # With its mode from the start, so that a private text is never readable for others.
    handle = folder.open(name, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o666 if mode is None else mode)
    with os.fdopen(handle, "wb") as file:
        file.write(data)
        file.flush()
        os.fsync(handle)
        if mode is not None and hasattr(os, "fchmod"):
            os.fchmod(handle, mode)


@contextmanager
def plainly(path: Path) -> Iterator[None]:
    """Raise CrmError with a plain message for an OSError of a file."""
    try:
        yield
    except OSError as error:
        raise _explained(path, error) from error


def _explained(path: Path, error: OSError) -> CrmError:
    place = Place(str(path))
    if isinstance(error, LinkError):
        message = _("'{path}' is a symbolic link, which is not followed").format(path=error.filename)
        hint = _("remove the link, or replace it by a real file or folder")
        return cannot("outside-store", message, hint, Place(str(error.filename)))
    if isinstance(error, NotPlainError):
        message = _("'{path}' is not a regular file").format(path=error.filename)
        hint = _("remove it, or replace it by a regular file")
        return cannot("not-a-file", message, hint, Place(str(error.filename)))
    if isinstance(error, TooLargeError):
        message = _("'{path}' is too large: {size} bytes, the limit is {limit}").format(
            path=error.filename, size=error.size, limit=error.limit
        )
        return cannot("file-too-large", message, _("replace it by a smaller file"), Place(str(error.filename)))
    if error.errno in _FULL:
        message = _("the disk is full: '{path}' was not written").format(path=path)
        return cannot("disk-full", message, _("free some disk space, then run the command again"), place)
    if error.errno in _REFUSED:
        message = _("no permission to read or write '{path}'").format(path=path)
        return cannot("not-writable", message, _("check the permissions: ls -l"), place)
    message = _("'{path}' could not be read or written: {reason}").format(path=path, reason=error.strerror or error)
    return cannot("write-failed", message, place=place)


@contextmanager
def lock(folder: Path, seconds: float, *, within: Path | None = None) -> Iterator[None]:
    """Lock a store for writing during a block; `folder` is its git folder, else the store itself."""
    path = folder / LOCK
    with plainly(path), opened(folder, within) as home:
        # Without following links: a received store may contain a link of this name, whose target would be truncated.
        descriptor = home.open(LOCK, os.O_RDWR | os.O_CREAT)
    try:
        _wait(descriptor, path, seconds)
        # Only for the message of waiting processes, so a full disk does not matter.
        with suppress(OSError):
            os.ftruncate(descriptor, 0)
            os.lseek(descriptor, 0, os.SEEK_SET)
            os.write(descriptor, b"%d\n" % os.getpid())
        yield
    finally:
        # Never deleted: waiting processes have this file open, and a new file would be a second lock.
        os.close(descriptor)


def _wait(descriptor: int, path: Path, seconds: float) -> None:
    with plainly(path):
        if _taken(descriptor) or (seconds and _taken_in_time(descriptor, seconds)):
            return
        os.lseek(descriptor, 0, os.SEEK_SET)
        # Only a number is ours; other content of a received file is not printed.
        holder = os.read(descriptor, 20).decode(errors="replace").strip()
        holder = holder if holder.isdecimal() else "?"
    message = _("another crmtext is writing to this store (process {holder})").format(holder=holder)
    raise cannot("locked", message, _("wait for it to end, then run the command again"))


def lock_now(descriptor: int) -> bool:
    """Lock an open file until it is closed; False if another process holds the lock, or the file system has none."""
    try:
        return _taken(descriptor)
    except OSError:
        return False


if sys.platform == "win32":
    import msvcrt

    #: Windows locks bytes against reading too, so the locked byte lies behind the process id.
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
        """Wait in the system's queue: with eight polling processes, one may fail to get the lock for ten seconds."""
        taken, own = threading.Event(), os.dup(descriptor)

        def queue() -> None:
            # After a timeout this descriptor is the last one, so closing it releases the lock at once.
            try:
                fcntl.flock(own, fcntl.LOCK_EX)
                taken.set()
            finally:
                os.close(own)

        threading.Thread(target=queue, daemon=True).start()
        return taken.wait(seconds)
