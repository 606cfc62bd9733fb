"""Forms of 简道云: a header of two rows, and a customer with its sub-forms in one block of rows."""

from __future__ import annotations

import io
import re
from datetime import datetime
from typing import TYPE_CHECKING

import import_runs
import openpyxl
import round_trips

from crmtext.importers.columns.mapping_file import Outgoing
from crmtext.systems.tables import Table, Written

if TYPE_CHECKING:
    from pathlib import Path
    from typing import BinaryIO

    import pytest

#: Own fields whose names mean other fields, or the number of a bank account, to an import.
PLAIN = """\
id: C20240601ABC
name: 落叶松泵业有限公司
type: company
status: lead
owner: lilei
custom: {客户级别: A, 传真: 021-5555 0101, 电话: 分机 8, 银行账号: 无}
"""
FIRST = ["客户编号", "客户名称", "客户类型", "合作状态", "负责人"]


def test_a_customer_without_lists_comes_back_with_its_own_fields(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    output, folder = round_trips.exported(tmp_path, monkeypatch, "jiandaoyun", PLAIN)
    assert "  Custom · 银行账号: 1 value, 1 customer\n" in output
    sheet = openpyxl.load_workbook(folder / "客户.xlsx").active
    heads = [[cell.value for cell in row] for row in sheet.iter_rows(max_row=2)]
    assert heads == [
        [*FIRST, "传真", "自定义 · 客户级别", "自定义 · 电话", "联系人", None],
        [*[None] * 8, "编号", "姓名"],
    ]  # fmt: skip
    assert sorted(map(str, sheet.merged_cells.ranges)) == [*(f"{one}1:{one}2" for one in "ABCDEFGH"), "I1:J1"]
    monkeypatch.chdir(import_runs.new_store(tmp_path / "into"))
    code, output = import_runs.run("import", str(folder))
    assert code == 0, output
    assert output.startswith("简道云: 1 file or sheet, 1 row\n")
    assert [round_trips.without_ids(one) for one in import_runs.customers()] == [
        {
            "name": "落叶松泵业有限公司", "type": "company", "status": "lead", "owner": "lilei",
            "custom": {"传真": "021-5555 0101", "客户级别": "A", "电话": "分机 8"},
        }
    ]  # fmt: skip


def test_an_export_of_the_form_by_the_system_is_known_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    _output, folder = round_trips.exported(
        tmp_path, monkeypatch, "jiandaoyun", round_trips.COMPANY, round_trips.INSTITUTION
    )
    monkeypatch.chdir(import_runs.new_store(tmp_path / "into"))
    assert import_runs.run("import", str(folder))[0] == 0
    # 简道云 has dates with times and numbers in its cells, and columns of its own at the end.
    book = openpyxl.load_workbook(folder / "客户.xlsx")
    sheet = book.active
    for cell in (cell for row in sheet.iter_rows(min_row=3) for cell in row if isinstance(cell.value, str)):
        if re.fullmatch(r"\d{4}-\d\d-\d\d", cell.value):
            cell.value = datetime.fromisoformat(cell.value)
        elif re.fullmatch(r"[1-9]\d{0,5}(\.\d+)?", cell.value):
            cell.value = float(cell.value)
    width = sheet.max_column
    for at, (name, value) in enumerate((("提交人", "李雷"), ("提交时间", datetime(2026, 11, 29, 10, 0, 5))), width + 1):
        sheet.cell(1, at, name)
        for row in range(3, sheet.max_row + 1):
            sheet.cell(row, at, value)
    book.save(tmp_path / "客户_20261129.xlsx")
    code, output = import_runs.run("import", str(tmp_path / "客户_20261129.xlsx"))
    assert code == 0, output
    assert "New 0, changed 0, same 2. Rejected rows 0, cells left out 0." in output


def test_numbers_of_own_fields_are_the_same_in_the_store_that_they_came_from(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    record = PLAIN.replace("银行账号: 无", "床位: 300, 占比: 12.5")
    _output, folder = round_trips.exported(tmp_path, monkeypatch, "jiandaoyun", record)
    import_runs.git(tmp_path / "from", "add", "-A")
    import_runs.git(tmp_path / "from", "commit", "-q", "-m", "record")
    code, output = import_runs.run("import", str(folder), "--dry-run")
    assert code == 0, output
    assert "New 0, changed 1, same 0. Rejected rows 0, cells left out 0." in output


def test_a_form_has_room_for_the_first_own_fields(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    own = ", ".join(f"k{number:04}: 无" for number in range(1_000))
    _output, folder = round_trips.exported(tmp_path, monkeypatch, "jiandaoyun", PLAIN.replace("银行账号: 无", own))
    titles = [cell.value for cell in openpyxl.load_workbook(folder / "客户.xlsx").active[1] if cell.value]
    columns = [title for title in titles if title.startswith("k")]
    assert columns == [f"k{number:04}" for number in range(len(columns))]
    assert 100 < len(columns) < 200
    readme = (folder / "README.txt").read_text("utf-8-sig")
    assert f"  Custom · k{len(columns) - 1:04}:" not in readme
    assert f"  Custom · k{len(columns):04}: 1 value, 1 customer\n" in readme


def test_a_text_that_is_too_long_for_a_cell_is_listed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    record = f"{PLAIN}notes: {'😀' * 20_000}\n"
    _output, folder = round_trips.exported(tmp_path, monkeypatch, "jiandaoyun", record)
    readme = (folder / "README.txt").read_text("utf-8-sig")
    assert "  Notes: 1 value, 1 customer (in another form)\n" in readme
    sheet = openpyxl.load_workbook(folder / "客户.xlsx").active
    assert sheet["F1"].value == "备注"
    assert sheet["F3"].value == "😀" * 16_133


def test_columns_of_contacts_without_a_sub_form_are_a_sheet_of_the_team(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = import_runs.new_store(tmp_path / "store")
    monkeypatch.chdir(store)
    head = "客户编号,客户名称,客户类型,合作状态,负责人,联系人编号,联系人姓名\n"
    (store / "表.csv").write_text(head + "1,甲公司,企业,潜在客户,李雷,7,王五\n", "utf-8")
    code, output = import_runs.run("import", "表.csv", "--dry-run")
    assert code == 0, output
    assert "简道云" not in output


def test_a_customer_is_whole_in_one_file() -> None:
    files: dict[str, BinaryIO] = {}

    def opened(name: str) -> BinaryIO:
        return files.setdefault(name, io.BytesIO())

    table = Table("客户", ("编号", "姓名", "电话"), Outgoing("xlsx", "zh", 4, {}), opened, ("", "联系人", "联系人"))
    for customer, height in (("1", 1), ("2", 2), ("3", 3), ("4", 5)):
        table.add_block([[customer if not at else "", str(at), ""] for at in range(height)])
    table.close()
    assert table.written == [Written("客户.xlsx", 3), Written("客户-2.xlsx", 3), Written("客户-3.xlsx", 5)]
    sheet = openpyxl.load_workbook(files["客户.xlsx"]).active
    assert [[cell.value for cell in row] for row in sheet] == [
        ["编号", "联系人", None], [None, "姓名", "电话"], ["1", "0", None], ["2", "0", None], [None, "1", None],
    ]  # fmt: skip
    assert sorted(map(str, sheet.merged_cells.ranges)) == ["A1:A2", "A4:A5", "B1:C1"]
