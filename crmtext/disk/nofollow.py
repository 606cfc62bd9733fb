"""Files below a folder that somebody else may have made: opened, listed and renamed without following any link.

The folder at the top is where the user works, and may be reached by links; below it every part of a path has to be what
it seems to be. A name is looked up in the folder that is open, so that nobody can put a link in the way meanwhile.
"""

from __future__ import annotations

import errno
import os
import stat

# Spelled out: the answer cache opens its file by this module before `typing` or `pathlib` is loaded.
TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable
    from typing import Self

_NOFOLLOW = getattr(os, "O_NOFOLLOW", 0)
_DIRECTORY = getattr(os, "O_DIRECTORY", 0)
#: Windows opens no folders. There each part of a path is looked at before it is used.
_BY_DESCRIPTOR = bool(_NOFOLLOW and _DIRECTORY) and os.open in os.supports_dir_fd and os.scandir in os.supports_fd
#: To pass through a folder needs no right to list it.
_PASS = _DIRECTORY | getattr(os, "O_PATH", os.O_RDONLY) | getattr(os, "O_CLOEXEC", 0)
#: A pipe is opened without waiting for who writes to it, a device without becoming the terminal.
_SAFELY = _NOFOLLOW | sum(getattr(os, name, 0) for name in ("O_NONBLOCK", "O_NOCTTY", "O_BINARY", "O_CLOEXEC"))
#: What Windows calls a folder that leads elsewhere and is no symbolic link.
_JUNCTION = 0xA0000003
_SEPARATORS = frozenset({"/", "\0"} | ({"\\", ":"} if os.name == "nt" else set()))


class LinkError(OSError):
    """A part of the path is a link."""


class NotPlainError(OSError):
    """What stands in the place of a file is a folder, a link, a pipe or a device."""


class TooLargeError(OSError):
    """The file is larger than it may be."""

    def __init__(self, path: str, size: int, limit: int) -> None:
        super().__init__(errno.EFBIG, os.strerror(errno.EFBIG), path)
        self.size = size
        self.limit = limit


def is_name(name: str) -> bool:
    """Whether this names something in a folder, and leads neither up nor down from it."""
    return name not in {"", ".", ".."} and _SEPARATORS.isdisjoint(name)


class Folder:
    """An open folder, some way below one that is trusted."""

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
        """Let go of the folder."""
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
                # Somebody else was quicker.
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
                # A system may tell a link by any of several errors.
                if not isinstance(error, FileNotFoundError):
                    self.about(name)
                error.filename = path
                raise
            os.close(self._descriptor)
            self._descriptor = inner
        self.path = path

    def _at(self, name: str) -> str:
        """What the system is to be asked for."""
        if not is_name(name):
            raise OSError(errno.EINVAL, os.strerror(errno.EINVAL), f"{self.path}/{name}")
        return name if self._descriptor is not None else f"{self.path}/{name}"

    def about(self, name: str) -> os.stat_result:
        """What stat says of something here. Raises LinkError of a link."""
        about = os.stat(self._at(name), dir_fd=self._descriptor, follow_symlinks=False)
        if stat.S_ISLNK(about.st_mode) or getattr(about, "st_reparse_tag", 0) == _JUNCTION:
            raise LinkError(errno.ELOOP, os.strerror(errno.ELOOP), f"{self.path}/{name}")
        return about

    def plain(self, name: str) -> os.stat_result | None:
        """What stat says of a plain file; None where there is nothing. Raises NotPlainError of anything else."""
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
        """Open a plain file. Raises NotPlainError of anything else, before a device could notice."""
        self.plain(name)
        handle = os.open(self._at(name), flags | _SAFELY, mode, dir_fd=self._descriptor)
        if not stat.S_ISREG(os.fstat(handle).st_mode):
            os.close(handle)
            raise self._not_plain(name)
        return handle

    def read(self, name: str, limit: int) -> bytes:
        """All of a plain file. Raises TooLargeError where it has more bytes than the limit."""
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
        # It may have grown since it was looked at.
        if size > limit:
            raise TooLargeError(f"{self.path}/{name}", size, limit)
        return b"".join(parts)

    def names(self) -> tuple[str, ...]:
        """The names of all that is here, in order."""
        if self._descriptor is None:
            return tuple(sorted(os.listdir(self.path)))  # noqa: PTH208 - names alone
        listed = os.open(".", os.O_RDONLY | _DIRECTORY, dir_fd=self._descriptor)
        try:
            return tuple(sorted(os.listdir(listed)))  # noqa: PTH208 - an open folder has no path
        finally:
            os.close(listed)

    def replace(self, name: str, new: str, folder: Folder | None = None) -> None:
        """Give a file another name, here or in another folder, in the place of what has that name."""
        to = folder or self
        os.replace(self._at(name), to._at(new), src_dir_fd=self._descriptor, dst_dir_fd=to._descriptor)

    def link(self, name: str, new: str) -> None:
        """Give a file a second name that nothing has yet."""
        os.link(self._at(name), self._at(new), src_dir_fd=self._descriptor, dst_dir_fd=self._descriptor)

    def unlink(self, name: str) -> None:
        """Remove a file, or a link itself."""
        os.unlink(self._at(name), dir_fd=self._descriptor)

    def writable(self, name: str) -> bool:
        """Whether a file may be written to."""
        return os.access(self._at(name), os.W_OK, dir_fd=self._descriptor)

    def sync(self) -> None:
        """Have the names here survive a power cut, where the system can."""
        if self._descriptor is None:
            return
        listed = os.open(".", os.O_RDONLY | _DIRECTORY, dir_fd=self._descriptor)
        try:
            os.fsync(listed)
        finally:
            os.close(listed)
