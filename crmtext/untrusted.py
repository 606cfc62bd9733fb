"""Reading the files of a store that somebody else made: plain files only, no links, and never more than a limit."""

from __future__ import annotations

import os
import stat
from typing import TYPE_CHECKING

from crmtext.i18n import _
from crmtext.problem import Place, Problem
from crmtext.text.size import too_large

if TYPE_CHECKING:
    from pathlib import Path

#: A pipe is opened without waiting for who writes to it, a link not at all.
_FLAGS = os.O_RDONLY | sum(getattr(os, name, 0) for name in ("O_NOFOLLOW", "O_NONBLOCK", "O_NOCTTY", "O_BINARY"))


def read(root: Path, path: str, limit: int) -> bytes | Problem | None:
    """A file's bytes by its path in a store; why it is not read; None where it is not there."""
    file = root / path
    try:
        # Where links cannot be told while opening, as on Windows, one is looked for before.
        if not hasattr(os, "O_NOFOLLOW") and file.is_symlink():
            return link(path)
        handle = os.open(file, _FLAGS)
    except (FileNotFoundError, NotADirectoryError):
        return None
    except OSError as error:
        # A system may tell a link by any of several errors.
        return link(path) if file.is_symlink() else _refused(error, path)
    try:
        return _read(handle, path, limit)
    except OSError as error:
        return _refused(error, path)
    finally:
        os.close(handle)


def _read(handle: int, path: str, limit: int) -> bytes | Problem:
    about = os.fstat(handle)
    if not stat.S_ISREG(about.st_mode):
        message = _("this is no plain file, and is not read")
        return Problem("not-a-file", message, Place(path), _("put a plain file in its place"))
    if about.st_size > limit:
        return too_large(path, about.st_size, limit)
    parts: list[bytes] = []
    size = 0
    while size <= limit and (part := os.read(handle, limit + 1 - size)):
        parts.append(part)
        size += len(part)
    # It may have grown since it was looked at.
    return too_large(path, size, limit) if size > limit else b"".join(parts)


def link(path: str) -> Problem:
    """The problem of a link."""
    message = _("the record is a link, and links are not followed")
    return Problem("symlink", message, Place(path), _("put the file itself here"))


def _refused(error: OSError, path: str) -> Problem:
    return Problem("unreadable", _("the file cannot be read: {reason}").format(reason=error.strerror), Place(path))
