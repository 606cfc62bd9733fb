"""Files of a received folder, opened, listed and renamed without following links.

The path of the top folder may contain links; the path below it may not. Names are looked up in an open folder, so that
no link can be put in the way meanwhile.
"""

from __future__ import annotations

import errno
import os
import stat

# Not imported from `typing`: the answer cache uses this module before `typing` or `pathlib` is loaded.
TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable
    from typing import Self

_NOFOLLOW = getattr(os, "O_NOFOLLOW", 0)
_DIRECTORY = getattr(os, "O_DIRECTORY", 0)
#: Windows cannot open folders. There each part of a path is checked before it is used.
_BY_DESCRIPTOR = bool(_NOFOLLOW and _DIRECTORY) and os.open in os.supports_dir_fd and os.scandir in os.supports_fd
#: Opening a folder on the way needs no permission to list it.
_PASS = _DIRECTORY | getattr(os, "O_PATH", os.O_RDONLY) | getattr(os, "O_CLOEXEC", 0)
#: Opens a pipe without blocking, and a device without making it the controlling terminal.
_SAFELY = _NOFOLLOW | sum(getattr(os, name, 0) for name in ("O_NONBLOCK", "O_NOCTTY", "O_BINARY", "O_CLOEXEC"))
#: The reparse tag of a junction on Windows, which is not a symbolic link.
_JUNCTION = 0xA0000003
_SEPARATORS = frozenset({"/", "\0"} | ({"\\", ":"} if os.name == "nt" else set()))


class LinkError(OSError):
    """A part of the path is a link."""


class NotPlainError(OSError):
    """The path is not a regular file, but a folder, a link, a pipe or a device."""


class TooLargeError(OSError):
    """The file is larger than the limit."""

    def __init__(self, path: str, size: int, limit: int) -> None:
        super().__init__(errno.EFBIG, os.strerror(errno.EFBIG), path)
        self.size = size
        self.limit = limit


def is_name(name: str) -> bool:
    """Whether this is a name in a folder, and no path that leads up or down."""
    return name not in {"", ".", ".."} and _SEPARATORS.isdisjoint(name)


class Folder:
    """An open folder, below a trusted one."""

    __slots__ = ("_descriptor", "path")

    def __init__(self, top: str | os.PathLike[str], below: Iterable[str] = (), *, make: bool = False) -> None:
        self.path = os.fspath(top)
        self._descriptor = os.open(self.path, _PASS) if _BY_DESCRIPTOR else None
        try:
            for name in below:
                self._enter(name, make=make)
        except BaseException:
            self.close()
            raise

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_error: object) -> None:
        self.close()

    def close(self) -> None:
        """Close the folder."""
        if self._descriptor is not None:
            os.close(self._descriptor)
            self._descriptor = None

    def _enter(self, name: str, *, make: bool) -> None:
        try:
            self._go(name)
        except FileNotFoundError:
            if not make:
                raise
            try:
                os.mkdir(self._at(name), dir_fd=self._descriptor)
            except FileExistsError:
                # Created by another process meanwhile.
                pass
            else:
                self.sync()
            self._go(name)

    def _go(self, name: str) -> None:
        path = f"{self.path}/{name}"
        if self._descriptor is None:
            if not stat.S_ISDIR(self.about(name).st_mode):
                raise NotADirectoryError(errno.ENOTDIR, os.strerror(errno.ENOTDIR), path)
        else:
            try:
                inner = os.open(self._at(name), _PASS | _NOFOLLOW, dir_fd=self._descriptor)
            except OSError as error:
                # The error for a link depends on the system.
                if not isinstance(error, FileNotFoundError):
                    self.about(name)
                error.filename = path
                raise
            os.close(self._descriptor)
            self._descriptor = inner
        self.path = path

    def _at(self, name: str) -> str:
        """The path for a system call."""
        if not is_name(name):
            raise OSError(errno.EINVAL, os.strerror(errno.EINVAL), f"{self.path}/{name}")
        return name if self._descriptor is not None else f"{self.path}/{name}"

    def about(self, name: str) -> os.stat_result:
        """Return the stat of a name. Raises LinkError for a link."""
        about = os.stat(self._at(name), dir_fd=self._descriptor, follow_symlinks=False)
        if stat.S_ISLNK(about.st_mode) or getattr(about, "st_reparse_tag", 0) == _JUNCTION:
            raise LinkError(errno.ELOOP, os.strerror(errno.ELOOP), f"{self.path}/{name}")
        return about

    def plain(self, name: str) -> os.stat_result | None:
        """Return the stat of a regular file; None if missing. Raises NotPlainError for anything else."""
        try:
            about = self.about(name)
        except FileNotFoundError:
            return None
        except LinkError:
            raise self._not_plain(name) from None
        if not stat.S_ISREG(about.st_mode):
            raise self._not_plain(name)
        return about

    def _not_plain(self, name: str) -> NotPlainError:
        return NotPlainError(errno.EINVAL, os.strerror(errno.EINVAL), f"{self.path}/{name}")

    def open(self, name: str, flags: int, mode: int = 0o666) -> int:
        """Open a regular file. Raises NotPlainError for anything else, without opening a device."""
        self.plain(name)
        handle = os.open(self._at(name), flags | _SAFELY, mode, dir_fd=self._descriptor)
        if not stat.S_ISREG(os.fstat(handle).st_mode):
            os.close(handle)
            raise self._not_plain(name)
        return handle

    def read(self, name: str, limit: int) -> bytes:
        """Return the bytes of a regular file. Raises TooLargeError if it is larger than the limit."""
        handle = self.open(name, os.O_RDONLY)
        try:
            size = os.fstat(handle).st_size
            parts: list[bytes] = []
            if size <= limit:
                size = 0
                while size <= limit and (part := os.read(handle, min(limit + 1 - size, 1 << 20))):
                    parts.append(part)
                    size += len(part)
        finally:
            os.close(handle)
        # It may have grown since the stat.
        if size > limit:
            raise TooLargeError(f"{self.path}/{name}", size, limit)
        return b"".join(parts)

    def names(self) -> tuple[str, ...]:
        """Return all names in the folder, sorted."""
        if self._descriptor is None:
            return tuple(sorted(os.listdir(self.path)))  # noqa: PTH208 - names alone
        listed = os.open(".", os.O_RDONLY | _DIRECTORY, dir_fd=self._descriptor)
        try:
            return tuple(sorted(os.listdir(listed)))  # noqa: PTH208 - an open folder has no path
        finally:
            os.close(listed)

    def replace(self, name: str, new: str, folder: Folder | None = None) -> None:
        """Rename a file, here or into another folder, and replace the target."""
        to = folder or self
        os.replace(self._at(name), to._at(new), src_dir_fd=self._descriptor, dst_dir_fd=to._descriptor)

    def link(self, name: str, new: str) -> None:
        """Hard-link a file to a new name. Raises FileExistsError if that exists."""
        os.link(self._at(name), self._at(new), src_dir_fd=self._descriptor, dst_dir_fd=self._descriptor)

    def unlink(self, name: str) -> None:
        """Delete a file, or a link itself."""
        os.unlink(self._at(name), dir_fd=self._descriptor)

    def writable(self, name: str) -> bool:
        """Whether the user may write to a file."""
        return os.access(self._at(name), os.W_OK, dir_fd=self._descriptor)

    def sync(self) -> None:
        """Sync the names in the folder to the disk, if the system can."""
        if self._descriptor is None:
            return
        listed = os.open(".", os.O_RDONLY | _DIRECTORY, dir_fd=self._descriptor)
        try:
            os.fsync(listed)
        finally:
            os.close(listed)
