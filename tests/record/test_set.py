"""Setting keys of one customer or of many."""

from __future__ import annotations

from typing import TYPE_CHECKING

import customers as stores
import pytest
import stores as parts
from customers import ACTIVE, ACTIVE_PATH, PATH, PERSON_PATH, RECORD, WRITE, lines
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from crmtext.i18n import speaking
from crmtext.problem import CrmError
from crmtext.record import set as record_set
from crmtext.record.change.write import WriteOptions
from crmtext.store import Store
from crmtext.text.edit.rewrite import rewrite
from crmtext.text.pointer import get
from crmtext.text.read.load import parse_text

if TYPE_CHECKING:
    from pathlib import Path


HALF_TO_MORE = {"min": 500000, "max": 800000}


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return stores.store(tmp_path)


@pytest.mark.parametrize(
    ("typed", "changed"),
    [
        ("priority=重点", ["+priority: key"]),
        ("status=潜在客户", ["-status: prospect   # 谈价中", "+status: lead   # 谈价中"]),
        ("contacts[张三].title=采购总监", ["-    title: 采购经理", "+    title: 采购总监"]),
        ("contacts[李四].title=财务", ["+    title: 财务"]),
        ("tags+=vip", ["-tags: [SMT, 温湿度]", "+tags: [SMT, 温湿度, vip]"]),
        ("tags+=vip,SMT", ["-tags: [SMT, 温湿度]", "+tags: [SMT, 温湿度, vip]"]),
        ("tags-=SMT", ["-tags: [SMT, 温湿度]", "+tags: [温湿度]"]),
        ("tags-=SMT,温湿度", ["-tags: [SMT, 温湿度]"]),
        ("tags=", ["-tags: [SMT, 温湿度]"]),
        ("tags＋=vip", ["-tags: [SMT, 温湿度]", "+tags: [SMT, 温湿度, vip]"]),
        ("优先级＝重点", ["+priority: key"]),
        ("needs[0].budget.min=", ["-    budget: {min: 180000}"]),
        ("needs.budget.max=25万", ["-    budget: {min: 180000}", "+    budget: {min: 180000, max: 250000}"]),
        ("needs.budget=2-3万", ["-    budget: {min: 180000}", "+    budget: {min: 20000, max: 30000, text: 2-3万}"]),
        ("needs.budget=待确认", ["-    budget: {min: 180000}", "+    budget: {basis: to-confirm}"]),
        ("custom.停车=", ["-custom:", "-  停车: 东门登记"]),
        ("custom.车牌=浙A12345", ["+  车牌: 浙A12345"]),
        ("contacts[1]=", ["-  - name: 李四"]),
        ("contacts[2].name=王五", ["+  - name: 王五"]),
        ("cases.summary=x", None),
        ("合作开始日期=5月20日", ["+cooperation:", "+  since: 2026-05-20"]),
        ("emails+=a@example.com", ["+emails: [a@example.com]"]),
        ("tags-=没有", []),
        ("website=", []),
        ("owner=李雷", []),
    ],
)
def test_a_key_is_set_and_nothing_else_is_touched(store: Store, typed: str, changed: list[str] | None) -> None:
    if changed is None:
        with pytest.raises(CrmError) as caught:
            record_set.run(store, "上海示例", [typed], WRITE)
        assert caught.value.problem.rule == "missing-key"
    else:
        record_set.run(store, "上海示例", [typed], WRITE)
    assert lines(RECORD, stores.read(store)) == (changed or [])


@pytest.mark.parametrize(
    ("before", "typed", "after"),
    [
        ({}, "120k EUR", {"amount": 120000, "currency": "EUR"}),
        ({}, "60.000 €", {"amount": 60000, "currency": "EUR"}),
        ({}, "1.234,50 €", {"amount": 1234.5, "currency": "EUR"}),
        ({}, "2 million USD", {"amount": 2000000, "currency": "USD"}),
        ({}, "12万元", {"amount": 120000}),
        ({"currency": "EUR"}, "5万", {"amount": 50000, "currency": "EUR"}),
        ({"currency": "EUR"}, "60.000", {"amount": 60000, "currency": "EUR"}),
        ({"currency": "EUR"}, "5万元", {"amount": 50000, "currency": "CNY"}),
        ({"amount": 120000, "currency": "USD"}, "120k EUR", {"amount": 120000, "currency": "EUR"}),
    ],
)
def test_an_amount_brings_its_currency(
    tmp_path: Path, before: dict[str, object], typed: str, after: dict[str, object]
) -> None:
    entry = "".join(f", {key}: {value}" for key, value in before.items())
    store = Store(parts.made(tmp_path, parts.record(more=f"opportunities: [{{title: A, stage: proposal{entry}}}]\n")))
    record_set.run(store, "C20240501001", [f"opportunities.amount={typed}"], WRITE)
    assert stores.data(store, parts.path())["opportunities"] == [{"title": "A", "stage": "proposal", **after}]


def test_an_amount_that_begins_an_entry_brings_its_currency(store: Store) -> None:
    record_set.run(
        store,
        "上海示例",
        ["opportunities.amount=5k USD", "opportunities.title=A", "opportunities.stage=proposal"],
        WRITE,
    )
    assert stores.data(store)["opportunities"] == [
        {"title": "A", "stage": "proposal", "amount": 5000, "currency": "USD"}
    ]


def test_one_currency_counts_for_all_amounts_beside_it(store: Store) -> None:
    with pytest.raises(CrmError) as caught:
        record_set.run(store, "上海示例", ["needs.budget.max=30k EUR"], WRITE)
    assert (caught.value.problem.message, caught.value.problem.hint) == (
        "'30k EUR' is an amount in EUR, but 'min' next to it is in CNY",
        "use CNY for both, or remove the other one first",
    )


def test_an_amount_without_a_currency_field_is_in_that_of_the_store(store: Store) -> None:
    with pytest.raises(CrmError) as caught:
        record_set.run(store, "上海示例", ["company.employees=500 USD"], WRITE)
    assert caught.value.problem.hint == "use the number alone; the currency is store.currency in crmtext.toml"
    with pytest.raises(CrmError) as caught:
        record_set.run(store, "上海示例", ["transactions.items.price=5 USD"], WRITE)
    assert caught.value.problem.hint == "use the number alone, and put the currency in transactions[0].currency"


def test_a_field_of_several_entries_is_named_for_each_with_what_is_in_it(tmp_path: Path) -> None:
    more = "needs: [{description: 恒温箱}, {description: 校准}]\n"
    store = Store(parts.made(tmp_path, parts.record(more=more)))
    with pytest.raises(CrmError) as caught:
        record_set.run(store, "C20240501001", ["预算=50万"], WRITE)
    assert caught.value.problem.hint == "choose one:\nneeds[0].budget  恒温箱\nneeds[1].budget  校准"
    with pytest.raises(CrmError) as caught:
        record_set.run(store, "C20240501001", ["contacts[1].title=经理"], WRITE)
    assert caught.value.problem.hint == "add: contacts[1].name=…"
    with pytest.raises(CrmError) as caught:
        record_set.run(store, "C20240501001", ["relations[x].note=y"], WRITE)
    assert caught.value.problem.rule == "no-entry"


def test_several_keys_are_set_one_upon_the_other(store: Store) -> None:
    typed = [
        "contacts[2].name=王五",
        "contacts[王五].title=经理",
        "contacts[王五].phones=13700137000",
        "tags-=SMT",
        "tags+=x",
    ]
    done = record_set.run(store, "上海示例", typed, WRITE)
    assert lines(RECORD, stores.read(store)) == [
        "-tags: [SMT, 温湿度]",
        "+  - name: 王五",
        "+    title: 经理",
        '+    phones: ["13700137000"]',
        "+tags: [温湿度, x]",
    ]
    assert done.changed == (("C20240501K7QM", PATH),)
    assert done.summary == (
        "上海示例电子有限公司: Contacts · Name: 王五; Contacts 王五 · Job title: 经理; "
        "Contacts 王五 · Phones: 13700137000; Tags: - SMT; Tags: + x"
    )


@pytest.mark.parametrize(
    ("typed", "rule"),
    [
        ("id=C20240501AAAA", "id-stays"),
        ("name=", "missing-key"),
        ("status=active", "active-without-since"),
        ("emails+=keine", "email-format"),
        ("status+=active", "wrong-type"),
        ("contacts+=王五", "wrong-type"),
        ("status", "no-assignment"),
        ("=x", "no-assignment"),
        ("interactions[0].date=明天", "future-date"),
        ("contacts[0].left=2099-01-01", "future-date"),
        ("notes=身份证 11010519491231002X", "resident-id"),
    ],
)
def test_what_would_add_an_error_is_refused_and_nothing_written(store: Store, typed: str, rule: str) -> None:
    with pytest.raises(CrmError) as caught:
        record_set.run(store, "上海示例", ["priority=重点", typed], WRITE)
    assert caught.value.problem.rule == rule
    assert stores.read(store) == RECORD


@pytest.mark.parametrize(
    ("typed", "budget", "text"),
    [
        ("客户明确 50万-80万", {"basis": "stated", **HALF_TO_MORE, "text": "50万-80万"}, "¥500,000-¥800,000 (Stated)"),
        ("预估50-80万", {"basis": "estimated", **HALF_TO_MORE, "text": "50-80万"}, "¥500,000-¥800,000 (Estimated)"),
        ("Estimated: 80000", {"basis": "estimated", "min": 80000, "max": 80000}, "¥80,000 (Estimated)"),
        ("80万以内（已明确）", {"basis": "stated", "max": 800000, "text": "80万以内"}, "up to ¥800,000 (Stated)"),
        ("面议", {"basis": "to-confirm"}, "To be confirmed"),
    ],
)
def test_how_a_budget_is_known_can_stand_beside_it(
    store: Store, typed: str, budget: dict[str, object], text: str
) -> None:
    done = record_set.run(store, "上海示例", [f"needs.budget={typed}"], WRITE)
    assert stores.data(store)["needs"][0]["budget"] == budget
    assert done.summary.endswith(f" · Budget: from ¥180,000 → {text}")


def test_an_amount_over_a_budget_to_be_confirmed_asks_how_it_is_known(store: Store) -> None:
    record_set.run(store, "上海示例", ["needs.budget=待确认"], WRITE)
    with pytest.raises(CrmError) as caught:
        record_set.run(store, "上海示例", ["priority=重点", "needs.budget=50万-80万"], WRITE)
    assert caught.value.problem.hint == (
        'add the basis: needs.budget="stated 50万-80万" if the customer said so, '
        'needs.budget="estimated 50万-80万" if it is your estimate'
    )
    record_set.run(store, "上海示例", ["needs.budget=50万-80万", "needs.budget.basis=客户明确"], WRITE)
    assert stores.data(store)["needs"][0]["budget"] == {"basis": "stated", **HALF_TO_MORE, "text": "50万-80万"}
    with pytest.raises(CrmError, match="budget-amount-while-to-confirm") as caught:
        record_set.run(store, "上海示例", ["needs.budget.basis=待确认"], WRITE)
    assert caught.value.problem.hint == "delete min and max, or set basis: stated or estimated"


def test_an_error_that_is_there_already_does_not_stop_a_change(tmp_path: Path) -> None:
    broken = RECORD.replace("type: company", "type: 企业").replace("lilei\n\n", "niemand\n\n")
    store = stores.store(tmp_path, {PATH: broken})
    record_set.run(store, "C20240501K7QM", ["priority=重点"], WRITE)
    assert lines(broken, stores.read(store)) == ["+priority: key"]
    record_set.run(store, "C20240501K7QM", ["type=企业"], WRITE)
    assert stores.data(store)["type"] == "company"


def test_a_sensitive_value_is_not_said(store: Store) -> None:
    done = record_set.run(store, "王小明", ["person.birth_date=1991-06"], WRITE)
    assert done.summary == "王小明: Person · Date of birth: (not shown)"
    assert stores.data(store, PERSON_PATH)["person"]["birth_date"] == "1991-06"


def test_a_warning_that_the_change_adds_goes_with_the_answer(store: Store) -> None:
    done = record_set.run(store, "上海示例", ["owner=刘洋"], WRITE)
    assert [problem.rule for problem in done.problems] == ["owner-left"]


def test_a_dry_run_writes_nothing_and_shows_the_diff(store: Store) -> None:
    done = record_set.run(store, "上海示例", ["priority=重点"], WriteOptions(dry_run=True))
    assert "+priority: key\n" in done.diff
    assert stores.read(store) == RECORD


def test_many_are_set_where_an_expression_is_true(store: Store) -> None:
    done = record_set.run_where(store, "owner == 'lilei'", ["tags+=SMT", "priority=普通"], WRITE)
    assert [path for _id, path in done.changed] == [PATH, PERSON_PATH]
    assert done.summary == "2 customers changed"
    assert lines(RECORD, stores.read(store)) == ["+priority: normal"]
    assert stores.read(store, ACTIVE_PATH) == ACTIVE
    again = record_set.run_where(store, "owner == 'lilei'", ["priority=普通"], WRITE)
    assert (again.changed, again.summary) == ((), "0 customers changed; 2 unchanged")


def test_of_many_all_are_set_or_none(store: Store) -> None:
    with pytest.raises(CrmError) as caught:
        record_set.run_where(store, "True", ["priority=重点", "company.employees=5"], WRITE)
    assert caught.value.problem.rule == "company-block-of-person"
    assert caught.value.problem.message.startswith("王小明: ")
    assert [stores.read(store, path) for path in stores.FILES] == [*stores.FILES.values()]


#: What people type, and with what it comes back to where it was.
INVERSES = [
    (["priority=重点"], ["priority="]),
    (["contacts[李四].title=财务"], ["contacts[李四].title="]),
    (["tags+=新"], ["tags-=新"]),
    (["owner=韩梅"], ["owner=李雷"]),
    (["contacts[2].name=王五"], ["contacts[2]="]),
    (["custom.x=1"], ["custom.x="]),
    (["notes=一句话"], ["notes="]),
    (["interactions[1].next.action=回访"], ["interactions[1].next="]),
    (["contacts[0].title=总监"], ["contacts[0].title=采购经理"]),
]


@pytest.mark.parametrize(("there", "back"), INVERSES)
def test_a_change_and_its_inverse_give_the_same_bytes(store: Store, there: list[str], back: list[str]) -> None:
    record_set.run(store, "上海示例", there, WRITE)
    assert stores.read(store) != RECORD
    record_set.run(store, "上海示例", back, WRITE)
    assert stores.read(store) == RECORD


TEXT = st.text(st.characters(blacklist_categories=("Cs", "Cc")), min_size=1, max_size=30).filter(
    lambda text: text.strip() and not text.strip().startswith("[")
)


@settings(max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(value=TEXT, key=st.sampled_from(["custom.键", "notes", "contacts[张三].title", "needs[0].description"]))
@example(value="True", key="custom.键")
def test_any_text_is_set_as_typed_and_taken_back(store: Store, value: str, key: str) -> None:
    before = stores.document()
    wanted = record_set.parsed([f"{key}={value}"])
    operations = [operation for step in record_set.steps(before, wanted, store) for operation in step.operations]
    after = parse_text(rewrite(before.text, operations), PATH)
    if after.data is None:
        return
    old = get(before.data, operations[0].pointer) if operations else None
    if operations:
        assert get(after.data, operations[0].pointer) in (value.strip(), *_numbers(value))
    changes = lines(before.text, after.text)
    assert len([line for line in changes if line.startswith("-")]) <= 1
    back = record_set.parsed([f"{key}={old or ''}"])
    undone = [operation for step in record_set.steps(after, back, store) for operation in step.operations]
    again = rewrite(after.text, undone)
    # A value that had to be put in quotes keeps them.
    assert again == before.text if not old else parse_text(again, PATH).data == before.data


def _numbers(value: str) -> list[object]:
    """What is no text under a team's own key."""
    return [{"true": True, "false": False}.get(value.strip()), *([float(value)] if value.strip().isdecimal() else [])]


@pytest.mark.parametrize(
    ("language", "typed", "command"),
    [
        ("zh", "来源=展会", "crmtext append C20240501K7QM 来源 来源渠道=展会"),
        ("zh", "联系人+=李 四", "crmtext append C20240501K7QM 联系人 姓名='李 四'"),
        ("en", "sources=展会", "crmtext append C20240501K7QM sources channel=展会"),
        ("en", "contacts=Li", "crmtext append C20240501K7QM contacts name=Li"),
        ("en", "interactions=called", "crmtext append C20240501K7QM interactions summary=called"),
    ],
)
def test_a_list_of_entries_is_answered_with_the_line_that_adds_one(
    store: Store, language: str, typed: str, command: str
) -> None:
    with speaking(language), pytest.raises(CrmError) as caught:
        record_set.run(store, "上海示例", [typed], WRITE)
    assert caught.value.problem.hint.endswith(command)


@pytest.mark.parametrize(
    ("typed", "word"),
    [
        ("优先=重点", "优先级"),
        ("优先级=重", "重点"),
        ("联系.姓名=张", "联系人"),
        ("赢率=5", "商机[0].赢率"),
    ],
)
def test_in_chinese_what_was_meant_is_said_as_it_can_be_typed(store: Store, typed: str, word: str) -> None:
    with speaking("zh"), pytest.raises(CrmError) as caught:
        record_set.run(store, "上海示例", [typed], WRITE)
    assert word in caught.value.problem.hint
    assert not any(key in caught.value.problem.hint for key in ("priority", "key", "contacts", "opportunities"))
