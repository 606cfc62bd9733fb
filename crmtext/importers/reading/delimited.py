"""Text files of cells: CSV and its relatives, in any encoding that people have."""

from __future__ import annotations

import codecs
import csv
import io
import re
import sys
from typing import TYPE_CHECKING

from crmtext.i18n import _
from crmtext.importers.reading.failure import unreadable
from crmtext.importers.sheet import Row, Sheet

if TYPE_CHECKING:
    from collections.abc import Iterator

#: Limits of a sheet: rows, columns, bytes of a cell.
MOST_ROWS, MOST_COLUMNS, LARGEST_CELL = 1_000_000, 2_000, 10 << 20
#: UTF-32 stands before UTF-16, whose mark is the beginning of its own.
_MARKS = (
    (codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF32_LE, "utf-32-le"), (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be"),
)  # fmt: skip
DELIMITERS = ",;\t|"
#: A quote that stays open for more lines is an error, not a cell.
OPEN_LINES = 100
#: `="001"`, by which people keep Excel from dropping zeros.
_FORMULA = re.compile(r'="([^"]*)"')
_SURROGATE = re.compile("[\ud800-\udfff]")
_QUOTED = re.compile(r'"[^"]*"')
#: The header of our own exports, with the sign that separates its cells.
_OWN = re.compile(r'"?(?:customer_)?id"?([,;\t])')
_SEP = re.compile(r"\"?sep=(.)\"?\n", re.IGNORECASE)
#: Follows the last line. A file has no NUL by then, so a reader that gives it as part of a cell has an open quote.
_END = "\0"


def read(name: str, data: bytes, digest: str, encoding: str = "") -> Sheet:
    """Return a text file as a sheet. Raises CrmError for NUL, open quotes and bytes that are no text.

    Rows have the numbers that a spreadsheet shows: empty rows count, line breaks inside quotes and `sep=;` don't.
    """
    text, used = decode(name, data, encoding, breaks="")
    if own := _OWN.match(text):
        # A cell of our own export may have any line breaks, and more lines than others.
        return Sheet(name, "", "csv", tuple(_rows(name, text, own[1], 1, own=True)), digest, used, own[1])
    text = _with_line_feeds(text)
    delimiter = ""
    if match := _SEP.match(text):
        delimiter, text = match[1], text[match.end() :]
    delimiter = delimiter or _delimiter(text)
    rows = tuple(_rows(name, text, delimiter, first_line=2 if match else 1))
    return Sheet(name, "", "csv", rows, digest, used, delimiter)


def decode(name: str, data: bytes, encoding: str = "", *, breaks: str = "\n") -> tuple[str, str]:
    """Return the text of a file and its encoding: by its mark, UTF-8 or GB18030. Line breaks are made line feeds.

    Without `breaks` they stay as they are. Raises CrmError for an unknown encoding, NUL and lone surrogates.
    """
    text, used = _decode(name, data, encoding)
    text = text.removeprefix("\ufeff")
    text = _with_line_feeds(text) if breaks else text
    if "\0" in text:
        line = _with_line_feeds(text[: text.index("\0")]).count("\n") + 1
        hint = _("remove it, or name the encoding if the file is UTF-16: --encoding utf-16-le")
        raise unreadable(name, _("line {line} contains a NUL byte").format(line=line), hint)
    if match := _SURROGATE.search(text):
        line = _with_line_feeds(text[: match.start()]).count("\n") + 1
        raise unreadable(name, _("line {line} contains half a character (a lone surrogate)").format(line=line))
    return text, used


def _with_line_feeds(text: str) -> str:
    return text.replace("\r\n", "\n").replace("\r", "\n") if "\r" in text else text


def _decode(name: str, data: bytes, encoding: str) -> tuple[str, str]:
    if encoding:
        try:
            return data.decode(encoding), encoding
        except LookupError:
            hint = _("known names: utf-8, gb18030, big5, shift_jis, utf-16-le, cp1252 and others")
            raise unreadable(name, _("unknown encoding '{name}'").format(name=encoding[:40]), hint) from None
        except (UnicodeError, ValueError) as error:
            raise _undecodable(name, data, error, encoding) from None
    for mark, marked in _MARKS:
        if data.startswith(mark):
            try:
                return data[len(mark) :].decode(marked), marked
            except UnicodeError as error:
                raise _undecodable(name, data[len(mark) :], error, marked) from None
    try:
        return data.decode(), "utf-8"
    except UnicodeDecodeError as error:
        if _is_mostly_utf8(data):
            raise _undecodable(name, data, error, "utf-8") from None
    try:
        return data.decode("gb18030"), "gb18030"
    except UnicodeDecodeError as error:
        message = _("line {line} is neither UTF-8 nor GB18030").format(line=_line(data, error.start))
        raise unreadable(name, message, _("name the encoding, such as big5 or cp1252: --encoding NAME")) from None


def _undecodable(name: str, data: bytes, error: Exception, encoding: str) -> Exception:
    start = error.start if isinstance(error, UnicodeDecodeError) else 0
    width = 2 if "16" in encoding else 4 if "32" in encoding else 1
    message = _("line {line} is not {encoding}").format(line=_line(data, start, width), encoding=encoding[:40])
    return unreadable(name, message, _("fix that line, or name the encoding: --encoding NAME"))


def _line(data: bytes, end: int, width: int = 1) -> int:
    """The line of a byte: line feeds before it, or carriage returns in files of old Macs, plus one."""
    before = data[:end:width] if width > 1 and data[1:2] == b"\0" else data[width - 1 : end : width]
    return max(before.count(b"\n"), before.count(b"\r")) + 1


def _is_mostly_utf8(data: bytes) -> bool:
    """Whether most of the lines that are not plain ASCII are UTF-8."""
    good = bad = 0
    for line in re.split(rb"[\r\n]+", data):
        if line.isascii():
            continue
        try:
            line.decode()
            good += 1
        except UnicodeDecodeError:
            bad += 1
    return good > bad


def _delimiter(text: str) -> str:
    """The sign that separates the cells of the header, which is the first line with a sign that its next line has, too.

    Titles above it may contain a comma.
    """
    lines = [line for line in _QUOTED.sub("", text[: 1 << 16]).split("\n")[:60] if line.strip()][:30]
    first = ""
    for line, after in zip(lines, [*lines[1:], ""], strict=False):
        best = max(DELIMITERS, key=line.count)
        if best not in line:
            continue
        first = first or best
        if best in after or not after:
            return best
    return first or ","


def _rows(name: str, text: str, delimiter: str, first_line: int, *, own: bool = False) -> Iterator[Row]:
    record: list[str] = []
    start = first_line

    def lines() -> Iterator[str]:
        for line in io.StringIO(text, newline="" if own else "\n"):
            record.append(line)
            if len(record) > OPEN_LINES and not own:
                raise _open_quote(name, record, start)
            yield line
        yield _END

    limit = csv.field_size_limit(LARGEST_CELL)
    try:
        reader = csv.reader(lines(), delimiter=delimiter)
        for number, cells in enumerate(reader, start=1):
            if cells == [_END]:
                return
            if cells and cells[-1].endswith(_END):
                raise _open_quote(name, record, start)
            _check_size(name, number, cells)
            if cells:
                yield Row(number, tuple(map(_cell, cells)))
            start += len(record)
            record.clear()
    except csv.Error:
        message = _("a cell in line {line} is larger than 10 MiB").format(line=start)
        raise unreadable(name, message, _("shorten it")) from None
    finally:
        csv.field_size_limit(limit)


def _check_size(name: str, number: int, cells: list[str]) -> None:
    if number > MOST_ROWS:
        message = _("more than {count} rows").format(count=f"{MOST_ROWS:,}")
        raise unreadable(name, message, _("split the file"))
    if len(cells) > MOST_COLUMNS:
        message = _("row {row} has more than {count} columns").format(row=number, count=f"{MOST_COLUMNS:,}")
        raise unreadable(name, message)


def _open_quote(name: str, record: list[str], start: int) -> Exception:
    opened, is_open = 0, False
    for number, line in enumerate(record):
        for _quote in range(line.replace('""', "").count('"')):
            is_open = not is_open
            opened = number if is_open else opened
    message = _("the quote that opens in line {line} is never closed").format(line=start + opened)
    return unreadable(name, message, _("close it, or double the quotes inside the cell"))


def _cell(text: str) -> str:
    """A cell without the tricks that keep spreadsheets from changing it; repeated texts are one object."""
    if text[:1] in ("=", "\t"):
        if match := _FORMULA.fullmatch(text):
            return match[1]
        text = text.removeprefix("\t")
    return sys.intern(text) if len(text) < 40 else text
