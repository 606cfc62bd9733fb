"""Chinese names in Latin letters: what they are found by, and syllables for file names."""

from __future__ import annotations

import re
import unicodedata
from enum import IntEnum
from functools import cache
from itertools import accumulate, chain, combinations, groupby, islice, product
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from crmtext import quick
from crmtext.values import lazy
from crmtext.values.folding import folded, is_chinese

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

#: So many syllables tell one customer from another and are read at a glance.
_MOST_SYLLABLES = 8
_MOST_LETTERS = 40
#: More readings of one name are not looked at.
_MOST_READINGS = 8
#: A firm that is called after a family: 单氏, 曾记, 解家.
_FAMILY = frozenset("氏记家府姓")
#: So many signs tell a name that may fit from nearly all others.
_LOOKED_AT = 5
_PART = lazy.pattern(r"\[(\w+)\] .*\n((?:.+\n)+)")

#: How ü is typed: by input methods, by most people, and in passports.
_U_UMLAUT = ("v", "u", "yu")

#: The syllables of a name; of Latin letters in it each run is one.
Reading = tuple[str, ...]


class Fit(IntEnum):
    """How a name fits what was typed in Latin letters, the closest last."""

    NONE = 0
    HOLDS_INITIALS = 1
    IS_INITIALS = 2
    HOLDS = 3
    IS = 4


def readings(name: str, *, person: bool = False) -> tuple[Reading, ...]:
    """How a name may be read, the likeliest way first: a person's name begins with a surname."""
    options = _options(_tokens(name), person=person)
    several = [at for at, ways in enumerate(options) if len(ways) > 1]
    # As all syllables are mostly read, then with one read in another way, then with two.
    changed = chain.from_iterable(combinations(several, count) for count in range(len(several) + 1))
    ways = (way for places in changed for way in _ways(options, places))
    return tuple(islice(dict.fromkeys(ways), _MOST_READINGS))


def latin(typed: str) -> str:
    """What was typed as names are read: letters alone, ü as v; empty for what is neither pinyin nor initials."""
    apart = unicodedata.normalize("NFD", unicodedata.normalize("NFKC", typed).casefold())
    plain = folded(re.sub("u([\u0300-\u036f]*)\u0308", "v", apart))
    return plain if len(plain) > 1 and re.fullmatch(r"[0-9]*[a-z][a-z0-9]*", plain) else ""


def fit(name: str, wanted: str) -> Fit:
    """How a name that has Chinese characters fits what `latin` made of typed letters, in any of its readings."""
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
    """Those of many folded names that may fit: told without reading any, by the signs that the letters begin with."""
    every = frozenset(names if wanted else ())
    if not quick.on("letters"):
        return every
    signs = [sign for sign in {*"".join(every)} if is_chinese(sign)]
    ways = "|".join(_beginning(_heard_as(signs, initials=initials), wanted, _LOOKED_AT) for initials in (False, True))
    # What holds letters or digits itself is read in any case.
    fits = re.compile(f"[a-z0-9]|{ways}").search
    return frozenset(filter(fits, every))


def sounds(names: Sequence[str]) -> list[str]:
    """Folded names as each of their signs is mostly read by itself: near enough to tell which one was meant."""
    text = "\n".join(names)
    table = {ord(sign): _sounds(sign, initials=False)[0] for sign in {*text} if is_chinese(sign)}
    return text.translate(table).split("\n")


def begins(name: str, wanted: str) -> bool:
    """Whether a name that has Chinese characters begins with these letters, in any of its readings."""
    return any("".join(parts).startswith(wanted) for parts, _initials in _spelled(name, wanted))


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
    read = (ways[0] for ways in _options(_tokens(part), person=False))
    syllables = [each for each in read if each.isascii()][:_MOST_SYLLABLES]
    # Chinese words mostly have two characters; one that is left over joins the word before it.
    pairs = ["".join(syllables[at : at + 2]) for at in range(0, len(syllables), 2)]
    if len(syllables) % 2 and len(pairs) > 1:
        pairs[-2:] = [pairs[-2] + pairs[-1]]
    return pairs


def _tokens(name: str) -> list[str]:
    """The Chinese characters of a name, and what stands between them."""
    return [
        token
        for chinese, signs in groupby(folded(name), is_chinese)
        for token in (signs if chinese else ("".join(signs),))
    ]


def _ways(options: Sequence[Reading], changed: Iterable[int]) -> Iterator[Reading]:
    """The readings that have other syllables than the first ones in these places."""
    places = {*changed}
    return product(*(ways[1:] if at in places else ways[:1] for at, ways in enumerate(options)))


def _options(tokens: Sequence[str], *, person: bool) -> list[Reading]:
    """The ways to read each token, the likeliest first."""
    found = [_unique(ways) for ways in _read(tokens)]
    also = _table("also")
    for at, token in enumerate(tokens):
        # In the words of a firm's name a character has one reading; in a person's name it may have any.
        heard = also.get(token, ()) if person else (each for each in also.get(token, ()) if each in found[at])
        found[at] = _unique((found[at][0], *heard))
    text, surnames = "".join(tokens[:2]), _table("surnames")
    if name := next((each for each in (text, *tokens[:1]) if each in surnames), ""):
        family = [surnames[name]] if len(name) == 1 else [(each,) for each in surnames[name]]
        # A firm may be called after a person.
        first = person or (len(tokens) > 1 and tokens[1] in _FAMILY)
        for at, ways in enumerate(family):
            found[at] = _unique((*ways, *found[at]) if first else (*found[at], *ways))
    return found


def _unique(ways: Iterable[str]) -> Reading:
    return tuple(dict.fromkeys(ways))


def _read(tokens: Sequence[str]) -> Iterator[Reading]:
    """The readings of each token by the dictionary of words, the common one first."""
    dictionary = _dictionary()
    for known, run in groupby(tokens, dictionary.knows):
        if known:
            yield from map(tuple, dictionary.read("".join(run)))
        else:
            yield from ((token,) for token in run)


def _spelled(name: str, wanted: str) -> Iterator[tuple[Reading, bool]]:
    """The readings of a name by syllables and by initials, where one of them may fit at all."""
    if not wanted or name.isascii():
        return
    tokens = _tokens(name)
    for initials in (False, True):
        if not any(_may_follow(tokens, start, wanted, initials=initials) for start in range(len(tokens))):
            continue
        for reading in dict.fromkeys((*readings(name, person=True), *readings(name))):
            pairs = zip(tokens, reading, strict=True)
            parts = tuple(part[:1] if initials and is_chinese(token[0]) else part for token, part in pairs)
            yield from ((tuple(part.replace("v", way) for part in parts), initials) for way in _U_UMLAUT)


def _may_follow(tokens: Sequence[str], at: int, wanted: str, *, initials: bool) -> bool:
    """Whether the letters may be those of the tokens from here: told of single characters, without any words."""
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
    """Whether some of the parts, one after the other, are the letters that are wanted."""
    ends = [0, *accumulate(map(len, parts))]
    whole = "".join(parts)
    return any(whole.startswith(wanted, at) and at + len(wanted) in ends for at in ends)


_HOW = {False: (Fit.IS, Fit.HOLDS), True: (Fit.IS_INITIALS, Fit.HOLDS_INITIALS)}


def _heard_as(signs: Iterable[str], *, initials: bool) -> Mapping[str, str]:
    """By sound, the signs that may have it."""
    found: dict[str, str] = {}
    for sign in signs:
        for part in _sounds(sign, initials=initials):
            found[part] = found.get(part, "") + sign
    return found


def _beginning(heard: Mapping[str, str], wanted: str, most: int) -> str:
    """A pattern of the signs, so many at most, that the letters may begin with."""
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
    """All that a token may sound like, in whatever word."""
    if not is_chinese(token[0]):
        return (token,)
    alone = next(_read((token,)))
    named = (part for table in ("surnames", "also", "words") for part in _heard(table).get(token, ()))
    found = (part.replace("v", way) for part in (*alone, *named) for way in _U_UMLAUT)
    return _unique(part[:1] if initials else part for part in found)


@cache
def _heard(table: str) -> Mapping[str, Reading]:
    """By character, what it is read as in the words of a table."""
    found: dict[str, list[str]] = {}
    for word, ways in _table(table).items():
        for sign, part in zip(word, ways, strict=True) if len(word) > 1 else ((word, way) for way in ways):
            found.setdefault(sign, []).append(part)
    return {sign: tuple(parts) for sign, parts in found.items()}


@cache
def _table(name: str) -> Mapping[str, Reading]:
    """A part of the file of readings: by character or word, its readings or syllables."""
    text = (Path(__file__).parent / "readings.txt").read_text("utf-8")
    part = next(match[2] for match in _PART.finditer(text) if match[1] == name)
    entries = (entry.split(" ", 1) for line in part.splitlines() for entry in line.split("; "))
    return {word: tuple(re.split("[ -]", ways)) for word, ways in entries}


class _Dictionary(NamedTuple):
    """The library's readings."""

    knows: Callable[[str], bool]
    read: Callable[[str], list[list[str]]]


@cache
def _dictionary() -> _Dictionary:
    """The dictionary of readings, with those of our own: the door to the library, which takes a while to load."""
    from pypinyin import Style, load_phrases_dict, load_single_dict, pinyin
    from pypinyin.constants import PINYIN_DICT

    single = {ord(sign): ",".join((*ways, PINYIN_DICT.get(ord(sign), ""))) for sign, ways in _table("first").items()}
    load_single_dict(single)
    words = {word: ways for table in ("words", "surnames") for word, ways in _table(table).items() if len(word) > 1}
    load_phrases_dict({word: [[part] for part in ways] for word, ways in words.items()})
    return _Dictionary(
        lambda token: len(token) == 1 and ord(token) in PINYIN_DICT,
        lambda text: pinyin(text, style=Style.NORMAL, heteronym=True),
    )
