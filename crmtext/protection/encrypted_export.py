"""An export as an age file: written into a private folder, then encrypted to its place."""

from __future__ import annotations

import tarfile
import tempfile
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

from crmtext.disk import files
from crmtext.disk.output_place import check_place
from crmtext.disk.private_folder import private_folder
from crmtext.exporters.output import is_terminal, stdout, writing
from crmtext.i18n import _
from crmtext.problem import usage
from crmtext.protection import age

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from crmtext.exporters.run import Place

_ENDING = ".age"
_CHUNK = 1 << 20


def plain_name(typed: str, keys: Sequence[str]) -> str:
    """Return the output as typed, without the ending of an age file if it will be one: the rest names the format."""
    return typed.removesuffix(_ENDING) if keys else typed


@contextmanager
def encrypted(store: Path, place: Place, keys: Sequence[str]) -> Iterator[Place]:
    """The place where an export is written during the block; at its end, it is encrypted to the place given.

    Without keys that is the place itself. The age file has one more ending, `.age`; that of a folder holds a tar file.
    Raises CrmError for wrong keys, before anything is written.
    """
    if not keys:
        yield place
        return
    recipients = age.recipients(keys)
    target = _target(place)
    if target:
        check_place(target, store)
    elif is_terminal():
        raise usage("export-format", _("an encrypted file is not written to a terminal"), "-o FILE.age")
    with private_folder(Path(tempfile.gettempdir())) as private:
        inside = private / (place.path.name if place.path else "export")
        with _temporary_files_in(private):
            yield place._replace(path=inside, typed=_typed(place))
        if place.is_folder:
            inside = _packed(inside)
        with inside.open("rb") as plain, _opened(target, store) as file:
            age.encrypt(iter(lambda: plain.read(_CHUNK), b""), file, recipients)


@contextmanager
def _temporary_files_in(folder: Path) -> Iterator[None]:
    """Have temporary files created in a private folder: xlsxwriter's hold plain text, and a kill would leave them."""
    before = tempfile.tempdir
    tempfile.tempdir = str(folder)
    try:
        yield
    finally:
        tempfile.tempdir = before


def _target(place: Place) -> Path | None:
    if place.path is None:
        return None
    name = place.path.name
    return place.path.with_name(name.removesuffix(".tar") + ".tar.age" if place.is_folder else name + _ENDING)


def _typed(place: Place) -> str:
    if place.path is None:
        return _("standard output")
    return place.typed.rstrip("/").removesuffix(".tar") + (".tar.age" if place.is_folder else _ENDING)


@contextmanager
def _opened(target: Path | None, store: Path) -> Iterator[BinaryIO]:
    """The age file, which takes its place when it is complete; stdout without one."""
    if target is None:
        with stdout(whole=False) as file:
            yield file
    else:
        with writing(store) as output, files.plainly(target):
            yield output.open(target)


def _packed(folder: Path) -> Path:
    """Pack a folder into a tar file beside it."""
    path = folder.with_name(f"{folder.name}.tar")
    with files.plainly(path), tarfile.open(path, "x", format=tarfile.PAX_FORMAT) as archive:
        archive.add(folder, arcname=folder.name, filter=_anonymous)
    return path


def _anonymous(info: tarfile.TarInfo) -> tarfile.TarInfo:
    info.uid = info.gid = 0
    info.uname = info.gname = ""
    return info
