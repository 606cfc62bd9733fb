"""Workbooks for editing, as a colleague's spreadsheet saves them again."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import openpyxl
from import_runs import git, new_store, run

if TYPE_CHECKING:
    from pathlib import Path

MINGYUAN = """# 老客户
id: C20240501AAAA
name: 苏州明远精密机械有限公司
short_name: 明远
aliases: [Mingyuan]
type: company
status: prospect
owner: lilei
industry: 机械  # 客户自己说的
phones: ["0512-68001001", "13800138000"]
contacts:
  - name: 王芳
    title: CTO  # 去年升的
    phones: ["13800138001"]
  - {name: 陈刚, title: 采购}
opportunities:
  - title: 主轴监测
    stage: proposal
    amount: 120000
interactions:
  - date: 2026-11-02
    by: lilei
    channel: phone
    summary: 谈了报价
    next: {action: 寄样品, due: 2026-11-20}
"""
YUNFAN = """id: C20240502BBBB
name: 上海云帆信息技术有限公司
short_name: 云帆
type: company
status: prospect
owner: hanmei
billing: {title: 上海云帆信息技术有限公司}
notes: 第一行
custom: {门店数: 46}
"""
BEIHANG = """id: C20240503CCCC
name: 北方云帆科技有限公司
short_name: 云帆
type: company
status: lead
owner: lilei
"""
RECORDS = {"C20240501AAAA": MINGYUAN, "C20240502BBBB": YUNFAN, "C20240503CCCC": BEIHANG}
#: The sheets, in their order.
CUSTOMERS, CONTACTS, DEALS, STEPS, NEW = range(5)


def store_of_three(folder: Path) -> Path:
    """A store with three customers, committed."""
    new_store(folder)
    for id_, text in RECORDS.items():
        (folder / "records" / f"{id_}.yaml").write_text(text, "utf-8")
    commit(folder)
    return folder


def commit(folder: Path) -> None:
    git(folder, "add", "-A")
    git(folder, "commit", "-q", "--allow-empty", "-m", "records")


def lines_changed(folder: Path) -> list[str]:
    """The lines that the last commit took away and added."""
    diff = git(folder, "-c", "core.quotepath=off", "show", "--format=", "-U0").splitlines()
    return [line for line in diff if line[:1] in "+-" and not line.startswith(("+++", "---"))]


class Copy:
    """A colleague's copy of a workbook."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.book = openpyxl.load_workbook(path)

    def column(self, sheet: int, header: str) -> int:
        return [cell.value for cell in self.book.worksheets[sheet][1]].index(header) + 1

    def set(self, sheet: int, id_: str, header: str, value: Any) -> None:
        """Change the cell of the row with this id."""
        self.book.worksheets[sheet].cell(self.row(sheet, id_), self.column(sheet, header)).value = value

    def get(self, sheet: int, id_: str, header: str) -> Any:
        return self.book.worksheets[sheet].cell(self.row(sheet, id_), self.column(sheet, header)).value

    def row(self, sheet: int, id_: str) -> int:
        return [cell.value for cell in self.book.worksheets[sheet]["A"]].index(id_) + 1

    def add(self, sheet: int, **values: Any) -> None:
        """Add a row, given by headers."""
        table = self.book.worksheets[sheet]
        number = table.max_row + 1
        for header, value in values.items():
            table.cell(number, self.column(sheet, header)).value = value

    def save(self, path: Path | None = None) -> str:
        self.book.save(path or self.path)
        return str(path or self.path)


def exported(path: Path, *words: str, language: str = "zh") -> Copy:
    """Export a workbook for editing, and open it."""
    code, output = run("export", *words, "--for-editing", "-o", str(path), language=language)
    assert code == 0, output
    return Copy(path)
