"""Text measured as a terminal shows it: Chinese characters take two cells, combining marks none."""

from __future__ import annotations

import re
import unicodedata
from functools import cache

from crmtext import lazy

_OPENING = "（《「『【〈“‘(["
_CLOSING = "，。、；：？！）》」』】〉”％…"
_WIDE = (
    "\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe4f\uff01-\uff60\uffe0-\uffe6\U0001f300-\U0003fffd"
)
#: What a line may be broken between: blanks, one wide character, or one word, with the marks that cling to it.
_ATOM = (
    rf"\s+|[{re.escape(_OPENING)}]*"
    rf"(?:(?![{re.escape(_OPENING + _CLOSING)}])[{_WIDE}]|[^\s{_WIDE}{re.escape(_OPENING + _CLOSING)}]+)?"
    rf"[{_CLOSING}]*"
)
#: Controls, invisible marks and marks that turn the direction of text: they could hide or forge what a terminal shows.
_SHORT = {"\t": "\\t", "\n": "\\n", "\r": "\\r"}
_UNPRINTABLE = lazy.pattern("[\x00-\x1f\x7f-\x9f\u061c\u200b\u200e\u200f\u2028-\u202e\u2060-\u2069\ufeff\ud800-\udfff]")


@cache
def _cells(character: str) -> int:
    if unicodedata.category(character) in {"Mn", "Me", "Cf", "Cc"} and character != "\xad":
        return 0
    return 2 if unicodedata.east_asian_width(character) in "WF" else 1


def width(text: str) -> int:
    """The number of cells the text takes on one line."""
    if text.isascii() and text.isprintable():
        return len(text)
    return sum(map(_cells, text))


def pad(text: str, cells: int, *, right: bool = False) -> str:
    """The text filled up with blanks to this many cells; to the right side with `right`."""
    blanks = " " * (cells - width(text))
    return blanks + text if right else text + blanks


def cut(text: str, cells: int) -> int:
    """How many characters from the start fit into this many cells."""
    taken = 0
    for index, character in enumerate(text):
        taken += _cells(character)
        if taken > cells:
            return index
    return len(text)


def clip(text: str, cells: int) -> str:
    """The text, or as much of it as fits with `…` at the end."""
    if width(text) <= cells:
        return text
    return text[: cut(text, cells - 1)] + "…" if cells > 0 else ""


def wrap(text: str, cells: int) -> tuple[str, ...]:
    """Lines of at most this many cells, broken at blanks and between Chinese characters; newlines stay."""
    return tuple(line for part in text.split("\n") for line in _wrapped(part, max(cells, 2)))


def _wrapped(text: str, cells: int) -> list[str]:
    lines: list[str] = []
    line = blank = ""
    for atom in filter(None, re.findall(_ATOM, text)):
        if atom.isspace():
            blank = atom
            continue
        if line and width(line + blank + atom) > cells:
            lines.append(line)
            line = blank = ""
        line += (blank if line else "") + atom
        blank = ""
        while width(line) > cells:
            end = max(cut(line, cells), 1)
            lines.append(line[:end])
            line = line[end:]
    return [*lines, line]


def printable(text: str, *, keep: str = "\n\t") -> str:
    """The text with controls and direction marks written out, ESC as backslash-u001b; those in `keep` stay."""
    if text.isprintable():
        return text
    return _UNPRINTABLE.sub(lambda found: found[0] if found[0] in keep else _written_out(found[0]), text)


def _written_out(sign: str) -> str:
    return _SHORT.get(sign) or f"\\u{ord(sign):04x}"
