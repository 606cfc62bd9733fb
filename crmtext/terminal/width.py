"""Text width on a terminal: Chinese characters take two cells, combining marks none."""

from __future__ import annotations

import re
from bisect import bisect_right

from crmtext import quick
from crmtext.values import lazy

#: The width of text that is not a table, also where no terminal has one.
PAGE = 80
#: Between the parts of a line, and at the end of one that goes on.
_BETWEEN, _MORE = " · ", " ·"
_OPENING = "（《「『【〈“‘"
_CLOSING = "，。、；：？！）》」』】〉”％…"
_WIDE = (
    "\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe4f\uff01-\uff60\uffe0-\uffe6\U0001f300-\U0003fffd"
)
#: The parts between which a line may break: blanks, one wide character, or one word, with its punctuation.
_ATOM = (
    rf"\s+|[{_OPENING}(\[]*"
    rf"(?:(?![{_OPENING}{_CLOSING}])[{_WIDE}]|[^\s{_WIDE}{_OPENING}{_CLOSING}]+)?"
    rf"[{_CLOSING}]*"
)
#: Control characters, those that change the direction of text, and invisible ones: forbidden in records, escaped in
#: output.
CONTROL = "\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u2028\u2029\ufffe\uffff\ud800-\udfff"
BIDI = "\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069"
HIDDEN = (
    "\u00ad\u034f\u115f\u1160\u17b4\u17b5\u180e\u200b\u200c\u2060-\u2065\u206a-\u206f\u3164"
    "\ufeff\uffa0\ufff9-\ufffb\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0000-\U000e007f"
)
#: A zero-width joiner has an effect only between emoji, which it joins to one.
JOINER = "(?<![\u2600-\u27bf\ufe0f\U0001f000-\U0001faff])\u200d"
#: Text without marks, emoji and other scripts: all characters take one cell, wide ones two.
_WIDE_SIGNS = "\u3000-\u3029\u3041-\u3096\u30a1-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uff01-\uff60\uffe0-\uffe6"
_ORDINARY = lazy.pattern(f"[ -~\u00a1-\u00ac\u00ae-\u02ff\u2010-\u2027\u2190-\u22ff\u2500-\u25fc{_WIDE_SIGNS}]*")
_UNMEASURED = lazy.pattern("[\0-\x1f\x7f-\x9f]")
_SHORT = {"\t": "\\t", "\n": "\\n", "\r": "\\r"}
_UNPRINTABLE = lazy.pattern(f"[{CONTROL}{BIDI}{HIDDEN}\t\n\r]|{JOINER}")


def display_width(text: str) -> int:
    """Return the number of cells of a text on one line."""
    if text.isascii() and text.isprintable():
        return len(text)
    if _ORDINARY.fullmatch(text) and quick.on("width"):
        # The wide ones are the last ones.
        return len(text) + sum(sign >= "\u3000" for sign in text)
    from wcwidth import wcswidth

    return wcswidth(_UNMEASURED.sub("", text))


def pad(text: str, cells: int, *, right: bool = False) -> str:
    """Return the text padded with blanks to this many cells; `right` aligns it right."""
    blanks = " " * (cells - display_width(text))
    return blanks + text if right else text + blanks


def cut(text: str, cells: int) -> int:
    """Return how many characters from the start fit into this many cells."""
    most = cells + 1
    while most < len(text) and display_width(text[:most]) <= cells:
        most *= 2
    return bisect_right(range(1, min(most, len(text)) + 1), cells, key=lambda end: display_width(text[:end]))


def clip(text: str, cells: int) -> str:
    """Return the text, or as much as fits with `…` at the end."""
    if display_width(text) <= cells:
        return text
    return text[: cut(text, cells - 1)] + "…" if cells > 0 else ""


def wrap(text: str, cells: int) -> tuple[str, ...]:
    """Return lines of at most this many cells, broken at blanks and between Chinese characters; newlines stay."""
    return tuple(line for part in text.split("\n") for line in _wrapped(part, max(cells, 2)))


def hanging(text: str, indent: int = 0, cells: int = PAGE) -> str:
    """Return the text on lines of at most this many cells, indented, further lines by four cells more.

    A line breaks after a ` · ` if there is one.
    """
    blanks = " " * indent
    if "\n" not in text and display_width(text) <= cells - indent:
        return blanks + text
    most = cells - indent - 4
    lines: list[str] = []
    for row in text.split("\n"):
        line = ""
        for part in row.split(_BETWEEN):
            joined = f"{line}{_BETWEEN}{part}" if line else part
            if display_width(joined) <= most - len(_MORE):
                line = joined
                continue
            lines += [line + _MORE] if line else []
            *full, line = wrap(part, most - len(_MORE))
            lines += full
        lines.append(line)
    return blanks + f"\n{blanks}    ".join(lines)


def _wrapped(text: str, cells: int) -> list[str]:
    lines: list[str] = []
    line = blank = ""
    for atom in filter(None, re.findall(_ATOM, text)):
        if atom.isspace():
            blank = atom
            continue
        if line and display_width(line + blank + atom) > cells:
            lines.append(line)
            line = blank = ""
        line += (blank if line else "") + atom
        blank = ""
        while display_width(line) > cells:
            end = max(cut(line, cells), 1)
            lines.append(line[:end])
            line = line[end:]
    return [*lines, line]


def printable(text: str, *, keep: str = "\n\t") -> str:
    """Return the text with forbidden characters escaped as in JSON, ESC as backslash-u001b, except those in `keep`."""
    if text.isascii() and text.isprintable():
        return text

    def replaced(match: re.Match[str]) -> str:
        sign = match[0]
        # With line feeds, Windows line ends stay too: CSV has them.
        if sign in keep or (sign == "\r" and "\n" in keep and text.startswith("\n", match.end())):
            return sign
        return _SHORT.get(sign) or json_escape(sign)

    return _UNPRINTABLE.sub(replaced, text)


def json_escape(sign: str) -> str:
    """Return a character as a JSON escape."""
    units = sign.encode("utf-16-be", "surrogatepass")
    return "".join(f"\\u{units[at]:02x}{units[at + 1]:02x}" for at in range(0, len(units), 2))
