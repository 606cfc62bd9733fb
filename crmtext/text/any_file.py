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

#: git treats a file as binary if it has a NUL in its first bytes.
_HEAD = 8000
#: Limits for a compressed document: bytes unpacked, and parts read.
_UNPACKED, _PARTS = 32 * 1024 * 1024, 1000
_MOST = 200
_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf_32"),
    (codecs.BOM_UTF16_LE, "utf_16"),
    (codecs.BOM_UTF16_BE, "utf_16"),
)


class _Match(NamedTuple):
    """A number's digits and its problem."""

    digits: str
    problem: Problem


def problems(path: str, data: bytes, known: Collection[str] = ()) -> Iterator[Problem]:
    """Return a problem for each forbidden number in a file, except those whose digits are known."""
    for digits, problem in islice(_find(path, data), _MOST):
        if digits not in known:
            yield problem


def digits(data: bytes, path: str = "") -> frozenset[str]:
    """Return the digits of all forbidden numbers in a file."""
    return frozenset(digits for digits, _problem in _find(path, data))


def is_binary(data: bytes) -> bool:
    """Whether git treats a file that begins like this as binary."""
    return b"\0" in data[:_HEAD] and _marked(data) is None


def _find(path: str, data: bytes) -> Iterator[_Match]:
    if data.startswith(b"PK\x03\x04"):
        for part in _parts(data):
            yield from _without_lines(path, _plain(part))
    elif is_binary(data):
        # Without its NULs, text of two bytes a character is text.
        yield from _without_lines(path, data.replace(b"\0", b"").decode("latin_1"))
    else:
        yield from _by_line(path, _plain(data))


def _by_line(path: str, text: str) -> Iterator[_Match]:
    """The numbers of a text by line; in YAML, keys and decoded values count too."""
    if not secret_numbers.may_contain(text):
        return
    if path.endswith((".yaml", ".yml")) and len(text) <= MAX_BYTES:
        from crmtext.text.read.load import parse_text

        document = parse_text(text, path)
        if document.data is not None:
            yield from (_Match(number.digits, problem) for number, problem in secret_numbers.in_document(document))
            return
    bare = {comment.place.line: comment for comment in not_a_card.without_reason(path, text)}
    for number, problem in secret_numbers.in_text(path, text):
        yield _Match(number.digits, problem)
        if comment := bare.pop(problem.place.line, None):
            yield _Match(number.digits, comment)


def _without_lines(path: str, text: str) -> Iterator[_Match]:
    """The numbers of content without lines."""
    seen: set[Number] = set()
    for number in secret_numbers.find(text):
        if (about := number._replace(start=0, end=0)) not in seen:
            seen.add(about)
            hint = _("delete it; once committed, it stays in git's history")
            yield _Match(number.digits, Problem(number.rule, number.message, Place(path), hint))


def _plain(data: bytes) -> str:
    if encoding := _marked(data):
        return data.decode(encoding, errors="replace")
    try:
        return data.decode()
    except UnicodeDecodeError:
        # Text that isn't UTF-8 is mostly GBK here; digits have the same bytes in all of these encodings.
        return data.decode("gb18030", errors="replace")


def _marked(data: bytes) -> str | None:
    return next((encoding for mark, encoding in _MARKS if data.startswith(mark)), None)


def _parts(data: bytes) -> Iterator[bytes]:
    """The names and contents of a zip file (such as a spreadsheet), up to a limit; the file itself if it is broken."""
    # Loaded where a zip is read only.
    import zipfile
    from io import BytesIO

    from crmtext.text.zip_errors import UNUSABLE

    left = _UNPACKED
    try:
        with zipfile.ZipFile(BytesIO(data)) as packed:
            for entry in packed.infolist()[:_PARTS]:
                yield entry.filename.encode(errors="replace")
                with packed.open(entry) as file:
                    content = file.read(left)
                left -= len(content)
                yield content
                if left <= 0:
                    return
    except UNUSABLE:
        yield data
