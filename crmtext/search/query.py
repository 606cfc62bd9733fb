"""The words of a search, and how well a record's text matches them."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from crmtext.i18n import _
from crmtext.problem import usage
from crmtext.search import texts
from crmtext.values import lazy, phones
from crmtext.values.folding import searchable
from crmtext.values.pinyin import latin

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

ID, NAME_EQUAL, NAME_BEGINS, NAME_HOLDS, CONTACT, REACHED, FULL, INITIALS, TOPIC, OTHER = (
    100, 95, 90, 80, 75, 70, 65, 60, 50, 40,
)  # fmt: skip
#: The least length of an id's tail, and of a phone number's.
_ID_TAIL, _PHONE_TAIL = 3, 4
#: Fewer initials are only looked for where a name begins: 公司 alone would match most names.
_INITIALS_INSIDE = 3
#: A number as people write it, or a part of one.
_NUMBER = lazy.pattern(r"[+0-9()./·‐‑‒–—―−-]*[0-9][+0-9()./·‐‑‒–—―−-]*")


class Word(NamedTuple):
    """A word in the forms that are looked for."""

    #: The searchable forms.
    plain: tuple[bytes, ...]
    #: The digits of a phone number or its tail, in the forms that may end a number.
    digits: tuple[bytes, ...]
    #: The letters of pinyin or initials; empty if it can't be either.
    letters: bytes
    #: A text without any of these doesn't match.
    literals: tuple[bytes, ...]

    def score(self, text: bytes) -> int:
        """Return how well a record's text matches, from 40 to 100; 0 if it doesn't."""
        other = text.rindex(texts.BETWEEN)
        for literal in self.literals:
            if text.find(literal, 0, other) >= 0:
                return max(self._scores(text.split(texts.BETWEEN)))
        # Most hits are in other text: nothing else needs to be looked at.
        for form in self.plain:
            if text.find(form, other) >= 0:
                return OTHER
        return 0

    def _scores(self, sections: Sequence[bytes]) -> Iterator[int]:
        ids, names, contacts, numbers, emails, full, initials, topics, other = sections
        for form in self.plain:
            if (form + b"\n" in ids and len(form) >= _ID_TAIL) or b"\n%b\n" % form in ids:
                yield ID
            yield _name_score(form, names)
            ways = ((contacts, CONTACT), (emails, REACHED), (topics, TOPIC), (other, OTHER), (ids, OTHER))
            yield from (score for section, score in ways if form in section)
        if any(digits + b"\n" in numbers for digits in self.digits):
            yield REACHED
        if self.letters and self.letters in full and any(map(self._is_read, full.splitlines())):
            yield FULL
        start = b"" if len(self.letters) >= _INITIALS_INSIDE else b"\n"
        if self.letters and start + self.letters in initials:
            yield INITIALS

    def _is_read(self, line: bytes) -> bool:
        """Whether the letters are whole syllables of a line of pinyin."""
        letters, places = texts.syllables(line)
        at = letters.find(self.letters)
        while at >= 0:
            end = at + len(self.letters)
            if at in places and (end in places or end == len(letters)):
                return True
            at = letters.find(self.letters, at + 1)
        return False


def _name_score(form: bytes, names: bytes) -> int:
    if form not in names:
        return 0
    if b"\n" + form not in names:
        return NAME_HOLDS
    return NAME_EQUAL if b"\n%b\n" % form in names else NAME_BEGINS


class Query(NamedTuple):
    """The words that a record must have, all of them, anywhere."""

    words: tuple[Word, ...]
    #: The words as typed.
    typed: str
    #: Several words in one text, which may be a name.
    whole: tuple[bytes, ...] = ()
    #: The path of the only field to search; empty for all.
    field: str = ""

    @property
    def is_plain(self) -> bool:
        """Whether a text whose words are all in its last section has the score of other text, whatever they are."""
        return not self.field and all(word.literals == word.plain for word in self.words)

    @property
    def has_letters(self) -> bool:
        """Whether a word may be pinyin."""
        return any(word.letters for word in self.words)

    def score(self, text: bytes) -> int:
        """Return the best score of the words in a record's text; 0 if one is missing."""
        part = texts.within(text, self.field) if self.field else text
        scores = [word.score(part) for word in self.words]
        return max(self._whole(part), *scores) if all(scores) else 0

    def hit(self, text: bytes) -> int:
        """Return the best score in the text of a single value; 0 if it has none of the words."""
        return max(self._whole(text), *(word.score(text) for word in self.words))

    def _whole(self, text: bytes) -> int:
        if not self.whole:
            return 0
        names = text.split(texts.BETWEEN)[1]
        return max((_name_score(form, names) for form in self.whole), default=0)


def query(typed: Iterable[str], field: str = "") -> Query:
    """Return the query for typed words. Raises CrmError if there are none."""
    parts = _with_whole_numbers([part for text in typed for part in text.split()])
    words = tuple(word for part in parts if (word := _word(part)).plain)
    if not words:
        raise usage("no-text", _("no text to search for"), _("for example: crmtext search 冷链"))
    whole = " ".join(parts)
    return Query(words, whole, _forms(whole) if len(words) > 1 else (), field)


def _word(part: str) -> Word:
    main, extension = phones.split(part.replace("/", "") if _NUMBER.fullmatch(part) else part)
    digits = main.lstrip("+") + extension
    forms: tuple[str, ...] = ()
    if digits.isascii() and digits.isdigit() and len(digits) >= _PHONE_TAIL:
        # Numbers of other countries have no leading zero behind the country code.
        forms = (digits, digits[1:]) if digits[0] == "0" and len(digits) > _PHONE_TAIL else (digits,)
    plain, ends, letters = _forms(part), tuple(form.encode() for form in forms), latin(part).encode()
    literals = (*plain, *(end + b"\n" for end in ends), *([letters] if letters else []))
    return Word(plain, ends, letters, tuple(dict.fromkeys(literals)))


def _forms(text: str) -> tuple[bytes, ...]:
    """The searchable forms of typed text."""
    forms = (*searchable((text,)), *searchable((text,), wide=True))
    return tuple(dict.fromkeys(form.encode() for form in forms if form))


def _with_whole_numbers(parts: Sequence[str]) -> list[str]:
    """The words, with adjacent groups of digits that are one phone number as one word."""
    joined: list[str] = []
    group: list[str] = []
    for part in (*parts, ""):
        if _NUMBER.fullmatch(part):
            group.append(part)
            continue
        whole = "".join(group)
        joined += [whole] if len(group) > 1 and phones.kind(whole) else group
        joined += [part] * bool(part)
        group = []
    return joined
