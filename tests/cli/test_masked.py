"""`--mask` of show, list, search and due: nothing personal in any format, the same customers in the same order."""

from __future__ import annotations

import json
import re
from random import Random
from typing import TYPE_CHECKING, Any

import pytest
import stores
from stores import Program

from crmtext.schema import Schema
from crmtext.sealing.forms import FORMS
from crmtext.sealing.mask import Masking

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

SCHEMA = Schema.shipped()
FAMILIES = ["欧阳", "诸葛", "龚", "覃", "阚", "骆"]
GIVEN = ["霁雯", "翊珩", "沐曦", "漪澜", "缙云", "筱葳", "昶旻", "瑀璠"]
WORDS = ["Quillfeather", "Zamboanga", "Wrexmore", "Klipspringer", "Thistlewood", "Yggdrasson"]
#: What no masked output holds, whatever the record: mobile numbers, addresses, resident IDs.
PATTERN = re.compile(r"(?<![0-9])1[3-9][0-9]{9}(?![0-9])|[A-Za-z0-9._-]{2,}@[a-z0-9-]+\.|(?<![0-9])[0-9]{17}[0-9X]")
RULES = """
[[followup.rules]]
name = "回访欧阳霁雯"
every_days = 1
where = "'13912345678' in phones"
say = "打 13912345678，找欧阳霁雯"
"""


class Secrets:
    """Values that nobody else has, by the kinds of `x-mask`."""

    def __init__(self, random: Random) -> None:
        self._random, self._numbers, self.all = random, iter(random.sample(range(1000, 10_000), 400)), set[str]()

    def value(self, kind: str) -> str:
        """Return a new value of a kind."""
        random, number = self._random, next(self._numbers)
        value = {
            "name": random.choice(
                (
                    random.choice(FAMILIES) + random.choice(GIVEN),
                    f"{random.choice(WORDS)} {random.choice(WORDS)}{chr(97 + number % 26)}",
                )
            ),
            "phone": f"139{number}{number}",
            "email": f"quill{number}@example.com",
            "id": f"92310115MA{number}0J4L",
            "address": f"蓬莱巷{number}弄",
            "social": f"wx_{number}_q",
            "date": f"19{60 + number % 40}-05-0{1 + number % 9}",
            "text": f"某某银行{number}",
            "account": f"62220212345{number}",
        }[kind]
        if value not in self.all:
            self.all.add(value)
        return value


def marked() -> Iterator[tuple[str, str]]:
    """Yield the paths of the schema's masked values, each with its kind."""
    masking = Masking(SCHEMA)
    for path, field in SCHEMA.by_path.items():
        kind = masking.place(path).kind
        if kind and field.kind not in ("list", "map") and kind in FORMS:
            yield path, kind


def record(secrets: Secrets, number: str, other: str, *, company: bool = False) -> dict[str, Any]:
    """A customer with a value at each path that has a mark, whose texts name all of them, and that refers to another.

    The names of a company are shown.
    """
    day = secrets.value("date")
    data: dict[str, Any] = {
        "id": f"C20240501{number}",
        "name": secrets.value("name"),
        "short_name": secrets.value("name"),
        "aliases": [secrets.value("name")],
        "type": "person",
        "status": "active",
        "owner": "lilei",
        "phones": [secrets.value("phone")],
        "emails": [secrets.value("email")],
        "addresses": [{"kind": "shipping", "city": "上海市", "street": secrets.value("address")}],
        "uscc": "92310115MA1K35JJ4L",
        "person": {"birth_date": day, "home_address": secrets.value("address")},
        "cooperation": {"since": "2024-01"},
        "contacts": [
            {
                "name": secrets.value("name"),
                "phones": [secrets.value("phone")],
                "emails": [secrets.value("email")],
                "wechat": secrets.value("social"),
                "social": {
                    field.key: secrets.value("social") for field in SCHEMA.by_path["contacts[].social"].children
                },
                "birthday": "1988-11-22",
            }
        ],
        "billing": {
            "title": secrets.value("name"),
            "tax_number": "92310115MA1K35JJ4L",
            "bank": secrets.value("text"),
            "address": secrets.value("address"),
            "phone": secrets.value("phone"),
        },
        "consents": [{"date": "2024-05-02", "basis": "consent", "purposes": ["birthday"]}],
        "relations": [{"id": f"C20240501{other}", "kind": "partner"}],
    }
    if company:
        for key in ("name", "short_name", "aliases", "person"):
            secrets.all -= {*leaves(data[key])}
        secrets.all.discard(data["billing"]["title"])
        del data["person"]
        data |= {"name": "示例公司", "short_name": "示例", "aliases": ["示例厂"], "type": "company"}
        data["billing"]["title"] = "示例公司"
        data["company"] = {"legal_representative": secrets.value("name")}
    data["consents"].append({**data["consents"][0], "contact": data["contacts"][0]["name"]})
    secrets.all.update(("92310115MA1K35JJ4L", "1988-11-22"))
    words = sorted(word for word in leaves(data) if word in secrets.all and not re.match("19[0-9-]{8}$", word))
    everything = "；".join(words)
    data["interactions"] = [
        {
            "date": "2026-11-01",
            "by": "lilei",
            "channel": "wechat",
            "direction": "in",
            "contact": data["contacts"][0]["name"],
            "summary": f"冷链 {everything}",
            "details": f"{everything}\n{everything}",
        },
        {
            "date": "2026-11-02", "by": "lilei", "channel": "note", "summary": "记录",
            "next": {"action": f"回访 {everything}", "due": "2026-11-10"},
        },
    ]  # fmt: skip
    data["cases"] = [{"opened": "2026-11-01", "kind": "complaint", "status": "open", "summary": everything}]
    data["opportunities"] = [{"title": everything, "stage": "proposal", "expected_close": "2026-11-30"}]
    data["needs"] = [{"kind": "purchase", "description": everything, "budget": {"basis": "to-confirm"}}]
    data["custom"] = {"家里电话": data["phones"][0], "备注": everything, data["contacts"][0]["name"]: "键"}
    data["notes"] = f"{everything}\n"
    data["tags"] = ["冷链"]
    return data


def leaves(value: Any) -> Iterator[str]:
    """Yield the texts of a value."""
    if isinstance(value, dict | list):
        for one in value.values() if isinstance(value, dict) else value:
            yield from leaves(one)
    elif isinstance(value, str):
        yield value


def commands(one: Mapping[str, Any]) -> Iterator[tuple[str, ...]]:
    """Yield every command with `--mask`, in each format, and those that end with an error or a question."""
    name, phone = one["name"], one["phones"][0]
    columns = ",".join((*(field.key for field in SCHEMA.fields if field.key != "person"), "next_action", "path"))
    for form in ("table", "json", "yaml"):
        yield "show", one["id"], "--all", "--format", form
        yield "show", name, "--format", form
    for form in ("table", "json", "csv", "ids"):
        yield "list", "--format", form
        yield "list", "--format", form, "--where", f"'{phone}' in phones", "--sort", "name"
        yield "list", "--format", form, "冷链"
    for form in ("table", "csv"):
        yield "list", "--format", form, "--columns", "name,contacts.name,phones,next_action,contacts[0].social"
        yield "list", "--format", form, "--columns", columns.replace(",billing,", ",")
    for form in ("table", "json", "ids"):
        for text in (name, phone, "冷链", phone[-4:], one["contacts"][0]["name"], "Quillfea", "ouyang", "弄", "x_"):
            yield "search", text, "--format", form
            yield "search", text, "--all", "--format", form, "--limit", "1"
    for form in ("table", "json", "markdown", "ics", "csv", "ids"):
        yield "due", "--owner", "all", "--days", "400", "--format", form
        yield "due", "--owner", "all", "--limit", "1", "--where", f"name != '{name}x'", "--format", form
    yield from (("show", "C20240501004", "--format", form) for form in ("table", "json", "yaml"))
    yield from (("show", word) for word in (name[:1], "nobody", f"{name}们", f"{phone}5", "C20240501"))
    yield from (("search", word) for word in (f"{name}们", f"{phone}5"))
    yield "list", "--where", f"phones == {phone}5 and"
    yield "due", "--where", f"'{one['emails'][0]}' in nothing"


@pytest.fixture(params=[0, pytest.param(1, marks=pytest.mark.long)])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> tuple[Path, Secrets, dict[str, Any]]:
    secrets = Secrets(Random(request.param))
    first, second = record(secrets, "001", "002"), record(secrets, "002", "003")
    third, broken = record(secrets, "003", "001", company=True), record(secrets, "004", "001")
    broken["notes"] += "身份证 11010519491231002X"
    secrets.all.add("11010519491231002X")
    first["phones"].append("13912345678")
    first["aliases"].append("欧阳霁雯")
    secrets.all.update(("13912345678", "欧阳霁雯"))
    for one in (first, second, third, broken):
        name = f"{one['id']}-ouyang.yaml" if one is first else f"{one['id']}.yaml"
        (tmp_path / "records").mkdir(exist_ok=True)
        (tmp_path / "records" / name).write_text(json.dumps(one, ensure_ascii=False), "utf-8")
    (tmp_path / "crmtext.toml").write_text(stores.TEAM + RULES, "utf-8")
    return tmp_path, secrets, first


def test_the_person_has_a_value_for_each_mark_of_the_schema() -> None:
    secrets = Secrets(Random(0))
    records = (record(secrets, "001", "002"), record(secrets, "002", "001", company=True))
    empty = {path for path, _kind in marked() if not any([*SCHEMA.values(data, path)] for data in records)}
    assert empty == set()


@pytest.mark.parametrize("language", ["en", "zh"])
def test_no_command_shows_a_full_value(
    store: tuple[Path, Secrets, dict[str, Any]],
    language: str,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    folder, secrets, one = store
    monkeypatch.setenv("CRMTEXT_LANG", language)
    program = Program(capsys, folder)
    shown = []
    for command in commands(one):
        result = program(*command, "--mask")
        output = result.out + result.err
        leaks = sorted(value for value in secrets.all if value in output)
        patterns = PATTERN.findall(output)
        assert (command, leaks, patterns, "internal error" in output) == (command, [], [], False), output[:3000]
        shown.append(result.code == 0)
    assert sum(shown) >= len(shown) - 12
