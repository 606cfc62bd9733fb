"""Names of persons: the words that count, in any order."""

from __future__ import annotations

import unicodedata

from crmtext.values import lazy
from crmtext.values.folding import is_chinese, simplified, spellings

_TITLE = lazy.pattern(r"(?:先生|女士|小姐|老师)$|\b(?:mr|mrs|ms|miss|dr|prof|herr|frau)\b\.?")
#: A father and his son are two.
_GENERATIONS = frozenset({"jr", "sr", "ii", "iii", "iv"})


def words(name: str) -> frozenset[str]:
    """Return the words of a person's name without titles; a Chinese name is one word."""
    plain = _TITLE.sub(" ", simplified(unicodedata.normalize("NFKC", name)).casefold())
    if any(map(is_chinese, plain)):
        return frozenset({spellings(plain)[-1]})
    return frozenset(
        word for part in plain.replace("-", " ").split() if (word := spellings(part)[-1]) and part.strip(".")
    )


def may_be_one(one: frozenset[str], other: frozenset[str]) -> bool:
    """Whether two names are the same, or one leaves out a middle name."""
    fewer, more = sorted((one, other), key=len)
    return bool(fewer) and fewer <= more and (fewer == more or len(fewer) > 1) and not (more - fewer) & _GENERATIONS
