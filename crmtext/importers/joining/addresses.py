"""Addresses from their parts, from JSON, and from Chinese text."""

from __future__ import annotations

import json
import re
from functools import cache
from typing import TYPE_CHECKING, Any

from crmtext.importers.joining.countries import country
from crmtext.importers.joining.draft import fill
from crmtext.importers.joining.shape import is_empty, kind_of, line
from crmtext.values import lazy
from crmtext.values.standards import regions

if TYPE_CHECKING:
    from collections.abc import Mapping

    from crmtext.importers.joining.draft import Draft
    from crmtext.importers.joining.shape import Shaped

#: Province, city, district and the rest of a Chinese address.
_CHINESE = lazy.pattern(
    r"(?:中国)?"
    r"(?P<province>[一-龥]{2,3}省|内蒙古自治区|广西壮族自治区|西藏自治区|宁夏回族自治区|新疆维吾尔自治区"
    r"|香港特别行政区|澳门特别行政区)?"
    r"(?P<city>[一-龥]{2,10}?(?:市|自治州|地区|盟))?"
    r"(?P<district>[一-龥]{1,6}?(?:(?<![园小社校厂发业库景])区|县|旗))?"
    r"(?P<street>.*)",
    re.DOTALL,
)
_CAPITALS = frozenset({"北京市", "上海市", "天津市", "重庆市"})
#: Names of parts in addresses that a cell holds as JSON.
_JSON_PARTS: Mapping[str, str] = {
    "street": "street", "address": "street", "line1": "street", "city": "city", "state": "province",
    "province": "province", "region": "province", "country": "country", "countrycode": "country",
    "postcode": "postcode", "postalcode": "postcode", "zip": "postcode", "zipcode": "postcode", "district": "district",
}  # fmt: skip
_PARTS = ("country", "province", "city", "district", "region_code", "street", "postcode")


def add(draft: Draft, shaped: Shaped) -> None:
    """Give the customer the addresses of a row. One kind of address has one place; a second one is another entry."""
    for group, item in shaped.items.get("addresses", {}).items():
        address = read(item, shaped.rest)
        if not address:
            continue
        kind = str(item.get("kind") or kind_of(group) or "office")
        whole = {"kind": kind, **address}
        have = draft.lists.setdefault("addresses", [])
        if not any(_extends(entry, whole) for entry in have):
            have.append(whole)


def _extends(have: dict[str, Any], more: dict[str, Any]) -> bool:
    """Whether an address is the same as far as both say; then it takes what the other one adds."""
    if any(have[key] != more[key] for key in have.keys() & more.keys()):
        return False
    fill(have, more, lambda _path, _have, _other: None)
    return True


def read(item: Mapping[str, Any], rest: list[str]) -> dict[str, Any]:
    """Return an address with its parts apart; an unknown country goes to the rest."""
    parts = {key: line(value) for key, value in item.items() if key in _PARTS and not is_empty(value)}
    street = str(item.get("street", "")).strip()
    if street.startswith("{") and isinstance(whole := _json(street), dict):
        del parts["street"]
        parts = {**whole, **parts}
    elif street and not parts.keys() & {"province", "city", "district"} and (split := _chinese(line(street))):
        parts.update(split)
        if not parts["street"]:
            del parts["street"]
    if name := parts.pop("country", ""):
        if code := country(name):
            parts["country"] = code
        elif parts:
            rest.append(name)
        else:
            parts["street"] = name
    return parts


@cache
def _places() -> frozenset[str]:
    """The names of all provinces and cities."""
    return frozenset(name for province, cities in regions().values() for name in (province, *cities.values()))


def _json(text: str) -> dict[str, str] | None:
    try:
        data = json.loads(text)
    except ValueError:
        return None
    if not isinstance(data, dict):
        return None
    parts: dict[str, str] = {}
    for key, value in data.items():
        part = _JSON_PARTS.get(re.sub(r"[^a-z0-9]", "", str(key).casefold()))
        text_ = ", ".join(map(str, value)) if isinstance(value, list) else "" if value is None else str(value)
        if part and text_.strip() and not isinstance(value, dict):
            parts.setdefault(part, line(text_))
    return parts


def _chinese(text: str) -> dict[str, str]:
    """The parts of a Chinese address; empty if it doesn't begin with a known province or city."""
    before, _comma, last = text.replace("，", ",").rpartition(",")
    named = bool(before) and country(last.strip()) == "CN"
    match = _CHINESE.fullmatch(before.strip() if named else text)
    if (
        match is None
        or not (match["province"] or match["city"])
        or not _places().issuperset(place for place in (match["province"], match["city"]) if place)
    ):
        return {}
    parts = {key: value for key, value in match.groupdict().items() if value}
    city = parts.get("city", "")
    if city in _CAPITALS:
        parts.setdefault("province", city)
        if parts.get("district", "").startswith(city):
            parts["district"] = parts["district"].removeprefix(city)
    if named:
        parts["country"] = "CN"
    return {**parts, "street": parts.get("street", "").strip(" ,，")}
