"""Adding to any list of a record."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import customers as stores
import pytest
from customers import RECORD, WRITE, lines

from crmtext import layout
from crmtext.i18n import speaking
from crmtext.problem import CrmError
from crmtext.record import append

if TYPE_CHECKING:
    from pathlib import Path

    from crmtext.store import Store


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return stores.store(tmp_path)


@pytest.mark.parametrize(
    ("list_", "given", "added"),
    [
        ("contacts", ["name=王五"], ["+  - name: 王五"]),
        (
            "联系人",
            ["电话=13700137000", "职位=经理", "姓名=王五", "主要联系人=是"],
            ["+  - name: 王五", "+    title: 经理", '+    phones: ["13700137000"]', "+    primary: true"],
        ),
        (
            "needs",
            ["description=备件", "预算下限=50万", "budget.max=80万", "期望时间=年底"],
            [
                "+  - description: 备件",
                "+    budget:",
                "+      min: 500000",
                "+      max: 800000",
                "+    expected_by: 2026-12-31",
            ],
        ),
        ("feedback", ["kind=投诉"], ["+feedback:", "+  - date: 2026-11-20", "+    kind: complaint"]),
        (
            "服务记录",
            ["kind=报修", "summary=停机"],
            ["+cases:", "+  - opened: 2026-11-20", "+    kind: repair", "+    summary: 停机", "+    status: open"],
        ),
        ("tags", ["vip", "老客户,SMT"], ["-tags: [SMT, 温湿度]", "+tags: [SMT, 温湿度, vip, 老客户]"]),
        (
            "contacts[0].phones",
            ["13700137000"],
            ['-    phones: ["13800138000"]  # 白天', '+    phones: ["13800138000", "13700137000"]  # 白天'],
        ),
        (
            "cooperation.contracts",
            ["number=HT-1", "amount=5万"],
            ["+cooperation:", "+  contracts:", "+    - number: HT-1", "+      amount: 50000"],
        ),
        ("custom.设备", ["A-1", "B=2"], ["+  设备: [A-1, B=2]"]),
        (
            "interactions",
            ["date=2026-06-01", "by=韩梅", "channel=邮件", "summary=中间的一次", "下一步=回访"],
            [
                "+  - date: 2026-06-01",
                "+    by: hanmei",
                "+    channel: email",
                "+    summary: 中间的一次",
                "+    next:",
                "+      action: 回访",
            ],
        ),
    ],
)
def test_an_entry_is_added_and_nothing_else_is_touched(
    store: Store, list_: str, given: list[str], added: list[str]
) -> None:
    append.run(store, "上海示例", list_, given, WRITE)
    assert lines(RECORD, stores.read(store)) == added


def test_an_older_entry_goes_where_its_date_belongs(store: Store) -> None:
    append.run(store, "上海示例", "interactions", ["date=5月2日", "by=李雷", "channel=电话", "summary=早先的"], WRITE)
    assert [entry["date"] for entry in stores.data(store)["interactions"]] == ["2026-05-01", "2026-05-02", "2026-11-18"]


@pytest.mark.parametrize(
    ("list_", "given", "rule", "hint"),
    [
        ("contacts", ["title=经理"], "missing-key", "add: name=…"),
        ("feedback", ["text=好"], "missing-key", "add: kind=…\nkind: opinion 意见, praise 表扬"),
        ("opportunities", [], "missing-key", "add: title=…"),
        ("addresses", [], "missing-key", "add: kind=… country=… province=…"),
        ("cases", [], "missing-key", "add: kind=… summary=…\nkind: question 咨询"),
        ("contacts", ["name="], "no-assignment", "use: name=…"),
        ("contacts", ["王五"], "no-assignment", "use: crmtext append 上海示例 contacts name=王五"),
        (
            "needs",
            ["80", "flow", "meters", "budget=5k"],
            "no-assignment",
            "use: crmtext append 上海示例 needs description='80 flow meters' budget=5k",
        ),
        ("sources", ["fair"], "no-assignment", "use: crmtext append 上海示例 sources channel=fair"),
        ("feedback", ["很好"], "no-assignment", "use: crmtext append 上海示例 feedback text=很好 kind=…"),
        ("relations", ["x"], "no-assignment", "use: crmtext append 上海示例 relations id=… kind=…"),
        ("needs", ["summary=x"], "unknown-key", "did you mean 'description'?"),
        ("opportunities", ["name=x"], "unknown-key", "did you mean 'title'?"),
        ("feedback", ["summary=x"], "unknown-key", "did you mean 'text'?"),
        ("cases", ["description=x"], "unknown-key", "did you mean 'summary'?"),
        ("记录", ["x=y"], "unknown-key", "choose one: interactions, transactions, cases, consents"),
        ("oportunities", ["x=y"], "unknown-key", "did you mean 'opportunities'?"),
        ("xyz", ["x=y"], "unknown-key", "lists: aliases"),
        ("cases", ["lost_reason=x"], "unknown-key", "'lost_reason' belongs in 'opportunities'"),
        ("contacts", ["name=王五", "titel=x"], "unknown-key", "did you mean 'title'?"),
        ("name", ["x"], "wrong-type", "lists: aliases"),
        ("tags", ["SMT"], "twin-entry", "nothing to do"),
        ("contacts", ["name=王五", "emails=keine"], "email-format", "name@example.com"),
    ],
)
def test_an_entry_that_does_not_fit_is_refused(
    store: Store, list_: str, given: list[str], rule: str, hint: str
) -> None:
    with pytest.raises(CrmError) as caught:
        append.run(store, "上海示例", list_, given, WRITE)
    assert caught.value.problem.rule == rule
    assert hint in caught.value.problem.hint
    assert stores.read(store) == RECORD


@pytest.mark.parametrize(
    ("typed", "key"),
    [("机会", "opportunities"), ("商机", "opportunities"), ("opportunity", "opportunities"), ("服务", "cases"),
     ("工单", "cases"), ("ticket", "cases"), ("order", "transactions"), ("跟进", "interactions")],
)  # fmt: skip
def test_a_list_is_found_by_a_part_of_its_name_that_no_other_has(store: Store, typed: str, key: str) -> None:
    assert append._find_list(stores.document(), typed, store).pointer == f"/{key}"


@pytest.mark.parametrize(
    ("list_", "given", "text"),
    [
        ("cases", ["kind=投诉", "summary=Wrong invoice, 1000 EUR instead of 100", "due=2026-12-01"],
         "Cases: + Complaint, Wrong invoice, 1000 EUR instead of 100, Open; Due: 2026-12-01"),
        ("sources", ["channel=trade fair", "date=2026-05-01"], "Sources: + Exhibition; Date: 2026-05-01"),
        ("transactions", ["amount=5k EUR"], "Transactions: + Amount: €5,000"),
    ],
)  # fmt: skip
def test_a_new_entry_is_told_whole(store: Store, list_: str, given: list[str], text: str) -> None:
    done = append.run(store, "上海示例", list_, given, WRITE)
    assert text in done.summary


def test_an_entry_like_one_that_is_there_is_added_with_a_warning(store: Store) -> None:
    done = append.run(store, "上海示例", "contacts", ["name=张三"], WRITE)
    assert done.problems[0].hint == "if they are the same: crmtext undo, then change the first one with crmtext set"
    dry = append.run(store, "上海示例", "contacts", ["name=李四"], WRITE._replace(dry_run=True))
    assert "undo" not in dry.problems[0].hint
    assert [(problem.rule, problem.message) for problem in done.problems] == [
        ("twin-entry", "'contacts' now has two entries 张三")
    ]
    assert [contact["name"] for contact in stores.data(store)["contacts"]] == ["张三", "李四", "张三"]


def test_an_entry_with_another_external_id_is_another_one(store: Store) -> None:
    deal = ["title=贴片机", "stage=discovery"]
    first = append.run(store, "上海示例", "opportunities", [*deal, "external_ids.zoho=D1"], WRITE)
    other = append.run(store, "上海示例", "opportunities", [*deal, "external_ids.zoho=D2"], WRITE)
    plain = append.run(store, "上海示例", "opportunities", deal, WRITE)
    assert [[problem.rule for problem in done.problems] for done in (first, other, plain)] == [[], [], ["twin-entry"]]


@pytest.mark.parametrize(
    ("terms", "given", "due", "shown"),
    [
        (30, ["amount=500"], "2026-12-20", "Transactions: + Amount: ¥500; Payment due: 2026-12-20"),
        (0, ["amount=500", "date=2026-11-01"], "2026-11-01", "Payment due: 2026-11-01"),
        (30, ["amount=500", "应收日期=2026-12-31"], "2026-12-31", "Payment due: 2026-12-31"),
        (None, ["amount=500"], None, "Transactions: + Amount: ¥500"),
        (9_999_999, ["amount=500"], None, "Transactions: + Amount: ¥500"),
    ],
)
def test_a_transaction_gets_its_due_date_from_the_credit_terms(
    tmp_path: Path, terms: int | None, given: list[str], due: str | None, shown: str
) -> None:
    more = "" if terms is None else f"credit:\n  terms_days: {terms}\n"
    store = stores.store(tmp_path, {stores.PATH: RECORD + more})
    done = append.run(store, "上海示例", "交易记录", given, WRITE)
    assert stores.data(store)["transactions"][-1].get("payment_due") == due
    assert shown in done.summary


def test_a_list_of_a_teams_own_takes_entries_at_once(tmp_path: Path) -> None:
    schema = json.loads(layout.shipped(layout.SCHEMA).read_text("utf-8"))
    schema["properties"]["machines"] = {
        "title": "Machines",
        "x-title-zh": "设备台账",
        "x-key": ["serial"],
        "type": "array",
        "items": {
            "type": "object",
            "additionalProperties": False,
            "required": ["serial"],
            "properties": {
                "installed": {"title": "Installed", "x-title-zh": "安装日期", "type": "string", "format": "date"},
                "serial": {"title": "Serial", "x-title-zh": "序列号", "type": "string"},
            },
        },
    }
    files = {**stores.FILES, "schema/customer.schema.json": json.dumps(schema, ensure_ascii=False)}
    store = stores.store(tmp_path, files)
    append.run(store, "上海示例", "设备台账", ["序列号=A1", "安装日期=3月1日"], WRITE)
    assert stores.data(store)["machines"] == [{"installed": "2027-03-01", "serial": "A1"}]


def test_in_chinese_what_is_missing_is_named_as_it_can_be_typed(store: Store) -> None:
    with speaking("zh"), pytest.raises(CrmError) as caught:
        append.run(store, "上海示例", "工单", [], WRITE)
    assert "类型=… 摘要=…\n" in caught.value.problem.hint
