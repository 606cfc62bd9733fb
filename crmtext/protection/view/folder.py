"""The folder of a view: a new one, or an earlier view, which is replaced file by file; other files stay."""

from __future__ import annotations

import os
from contextlib import ExitStack, suppress
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING, NamedTuple

from crmtext import settings as store_settings
from crmtext.disk import files
from crmtext.disk.nofollow import Folder, LinkError, NotPlainError, TooLargeError
from crmtext.disk.output_place import check_place
from crmtext.git.plumbing import repository
from crmtext.i18n import _
from crmtext.layout import LEFTOVERS, LOCK, RECORDS, SCHEMA_FOLDER, SETTINGS, temporary
from crmtext.problem import CrmError, Exit, Place, Problem, usage

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

_GIT = ".git"
#: The folders of a view that hold nothing but the view's own files.
_OWN = (RECORDS, SCHEMA_FOLDER)
_NEW = os.O_WRONLY | os.O_CREAT | os.O_EXCL
#: Seconds to wait for another run that writes the same view.
_PATIENCE = 10


class Changed(NamedTuple):
    """How many files of a view were written and deleted."""

    written: int = 0
    deleted: int = 0


def check(path: Path, store: Path, role: str) -> None:
    """Raise CrmError unless a folder is missing, empty, an empty repository, or an earlier view for the role."""
    check_place(path, store, is_folder=True)
    if files.trusted(path.resolve(), store):
        message = _("'{path}' is inside the store").format(path=files.near(path))
        raise usage("output-place", message, _("name another place, such as: {option}").format(option="-o ../view"))
    if not path.exists():
        return
    if not path.is_dir():
        message = _("'{path}' is not a folder").format(path=files.near(path))
        raise usage("output-place", message, _("name another place, such as: {option}").format(option="-o ../view"))
    raw = files.read(path / SETTINGS)
    if raw is None:
        if others := [*_others(path)]:
            message = _("'{path}' is not empty, and not a view: it holds {name}")
            message = message.format(path=files.near(path), name=others[0])
            raise usage("view-folder", message, _("name a new folder, or a clone of an empty repository"))
        return
    there = _role(raw)
    if there != role:
        message = _("'{path}' is a store, not a view").format(path=files.near(path))
        if there:
            message = _("'{path}' is the view for the role {role}").format(path=files.near(path), role=there)
        hint = _("nothing was written; name another folder")
        raise CrmError(Problem("view-folder", message, Place(str(path)), hint), Exit.USAGE)


def _others(path: Path) -> Iterator[str]:
    """The names in a folder besides a repository, and what a killed run leaves of a new view."""
    for name in files.listed(path):
        killed = name == LOCK or fnmatchcase(name, LEFTOVERS)
        if name in _OWN and not (path / name).is_symlink():
            killed = all(fnmatchcase(inner, LEFTOVERS) for inner in files.listed(path / name))
        if name != _GIT and not killed:
            yield name


def _role(raw: bytes) -> str:
    """The role of the view with these settings; empty for a store, or for settings that can't be read."""
    try:
        return store_settings.read_around(raw)[0].view
    except CrmError:
        return ""


def replace(path: Path, contents: Mapping[str, bytes]) -> Changed:
    """Make a folder hold these files. Nothing changes if one can't be written.

    Other files stay, except records and schemas that the view doesn't have.
    """
    files.make_folder(path)
    repo = repository(path)
    home = repo.git_dir if repo and repo.top == path.resolve() else path
    with files.lock(home, _PATIENCE), files.plainly(path), ExitStack() as stack:
        files.sweep(path)
        folders = {name: stack.enter_context(Folder(path, (name,) if name else (), make=True)) for name in ("", *_OWN)}
        # The settings come first: they mark a folder as a view that a killed run has left behind.
        wanted = sorted(contents, key=lambda file: (file != SETTINGS, file))
        filled = _Filled(folders)
        stack.callback(filled.discard)
        for file in wanted:
            filled.add(file, contents[file])
        written = filled.put()
        deleted = sum(_delete_others(folders[name], name, contents) for name in _OWN)
        for folder in folders.values():
            folder.sync()
    return Changed(written, deleted)


class _Filled:
    """Files that are complete under other names, until all of them are."""

    def __init__(self, folders: Mapping[str, Folder]) -> None:
        self._folders = folders
        self._files: list[tuple[Folder, str, str]] = []

    def add(self, file: str, content: bytes) -> None:
        """Write a file that has other content so far."""
        folder, name = self._place(file)
        if _content(folder, name, len(content)) == content:
            return
        fresh = temporary()
        self._files.append((folder, fresh, name))
        with os.fdopen(folder.open(fresh, _NEW), "wb") as opened:
            opened.write(content)

    def _place(self, file: str) -> tuple[Folder, str]:
        above, _slash, name = file.rpartition("/")
        return self._folders[above], name

    def put(self) -> int:
        """Put the files into their places, in order, and return their number."""
        count = len(self._files)
        while self._files:
            folder, fresh, name = self._files[0]
            folder.replace(fresh, name)
            del self._files[0]
        return count

    def discard(self) -> None:
        """Delete the files that were not put into their places."""
        for folder, fresh, _name in self._files:
            with suppress(OSError):
                folder.unlink(fresh)


def _content(folder: Folder, name: str, size: int) -> bytes | None:
    """The content of a file; None if it is missing, longer than `size`, or no regular file."""
    try:
        return folder.read(name, size)
    except (FileNotFoundError, NotPlainError, TooLargeError):
        return None


def _delete_others(folder: Folder, above: str, contents: Mapping[str, bytes]) -> int:
    """Delete what a folder holds besides these files, also in folders below it; returns the number of files."""
    deleted = 0
    for name in folder.names():
        path = f"{above}/{name}"
        if path in contents:
            continue
        try:
            with Folder(folder.path, (name,)) as inner:
                deleted += _delete_others(inner, path, contents)
        except (NotADirectoryError, LinkError):
            folder.unlink(name)
            deleted += 1
    return deleted
