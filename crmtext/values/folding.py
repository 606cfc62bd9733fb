"""Text in one form for comparison, whatever way people and keyboards write it."""

from __future__ import annotations

import unicodedata
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from crmtext.values import lazy

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

#: Punctuation and symbols that distinguish names; other punctuation, such as any middle dot, is ignored.
_KEPT = frozenset("&@#%*/")
#: Characters used as a middle dot, although Unicode classes them as symbols and letters.
_DOTS = frozenset("∙⋅∘◦●○\u119eᐧ᛫")
#: Letters that Unicode doesn't decompose into a Latin letter and an accent.
_NO_ACCENT = {"ø": "o", "æ": "ae", "œ": "oe", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "ı": "i", "ħ": "h"}
#: Their spelling on keyboards without these letters.
_WIDE = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "ø": "oe", "å": "aa"})
#: The same for a letter and a combining accent, which may also be on another letter: only a second spelling.
_WIDE_ACCENTS = {"\u0308": "e", "\u030a": "a"}
_HAS_WIDE = lazy.pattern("[äöüøåÄÖÜØÅ\u0308\u030a]")
#: Punctuation that keyboards write in several ways.
_QUOTES = {"‘": "'", "’": "'", "“": '"', "”": '"', "「": '"', "」": '"'}
_CHINESE = "\u3400-\u9fff〇\U00020000-\U0003ffff"
#: Blanks that `searchable` removes: beside Chinese characters, at both ends, and further ones.
_BLANKS = lazy.pattern(f" *\n *|(?<=[{_CHINESE}]) +| +(?=[{_CHINESE}])|(?<= ) +|\\A +| +\\Z")


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


def searchable(texts: Iterable[str], *, wide: bool = False) -> list[str]:
    """Return texts in the form in which words are searched: with punctuation, and one blank between Latin words.

    It ignores width, case, accents, middle dots, invisible characters, blanks beside Chinese characters, and the
    difference of traditional and simplified characters. `wide` writes ü as ue.
    """
    # All at once: a record has dozens of texts. Zero bytes cannot be in a record, and line breaks become blanks.
    joined = "\0".join(texts).translate(_WIDE_SIGNS if wide else _SIGNS)
    return _BLANKS.sub(lambda match: "\n" * ("\n" in match[0]), joined).split("\n")


def has_wide(text: str) -> bool:
    """Whether a text has letters such as ü, which are also written ue."""
    return _HAS_WIDE.search(text) is not None


def searchable_with_places(text: str, *, wide: bool = False) -> tuple[str, list[int]]:
    """Return the searchable form of a text, and the place in the text of each of its characters."""
    signs = _WIDE_SIGNS if wide else _SIGNS
    parts = [signs[ord(sign)] for sign in text.replace("\0", "")]
    places = [place for place, part in enumerate(parts) for _sign in part]
    joined = "".join(parts)
    removed = {at for match in _BLANKS.finditer(joined) for at in range(*match.span())}
    kept = [at for at in range(len(joined)) if at not in removed]
    return "".join(joined[at] for at in kept), [places[at] for at in kept]


def simplified(text: str) -> str:
    """Return a text with traditional characters replaced by simplified ones, one by one."""
    return text if text.isascii() else text.translate(_simplified())


def is_chinese(sign: str) -> bool:
    """Whether a character is Chinese."""
    return "\u3400" <= sign <= "\u9fff" or sign == "〇" or "\U00020000" <= sign <= "\U0003ffff"


def simplified_pairs() -> Mapping[str, str]:
    """The simplified character of each traditional one."""
    return {chr(code): other for code, other in _simplified().items()}


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


class _Signs(dict[int, str]):
    """The searchable form of each character, made on first use; that of a zero byte is a line break."""

    def __init__(self, *, wide: bool) -> None:
        super().__init__({0: "\n"})
        self._wide = wide

    def __missing__(self, code: int) -> str:
        sign = chr(code)
        if self._wide:
            sign = _WIDE_ACCENTS.get(sign) or sign.casefold().translate(_WIDE)
        # Twice: folding the case of some letters gives a letter and an accent.
        apart = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", sign).casefold())
        self[code] = "".join(map(_searched_sign, apart))
        return self[code]


_SIGNS, _WIDE_SIGNS = _Signs(wide=False), _Signs(wide=True)


def _searched_sign(sign: str) -> str:
    if sign.isascii():
        return sign if sign.isprintable() else " " * sign.isspace()
    if is_chinese(sign):
        return simplified(sign)
    if sign in _DOTS or sign in "·•・‧" or "\u0300" <= sign <= "\u036f" or "\ufe00" <= sign <= "\ufe0f":
        return ""
    if sign.isspace():
        return " "
    category = unicodedata.category(sign)
    if category[0] == "C" or sign >= "\U000e0100":
        return ""
    return "-" if category == "Pd" else _QUOTES.get(sign) or _NO_ACCENT.get(sign, sign)
