"""`--where` imports the rows of the customers that fit, and the sum of the rows holds."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from import_runs import customers, imported, run

if TYPE_CHECKING:
    from pathlib import Path

FIRMS = """客户编号,客户名称,客户类型,合作状态,负责人,区域,行业
K1,甲有限公司,企业,潜在,李雷,华东,软件
K2,乙有限公司,企业,潜在,韩梅,华北,软件
K3,丙有限公司,企业,合作中,韩梅,华东,软件
K4,丁有限公司,企业,VIP,李雷,华东,软件
"""
PEOPLE = """客户编号,姓名,手机
K1,张三,13800000101
K2,李四,1.38E+10
K3,王五,13800000103
K4,赵六,13800000104
"""


@pytest.fixture
def sources(new: Path) -> list[str]:
    for name, text in (("客户.csv", FIRMS), ("联系人.csv", PEOPLE)):
        (new.parent / name).write_text(text, "utf-8")
    return [str(new.parent / name) for name in ("客户.csv", "联系人.csv")]


@pytest.mark.parametrize(
    "where",
    [
        "owner == 'lilei' and 合作状态 == '潜在'",
        "'张三' in contacts.name",
        "custom.区域 == '华东' and owner == 'lilei' and status == 'lead'",
    ],
)
def test_only_customers_that_fit_come_in_with_their_people(sources: list[str], where: str) -> None:
    if "status" in where or "状态" in where:
        sources = [*sources, "--value", "合作状态:VIP=意向"]
    code, plan = imported(*sources, "--where", where)
    assert (code, plan["questions"], plan["cells"]) == (0, [], [])
    assert plan["counts"]["rows"] == {"read": 8, "used": 2, "left_out": 6, "rejected": 0, "waiting": 0}
    assert [(one["name"], [person["name"] for person in one["contacts"]]) for one in customers()] == [
        ("甲有限公司", ["张三"])
    ]


def test_a_value_that_waits_for_an_answer_decides_later(sources: list[str]) -> None:
    """The customer stays if the expression asks for it; else its question is not asked."""
    code, plan = imported(*sources, "--where", "status == 'lead'")
    assert (code, len(plan["questions"]), plan["counts"]["rows"]["waiting"]) == (1, 1, 2)
    code, plan = imported(*sources, "--where", "owner == 'hanmei' and region == 'x' or name == '乙有限公司'")
    assert (code, plan["questions"]) == (0, [])
    assert [one["name"] for one in customers()] == ["乙有限公司"]


def test_the_store_decides_where_the_files_say_nothing(sources: list[str]) -> None:
    code, first = imported(*sources, "--where", "name in ('甲有限公司', '乙有限公司')")
    assert (code, first["counts"]["customers"]["new"]) == (0, 2)
    code, plan = imported(sources[1], "--where", "custom.区域 == '华东'", "--from", first["source"], "--partial")
    assert (code, plan["source"], plan["counts"]["customers"]["same"]) == (0, first["source"], 1)
    assert plan["counts"]["rows"] == {"read": 4, "used": 1, "left_out": 3, "rejected": 0, "waiting": 0}


def test_a_wrong_expression_is_wrong_usage(sources: list[str]) -> None:
    code, output = run("import", *sources, "--where", "stauts == 'lead'")
    assert (code, "status" in output) == (2, True)


def test_a_customer_without_the_field_that_decides_waits_for_its_default(new: Path) -> None:
    path = new.parent / "a.csv"
    path.write_text("客户名称,客户类型,合作状态,负责人\n甲有限公司,企业,潜在,\n乙有限公司,企业,潜在,韩梅\n", "utf-8")
    words = (str(path), "--where", "owner == 'lilei'")
    code, plan = imported(*words)
    assert (code, [one["options"][0] for one in plan["questions"]]) == (1, ["--default owner=lilei"])
    assert plan["counts"]["rows"] == {"read": 2, "used": 0, "left_out": 1, "rejected": 0, "waiting": 1}
    code, plan = imported(*words, "--default", "owner=hanmei", "--dry-run")
    assert (code, plan["counts"]["rows"]["left_out"]) == (0, 2)
    assert imported(*words, "--default", "owner=lilei")[0] == 0
    assert [one["name"] for one in customers()] == ["甲有限公司"]
    # What the store has isn't missing.
    path.write_text("客户名称,客户类型,合作状态,负责人,行业\n甲有限公司,,,,软件\n", "utf-8")
    code, plan = imported(str(path), "--where", "owner == 'hanmei'")
    assert (code, plan["counts"]["rows"]["left_out"]) == (0, 1)
