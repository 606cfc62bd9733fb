"""Reading files of a received store: regular files only, no links, and within a limit."""

from __future__ import annotations

from typing import TYPE_CHECKING

from crmtext.disk.nofollow import Folder, LinkError, NotPlainError, TooLargeError
from crmtext.i18n import _
from crmtext.problem import Place, Problem
from crmtext.text.size import too_large

if TYPE_CHECKING:
    from pathlib import Path


def read(root: Path, path: str, limit: int) -> bytes | Problem | None:
    """Return a file's bytes by its path in a store, or the problem why it is not read; None if missing."""
    *folders, name = path.split("/")
    try:
        with Folder(root, folders) as folder:
            return folder.read(name, limit)
    except (FileNotFoundError, NotADirectoryError):
        return None
    except TooLargeError as error:
        return too_large(path, error.size, limit)
    except NotPlainError:
        return link(path) if (root / path).is_symlink() else _not_a_file(path)
    except LinkError:
        message = _("'{path}' is outside the store").format(path=path)
        return Problem("outside-store", message, Place(path), _("replace the link by the file itself"))
    except OSError as error:
        return _refused(error, path)


def _not_a_file(path: str) -> Problem:
    message = _("not a regular file, not read")
    return Problem("not-a-file", message, Place(path), _("replace it by a regular file"))


def link(path: str) -> Problem:
    """The problem of a link."""
    message = _("the record is a symbolic link, which is not followed")
    return Problem("symlink", message, Place(path), _("replace the link by the file itself"))


def _refused(error: OSError, path: str) -> Problem:
    return Problem("unreadable", _("the file cannot be read: {reason}").format(reason=error.strerror), Place(path))
