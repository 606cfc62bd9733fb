"""What national standards list: industries (GB/T 4754-2017) and places (GB/T 2260), each in a text file beside."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING

from crmtext.values import lazy

if TYPE_CHECKING:
    from collections.abc import Mapping

#: A line of a list: a code and its name, and what is below them.
_LINE = lazy.pattern(r"(\w+) ([^:\n]+)(?:: (.+))?")
_INDUSTRY = lazy.pattern(r"([A-Ta-t]?)([0-9]{0,4})")
#: Cities without districts, whose code ends in 00 all the same: Dongguan, Zhongshan, Danzhou, Jiayuguan.
WITHOUT_DISTRICTS = frozenset({"441900", "442000", "460400", "620200"})

#: A name, and the names below it by their two digits.
Listed = tuple[str, "Mapping[str, str]"]


@cache
def industries() -> Mapping[str, Listed]:
    """The sections by letter, such as `C`, each with its divisions."""
    return _listed("industries.txt")


def industry(code: str) -> str:
    """The name of a section or division, such as `C`, `C39` or `39`; that of its division for a longer code."""
    found = _INDUSTRY.fullmatch(code.strip())
    if found is None:
        return ""
    letter, number = found[1].upper(), found[2][:2]
    if not number:
        return industries()[letter][0] if letter in industries() else ""
    homes = [letter] if letter else [*industries()]
    return next((industries()[each][1][number] for each in homes if number in industries().get(each, ("", {}))[1]), "")


@cache
def regions() -> Mapping[str, Listed]:
    """The provinces by two digits, each with its cities; a municipality, and what is no prefecture, has none."""
    return _listed("regions.txt")


def region(code: str) -> tuple[str, str] | None:
    """The province and city that six digits begin with, the city empty where there is none; None if unknown."""
    province, cities = regions().get(code[:2], ("", {}))
    if not province or (cities and code[2:4] not in {*cities, "00"}):
        return None
    return province, cities.get(code[2:4], "")


def _listed(file: str) -> Mapping[str, Listed]:
    text = (Path(__file__).parent / file).read_text("utf-8")
    return MappingProxyType(
        {
            code: (name, MappingProxyType(dict(each.split(" ", 1) for each in below.split("; ")) if below else {}))
            for code, name, below in _LINE.findall(text)
        }
    )
