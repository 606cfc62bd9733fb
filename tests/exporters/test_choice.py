"""Who is in an export: a contact's name, nobody, colleagues in a calendar, and sensitive fields in conditions."""

from __future__ import annotations

import sqlite3
import sys
from contextlib import closing
from typing import TYPE_CHECKING

import icalendar
import pytest
import stores

if TYPE_CHECKING:
    from pathlib import Path

OF_LILEI = stores.record(
    "001",
    more="""\
  - {name: 李四, phones: ["13800138000"], birthday: --05-01}
  - {name: 李五, left: 2026-01-01}
interactions:
  - {date: 2026-11-01, by: lilei, channel: phone, summary: s, next: {action: 自己做, due: 2026-11-23}}
  - {date: 2026-11-02, by: lilei, channel: phone, summary: s, next: {action: 请韩梅做, due: 2026-11-24, by: hanmei}}
  - {date: 2026-11-03, by: hanmei, channel: phone, summary: s, next: {action: 韩梅自己做, due: 2026-11-25}}
  - {date: 2026-11-04, by: liuyang, channel: phone, summary: s, next: {action: 离职者的, due: 2026-11-26}}
cases:
  - {opened: 2026-11-01, kind: repair, summary: 韩梅的工单, status: open, due: 2026-11-27, owner: hanmei}
  - {opened: 2026-11-01, kind: repair, summary: 李雷的工单, status: open, due: 2026-11-28}
cooperation: {since: 2024-05-01, contracts: [{number: HT-1, to: 2026-12-31}]}
billing: {bank: 示例银行}
""",
    status="active",
    short_name="示例",
)
OF_HANMEI = stores.record("002", "Larch Pumps Ltd", owner="hanmei")


@pytest.fixture
def program(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> stores.Program:
    folder = stores.made(tmp_path / "store", OF_LILEI, OF_HANMEI)
    return stores.Program(capsys, folder)


@pytest.mark.parametrize("typed", ["李四", "13800138000"])
@pytest.mark.parametrize("form", ["json", "csv", "ics"])
def test_a_contact_is_no_customer_of_an_export(program: stores.Program, typed: str, form: str) -> None:
    said = program("export", typed, "--format", form)
    assert (said.code, said.out) == (2, "")
    assert said.err == (
        f"error: '{typed}' is a contact of 上海示例电子有限公司 (C20240501001), "
        "and an export has whole customers [no-customer]\n"
        "  = the customer: crmtext export C20240501001\n"
        f"    the contact's card alone: crmtext export {typed} -o contact.vcf\n"
    )


def test_a_contact_has_a_card_of_its_own(program: stores.Program) -> None:
    said = program("export", "李四", "--format", "vcf")
    cards = [line for line in said.out.splitlines() if line.startswith(("FN", "TEL"))]
    assert (said.code, cards) == (0, ["FN:李四", "TEL;TYPE=CELL,VOICE:13800138000"])
    assert said.err.startswith("of these contacts only: 李四\n")
    # The customer itself was named, too: all of its cards.
    assert program("export", "李四", "示例", "--format", "vcf").out.count("BEGIN:VCARD") == 3


@pytest.mark.parametrize("name", ["all.csv", "all.xlsx", "all.ics", "lists/"])
def test_nobody_is_no_reason_to_replace_a_file(program: stores.Program, tmp_path: Path, name: str) -> None:
    place = f"{tmp_path}/{name}"
    asked = ("export", "--where", "name == 'x'", "-o", place)
    said = program(*asked)
    assert (said.code, said.err) == (1, "error: no customer matches [no-customer]\n  = nothing was written\n")
    assert program("export", "-o", place).code == 0
    before = {path: path.read_bytes() for path in tmp_path.rglob("*.*") if path.is_file()}
    said = program(*asked)
    assert (said.code, said.err) == (1, f"error: no customer matches [no-customer]\n  = '{place}' stays as it is\n")
    assert {path: path.read_bytes() for path in tmp_path.rglob("*.*") if path.is_file()} == before


def test_a_pipe_gets_the_header_of_nobody(program: stores.Program) -> None:
    said = program("export", "--where", "name == 'x'", "--format", "csv")
    assert (said.code, said.out.strip("\ufeff\r\n")) == (0, "id,name,type,status,owner")
    assert "no customer matches\n" in said.err


@pytest.mark.parametrize(
    ("who", "steps"),
    [
        ("lilei", ["自己做", "离职者的", "李雷的工单", "合同到期：HT-1"]),
        ("hanmei", ["请韩梅做", "韩梅自己做", "韩梅的工单"]),
    ],
)
def test_a_calendar_has_the_steps_of_its_owner(program: stores.Program, who: str, steps: list[str]) -> None:
    path = program.folder.parent / "mine.ics"
    said = program("--lang", "zh", "export", "--owner", who, "-o", str(path))
    summaries = [str(event["SUMMARY"]) for event in icalendar.Calendar.from_ical(path.read_bytes()).walk("VEVENT")]
    assert (said.code, summaries) == (0, [f"示例：{step}" for step in steps])
    assert said.err.startswith(f"已导出 1 位客户：{path}\n日历中有 {len(steps)} 个日程\n")
    assert program("export", "Larch", "--owner", who, "--format", "ics").out.count("BEGIN:VEVENT") == 0


@pytest.mark.parametrize(
    "asked",
    [
        ("--where", "billing.bank"),
        ("--where", "any(contacts, birthday)"),
        ("--where", "contacts|selectattr('birthday')|list|length > 0"),
        ("--where", "'x' == name or customer.billing.bank == '示例银行'"),
        ("--where", "age > 60"),
        ("--sort", "-billing.bank"),
        ("--columns", "name,age"),
        ("--columns", "联系人.生日"),
    ],
)
def test_a_sensitive_field_chooses_no_customer(program: stores.Program, asked: tuple[str, ...]) -> None:
    said = program("export", *asked, "--format", "csv")
    hint = "leave it out, or add: --with-sensitive --recipient WHO --purpose TEXT"
    assert (said.code, said.out, "is a sensitive field [sensitive-field]" in said.err) == (2, "", True)
    assert hint in said.err
    allowed = ("--with-sensitive", "--recipient", "bank", "--purpose", "audit")
    assert program("export", *asked, "--format", "csv", *allowed).code == 0
    if asked[0] != "--columns":
        assert program("export", *asked, "-o", f"{program.folder.parent}/x.xlsx", "--for-editing").code != 0
        assert program("list", *asked, "--format", "ids").code == 0


def test_a_column_that_may_be_several_is_an_error_with_all_of_them(program: stores.Program) -> None:
    said = program("export", "--columns", "title")
    paths = "person.title, contacts.title, opportunities.title, cooperation.contracts.title, billing.title"
    expected = f"error: 'title' may be 5 columns [several-columns]\n  = choose one: {paths}\n"
    assert (said.code, said.out, said.err) == (2, "", expected)


@pytest.mark.parametrize("typed", ["主要联系人", "Primary contact", "contacts.primary"])
def test_the_primary_contact_is_a_person(program: stores.Program, typed: str) -> None:
    header, first, *_more = program("export", "--columns", typed, "--format", "csv").out.splitlines()
    expected = "contacts.primary" if "." in typed else "contacts.name"
    assert (header.strip("\ufeff"), first) == (expected, '""' if "." in typed else "张三")


@pytest.mark.parametrize("ending", ["db", "sqlite3", "DB"])
def test_a_database_may_have_the_usual_endings(program: stores.Program, ending: str) -> None:
    path = program.folder.parent / f"all.{ending}"
    assert program("export", "-o", str(path)).code == 0
    with closing(sqlite3.connect(path)) as database:
        assert database.execute("SELECT count(*) FROM customers").fetchone() == (2,)
    said = program("export", "--format", "csv", "-o", str(path))
    assert (said.code, "has the ending of sqlite, not of csv" in said.err) == (2, True)


def test_another_store_is_no_place_for_an_export(program: stores.Program, tmp_path: Path) -> None:
    other = stores.made(tmp_path / "other", OF_HANMEI)
    for place in ("records/x.csv", "crmtext.toml", "schema/", "records/below/"):
        said = program("export", "--format", "csv", "-o", f"{other}/{place}")
        assert (said.code, "is part of the store [output-place]" in said.err) == (2, True), place
    assert program("export", "-o", f"{other}/all.csv").code == 0
    said = program("export", "-o", f"{program.folder}/records/")
    assert said.err.endswith("  = name another place, such as: -o ../records/\n")


@pytest.mark.skipif(sys.platform == "win32", reason="Windows deletes no open file")
def test_what_a_killed_export_left_is_deleted_and_what_another_one_writes_is_not(
    program: stores.Program, tmp_path: Path
) -> None:
    import fcntl

    left = [tmp_path / f".crmtext-output-{n * 16}.tmp" for n in "ab"]
    others = [tmp_path / ".crmtext-0123456789abcdef.tmp", tmp_path / ".crmtext-output-mine"]
    for path in (*left, *others):
        path.write_text("half")
    with left[1].open("r+b") as at_work:
        fcntl.flock(at_work, fcntl.LOCK_EX)
        assert program("export", "-o", f"{tmp_path}/all.csv").code == 0
    hidden = {path for path in tmp_path.iterdir() if path.name.startswith(".crmtext-")}
    assert hidden == {left[1], *others}
    assert program("export", "-o", f"{tmp_path}/all.csv").code == 0
    assert not left[1].exists()
