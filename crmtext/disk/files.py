"""Writing one file so that it is either as it was or as it should be, and the lock that writers take.

`within` names the folder that is trusted: below it no link is followed. Left out, it is the folder that the file is in.
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

#: More bytes than these no file of ours has, but for those that say so themselves.
LARGEST = 16 * 1024 * 1024
_FULL = (errno.ENOSPC, errno.EDQUOT)
_REFUSED = (errno.EACCES, errno.EPERM, errno.EROFS)


def opened(folder: Path, within: Path | None = None, *, make: bool = False) -> Folder:
    """A folder, reached through no link below the one that is trusted; made if asked. Raises OSError."""
    if within is None:
        within = folder
    if not folder.is_relative_to(within):
        raise LinkError(errno.ELOOP, os.strerror(errno.ELOOP), str(folder))
    return Folder(within, folder.relative_to(within).parts, make=make)


def trusted(path: Path, store: Path) -> Path | None:
    """The store's folder as a path that a user typed reaches it; None where the path lies outside of the store."""
    for folder in (*reversed(path.parents), path):
        with suppress(OSError):
            if folder.samefile(store):
                return folder
    return None


def near(path: Path) -> Path:
    """The path as seen from here, if it lies below."""
    here = path.cwd()
    return path.relative_to(here) if path.is_relative_to(here) else path


def read(path: Path, *, within: Path | None = None, limit: int = LARGEST) -> bytes | None:
    """The bytes of a file, None when there is none; refuses links and whatever else is no plain file."""
    with plainly(path):
        try:
            with opened(path.parent, within) as folder:
                return folder.read(path.name, limit)
        except FileNotFoundError:
            return None


def write(
    path: Path, data: bytes, expected: bytes | None, *, within: Path | None = None, mode: int | None = None
) -> None:
    """Replace a file that still holds what was read of it; with `expected` None make one that was not there."""
    guard(path, expected, within=within)
    make_folder(path.parent, within=within)
    filled = fill(path, data, mode, within=within)
    try:
        # Looked at again: writing took a while, and an editor knows nothing of our lock.
        put(filled, path, expected, within=within)
    finally:
        discard(filled, within=within)
    with plainly(path):
        sync_folder(path.parent, within=within)


def guard(path: Path, expected: bytes | None, *, within: Path | None = None) -> None:
    """Refuse where a file does not hold what is expected; None expects that there is none."""
    try:
        found = read(path, within=within, limit=max(LARGEST, len(expected or b"")))
    except CrmError as error:
        # Of a file that has grown it is enough to know that it is another one.
        if isinstance(error.__cause__, TooLargeError):
            raise _changed(path) from None
        raise
    if found != expected:
        raise _changed(path)


def make_folder(folder: Path, *, within: Path | None = None) -> None:
    """Make a folder with those above it, so that their names survive a power cut."""
    with plainly(folder):
        if within is None:
            within = next(each for each in (folder, *folder.parents) if each.is_dir())
        opened(folder, within, make=True).close()


def fill(path: Path, data: bytes, mode: int | None = None, *, within: Path | None = None) -> Path:
    """Write the bytes for a file under a passing name beside it, safe on the disk; the other half of `put`."""
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
    """A name beside a file for the length of a block; what still has it at the end is deleted, if it can be."""
    fresh = path.with_name(layout.temporary())
    try:
        yield fresh
    finally:
        with suppress(OSError):
            fresh.unlink(missing_ok=True)


def put(filled: Path, path: Path, expected: bytes | None, *, within: Path | None = None) -> None:
    """Give what `fill` wrote the name it is for, if the file there still holds what was read of it."""
    guard(path, expected, within=within)
    with plainly(path), opened(path.parent, within) as folder:
        if expected is None:
            # A link fails where a name is taken since we looked; a rename would take the other's file away.
            try:
                folder.link(filled.name, path.name)
            except FileExistsError:
                raise _changed(path) from None
            except OSError:
                # Some file systems know no links.
                guard(path, None, within=within)
            else:
                return
        elif not folder.writable(path.name):
            raise PermissionError(errno.EACCES, os.strerror(errno.EACCES), str(path))
        folder.replace(filled.name, path.name)


def remove(path: Path, expected: bytes, *, within: Path | None = None) -> None:
    """Delete a file that still holds what was read of it."""
    guard(path, expected, within=within)
    with plainly(path), opened(path.parent, within) as folder:
        folder.unlink(path.name)
        folder.sync()


def delete(path: Path, *, within: Path | None = None) -> None:
    """Delete a file whatever it holds, if it is there."""
    with plainly(path), suppress(FileNotFoundError), opened(path.parent, within) as folder:
        folder.unlink(path.name)


def discard(path: Path, *, within: Path | None = None) -> None:
    """Delete a passing file of ours, if it is there; one that cannot be deleted does no harm."""
    with suppress(OSError), opened(path.parent, within) as folder:
        folder.unlink(path.name)


def move(path: Path, new: Path, *, within: Path) -> None:
    """Give a file another name, in the place of what has it."""
    with plainly(path), opened(path.parent, within) as here, opened(new.parent, within) as there:
        here.plain(path.name)
        here.replace(path.name, new.name, there)


def names(folder: Path, *, within: Path | None = None) -> tuple[str, ...]:
    """The names of the plain files in a folder, in order; none where there is no folder."""
    return listed(folder, within=within, plain=True)


def listed(folder: Path, *, within: Path | None = None, plain: bool = False) -> tuple[str, ...]:
    """The names of all that is in a folder, or of its plain files, in order; none where there is no folder."""
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
    """Remove what killed writers left behind in a folder, and say how many; only under the lock."""
    found = left(folder, within=within)
    for file in found:
        discard(file, within=within)
    return len(found)


def left(folder: Path, *, within: Path | None = None) -> tuple[Path, ...]:
    """What killed writers left behind in a folder, or writers at work still need."""
    return tuple(folder / name for name in names(folder, within=within) if fnmatchcase(name, LEFTOVERS))


def sync_folder(folder: Path, *, within: Path | None = None) -> None:
    """Have the names in a folder survive a power cut, where the system can."""
    with opened(folder, within) as here:
        here.sync()


def _changed(path: Path) -> CrmError:
    message = _("'{path}' was changed by another program in the meantime").format(path=path)
    return cannot("changed-meanwhile", message, _("nothing was written; run the command again"), Place(str(path)))


def _fill(folder: Folder, name: str, data: bytes, mode: int | None) -> None:
    # A private text is private from its first byte on.
    handle = folder.open(name, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o666 if mode is None else mode)
    with os.fdopen(handle, "wb") as file:
        file.write(data)
        file.flush()
        os.fsync(handle)
        if mode is not None and hasattr(os, "fchmod"):
            os.fchmod(handle, mode)


@contextmanager
def plainly(path: Path) -> Iterator[None]:
    """Tell in plain words what the system refused to do with a file."""
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
    """Be the only writer of a store for the length of a block; `folder` is its git folder, else the store itself."""
    path = folder / LOCK
    with plainly(path), opened(folder, within) as home:
        # A store that was received as a folder may bring a link of this name, and what it leads to would be emptied.
        descriptor = home.open(LOCK, os.O_RDWR | os.O_CREAT)
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
        os.lseek(descriptor, 0, os.SEEK_SET)
        # Only a number is ours; whatever else a received file holds is not repeated.
        holder = os.read(descriptor, 20).decode(errors="replace").strip()
        holder = holder if holder.isdecimal() else "?"
    message = _("another crmtext is writing to this store (process {holder})").format(holder=holder)
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
