"""Names of people: several in one cell, and from their parts."""

from __future__ import annotations

import re

from crmtext.values import lazy
from crmtext.values.folding import is_chinese
from crmtext.values.surnames import family_of

_BETWEEN = lazy.pattern(r"\s*(?:[、;；\n]|:::|\s/\s|(?<=[\u3400-\u9fff])[/／](?=[\u3400-\u9fff]))\s*")
_COMMAS = lazy.pattern(r"\s*[,，]\s*")
_TITLE = lazy.pattern(r"(?:Mr|Mrs|Ms|Miss|Mx|Dr|Prof|Herr|Frau|M|Mme|Sr|Sra)\.?\s+(?=\S)", re.IGNORECASE)
_HONORIFIC = lazy.pattern(r"([\u3400-\u9fff]{2,4}?)\s*(?:先生|女士|小姐)")
_SALUTATION = lazy.pattern(r"(?:Mr|Mrs|Ms|Miss|Mx|Dr|Prof)\.\s+(?=\S)|(?:Herr|Frau)\s+(?=\S+\s)", re.IGNORECASE)
_CHINESE_NAME = lazy.pattern(r"[\u3400-\u9fff·]{2,4}")


def split(text: str) -> list[str]:
    """Return the names in a cell, without salutations. `Smith, John` is one person."""
    parts = [part for part in _BETWEEN.split(text) if part]
    names: list[str] = []
    for part in parts:
        pieces = [piece for piece in _COMMAS.split(part) if piece]
        if len(pieces) > 1 and all(" " in piece or _CHINESE_NAME.fullmatch(piece) for piece in pieces):
            names += pieces
        elif len(pieces) == 2 and all(map(_is_latin_word, pieces)):
            names.append(f"{pieces[1]} {pieces[0]}")
        else:
            names.append(part)
    return list(dict.fromkeys(filter(None, map(tidy, names))))


def _is_latin_word(text: str) -> bool:
    return (
        not any(map(is_chinese, text)) and len(text.split()) <= 2 and text.replace(" ", "").replace("-", "").isalpha()
    )


def tidy(name: str) -> str:
    """Return a name without its salutation; Chinese ones without blanks."""
    name = " ".join(_SALUTATION.sub("", name, count=1).split() if _SALUTATION.match(name) else name.split())
    if match := _HONORIFIC.fullmatch(name):
        # 王先生 is all that is known of his name.
        name = match[1] if len(match[1]) > len(family_of(match[1]) or match[1][:1]) else name
    bare = name.replace(" ", "")
    return bare if bare and all(is_chinese(sign) or sign == "·" for sign in bare) else name


def compose(first: str, middle: str, last: str, full: str) -> str:
    """Return a name from its parts: Chinese ones begin with the family name, others with the given name."""
    first, middle, last = (" ".join(part.split()) for part in (first, middle, last))
    parts = [part for part in (first, middle, last) if part]
    if len(parts) < 2:
        return tidy(full or "".join(parts)) if full and len(full) > len("".join(parts)) else tidy("".join(parts))
    if not any(map(is_chinese, first + last)):
        return tidy(" ".join(parts))
    if last and first.startswith(last) and len(first) > len(last):
        return tidy(first)
    if first and last.startswith(first) and family_of(last) == first and len(last) > len(first):
        return tidy(last)
    if family_of(first) == first and family_of(last) != last and len(last) <= 2:
        return tidy(f"{first}{middle}{last}")
    return tidy(f"{last}{middle}{first}")
