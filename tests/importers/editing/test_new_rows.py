"""New rows of a workbook for editing: customers, people, deals, and follow-ups, each of which comes in once."""

from __future__ import annotations

import csv
import datetime
from typing import TYPE_CHECKING

import openpyxl
import pytest
from edited_books import CONTACTS, CUSTOMERS, DEALS, NEW, STEPS, lines_changed
from import_runs import customers, git, imported, run

if TYPE_CHECKING:
    from pathlib import Path

    from edited_books import Copy

HEADERS = ["客户", "日期", "跟进人", "跟进方式", "对方联系人", "摘要", "跟进结果", "下一步", "截止日期"]
ENGLISH = ["Customer", "Date", "By", "Channel", "Contact", "Summary", "Outcome", "Next step", "Due"]


def test_new_rows_become_a_customer_with_a_contact_and_a_deal(book: Copy, store: Path) -> None:
    book.add(CUSTOMERS, 客户名称="宁波甬江模具有限公司", 客户类型="企业", 合作状态="潜在客户", 负责人="李雷")
    book.add(CONTACTS, 客户="宁波甬江模具有限公司", 姓名="陈新", 电话=13800138111)
    book.add(CONTACTS, 客户="明远", 姓名="周宁", 电话="13800138112")
    book.add(DEALS, 客户="C20240502BBBB", 商机名称="年度维保", 阶段="初步接洽", 金额=30000)
    path = book.save()
    code, output = run("import", path, language="en")
    assert code == 0, output
    added = [one for one in customers() if one["name"].startswith("宁波")]
    assert added == [
        {
            "name": "宁波甬江模具有限公司",
            "type": "company",
            "status": "lead",
            "owner": "lilei",
            "contacts": [{"name": "陈新", "phones": ["13800138111"]}],
        }
    ]
    by_name = {one["name"]: one for one in customers()}
    assert by_name["苏州明远精密机械有限公司"]["contacts"][2] == {"name": "周宁", "phones": ["13800138112"]}
    assert by_name["上海云帆信息技术有限公司"]["opportunities"] == [
        {"title": "年度维保", "stage": "discovery", "amount": 30000}
    ]
    code, plan = imported(path)
    assert (code, plan["counts"]["customers"]) == (0, {"new": 0, "changed": 0, "same": 4, "gone": 0})


def test_a_row_of_an_unknown_or_ambiguous_customer_is_rejected(book: Copy) -> None:
    book.add(CONTACTS, 客户="没有这家公司", 姓名="陈新")
    book.add(CONTACTS, 姓名="陈新")
    book.add(NEW, 客户="云帆", 日期="2026-11-20", 跟进人="李雷", 跟进方式="电话", 摘要="报价")
    book.add(STEPS, 客户="明远", 下一步="寄样品")
    code, plan = imported(book.save(), language="en")
    assert (code, [(one["file"], one["row"], one["why"]) for one in plan["rejected"]]) == (
        1,
        [
            (1, 4, "no customer of the files or the store is '没有这家公司'"),
            (1, 5, "it doesn't say which customer it belongs to"),
            (3, 3, "a next step needs an interaction"),
            (4, 2, "'云帆' matches 2 customers: C20240502BBBB, C20240503CCCC"),
        ],
    )


def test_a_follow_up_in_the_workbook_comes_in_beside_a_changed_cell(book: Copy, store: Path) -> None:
    book.set(STEPS, "C20240501AAAA/1", "完成日期", datetime.datetime(2026, 11, 19))
    book.add(NEW, 客户="明远", 日期=datetime.datetime(2026, 11, 19), 跟进人="李雷", 跟进方式="电话", 对方联系人="王芳",
             摘要="样品收到", 跟进结果="积极", 下一步="签合同", 截止日期="2026-12-05")  # fmt: skip
    path = book.save()
    code, output = run("import", path)
    assert code == 0, output
    assert lines_changed(store) == [
        "-    next: {action: 寄样品, due: 2026-11-20}",
        "+    next: {action: 寄样品, due: 2026-11-20, done: 2026-11-19}",
        "+  - date: 2026-11-19",
        "+    by: lilei",
        "+    channel: phone",
        "+    summary: 样品收到",
        "+    contact: 王芳",
        "+    outcome: positive",
        "+    next:",
        "+      action: 签合同",
        "+      due: 2026-12-05",
    ]
    assert imported(path)[1]["counts"]["customers"] == {"new": 0, "changed": 0, "same": 3, "gone": 0}


def test_a_new_row_that_can_not_be_read_is_rejected_without_a_question(book: Copy, store: Path) -> None:
    good = {"客户": "明远", "日期": "2026-11-19", "跟进人": "李雷", "跟进方式": "电话", "摘要": "样品收到"}
    for wrong in ({"日期": None}, {"日期": "昨天"}, {"日期": "2027-01-01"}, {"摘要": None, "下一步": "签合同"},
                  {"跟进人": "张无忌"}, {"跟进方式": "飞鸽传书"}, {}):  # fmt: skip
        book.add(NEW, **{name: value for name, value in (good | wrong).items() if value})
    book.add(CUSTOMERS, 客户名称="宁波甬江模具有限公司", 客户类型="企业", 合作状态="瞎填", 负责人="李雷")
    book.add(DEALS, 客户="明远", 商机名称="年度维保", 阶段="初步接洽", 负责人="张无忌")
    path = book.save()
    code, plan = imported(path, "--partial", language="en")
    assert (code, plan["questions"], plan["cells"]) == (0, [], [])
    rejected = [(one["file"], one["row"], one["column"], one["why"]) for one in plan["rejected"]]
    assert rejected == [
        (0, 5, "合作状态", "'瞎填' in '合作状态' is not a value of 'Status'"),
        (2, 3, "负责人", "'张无忌' is not on the team list"),
        (4, 2, "日期", "it is empty"),
        (4, 3, "日期", "not a date"),
        (4, 4, "日期", "the day is in the future"),
        (4, 5, "摘要", "it is empty"),
        (4, 6, "跟进人", "'张无忌' is not on the team list"),
        (4, 7, "跟进方式", "'飞鸽传书' in '跟进方式' is not a value of 'Channel'; did you mean 'social'?"),
    ]
    assert lines_changed(store) == [
        "+  - date: 2026-11-19",
        "+    by: lilei",
        "+    channel: phone",
        "+    summary: 样品收到",
    ]


def _twenty(folder: Path, form: str) -> list[Path]:
    """The follow-ups of three sellers in sheets of their own, as a shared online sheet saves them."""
    ways = ["C20240501AAAA", "苏州明远精密机械有限公司", "明远", "Mingyuan", "C20240502BBBB"]
    sheets: list[list[list[str]]] = [[], [], []]
    for number in range(20):
        by = ("李雷", "韩梅", "lilei")[number % 3]
        day = f"2026-11-{1 + number // 4:02}"
        row = [ways[number % 5], day, by, "电话", "", f"第 {number + 1} 次", "", "", ""]
        sheets[number % 3].append(row)
    paths = []
    for number, rows in enumerate(sheets):
        path = folder / f"跟进{number}.{form}"
        if form == "csv":
            with path.open("w", encoding="utf-8-sig", newline="") as file:
                csv.writer(file).writerows([HEADERS, *rows])
        else:
            book = openpyxl.Workbook()
            book.active.title = "新增跟进"
            for row in [ENGLISH, *rows]:
                book.active.append(row)
            book.save(path)
        paths.append(path)
    return paths


@pytest.mark.parametrize("form", ["csv", "xlsx"])
def test_twenty_follow_ups_by_three_sellers_imported_twice_are_twenty(store: Path, tmp_path: Path, form: str) -> None:
    for path in [*_twenty(tmp_path, form)] * 2:
        code, output = run("import", str(path), language="en")
        assert code == 0, output
    talks = [item for one in customers() for item in one.get("interactions", []) if item["summary"].startswith("第")]
    assert sorted(int(item["summary"].split()[1]) for item in talks) == [*range(1, 21)]
    for one in customers():
        days = [item["date"] for item in one.get("interactions", [])]
        assert days == sorted(days)
    assert git(store, "status", "--porcelain") == ""


def test_follow_ups_of_one_day_keep_the_order_of_the_sheet(store: Path, tmp_path: Path) -> None:
    path = tmp_path / "跟进.csv"
    lines = [f"明远,2026-11-18,李雷,电话,,{text},,," for text in ("丙", "甲", "乙")]
    path.write_text("\n".join([",".join(HEADERS), *lines]), "utf-8")
    assert run("import", str(path))[0] == 0
    [mingyuan] = [one for one in customers() if one["name"].startswith("苏州")]
    assert [item["summary"] for item in mingyuan["interactions"]] == ["谈了报价", "丙", "甲", "乙"]


def test_follow_ups_without_a_colleague_are_those_of_the_owner(store: Path, tmp_path: Path) -> None:
    path = tmp_path / "跟进.csv"
    path.write_text(
        ",".join(HEADERS) + "\n上海云帆信息技术有限公司,2026/11/18,,微信,,约时间,,寄资料,2026-12-01\n", "utf-8"
    )
    assert run("import", str(path))[0] == 0
    [yunfan] = [one for one in customers() if one["name"].startswith("上海")]
    assert yunfan["interactions"] == [
        {
            "date": "2026-11-18",
            "by": "hanmei",
            "channel": "wechat",
            "summary": "约时间",
            "next": {"action": "寄资料", "due": "2026-12-01"},
        }
    ]


def test_a_follow_up_of_an_unknown_or_ambiguous_customer_is_named(store: Path, tmp_path: Path) -> None:
    path = tmp_path / "跟进.csv"
    lines = [f"{name},2026-11-18,李雷,电话,,报价,,," for name in ("没有这家", "云帆", "明远")]
    path.write_text("\n".join([",".join(HEADERS), *lines]), "utf-8")
    code, plan = imported(str(path), language="en")
    assert (code, [(one["row"], one["why"]) for one in plan["rejected"]]) == (
        1,
        [
            (2, "no customer of the files or the store is '没有这家'"),
            (3, "'云帆' matches 2 customers: C20240502BBBB, C20240503CCCC"),
        ],
    )
    code, plan = imported(str(path), "--partial", "--same", "3=C20240503CCCC")
    assert (code, plan["counts"]["customers"]["changed"]) == (0, 2)


def test_nothing_is_said_to_be_in_before_it_is(book: Copy) -> None:
    book.add(CONTACTS, 客户="没有这家公司", 姓名="陈新")
    book.add(CONTACTS, 客户="明远", 姓名="周宁")
    path = book.save()
    assert run("import", path)[1].splitlines()[-1] == "fix them in the workbook, and import it again"
    advice = "fix them in the workbook, and import it again; all else is in already"
    assert advice in run("import", path, "--partial")[1].splitlines()
