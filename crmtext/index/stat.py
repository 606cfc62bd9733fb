"""What `stat` tells of files: enough to see that one has changed, as git sees it."""

from __future__ import annotations

import os
import sys
import time
from array import array
from itertools import chain
from operator import attrgetter

# Spelled out, and paths as plain texts: an answer that is known is said before `typing` or `pathlib` is loaded.
TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

#: A file that has changed so shortly before it was looked at may change again without showing it, in nanoseconds.
RACY_WINDOW_NS = 2_000_000_000
#: How many numbers a mark has, and which of them are times.
EACH, MTIME, CTIME = 5, 2, 3
_LARGEST = (1 << 63) - 1
_CAN_OPEN = os.scandir in os.supports_fd
_FLAGS = os.O_RDONLY | sum(getattr(os, name, 0) for name in ("O_DIRECTORY", "O_NOFOLLOW", "O_CLOEXEC"))
_mark = attrgetter("st_mode", "st_size", "st_mtime_ns", "st_ctime_ns", "st_ino")
_name = attrgetter("name")


class Folder:
    """A folder as it was found: its files and their marks, in the order of the file system, and its folders."""

    __slots__ = ("_own", "files", "folders", "numbers", "path")

    def __init__(self, path: str, files: list[str], numbers: array[int], folders: list[str], own: int) -> None:
        self.path = path
        self.files = files
        self.numbers = numbers
        self.folders = folders
        self._own = own

    @property
    def latest(self) -> int:
        """When anything in it has changed last, in nanoseconds."""
        return max(self._own, *(max(self.numbers[at::EACH], default=0) for at in (MTIME, CTIME)))


class Look:
    """What was found in a folder and below it, by a look that began at a time in nanoseconds."""

    __slots__ = ("began", "folders")

    def __init__(self, began: int, folders: list[Folder]) -> None:
        self.began = began
        self.folders = folders


def scan(top: str) -> Look:
    """Look at a folder and all below it, through no link. What is gone when its turn comes is left out."""
    began = time.time_ns()
    found: list[Folder] = []
    ahead = [] if os.path.islink(top) else [top]
    while ahead:
        try:
            folder = _folder(ahead.pop())
        except (FileNotFoundError, NotADirectoryError):
            continue
        found.append(folder)
        ahead += [f"{folder.path}/{name}" for name in folder.folders]
    return Look(began, found)


def _folder(path: str) -> Folder:
    if not _CAN_OPEN:
        return _listed(path, path)
    # From the folder itself its files are found sooner than from the root.
    opened = os.open(path, _FLAGS)
    try:
        return _listed(path, opened)
    finally:
        os.close(opened)


def _listed(path: str, here: int | str) -> Folder:
    with os.scandir(here) as listed:
        entries: list[os.DirEntry[str]] = list(listed)
    own = os.stat(here)
    folders = [entry.name for entry in entries if entry.is_dir(follow_symlinks=False)]
    files = [entry for entry in entries if not entry.is_dir(follow_symlinks=False)] if folders else entries
    try:
        found = [entry.stat(follow_symlinks=False) for entry in files]
    except FileNotFoundError:
        files, found = _still_there(files)
    return Folder(path, list(map(_name, files)), signature(found), folders, max(own.st_mtime_ns, own.st_ctime_ns))


def _still_there(entries: list[os.DirEntry[str]]) -> tuple[list[os.DirEntry[str]], list[os.stat_result]]:
    files, found = [], []
    for entry in entries:
        try:
            found.append(entry.stat(follow_symlinks=False))
        except FileNotFoundError:
            continue
        files.append(entry)
    return files, found


def signature(found: Sequence[os.stat_result]) -> array[int]:
    """The numbers by which files are known again, so many for each."""
    try:
        return array("q", chain.from_iterable(map(_mark, found)))
    except OverflowError:
        # Some file systems number their files from the top.
        return array("q", (number & _LARGEST for each in found for number in _mark(each)))


def program() -> bytes:
    """What changes with the program, its language, or the libraries it stands on."""
    libraries = [each for each in sys.path if os.path.basename(each) in ("site-packages", "dist-packages")]
    found = [sys.version, *(f"{each} {os.stat(each).st_mtime_ns}" for each in libraries if os.path.isdir(each))]
    here = os.path.dirname(os.path.dirname(__file__))
    beside = os.path.join(os.path.dirname(here), "schema")
    schema = _files(beside) if os.path.isdir(beside) else ()
    return "\n".join([*found, *_files(here), *schema]).encode()


def _files(folder: str) -> Iterator[str]:
    with os.scandir(folder) as entries:
        for entry in sorted(entries, key=lambda each: each.name):
            if entry.is_dir() and entry.name != "__pycache__":
                yield from _files(entry.path)
            elif entry.is_file():
                about = entry.stat()
                yield f"{entry.path} {about.st_size} {about.st_mtime_ns}"
