"""The part of a value around a hit, in the original text."""

from __future__ import annotations

import unicodedata
from typing import TYPE_CHECKING

from crmtext.values.folding import searchable_with_places

if TYPE_CHECKING:
    from crmtext.sealing.mask import RecordMask
    from crmtext.search.entries import Entry
    from crmtext.search.query import Query

#: How many characters are shown before and after a hit.
AROUND = 20
#: Variation selectors and the joiner belong to the sign before them, as combining marks do.
_JOINER = "\u200d"
_MOST_MARKS = 16


def excerpt(entry: Entry, query: Query, mask: RecordMask | None = None) -> str:
    """Return the text around the first word of a query, on one line; the beginning if only its sound matches.

    With a mask, the whole text is masked first, so that no number is cut out of it. A word that was masked is gone.
    """
    if mask:
        entry = entry._replace(forms=tuple(str(mask.value(entry.path, form)) for form in entry.forms))
    literals = [form.decode() for form in query.whole] + [form.decode() for word in query.words for form in word.plain]
    for form in entry.forms:
        folds = [searchable_with_places(form, wide=wide) for wide in (False, True)]
        for literal in literals:
            for fold, places in folds:
                if (at := fold.find(literal)) >= 0:
                    return _around(form, places[at], places[at + len(literal) - 1] + 1)
    return _around(entry.forms[0], 0, min(len(entry.forms[0]), AROUND))


def _around(text: str, start: int, end: int) -> str:
    left, right = max(0, start - AROUND), min(len(text), end + AROUND)
    left -= next(count for count in range(_MOST_MARKS + 1) if count == _MOST_MARKS or _is_start(text, left - count))
    right += next(count for count in range(_MOST_MARKS + 1) if count == _MOST_MARKS or _is_start(text, right + count))
    part = " ".join(text[max(left, 0) : right].split())
    return "…" * (left > 0) + part + "…" * (right < len(text))


def _is_start(text: str, at: int) -> bool:
    """Whether a sign begins here, so that the text can be cut."""
    if at <= 0 or at >= len(text):
        return True
    return text[at] != _JOINER and text[at - 1] != _JOINER and unicodedata.category(text[at])[0] != "M"
