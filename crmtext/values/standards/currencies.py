"""The currencies of ISO 4217: current codes, their other names, and withdrawn codes.

A line of the list is a code with its other names, or a withdrawn code and the currency that replaced it. ANG and BGN
were withdrawn in 2025 and 2026 and count as codes: amounts and contracts of those years still have them.
"""

from __future__ import annotations

import unicodedata
from functools import cache, lru_cache
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, NamedTuple

from crmtext.values import lazy

if TYPE_CHECKING:
    from collections.abc import Mapping

#: Signs shared by several currencies: the store's own if it is among them, else the first.
_SHARED = MappingProxyType(
    {
        "¥": ("CNY", "JPY"),
        "元": ("CNY", "TWD", "HKD", "MOP", "SGD"),
        "$": ("USD", "HKD", "TWD", "SGD", "AUD", "CAD", "NZD", "MOP", "MXN"),
    }
)
_SCALES = r"百万|千万|[千万亿kKwW]|(?i:million|mn|m)(?![A-Za-z])"
_BESIDE = lazy.pattern(rf"\s*([^\d\s.,+-][^\d]*?)?\s*([+-]?[\d.,\s]*\d)\s*({_SCALES})?\s*(\D*?)\s*")


class _Lists(NamedTuple):
    codes: frozenset[str]
    #: Codes by their other names, folded.
    names: Mapping[str, str]
    #: Withdrawn codes and their successors.
    replaced: Mapping[str, str]


@cache
def _lists() -> _Lists:
    codes, names, replaced = set(), {}, {}
    for line in (Path(__file__).parent / "currencies.txt").read_text("utf-8").splitlines():
        old, _sign, new = line.partition(" > ")
        if new:
            replaced[old] = new
            continue
        code, _colon, others = line.partition(":")
        codes.add(code)
        names.update({_folded(name): code for name in others.split(";") if name.strip()})
    return _Lists(frozenset(codes), MappingProxyType(names), MappingProxyType(replaced))


def codes() -> frozenset[str]:
    """The codes in use."""
    return _lists().codes


@lru_cache(maxsize=64)
def code_of(typed: str) -> str:
    """The code for a word, sign or code in other letters: `RMB`, `人民币`, `￥`, `cny`; empty if none."""
    folded = _folded(typed)
    return folded if folded in codes() else _lists().names.get(folded, "")


def successor(code: str) -> str:
    """The currency that replaced a withdrawn one; empty if the code isn't withdrawn."""
    return _lists().replaced.get(_folded(code), "")


def of_amount(typed: str, home: str) -> tuple[str, str]:
    """An amount without its currency, and the currency in it: `US$50万`; empty if there is none.

    `home` is the store's currency, preferred for a shared sign such as `$`.
    """
    match = _BESIDE.fullmatch(unicodedata.normalize("NFKC", typed))
    if not match:
        return typed, ""
    before, number, scale, after = (part or "" for part in match.groups())
    word = before or after
    shared = _SHARED.get(word, ())
    code = home if home in shared else shared[0] if shared else code_of(word) if word else ""
    return (number + scale, code) if code else (typed, "")


def _folded(text: str) -> str:
    return "".join(unicodedata.normalize("NFKC", text).split()).upper()
