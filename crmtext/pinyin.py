"""Chinese names in Latin letters: initials to search by, syllables for file names."""

from __future__ import annotations

import re
import unicodedata

#: So many syllables tell one customer from another and are read at a glance.
_MOST_SYLLABLES = 8
_MOST_LETTERS = 40


def initials(name: str) -> str:
    """The first letters of a Chinese name's pinyin, Latin letters as they are."""
    from pypinyin import Style, lazy_pinyin

    return "".join(lazy_pinyin(name, style=Style.FIRST_LETTER)).casefold()


def slug(name: str) -> str:
    """A short name for a file: `shanghai-shili-dianzi`; empty where nothing of the name has Latin letters."""
    words = [word for part in re.findall(r"[\u3400-\u9fff]+|[a-z0-9]+", _plain(name)) for word in _words(part)]
    short = words[0][:_MOST_LETTERS] if words else ""
    for word in words[1:]:
        if len(short) + 1 + len(word) > _MOST_LETTERS:
            break
        short += f"-{word}"
    return short


def _plain(name: str) -> str:
    """The name in lower case, accents taken off Latin letters; a umlaut is two letters in the names of firms."""
    wide = name.casefold().translate({ord("ä"): "ae", ord("ö"): "oe", ord("ü"): "ue"})
    return "".join(each for each in unicodedata.normalize("NFKD", wide) if not unicodedata.combining(each))


def _words(part: str) -> list[str]:
    if part.isascii():
        return [part]
    from pypinyin import lazy_pinyin

    syllables = [each for each in lazy_pinyin(part, errors="ignore") if each.isascii()][:_MOST_SYLLABLES]
    # Chinese words mostly have two characters; one that is left over joins the word before it.
    pairs = ["".join(syllables[at : at + 2]) for at in range(0, len(syllables), 2)]
    if len(syllables) % 2 and len(pairs) > 1:
        pairs[-2:] = [pairs[-2] + pairs[-1]]
    return pairs
