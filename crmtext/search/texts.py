"""The searched text of a record: one line for each spelling, by kind and field."""

from __future__ import annotations

from functools import lru_cache
from itertools import accumulate
from typing import TYPE_CHECKING
from zlib import crc32

from crmtext.search.entries import NAMES, Entry, Kind
from crmtext.values import lazy, phones, pinyin
from crmtext.values.folding import folded, has_wide, searchable

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

#: Between two sections of a text: one for each kind up to e-mail, full pinyin, initials, one for each other kind. No
#: text and no word has it.
BETWEEN = b"\x1d"
#: The numbers of the sections with full pinyin and with initials.
LATIN = (Kind.EMAIL + 1, Kind.EMAIL + 2)
#: Private characters from here on mark the lines of a field: no text and no word has them, and all begin alike.
_SIGN, _FIRST = 0xE000, b"\xee"
_SIGN_LENGTH = 6
#: After the letters of a reading, the number of the name and the place of each syllable are bytes from here on, which
#: rise and so are never a part of UTF-8 text.
_PLACE, _LAST_PLACE = 0x80, 0xFF
_NUMBERS = bytes(range(_PLACE, _LAST_PLACE + 1))
#: Longer names are read in part, and so many names of a field.
_LONGEST_READ, _MOST_READ = 64, 100
_MANY = 1 << 12
_IS_CHINESE = lazy.pattern("[㐀-鿿〇𠀀-𿿿]")


def text(entries: Iterable[Entry], *, readings: bool = True) -> bytes:
    """Return the searched text of these values, in UTF-8; without `readings`, without pinyin."""
    given = tuple(entries)
    forms = [form for entry in given for form in entry.forms]
    folds = iter(searchable(forms))
    wide = has_wide("".join(forms))
    kinds: tuple[dict[str, dict[str, None]], ...] = tuple({} for _kind in Kind)
    for kind, path, written, _is_person in given:
        lines = kinds[kind].setdefault(path, {})
        for form in written:
            fold = next(folds)
            if kind is Kind.PHONE:
                # A number is searched by its end, with and without its extension.
                main, extension = phones.split(form)
                fold = main.lstrip("+")
                lines[fold + extension] = None
            lines[fold] = None
            if kind in NAMES:
                # Names are also compared without punctuation.
                lines[folded(form)] = None
            if wide and has_wide(form):
                lines[searchable((form,), wide=True)[0]] = None
    sections = ["".join(f"{_mark(path)}\n{chr(10).join(lines)}\n" for path, lines in kind.items()) for kind in kinds]
    latin = _latin(entry for entry in given if entry.kind in NAMES) if readings else (b"", b"")
    encoded = [section.encode() for section in sections]
    return BETWEEN.join((*encoded[: Kind.EMAIL + 1], *latin, *encoded[Kind.TOPIC :]))


def of_entry(entry: Entry, number: int, whole: bytes) -> bytes:
    """Return the text of one value, with its readings from the record's text if it is a name.

    The number is that of the value among those of its field.
    """
    sections = text((entry,), readings=False).split(BETWEEN)
    if whole and entry.kind in NAMES and number < _MOST_READ:
        parts = within(whole, entry.path).split(BETWEEN)
        for place in LATIN:
            own = (line for line in parts[place].splitlines(keepends=True) if _numbered(line)[1][:1] == bytes([number]))
            sections[place] = b"\n" + b"".join(own)
    return BETWEEN.join(sections)


def _latin(names: Iterable[Entry]) -> tuple[bytes, bytes]:
    """The sections with the pinyin and the initials of names; each line has the number of its name."""
    full: dict[str, list[bytes]] = {}
    short: dict[str, list[bytes]] = {}
    count: dict[str, int] = {}
    for _kind, path, written, is_person in names:
        number = count.get(path, 0)
        count[path] = number + 1
        readings, initials = _read(written[0], person=is_person) if number < _MOST_READ else ((), ())
        mark = bytes([_PLACE + number]) if readings else b""
        for lines, read in ((full, readings), (short, initials)):
            lines.setdefault(path, []).extend(letters + mark + places for letters, places in read)
    sections = (
        b"".join(b"%b\n%b\n" % (_mark(path).encode(), b"\n".join(lines)) for path, lines in section.items() if lines)
        for section in (full, short)
    )
    return next(sections), next(sections)


def within(whole: bytes, path: str) -> bytes:
    """Return the part of a record's text with the values of a field and of the fields in it."""
    wanted = _sign(path).encode()
    return BETWEEN.join(b"".join(_groups(section, wanted)) for section in whole.split(BETWEEN))


def is_within(path: str, field: str) -> bool:
    """Whether a path is that of a field, or in it; an empty field holds all."""
    return not field or path == field or path.startswith((f"{field}.", f"{field}[]"))


def _groups(section: bytes, wanted: bytes) -> Iterator[bytes]:
    inside = False
    for line in section.splitlines(keepends=True):
        if line[:1] == _FIRST:
            inside = any(line[at : at + _SIGN_LENGTH] == wanted for at in range(0, len(line) - 1, _SIGN_LENGTH))
        if inside:
            yield line


def lines(whole: bytes) -> Iterator[str]:
    """Return the lines of a record's text without the marks of fields and the places of syllables."""
    for number, section in enumerate(whole.split(BETWEEN)):
        for line in section.splitlines():
            if line[:1] != _FIRST:
                yield (_numbered(line)[0] if number in LATIN else line).decode()


def syllables(line: bytes) -> tuple[bytes, bytes]:
    """Return the letters of a line of pinyin, and the places where its syllables begin."""
    letters, numbers = _numbered(line)
    return letters, numbers[1:]


def _numbered(line: bytes) -> tuple[bytes, bytes]:
    """The letters of a line of pinyin or initials, and the numbers behind them."""
    line = line.rstrip(b"\n")
    letters = line.rstrip(_NUMBERS)
    return letters, bytes(number - _PLACE for number in line[len(letters) :])


@lru_cache(_MANY)
def _read(name: str, *, person: bool) -> tuple[tuple[tuple[bytes, bytes], ...], tuple[tuple[bytes, bytes], ...]]:
    """A Chinese name in full pinyin with the places of the syllables, and by initials without any."""
    if not _IS_CHINESE.search(name):
        return (), ()
    full: dict[tuple[bytes, bytes], None] = {}
    short: dict[tuple[bytes, bytes], None] = {}
    read = name[:_LONGEST_READ]
    for reading, initials in pinyin.spelled(read, pinyin.readings(read, person=person)):
        places = [_PLACE + at for at in accumulate(map(len, reading[:-1]), initial=0) if _PLACE + at <= _LAST_PLACE]
        full["".join(reading).encode(), bytes(places)] = None
        short["".join(initials).encode(), b""] = None
    return tuple(full), tuple(short)


@lru_cache(_MANY)
def _mark(path: str) -> str:
    """The mark of a field: the signs of the fields around it, and its own."""
    steps = path.split(".")
    return "".join(_sign(".".join(steps[:count])) for count in range(1, len(steps) + 1))


def _sign(path: str) -> str:
    """Two private characters that stand for a path."""
    number = crc32(path.removesuffix("[]").encode()) & 0xFFFFFF
    return f"{chr(_SIGN + (number >> 12))}{chr(_SIGN + (number & 0xFFF))}"
