"""Chinese names in Latin letters, for search and for file names."""

from __future__ import annotations

import re
import unicodedata
from enum import IntEnum
from functools import cache, lru_cache
from itertools import accumulate, chain, combinations, groupby, islice, product
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from crmtext import quick
from crmtext.values import lazy
from crmtext.values.folding import folded, is_chinese, simplified

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

#: Enough syllables to distinguish customers, few enough to read at a glance.
_MOST_SYLLABLES = 8
_MOST_LETTERS = 40
#: The most readings of one name.
_MOST_READINGS = 8
#: The second character of a firm named after a family: 单氏, 曾记, 解家.
_FAMILY = frozenset("氏记家府姓")
#: Enough characters to distinguish a matching name from nearly all others.
_LOOKED_AT = 5
#: Calls with the same name follow each other: a name is read as a person's and as a firm's.
_LATEST = 8
_PART = lazy.pattern(r"\[(\w+)\] .*\n((?:.+\n)+)")

#: The spellings of ü: in input methods, by most people, and in passports.
_U_UMLAUT = ("v", "u", "yu")

_UMLAUTS = {"ä": "ae", "ö": "oe", "ü": "ue"}

#: The syllables of a name; each run of Latin letters is one.
Reading = tuple[str, ...]


class Fit(IntEnum):
    """How a name matches typed Latin letters, the best match last."""

    NONE = 0
    HOLDS_INITIALS = 1
    IS_INITIALS = 2
    HOLDS = 3
    IS = 4


def readings(name: str, *, person: bool = False) -> tuple[Reading, ...]:
    """Return the readings of a name, the likeliest first: a person's name begins with a surname."""
    options = _options(_tokens(name), person=person)
    several = [at for at, ways in enumerate(options) if len(ways) > 1]
    # All syllables with their usual reading first, then with one changed, then with two.
    changed = chain.from_iterable(combinations(several, count) for count in range(len(several) + 1))
    ways = (way for places in changed for way in _ways(options, places))
    # They differ from each other; all of them would be thousands of millions for a long name.
    return tuple(islice(ways, _MOST_READINGS))


def spelled(name: str, ways: Iterable[Reading]) -> Iterator[tuple[Reading, Reading]]:
    """Yield readings of a Chinese name, by syllables and by initials, in every spelling of ü."""
    tokens = _tokens(name)
    for reading in ways:
        initials = tuple(
            part[:1] if is_chinese(token[0]) else part for token, part in zip(tokens, reading, strict=True)
        )
        for way in _U_UMLAUT if any("v" in part for part in reading) else _U_UMLAUT[:1]:
            yield tuple(part.replace("v", way) for part in reading), tuple(part.replace("v", way) for part in initials)


def latin(typed: str) -> str:
    """Return typed text as letters only, ü as v; empty if it is neither pinyin nor initials."""
    apart = unicodedata.normalize("NFD", unicodedata.normalize("NFKC", typed).casefold())
    plain = folded(re.sub("u([\u0300-\u036f]*)\u0308", "v", apart))
    return plain if len(plain) > 1 and re.fullmatch(r"[0-9]*[a-z][a-z0-9]*", plain) else ""


def fit(name: str, wanted: str) -> Fit:
    """Return the best match of a Chinese name's readings with letters from `latin`."""
    return max(
        (
            how
            for parts, initials in _spelled(name, wanted)
            for how, fits in zip(_HOW[initials], (_is, _holds), strict=True)
            if fits(parts, wanted)
        ),
        default=Fit.NONE,
    )


def likely(names: Iterable[str], wanted: str) -> frozenset[str]:
    """Return the folded names that may match, by the characters that the letters may begin with: no readings needed."""
    every = frozenset(names if wanted else ())
    if not quick.on("letters"):
        return every
    signs = [sign for sign in {*"".join(every)} if is_chinese(sign)]
    ways = "|".join(_beginning(_heard_as(signs, initials=initials), wanted, _LOOKED_AT) for initials in (False, True))
    # Names with letters or digits are always read.
    fits = re.compile(f"[a-z0-9]|{ways}").search
    return frozenset(filter(fits, every))


def sounds(names: Sequence[str]) -> list[str]:
    """Return folded names with each character's usual reading: close enough for a hint."""
    text = "\n".join(names)
    table = {ord(sign): _sounds(sign, initials=False)[0] for sign in {*text} if is_chinese(sign)}
    return text.translate(table).split("\n")


def begins(name: str, wanted: str) -> bool:
    """Whether any reading of a Chinese name begins with these letters."""
    return any("".join(parts).startswith(wanted) for parts, _initials in _spelled(name, wanted))


def slug(name: str) -> str:
    """Return a short file name: `shanghai-shili-dianzi`; empty if the name has no Latin form."""
    words = [word for part in re.findall(r"[\u3400-\u9fff]+|[a-z0-9]+", _plain(name)) for word in _words(part)]
    short = words[0][:_MOST_LETTERS] if words else ""
    for word in words[1:]:
        if len(short) + 1 + len(word) > _MOST_LETTERS:
            break
        short += f"-{word}"
    return short


def _plain(name: str) -> str:
    """The name in lower case without accents; an umlaut becomes two letters, as in company names."""
    return "".join(map(_bare, name.casefold()))


@cache
def _bare(sign: str) -> str:
    """A character without accents."""
    apart = _UMLAUTS.get(sign) or unicodedata.normalize("NFKD", sign)
    return "".join(part for part in apart if not unicodedata.combining(part))


def _words(part: str) -> list[str]:
    if part.isascii():
        return [part]
    # Each character is a token: the part holds nothing but Chinese.
    tokens = (*simplified(part),)
    # Only a firm named after a family has another usual reading than its words.
    options = _options(tokens, person=False) if _FAMILY.intersection(tokens[1:2]) else _read(tokens)
    read = (ways[0] for ways in options)
    syllables = [syllable for syllable in read if syllable.isascii()][:_MOST_SYLLABLES]
    # Most Chinese words have two characters; a single one left joins the word before it.
    pairs = ["".join(syllables[at : at + 2]) for at in range(0, len(syllables), 2)]
    if len(syllables) % 2 and len(pairs) > 1:
        pairs[-2:] = [pairs[-2] + pairs[-1]]
    return pairs


@lru_cache(_LATEST)
def _tokens(name: str) -> tuple[str, ...]:
    """The Chinese characters of a name, and the runs between them."""
    return tuple(
        token
        for chinese, signs in groupby(folded(name), is_chinese)
        for token in (signs if chinese else ("".join(signs),))
    )


def _ways(options: Sequence[Reading], changed: Iterable[int]) -> Iterator[Reading]:
    """The readings with a less usual syllable in exactly these places."""
    places = {*changed}
    return product(*(ways[1:] if at in places else ways[:1] for at, ways in enumerate(options)))


def _options(tokens: tuple[str, ...], *, person: bool) -> list[Reading]:
    """The readings of each token, the likeliest first."""
    options = [_unique(ways) for ways in _read(tokens)]
    also = _table("also")
    for at, token in enumerate(tokens):
        # A character has one reading in the words of a firm's name; in a person's name it may have any.
        others = also.get(token, ()) if person else (way for way in also.get(token, ()) if way in options[at])
        options[at] = _unique((options[at][0], *others))
    text, surnames = "".join(tokens[:2]), _table("surnames")
    if name := next((part for part in (text, *tokens[:1]) if part in surnames), ""):
        family = [surnames[name]] if len(name) == 1 else [(part,) for part in surnames[name]]
        # A firm may be named after a person, but hardly if its first characters are a word such as 长沙.
        first = person or (len(tokens) > 1 and tokens[1] in _FAMILY)
        for at, ways in enumerate(family if first or not _dictionary().is_word(text) else ()):
            options[at] = _unique((*ways, *options[at]) if first else (*options[at], *ways))
    return options


def _unique(ways: Iterable[str]) -> Reading:
    return tuple(dict.fromkeys(ways))


@lru_cache(_LATEST)
def _read(tokens: tuple[str, ...]) -> tuple[Reading, ...]:
    """The readings of each token by the word dictionary, the usual one first."""
    dictionary = _dictionary()
    runs = groupby(tokens, dictionary.knows)
    ways = (dictionary.read("".join(run)) if known else ((token,) for token in run) for known, run in runs)
    return tuple(map(tuple, chain.from_iterable(ways)))


def _spelled(name: str, wanted: str) -> Iterator[tuple[Reading, bool]]:
    """The readings of a name by syllables and by initials, if one of them may match."""
    if not wanted or name.isascii():
        return
    tokens = _tokens(name)
    ways = [
        initials
        for initials in (False, True)
        if any(_may_follow(tokens, start, wanted, initials=initials) for start in range(len(tokens)))
    ]
    every = dict.fromkeys((*readings(name, person=True), *readings(name))) if ways else ()
    for pair in spelled(name, every):
        yield from ((pair[initials], initials) for initials in ways)


def _may_follow(tokens: Sequence[str], at: int, wanted: str, *, initials: bool) -> bool:
    """Whether the tokens from here may match the letters, judged by single characters without words."""
    return any(
        part.startswith(wanted)
        or (
            wanted.startswith(part)
            and at + 1 < len(tokens)
            and _may_follow(tokens, at + 1, wanted[len(part) :], initials=initials)
        )
        for part in _sounds(tokens[at], initials=initials)
    )


def _is(parts: Reading, wanted: str) -> bool:
    return "".join(parts) == wanted


def _holds(parts: Reading, wanted: str) -> bool:
    """Whether some adjacent parts equal the letters."""
    ends = [0, *accumulate(map(len, parts))]
    whole = "".join(parts)
    return any(whole.startswith(wanted, at) and at + len(wanted) in ends for at in ends)


_HOW = {False: (Fit.IS, Fit.HOLDS), True: (Fit.IS_INITIALS, Fit.HOLDS_INITIALS)}


def _heard_as(signs: Iterable[str], *, initials: bool) -> Mapping[str, str]:
    """The characters by their possible sounds."""
    by_sound: dict[str, str] = {}
    for sign in signs:
        for part in _sounds(sign, initials=initials):
            by_sound[part] = by_sound.get(part, "") + sign
    return by_sound


def _beginning(heard: Mapping[str, str], wanted: str, most: int) -> str:
    """A pattern of the characters, at most this many, that the letters may begin with."""
    if not most or not wanted:
        return ""
    ways = [
        f"[{signs}]{_beginning(heard, wanted[len(part) :], most - 1)}"
        for part, signs in heard.items()
        if wanted.startswith(part) or part.startswith(wanted)
    ]
    return f"(?:{'|'.join(ways)})" if ways else "(?!)"


@cache
def _sounds(token: str, *, initials: bool) -> Reading:
    """All sounds of a token in any word."""
    if not is_chinese(token[0]):
        return (token,)
    alone = _read((token,))[0]
    named = (part for table in ("surnames", "also", "words") for part in _heard(table).get(token, ()))
    parts = (part.replace("v", way) for part in (*alone, *named) for way in _U_UMLAUT)
    return _unique(part[:1] if initials else part for part in parts)


@cache
def _heard(table: str) -> Mapping[str, Reading]:
    """The readings of each character in the words of a table."""
    by_sign: dict[str, list[str]] = {}
    for word, ways in _table(table).items():
        for sign, part in zip(word, ways, strict=True) if len(word) > 1 else ((word, way) for way in ways):
            by_sign.setdefault(sign, []).append(part)
    return {sign: tuple(parts) for sign, parts in by_sign.items()}


@cache
def _table(name: str) -> Mapping[str, Reading]:
    """A section of the readings file: the readings or syllables of characters or words."""
    text = (Path(__file__).parent / "readings.txt").read_text("utf-8")
    part = next(match[2] for match in _PART.finditer(text) if match[1] == name)
    entries = (entry.split(" ", 1) for line in part.splitlines() for entry in line.split("; "))
    return {word: tuple(re.split("[ -]", ways)) for word, ways in entries}


class _Dictionary(NamedTuple):
    """The functions of the pinyin library."""

    knows: Callable[[str], bool]
    is_word: Callable[[str], bool]
    read: Callable[[str], list[list[str]]]


@cache
def _dictionary() -> _Dictionary:
    """The dictionary with our own readings added: the door to the library, which loads slowly."""
    from pypinyin import Style, load_phrases_dict, load_single_dict
    from pypinyin.constants import PHRASES_DICT, PINYIN_DICT, RE_HANS
    from pypinyin.converter import DefaultConverter
    from pypinyin.seg import mmseg
    from pypinyin.seg.simpleseg import seg

    single = {ord(sign): ",".join((*ways, PINYIN_DICT.get(ord(sign), ""))) for sign, ways in _table("first").items()}
    load_single_dict(single)
    words = {word: ways for table in ("words", "surnames") for word, ways in _table(table).items() if len(word) > 1}
    load_phrases_dict({word: [[part] for part in ways] for word, ways in words.items()})
    converter = DefaultConverter()

    # Names of firms share most of their words.
    @lru_cache(maxsize=1 << 14)
    def word(text: str) -> list[list[str]]:
        ways: list[list[str]] = converter.convert(text, Style.NORMAL, True, "default", True)
        return ways

    def parts(text: str) -> Iterable[str]:
        # What `seg` does with a text that is Chinese throughout, without a look at each character.
        return mmseg.seg.cut(text) if RE_HANS.match(text) else seg(text)

    return _Dictionary(
        lambda token: len(token) == 1 and ord(token) in PINYIN_DICT,
        lambda text: text in PHRASES_DICT and text not in _table("surnames"),
        lambda text: [ways for part in parts(text) for ways in word(part)],
    )
