"""Reject unsafe workbooks before any library opens them: bombs, entities, false counts, sparse sheets, passwords.

Only the zip's directory and a streaming pass over the XML are read.
"""

from __future__ import annotations

import re
import zipfile
from copy import copy
from io import BytesIO
from typing import TYPE_CHECKING

from crmtext.i18n import _
from crmtext.importers.reading.failure import unreadable
from crmtext.text import zip_errors

if TYPE_CHECKING:
    from collections.abc import Iterator

#: The most bytes unpacked in all; above this size a part may unpack to so many times its packed size.
UNPACKED, LARGE, RATIO = 1 << 30, 10 << 20, 200
_MOST_COLUMNS = 16_384
#: A used range may be so many times the filled cells, plus a million.
SPARSE, SPARSE_FREE = 50, 1_000_000
_CHUNK = 1 << 20
_DOCTYPE = re.compile(rb"<!\s*(?:DOCTYPE|ENTITY)", re.IGNORECASE)
_COUNT = re.compile(rb"<(?:\w+:)?sst\b[^>]*?\b(?:uniqueCount|count)\s*=\s*[\"'](\d+)")
_CELL = re.compile(rb"<c\s[^>]*?\br\s*=\s*[\"']([A-Z]{1,7})(\d{1,10})[\"']")
#: The same with a namespace, which few programs write: much slower.
_PREFIXED_CELL = re.compile(_CELL.pattern.replace(b"<", rb"<(?:\w+:)?", 1))
_REPEATED = re.compile(rb"number-columns-repeated=[\"'](\d+)[\"']")
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"


def check(name: str, data: bytes, kind: str) -> None:
    """Raise CrmError if a workbook is encrypted or unsafe to open."""
    if kind == "xls":
        if data.startswith(_OLE) and ("EncryptedPackage".encode("utf-16-le") in data or _has_filepass(data)):
            raise _encrypted(name)
        return
    try:
        with zipfile.ZipFile(BytesIO(data)) as archive:
            _check_archive(name, archive)
    except zip_errors.UNUSABLE as error:
        raise unreadable(name, _("a damaged workbook: {reason}").format(reason=error)) from None


def _check_archive(name: str, archive: zipfile.ZipFile) -> None:
    entries = archive.infolist()
    if sum(entry.file_size for entry in entries) > UNPACKED:
        raise unreadable(name, _("unpacks to more than 1 GiB"))
    for entry in entries:
        if entry.flag_bits & 1:
            raise _encrypted(name)
        if entry.file_size > LARGE and entry.file_size > RATIO * max(entry.compress_size, 1):
            raise unreadable(name, _("{path} is compressed too much to be a table").format(path=entry.filename[:80]))
    for entry in entries:
        lower = entry.filename.lower()
        if lower == "meta-inf/manifest.xml" and b"encryption-data" in archive.read(entry):
            raise _encrypted(name)
        _check_part(name, archive, entry)


def _check_part(name: str, archive: zipfile.ZipFile, entry: zipfile.ZipInfo) -> None:
    """Check one part in a pass over its chunks; each is read with the end of the one before it."""
    cells = last_row = last_column = 0
    for chunk in _chunks(archive, entry):
        if _DOCTYPE.search(chunk):
            raise unreadable(name, _("{path} declares entities").format(path=entry.filename[:80]))
        if b"sst" in chunk and (count := _COUNT.search(chunk)) and int(count[1]) > max(entry.file_size, 1):
            raise unreadable(name, _("{path} states a false count").format(path=entry.filename[:80]))
        if places := (_PREFIXED_CELL if b":c" in chunk else _CELL).findall(chunk):
            cells += len(places)
            last_row = max(last_row, *(int(row) for row in {row for _letters, row in places}))
            last_column = max(last_column, *map(_column, {letters for letters, _row in places}))
        elif any(int(number) > _MOST_COLUMNS for number in _REPEATED.findall(chunk)):
            raise unreadable(name, _("more than {count} columns").format(count=f"{_MOST_COLUMNS:,}"))
    if last_column > _MOST_COLUMNS:
        raise unreadable(name, _("more than {count} columns").format(count=f"{_MOST_COLUMNS:,}"))
    if last_row * last_column > SPARSE * cells + SPARSE_FREE:
        message = _("{cells} cells are spread over {rows} rows and {columns} columns")
        reason = message.format(cells=cells, rows=last_row, columns=last_column)
        raise unreadable(name, reason, _("copy the table to a new sheet and save that"))


def _chunks(archive: zipfile.ZipFile, entry: zipfile.ZipInfo) -> Iterator[bytes]:
    """The bytes of a part; a tag that a border cuts is whole in the second of the two."""
    rest = b""
    # The stated size may be false: read to the end of the packed data.
    whole_part = copy(entry)
    whole_part.file_size = UNPACKED + 1
    unpacked = 0
    with archive.open(whole_part) as part:
        while chunk := part.read(_CHUNK):
            unpacked += len(chunk)
            if unpacked > entry.file_size:
                raise zipfile.BadZipFile(entry.filename[:80])
            # UTF-16 hides nothing.
            whole = rest + chunk.replace(b"\0", b"")
            end = whole.rfind(b">") + 1 or len(whole)
            yield whole[:end]
            rest = whole[end:][-_CHUNK:]
    if rest:
        yield rest


def _column(letters: bytes) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + letter - 64
    return number


def _has_filepass(data: bytes) -> bool:
    """Whether an old workbook is encrypted: a FILEPASS record (0x2F) follows its first BOF (0x809)."""
    at = data.find(b"\x09\x08\x10\x00\x00\x06")
    if at < 0:
        return False
    after = at + 4 + int.from_bytes(data[at + 2 : at + 4], "little")
    return data[after : after + 2] == b"\x2f\x00"


def _encrypted(name: str) -> Exception:
    return unreadable(name, _("the workbook has a password"), _("remove the password in Excel, then import it"))
