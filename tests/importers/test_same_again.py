"""The same customers every week, written another way: nothing changes; and what the source really changed comes in."""

from __future__ import annotations

import csv
import io
from typing import TYPE_CHECKING, Any

import pytest
import xlsxwriter
from import_runs import git, imported, run

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from weekly_runs import Weekly

Rows = list[list[str]]

SHEET: Rows = [line.split(",") for line in """\
客户编号,客户名称,客户类型,合作状态,负责人,电话,行业,标签,联系人,职位,手机,邮箱,创建日期,地址,\
预算,下次跟进时间,最近沟通内容,商机名称,商机阶段,商机金额,备注
K1,苏州明远机械有限公司,企业,潜在客户,李雷,0512-68001001,机械,展会、老客户,张三,经理,13800000101,zs@mingyuan.example,\
2026-01-05,江苏省苏州市虎丘区科技路8号,5万,2027-01-15,寄了样品,贴片机,初步接洽,50000,很急
K2,上海云帆信息有限公司,企业,意向客户,韩梅,021-68001002,软件,,李四、王五,CTO、采购,13800000102、13800000103,,\
2026-02-05,上海市浦东新区张江路100号,待确认,,电话沟通,,,,
K3,钱六,个人,潜在客户,韩梅,13900000104,,,,,,,2026-03-05,,,,,,,,
""".splitlines()]  # fmt: skip
#: The same words in other languages or by other names.
HEADERS = {"客户名称": "公司名称", "手机": "手机号", "职位": "职务", "邮箱": "电子邮箱", "创建日期": "建档日期"}
ENGLISH = {"客户名称": "Company name", "客户类型": "Type", "合作状态": "Status", "负责人": "Owner", "行业": "Industry"}
LABELS = {"企业": "Company", "个人": "Person", "潜在客户": "Lead", "意向客户": "Prospect", "李雷": "lilei"}


def edited(column: str, change: Callable[[str], str]) -> Callable[[Rows], Rows]:
    """Change the filled cells of a column."""

    def edit(rows: Rows) -> Rows:
        at = rows[0].index(column)
        return [rows[0], *([change(c) if at == n and c else c for n, c in enumerate(row)] for row in rows[1:])]

    return edit


def without(*columns: str) -> Callable[[Rows], Rows]:
    return lambda rows: [[c for n, c in enumerate(row) if rows[0][n] not in columns] for row in rows]


def words(**names: str) -> Callable[[Rows], Rows]:
    """Write cells in other words."""
    return lambda rows: [[names.get(c, c) for c in row] for row in rows]


def headed(**names: str) -> Callable[[Rows], Rows]:
    return lambda rows: [[names.get(c, c) for c in rows[0]], *rows[1:]]


def split_day(text: str) -> str:
    return "{}年{}月{}日".format(*map(int, text.split("-")))


#: What doesn't change the meaning of a sheet, in the order in which it is imported.
WAYS: dict[str, Callable[[Rows], Rows]] = {
    "the same": list,
    "rows in another order": lambda rows: [rows[0], *rows[:0:-1]],
    "columns in another order": lambda rows: [[*r[:5], *r[5:8][::-1], *r[8:12], *r[12:][::-1]] for r in rows],
    "an empty column": lambda rows: [[*rows[0], "等级"], *([*row, ""] for row in rows[1:])],
    "no industry": without("行业"),
    "no contacts": without("联系人", "职位", "手机", "邮箱"),
    "no deals": without("商机名称", "商机阶段", "商机金额"),
    "no day of creation": without("创建日期"),
    "no type, status and owner": without("客户类型", "合作状态", "负责人"),
    "no tasks": without("最近沟通内容", "下次跟进时间"),
    "other headers": headed(**HEADERS),
    "English headers": headed(**ENGLISH),
    "English labels": words(**LABELS),
    "numbers of phones": edited("手机", lambda text: "、".join(f"+86 {n[:3]} {n[3:]}" for n in text.split("、"))),
    "wide phones": edited("电话", lambda text: text.translate(str.maketrans("0123456789-", "０１２３４５６７８９－"))),
    "Chinese days": edited("创建日期", split_day),
    "days with a time": edited("下次跟进时间", lambda text: f"{text} 00:00:00"),
    "tags in another order": edited("标签", lambda _text: "老客户，展会"),
    "people in another order": words(**{
        "李四、王五": "王五/李四", "CTO、采购": "采购/CTO", "13800000102、13800000103": "13800000103/13800000102",
    }),
    "amounts": edited("商机金额", lambda _text: "5万元"),
    "budgets": edited("预算", lambda text: "50,000" if text == "5万" else text),
    "blanks": lambda rows: [[f" {c} " if c else c for c in row] for row in rows],
    "capitals": edited("邮箱", str.upper),
    "hyphens for nothing": lambda rows: [[c or "-" for c in row] for row in rows],
    "every row twice": lambda rows: [*rows, *rows[1:]],
}  # fmt: skip


def bring(store: Path, rows: Rows, *typed: str, encoding: str = "utf-8") -> tuple[int, dict[str, Any]]:
    out = io.StringIO()
    csv.writer(out).writerows(rows)
    path = store.parent / "customers.csv"
    path.write_bytes(out.getvalue().encode(encoding))
    return imported(str(path), "--default", "status=lead", "--default", "interactions.date=2026-04-05", *typed)


def effects(plan: dict[str, Any]) -> dict[str, Any]:
    """What a plan would do or ask."""
    parts = {
        name: plan[name] for name in ("commit", "customers", "conflicts", "questions", "rejected", "likely", "gone")
    }
    return {name: value for name, value in parts.items() if value}


@pytest.mark.parametrize("numbered", [True, False], ids=["with ids", "without ids"])
def test_another_way_to_write_the_same_changes_nothing(new: Path, numbered: bool) -> None:
    sheet = SHEET if numbered else without("客户编号")(SHEET)
    assert bring(new, sheet)[0] == 0
    head = git(new, "rev-parse", "HEAD")
    assert {name: left for name, way in WAYS.items() if (left := effects(bring(new, way(sheet))[1]))} == {}
    for encoding in ("gb18030", "utf-8-sig", "utf-16"):
        assert effects(bring(new, sheet, encoding=encoding)[1]) == {}
    assert (git(new, "rev-parse", "HEAD"), git(new, "status", "--porcelain")) == (head, "")


def test_a_workbook_with_numbers_and_days_says_the_same_as_a_text_file(new: Path) -> None:
    assert bring(new, SHEET)[0] == 0
    book = xlsxwriter.Workbook(str(new.parent / "customers.xlsx"))
    book.add_worksheet("说明").write_row(0, 0, ["只供内部使用"])
    page, day = book.add_worksheet("客户"), book.add_format({"num_format": "yyyy-mm-dd"})
    for at, row in enumerate(SHEET):
        for place, cell in enumerate(row):
            if at and SHEET[0][place] == "创建日期":
                page.write_number(at, place, {"2026-01-05": 46027, "2026-02-05": 46058, "2026-03-05": 46086}[cell], day)
            elif at and cell.isdigit():
                page.write_number(at, place, int(cell))
            elif cell:
                page.write_string(at, place, cell)
    book.close()
    defaults = ("--default", "status=lead", "--default", "interactions.date=2026-04-05")
    assert effects(imported(str(new.parent / "customers.xlsx"), *defaults)[1]) == {}


def test_a_sheet_whose_header_changed_is_named_with_the_option_that_continues_it(new: Path) -> None:
    assert bring(new, SHEET)[0] == 0
    source = bring(new, SHEET)[1]["source"]
    more = words(机械="装备", **{"13800000101": "13811110101"})(WAYS["other headers"](SHEET))
    code, plan = bring(new, more)
    # Nothing is overwritten that this source isn't known to have written.
    assert (code, [one["field"] for one in plan["conflicts"]]) == (1, ["industry"])
    output = " ".join(run("import", str(new.parent / "customers.csv"), "--dry-run")[1].split())
    named = f"3 customers were imported from {source}, a sheet with another header; to continue it: --from {source}"
    assert named in output
    code, plan = bring(new, more, "--from", source)
    assert (code, plan["conflicts"]) == (0, [])
    [path] = [one for one in (new / "records").iterdir() if "明远" in one.read_text("utf-8")]
    text = path.read_text("utf-8")
    # With other columns, the phone that is missing may be in one that the files lack now: it stays.
    assert ("industry: 装备" in text, "13800000101" in text, "13811110101" in text) == (True, True, True)


def test_interactions_without_a_colleague_are_the_owners(new: Path) -> None:
    assert bring(new, SHEET)[0] == 0
    (new.parent / "visits.csv").write_text(
        "客户名称,拜访内容,拜访日期\n上海云帆信息有限公司,看样,2026-05-05\n", "utf-8"
    )
    code, plan = imported(str(new.parent / "visits.csv"))
    [change] = plan["customers"][0]["changes"]
    assert (code, change["after"]["by"], change["after"]["summary"]) == (0, "hanmei", "看样")
    assert imported(str(new.parent / "visits.csv"))[1]["commit"] is None


def changed(plan: dict[str, Any]) -> list[tuple[str, Any, Any]]:
    return [(one["key"], one["before"], one["after"]) for customer in plan["customers"] for one in customer["changes"]]


def test_rows_that_swap_their_names_keep_their_ids(weekly: Weekly) -> None:
    weekly.replace("苏州明远机械有限公司", "@")
    weekly.replace("上海云帆信息有限公司", "苏州明远机械有限公司")
    weekly.replace("@", "上海云帆信息有限公司")
    weekly.replace("张三", "@")
    weekly.replace("李四", "张三")
    weekly.replace("@", "李四")
    code, plan = weekly.run()
    assert (code, plan["conflicts"], sorted(key for key, _before, _after in changed(plan))) == (
        0, [], ["contacts[张三].name", "contacts[李四].name", "name", "name"],
    )  # fmt: skip
    weekly.nothing()


def test_a_company_renamed_at_the_source_and_here_is_a_conflict_unless_both_say_the_same(weekly: Weekly) -> None:
    weekly.edit("K1", "name: 苏州明远机械有限公司", "name: 苏州明远装备有限公司")
    weekly.replace("苏州明远机械有限公司", "苏州明远装备有限公司")
    weekly.nothing()
    weekly.edit("K1", "name: 苏州明远装备有限公司", "name: 苏州明远智能有限公司")
    weekly.replace("苏州明远装备有限公司", "苏州明远重工有限公司")
    weekly.conflict("name")


def test_an_owner_changed_at_both_sides(weekly: Weekly) -> None:
    weekly.edit("K2", "owner: hanmei", "owner: lilei")
    weekly.rows["K2"] = weekly.rows["K2"].replace("韩梅", "李雷")
    weekly.nothing()
    # The source hands it back: you agreed with it before, and it has changed since.
    weekly.rows["K2"] = weekly.rows["K2"].replace("李雷", "")
    weekly.nothing()


def test_a_status_that_goes_forward_and_back_at_the_source(weekly: Weekly) -> None:
    weekly.rows["K1"] = weekly.rows["K1"].replace("潜在客户", "意向客户")
    code, plan = weekly.run()
    assert (code, changed(plan)) == (0, [("status", "lead", "prospect")])
    weekly.rows["K1"] = weekly.rows["K1"].replace("意向客户", "潜在客户")
    code, plan = weekly.run()
    assert (code, changed(plan)) == (0, [("status", "prospect", "lead")])
    # What the new status needs is asked for, as for new customers.
    weekly.rows["K1"] = weekly.rows["K1"].replace("潜在客户", "合作中")
    code, plan = weekly.run()
    [question] = plan["questions"]
    assert (code, plan["rejected"], question["options"][0]) == (1, [], "--default cooperation.since=DATE")
    code, plan = weekly.run("--default", "cooperation.since=2026-01-01")
    assert (code, "since: 2026-01-01" in weekly.text("K1")) == (0, True)
    weekly.nothing()


def test_rows_that_were_merged_at_the_source(weekly: Weekly) -> None:
    gone = weekly.path("K2").name.partition("-")[0]
    del weekly.rows["K2"]
    weekly.replace("D2,K2,上海云帆信息有限公司", "D2,K1,苏州明远机械有限公司")
    code, plan = weekly.run()
    assert (code, [key for key, _before, _after in changed(plan)]) == (0, ["opportunities[年度服务]"])
    assert plan["gone"] == [{"id": gone, "field": None}]
    weekly.nothing()


def test_a_customer_with_another_id_at_the_source_is_a_question(weekly: Weekly) -> None:
    weekly.rows = {key: row.replace("K1,", "K100,") for key, row in weekly.rows.items()}
    weekly.replace("D1,K1,", "D1,K100,")
    weekly.replace("P1,K1,", "P1,K100,")
    weekly.replace("P2,K1,", "P2,K100,")
    id_ = weekly.path("K1").name.partition("-")[0]
    code, plan = weekly.run()
    [likely] = plan["likely"]
    assert (code, likely["id"], plan["counts"]["customers"]["new"]) == (1, id_, 0)
    code, plan = weekly.run("--same", f"客户.csv:{likely['row']}={id_}")
    assert (code, plan["counts"]["customers"]["new"], plan["gone"]) == (0, 0, [])
    weekly.nothing()
