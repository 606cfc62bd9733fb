"""Cells as clean text: without invisible characters, tricks of spreadsheets and words for nothing."""

from __future__ import annotations

import math
import re
import unicodedata
from datetime import date, datetime, time
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

from crmtext.i18n import _
from crmtext.values import lazy

if TYPE_CHECKING:
    from crmtext.importers.sheet import Cell

#: Zero-width and bidirectional characters, soft hyphens, variants of blanks without width.
_INVISIBLE = lazy.pattern("[\u00ad\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff\ufff9-\ufffb]")
_CONTROL = lazy.pattern("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")
_BREAKS = lazy.pattern("\r\n|[\r\x85\u2028\u2029\x0b\x0c]")
#: Texts that stand for an empty cell.
_NOTHING = frozenset({
    "-", "--", "---", "—", "——", "–", "/", "\\", "-none-", "-无-", "n/a", "#n/a n/a", "null", "(blank)", "（空）",
    "(空)", "<null>", "nan",
})  # fmt: skip
_ERROR = lazy.pattern(r"#+|#(?:N/A|REF!|VALUE!|DIV/0!|NAME\?|NUM!|NULL!|SPILL!|CALC!|GETTING_DATA)", re.IGNORECASE)
_SHORTENED = lazy.pattern(r"[+-]?\d(?:\.\d+)?E\+\d+", re.IGNORECASE)
#: Excel keeps fifteen digits of a number; the others become zeros.
_CUT = lazy.pattern(r"\d{15}0{1,5}")
_FORMULA = lazy.pattern(r'="((?:[^"]|"")*)"')
#: A number behind the mark by which spreadsheets keep its zeros; other texts keep their quote.
_MARKED = lazy.pattern(r"'([+\d][\d\s()./-]*)")
_WHOLE = lazy.pattern(r"([+-]?\d+)\.0+")
#: The first characters of errors and of numbers.
_DAMAGED = frozenset("#+-0123456789")
_MOST_WHOLE = 10**15


class Text(NamedTuple):
    """A cell as text."""

    text: str
    #: Whether zero-width or bidirectional characters were removed.
    hidden: bool = False


def read(cell: Cell) -> Text:
    """Return a cell as text in NFC; empty if it says nothing."""
    return _read(cell) if isinstance(cell, str) else Text(_written(cell))


# A cell is read by each of the steps that look at it, one after the other.
@lru_cache(maxsize=256)
def _read(cell: str) -> Text:
    hidden = False
    if cell.isprintable() and unicodedata.is_normalized("NFC", cell):
        # The steps below are for cells with unprintable characters: nearly none has any.
        text = cell.strip()
    else:
        text = _CONTROL.sub("", _BREAKS.sub("\n", unicodedata.normalize("NFC", cell)))
        shown = _INVISIBLE.sub("", text)
        hidden = shown != text
        # Normal again: what was taken out may have kept two characters apart.
        text = unicodedata.normalize("NFC", shown).strip()
    if text[:1] == "=" and (match := _FORMULA.fullmatch(text)):
        text = match[1].replace('""', '"').strip()
    if text[:1] == "'" and (match := _MARKED.fullmatch(text)):
        text = match[1].strip()
    return Text("", hidden) if text.casefold() in _NOTHING else Text(text, hidden)


def _written(cell: Cell) -> str:
    """A cell that isn't text, written as text."""
    if cell is None:
        return ""
    if isinstance(cell, bool):
        return "true" if cell else "false"
    if isinstance(cell, float):
        if not math.isfinite(cell):
            return ""
        return str(int(cell)) if cell.is_integer() and abs(cell) < _MOST_WHOLE else str(cell)
    if isinstance(cell, datetime):
        return cell.date().isoformat() if cell.time() == time() else cell.isoformat(" ", "minutes")
    return cell.isoformat() if isinstance(cell, (date, time)) else str(cell)


def whole(text: str) -> str:
    """Return a number such as `13800138000.0` without the fraction of a spreadsheet; other texts as they are."""
    match = _WHOLE.fullmatch(text)
    return match[1] if match else text


def damage(cell: Cell, text: str) -> tuple[str, str]:
    """Return why a spreadsheet has destroyed the value of a cell, and what to do; empty if it hasn't."""
    if text[:1] not in _DAMAGED:
        return "", ""
    if _ERROR.fullmatch(text):
        return _("the cell holds an error of the spreadsheet"), _("enter the value itself")
    fix = _("format the column as text and enter the number again")
    if _SHORTENED.fullmatch(text) or (isinstance(cell, float) and abs(cell) >= _MOST_WHOLE):
        return _("the spreadsheet has shortened the number"), fix
    if _CUT.fullmatch(whole(text)) and len(whole(text)) in (18, 19):
        return _("the spreadsheet has changed the last digits to zeros"), fix
    return "", ""


def narrow(text: str) -> str:
    """Return a text without full-width letters, digits and signs."""
    return unicodedata.normalize("NFKC", text).strip()


def line(text: str) -> str:
    """Return a text on one line."""
    return " ".join(text.split())
