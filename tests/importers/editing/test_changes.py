"""Cells that a colleague changed in a workbook for editing come back, each as an edit of its line."""

from __future__ import annotations

import datetime
from typing import TYPE_CHECKING

import pytest
from edited_books import CONTACTS, CUSTOMERS, DEALS, STEPS, commit, exported, lines_changed
from import_runs import git, imported, run

if TYPE_CHECKING:
    from pathlib import Path

    from edited_books import Copy

NOTHING = {"new": 0, "changed": 0, "same": 3, "gone": 0}


def test_three_changed_cells_are_a_diff_of_three_lines(book: Copy, store: Path) -> None:
    book.set(CUSTOMERS, "C20240501AAAA", "所属行业", "精密机械")
    book.set(CONTACTS, "C20240501AAAA/1", "职位", "技术总监")
    book.set(DEALS, "C20240501AAAA/1", "金额", 150000)
    path = book.save()
    commit_id = git(store, "rev-parse", "--short=7", "HEAD").strip()
    month, day = git(store, "log", "-1", "--format=%cd", "--date=format:%m %d").split()
    assert run("import", path, "--dry-run", language="zh") == (
        0,
        (
            f"基于 {commit_id}（{int(month)}月{int(day)}日）\n"
            "  苏州明远精密机械有限公司  所属行业  机械 → 精密机械\n"
            "  苏州明远精密机械有限公司  联系人 › 王芳 › 职位  CTO → 技术总监\n"
            "  苏州明远精密机械有限公司  商机 › 主轴监测 › 金额  ¥12万 → ¥15万\n"
            "新增 0，变更 1，不变 2；未导入 0 行、0 个单元格。\n"
            "共 7 行 = 导入 7 + 略过 0 + 有误 0 + 待确认 0\n"
            "未写入任何内容。\n"
        ),
    )
    assert git(store, "status", "--porcelain") == ""
    assert run("import", path)[0] == 0
    assert lines_changed(store) == [
        "-industry: 机械  # 客户自己说的",
        "+industry: 精密机械  # 客户自己说的",
        "-    title: CTO  # 去年升的",
        "+    title: 技术总监  # 去年升的",
        "-    amount: 120000",
        "+    amount: 150000",
    ]
    assert git(store, "log", "-1", "--format=%(trailers:key=Crm-Import,valueonly)").strip() == "editing"
    code, plan = imported(path)
    assert (code, plan["counts"]["customers"]) == (0, NOTHING)
    assert run("undo", "HEAD")[0] == 0
    assert git(store, "diff", "HEAD~2", "--stat") == ""


def test_a_workbook_that_is_saved_again_changes_nothing(book: Copy) -> None:
    code, plan = imported(book.save())
    assert (code, plan["counts"]["customers"]) == (0, NOTHING)


def test_what_spreadsheets_do_to_cells_changes_nothing(book: Copy) -> None:
    book.set(CUSTOMERS, "C20240502BBBB", "门店数", 46.0)
    book.set(CUSTOMERS, "C20240502BBBB", "备注", "第一行_x000D_ ")
    book.set(CONTACTS, "C20240501AAAA/1", "电话", 13800138001)
    book.set(DEALS, "C20240501AAAA/1", "金额", "120000")
    book.set(STEPS, "C20240501AAAA/1", "截止日期", datetime.datetime(2026, 11, 20))
    book.set(CUSTOMERS, "C20240501AAAA", "负责人", "lilei")
    book.set(CUSTOMERS, "C20240501AAAA", "合作状态", "Prospect")
    book.set(CUSTOMERS, "C20240501AAAA", "简称", None)
    code, plan = imported(book.save())
    assert (code, plan["counts"]["customers"], plan["cells"]) == (0, NOTHING, [])


def test_the_form_of_the_sheets_does_not_matter(book: Copy, store: Path) -> None:
    book.set(CUSTOMERS, "C20240502BBBB", "所属行业", "软件")
    customers = book.book.worksheets[CUSTOMERS]
    rows = [[cell.value for cell in row] for row in customers.iter_rows()]
    # Sorted the other way round, columns in another order, a title above, some columns gone, another one added.
    order = [*reversed(range(15))]
    customers.delete_rows(1, customers.max_row)
    customers.append(["客户清单"])
    customers.append([*(rows[0][at] for at in order), "我的标记"])
    for row in reversed(rows[1:]):
        customers.append([*(row[at] for at in order), "√"])
    customers.title = "二月"
    del book.book["联系人"]
    book.book.create_sheet("草稿").append(["算一算"])
    path = book.save()
    code, output = run("import", path, language="zh")
    assert code == 0, output
    assert "未导入：工作表“二月”的列“我的标记”、工作表“草稿”" in output
    assert lines_changed(store) == ["+industry: 软件"]


def test_empty_cells_change_nothing_and_a_dash_clears(book: Copy, store: Path) -> None:
    book.set(CUSTOMERS, "C20240501AAAA", "所属行业", "-")
    book.set(CUSTOMERS, "C20240501AAAA", "别名", None)
    book.set(CUSTOMERS, "C20240501AAAA", "网址", "-")
    assert run("import", book.save())[0] == 0
    assert lines_changed(store) == ["-industry: 机械  # 客户自己说的"]


def test_values_of_a_missing_group_make_it(book: Copy, store: Path) -> None:
    book.set(CUSTOMERS, "C20240503CCCC", "开票 · 税号", "91110105MA01XXXX0A")
    book.set(CUSTOMERS, "C20240503CCCC", "开票 · 开票地址", "北京路 1 号")
    code, output = run("import", book.save())
    assert code == 0, output
    assert lines_changed(store) == ["+billing:", "+  tax_number: 91110105MA01XXXX0A", "+  address: 北京路 1 号"]


def test_texts_of_a_list_are_added_and_taken_away(book: Copy, store: Path) -> None:
    path = store / "records" / "C20240501AAAA.yaml"
    path.write_text(path.read_text("utf-8").replace('"13800138000"]', '"13800138000", "13900139000"]'), "utf-8")
    commit(store)
    book.set(CUSTOMERS, "C20240501AAAA", "电话", "13800138000; 0512-68009999")
    assert run("import", book.save())[0] == 0
    assert lines_changed(store) == [
        '-phones: ["0512-68001001", "13800138000", "13900139000"]',
        '+phones: ["0512-68009999", "13800138000", "13900139000"]',
    ]


def test_head_moves_meanwhile_and_two_copies_come_in(store: Path, tmp_path: Path) -> None:
    one, other = exported(tmp_path / "李雷.xlsx"), exported(tmp_path / "韩梅.xlsx")
    assert run("set", "C20240501AAAA", "short_name=苏明远", "--commit")[0] == 0
    one.set(CUSTOMERS, "C20240501AAAA", "所属行业", "精密机械")
    other.set(CUSTOMERS, "C20240501AAAA", "网址", "https://mingyuan.example")
    other.set(CONTACTS, "C20240501AAAA/2", "姓名", "陈刚强")
    code, output = run("import", one.save(), language="en")
    assert code == 0, output
    assert "main has 1 commit since\n" in output
    path = other.save()
    assert run("import", path)[0] == 0
    text = (store / "records" / "C20240501AAAA.yaml").read_text("utf-8")
    for line in (
        "short_name: 苏明远\n",
        "industry: 精密机械  # 客户自己说的\n",
        "website: https://mingyuan.example\n",
        "name: 陈刚强",
    ):
        assert line in text
    assert imported(path)[1]["counts"]["customers"] == NOTHING


def test_a_field_that_both_changed_is_a_conflict(book: Copy, store: Path) -> None:
    assert run("set", "C20240501AAAA", "industry=电子", "--commit")[0] == 0
    book.set(CUSTOMERS, "C20240501AAAA", "所属行业", "精密机械")
    book.set(CUSTOMERS, "C20240502BBBB", "所属行业", "软件")
    path = book.save()
    code, plan = imported(path)
    assert (code, plan["conflicts"]) == (
        1,
        [
            {
                "id": "C20240501AAAA",
                "name": "苏州明远精密机械有限公司",
                "field": "industry",
                "base": "机械",
                "ours": "电子",
                "theirs": "精密机械",
                "file": 0,
                "row": 2,
            }
        ],
    )
    assert imported(path, "--on-conflict", "ours")[0] == 0
    assert lines_changed(store) == ["+industry: 软件"]
    code, plan = imported(path)
    assert (code, plan["counts"]["customers"]) == (0, NOTHING)
    assert imported(path, "--on-conflict", "theirs")[0] == 0
    assert lines_changed(store) == ["-industry: 电子  # 客户自己说的", "+industry: 精密机械  # 客户自己说的"]


def test_a_missing_row_is_reported_and_not_deleted(book: Copy, store: Path) -> None:
    contacts = book.book.worksheets[CONTACTS]
    contacts.delete_rows(book.row(CONTACTS, "C20240501AAAA/2"))
    path = book.save()
    code, output = run("import", path, "--with-deletions", language="zh")
    assert code == 0
    assert (
        "1 行已不在工作簿中，不会删除任何内容：\n  苏州明远精密机械有限公司 (C20240501AAAA) contacts[陈刚]\n" in output
    )
    assert git(store, "status", "--porcelain") == ""


def test_cells_that_mean_nothing_are_named_and_the_others_come_in(book: Copy, store: Path) -> None:
    book.set(CUSTOMERS, "C20240501AAAA", "负责人", "王五")
    book.set(CUSTOMERS, "C20240501AAAA", "优先级", "很高")
    book.set(STEPS, "C20240501AAAA/1", "截止日期", "下周")
    book.set(CUSTOMERS, "C20240502BBBB", "所属行业", "软件")
    book.set(CUSTOMERS, "C20240502BBBB", "客户名称", "-")
    code, plan = imported(book.save(), language="en")
    assert (code, [(one["column"], one["value"], one["why"]) for one in plan["cells"]]) == (
        0,
        [
            ("负责人", "王五", "'王五' is not on the team list"),
            ("优先级", "很高", "'很高' in '优先级' is not a value of 'Priority'; did you mean 'key'?"),
            ("客户名称", "-", "this field can't be empty"),
            ("截止日期", "下周", "not a date"),
        ],
    )
    assert lines_changed(store) == ["+industry: 软件"]
    assert not (store / "import-rejected").exists()


@pytest.mark.parametrize("way", ["foreign", "twice"])
def test_a_changed_id_is_rejected(book: Copy, way: str) -> None:
    id_ = "C20240509ZZZZ" if way == "foreign" else "C20240501AAAA"
    row = book.row(CUSTOMERS, "C20240502BBBB")
    book.book.worksheets[CUSTOMERS].cell(row, 1).value = id_
    code, plan = imported(book.save(), language="en")
    why = f"the id '{id_}' is not from this workbook" if way == "foreign" else f"row 2 has the same id '{id_}'"
    assert (code, [(one["row"], one["column"], one["why"]) for one in plan["rejected"]]) == (1, [(row, "id", why)])


def test_a_change_of_what_was_removed_here_is_rejected(book: Copy, store: Path) -> None:
    (store / "records" / "C20240502BBBB.yaml").unlink()
    commit(store)
    book.set(CUSTOMERS, "C20240502BBBB", "所属行业", "软件")
    code, plan = imported(book.save(), language="en")
    why = "'C20240502BBBB' was removed or renamed here since the export"
    assert (code, [one["why"] for one in plan["rejected"]]) == (1, [why])


def test_a_change_that_breaks_a_rule_is_rejected(book: Copy, store: Path) -> None:
    book.set(CUSTOMERS, "C20240501AAAA", "合作状态", "合作中")
    code, plan = imported(book.save(), language="en")
    assert (code, [(one["row"], one["why"]) for one in plan["rejected"]]) == (
        1,
        [(2, "nothing was written: an active customer needs the start date of the cooperation")],
    )
    assert git(store, "status", "--porcelain") == ""
