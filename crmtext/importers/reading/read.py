"""Files, folders and zips as sheets."""

from __future__ import annotations

import zipfile
from dataclasses import replace
from hashlib import sha256
from io import BytesIO
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, BinaryIO, NamedTuple

from crmtext.i18n import _
from crmtext.importers.reading import delimited, json_rows, sqlite, vcard, workbook
from crmtext.importers.reading.failure import unreadable
from crmtext.problem import usage
from crmtext.text import zip_errors
from crmtext.values.did_you_mean import did_you_mean, nearest

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from crmtext.importers.options import ReadOptions
    from crmtext.importers.sheet import Sheet

#: The most files of an import, and the most bytes of a file or unpacked zip.
MOST_FILES, LARGEST = 100, 1 << 30
#: A zip's member above this size may be so many times its packed size.
_LARGE, _RATIO = 10 << 20, 200
#: Endings of the files that a folder or zip is searched for.
_TEXTS = (".csv", ".tsv", ".tab", ".txt", ".vcf", ".vcard", ".json", ".jsonl", ".ndjson")
_BOOKS = (".xlsx", ".xlsm", ".xls", ".ods", ".et", ".sqlite", ".sqlite3")
#: Files and folders of systems and programs; they hold no data.
_UNSEEN = ("__MACOSX", "~$", ".")
_BINARY = ((b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "xls"), (b"SQLite format 3\0", "sqlite"))
_OTHERS = ((b"%pdf", "PDF"), (b"\x89png", "PNG"), (b"\xff\xd8\xff", "JPEG"))
_ZIP = (b"PK\x03\x04", b"PK\x05\x06")


class File(NamedTuple):
    """A file's name as shown, and its bytes."""

    name: str
    data: bytes


def read(sources: Sequence[str], how: ReadOptions, stdin: BinaryIO | None = None) -> tuple[Sheet, ...]:
    """Return the sheets of files, folders and zips; `-` stands for stdin.

    Formats go by content. Raises CrmError with exit code 3, which names the file, if one can't be read.
    """
    sheets: list[Sheet] = []
    notes: list[str] = []
    count = 0
    for source in sources:
        for file in _files(source, stdin, notes):
            count += 1
            if count > MOST_FILES:
                raise unreadable(
                    source, _("more than {count} files").format(count=MOST_FILES), _("import fewer at a time")
                )
            sheets += _sheets(file, how)
    if how.sheet:
        sheets = _only(sheets, how.sheet)
    if sheets and notes:
        sheets[0] = replace(sheets[0], notes=(*notes, *sheets[0].notes))
    return tuple(sheets)


def _files(source: str, stdin: BinaryIO | None, notes: list[str]) -> Iterator[File]:
    """The files that a source stands for, in the order of their names."""
    if source == "-":
        data = stdin.read(LARGEST + 1) if stdin else b""
        yield from _opened("-", data, notes)
        return
    path = Path(source)
    try:
        if not path.is_dir():
            yield from _opened(source, _bytes(path, source), notes)
            return
        members = sorted(
            member
            for member in path.rglob("*")
            if member.is_file() and not any(part.startswith(_UNSEEN) for part in member.relative_to(path).parts)
        )
    except OSError as error:
        raise unreadable(source, error.strerror or str(error)) from None
    known = [member for member in members if member.suffix.lower() in (*_TEXTS, *_BOOKS, ".zip")]
    notes += [_ignored(str(member)) for member in members if member not in known]
    if not known:
        message = _("the folder has no file of a known kind")
        raise unreadable(source, message, _("known kinds: {kinds}").format(kinds=" ".join((*_TEXTS, *_BOOKS, ".zip"))))
    for member in known:
        yield from _opened(str(member), _bytes(member, str(member)), notes)


def _bytes(path: Path, name: str) -> bytes:
    try:
        if not path.exists():
            raise unreadable(name, _("no such file"), _("check the name"))
        if not path.is_file():
            raise unreadable(name, _("not a regular file"))
        if path.stat().st_size > LARGEST:
            raise unreadable(name, _("larger than 1 GiB"), _("split it"))
        return path.read_bytes()
    except PermissionError:
        raise unreadable(name, _("no permission to read it"), _("if Excel has it open, close it in Excel")) from None
    except (OSError, ValueError) as error:
        raise unreadable(name, getattr(error, "strerror", None) or str(error)) from None


def _opened(name: str, data: bytes, notes: list[str]) -> Iterator[File]:
    """A file, or the members of a zip."""
    if len(data) > LARGEST:
        raise unreadable(name, _("larger than 1 GiB"), _("split it"))
    if not data.startswith(_ZIP):
        yield File(name, data)
        return
    try:
        with zipfile.ZipFile(BytesIO(data)) as archive:
            if _book(archive):
                yield File(name, data)
            else:
                yield from _members(name, archive, notes)
    except zip_errors.UNUSABLE as error:
        raise unreadable(name, _("damaged zip: {reason}").format(reason=error), _("zip or export it again")) from None


def _book(archive: zipfile.ZipFile) -> str:
    """The kind of workbook that a zip is; empty for other zips."""
    names = set(archive.namelist())
    if "content.xml" in names and "mimetype" in names:
        return "ods"
    return "xlsx" if "[Content_Types].xml" in names else ""


def _members(name: str, archive: zipfile.ZipFile, notes: list[str]) -> Iterator[File]:
    """The files of a zip, read in memory and never unpacked."""
    entries = [(_member_name(entry).replace("\\", "/"), entry) for entry in archive.infolist() if not entry.is_dir()]
    if sum(entry.file_size for _name, entry in entries) > LARGEST:
        raise unreadable(name, _("unpacks to more than 1 GiB"), _("split it"))
    known = 0
    for inner, entry in sorted(entries, key=lambda pair: pair[0]):
        path = _inside(name, inner)
        if any(part.startswith(_UNSEEN) for part in path.parts):
            continue
        shown = f"{name}/{inner}"
        if path.suffix.lower() not in (*_TEXTS, *_BOOKS, ".zip"):
            notes.append(_ignored(shown))
            continue
        if entry.flag_bits & 1:
            raise unreadable(name, _("the zip has a password"), _("unzip it and import the files"))
        if entry.file_size > _LARGE and entry.file_size > _RATIO * max(entry.compress_size, 1):
            raise unreadable(shown, _("unpacks to more than {count} times its size").format(count=_RATIO))
        data = archive.read(entry)
        if data.startswith(_ZIP):
            with zipfile.ZipFile(BytesIO(data)) as nested:
                if not _book(nested):
                    raise unreadable(shown, _("a zip inside a zip"), _("unzip the outer one and import the files"))
        known += 1
        yield File(shown, data)
    if not known:
        message = _("the zip has no file of a known kind")
        raise unreadable(name, message, _("known kinds: {kinds}").format(kinds=" ".join((*_TEXTS, *_BOOKS))))


def _inside(name: str, inner: str) -> PurePosixPath:
    """The path of a zip's member. Raises CrmError if it leads out of the zip."""
    path = PurePosixPath(inner)
    if path.is_absolute() or ".." in path.parts or inner[1:2] == ":":
        message = _("its member {path} has a path outside the zip")
        raise unreadable(name, message.format(path=ascii(inner)[:80]), _("zip the files again"))
    return path


def _ignored(path: str) -> str:
    return _("{file} is ignored: not a kind of file that can be imported").format(file=path)


def _member_name(entry: zipfile.ZipInfo) -> str:
    """The name of a member; Chinese Windows writes GBK without a mark."""
    if entry.flag_bits & 0x800 or entry.filename.isascii():
        return entry.filename
    raw = entry.filename.encode("cp437", "replace")
    for encoding in ("utf-8", "gb18030"):
        try:
            return raw.decode(encoding)
        except UnicodeDecodeError:
            continue
    return entry.filename


def _sheets(file: File, how: ReadOptions) -> tuple[Sheet, ...]:
    kind = _kind(file)
    digest = sha256(file.data).hexdigest()
    if kind in ("xlsx", "xls", "ods"):
        return workbook.read(file.name, file.data, kind, digest)
    if kind == "sqlite":
        return sqlite.read(file.name, file.data, digest)
    if kind == "vcf":
        return (vcard.read(file.name, file.data, digest, how.encoding),)
    if kind in ("json", "jsonl"):
        return json_rows.read(file.name, file.data, kind, digest, how.encoding)
    return (delimited.read(file.name, file.data, digest, how.encoding),)


def _kind(file: File) -> str:
    """The format of a file by its content. Raises CrmError for content that no reader knows."""
    data, suffix = file.data, PurePosixPath(file.name).suffix.lower()
    if kind := next((kind for mark, kind in _BINARY if data.startswith(mark)), ""):
        return kind
    if data.startswith(_ZIP):
        with zipfile.ZipFile(BytesIO(data)) as archive:
            return _book(archive)
    start = data[:4096].lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    if not start:
        raise unreadable(file.name, _("the file is empty"), _("export it again"))
    if start.startswith((b"<html", b"<!doctype", b"<table", b"<meta", b"<?xml", b"<workbook", b"<div", b"<style")):
        raise unreadable(file.name, _("a web page or XML, not a table"), _("open it in Excel and save it as .xlsx"))
    for mark, what in (
        (b"%pdf", "PDF"),
        (b"\x89png", "PNG"),
        (b"\xff\xd8\xff", "JPEG"),
    ):
        if data[:16].lower().startswith(mark):
            message = _("a {kind} file, not a table").format(kind=what)
            raise unreadable(file.name, message, _("export it as CSV, XLSX or vCard"))
    plain = start.replace(b"\0", b"").lstrip(b"\xff\xfe") if b"\0" in start else start
    if plain.startswith(b"begin:vcard") or suffix in (".vcf", ".vcard"):
        return "vcf"
    if plain[:1] in (b"{", b"[") and (suffix in ("", ".json", ".jsonl", ".ndjson") or file.name == "-"):
        return "jsonl" if suffix in (".jsonl", ".ndjson") else "json"
    if suffix in (".json", ".jsonl", ".ndjson"):
        return suffix[1:].replace("ndjson", "jsonl")
    return "csv"


def _only(sheets: list[Sheet], wanted: str) -> list[Sheet]:
    """The sheets of workbooks with this name, and all other files."""
    names = [sheet.name for sheet in sheets if sheet.name]
    if wanted not in names:
        message = _("no sheet is named '{name}'").format(name=wanted[:80])
        known = _("sheets: {names}").format(names=_(", ").join(names))
        raise usage("unknown-sheet", message, did_you_mean(nearest(wanted, names), known))
    return [sheet for sheet in sheets if not sheet.name or sheet.name == wanted]
