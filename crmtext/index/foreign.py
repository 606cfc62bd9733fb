"""Files in the place of an index that are not ours."""

from __future__ import annotations

import errno
import os
from typing import TYPE_CHECKING

from crmtext.disk.nofollow import Folder, NotPlainError

if TYPE_CHECKING:
    from pathlib import Path

#: The end of an SQLite journal that names a super-journal.
_JOURNAL = bytes.fromhex("d9d505f920a163d7")


def refuse_foreign(file: Path, *, make: bool = False) -> bool:
    """Return whether there is an index in a clone's own folder, created on request. Raises OSError if it is not ours.

    SQLite follows links, blocks on pipes, and replays a journal that it finds beside a file. A journal that names a
    super-journal, as none of ours does, makes SQLite delete that file.
    """
    with Folder(file.parent.parent, (file.parent.name,), make=make) as folder:
        there, *_beside = [folder.plain(file.name + suffix) for suffix in ("", "-journal", "-wal", "-shm")]
        if journal := folder.plain(f"{file.name}-journal"):
            handle = folder.open(f"{file.name}-journal", os.O_RDONLY)
            try:
                os.lseek(handle, max(journal.st_size - len(_JOURNAL), 0), os.SEEK_SET)
                if os.read(handle, len(_JOURNAL)) == _JOURNAL:
                    raise NotPlainError(errno.EINVAL, os.strerror(errno.EINVAL), f"{file}-journal")
            finally:
                os.close(handle)
    return there is not None
