"""Signatures of files from stat, which show that a file has changed, as git does it."""

from __future__ import annotations

import os
import sys
import time
from array import array
from itertools import chain
from operator import attrgetter

# Not imported from `typing`, and paths are strings: a cached answer is printed before `typing` or `pathlib` is loaded.
TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

#: Racy window: a file modified this close to the stat may change again with the same mtime.
RACY_WINDOW_NS = 2_000_000_000
#: How many numbers a signature has, and which of them are times.
EACH, MTIME, CTIME = 5, 2, 3
_LARGEST = (1 << 63) - 1
_CAN_OPEN = os.scandir in os.supports_fd
_FLAGS = os.O_RDONLY | sum(getattr(os, name, 0) for name in ("O_DIRECTORY", "O_NOFOLLOW", "O_CLOEXEC"))
_mark = attrgetter("st_mode", "st_size", "st_mtime_ns", "st_ctime_ns", "st_ino")
_name = attrgetter("name")


class Folder:
    """A folder: its files and their signatures, in the order of the file system, and its folders."""

    __slots__ = ("_own", "files", "folders", "numbers", "path")

    def __init__(self, path: str, files: list[str], numbers: array[int], folders: list[str], own: int) -> None:
        self.path = path
        self.files = files
        self.numbers = numbers
        self.folders = folders
        self._own = own

    @property
    def latest(self) -> int:
        """The latest change of the folder or a file in it, in nanoseconds."""
        return max(self._own, *(max(self.numbers[at::EACH], default=0) for at in (MTIME, CTIME)))


class Look:
    """A folder and all below it, scanned from a time in nanoseconds on."""

    __slots__ = ("began", "folders")

    def __init__(self, began: int, folders: list[Folder]) -> None:
        self.began = began
        self.folders = folders


def scan(top: str) -> Look:
    """Scan a folder and all below it, without following links. Folders deleted meanwhile are left out."""
    began = time.time_ns()
    folders: list[Folder] = []
    ahead = [] if os.path.islink(top) else [top]
    while ahead:
        try:
            folder = _folder(ahead.pop())
        except (FileNotFoundError, NotADirectoryError):
            continue
        folders.append(folder)
        ahead += [f"{folder.path}/{name}" for name in folder.folders]
    return Look(began, folders)


def _folder(path: str) -> Folder:
    if not _CAN_OPEN:
        return _list_folder(path, path)
    # Faster than resolving each path from the root.
    opened = os.open(path, _FLAGS)
    try:
        return _list_folder(path, opened)
    finally:
        os.close(opened)


def _list_folder(path: str, here: int | str) -> Folder:
    with os.scandir(here) as listed:
        entries: list[os.DirEntry[str]] = list(listed)
    own = os.stat(here)
    folders = [entry.name for entry in entries if entry.is_dir(follow_symlinks=False)]
    files = [entry for entry in entries if not entry.is_dir(follow_symlinks=False)] if folders else entries
    try:
        stats = [entry.stat(follow_symlinks=False) for entry in files]
    except FileNotFoundError:
        files, stats = _still_there(files)
    return Folder(path, list(map(_name, files)), signature(stats), folders, max(own.st_mtime_ns, own.st_ctime_ns))


def _still_there(entries: list[os.DirEntry[str]]) -> tuple[list[os.DirEntry[str]], list[os.stat_result]]:
    files, stats = [], []
    for entry in entries:
        try:
            stats.append(entry.stat(follow_symlinks=False))
        except FileNotFoundError:
            continue
        files.append(entry)
    return files, stats


def signature(stats: Sequence[os.stat_result]) -> array[int]:
    """The numbers that change when a file does, `EACH` per file."""
    try:
        return array("q", chain.from_iterable(map(_mark, stats)))
    except OverflowError:
        # Some file systems use inode numbers above 63 bits.
        return array("q", (number & _LARGEST for file in stats for number in _mark(file)))


def program() -> bytes:
    """A signature of the program, of Python, and of the installed libraries."""
    libraries = [path for path in sys.path if os.path.basename(path) in ("site-packages", "dist-packages")]
    parts = [
        sys.version,
        *(f"{library} {os.stat(library).st_mtime_ns}" for library in libraries if os.path.isdir(library)),
    ]
    here = os.path.dirname(os.path.dirname(__file__))
    beside = os.path.join(os.path.dirname(here), "schema")
    schema = _files(beside) if os.path.isdir(beside) else ()
    return "\n".join([*parts, *_files(here), *schema]).encode()


def _files(folder: str) -> Iterator[str]:
    with os.scandir(folder) as entries:
        for entry in sorted(entries, key=lambda entry: entry.name):
            if entry.is_dir() and entry.name != "__pycache__":
                yield from _files(entry.path)
            elif entry.is_file():
                about = entry.stat()
                yield f"{entry.path} {about.st_size} {about.st_mtime_ns}"
