"""Folders for plain text that must not stay, such as a decrypted backup: only the user can enter them.

Each is removed at the end of its block; after a kill, by the next call for the same parent folder.
"""

from __future__ import annotations

import errno
import json
import os
import shutil
import stat
import sys
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING

from crmtext import layout
from crmtext.disk import files
from crmtext.disk.nofollow import Folder, is_name

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

#: Held while the folder is in use.
_LOCK = "lock"
#: What `move_out` moves to the parent folder, written before the first rename.
_MOVED = "moved"
_MOST = 1 << 20


@contextmanager
def private_folder(parent: Path) -> Iterator[Path]:
    """A new folder in `parent`, mode 0700; everything in it is deleted at the end of the block."""
    with files.plainly(parent):
        sweep(parent)
        folder, lock = _new(parent)
    try:
        yield folder
    finally:
        # Windows deletes no file that is open.
        os.close(lock)
        _remove(folder)


def _new(parent: Path) -> tuple[Path, int]:
    while True:
        folder = parent / layout.temporary(layout.PRIVATE)
        folder.mkdir(mode=0o700)
        # Another process may sweep it before it is locked.
        with suppress(FileNotFoundError, FileExistsError), Folder(folder) as inside:
            lock = inside.open(_LOCK, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600)
            files.lock_now(lock)
            if inside.plain(_LOCK):
                return folder, lock
            os.close(lock)


def left(parent: Path) -> tuple[Path, ...]:
    """Return the user's private folders in a folder, in use or left by a kill."""
    try:
        names = [name for name in os.listdir(parent) if layout.is_private(name)]  # noqa: PTH208 - names alone
    except (FileNotFoundError, NotADirectoryError):
        return ()
    return tuple(parent / name for name in sorted(names) if _is_ours(parent / name))


def _is_ours(folder: Path) -> bool:
    try:
        about = folder.lstat()
    except OSError:
        return False
    return stat.S_ISDIR(about.st_mode) and (sys.platform == "win32" or about.st_uid == os.geteuid())


def sweep(parent: Path, *, moved: bool = False) -> None:
    """Delete the private folders that killed commands left in a folder; with `moved`, what `move_out` moved there, too.

    `moved` is for a folder that must be empty, because the list of names may come from a stranger.
    """
    for folder in left(parent):
        with suppress(OSError, ValueError):
            _sweep(folder, moved=moved)


def _sweep(folder: Path, *, moved: bool) -> None:
    with Folder(folder) as inside:
        lock = inside.open(_LOCK, os.O_RDWR | os.O_CREAT, 0o600)
        try:
            if not files.lock_now(lock):
                return
            moving = json.loads(inside.read(_MOVED, _MOST)) if moved and inside.plain(_MOVED) else None
        finally:
            os.close(lock)
    # Once the last name has been moved, everything is in its place and may hold new work.
    if moving and os.path.lexists(folder / moving["from"] / moving["names"][-1]):
        for name in filter(is_name, moving["names"]):
            if not os.path.lexists(folder / moving["from"] / name):
                _remove(folder.parent / name)
    _remove(folder)


def move_out(source: Path, last: str) -> None:
    """Move everything in a folder inside a private one to the parent of that one, `last` at the end.

    Nothing may have these names there. An error moves everything back; after a kill, `sweep` does.
    """
    folder = source.parent
    names = sorted((entry.name for entry in source.iterdir()), key=lambda name: (name == last, name))
    files.write(folder / _MOVED, json.dumps({"from": source.name, "names": names}).encode(), None)
    moved: list[str] = []
    try:
        for name in names:
            _rename(source / name, folder.parent / name)
            moved.append(name)
        files.sync_folder(folder.parent)
    except BaseException:
        for name in moved:
            (folder.parent / name).rename(source / name)
        raise
    finally:
        files.discard(folder / _MOVED)


def _rename(path: Path, new: Path) -> None:
    """Move a file or folder to a free name; a rename would replace a file or an empty folder."""
    if os.path.lexists(new):
        raise FileExistsError(errno.EEXIST, os.strerror(errno.EEXIST), str(new))
    path.rename(new)


def _remove(path: Path) -> None:
    """Delete a file or folder; what stays is swept later."""
    if path.is_symlink() or not path.is_dir():
        files.discard(path)
        return
    if sys.platform == "win32":
        # Git's objects are read-only, and such a file isn't deleted there.
        for home, _folders, names in os.walk(path):
            for name in names:
                with suppress(OSError):
                    os.chmod(os.path.join(home, name), stat.S_IWRITE)  # noqa: PTH101, PTH118 - names of `walk`
    for _time in range(2):
        shutil.rmtree(path, ignore_errors=True)
