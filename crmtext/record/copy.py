"""The copy of a record that an editor works on: it stays in the clone's own folder until its text is safe elsewhere."""

from __future__ import annotations

from contextlib import ExitStack, contextmanager, suppress
from hashlib import sha256
from typing import TYPE_CHECKING, NamedTuple

from crmtext import files
from crmtext.i18n import _
from crmtext.problem import CrmError, cannot

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

#: How many texts that were dropped are kept.
KEPT = 20
_BASE = "before"
#: What editors leave beside a file, with nothing in it that the file has not.
_REMAINS = ("~", ".swp", ".swo", ".bak")


class Copy(NamedTuple):
    """The copy of one record, and what the record held when it was made."""

    #: `edit/NAME/` of the clone's own folder.
    folder: Path
    name: str

    @property
    def file(self) -> Path:
        """What the editor opens; it has the record's name, by which editors know the language."""
        return self.folder / self.name

    @property
    def text(self) -> bytes | None:
        """What is in the copy; None if it is gone."""
        try:
            return self.file.read_bytes()
        except FileNotFoundError:
            return None

    @property
    def base(self) -> bytes | None:
        """What the record held when the copy was made."""
        try:
            return (self.folder / _BASE).read_bytes()
        except FileNotFoundError:
            return None

    @property
    def left(self) -> bool:
        """Whether somebody has typed something here that went nowhere yet."""
        return self.text is not None and self.base is not None and self.text != self.base

    @property
    def others(self) -> tuple[Path, ...]:
        """What an editor has left beside the copy, such as what nano saves when its terminal is closed."""
        own = (self.name, _BASE, files.LOCK)
        passing = set(self.folder.glob(files.LEFTOVERS))
        found = (each for each in sorted(self.folder.iterdir()) if each.is_file() and each.name not in own)
        return tuple(each for each in found if each not in passing)

    def begin(self, text: bytes, base: bytes) -> None:
        """Put a text into the copy, to be compared with what the record holds now."""
        for path, content in ((self.folder / _BASE, base), (self.file, text)):
            # Private, whatever the record is: an editor and its remains are nobody else's.
            files.write(path, content, files.read(path), mode=0o600)

    def keep(self) -> Path:
        """Put what was typed aside, where it stays; the file."""
        return self._aside(self.file)

    def close(self) -> None:
        """Remove the copy: its text is in the record, or kept. What an editor saved beside it is kept too.

        What cannot be removed now is cleared up by the next edit, and no failure of this one, which is done.
        """
        with suppress(OSError):
            for other in self.others:
                if other.name.endswith(_REMAINS):
                    other.unlink()
                else:
                    self._aside(other)
            for file in (self.file, self.folder / _BASE):
                file.unlink(missing_ok=True)

    def _aside(self, file: Path) -> Path:
        folder = self.folder.parent.parent / "dropped"
        files.make_folder(folder)
        kept = sorted(folder.glob("[0-9][0-9][0-9][0-9]-*"))
        # Behind the last one, and not by their count: what is kept must not take the place of what was kept before.
        number = int(kept[-1].name[:4]) + 1 if kept else 1
        aside = folder / f"{number:04}-{file.name.strip('.#')}"
        file.rename(aside)
        for old in kept[: max(len(kept) + 1 - KEPT, 0)]:
            old.unlink(missing_ok=True)
        files.sync_folder(folder)
        return aside


@contextmanager
def taken(own: Path, path: str) -> Iterator[Copy]:
    """The copy for a record's path, for the length of a block this window's alone."""
    name = path.rpartition("/")[2]
    # Two records of one name in different folders have a copy each.
    folder = own / "edit" / f"{name.removesuffix('.yaml')[:60]}-{sha256(path.encode()).hexdigest()[:8]}"
    with files.plainly(folder):
        files.make_folder(folder)
    with ExitStack() as stack:
        try:
            stack.enter_context(files.lock(folder, 0))
        except CrmError as error:
            if error.problem.rule != "locked":
                raise
            message = _("'{path}' is being edited in another window").format(path=path)
            raise cannot("being-edited", message, _("end the editor there first")) from None
        files.sweep(folder)
        yield Copy(folder, name)
