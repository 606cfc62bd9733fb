"""Stores and histories full of personal data that masked output must not hold."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, NamedTuple

import pasts
from stores import TEAM

if TYPE_CHECKING:
    from random import Random

    import pytest
    from repos import Repo

#: Rare enough to occur in no other text of a page.
_FAMILIES = ["欧阳", "上官", "诸葛", "龚", "覃", "阚", "佘", "骆", "郗", "鄢"]
_GIVEN = ["霁雯", "翊珩", "沐曦", "骞翮", "漪澜", "晟睿", "缙云", "筱葳", "昶旻", "瑀璠"]
_LATIN = ["Quillfeather", "Zamboanga", "Wrexmore", "Klipspringer", "Thistlewood", "Yggdrasson"]
_STREETS = ["蓬莱巷", "栖霞弄", "白鹭湾路", "沉香里"]

#: The number of the customer whose record has an ID in plain text.
BROKEN = 5


class Person(NamedTuple):
    """A person with values that nobody else has."""

    name: str
    phone: str
    landline: str
    email: str
    wechat: str
    street: str
    id_number: str
    born: str

    @property
    def secrets(self) -> tuple[str, ...]:
        """The values that no masked output may hold."""
        digits = f"{self.phone[:3]}-{self.phone[3:7]}-{self.phone[7:]}"
        return (
            self.name, self.phone, digits, self.landline, self.email, self.wechat, self.street, self.id_number,
            self.born,
        )  # fmt: skip


class Secrets:
    """Makes persons, and remembers what must not be shown of them."""

    def __init__(self, random: Random) -> None:
        self.random = random
        self._numbers = iter(random.sample(range(10_000), 900))
        self.all: set[str] = set()

    def person(self) -> Person:
        """Return a new person."""
        random, number = self.random, next(self._numbers)
        chinese = random.random() < 0.7
        # The number makes the name of a second person with the same given name another one.
        latin = f"{random.choice(_LATIN)} {random.choice(_LATIN)}{chr(97 + number % 26)}"
        one = Person(
            random.choice(_FAMILIES) + random.choice(_GIVEN) if chinese else latin,
            f"1{random.choice('3578')}{random.randint(0, 9)}{number:04}{random.randint(1000, 9999)}",
            f"0512-6{number:04}{random.randint(100, 999)}",
            f"mail{number:04}.x@example.com",
            f"wx_{number:04}_qy",
            f"{random.choice(_STREETS)}{number}号",
            _id_number(f"110105{random.randint(1950, 1999)}1231{number % 1000:03}"),
            f"{random.randint(1950, 1999)}-12-31",
        )
        self.all |= {*one.secrets}
        return one


def _id_number(head: str) -> str:
    total = sum(int(digit) * (2 ** (17 - place) % 11) for place, digit in enumerate(head))
    return head + "10X98765432"[total % 11]


def text(random: Random, *people: Person) -> str:
    """Return a text about some persons, with numbers in different forms; no ID, with which a record is an error."""
    one = random.choice(people)
    forms = (
        f"和{one.name}通话，手机 {one.phone}",
        f"{one.name} 的邮箱是 {one.email}，微信 {one.wechat}",
        f"call {one.name} at {one.landline}, or write to {one.email}",
        f"{one.name}住{one.street}",
        f"请打 {one.phone[:3]}-{one.phone[3:7]}-{one.phone[7:]} 找{one.name}",
        f"asked {one.name} for a price",
    )
    return random.choice(forms)


def address(one: Person) -> dict[str, str]:
    return {"kind": "office", "province": "江苏省", "city": "苏州市", "street": one.street}


def record(random: Random, secrets: Secrets, number: int, day: str) -> dict[str, Any]:
    """Return a record with personal data in every field that is masked, and in free text."""
    contact, other = secrets.person(), secrets.person()
    own = secrets.person() if random.random() < 0.5 else None
    people = tuple(filter(None, (contact, other, own)))

    def words() -> str:
        return text(random, *people)

    stage = random.choice(("discovery", "proposal", "negotiation", "won", "lost"))
    deal: dict[str, Any] = {"title": f"{number} {words()}", "stage": stage, "amount": 1000 + number}
    deal |= {"closed": day, "lost_reason": words(), "lost_category": "price"} if stage in ("won", "lost") else {}
    deal |= {} if "closed" in deal else {"expected_close": random.choice(("2026-11-01", "2026-12-20"))}
    return {
        "id": f"C20240501{number:04}",
        "name": own.name if own else f"示例第{number}有限公司",
        **({"aliases": [secrets.person().name]} if own else {"short_name": f"示例{number}"}),
        "type": "person" if own else "company",
        "status": random.choice(("lead", "prospect", "active", "paused")),
        "owner": random.choice(("lilei", "hanmei")),
        **({"phones": [own.phone, own.landline], "emails": [own.email]} if own else {}),
        "addresses": [address(one) for one in people],
        **({"person": {"birth_date": own.born, "home_address": f"苏州市{own.street}"}} if own else {}),
        "contacts": [
            {"name": contact.name, "title": "采购", "phones": [contact.phone], "emails": [contact.email],
             "wechat": contact.wechat, "birthday": contact.born},
            {"name": other.name, "phones": [other.landline], "social": {"linkedin": other.wechat}},
            *([{"name": own.name, "wechat": own.wechat}] if own else []),
        ],
        "needs": [{"description": words(), "status": "open", "budget": {"basis": "to-confirm"}}],
        "opportunities": [deal],
        "transactions": [
            {"date": "2026-10-01", "amount": 500 + number, "payment_due": "2026-11-01", "order_no": f"PO-{number}",
             "items": [{"product": f"产品 {words()}", "quantity": 1}]},
        ],
        "interactions": [
            {"date": "2026-11-10", "by": "lilei", "channel": "phone", "contact": contact.name, "summary": words(),
             "details": f"{words()}\n{words()}", "next": {"action": words(), "due": "2026-11-18"}},
            {"date": "2026-11-16", "by": "hanmei", "channel": "email", "direction": "in", "contact": other.name,
             "summary": words()},
        ],
        "cases": [{"opened": "2026-11-12", "kind": "complaint", "status": "open", "summary": words(), "product": "甲"}],
        "feedback": [{"date": "2026-11-13", "kind": "survey", "score": 1, "text": words()}],
        "custom": {"备注": words(), "电话": contact.phone, f"{other.name}的车": words()},
        "cooperation": {"since": "2024-01"},
        # The last customer's record is an error all the time.
        "notes": f"{words()}\n{words()}\n" + (f"证件 {contact.id_number}\n" if number == BROKEN else ""),
    }  # fmt: skip


def written(data: dict[str, Any]) -> str:
    """Return a record as a file: JSON is YAML, but our files have one key per line."""
    return "".join(f"{key}: {json.dumps(value, ensure_ascii=False)}\n" for key, value in data.items())


def path(data: dict[str, Any]) -> str:
    return f"records/{data['id']}.yaml"


def history(repo: Repo, monkeypatch: pytest.MonkeyPatch, random: Random, customers: int = 6) -> Secrets:
    """Commit a store and a few weeks of work: edits, a rename, a removal, a branch that is merged, another name."""
    secrets, at = Secrets(random), pasts.Past(repo, monkeypatch)
    at.on("11-01")
    now = {one["id"]: one for one in (record(random, secrets, n, "2026-11-19") for n in range(customers))}
    repo.git("init", "-q", "-b", "main")
    repo.commit({"crmtext.toml": TEAM, **{path(one): written(one) for one in now.values()}}, "start")
    ids = [*now]
    at.on("11-18")
    for id_ in ids:
        one = now[id_]
        new, old = secrets.person(), one["contacts"][0]
        one["contacts"][0] = {**old, "phones": [old["phones"][0][:-1] + "0", new.phone], "title": "经理"}
        secrets.all.add(one["contacts"][0]["phones"][0])
        one["contacts"].append(
            {"name": new.name, "emails": [new.email], "phones": [new.landline], "wechat": new.wechat}
        )
        one["addresses"].append(address(new))
        # The commit's words are about the customer of the record that it changes.
        repo.commit({path(one): written(one)}, f"{text(random, new)} {new.id_number}\n\nCrm-Action: set")
    changed = now[ids[0]]
    changed["opportunities"][0] |= {"stage": "qualified", "expected_close": "2027-03-01"}
    changed["transactions"][0]["paid"] = "2026-11-18"
    changed["interactions"][0]["next"]["done"] = "2026-11-18"
    changed["cases"][0] |= {"status": "closed", "closed": "2026-11-19"}
    repo.commit({path(changed): written(changed)}, "moved on")
    one = now[ids[1]]
    repo.git("switch", "-qc", f"work/{one['contacts'][0]['name'].replace(' ', '-')}")
    one["contacts"][0]["phones"] = [secrets.person().phone]
    repo.commit({path(one): written(one)}, "on a branch")
    repo.git("switch", "-q", "main")
    other = now[ids[2]]
    other["name"] = secrets.person().name if other["type"] == "person" else f"{other['name']}（新）"
    repo.commit({path(other): written(other)}, "another name")
    repo.git("merge", "-q", "--no-edit", "-")
    slug = other["contacts"][0]["wechat"] if other["type"] == "person" else "gongsi"
    repo.git("mv", path(other), f"records/{other['id']}-{slug}.yaml")
    repo.git("commit", "-qm", f"{other['contacts'][0]['name']} renamed")
    repo.git("rm", "-q", path(now[ids[3]]))
    repo.git("commit", "-qm", f"{now[ids[3]]['contacts'][0]['name']} left")
    return secrets
