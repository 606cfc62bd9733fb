"""Resident IDs and bank cards in files of any kind: text of any encoding, office documents, binary files."""

from __future__ import annotations

import codecs
from itertools import islice
from typing import TYPE_CHECKING, NamedTuple

from crmtext.i18n import _
from crmtext.problem import Place, Problem
from crmtext.text import not_a_card, secret_numbers
from crmtext.text.size import MAX_BYTES

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

    from crmtext.text.secret_numbers import Number

#: git takes a file for binary that has a NUL in its first bytes.
_HEAD = 8000
#: How much of a compressed document is unpacked, and how many of its parts.
_UNPACKED, _PARTS = 32 * 1024 * 1024, 1000
_MOST = 200
_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf_32"),
    (codecs.BOM_UTF16_LE, "utf_16"),
    (codecs.BOM_UTF16_BE, "utf_16"),
)


class _Found(NamedTuple):
    """A number, and its place."""

    digits: str
    problem: Problem


def problems(path: str, data: bytes, known: Collection[str] = ()) -> Iterator[Problem]:
    """A problem for each number in a file that must not enter the history, but for those of known digits."""
    for digits, problem in islice(_found(path, data), _MOST):
        if digits not in known:
            yield problem


def digits(data: bytes, path: str = "") -> frozenset[str]:
    """The digits of all such numbers in a file."""
    return frozenset(digits for digits, _problem in _found(path, data))


def is_binary(data: bytes) -> bool:
    """Whether git would take a file that begins like this for a binary one."""
    return b"\0" in data[:_HEAD] and _marked(data) is None


def _found(path: str, data: bytes) -> Iterator[_Found]:
    if data.startswith(b"PK\x03\x04"):
        for part in _parts(data):
            yield from _bare(path, _plain(part))
    elif is_binary(data):
        # Without its NULs, text of two bytes a character is text.
        yield from _bare(path, data.replace(b"\0", b"").decode("latin_1"))
    else:
        yield from _placed(path, _plain(data))


def _placed(path: str, text: str) -> Iterator[_Found]:
    """The numbers of a text by line; those of YAML also by what its keys say, and by its values."""
    if not secret_numbers.may_hold(text):
        return
    if path.endswith((".yaml", ".yml")) and len(text) <= MAX_BYTES:
        from crmtext.text.read.load import parse_text

        document = parse_text(text, path)
        if document.data is not None:
            yield from (_Found(number.digits, problem) for number, problem in secret_numbers.in_document(document))
            return
    bare = {each.place.line: each for each in not_a_card.without_reason(path, text)}
    for number, problem in secret_numbers.in_text(path, text):
        yield _Found(number.digits, problem)
        if comment := bare.pop(problem.place.line, None):
            yield _Found(number.digits, comment)


def _bare(path: str, text: str) -> Iterator[_Found]:
    """The numbers of something that has no lines."""
    seen: set[Number] = set()
    for number in secret_numbers.found(text):
        if (about := number._replace(start=0, end=0)) not in seen:
            seen.add(about)
            hint = _("delete it; once committed, it stays in git's history")
            yield _Found(number.digits, Problem(number.rule, number.message, Place(path), hint))


def _plain(data: bytes) -> str:
    if encoding := _marked(data):
        return data.decode(encoding, errors="replace")
    try:
        return data.decode()
    except UnicodeDecodeError:
        # What is no UTF-8 is mostly GBK here; digits are the same in all of them.
        return data.decode("gb18030", errors="replace")


def _marked(data: bytes) -> str | None:
    return next((encoding for mark, encoding in _MARKS if data.startswith(mark)), None)


def _parts(data: bytes) -> Iterator[bytes]:
    """What a zip file, such as a spreadsheet, holds: a bounded part of it. The file itself if it is broken."""
    import zipfile
    import zlib
    from io import BytesIO

    left = _UNPACKED
    try:
        with zipfile.ZipFile(BytesIO(data)) as packed:
            for each in packed.infolist()[:_PARTS]:
                yield each.filename.encode(errors="replace")
                with packed.open(each) as part:
                    content = part.read(left)
                left -= len(content)
                yield content
                if left <= 0:
                    return
    # Encrypted, damaged, or packed in a way that Python doesn't know.
    except (zipfile.BadZipFile, zlib.error, RuntimeError, NotImplementedError, OSError, EOFError, ValueError):
        yield data
