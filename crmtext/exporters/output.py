"""Where an export goes: a file, the files of a folder, or stdout. Files change all at the end, or not at all."""

from __future__ import annotations

import codecs
import errno
import io
import os
import shutil
import stat
import sys
from contextlib import contextmanager, suppress
from tempfile import TemporaryFile
from typing import IO, TYPE_CHECKING, Any, BinaryIO, NamedTuple, cast

from crmtext import layout
from crmtext.disk import files
from crmtext.disk.nofollow import Folder as OpenFolder
from crmtext.disk.nofollow import is_name
from crmtext.exporters.cells import to_json
from crmtext.i18n import _
from crmtext.problem import CrmError, usage
from crmtext.terminal.output import QuietPipe, binary

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

#: How much of a file is read to see whose it is: more than any header.
_START = 1_000_000


class _Part(NamedTuple):
    """A file that is being written."""

    path: Path
    temporary: Path
    file: IO[bytes]


class Files:
    """Files that take their places together when all are complete."""

    def __init__(self, store: Path, mode: int | None = None) -> None:
        self._store, self._mode = store, mode
        self._parts: list[_Part] = []
        self._taken: set[str] = set()
        self._gone: list[Path] = []
        #: The files that were there before.
        self.replaced: list[Path] = []
        self.written: list[Path] = []
        #: Files of an earlier export that were deleted.
        self.removed: list[Path] = []

    def open(self, path: Path) -> BinaryIO:
        """Open a new file for a path; `name` is where it is until `finish`. Raises CrmError if nothing may be there."""
        within = self._within(path)
        files.make_folder(path.parent, within=within)
        with files.plainly(path):
            if (key := str(path).casefold()) in self._taken:
                raise FileExistsError(errno.EEXIST, os.strerror(errno.EEXIST), str(path))
            self._taken.add(key)
            folder = files.opened(path.parent, within)
            try:
                about = folder.plain(path.name)
                if not any(part.path.parent == path.parent for part in self._parts):
                    _sweep(folder)
                temporary, file = _new(folder, path)
                self._parts.append(_Part(path, temporary, file))
                mode = stat.S_IMODE(about.st_mode) if about else self._mode
                if mode is not None and hasattr(os, "fchmod"):
                    os.fchmod(file.fileno(), mode)
            finally:
                folder.close()
        if about:
            self.replaced.append(path)
        return cast("BinaryIO", file)

    def complete(self) -> None:
        """Sync the files to the disk, before they take their places."""
        for part in self._parts:
            with files.plainly(part.path):
                part.file.flush()
                os.fsync(part.file.fileno())

    def finish(self) -> None:
        """Put the files into their places, synced to the disk."""
        self.complete()
        for part in self._parts:
            with files.plainly(part.path):
                part.file.close()
        for part in self._parts:
            within = self._within(part.path)
            with files.plainly(part.path), files.opened(part.path.parent, within) as folder:
                folder.plain(part.path.name)
                folder.replace(part.temporary.name, part.path.name)
                folder.sync()
            self.written.append(part.path)
        self._parts.clear()
        for path in self._gone:
            files.delete(path, within=self._within(path))
            self.removed.append(path)

    def remove(self, path: Path) -> None:
        """Delete a file at the end."""
        self._gone.append(path)

    def start(self, path: Path) -> bytes | None:
        """Return the first bytes of a file; None if it is missing."""
        try:
            with files.plainly(path), files.opened(path.parent, self._within(path)) as folder:
                handle = folder.open(path.name, os.O_RDONLY)
        except CrmError as error:
            if isinstance(error.__cause__, FileNotFoundError | NotADirectoryError):
                return None
            raise
        with os.fdopen(handle, "rb") as file:
            return file.read(_START)

    def discard(self) -> None:
        """Delete the files that were not put into their places."""
        for part in self._parts:
            with suppress(OSError):
                part.file.close()
            files.discard(part.temporary, within=self._within(part.path))

    def _within(self, path: Path) -> Path | None:
        return files.trusted(path.parent, self._store)


class Folder:
    """The folder of an export: only files of earlier exports are replaced or deleted there."""

    def __init__(self, files_: Files, path: Path) -> None:
        self._files, self._path = files_, path

    def open(self, name: str, is_ours: Callable[[bytes], bool]) -> BinaryIO:
        """Open a file of the export. Raises CrmError if another file is in its place.

        Its first megabyte shows whether a file is ours.
        """
        path = self._at(name)
        start = self._files.start(path)
        if start and not is_ours(start):
            message = _("'{path}' is not from an export of crmtext").format(path=files.near(path))
            raise usage("output-place", message, _("nothing was written; name another folder, or remove the file"))
        return self._files.open(path)

    def leave_out(self, name: str, is_ours: Callable[[bytes], bool]) -> None:
        """Delete the file of an earlier export that this one doesn't have."""
        path = self._at(name)
        start = self._files.start(path)
        if start and is_ours(start):
            self._files.remove(path)

    def _at(self, name: str) -> Path:
        if not is_name(name) or {":", "\\"} & {*name} or not name.isprintable():
            message = _("a list of the schema can't be a file with the name {name}").format(name=to_json(name))
            raise usage(
                "output-place", message, _("export to one file, such as: {option}").format(option="-o all.xlsx")
            )
        return self._path / name


def _new(folder: OpenFolder, path: Path) -> tuple[Path, IO[bytes]]:
    """A new file beside a path, locked until it is closed: an unlocked one is of a killed writer."""
    while True:
        name = layout.temporary(layout.OUTPUT)
        file = open(  # noqa: SIM115 - it stays open, and the opener follows no link
            path.with_name(name),
            "w+b",
            opener=lambda _path, flags: folder.open(name, flags | os.O_EXCL),  # noqa: B023
        )
        files.lock_now(file.fileno())
        # On Windows, locking moves it.
        file.seek(0)
        # Another export may have swept it before it was locked.
        if folder.plain(name) is not None:
            return path.with_name(name), file
        file.close()


def _sweep(folder: OpenFolder) -> None:
    """Delete the files that killed exports left; Windows deletes none that is open."""
    for name in folder.names():
        if layout.is_output(name):
            with suppress(OSError):
                handle = folder.open(name, os.O_RDWR)
                try:
                    if files.lock_now(handle):
                        folder.unlink(name)
                finally:
                    os.close(handle)


def is_terminal() -> bool:
    """Whether stdout is a terminal."""
    return sys.stdout is not None and sys.stdout.isatty()


@contextmanager
def writing(store: Path, mode: int | None = None) -> Iterator[Files]:
    """The files of an export; without an error in the block they are put into their places at its end.

    New files get the mode, before anything is written to them.
    """
    output = Files(store, mode)
    try:
        yield output
        output.finish()
    finally:
        output.discard()


@contextmanager
def stdout(*, whole: bool) -> Iterator[BinaryIO]:
    """Stdout for bytes. A terminal gets the text, without a byte order mark; a reader may go away early.

    With `whole`, it is a file until the block ends without an error.
    """
    with QuietPipe():
        stream: Any = binary(sys.stdout) or _Text(sys.stdout)
        if whole:
            with TemporaryFile() as file:
                yield cast("BinaryIO", file)
                file.seek(0)
                shutil.copyfileobj(file, stream)
        else:
            yield stream
        stream.flush()
        sys.stdout.flush()


class _Text(io.RawIOBase):
    """Takes the bytes of a text for a stream that takes texts only."""

    def __init__(self, stream: Any) -> None:
        super().__init__()
        self._stream = stream
        encoding = "utf-8-sig" if stream.isatty() else "utf-8"
        self._decoder = codecs.getincrementaldecoder(encoding)()

    def writable(self) -> bool:
        """Whether it can be written to."""
        return True

    def write(self, data: Any) -> int:
        """Write the bytes of a text."""
        self._stream.write(self._decoder.decode(bytes(data)))
        return len(data)
