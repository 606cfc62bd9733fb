"""A customer that its source has in several rows: after a merge, with --same, and under one name."""

from __future__ import annotations

from itertools import permutations
from typing import TYPE_CHECKING, Any

import pytest
from import_runs import customers, git, imported, run

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

HEADER = "客户编号,客户名称,客户类型,合作状态,负责人,电话,行业,网址,标签,地址,联系人姓名,联系人手机"
K1 = (
    "K1,苏州明远机械有限公司,企业,潜在客户,李雷,0512-68001001,机械,https://mingyuan.example,展会、老客户,"
    "狮山路 1 号,张三,13800000101"
)
K2 = (
    "K2,上海云帆信息有限公司,企业,潜在客户,韩梅,021-68001002,软件,https://yunfan.example,展会、上海,"
    "浦东大道 2 号,张三,13800000102"
)
K3 = "K3,杭州青禾食品有限公司,企业,潜在客户,韩梅,0571-68001003,食品,,,,,"


class Source:
    """A store, and the sheet that is imported into it."""

    def __init__(self, store: Path) -> None:
        self.store, self.file = store, store.parent / "客户.csv"

    def run(self, *rows: str, more: Iterable[str] = (), header: str = HEADER) -> tuple[int, dict[str, Any]]:
        self.file.write_text("\n".join([header, *rows]) + "\n", "utf-8")
        names = ("--from", "erp") if (self.store / "import" / "erp.toml").exists() else ("--save", "erp")
        return imported(str(self.file), *names, *more)

    def first(self, *rows: str) -> None:
        code, plan = self.run(*rows)
        assert (code, plan["counts"]["customers"]["new"]) == (0, len(rows)), plan

    def id(self, key: str) -> str:
        [path] = [path for path in (self.store / "records").iterdir() if f"erp: {key}\n" in path.read_text("utf-8")]
        return "-".join(path.name.split("-")[:1])

    def merge(self, keep: str, other: str, prefer: str = "A") -> None:
        code, output = run("merge", self.id(keep), self.id(other), "--keep", "A", "--prefer", prefer, "--commit")
        assert code == 0, output

    def nothing(self, *rows: str, more: Iterable[str] = ()) -> dict[str, Any]:
        """Import rows; nothing changes, and nothing needs a decision."""
        before = customers()
        code, plan = self.run(*rows, more=more)
        assert (code, plan["conflicts"]) == (0, []), str(plan["conflicts"])
        assert (plan["commit"], customers()) == (None, before)
        return plan


@pytest.fixture
def source(new: Path) -> Source:
    return Source(new)


@pytest.mark.parametrize("prefer", ["A", "B"])
@pytest.mark.parametrize("keep", ["K1", "K2"])
def test_the_same_rows_in_any_order_leave_a_merged_customer_alone(source: Source, keep: str, prefer: str) -> None:
    source.first(K2, K1, K3)
    source.merge(keep, {"K1": "K2", "K2": "K1"}[keep], prefer)
    [merged] = [one for one in customers() if "merged_from" in one]
    assert [sorted(contact["phones"]) for contact in merged["contacts"]] == [["13800000101", "13800000102"]]
    for rows in permutations((K1, K2, K3)):
        assert source.nothing(*rows)["gone"] == []


def test_after_a_merge_each_row_brings_what_it_changed(source: Source) -> None:
    source.first(K1, K2)
    source.merge("K1", "K2")
    [before] = customers()
    changed = K2.replace("021-68001002", "021-68009999").replace("上海,", "新标签,").replace("0000102", "0000999")
    code, plan = source.run(changed, K1)
    assert (code, plan["conflicts"], plan["counts"]["customers"]["changed"]) == (0, [], 1)
    [after] = customers()
    expected = {
        **before, "phones": ["0512-68001001", "021-68009999"], "tags": ["展会", "老客户", "新标签"],
        "contacts": [{**before["contacts"][0], "phones": ["13800000101", "13800000999"]}],
    }  # fmt: skip
    assert after == expected
    source.nothing(K1, changed)


def test_after_a_merge_a_changed_value_is_a_conflict_with_the_other_rows_value(source: Source) -> None:
    source.first(K1, K2)
    source.merge("K1", "K2")
    chips = K2.replace("软件", "芯片")
    code, plan = source.run(chips, K1)
    [conflict] = plan["conflicts"]
    values = [conflict[key] for key in ("field", "base", "ours", "theirs", "row")]
    assert (code, values) == (1, ["industry", "软件", "机械", "芯片", 2])
    assert source.run(chips, K1, more=["--on-conflict", "theirs"])[0] == 0
    assert [one["industry"] for one in customers()] == ["芯片"]
    source.nothing(chips, K1)
    source.nothing(K1, chips)
    # The row that said it moves on; the other one still says what it always said.
    code, plan = source.run(K1, K2.replace("软件", "光学"))
    assert (code, plan["conflicts"], [one["industry"] for one in customers()]) == (0, [], ["光学"])
    # Both rows are back at the values of before the merge: nobody can tell whose counts.
    code, plan = source.run(K1, K2)
    assert (code, [one["field"] for one in plan["conflicts"]]) == (1, ["industry"])


def test_a_row_that_leaves_the_source_after_a_merge_is_reported_and_takes_nothing_along(source: Source) -> None:
    source.first(K1, K2, K3)
    source.merge("K1", "K2")
    kept = source.id("K3")
    plan = source.nothing(K1, K3)
    assert [(one["id"] != kept, one["field"]) for one in plan["gone"]] == [(True, "external_ids[K2]")]
    code, plan = source.run(K1, K3, more=["--with-deletions"])
    assert (code, plan["conflicts"]) == (0, []), str(plan["conflicts"])
    [merged] = [one for one in customers() if "merged_from" in one]
    values = [merged[key] for key in ("external_ids", "phones", "tags")]
    assert values == [{"erp": "K1"}, ["0512-68001001"], ["展会", "老客户"]]
    assert source.nothing(K3, K1)["gone"] == []


def test_a_text_that_its_row_lacks_goes_while_the_other_row_is_missing(source: Source) -> None:
    source.first(K1, K2)
    source.merge("K1", "K2")
    code, plan = source.run(K1.replace("展会、老客户", "-"))
    assert (code, plan["conflicts"]) == (0, []), str(plan["conflicts"])
    # The missing row wrote the other two.
    assert [one["tags"] for one in customers()] == [["展会", "上海"]]


def test_rows_that_are_one_customer_by_same_take_turns_without_a_change(source: Source) -> None:
    source.first(K1, K2)
    id_ = source.id("K2")
    other = "K4,云帆科技,企业,潜在客户,韩梅,021-68001004,食品,https://other.example,,,,"
    code, plan = source.run(K1, K2, other, more=["--same", f"4={id_}"])
    assert (code, plan["conflicts"], len(plan["customers"])) == (0, [], 1)
    [united] = [one for one in customers() if one["external_ids"]["erp"] != "K1"]
    assert (united["name"], united["industry"]) == ("上海云帆信息有限公司", "软件")
    assert united["external_ids"] == {"erp": ["K2", "K4"]}
    for rows in permutations((K1, K2, other)):
        source.nothing(*rows)
    # What you take away stays away, whichever row has it.
    path = next(path for path in (source.store / "records").iterdir() if id_ in path.name)
    path.write_text(path.read_text("utf-8").replace("industry: 软件\n", ""), "utf-8")
    git(source.store, "commit", "-q", "-am", "edit")
    for rows in permutations((K1, K2, other)):
        source.nothing(*rows)


def test_merged_customers_of_a_source_without_ids_stay_what_they_are(source: Source) -> None:
    header, one, other = (row.partition(",")[2] for row in (HEADER, K1, K2))
    names = [row.partition(",")[0] for row in (one, other)]
    assert source.run(one, other, header=header)[0] == 0
    assert run("merge", *names, "--keep", "A", "--prefer", "A", "--commit")[0] == 0
    chips = other.replace("软件", "芯片")
    for rows, industry in (((one, other), "机械"), ((one, chips), "芯片")):
        if rows == (one, chips):
            code, plan = source.run(chips, one, header=header)
            values = [[conflict[key] for key in ("base", "ours", "theirs")] for conflict in plan["conflicts"]]
            assert (code, values) == (1, [["软件", "机械", "芯片"]])
            assert source.run(chips, one, header=header, more=["--on-conflict", "theirs"])[0] == 0
        before = customers()
        assert [customer["industry"] for customer in before] == [industry]
        for some in (rows, rows[::-1], rows[:1], rows[1:]):
            code, plan = source.run(*some, header=header)
            assert (code, plan["commit"], plan["conflicts"], customers()) == (0, None, [], before)


def test_rows_of_one_name_take_turns_without_a_change(source: Source) -> None:
    header = "客户名称,客户类型,合作状态,负责人,电话,行业,标签"
    one = "苏州明远机械有限公司,企业,潜在客户,李雷,0512-68001001,机械,展会"
    other = "苏州明远机械有限公司,企业,潜在客户,李雷,0512-68001002,设备,老客户"
    assert source.run(one, other, header=header)[0] == 0
    before = customers()
    assert [(one["industry"], one["phones"]) for one in before] == [("机械", ["0512-68001001", "0512-68001002"])]
    code, plan = source.run(other, one, header=header)
    assert (code, plan["commit"], customers()) == (0, None, before)
    # One of the rows alone isn't all of the customer: it takes nothing away, and what differs is a question.
    code, plan = source.run(other, header=header)
    values = [[conflict[key] for key in ("field", "ours", "theirs")] for conflict in plan["conflicts"]]
    assert (code, values, customers()) == (1, [["industry", "机械", "设备"]], before)
    code, plan = source.run(other.replace("设备", "机械"), header=header)
    assert (code, plan["commit"], plan["conflicts"], customers()) == (0, None, [], before)
    # With both rows, a text that is gone is gone.
    code, plan = source.run(one.replace("展会", ""), other, header=header)
    assert (code, [one["tags"] for one in customers()]) == (0, [["老客户"]])
