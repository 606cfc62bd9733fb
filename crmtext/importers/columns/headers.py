"""Headers in the form for comparison."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

from crmtext.values.folding import folded

#: Added to headers by templates: required or optional, the colon of a form, stars.
_MARKS = re.compile(
    r"[(（\[【]\s*(?:必[填選选须須]|[选選]填|可[选選]|required|optional)[项項]?\s*[)）\]】]|[*＊:：\s]+$|^[*＊\s]+",
    re.IGNORECASE,
)
_NUMBER = re.compile(r"\d+")
#: Longer texts are no names of columns; the questions of a survey are this long.
LONGEST = 160


@lru_cache(maxsize=50_000)
def plain(header: str) -> str:
    """Return a header without stars, marks such as （必填） and the colon at its end."""
    text = " ".join(unicodedata.normalize("NFC", header).split())
    while (shorter := _MARKS.sub("", text).strip()) != text:
        text = shorter
    return text


@lru_cache(maxsize=50_000)
def norm(header: str) -> str:
    """Return a header without marks, width, case, blanks, punctuation and the difference of the two Chinese scripts."""
    text = plain(header)
    return folded(text) if 0 < len(text) <= LONGEST else ""


@lru_cache(maxsize=50_000)
def numbered(header: str) -> str:
    """Return a normal header with `#` for each number: `phone#value` for `Phone 2 - Value`."""
    name = _NUMBER.sub("#", norm(header))
    return "" if name == "#" else name
