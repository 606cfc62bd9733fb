"""Lists of national standards, in text files: industries (GB/T 4754-2017) and regions (GB/T 2260)."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING

from crmtext.values import lazy

if TYPE_CHECKING:
    from collections.abc import Mapping

#: A line of a list: a code, its name, and the entries below it.
_LINE = lazy.pattern(r"(\w+) ([^:\n]+)(?:: (.+))?")
_KIND_OF_PROVINCE = lazy.pattern(r"(?<=..)(?:省|市|(?:壮族|回族|维吾尔)?自治区|特别行政区|province)$")
_INDUSTRY = lazy.pattern(r"([A-Ta-t]?)([0-9]{0,4})")
#: Cities without districts, for which a code that ends in 00 is complete: Dongguan, Zhongshan, Danzhou, Jiayuguan.
WITHOUT_DISTRICTS = frozenset({"441900", "442000", "460400", "620200"})

#: A name, and the names below it by their two digits.
Listed = tuple[str, "Mapping[str, str]"]


@cache
def industries() -> Mapping[str, Listed]:
    """The sections by letter, such as `C`, with their divisions."""
    return _listed("industries.txt")


def industry(code: str) -> str:
    """The name of a section or division such as `C`, `C39` or `39`; a longer code gives its division."""
    match = _INDUSTRY.fullmatch(code.strip())
    if match is None:
        return ""
    letter, number = match[1].upper(), match[2][:2]
    if not number:
        return industries()[letter][0] if letter in industries() else ""
    homes = [letter] if letter else [*industries()]
    return next((industries()[home][1][number] for home in homes if number in industries().get(home, ("", {}))[1]), "")


@cache
def regions() -> Mapping[str, Listed]:
    """The provinces by two digits, with their cities; municipalities have none."""
    return _listed("regions.txt")


def region(code: str) -> tuple[str, str] | None:
    """The province and city (empty if none) of a six-digit code; None if unknown."""
    province, cities = regions().get(code[:2], ("", {}))
    if not province or (cities and code[2:4] not in {*cities, "00"}):
        return None
    return province, cities.get(code[2:4], "")


@cache
def short_province(name: str) -> str:
    """The name of a province for comparison: without 省, 市, 自治区 and the people that an autonomous region names."""
    # Loaded late: the settings, which every command reads, are compared with provinces by few.
    from crmtext.values.folding import plain, simplified

    return _KIND_OF_PROVINCE.sub("", simplified(plain(name)))


def _listed(file: str) -> Mapping[str, Listed]:
    text = (Path(__file__).parent / file).read_text("utf-8")
    return MappingProxyType(
        {
            code: (name, MappingProxyType(dict(entry.split(" ", 1) for entry in below.split("; ")) if below else {}))
            for code, name, below in _LINE.findall(text)
        }
    )
