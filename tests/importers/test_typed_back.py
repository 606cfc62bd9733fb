"""Whatever a plan prints can be typed back: each option of each question answers it."""

from __future__ import annotations

import json
import re
import shlex
from typing import TYPE_CHECKING, Any

import openpyxl
import pytest
from import_runs import customers, imported, run

if TYPE_CHECKING:
    from pathlib import Path

PLACES = {"DATE": "2025-03-01", "HANDLE": "hanmei", "COLUMN": "签约"}
FULL = "客户名称,客户类型,合作状态,负责人"
#: Files by name, whose questions begin with these words.
QUESTIONS: dict[str, tuple[dict[str, str], set[str]]] = {
    "missing fields": (
        {"a.csv": "客户名称,电话\n甲乙丙,021-50801002\n"},
        {"--default type", "--default status", "--default owner"},
    ),
    "a start date": (
        {"a.csv": f"{FULL},创建时间,签约\n甲有限公司,企业,合作中,李雷,2024-05-01,2024-06-01\n"},
        {"--default cooperation.since", "--map"},
    ),
    "the order of day and month": (
        {"a.csv": f"{FULL},合作开始日期\n甲有限公司,企业,合作中,李雷,01/02/2024\n"},
        {"--day-first", "--month-first", "--drop"},
    ),
    "a value that an enumeration doesn't know": (
        {"a.csv": f"{FULL},行业\n甲有限公司,企业,潜在,李雷,制造\n乙有限公司,企业,VIP: a=b,李雷,制造\n"},
        {"--value", "--map", "--drop"},
    ),
    "a person": (
        {"a.csv": f"{FULL}\n甲有限公司,企业,潜在,王五=老王\n"},
        {"--people", "--map", "--drop"},
    ),
    "a column that fits two fields": (
        {
            "a.csv": f"{FULL}\n甲有限公司,企业,潜在,外人甲\n乙有限公司,企业,潜在,O'Neil\n",
        },
        {"--map", "--drop", "--people"},
    ),
    "a stage": (
        {
            "客户.csv": f"客户编号,{FULL}\nK1,甲有限公司,企业,潜在,李雷\n",
            "商机.csv": "客户编号,商机名称,阶段\nK1,一期,\n",
        },
        {"--default opportunities.stage"},
    ),
    "one of two customers of a name": (
        {
            "客户.csv": f"客户编号,{FULL}\nK1,甲有限公司,企业,潜在,李雷\nK2,甲有限公司,企业,潜在,韩梅\n",
            "联系人.csv": "客户名称,姓名\n甲有限公司,张三\n",
        },
        {"--same"},
    ),
}


def write(folder: Path, files: dict[str, str]) -> list[str]:
    for name, text in files.items():
        (folder / name).write_text(text, "utf-8")
    return [str(folder / name) for name in files]


def options(plan: dict[str, Any]) -> list[str]:
    return [option for question in plan["questions"] for option in question["options"]]


def typed(option: str) -> list[str]:
    return [re.sub(r"DATE|HANDLE|COLUMN", lambda match: PLACES[match[0]], word) for word in shlex.split(option)]


@pytest.mark.parametrize("name", QUESTIONS)
def test_each_option_of_a_question_answers_it(new: Path, name: str) -> None:
    files, kinds = QUESTIONS[name]
    kinds_of = re.compile(r"--(?:default \S+?(?==)|\S+)")
    sources = write(new.parent, files)
    code, plan = imported(*sources)
    assert code == 1
    assert {kinds_of.match(option)[0] for option in options(plan)} == kinds  # type: ignore[index]
    # An answer may raise the next question, such as the start date of customers that are active now.
    for question in plan["questions"]:
        assert question["options"]
        for option in question["options"]:
            code, output = run("import", *sources, *typed(option), "--dry-run", "--format", "json")
            assert code in (0, 1), (option, output)
            after = json.loads(output)
            assert question["text"] not in [one["text"] for one in after["questions"]], option
    assert customers() == []
    answers: list[str] = []
    while plan["questions"]:
        answers += typed(plan["questions"][0]["options"][0])
        code, output = run("import", *sources, *answers, "--format", "json")
        assert code in (0, 1), (answers, output)
        plan = json.loads(output)
    assert code == 0
    assert run("check")[0] == 0


def test_rows_named_by_several_customers_go_to_the_one_that_is_typed(new: Path) -> None:
    sources = write(new.parent, QUESTIONS["one of two customers of a name"][0])
    assert imported(*sources, "--same", "甲有限公司=客户.csv:3")[0] == 0
    assert {one["owner"]: [person["name"] for person in one.get("contacts", [])] for one in customers()} == {
        "lilei": [], "hanmei": ["张三"],
    }  # fmt: skip


def test_a_value_takes_the_meaning_that_is_typed(new: Path) -> None:
    sources = write(new.parent, {"a.csv": f"{FULL}\n甲有限公司,企业,A: 重点,李雷\n乙有限公司,企业,-无-,李雷\n"})
    answers = ("--value", "合作状态:A: 重点=意向", "--value", "合作状态:-无-=-", "--default", "status=lead")
    assert imported(*sources, *answers, "--save", "team")[0] == 0
    assert [(one["name"], one["status"]) for one in customers()] == [("乙有限公司", "lead"), ("甲有限公司", "prospect")]
    code, output = run("import", *sources, "--value", "合作状态:A: 重点=意象")
    assert (code, "did you mean '意向'" in output or "意向" in output) == (2, True)
    assert run("import", *sources, "--value", "客户名称:甲=乙")[0] == 2
    assert run("import", *sources, "--value", "状态:甲=lead")[0] == 2


def test_a_default_is_read_as_a_cell_of_its_field(new: Path) -> None:
    sources = write(
        new.parent,
        {
            "a.csv": f"{FULL},签约,最近沟通内容,联系人,区域\n"
            "甲有限公司,企业,合作中,李雷,2024年5月1日,谈了价格,张三,\n"
            "乙有限公司,企业,潜在,李雷,,,李四,华北\n",
        },
    )
    answers = (
        "cooperation.since=@签约",
        "interactions.date=2025/1/2",
        "联系人.角色=决策人",
        "custom.区域=华东",
        "标签=老客户",
    )
    code, plan = imported(*sources, *(word for one in answers for word in ("--default", one)))
    assert (code, plan["questions"]) == (0, [])
    second, first = customers()
    assert first["cooperation"] == {"since": "2024-05-01"}
    assert [(talk["date"], talk["summary"]) for talk in first["interactions"]] == [("2025-01-02", "谈了价格")]
    assert [one["contacts"][0]["role"] for one in (first, second)] == ["decision-maker"] * 2
    assert [one["custom"]["区域"] for one in (first, second)] == ["华东", "华北"]
    assert [one["tags"] for one in (first, second)] == [["老客户"]] * 2


@pytest.mark.parametrize(
    "default",
    ["cooperation.since=DATE", "status=vip", "owner=wangwu", "@created=2025-01-01", "interactions.next.due=2025-01-01"],
)
def test_a_default_that_its_field_cannot_have_is_wrong_usage(new: Path, default: str) -> None:
    sources = write(new.parent, {"a.csv": f"{FULL}\n甲有限公司,企业,潜在,李雷\n"})
    code, output = run("import", *sources, "--default", default)
    assert (code, "default" in output) == (2, True)
    assert customers() == []


def test_a_default_is_for_new_customers_only(new: Path) -> None:
    sources = write(new.parent, {"a.csv": f"{FULL},联系人\n甲有限公司,企业,潜在,李雷,张三\n"})
    assert imported(*sources)[0] == 0
    kept = customers()
    code, plan = imported(*sources, "--default", "industry=软件", "--default", "contacts.role=user")
    assert (code, plan["conflicts"], customers()[0].get("industry")) == (0, [], kept[0].get("industry"))


def test_a_saved_mapping_never_asks_twice(new: Path) -> None:
    """People, values, defaults, the order of day and month, and the persons of numbered columns."""
    head = f"{FULL},合作开始日期,联系人1,手机1,联系人2,手机2"
    sources = write(
        new.parent,
        {
            "a.csv": f"{head}\n甲有限公司,企业,老客户,王五,01/02/2024,张三,13800000101,李四,13800000102\n"
            "乙有限公司,,合作中,李雷,,,,,\n",
        },
    )
    answers = [
        "--people", "王五=hanmei", "--map", "负责人=owner", "--value", "合作状态:老客户=active",
        "--month-first", "--default", "cooperation.since=2020-01-01", "--default", "type=company", "--save", "team",
    ]  # fmt: skip
    code, plan = imported(*sources, *answers)
    assert (code, plan["questions"], plan["source"]) == (0, [], "team")
    kept = customers()
    assert [one["cooperation"]["since"] for one in kept] == ["2020-01-01", "2024-01-02"]
    assert [(one["name"], one["phones"]) for one in kept[1]["contacts"]] == [
        ("张三", ["13800000101"]), ("李四", ["13800000102"]),
    ]  # fmt: skip
    code, plan = imported(*sources)
    assert (code, plan["questions"], plan["profile"], plan["source"]) == (0, [], "team", "team")
    assert plan["counts"]["customers"] == {"new": 0, "changed": 0, "same": 2, "gone": 0}
    (new.parent / "b.csv").write_text(
        (new.parent / "a.csv").read_text("utf-8").replace("甲", "常春藤设计").replace("乙", "大河物流"), "utf-8"
    )
    code, plan = imported(str(new.parent / "b.csv"))
    assert (code, plan["questions"], plan["counts"]["customers"]["new"]) == (0, [], 2)
    assert [one["contacts"] for one in customers() if "常春藤" in one["name"]] == [kept[1]["contacts"]]


def test_what_the_plan_says_about_sheets_can_be_typed_back(new: Path) -> None:
    book = openpyxl.Workbook()
    book.active.append(["甲有限公司", "企业", "潜在", "李雷"])
    hidden = book.create_sheet("旧")
    hidden.append(["名字?", "客户类型", "合作状态", "负责人"])
    hidden.append(["甲有限公司", "企业", "潜在", "李雷"])
    hidden.sheet_state = "hidden"
    path = str(new.parent / "a.xlsx")
    book.save(path)
    _code, output = run("import", path, "--dry-run")
    assert "--sheet 旧" in output
    assert "--header-row N" in output
    _code, output = run("import", path, "--dry-run", "--sheet", "旧")
    assert "--map 'COLUMN=name'" in output
    assert imported(path, "--sheet", "旧", "--map", "名字?=name")[0] == 0
    assert [one["name"] for one in customers()] == ["甲有限公司"]


def test_a_row_without_a_customer_says_how_to_name_it(new: Path) -> None:
    assert imported(*write(new.parent, {"a.csv": f"{FULL}\n甲有限公司,企业,潜在,李雷\n"}))[0] == 0
    sources = write(new.parent, {"b.csv": "客户名称,商机名称,阶段\n甲公司,一期,方案报价\n"})
    code, plan = imported(*sources)
    (rejected,) = plan["rejected"]
    assert (code, "--same 2=ID" in rejected["fix"]) == (1, True)
    id_ = json.loads(run("list", "--format", "json")[1])["customers"][0]["id"]
    assert imported(*sources, "--same", f"2={id_}")[0] == 0
    assert [one["title"] for one in customers()[0]["opportunities"]] == ["一期"]


def test_a_column_of_free_text_is_one_question(new: Path) -> None:
    rows = "".join(f"第{n}有限公司,企业,情况{n},李雷\n" for n in range(60)) + f"末有限公司,企业,{'长' * 500},李雷\n"
    sources = write(new.parent, {"a.csv": f"{FULL}\n{rows}"})
    code, plan = imported(*sources)
    assert (code, len(plan["questions"])) == (1, 21)
    whole = next(one for one in plan["questions"] if len(one["options"]) == 2)
    assert whole["options"] == ["--map 合作状态=custom.合作状态", "--drop 合作状态"]
    for option in whole["options"]:
        assert imported(*sources, *typed(option), "--default", "status=lead", "--dry-run")[0] == 0
