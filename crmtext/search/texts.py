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
#: The number of the section with full pinyin.
PINYIN = Kind.EMAIL + 1
#: Private characters from here on mark the lines of a field: no text and no word has them, and all begin alike.
_SIGN, _FIRST = 0xE000, b"\xee"
_SIGN_LENGTH = 6
#: The place of a syllable is one byte from here on, after the letters of a reading: never a part of UTF-8 text.
_PLACE, _LAST_PLACE = 0x80, 0xFF
#: Longer names are read in part.
_READ = 64
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


def _latin(names: Iterable[Entry]) -> tuple[bytes, bytes]:
    """The sections with the pinyin and the initials of names."""
    full: dict[str, dict[bytes, None]] = {}
    short: dict[str, dict[bytes, None]] = {}
    for _kind, path, written, is_person in names:
        readings, initials = _read(written[0], person=is_person)
        if readings:
            full.setdefault(path, {}).update(dict.fromkeys(readings))
            short.setdefault(path, {}).update(dict.fromkeys(initials))
    sections = (
        b"".join(b"%b\n%b\n" % (_mark(path).encode(), b"\n".join(lines)) for path, lines in section.items())
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
                yield (syllables(line)[0] if number == PINYIN else line).decode()


def syllables(line: bytes) -> tuple[bytes, bytes]:
    """Return the letters of a line of pinyin, and the places where its syllables begin."""
    letters = line.rstrip(bytes(range(_PLACE, _LAST_PLACE + 1)))
    return letters, bytes(place - _PLACE for place in line[len(letters) :])


@lru_cache(_MANY)
def _read(name: str, *, person: bool) -> tuple[tuple[bytes, ...], tuple[bytes, ...]]:
    """A Chinese name in full pinyin, with the places of the syllables, and by initials."""
    if not _IS_CHINESE.search(name):
        return (), ()
    full: dict[bytes, None] = {}
    short: dict[bytes, None] = {}
    read = name[:_READ]
    for reading, initials in pinyin.spelled(read, pinyin.readings(read, person=person)):
        places = [_PLACE + at for at in accumulate(map(len, reading[:-1]), initial=0) if _PLACE + at <= _LAST_PLACE]
        full["".join(reading).encode() + bytes(places)] = None
        short["".join(initials).encode()] = None
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
