"""Who a made-up customer is: the name, where it is, whom one talks to there."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from random import Random

    from crmtext.text.emit import Value

#: Who looks after customers; of the one who has left, few are still there.
_OWNERS = ("lilei", "hanmei", "wangfang", "zhaomin", "liuyang")
_STATUSES = {"lead": 25, "prospect": 25, "active": 32, "paused": 8, "lost": 10}
_TYPES = {"company": 80, "institution": 6, "person": 8, "abroad": 6}


@dataclass(frozen=True, slots=True)
class Who:
    """A customer's record as far as it tells who it is, and what its dealings are to be made of."""

    folder: str
    record: dict[str, Value]
    since: date
    contacts: tuple[str, ...]
    abroad: bool = False

    @property
    def status(self) -> str:
        """Where the customer stands."""
        return str(self.record["status"])

    @property
    def owner(self) -> str:
        """The colleague in charge."""
        return str(self.record["owner"])


@cache
def words() -> dict[str, Any]:
    """What names and sentences are made of."""
    return tomllib.loads((Path(__file__).parent / "words.toml").read_text("utf-8"))


def who(chance: Random, today: date, ending: str) -> Who:
    """A customer that has been known since some day of the last three years."""
    since = today - timedelta(days=chance.randrange(40, 1100))
    kind = drawn(chance, _TYPES)
    head: dict[str, Value] = {
        "id": f"C{since:%Y%m%d}{ending}",
        "type": "company" if kind == "abroad" else kind,
        "status": drawn(chance, _STATUSES),
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
    return _abroad(chance, head, since) if kind == "abroad" else _at_home(chance, head, since)


def drawn(chance: Random, weights: dict[str, int]) -> str:
    """One of these, as often as its weight says."""
    return chance.choices(list(weights), list(weights.values()))[0]


def _at_home(chance: Random, head: dict[str, Value], since: date) -> Who:
    folder, province, city, district, region, area, postcode = chance.choice(words()["places"])
    street = f"创业路 {chance.randrange(1, 400)} 号"
    address = {"kind": "registered", "country": "CN", "province": province, "city": city, "district": district,
               "region_code": region, "street": street, "postcode": postcode}  # fmt: skip
    if head["type"] == "person":
        name = _name(chance)
        home = {**address, "kind": "shipping"}
        return Who("个人", {**head, "name": name, "phones": [_mobile(chance)], "addresses": [home]}, since, (name,))
    brand = chance.choice(words()["brands_first"]) + chance.choice(words()["brands_last"])
    trade, code = chance.choice(words()["trades"])
    short = city.removesuffix("市") + brand
    if head["type"] == "institution":
        name = f"{city}{brand}{chance.choice(words()['institutions'])}"
        code = "P83"
    else:
        name = f"{city}{brand}{trade}有限公司"
    phone = f"{area}-{chance.randrange(20_000_000, 90_000_000)}"
    contacts = [_contact(chance, _name(chance), [_mobile(chance)]) for _index in range(chance.randrange(1, 4))]
    told: dict[str, Value] = {"name": name, "short_name": short, "industry": code, "phones": [phone],
                              "addresses": [address], "contacts": contacts}  # fmt: skip
    return Who(folder, {**head, **told}, since, tuple(str(each["name"]) for each in contacts))


def _abroad(chance: Random, head: dict[str, Value], since: date) -> Who:
    country, city, phone, forms = chance.choice(words()["abroad"]["places"])
    name = chance.choice(forms).format(n=chance.choice(words()["abroad"]["names"][country]))
    person = chance.choice(words()["abroad"]["people"][country])
    told: dict[str, Value] = {
        "name": name,
        "phones": [f"{phone}{chance.randrange(100, 1000)}"],
        "emails": [f"info{chance.randrange(10_000)}@customer.example"],
        "addresses": [{"kind": "registered", "country": country, "city": city}],
        "contacts": [_contact(chance, person, [])],
    }
    return Who("海外", {**head, **told}, since, (person,), abroad=True)


def _contact(chance: Random, name: str, phones: list[Value]) -> dict[str, Value]:
    title, role = chance.choice(words()["titles"])
    return {"name": name, "title": title, "role": role} | ({"phones": phones} if phones else {})


def _name(chance: Random) -> str:
    return f"{chance.choice(words()['surnames'])}{chance.choice(words()['given'])}"


def _mobile(chance: Random) -> str:
    return f"1990000{chance.randrange(10_000):04}"
