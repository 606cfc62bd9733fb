"""Text in one form for comparison, whatever way people and keyboards write it."""

from __future__ import annotations

import unicodedata
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

#: Punctuation and symbols that distinguish names; other punctuation, such as any middle dot, is ignored.
_KEPT = frozenset("&@#%*/")
#: Characters used as a middle dot, although Unicode classes them as symbols and letters.
_DOTS = frozenset("∙⋅∘◦●○\u119eᐧ᛫")
#: Letters that Unicode doesn't decompose into a Latin letter and an accent.
_NO_ACCENT = {"ø": "o", "æ": "ae", "œ": "oe", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "ı": "i", "ħ": "h"}
#: Their spelling on keyboards without these letters.
_WIDE = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "ø": "oe", "å": "aa"})


def folded(text: str) -> str:
    """Return a text in the form for comparison.

    It ignores width, case, accents, blanks, middle dots and other punctuation, and the difference of traditional and
    simplified characters.
    """
    return _letters(plain(text))


def plain(text: str) -> str:
    """Return a text such as an id for comparison: without width, case and blanks, but with punctuation."""
    return "".join(unicodedata.normalize("NFKC", text).casefold().split())


def spellings(text: str) -> tuple[str, ...]:
    """Return the folded forms of a text: `müller` is also written `mueller`."""
    narrow = plain(text)
    wide = narrow.translate(_WIDE)
    return (_letters(narrow),) if wide == narrow else (_letters(narrow), _letters(wide))


def is_part(typed: str, name: str) -> bool:
    """Whether a name contains the typed text."""
    return any(part and part in spelling for part in spellings(typed) for spelling in spellings(name))


def simplified(text: str) -> str:
    """Return a text with traditional characters replaced by simplified ones, one by one."""
    return text if text.isascii() else text.translate(_simplified())


def is_chinese(sign: str) -> bool:
    """Whether a character is Chinese."""
    return "\u3400" <= sign <= "\u9fff" or sign == "〇" or "\U00020000" <= sign <= "\U0003ffff"


@cache
def _simplified() -> Mapping[int, str]:
    lines = (Path(__file__).parent / "simplified.txt").read_text("utf-8").splitlines()
    pairs = "".join(line for line in lines if not line.startswith("#"))
    return {ord(one): other for one, other in zip(pairs[::2], pairs[1::2], strict=True)}


def _letters(narrow: str) -> str:
    # Text of only punctuation is kept: an empty text would be part of any other.
    return "".join(map(_sign, narrow)) or narrow


@cache
def _sign(sign: str) -> str:
    """A character for comparison; empty for an ignored one."""
    if sign.isascii() and sign.isalnum():
        return sign
    if is_chinese(sign):
        return simplified(sign)
    # Combining accents and the selectors of variants; other scripts write vowels as marks, which count.
    if sign in _DOTS or "\u0300" <= sign <= "\u036f" or "\ufe00" <= sign <= "\ufe0f" or sign >= "\U000e0100":
        return ""
    if unicodedata.category(sign)[0] in "PZC":
        return sign if sign in _KEPT else ""
    if sign < "\u0530" or "\u1e00" <= sign <= "\u1fff":
        base = unicodedata.normalize("NFKD", sign)[0]
        return _NO_ACCENT.get(base, base)
    return sign
