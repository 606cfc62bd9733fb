"""An import brings no error between records: many are compared at once, few one by one, with the same result."""

from __future__ import annotations

import textwrap
from typing import TYPE_CHECKING

import pytest
from import_runs import git, run

import crmtext.importers.run

if TYPE_CHECKING:
    from pathlib import Path

KNOWN, OTHER = "C20240101ABCD", "C20230202BCDE"
RECORD = f"""\
id: {KNOWN}
name: 旧客户有限公司
type: company
status: lead
owner: lilei
external_ids:
  erp: E-9
"""
OTHERS = f"""\
id: {OTHER}
name: 别的客户有限公司
type: company
status: lead
owner: lilei
"""
#: A sheet, and the message of the error that its import would bring.
WRONG = {
    "the same id of another system twice": (
        "客户名称,客户类型,合作状态,负责人,编码\n甲机械有限公司,企业,潜在,李雷,E-1\n乙食品有限公司,企业,潜在,李雷,E-1\n",
        ": the external id E-1 of erp is also used in ",
    ),
    "an id that another customer of the store has": (
        f"编号,客户名称,编码\n{OTHER},别的客户有限公司,E-9\n",
        f"nothing was written: records/{KNOWN}.yaml: the external id E-9 of erp is also used in records/{OTHER}.yaml",
    ),
}


@pytest.mark.parametrize("many", [0, 500])
@pytest.mark.parametrize("sheet", WRONG)
def test_an_error_between_records_stops_the_import(
    new: Path, monkeypatch: pytest.MonkeyPatch, sheet: str, many: int
) -> None:
    monkeypatch.setattr(crmtext.importers.run, "_MANY", many)
    before = {f"{KNOWN}.yaml": RECORD, f"{OTHER}.yaml": OTHERS}
    for name, record in before.items():
        (new / "records" / name).write_text(record, "utf-8")
    git(new, "add", "-A")
    git(new, "commit", "-q", "-m", "two customers")
    text, message = WRONG[sheet]
    path = new.parent / "客户.csv"
    path.write_text(text, "utf-8")
    words = ("import", str(path), "--map", "编码=external_ids.erp", "--not-same", "all")
    words = (*words, "--map", "编号=id") if "编号" in text else words
    for further in ((), ("--dry-run",)):
        code, output = run(*words, *further)
        assert code == 1, textwrap.shorten(output, 500)
        assert message in output
        assert {path.name: path.read_text("utf-8") for path in (new / "records").iterdir()} == before


def test_many_records_without_errors_come_in(new: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(crmtext.importers.run, "_MANY", 0)
    path = new.parent / "客户.csv"
    path.write_text(WRONG["the same id of another system twice"][0].replace("E-1\n乙", "E-2\n乙"), "utf-8")
    assert run("import", str(path), "--map", "编码=external_ids.erp")[0] == 0
    assert run("check")[0] == 0
    (new / "records" / f"{KNOWN}.yaml").write_text(RECORD, "utf-8")
    git(new, "add", "-A")
    git(new, "commit", "-q", "-m", "a customer")
    path.write_text("客户名称,编码,电话\n旧客户有限公司,E-9,0512-68001001\n", "utf-8")
    code, output = run("import", str(path), "--map", "编码=external_ids.erp")
    assert code == 0, output
    assert "0512-68001001" in (new / "records" / f"{KNOWN}.yaml").read_text("utf-8")


@pytest.mark.parametrize("many", [0, 500])
def test_an_error_that_was_there_before_stops_no_import(new: Path, monkeypatch: pytest.MonkeyPatch, many: int) -> None:
    monkeypatch.setattr(crmtext.importers.run, "_MANY", many)
    (new / "records" / f"{KNOWN}.yaml").write_text(RECORD, "utf-8")
    (new / "records" / f"{OTHER}.yaml").write_text(OTHERS + "external_ids:\n  erp: E-9\n", "utf-8")
    git(new, "add", "-A")
    git(new, "commit", "-q", "-m", "two customers with one id")
    path = new.parent / "客户.csv"
    path.write_text("客户名称,电话\n别的客户有限公司,0512-68001001\n", "utf-8")
    code, output = run("import", str(path))
    assert code == 0, output
    assert "0512-68001001" in (new / "records" / f"{OTHER}.yaml").read_text("utf-8")
