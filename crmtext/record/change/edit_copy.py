"""The copy of a record that an editor works on; it stays in the clone's own folder until its text is safe elsewhere."""

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

#: How many dropped texts to keep.
KEPT = 20
_BASE = "before"
_DROPPED = lazy.pattern("[0-9]{4}-.")
#: Suffixes of files that editors leave behind and that add nothing to the edited file.
_REMAINS = ("~", ".swp", ".swo", ".bak")


class Copy(NamedTuple):
    """The copy of one record, and the record's text when the copy was made."""

    #: The clone's own folder, and `edit/NAME/` in it.
    own: Path
    folder: Path
    name: str

    @property
    def file(self) -> Path:
        """The file to edit; it has the record's name, which tells editors the language."""
        return self.folder / self.name

    @property
    def text(self) -> bytes | None:
        """Text of the copy; None if it is gone."""
        return files.read(self.file, within=self.own.parent)

    @property
    def base(self) -> bytes | None:
        """The record's text when the copy was made; None if it is gone."""
        return files.read(self.folder / _BASE, within=self.own.parent)

    @property
    def left(self) -> bool:
        """Whether the copy has edits that were not written to the record."""
        return self.text is not None and self.base is not None and self.text != self.base

    @property
    def others(self) -> tuple[Path, ...]:
        """Files that an editor left beside the copy, such as nano's save file when its terminal closes."""
        ours = (self.name, _BASE, LOCK)
        passing = files.left(self.folder, within=self.own.parent)
        paths = (self.folder / name for name in files.names(self.folder, within=self.own.parent) if name not in ours)
        return tuple(path for path in paths if path not in passing)

    def begin(self, text: bytes, base: bytes) -> None:
        """Write a text into the copy, together with the record's text now, to compare with later."""
        for path, content in ((self.folder / _BASE, base), (self.file, text)):
            # Private whatever the record's mode: an editor's files are nobody else's business.
            there = files.read(path, within=self.own.parent)
            files.write(path, content, there, within=self.own.parent, mode=0o600)

    def keep(self) -> Path:
        """Move the edited text to the dropped texts and return its path."""
        return self._aside(self.file)

    def close(self) -> None:
        """Remove the copy once its text is in the record or kept. Files that an editor saved beside it are kept too.

        A file that cannot be removed is left for the next edit: this one has succeeded.
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
        # Count from the last name, not from the number of files: a new file must not replace a kept one.
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
def locked_copy(own: Path, path: str) -> Iterator[Copy]:
    """Lock the copy of the record at a path for the length of a block."""
    name = path.rpartition("/")[2]
    # Records of the same name in different folders have separate copies.
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
