"""Rejected rows in the form of their source: read again they are the same, and fixed they come in."""

from __future__ import annotations

import csv
import json
import shlex
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

import openpyxl
import pytest
from import_runs import customers, git, imported, run

from crmtext.importers.findings import BadCell, RowRef
from crmtext.importers.mapping import Table
from crmtext.importers.options import ReadOptions
from crmtext.importers.reading.read import read
from crmtext.importers.rejected.rows import Aside
from crmtext.importers.rejected.workbook import workbook
from crmtext.importers.sheet import Row, Sheet

if TYPE_CHECKING:
    from pathlib import Path

    from crmtext.importers.sheet import Cell

HEADER = ["客户名称", "客户类型", "合作状态", "负责人", "联系人", "手机", "备注"]


def twelve(damaged: str = "1.38E+10") -> list[list[Any]]:
    rows = [[f"苏州第{n}机械有限公司", "企业", "潜在", "李雷", f"张{n}", f"138000001{n:02}", ""] for n in range(1, 13)]
    rows[4][5] = damaged
    return rows


def book(path: Path, **sheets: list[list[Any]]) -> str:
    made = openpyxl.Workbook()
    made.remove(made.active)
    for name, rows in sheets.items():
        sheet = made.create_sheet(name)
        for row in rows:
            sheet.append(row)
    made.save(path)
    return str(path)


def cells(path: Path | str) -> dict[str, list[tuple[Cell, ...]]]:
    """The sheets of a file with their cells, as the import reads them."""
    return {sheet.name: [row.cells for row in sheet.rows] for sheet in read([str(path)], ReadOptions())}


def phones() -> set[str]:
    return {phone for one in customers() for contact in one.get("contacts", []) for phone in contact.get("phones", [])}


def test_a_workbook_comes_back_as_one_and_its_fixed_row_comes_in(new: Path) -> None:
    source = book(new.parent / "客户.xlsx", 客户=[HEADER, *twelve()])
    code, plan = imported(source)
    assert (code, plan["counts"]["customers"]["new"], plan["counts"]["cells"]) == (0, 12, 1)
    assert len(phones()) == 11
    path = new / "import-rejected" / "客户.xlsx"
    aside = openpyxl.load_workbook(path)
    assert aside.sheetnames == ["客户"]
    sheet = aside["客户"]
    assert [[cell.value for cell in row] for row in sheet.iter_rows()] == [
        [*HEADER, "row", "reason", "fix"],
        [*twelve()[4][:6], None, 6, sheet["I2"].value, sheet["J2"].value],
    ]
    assert str(sheet["I2"].value).startswith("手机: ")
    sheet["F2"] = "13800000105"
    aside.save(path)
    code, plan = imported(str(path))
    assert (code, plan["counts"]["customers"]) == (0, {"new": 0, "changed": 1, "same": 0, "gone": 0})
    assert phones() == {f"138000001{n:02}" for n in range(1, 13)}
    assert run("check")[0] == 0


def test_a_row_with_too_many_cells_stops_the_import_unless_it_may_stay_out(new: Path) -> None:
    path = new.parent / "客户.csv"
    with path.open("w", encoding="utf-8", newline="") as file:
        rows = twelve("13800000105")
        rows[2] += ["多", "了"]
        csv.writer(file).writerows([HEADER, *rows])
    code, plan = imported(str(path))
    assert (code, plan["counts"]["rows"]["rejected"], customers()) == (1, 1, [])
    assert imported(str(path), "--partial")[0] == 0
    assert len(customers()) == 11


@pytest.mark.parametrize("language", ["en", "zh"])
def test_a_workbook_is_read_as_before(new: Path, language: str) -> None:
    """A notice, a header of two rows with merged cells, days, numbers, and texts that look like something else."""
    made = openpyxl.Workbook()
    sheet = made.active
    sheet.title = "销售一部"
    sheet.append(["填表说明：请勿删除表头"])
    sheet.append([])
    sheet.append(["客户名称", "客户类型", "合作状态", "负责人", "联系人", None, "区域", "开始"])
    sheet.append([None, None, None, None, "姓名", "手机"])
    sheet.merge_cells("E3:F3")
    for n in (1, 2):
        more: list[Any] = ["=1+1", datetime(2024, 5, n)] if n == 1 else ["https://a.example", 45413.5]
        sheet.append([f"上海第{n}信息有限公司", "企业", "意向", "李雷", f"王{n}", "138****0000", *more])
        sheet.cell(4 + n, 7).data_type = "s"
    made.save(new.parent / "表.xlsx")
    first = cells(new.parent / "表.xlsx")
    assert imported(str(new.parent / "表.xlsx"), language=language)[1]["counts"]["cells"] == 2
    path = new / "import-rejected" / "表.xlsx"
    again = cells(path)
    assert {name: [row[:8] for row in rows] for name, rows in again.items()} == {
        name: [tuple(row) for row in rows] for name, rows in first.items()
    }
    titles = {"en": ("row", "reason", "fix"), "zh": ("行号", "原因", "改法")}[language]
    assert again["销售一部"][1][8:] == titles
    second = openpyxl.load_workbook(path).active
    assert {cell.data_type for row in second.iter_rows() for cell in row if cell.value is not None} == {"s", "n", "d"}
    before = customers()
    code, plan = imported(str(path), language="zh" if language == "en" else "en")
    assert (code, plan["counts"]["customers"]["same"], plan["counts"]["cells"]) == (0, 2, 2)
    assert plan["files"][0]["header_row"] == 3
    assert customers() == before
    assert [row[8] for row in cells(path)["销售一部"][3:]] == [5, 6]


def test_all_sheets_of_a_workbook_stay_together(new: Path) -> None:
    """The rows of one sheet find their customers by ids, so the source has to stay the same."""
    people = [["客户编号", "姓名", "手机", "邮箱"], ["KH-1", "张一", "1.38E+10", "a@example.com"]]
    firms = [["客户编号", *HEADER[:4]], ["KH-1", *twelve()[0][:4]], ["KH-2", *twelve()[1][:4]]]
    code, first = imported(book(new.parent / "导出.xlsx", 客户=firms, 联系人=people))
    assert (code, first["counts"]["customers"]["new"]) == (0, 2)
    path = new / "import-rejected" / "导出.xlsx"
    aside = openpyxl.load_workbook(path)
    assert [(sheet.title, sheet.max_row) for sheet in aside] == [("客户", 1), ("联系人", 2)]
    aside["联系人"]["C2"] = "13800000101"
    aside.save(path)
    code, second = imported(str(path))
    assert (code, second["source"]) == (0, first["source"])
    assert phones() == {"13800000101"}


def test_cards_come_back_as_cards(new: Path) -> None:
    text = """BEGIN:VCARD
VERSION:3.0
FN:何静
ORG:湖滨电子有限公司
TEL;TYPE=CELL:1.38E+10
PHOTO;ENCODING=b:AAAA
NOTE:一；二
END:VCARD
BEGIN:VCARD
VERSION:3.0
FN:高远
ORG:远山软件有限公司
TEL;TYPE=CELL:13800000102
END:VCARD
"""
    path = new.parent / "名片.vcf"
    path.write_text(text, "utf-8")
    options = ("--default", "status=lead", "--default", "owner=lilei")
    code, plan = imported(str(path), *options)
    assert (code, plan["counts"]["cells"]) == (0, 1)
    aside = new / "import-rejected" / "名片.vcf"
    lines = aside.read_text("utf-8").splitlines()
    assert lines[:7] == [*text.splitlines()[:5], "PHOTO:", "NOTE:一；二"]
    assert [line.partition(":")[0] for line in lines[7:]] == [
        "X-CRMTEXT-ROW", "X-CRMTEXT-REASON", "X-CRMTEXT-FIX", "END",
    ]  # fmt: skip
    assert lines[7] == "X-CRMTEXT-ROW:1"
    (sheet,) = read([str(aside)], ReadOptions())
    assert (sheet.notes, [len(row.cells) for row in sheet.rows]) == ((), [4, 4])
    aside.write_text(aside.read_text("utf-8").replace("1.38E+10", "13800000101"), "utf-8")
    code, plan = imported(str(aside), *options)
    assert (code, plan["counts"]["customers"]["changed"]) == (0, 1)
    assert phones() == {"13800000101", "13800000102"}


@pytest.mark.parametrize("ending", ["json", "jsonl"])
def test_json_comes_back_in_its_form(new: Path, ending: str) -> None:
    rows = [dict(zip(HEADER, row, strict=True)) for row in twelve()]
    for row in rows[:3]:
        del row["备注"]
    rows[4]["备注"] = 7
    path = new.parent / f"客户.{ending}"
    lines = "\n".join(json.dumps(row, ensure_ascii=False) for row in rows)
    path.write_text(lines if ending == "jsonl" else f"[{lines.replace(chr(10), ',')}]", "utf-8")
    code, first = imported(str(path))
    assert (code, first["counts"]["cells"]) == (0, 1)
    aside = new / "import-rejected" / path.name
    text = aside.read_text("utf-8")
    (row,) = [json.loads(text)] if ending == "jsonl" else json.loads(text)
    assert {key: row[key] for key in (*HEADER, "row")} == {**rows[4], "row": 5}
    assert list(row)[-3:] == ["row", "reason", "fix"]
    aside.write_text(text.replace("1.38E+10", "13800000105"), "utf-8")
    code, second = imported(str(aside))
    assert (code, second["source"], second["counts"]["customers"]["changed"]) == (0, first["source"], 1)


def test_a_text_file_keeps_what_stands_above_its_header_and_its_separator(new: Path) -> None:
    path = new.parent / "表.txt"
    lines = ["sep=^", "填表说明：请勿删除", "", "^".join(HEADER), *("^".join(row) for row in twelve()[3:6])]
    path.write_bytes("\r\n".join(lines).encode("gb18030"))
    code, plan = imported(str(path))
    assert (code, plan["files"][0]["header_row"]) == (0, 3)
    aside = (new / "import-rejected" / "表.txt").read_bytes().decode("gb18030").split("\r\n")
    assert aside[:4] == [*lines[:3], f"{lines[3]}^row^reason^fix"]
    assert aside[4].startswith(f"{lines[5]}^5^手机: ")
    assert imported(str(new / "import-rejected" / "表.txt"))[1]["counts"]["customers"]["same"] == 1


def test_a_sheet_of_another_program_is_written_as_excel_allows(new: Path) -> None:
    """Names and texts that are too long, a day before Excel's first, and a name that two sheets share in Excel."""
    rows = [Row(1, ("客户名称", "开始")), Row(2, ("长" * 40_000, date(1850, 1, 1)))]
    bad = {2: [BadCell(RowRef(0, 2), "开始", "1850", "why", "fix")]}
    asides = [
        Aside(Table(0, Sheet("a.ods", name, "ods", rows, ""), "customers", 1, (), rows[1:], width=2, start=1), bad)
        for name in ("一/二", "一:二", "长" * 40)
    ]
    path = new / "a.xlsx"
    path.write_bytes(workbook(asides))
    made = openpyxl.load_workbook(path)
    assert made.sheetnames == ["一-二", "一-二-2", "长" * 31]
    long, day, *_reasons = [cell.value for cell in made.active[2]]
    assert (len(long), long.endswith("… (too long for a cell)"), day) == (32_767, True, "1850-01-01")


def test_the_command_that_is_printed_reads_the_file_as_its_source_was(new: Path) -> None:
    """Two files without a mapping: the name of the source comes from both headers, and one file alone keeps it."""
    (new.parent / "客户.csv").write_text("客户编号,单位?,合作状态,签约\nKH-1,甲有限公司,老客户,2024-05-01\n", "utf-8")
    (new.parent / "人员.csv").write_text("客户编号,姓名,手机\nKH-1,张三,1.38E+10\n", "utf-8")
    words = [
        "--map", "单位?=name", "--value", "合作状态:老客户=active", "--default", "cooperation.since=@签约",
        "--default", "owner=lilei", "--default", "type=company",
    ]  # fmt: skip
    code, output = run("import", "../客户.csv", "../人员.csv", *words)
    assert code == 0, output
    (line,) = [line for line in output.splitlines() if "fix them there, then: " in line]
    command = shlex.split(line.partition(": ")[2])
    assert command[:3] == ["crmtext", "import", "import-rejected/人员.csv"]
    assert ("单位?=name" in command, "owner=lilei" in command) == (False, True)
    aside = new / "import-rejected" / "人员.csv"
    aside.write_text(aside.read_text("utf-8-sig").replace("1.38E+10", "13800000101"), "utf-8")
    code, plan = imported(*command[2:])
    assert (code, plan["counts"]["customers"]["changed"]) == (0, 1)
    (customer,) = customers()
    assert (customer["external_ids"], phones()) == ({plan["source"]: "KH-1"}, {"13800000101"})


BAD = f"{','.join(HEADER)}\n甲有限公司,企业,潜在,李雷,张三,1.38E+10,\n"


def test_corrections_are_never_overwritten(new: Path) -> None:
    source, folder = new.parent / "客户.csv", new / "import-rejected"
    source.write_text(BAD, "utf-8")
    assert run("import", str(source))[0] == 0
    first = (folder / "客户.csv").read_bytes()
    source.write_text(BAD.replace("1.38E+10", "1.39E+10"), "utf-8")
    run("import", str(source))
    again = (folder / "客户.csv").read_bytes()
    assert (again == first, b"1.39E+10" in again) == (False, True)
    mine = again.replace(b"1.39E+10", b"13900000101")
    (folder / "客户.csv").write_bytes(mine)
    for _turn in range(2):
        _code, output = run("import", str(source))
        assert "1 row set aside: import-rejected/客户-2.csv\n" in output
        assert "not overwritten, because it was edited or is of another file: import-rejected/客户.csv\n" in output
        assert (folder / "客户.csv").read_bytes() == mine
    assert sorted(path.name for path in folder.iterdir()) == [".gitignore", ".written", "客户-2.csv", "客户.csv"]
    code, plan = imported(str(folder / "客户.csv"))
    assert (code, plan["counts"]["customers"]["changed"], phones()) == (0, 1, {"13900000101"})


@pytest.mark.parametrize("content", [None, "", "!*\n", "*.tmp\n"])
def test_git_ignores_rejected_rows_whatever_stood_in_its_file(new: Path, content: str | None) -> None:
    ignore = new / "import-rejected" / ".gitignore"
    ignore.parent.mkdir()
    if content is not None:
        ignore.write_text(content, "utf-8")
    source = new.parent / "客户.csv"
    source.write_text(BAD, "utf-8")
    run("import", str(source))
    assert ignore.read_text("utf-8") == "*\n"
    assert git(new, "status", "--porcelain", "--untracked-files=all", "import-rejected") == ""


def test_files_of_one_name_do_not_collide(new: Path) -> None:
    for name, customer in (("a", "甲"), ("b", "乙")):
        (new.parent / name).mkdir()
        (new.parent / name / "客户.csv").write_text(BAD.replace("甲", customer), "utf-8")
        assert run("import", f"../{name}/客户.csv")[0] == 0
    for name, customer in (("客户.csv", "甲"), ("客户-2.csv", "乙")):
        assert f"{customer}有限公司" in (new / "import-rejected" / name).read_text("utf-8-sig")


def test_a_file_that_nobody_remembers_writing_stays(new: Path) -> None:
    source, folder = new.parent / "客户.csv", new / "import-rejected"
    source.write_text(BAD, "utf-8")
    folder.mkdir()
    (folder / "客户.csv").write_text("mine\n", "utf-8")
    run("import", str(source))
    assert (folder / "客户.csv").read_text("utf-8") == "mine\n"
    assert "1.38E+10" in (folder / "客户-2.csv").read_text("utf-8-sig")


@pytest.mark.parametrize(("language", "line"), [("en", "Nothing was imported.\n"), ("zh", "未导入任何内容。\n")])
def test_a_stopped_import_says_that_only_rejected_rows_were_written(new: Path, language: str, line: str) -> None:
    (new.parent / "客户.csv").write_text(f"{BAD}乙有限公司,企业,潜在,李雷,1,2,3,多\n", "utf-8")
    code, output = run("import", "../客户.csv", language=language)
    assert code == 1
    assert line in output
    assert "import-rejected/客户.csv" in output
