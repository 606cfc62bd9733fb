"""vCards: what other programs read in them, and what comes back."""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING

import pytest
import stores
import vobject

if TYPE_CHECKING:
    from pathlib import Path

PEOPLE = stores.record(
    "001",
    "苏州明远精密机械有限公司",
    """\
    phones: ["13800138021", "0512-5555 6118 转 801"]
    emails: [limin@mingyuan.example]
    wechat: limin_my
    title: "采购; 经理\\\\, 副"
    department: 采购部
  - {name: 欧阳娜娜, primary: true}
  - {name: Anna Maria Berg, title: "一个很长很长的职务名称，长到一行放不下，必须折行，而且不能把一个汉字从中间切开"}
  - {name: 顾伟, left: 2026-08-21}
phones: ["0512-6800 1000"]
emails: [office@mingyuan.example]
website: https://mingyuan.example
addresses: [{kind: office, province: 江苏省, city: 苏州市, district: 虎丘区, street: 塔园路 66 号, postcode: "215011"}]
""",
    short_name="明远精密",
)
PERSON = """\
id: C20240501002
name: 王小明
type: person
status: lead
owner: lilei
phones: ["13900139000"]
person: {company: 云帆信息, title: 总监, birth_date: 1990-05-01}
"""


@pytest.fixture
def program(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> stores.Program:
    return stores.Program(capsys, stores.made(tmp_path / "store", PEOPLE, PERSON))


def cards(path: Path) -> list[dict[str, list[str]]]:
    """The cards as another program reads them: the values of each property."""
    read = []
    for card in vobject.readComponents(path.read_bytes().decode("utf-8")):
        assert card.version.value == "3.0"
        values = {name: [line.value for line in lines] for name, lines in card.contents.items()}
        read.append({name: values[name] for name in values.keys() - {"version", "uid"}})
    return read


def test_each_company_contact_and_person_has_a_card(program: stores.Program) -> None:
    path = program.folder.parent / "all.vcf"
    result = program("export", "-o", str(path))
    assert result.err == (
        f"Wrote 2 customers to {path}\n"
        "1 contact who has left has no card\n"
        "for use inside the team: nothing is masked, 1 value of sensitive fields left out\n"
    )
    company, primary, first, berg, person = cards(path)
    assert (company["fn"], company["org"], company["tel"], company["email"]) == (
        ["苏州明远精密机械有限公司"], [["苏州明远精密机械有限公司"]], ["0512-6800 1000"], ["office@mingyuan.example"],
    )  # fmt: skip
    address = company["adr"][0]
    assert (address.street, address.city, address.region, address.code) == (  # type: ignore[attr-defined]
        "虎丘区 塔园路 66 号", "苏州市", "江苏省", "215011",
    )  # fmt: skip
    assert (primary["fn"], primary["n"][0].family, primary["n"][0].given) == (  # type: ignore[attr-defined]
        ["欧阳娜娜"], "欧阳", "娜娜",
    )  # fmt: skip
    assert {name: first[name] for name in ("fn", "org", "title", "tel", "email", "x-wechat")} == {
        "fn": ["张三"],
        "org": [["苏州明远精密机械有限公司", "采购部"]],
        "title": ["采购; 经理\\, 副"],
        "tel": ["0512-5555 6118 转 801", "13800138021"],
        "email": ["limin@mingyuan.example"],
        "x-wechat": ["limin_my"],
    }
    assert (berg["n"][0].family, berg["n"][0].given) == ("Berg", "Anna Maria")  # type: ignore[attr-defined]
    assert berg["title"] == ["一个很长很长的职务名称，长到一行放不下，必须折行，而且不能把一个汉字从中间切开"]
    assert (person["fn"], person["org"], person["title"], person["tel"]) == (
        ["王小明"], [["云帆信息"]], ["总监"], ["13900139000"],
    )  # fmt: skip
    assert "bday" not in person


def test_lines_end_with_crlf_and_have_75_octets(program: stores.Program) -> None:
    path = program.folder.parent / "all.vcf"
    assert program("export", "-o", str(path)).code == 0
    raw = path.read_bytes()
    lines = raw.split(b"\r\n")
    assert (max(map(len, lines)), b"\n" in raw.replace(b"\r\n", b""), lines[-1]) == (75, False, b"")
    for one in lines:
        one.decode("utf-8")


def test_a_card_has_the_same_uid_in_each_export(program: stores.Program) -> None:
    texts = []
    for name in ("a.vcf", "b.vcf"):
        path = program.folder.parent / name
        assert program("export", "-o", str(path)).code == 0
        texts.append(path.read_bytes())
    uids = [line for line in texts[0].split(b"\r\n") if line.startswith(b"UID:")]
    assert (texts[0], len(uids), len({*uids})) == (texts[1], 5, 5)


def test_a_birth_date_is_there_only_with_sensitive_values(program: stores.Program) -> None:
    path = program.folder.parent / "all.vcf"
    more = ("--with-sensitive", "--recipient", "李雷", "--purpose", "生日卡")
    assert program("export", "C20240501002", "-o", str(path), *more).code == 0
    assert cards(path)[0]["bday"] == ["1990-05-01"]


def test_names_phones_mail_company_and_title_come_back(program: stores.Program, tmp_path: Path) -> None:
    path = tmp_path / "all.vcf"
    assert program("export", "-o", str(path)).code == 0
    again = stores.Program(program.capsys, stores.made(tmp_path / "again"))
    defaults = itertools.chain.from_iterable(("--default", one) for one in ("status=lead", "owner=lilei"))
    result = again("import", str(path), *defaults, "--no-commit")
    assert result.code == 0, result
    customers = {one["name"]: one for one in again("list", "--format", "json").data["customers"]}
    company = customers["苏州明远精密机械有限公司"]
    assert [(one["name"], one.get("title"), one.get("phones"), one.get("emails")) for one in company["contacts"]] == [
        ("欧阳娜娜", None, None, None),
        ("张三", "采购; 经理\\, 副", ["13800138021", "0512-5555 6118 转 801"], ["limin@mingyuan.example"]),
        (
            "Anna Maria Berg",
            "一个很长很长的职务名称，长到一行放不下，必须折行，而且不能把一个汉字从中间切开",
            None,
            None,
        ),
    ]
    assert (company["type"], company["phones"], company["emails"]) == (
        "company", ["0512-6800 1000"], ["office@mingyuan.example"],
    )  # fmt: skip
    assert {*customers} == {"苏州明远精密机械有限公司", "云帆信息"}


def test_contacts_of_one_name_or_the_company_s_keep_their_cards(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    more = "    title: 经理\n  - {name: 张三, title: 司机}\n  - {name: 云帆, phones: ['13900139000']}\n"
    program = stores.Program(capsys, stores.made(tmp_path / "store", stores.record("001", "云帆", more)))
    path = tmp_path / "all.vcf"
    assert program("export", "-o", str(path)).code == 0
    uids = {line for line in path.read_bytes().split(b"\r\n") if line.startswith(b"UID:")}
    assert len(uids) == 4
    again = stores.Program(capsys, stores.made(tmp_path / "again"))
    how = ("--default", "status=lead", "--default", "owner=lilei", "--default", "type=company", "--no-commit")
    assert again("import", str(path), *how).code == 0
    [company] = again("list", "--format", "json").data["customers"]
    assert ("phones" in company, [one["name"] for one in company["contacts"]]) == (False, ["张三", "云帆"])
