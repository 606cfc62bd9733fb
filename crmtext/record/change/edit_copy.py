"""The copy of a record that an editor works on: it stays in the clone's own folder until its text is safe elsewhere."""

from __future__ import annotations

from contextlib import ExitStack, contextmanager, suppress
from hashlib import sha256
from typing import TYPE_CHECKING, NamedTuple

from crmtext.disk import files
from crmtext.i18n import _
from crmtext.layout import LOCK
from crmtext.problem import CrmError, cannot
from crmtext.values import lazy

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

#: How many texts that were dropped are kept.
KEPT = 20
_BASE = "before"
_DROPPED = lazy.pattern("[0-9]{4}-.")
#: What editors leave beside a file, with nothing in it that the file has not.
_REMAINS = ("~", ".swp", ".swo", ".bak")


class Copy(NamedTuple):
    """The copy of one record, and what the record held when it was made."""

    #: The clone's own folder, and `edit/NAME/` in it.
    own: Path
    folder: Path
    name: str

    @property
    def file(self) -> Path:
        """What the editor opens; it has the record's name, by which editors know the language."""
        return self.folder / self.name

    @property
    def text(self) -> bytes | None:
        """What is in the copy; None if it is gone."""
        return files.read(self.file, within=self.own.parent)

    @property
    def base(self) -> bytes | None:
        """What the record held when the copy was made."""
        return files.read(self.folder / _BASE, within=self.own.parent)

    @property
    def left(self) -> bool:
        """Whether somebody has typed something here that went nowhere yet."""
        return self.text is not None and self.base is not None and self.text != self.base

    @property
    def others(self) -> tuple[Path, ...]:
        """What an editor has left beside the copy, such as what nano saves when its terminal is closed."""
        ours = (self.name, _BASE, LOCK)
        passing = files.left(self.folder, within=self.own.parent)
        found = (self.folder / name for name in files.names(self.folder, within=self.own.parent) if name not in ours)
        return tuple(each for each in found if each not in passing)

    def begin(self, text: bytes, base: bytes) -> None:
        """Put a text into the copy, to be compared with what the record holds now."""
        for path, content in ((self.folder / _BASE, base), (self.file, text)):
            # Private, whatever the record is: an editor and its remains are nobody else's.
            there = files.read(path, within=self.own.parent)
            files.write(path, content, there, within=self.own.parent, mode=0o600)

    def keep(self) -> Path:
        """Put what was typed aside, where it stays; the file."""
        return self._aside(self.file)

    def close(self) -> None:
        """Remove the copy: its text is in the record, or kept. What an editor saved beside it is kept too.

        What cannot be removed now is cleared up by the next edit, and no failure of this one, which is done.
        """
        with suppress(CrmError):
            for other in self.others:
                if other.name.endswith(_REMAINS):
                    files.delete(other, within=self.own.parent)
                else:
                    self._aside(other)
            for file in (self.file, self.folder / _BASE):
                files.delete(file, within=self.own.parent)

    def _aside(self, file: Path) -> Path:
        folder, within = self.own / "dropped", self.own.parent
        files.make_folder(folder, within=within)
        there = files.names(folder, within=within)
        kept = [name for name in there if _DROPPED.match(name)]
        # Behind the last one, and not by their count: what is kept must not take the place of what was kept before.
        number = int(kept[-1][:4]) + 1 if kept else 1
        while (name := f"{number:04}-{file.name.strip('.#')}") in there:
            number += 1
        aside = folder / name
        files.move(file, aside, within=within)
        for old in kept[: max(len(kept) + 1 - KEPT, 0)]:
            files.delete(folder / old, within=within)
        with files.plainly(folder):
            files.sync_folder(folder, within=within)
        return aside


@contextmanager
def taken(own: Path, path: str) -> Iterator[Copy]:
    """The copy for a record's path, for the length of a block this window's alone."""
    name = path.rpartition("/")[2]
    # Two records of one name in different folders have a copy each.
    folder = own / "edit" / f"{name.removesuffix('.yaml')[:60]}-{sha256(path.encode()).hexdigest()[:8]}"
    files.make_folder(folder, within=own.parent)
    with ExitStack() as stack:
        try:
            stack.enter_context(files.lock(folder, 0, within=own.parent))
        except CrmError as error:
            if error.problem.rule != "locked":
                raise
            message = _("'{path}' is being edited in another window").format(path=path)
            raise cannot("being-edited", message, _("close the other editor first")) from None
        files.sweep(folder, within=own.parent)
        yield Copy(own, folder, name)
