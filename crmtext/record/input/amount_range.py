"""Amounts and ranges as people type them: `50万-80万`, `50-80万`, `80万以内`, `about 500k`, `待确认`."""

from __future__ import annotations

import re
import unicodedata
from decimal import Decimal
from typing import TYPE_CHECKING

from crmtext.problem import CrmError
from crmtext.record.input import amounts
from crmtext.values import lazy, money
from crmtext.values.standards import currencies

if TYPE_CHECKING:
    from collections.abc import Mapping

    from crmtext.schema import Field
    from crmtext.text.edit.emit import Value

_BETWEEN = lazy.pattern(r"\s*(?:-|–|—{1,2}|~|至|到|\.\.)\s*|\s+to\s+", re.IGNORECASE)
#: Words around an inexact amount or between two. They do not change the amount; the text keeps them.
_ROUND = lazy.pattern(
    r"(?:(?:约|大约|大概|差不多|about|around|approx\.?|approximately|roughly|circa|ca\.|[~≈])\s*)?"
    r"(.+?)\s*(?:之间|左右|上下|or so)?",
    re.IGNORECASE,
)
_FROM = lazy.pattern(r"(?:在|从|from)\s*(.+)", re.IGNORECASE)
_AND = lazy.pattern(r"between\s+(.+?)\s+and\s+(.+)", re.IGNORECASE)
_AT_MOST = lazy.pattern(
    r"(?:<=?|≤|不超过|不到|低于|少于|最多|最高|至多|up to|at most|under|below|less than|no more than|max\.?)\s*(.+)"
    r"|(.+?)\s*(?:[以之]?内|以下|封顶|or less|at most|max\.?)",
    re.IGNORECASE,
)
_AT_LEAST = lazy.pattern(
    r"(?:>=?|≥|至少|不低于|不少于|超过|高于|最低|最少|起码|at least|over|above|more than|no less than|min\.?)\s*(.+)"
    r"|(.+?)\s*(?:以上|起|\+|or more|at least|min\.?)",
    re.IGNORECASE,
)
#: Separators of a word and the amount beside it.
_BESIDE = " \t,，、:：;；()（）"
#: The unit after a number, and anything but numbers after it: `80万元`, `800k CNY`.
_UNIT = lazy.pattern(
    r"(?<=[\d一二两三四五六七八九十百])\s*(百万|千万|million|mn|[千万亿kwm])(?![a-z])\D*\Z", re.IGNORECASE
)
#: A number this large before one of these units is complete (`800-1万`); a smaller one shares the unit (`50-80万`).
_FEW = 100
_SMALL = ("千", "k", "万", "w")
_NUMERALS = {sign: value for value, sign in enumerate("一二三四五六七八九", 1)} | {"两": 2}
#: Up to 9999 in Chinese. `一千二` means 1200, so a digit must follow 十 or 零, or be alone.
_BELOW_WAN = (
    r"(?:([一二两三四五六七八九])千)?(?:零?([一二两三四五六七八九])百)?(?:零?([一二三四五六七八九]?十))?"
    r"(?:零?(?<![千百万亿])([一二两三四五六七八九]))?"
)
_CHINESE = lazy.pattern(rf"(?:人民币)?(?:{_BELOW_WAN}亿)?(?:零?{_BELOW_WAN}万)?(?:零?{_BELOW_WAN})?元?")
#: A plain number needs no text; of any other amount the words are kept.
_DIGITS = lazy.pattern(r"[\d,]+(?:\.\d+)?", re.ASCII)


def read(field: Field, typed: str, home: str, now: str = "") -> Mapping[str, Value] | None:
    """Return the fields of a map with `min` and `max` that a typed text means; None for another map or text.

    One amount is both ends. A word among the choices of a field of the map sets that field, alone or beside an amount:
    `预估 50-80万`. Unless the amount is a plain number, its words are kept as `text` if the map has that field.
    `home` is the store's currency, `now` the map's. Another currency that was typed becomes the map's `currency`.
    """
    if not field.is_range:
        return None
    word, amount = _split_word(field, typed)
    bare = _unnamed(field, unicodedata.normalize("NFKC", amount))
    if not bare and word:
        return word
    try:
        texts = _min_and_max(bare, home)
        codes = {code: None for text in texts.values() if (code := currencies.of_amount(text, home)[1])}
        if len(codes) > 1:
            raise amounts.two_currencies(*codes)
        code = "".join(codes)
        ends: dict[str, Value] = {key: _number(text, code or now or home) for key, text in texts.items()}
    except CrmError as error:
        if error.problem.rule == "amount-currency":
            raise
        return None
    if ends and code and code != (now or home):
        if field.child("currency") is None:
            raise amounts.foreign_currency(typed, code, home)
        ends["currency"] = code
    if not ends or _DIGITS.fullmatch(amount) or field.child("text") is None:
        return {**word, **ends} if ends else None
    return {**word, **ends, "text": " ".join(amount.split())}


def _unnamed(field: Field, typed: str) -> str:
    """Return the text without the field's own name at its start: `预算50万-80万`."""
    names = sorted((name for name in (*field.labels.values(), *field.synonyms)), key=len, reverse=True)
    name = next((name for name in names if typed.casefold().startswith(name.casefold())), "")
    return typed[len(name) :].lstrip(_BESIDE).removeprefix("是").removeprefix("为").lstrip(_BESIDE) if name else typed


def _number(text: str, home: str) -> int | float:
    if number := _numerals(text):
        return number
    exact = amounts.read(text, home).number
    return int(exact) if exact == exact.to_integral_value() else float(exact)


def _numerals(text: str) -> int | None:
    """Return the number that Chinese numerals such as 五十万 mean; None for other or ambiguous text."""
    match = _CHINESE.fullmatch(text.replace(" ", ""))
    if not match or not any(match.groups()):
        return None
    total = 0
    for start, unit in ((0, 100_000_000), (4, 10_000), (8, 1)):
        for sign, tens in zip(match.groups()[start : start + 4], (1000, 100, 10, 1), strict=True):
            if sign:
                total += _NUMERALS.get(sign[0], 1) * tens * unit
    return total


def _split_word(field: Field, typed: str) -> tuple[Mapping[str, Value], str]:
    """Split a text into the field set by a word at its start or end, and the amount."""
    wanted = typed.strip(_BESIDE).casefold()
    names = [
        (name.casefold(), child.key, choice.value)
        for child in field.children
        for choice in child.choices
        for name in choice.names()
    ]
    # Longest first: `已明确` is not `明确` with something before it.
    for name, key, value in sorted(names, key=lambda choice: -len(choice[0])):
        if wanted.startswith(name) or wanted.endswith(name):
            rest = wanted.removeprefix(name) if wanted.startswith(name) else wanted.removesuffix(name)
            return {key: value}, rest.strip(_BESIDE)
    return {}, typed


def _min_and_max(typed: str, home: str) -> dict[str, str]:
    """Return the texts of `min` and `max`; empty if the text is ambiguous."""
    for key, form in (("max", _AT_MOST), ("min", _AT_LEAST)):
        if match := form.fullmatch(typed):
            return {key: _without_round_words(match[1] or match[2])}
    start = _FROM.fullmatch(typed)
    both = _AND.fullmatch(typed)
    low, *high = (
        both.groups() if both else _BETWEEN.split(_without_round_words(start[1] if start else typed), maxsplit=1)
    )
    if not high:
        return {"min": low} if start else {"min": low, "max": low}
    ends = [(end, _UNIT.search(end)) for end in (low, high[0])]
    units = [unit[1].casefold() if unit else "" for _end, unit in ends]
    if units[0] == "千" and units[1] == "千万":
        return {}  # 3千-5千万 begins with 3千 or with 3千万
    if ends[1][1] and not units[0]:
        least = _plain(low, home)
        if least < _plain(high[0][: ends[1][1].start(1)], home):
            low += units[1]  # 50-80万
        elif units[1] not in _SMALL or least < _FEW:
            return {}  # 500-1千万 begins with 500 or with 500万, where 800-1万 begins with 800
    return {"min": low, "max": high[0]}


def _plain(typed: str, home: str) -> Decimal:
    """Return the number in a text, whatever its currency. Raises CrmError if there is none."""
    number, _code = currencies.of_amount(typed, home)
    return Decimal(_numerals(number) or money.decimal(number))


def _without_round_words(typed: str) -> str:
    """Return an amount without the words that say it is not exact."""
    match = _ROUND.fullmatch(typed)
    return match[1] if match else typed
