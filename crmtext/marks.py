"""What `stat` tells of files: enough to see that one has changed, as git sees it."""

from __future__ import annotations

import os
import sys
from array import array
from itertools import chain
from operator import attrgetter

# Spelled out, and paths as plain texts: an answer that is known is said before `typing` or `pathlib` is loaded.
TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

#: A file that has changed so shortly before it was looked at may change again without showing it, in nanoseconds.
SHORTLY = 2_000_000_000
#: How many numbers a mark has, and which of them are times.
EACH, MTIME, CTIME = 5, 2, 3
_LARGEST = (1 << 63) - 1
_mark = attrgetter("st_mode", "st_size", "st_mtime_ns", "st_ctime_ns", "st_ino")


def of(found: Sequence[os.stat_result]) -> array[int]:
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
    here = os.path.dirname(__file__)
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
