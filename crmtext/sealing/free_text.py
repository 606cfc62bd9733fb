"""Phone numbers, IDs, cards, addresses and names inside free text, replaced by their masked forms."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from typing import TYPE_CHECKING

from crmtext.sealing import forms
from crmtext.text import secret_numbers
from crmtext.values import lazy

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

#: A text without a match has neither a phone number nor an address, whatever the width of its characters.
_SUSPECT = lazy.pattern(r"(?:\d\D{0,3}){7}|[@＠﹫]")
_EMAIL = lazy.pattern(r"[A-Za-z0-9._%+-]+@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+")
#: Lists show a text on one line, so a line break may be inside a number, too.
_GAP = r"[\s()./·-]{0,2}"
_NUMBER = lazy.pattern(
    rf"(?<![0-9A-Za-z*])(?:(?:\+|00)86{_GAP}|86)?1[3-9](?:{_GAP}[0-9]){{9}}(?![0-9A-Za-z])"  # mobile
    rf"|(?<![0-9A-Za-z*])\(?0(?:10|2[0-9]|[3-9][0-9]{{2}})\)?{_GAP}[0-9]{{3,4}}{_GAP}[0-9]{{4}}(?![0-9A-Za-z])"
    rf"|(?<![0-9A-Za-z*])[48]00{_GAP}[0-9]{{3}}{_GAP}[0-9]{{4}}(?![0-9A-Za-z])"
    rf"|(?<![0-9A-Za-z*])(?:\+|00)[1-9][0-9]{{0,2}}(?:{_GAP}[0-9]){{6,12}}(?![0-9A-Za-z])"  # abroad
)
#: Hyphens and blanks that have no compatible form.
_MARKS = str.maketrans(dict.fromkeys("‐‑‒–—―−－", "-") | dict.fromkeys("\u00a0\u2002\u2003\u2009\u3000", " "))


class _Narrow(dict[int, str]):
    """The compatible form (NFKC) of each character whose form is one character: offsets stay."""

    def __missing__(self, code: int) -> str:
        form = unicodedata.normalize("NFKC", chr(code))
        self[code] = form if len(form) == 1 else chr(code)
        return self[code]


_NARROW = _Narrow()


def masked(text: str, words: Mapping[str, str], is_shown: Callable[[str], bool] = lambda _match: False) -> str:
    """Return the text with numbers, addresses and these words masked; `words` has the masked form of each.

    Numbers and addresses stay for which `is_shown` is true.
    """
    text = replaced(text, words)
    if not _SUSPECT.search(text):
        return text
    narrow = _narrow(text)
    return _spliced(text, [part for part in _parts(narrow) if not is_shown(narrow[part[0] : part[1]])])


def hidden(text: str, words: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    """Yield the parts of a text that `masked` replaces by a form with stars, each with its form."""
    folded = text.casefold()
    for word, form in words.items():
        if "*" in form and word.casefold() in folded and (match := _word(word).search(text)):
            yield match[0], form
    if _SUSPECT.search(text):
        for start, end, form in _parts(_narrow(text)):
            yield text[start:end], form


def replaced(text: str, words: Mapping[str, str]) -> str:
    """Return the text with these words masked, and nothing else.

    Longer words win. A word of letters is masked only as a whole word, in any case.
    """
    folded = text.casefold()
    for word in words:
        if word.casefold() in folded:
            text = _word(word).sub(words[word].replace("\\", r"\\"), text)
    return text


def by_length(words: Iterable[tuple[str, str]]) -> dict[str, str]:
    """Return words with their masked forms, the longest first, as `masked` takes them."""
    return dict(sorted(words, key=lambda pair: -len(pair[0])))


@lru_cache(maxsize=1 << 12)
def _word(word: str) -> re.Pattern[str]:
    pattern = re.escape(word)
    if word.isascii():
        pattern = rf"(?<![A-Za-z0-9]){pattern}(?![A-Za-z0-9])"
    return re.compile(pattern, re.IGNORECASE)


def _narrow(text: str) -> str:
    """The text with narrow characters; each stays in its place."""
    return text if text.isascii() else text.translate(_NARROW).translate(_MARKS)


def _parts(narrow: str) -> list[tuple[int, int, str]]:
    """The numbers and addresses in a text, each with its masked form."""
    return [*_secret(narrow), *_matches(narrow)]


def _secret(text: str) -> list[tuple[int, int, str]]:
    """The resident IDs and bank cards, each with its masked form."""
    if not secret_numbers.may_contain(text):
        return []
    kinds = {"resident-id": forms.id_number, "bank-card": forms.account}
    return [(number.start, number.end, kinds[number.rule](number.digits)) for number in secret_numbers.every(text)]


def _matches(text: str) -> list[tuple[int, int, str]]:
    emails = [(*match.span(), forms.email(match[0])) for match in _EMAIL.finditer(text)]
    return emails + [(*match.span(), forms.phone(match[0].strip("( "))) for match in _NUMBER.finditer(text)]


def _spliced(text: str, parts: list[tuple[int, int, str]]) -> str:
    """The text with these parts replaced; of overlapping ones, the first given."""
    taken: list[tuple[int, int, str]] = []
    for part in parts:
        if all(part[1] <= start or end <= part[0] for start, end, _new in taken):
            taken.append(part)
    for start, end, new in sorted(taken, reverse=True):
        text = text[:start] + new + text[end:]
    return text
