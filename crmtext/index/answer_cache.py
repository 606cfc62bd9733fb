"""The output of the last check, replayed if nothing that it depends on has changed.

The fingerprint of a call covers the arguments, the program, the environment, settings, schema, commit, and the stat
data of git's index and of every record. If anything differs, the check runs again.
"""

from __future__ import annotations

import os
import stat
import sys
import time
from contextvars import ContextVar

from crmtext import layout, quick
from crmtext.disk.nofollow import Folder
from crmtext.index import stat as index_stat
from crmtext.terminal.output import QuietPipe
from crmtext.values.digest import blake2b

# Not imported from `typing`, and paths are strings: a cached answer is printed before `typing` or `pathlib` is loaded.
TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path
    from typing import IO

    Asked = tuple[tuple[str, ...], list[tuple[str, str]]]

#: Variables that move git's files. If one is set, only git knows where they are, so nothing is cached.
ELSEWHERE = (
    "GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE", "GIT_COMMON_DIR", "GIT_PREFIX", "GIT_IMPLICIT_WORK_TREE",
    "GIT_OBJECT_DIRECTORY", "GIT_ALTERNATE_OBJECT_DIRECTORIES", "GIT_QUARANTINE_PATH", "GIT_SHALLOW_FILE",
)  # fmt: skip
#: Files of a received store are opened without following links, and without blocking on a pipe.
_FLAGS = os.O_RDONLY | sum(getattr(os, name, 0) for name in ("O_NOFOLLOW", "O_NONBLOCK", "O_NOCTTY", "O_BINARY"))
_NEW = os.O_WRONLY | os.O_CREAT | os.O_EXCL
#: The largest file that is read whole, in bytes.
_LARGEST = 4 << 20
#: Numbers in the first line: when the answer was computed, when it expires, exit code, sizes of the four parts.
_NUMBERS, _LONGEST_LINE = 7, 200


class Fingerprint:
    """A call, and all that its answer depends on except for the records."""

    __slots__ = ("about", "asked", "began", "git", "look", "root", "youngest")

    def __init__(self, asked: Asked, root: str, git: str, began: int, youngest: int, about: bytes) -> None:
        #: The arguments, and the environment before the program changed its own.
        self.asked = asked
        self.root = root
        self.git = git
        self.began = began
        #: The latest change of git's own files, in nanoseconds.
        self.youngest = youngest
        #: A digest, because the environment may hold secrets.
        self.about = about
        #: The scan of the records, once it was done.
        self.look: index_stat.Look | None = None


_asked: ContextVar[Fingerprint | None] = ContextVar("crmtext_question", default=None)


def replay(words: Sequence[str]) -> int | None:
    """Replay the cached output and return its exit code; None if it may be stale.

    Raises OSError if the output cannot be written.
    """
    clear()
    if not quick.on("answer"):
        return None
    try:
        question = _question((tuple(words), _environment()))
        if question is None:
            return None
        _asked.set(question)
        kept = _kept(question)
    except (OSError, ValueError):
        return None
    if kept is None:
        return None
    code, output, messages = kept
    with QuietPipe():
        sys.stdout.write(output)
        sys.stdout.flush()
        sys.stderr.write(messages)
    return code


def look(top: str) -> index_stat.Look:
    """Return the scan of a folder. The records of a call are scanned once, before any of them is read."""
    question = _asked.get()
    if question is None or top != f"{question.root}/{layout.RECORDS}":
        return index_stat.scan(top)
    if question.look is None:
        question.look = index_stat.scan(top)
    return question.look


def clear() -> None:
    """Forget the current call: it was answered, or the command is about to write."""
    _asked.set(None)


def save(root: Path, git: Path, zone: str, code: int, output: str, messages: str) -> None:
    """Cache an answer until the day ends in a time zone, unless a change of its inputs could go unnoticed."""
    question = _asked.get()
    if question is None or (question.root, question.git) != (str(root), str(git)):
        return
    from crmtext.values import clock

    ends = min(clock.end_of_day(question.began / 1e9, zone or None) * 1e9, sys.maxsize)
    try:
        # Files were read after the fingerprint was taken: it must still be the same.
        now = _question(question.asked)
        if now is None or now.about != question.about:
            return
        records, youngest = _records(question)
        if max(youngest, question.youngest) < question.began - index_stat.RACY_WINDOW_NS:
            words = (text.encode("utf-8", "surrogatepass") for text in (output, messages))
            _keep(git, (question.began, int(ends), code), (question.about, records, *words))
    except (OSError, ValueError):
        # Without a cache the next check runs as usual.
        return


def _keep(git: Path, numbers: tuple[int, ...], parts: tuple[bytes, ...]) -> None:
    fresh = layout.temporary()
    head = " ".join(map(str, (*numbers, *map(len, parts))))
    content = b"".join((head.encode(), b"\n", *parts))
    if len(content) > _LARGEST:
        return
    with Folder(git, (layout.OWN,), make=True) as own:
        first = own.plain(layout.ANSWER) is None
        try:
            # Its output quotes records: only the user may read it.
            with open(own.open(fresh, _NEW, 0o600), "wb") as opened:
                opened.write(content)
            own.replace(fresh, layout.ANSWER)
        except OSError:
            own.unlink(fresh)
            raise
        if first:
            from crmtext.index.key import remove_former

            remove_former(own)


def _kept(question: Fingerprint) -> tuple[int, str, str] | None:
    """The exit code and the output of the cached answer, if its fingerprint is the same."""
    with Folder(question.git, (layout.OWN,)) as own, _usual(own.open(layout.ANSWER, os.O_RDONLY)) as file:
        since, until, code, *sizes = _numbers(file)
        if not since <= question.began < until or file.read(sizes[0]) != question.about:
            return None
        if file.read(sizes[1]) != _records(question)[0]:
            return None
        output, messages = (file.read(size).decode("utf-8", "surrogatepass") for size in sizes[2:])
        return code, output, messages


def _numbers(file: IO[bytes]) -> tuple[int, ...]:
    """The numbers in the first line. Raises ValueError if they do not match the file."""
    line = file.readline(_LONGEST_LINE)
    numbers = tuple(map(int, line.split()))
    if len(numbers) != _NUMBERS or min(numbers) < 0 or len(line) + sum(numbers[3:]) != os.fstat(file.fileno()).st_size:
        raise ValueError
    return numbers


def _question(asked: Asked) -> Fingerprint | None:
    """Fingerprint of this call; None if stat isn't enough to take it."""
    if sys.stdout is None or sys.stderr is None or any(name in os.environ for name in ELSEWHERE):
        return None
    here = os.getcwd()
    root = next((folder for folder in _upwards(here) if os.path.isfile(f"{folder}/{layout.SETTINGS}")), None)
    git = (
        next((f"{folder}/.git" for folder in _upwards(root) if os.path.lexists(f"{folder}/.git")), None)
        if root
        else None
    )
    if root is None or git is None or not _is_plain(root, git):
        return None
    began = time.time_ns()
    head = _head(git)
    index, packed = _mark(f"{git}/index"), _mark(f"{git}/packed-refs")
    if head is None or index is None:
        return None
    read = (f"{root}/{layout.SETTINGS}", f"{root}/{layout.SCHEMA}", f"{git}/config", f"{git}/MERGE_HEAD")
    known = (index, packed, *map(_mark, (*read, *_disclosures(root))))
    zone = (time.tzname, time.timezone, time.altzone)
    files = [_content(path) for path in read]
    about = (asked, here, root, _terminal(), zone, head, known, files)
    youngest = max(time for mark in known if mark for time in mark[index_stat.MTIME : index_stat.CTIME + 1])
    everything = repr(about).encode("utf-8", "backslashreplace") + index_stat.program()
    return Fingerprint(asked, root, git, began, youngest, blake2b(everything).digest())


def _disclosures(root: str) -> list[str]:
    """The folder of disclosures and the files in it, which a check reads too."""
    folder = f"{root}/{layout.DISCLOSURES}"
    try:
        return [f"{root}/{layout.PRIVACY}", folder, *sorted(f"{folder}/{name}" for name in os.listdir(folder))]
    except (FileNotFoundError, NotADirectoryError):
        return [f"{root}/{layout.PRIVACY}", folder]


def _is_plain(root: str, git: str) -> bool:
    """Whether the store has no links, and git keeps its refs in files and replaces no objects."""
    names = (layout.SETTINGS, layout.SCHEMA, layout.SCHEMA_FOLDER, layout.RECORDS, layout.PRIVACY, layout.DISCLOSURES)
    links = any(os.path.islink(f"{root}/{name}") for name in names)
    other = any(os.path.lexists(f"{git}/{name}") for name in ("reftable", "refs/replace"))
    return os.path.isdir(f"{git}/objects") and not links and not other


def _upwards(folder: str) -> Iterator[str]:
    while True:
        yield folder
        above = os.path.dirname(folder)
        if above == folder:
            return
        folder = above


def _environment() -> list[tuple[str, str]]:
    return sorted(os.environ.items())


def _terminal() -> tuple[object, ...]:
    """Properties of the terminal that the output depends on."""
    shown = os.isatty(1)
    size = tuple(os.get_terminal_size(1)) if shown else ()
    return shown, os.isatty(2), size, sys.stdout.encoding.lower(), getattr(os, "geteuid", int)()


def _head(git: str) -> bytes | None:
    """HEAD and its ref, as they are in the files; None if only git can resolve them."""
    head = _content(f"{git}/HEAD") or b""
    if not head.startswith(b"ref: "):
        return head or None
    name = os.fsdecode(head[5:].rstrip())
    if not name.startswith("refs/") or ".." in name:
        return None
    ref = _content(f"{git}/{name}")
    if ref is None:
        return head if os.path.lexists(f"{git}/packed-refs") else None
    return None if ref.startswith(b"ref: ") else head + ref


def _content(path: str) -> bytes | None:
    try:
        with _opened(path) as file:
            return file.read()
    except FileNotFoundError:
        return None


def _opened(path: str) -> IO[bytes]:
    """Open a regular file within the size limit. Raises ValueError for any other file."""
    return _usual(os.open(path, _FLAGS))


def _usual(handle: int) -> IO[bytes]:
    file = open(handle, "rb")  # noqa: SIM115 - the caller's to close
    about = os.fstat(file.fileno())
    if stat.S_ISREG(about.st_mode) and about.st_size <= _LARGEST:
        return file
    file.close()
    raise ValueError


def _mark(path: str) -> tuple[int, ...] | None:
    try:
        return tuple(index_stat.signature([os.lstat(path)]))
    except FileNotFoundError:
        return None


def _records(question: Fingerprint) -> tuple[bytes, int]:
    """A digest of the names and signatures of all files of records, and their latest change in nanoseconds."""
    digest = blake2b()
    youngest = 0
    for folder in look(f"{question.root}/{layout.RECORDS}").folders:
        # Lengths first, so that the contents of two folders are never confused.
        for part in (os.fsencode("\0".join((folder.path, *folder.files))), folder.numbers.tobytes()):
            digest.update(b"%d " % len(part))
            digest.update(part)
        youngest = max(youngest, folder.latest)
    return digest.digest(), youngest
