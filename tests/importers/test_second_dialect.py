"""The same customers from two systems: each is found again, and branches of one bank stay apart."""

from __future__ import annotations

import json
import os
from typing import TYPE_CHECKING, Any, NamedTuple

import pytest
from import_runs import git, imported, run

if TYPE_CHECKING:
    from pathlib import Path

#: What a dialect doesn't say.
DEFAULTS = ("--default", "status=lead", "--default", "owner=lilei", "--default", "cooperation.since=2026-01-01")


class Row(NamedTuple):
    """A customer, its name in the Chinese sheet, and what both dialects say of it."""

    name: str
    other: str
    kind: str
    phone: str
    town: str
    street: str
    contact: str = ""
    mobile: str = ""
    email: str = ""
    deal: str = ""


ROWS = (
    Row("宁波海曙轴承有限公司", "宁波海曙轴承有限公司 ", "企业", "0574-87001101", "宁波市", "灵桥路 3 号", "钱进",
        "13800001101", "qj@haishu.example", "滚柱轴承年单"),
    Row("青松银行南京分行", "青松银行南京分行", "机构", "025-84001102", "南京市", "中山路 1 号", "何静", "13800001102",
        "hejing@qingsong.example"),
    Row("青松银行无锡分行", "青松银行无锡分行", "机构", "0510-82001103", "无锡市", "人民路 9 号", "何静", "13800001103",
        "hejing.wx@qingsong.example"),
    Row("远帆软件（武汉）有限公司", "远帆软件(武汉)有限公司", "企业", "027-87001104", "武汉市", "珞喻路 77 号", "郑洁",
        "13800001104", "zj@yuanfan.example", "二期"),
    Row("Hafen Küche GmbH", "HAFEN KÜCHE GMBH", "企业", "+49 40 5557 1105", "Hamburg, DE", "Kai 5", "Uwe Jäger",
        "+49 170 555 1105", "uwe@hafen.example", "Line 2"),
    Row("D'Arcy & Sons Ltd", "D’Arcy & Sons Ltd", "企业", "+44 20 7946 0106", "Leeds, GB", "2 Mill Lane", "Amy D'Arcy",
        "+44 7700 900106", "amy@darcy.example"),
    Row("+Plus Tools, Inc.", "+Plus Tools, Inc.", "企业", "+1 555-010-1107", "Reno, US", '4 "B" Road', "Joe Park",
        "+1 555-010-2107", "joe@plus.example"),
    Row("绿谷公益基金会", "绿谷公益基金会", "机构", "010-88001108", "北京市", "朝阳路 8 号", "司徒兰", "13800001108",
        "stl@lvgu.example"),
    Row("成都锦江餐饮有限公司", "成都锦江餐饮有限公司", "企业", "028-87001109", "成都市", "春熙路 1 号", "周周",
        "13800001109", "zz@jinjiang.example"),
    Row("西安曲江文化有限公司", "西安曲江文化有限公司", "企业", "029-87001110", "西安市", "雁塔路 5 号", "吴用",
        "13800001110", "wy@qujiang.example", "画册"),
    Row("厦门鹭岛贸易有限公司", "厦门鹭岛贸易有限公司", "企业", "0592-5001111", "厦门市", "湖滨路 2 号", "林林",
        "13800001111", "ll@ludao.example"),
    Row("上官云", "上官云", "个人", "13900001112", "长沙市", ""),
)  # fmt: skip


def _csv(*lines: tuple[object, ...]) -> str:
    return "".join(",".join('"' + f"{cell}".replace('"', '""') + '"' for cell in line) + "\n" for line in lines)


def hubspot() -> dict[str, str]:
    """The files of HubSpot, linked by ids."""
    companies: list[tuple[object, ...]] = [
        ("Record ID", "Company name", "Company owner", "Create Date", "Phone Number", "City", "Country/Region",
         "Street Address", "Lifecycle Stage")
    ]  # fmt: skip
    people: list[tuple[object, ...]] = [
        ("Record ID", "First Name", "Last Name", "Email", "Mobile Phone Number", "Create Date", "Lifecycle Stage",
         "Associated Company IDs (Primary)")
    ]  # fmt: skip
    deals: list[tuple[object, ...]] = [
        ("Record ID", "Deal Name", "Deal Stage", "Amount", "Close Date", "Associated Company IDs (Primary)")
    ]
    for number, row in enumerate(ROWS, 700):
        town, _comma, country = row.town.partition(", ")
        made = "2026-03-04 09:00"
        if row.kind == "个人":
            people.append((f"8{number}", "云", "上官", "", row.phone, made, "Lead", ""))
            continue
        first, _blank, last = row.contact.rpartition(" ")
        name = (first, last) if first else (row.contact[1:], row.contact[0])
        name = ("兰", "司徒") if row.contact == "司徒兰" else name
        companies.append((number, row.name, "Li Lei", made, row.phone, town, country or "CN", row.street, "Lead"))
        people.append((f"8{number}", *name, row.email, row.mobile, made, "Lead", number))
        if row.deal:
            deals.append((f"9{number}", row.deal, "Contract Sent", 5000, "2027-03-01", number))
    return {
        "hubspot-companies.csv": _csv(*companies),
        "hubspot-contacts.csv": _csv(*people),
        "hubspot-deals.csv": _csv(*deals),
    }


def sheet() -> dict[str, str]:
    """A Chinese sheet with one row a customer, addresses in one cell."""
    lines: list[tuple[object, ...]] = [
        ("序号", "客户名称*", "客户类型", "合作状态", "负责人", "客户电话", "地址", "联系人", "手机", "邮箱", "预算")
    ]  # fmt: skip
    for number, row in enumerate(ROWS, 1):
        address = f"{row.street}, {row.town}" if ", " in row.town else f"{row.town}{row.street}"
        lines.append((number, row.other, row.kind, "潜在客户", "李雷", row.phone, address, row.contact, row.mobile,
                      row.email, "约5万元" if row.deal else ""))  # fmt: skip
    return {"客户.csv": _csv(*lines)}


def cards() -> dict[str, str]:
    """The people of a phone."""
    text = ""
    for row in ROWS:
        name, company = (row.contact, f"ORG:{row.other}\n") if row.contact else (row.name, "")
        number = row.mobile or row.phone
        email = f"EMAIL:{row.email}\n" if row.email else ""
        text += f"BEGIN:VCARD\nVERSION:3.0\nFN:{name}\n{company}TEL;TYPE=CELL:{number}\n{email}END:VCARD\n"
    return {"phone.vcf": text}


DIALECTS = {"hubspot": hubspot, "sheet": sheet, "cards": cards}


def bring(store: Path, dialect: str, *words: str) -> dict[str, Any]:
    """Import the files of a dialect; it must go through."""
    folder = store.parent / dialect
    folder.mkdir(exist_ok=True)
    for name, text in DIALECTS[dialect]().items():
        (folder / name).write_text(text, "utf-8")
    code, plan = imported(str(folder), *DEFAULTS, *words)
    assert code == 0, plan
    return plan


def counts(plan: dict[str, Any]) -> tuple[int, int, int]:
    return plan["counts"]["customers"]["new"], plan["counts"]["likely"], plan["counts"]["conflicts"]


def names() -> list[str]:
    code, output = run("list", "--format", "json")
    assert code == 0, output
    return sorted(one["name"].strip() for one in json.JSONDecoder().raw_decode(output)[0]["customers"])


@pytest.mark.parametrize(
    ("first", "second"),
    [pytest.param(one, two, id=f"{one}-{two}") for one in DIALECTS for two in DIALECTS if one != two],
)
def test_a_second_dialect_finds_every_customer_of_the_first(new: Path, first: str, second: str) -> None:
    assert counts(bring(new, first)) == (12, 0, 0)
    before = names()
    assert counts(bring(new, second)) == (0, 0, 0)
    assert names() == before
    listed = json.JSONDecoder().raw_decode(run("list", "--format", "json")[1])[0]["customers"]
    assert sum(len(one.get("contacts", ())) for one in listed) == 11
    assert sum(len(one.get("opportunities", ())) for one in listed) == (4 if "hubspot" in (first, second) else 0)
    banks = {one["name"]: [person["phones"] for person in one["contacts"]] for one in listed if "银行" in one["name"]}
    assert banks == {"青松银行南京分行": [["13800001102"]], "青松银行无锡分行": [["13800001103"]]}
    # Both systems again, in turn.
    for dialect in (first, second, first):
        assert bring(new, dialect)["commit"] is None


def test_two_clones_import_two_dialects(new: Path) -> None:
    git(new.parent, "clone", "-q", str(new), "other")
    other = new.parent / "other"
    git(other, "config", "user.name", "韩梅")
    git(other, "config", "user.email", "hanmei@example.com")
    assert counts(bring(new, "hubspot")) == (12, 0, 0)
    (other / "records").mkdir(exist_ok=True)
    os.chdir(other)
    assert counts(bring(other, "sheet")) == (12, 0, 0)
    os.chdir(new)
    git(new, "fetch", "-q", str(other), "main")
    git(new, "merge", "-q", "-m", "merge", "FETCH_HEAD")
    # Each has its own record of a customer until they are made one; neither source adds a third.
    assert [counts(bring(new, dialect)) for dialect in ("hubspot", "sheet")] == [(0, 0, 0), (0, 0, 0)]
    code, output = run("dedupe", "--format", "json")
    assert code == 0, output
    groups = json.JSONDecoder().raw_decode(output)[0]["groups"]
    assert [len(group["customers"]) for group in groups] == [2] * 12
    for group in groups:
        assert run("merge", *(one["id"] for one in group["customers"]), "--prefer", "A")[0] == 0
    assert len(names()) == 12
    for dialect in ("hubspot", "sheet"):
        assert bring(new, dialect)["commit"] is None
