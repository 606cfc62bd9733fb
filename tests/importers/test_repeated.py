"""Repeated imports of deals, needs, contacts and addresses: what belongs together, is gone, or has a twin."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from import_runs import customers, git, imported, run

if TYPE_CHECKING:
    from pathlib import Path

CUSTOMER = "客户编号,客户名称,客户类型,合作状态,负责人"
K1 = "K1,苏州明远机械有限公司,企业,潜在客户,李雷"


class Source:
    """A store, and the folder that is imported into it."""

    def __init__(self, store: Path) -> None:
        self.store, self.folder = store, store.parent / "export"
        self.folder.mkdir()
        self.write("客户.csv", CUSTOMER, K1)

    def write(self, name: str, *lines: str) -> None:
        (self.folder / name).write_text("\n".join(lines) + "\n", "utf-8")

    def run(self, *words: str) -> tuple[int, dict[str, Any]]:
        names = ("--from", "erp") if (self.store / "import" / "erp.toml").exists() else ("--save", "erp")
        return imported(str(self.folder), *names, *words)

    def edit(self, old: str, new: str) -> None:
        """Edit the record as a colleague would."""
        [path] = (self.store / "records").iterdir()
        text = path.read_text("utf-8")
        assert old in text, text
        path.write_text(text.replace(old, new, 1), "utf-8")
        git(self.store, "commit", "-q", "-am", "edit")

    def nothing(self) -> None:
        """Import; nothing changes, and nothing needs a decision."""
        before = customers()
        code, plan = self.run()
        assert (code, plan["conflicts"], plan["commit"]) == (0, [], None)
        assert customers() == before

    def conflict(self, *words: str) -> list[tuple[Any, ...]]:
        """Import; return what stops it."""
        before = customers()
        code, plan = self.run(*words)
        assert (code, customers()) == (1, before)
        return [tuple(one[key] for key in ("field", "base", "ours", "theirs")) for one in plan["conflicts"]]


@pytest.fixture
def source(new: Path) -> Source:
    return Source(new)


DEALS = "商机编号,客户编号,客户名称,商机名称,商机阶段,商机金额"
D1 = "D1,K1,苏州明远机械有限公司,贴片机,初步接洽,"


def _deals(source: Source) -> list[tuple[Any, Any]]:
    return [(deal["amount"], deal.get("currency")) for deal in customers()[0]["opportunities"]]


def test_an_amount_and_its_currency_are_one_value(source: Source) -> None:
    source.write("商机.csv", DEALS, f"{D1}50000")
    assert source.run()[0] == 0
    source.edit("amount: 50000", "amount: 60000")
    source.write("商机.csv", DEALS, f"{D1}7000 USD")
    theirs = {"amount": 7000, "currency": "USD"}
    field = "opportunities[贴片机].amount"
    assert source.conflict() == [(field, {"amount": 50000}, {"amount": 60000}, theirs)]
    code, output = run("import", str(source.folder), "--from", "erp")
    assert (code, "¥60,000 ≠ $7,000" in output) == (1, True), output
    assert source.run("--on-conflict", "ours")[0] == 0
    kept = git(source.store, "log", "-1", "--format=%B").count("Crm-Import-Kept: ")
    assert (kept, _deals(source)) == (1, [(60000, None)])
    source.nothing()
    source.write("商机.csv", DEALS, f"{D1}8000 USD")
    assert source.run("--on-conflict", "theirs")[0] == 0
    assert _deals(source) == [(8000, "USD")]
    # The source's own change of both comes in as a whole.
    source.write("商机.csv", DEALS, f"{D1}9000 EUR")
    assert (source.run()[0], _deals(source)) == (0, [(9000, "EUR")])
    # Without a currency it is an amount in the store's own: nobody may have meant that.
    source.write("商机.csv", DEALS, f"{D1}9500")
    assert [one[3] for one in source.conflict()] == [{"amount": 9500}]
    source.write("商机.csv", DEALS, f"{D1}9000")
    source.nothing()


def test_a_currency_that_you_corrected_is_kept(source: Source) -> None:
    source.write("商机.csv", DEALS, f"{D1}50000")
    assert source.run()[0] == 0
    source.edit("amount: 50000", "amount: 50000\n    currency: USD")
    source.nothing()
    source.write("商机.csv", DEALS, f"{D1}60000")
    assert [one[2] for one in source.conflict()] == [{"amount": 50000, "currency": "USD"}]


def test_a_default_currency_belongs_to_new_amounts(source: Source) -> None:
    source.write("商机.csv", DEALS, D1)
    words = ("--default", "opportunities.currency=USD")
    assert source.run(*words)[0] == 0
    source.write("商机.csv", DEALS, f"{D1}50000")
    assert (source.run(*words)[0], _deals(source)) == (0, [(50000, "USD")])
    source.write("商机.csv", DEALS, f"{D1}60000")
    assert (source.run(*words)[0], _deals(source)) == (0, [(60000, "USD")])


def _budget(source: Source, text: str) -> None:
    source.write("客户.csv", f"{CUSTOMER},需求,预算", f"{K1},贴片机,{text}")


def test_a_budget_is_one_value(source: Source) -> None:
    _budget(source, "5万")
    assert source.run()[0] == 0
    [need] = customers()[0]["needs"]
    was = need["budget"]
    assert run("set", "苏州明远机械有限公司", "needs[0].budget=5-10万", "--commit")[0] == 0
    mine = customers()[0]["needs"][0]["budget"]
    assert mine == {"min": 50000, "max": 100000, "text": "5-10万"}
    source.nothing()
    _budget(source, "8万")
    theirs = {**was, "min": 80000, "text": "8万"} | ({"max": 80000} if "max" in was else {})
    assert source.conflict() == [("needs[贴片机].budget", was, mine, theirs)]
    assert source.run("--on-conflict", "ours")[0] == 0
    assert git(source.store, "log", "-1", "--format=%B").count("Crm-Import-Kept: ") == 1
    source.nothing()
    assert customers()[0]["needs"][0]["budget"] == mine
    _budget(source, "9万")
    assert source.run("--on-conflict", "theirs")[0] == 0
    assert customers()[0]["needs"][0]["budget"] == {
        **theirs, "min": 90000, "text": "9万", **({"max": 90000} if "max" in was else {})
    }  # fmt: skip
    _budget(source, "7万")
    assert (source.run()[0], customers()[0]["needs"][0]["budget"]["min"]) == (0, 70000)


def test_deals_of_one_title_stay_what_they_are_in_another_order(source: Source) -> None:
    header = "客户编号,客户名称,商机名称,商机阶段,商机金额"
    rows = [f"K1,苏州明远机械有限公司,年度服务,初步接洽,{amount}" for amount in (50000, 8000)]
    source.write("商机.csv", header, *rows)
    assert source.run()[0] == 0
    source.edit("amount: 50000", "amount: 50000\n    owner: hanmei")
    source.edit("amount: 8000", "amount: 8000\n    probability: 20")
    before = customers()
    source.write("商机.csv", header, *reversed(rows))
    source.nothing()
    # Of both, the source's own change comes in where it belongs.
    source.write("商机.csv", header, rows[1].replace("初步接洽", "报价"), rows[0])
    assert source.run()[0] == 0
    [big, small] = before[0]["opportunities"]
    assert customers()[0]["opportunities"] == [big, {**small, "stage": "proposal"}]


def test_two_hyphens_of_a_customer_are_one(source: Source) -> None:
    header = "客户名称,客户类型,合作状态,负责人,电话,行业,标签,姓名"
    row = "苏州明远机械有限公司,企业,潜在客户,李雷,0512-68001001,机械,展会、老客户,"
    source.write("客户.csv", header, f"{row}张三", f"{row}李四")
    assert source.run()[0] == 0
    source.edit("tags:\n", "tags:\n  - 我们的\n")
    before = customers()[0]
    row = row.replace("机械,展会、老客户", "-,-")
    source.write("客户.csv", header, f"{row}张三", f"{row}李四")
    code, plan = source.run()
    assert (code, plan["rejected"], plan["conflicts"]) == (0, [], [])
    assert customers() == [{key: value for key, value in before.items() if key != "industry"} | {"tags": ["我们的"]}]
    # A value of another row counts.
    source.write("客户.csv", header, f"{row.replace('-,-', '设备,-')}张三", f"{row}李四")
    assert (source.run()[0], customers()[0]["industry"]) == (0, "设备")
    source.nothing()


def test_an_old_decision_for_your_value_hides_no_later_conflict(source: Source) -> None:
    def say(industry: str) -> None:
        source.write("客户.csv", f"{CUSTOMER},行业", f"{K1},{industry}")

    say("机械")
    assert source.run()[0] == 0
    source.edit("industry: 机械", "industry: 电子")
    say("设备")
    assert source.run("--on-conflict", "ours")[0] == 0
    source.nothing()
    say("重工")
    assert source.run("--on-conflict", "theirs")[0] == 0
    source.edit("industry: 重工", "industry: 电子")
    say("设备")
    assert source.conflict() == [("industry", "重工", "电子", "设备")]
    assert source.run("--on-conflict", "ours")[0] == 0
    source.nothing()


def test_a_customer_that_is_gone_again_is_decided_again(source: Source) -> None:
    header = f"{CUSTOMER},行业"
    other = "K2,上海云帆信息有限公司,企业,潜在客户,韩梅,软件"
    source.write("客户.csv", header, f"{K1},机械", other)
    assert source.run()[0] == 0
    path = next(path for path in (source.store / "records").iterdir() if "erp: K2\n" in path.read_text("utf-8"))
    path.write_text(path.read_text("utf-8") + "notes: 我们的\n", "utf-8")
    git(source.store, "commit", "-q", "-am", "edit")
    source.write("客户.csv", header, f"{K1},机械")
    assert [one[0] for one in source.conflict("--with-deletions")] == ["id"]
    for _week in range(2):
        assert source.run("--with-deletions", "--on-conflict", "ours")[0] == 0
        assert source.run("--with-deletions")[0] == 0
    source.write("客户.csv", header, f"{K1},机械", other.replace("软件", "芯片"))
    assert source.run("--with-deletions")[0] == 0
    source.write("客户.csv", header, f"{K1},机械")
    assert [one[0] for one in source.conflict("--with-deletions")] == ["id"]


def test_rows_of_one_contact_take_turns_without_a_change(source: Source) -> None:
    header = "客户编号,客户名称,姓名,职位,手机"
    rows = [f"K1,苏州明远机械有限公司,张三,{title},13800000101" for title in ("经理", "总监")]
    source.write("联系人.csv", header, *rows)
    assert source.run()[0] == 0
    source.write("联系人.csv", header, *reversed(rows))
    source.nothing()
    source.write("联系人.csv", header, rows[1], rows[0].replace("经理", "总经理"))
    code, plan = source.run()
    assert (code, plan["conflicts"]) == (0, [])
    assert [one["title"] for one in customers()[0]["contacts"]] == ["总监"]


def test_a_conflict_names_its_own_row_or_none(source: Source) -> None:
    source.write("客户.csv", f"{CUSTOMER},行业", f"{K1},机械")
    source.write("联系人.csv", "联系人编号,客户编号,客户名称,姓名,职位", "P1,K1,苏州明远机械有限公司,张三,经理",
                 "P2,K1,苏州明远机械有限公司,李四,采购")  # fmt: skip
    source.write("商机.csv", DEALS, f"{D1}50000")
    assert source.run()[0] == 0
    source.edit("title: 采购", "title: 总监")
    source.edit("industry: 机械", "industry: 电子")
    source.write("客户.csv", f"{CUSTOMER},行业", f"{K1},设备")
    source.write("联系人.csv", "联系人编号,客户编号,客户名称,姓名,职位", "P1,K1,苏州明远机械有限公司,张三,经理",
                 "P2,K1,苏州明远机械有限公司,李四,采购经理")  # fmt: skip
    code, plan = source.run()
    files = [one["path"].rpartition("/")[2] for one in plan["files"]]
    shown = {one["field"]: (files[one["file"]] if one["row"] else "", one["row"]) for one in plan["conflicts"]}
    assert (code, shown) == (1, {"industry": ("客户.csv", 2), "contacts[李四].title": ("", 0)})
    # All rows of a customer wait for the decision.
    assert plan["counts"]["rows"] == {"read": 4, "used": 0, "left_out": 0, "rejected": 0, "waiting": 4}
    code, output = run("import", str(source.folder), "--from", "erp")
    assert ("(客户.csv row 2)" in output, output.count("row 2)")) == (True, 1), output


def test_a_hyphen_takes_a_part_of_an_address_away(source: Source) -> None:
    header = f"{CUSTOMER},省份,城市,地址"
    source.write("客户.csv", header, f"{K1},江苏省,苏州市,狮山路 1 号")
    assert source.run()[0] == 0
    [address] = customers()[0]["addresses"]
    source.write("客户.csv", header, f"{K1},江苏省,苏州市,-")
    assert source.run()[0] == 0
    assert customers()[0]["addresses"] == [{key: value for key, value in address.items() if key != "street"}]
    source.nothing()
    source.write("客户.csv", header, f"{K1},-,-,-")
    assert source.run()[0] == 0
    assert "addresses" not in customers()[0]
    source.nothing()


def test_a_changed_extension_comes_in(source: Source) -> None:
    def say(*phones: str) -> None:
        source.write("客户.csv", f"{CUSTOMER},电话", f"{K1},{'；'.join(phones)}")

    say("021-68001002-801")
    assert source.run()[0] == 0
    say("021-68001002-802")
    assert (source.run()[0], customers()[0]["phones"]) == (0, ["021-68001002-802"])
    source.nothing()
    say("021-68001002")
    assert (source.run()[0], customers()[0]["phones"]) == (0, ["021-68001002"])
    # Your own extension stays, and the number isn't there twice.
    source.edit("021-68001002", "021-68001002-803")
    source.nothing()
