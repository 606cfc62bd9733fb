"""Master data of generated customers: names, addresses, contacts."""

from __future__ import annotations

import tomllib
from datetime import date, timedelta
from functools import cache
from math import prod
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Sequence
    from random import Random

    from crmtext.text.edit.emit import Value

#: Owners of customers; the last one has left and still has a few.
_OWNERS = ("lilei", "hanmei", "wangfang", "zhaomin", "liuyang")
_STATUSES = {"lead": 25, "prospect": 25, "active": 32, "paused": 8, "lost": 10}
#: Coprime to every number of combinations, so that consecutive serials differ widely.
_STRIDE = 391_939
#: How many legal forms and parts of names each country has.
_FORMS, _PARTS = 5, 15
_TYPES = {"company": 80, "institution": 6, "person": 8, "abroad": 6}


class Who(NamedTuple):
    """A customer's master data, and what its interactions are built from."""

    folder: str
    record: dict[str, Value]
    since: date
    contacts: tuple[str, ...]
    abroad: bool = False

    @property
    def status(self) -> str:
        """The status."""
        return str(self.record["status"])

    @property
    def owner(self) -> str:
        """The handle of the owner."""
        return str(self.record["owner"])


@cache
def words() -> dict[str, Any]:
    """Return the parts of names and sentences."""
    return tomllib.loads((Path(__file__).parent / "words.toml").read_text("utf-8"))


def who(chance: Random, today: date, ending: str, serial: int) -> Who:
    """Return a customer added on some day of the last three years, with a name unique to the serial."""
    since = today - timedelta(days=chance.randrange(40, 1100))
    kind = weighted_choice(chance, _TYPES)
    head: dict[str, Value] = {
        "id": f"C{since:%Y%m%d}{ending}",
        "type": "company" if kind == "abroad" else kind,
        "status": weighted_choice(chance, _STATUSES),
        "owner": chance.choices(_OWNERS, (34, 30, 20, 15, 1))[0],
        "sources": [
            {
                "channel": chance.choice(("website", "referral", "exhibition", "cold-call", "event", "partner")),
                "date": f"{since}",
                "detail": chance.choice(words()["details"]),
            }
        ],
        "tags": chance.sample(words()["tags"], chance.randrange(1, 4)),
        "classification": {"value": chance.choices(("high", "medium", "low"), (2, 5, 3))[0]},
    }
    if chance.random() < 0.3:
        head["priority"] = chance.choices(("key", "low"), (2, 1))[0]
    return (_abroad if kind == "abroad" else _at_home)(chance, head, since, serial)


def weighted_choice(chance: Random, weights: dict[str, int]) -> str:
    """Return a random key by weight."""
    return chance.choices(list(weights), list(weights.values()))[0]


def _combination(serial: int, *lists: Sequence[Any]) -> tuple[Any, ...]:
    """One item of each list; a combination is repeated only after all were used."""
    rest = serial * _STRIDE % prod(map(len, lists))
    chosen = []
    for options in lists:
        rest, at = divmod(rest, len(options))
        chosen.append(options[at])
    return tuple(chosen)


def _at_home(chance: Random, head: dict[str, Value], since: date, serial: int) -> Who:
    parts = (words()[kind] for kind in ("places", "brands_first", "trades", "brands_last"))
    place, first, (trade, code), last = _combination(serial, *parts)
    folder, province, city, district, region, area, postcode = place
    street = f"创业路 {chance.randrange(1, 400)} 号"
    address = {"kind": "registered", "country": "CN", "province": province, "city": city, "district": district,
               "region_code": region, "street": street, "postcode": postcode}  # fmt: skip
    if head["type"] == "person":
        name = _name(chance)
        home = {**address, "kind": "shipping"}
        return Who("个人", {**head, "name": name, "phones": [_mobile(chance)], "addresses": [home]}, since, (name,))
    brand = first + last
    short = city.removesuffix("市") + brand
    if head["type"] == "institution":
        name = f"{city}{brand}{chance.choice(words()['institutions'])}"
        code = "P83"
    else:
        name = f"{city}{brand}{trade}有限公司"
    phone = f"{area}-{chance.randrange(20_000_000, 90_000_000)}"
    contacts = [_contact(chance, _name(chance), [_mobile(chance)]) for _index in range(chance.randrange(1, 4))]
    details: dict[str, Value] = {"name": name, "short_name": short, "industry": code, "phones": [phone],
                              "addresses": [address], "contacts": contacts}  # fmt: skip
    return Who(folder, {**head, **details}, since, tuple(str(contact["name"]) for contact in contacts))


def _abroad(chance: Random, head: dict[str, Value], since: date, serial: int) -> Who:
    abroad = words()["abroad"]
    # Every country has the same number of legal forms and name parts.
    place, form, first, last = _combination(serial, abroad["places"], *map(range, (_FORMS, _PARTS, _PARTS)))
    country, city, phone, forms = place
    (shape, ending), one, other = forms[form], abroad["first"][country][first], abroad["last"][country][last]
    name = shape.format(a=one[0], b=other[0])
    person = chance.choice(abroad["people"][country])
    details: dict[str, Value] = {
        "name": name,
        "phones": [f"{phone}{chance.randrange(100, 1000)}"],
        "emails": [f"info@{one[1]}-{other[1]}-{ending}.example"],
        "addresses": [{"kind": "registered", "country": country, "city": city}],
        "contacts": [_contact(chance, person, [])],
    }
    return Who("海外", {**head, **details}, since, (person,), abroad=True)


def _contact(chance: Random, name: str, phones: list[Value]) -> dict[str, Value]:
    title, role = chance.choice(words()["titles"])
    return {"name": name, "title": title, "role": role} | ({"phones": phones} if phones else {})


def _name(chance: Random) -> str:
    return f"{chance.choice(words()['surnames'])}{chance.choice(words()['given'])}"


def _mobile(chance: Random) -> str:
    return f"199000{chance.randrange(100_000):05}"
