"""The language of `--where`: what it can ask, how it answers where a value is missing, and what it rejects."""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from typing import TYPE_CHECKING

import pytest
import stores

from crmtext.figures.rules import NAMES
from crmtext.i18n import speaking
from crmtext.problem import CrmError, Exit
from crmtext.query import filter as query_filter
from crmtext.query import listing
from crmtext.terminal.code_frame import render

if TYPE_CHECKING:
    from collections.abc import Iterator

    from crmtext.snapshot import Snapshot

FIRST = """\
  - {name: 李四, role: decision-maker, title: 总经理, phones: ["13800138000"], consent: true, birthday: "--05-20"}
opportunities:
  - {title: 一期, stage: negotiation, amount: 500000, owner: hanmei, expected_close: 2026-12-30}
  - {title: 二期, stage: discovery, amount: 1000.5, currency: EUR}
interactions:
  - date: 2026-09-01
    by: lilei
    channel: visit
    summary: 谈 MQTT 网关的报价
  - date: 2026-11-18
    by: lilei
    channel: phone
    summary: 回电
    next: {action: 寄样品, due: 2026-11-22}
needs:
  - {kind: purchase, description: 网关, status: open, budget: {basis: to-confirm}}
  - {kind: purchase, description: 传感器, status: met, budget: {basis: stated, min: 8, max: 9}}
transactions:
  - {date: 2026-01-05, amount: 12000, items: [{product: 网关, quantity: 2, price: 6000}]}
  - {date: 2026-03-05, amount: -100.25, items: [{product: 配件, quantity: 1}, {product: 网关, quantity: 1}]}
cooperation:
  since: 2024-06-01
  contracts: [{number: HT-1, from: 2024-06-01, to: 2026-12-31}]
company: {founded: 2012-05, employees: 120}
preferences: {products: [MQTT, 边缘计算], do_not_contact: [sms]}
custom: {客户国家: 德国, 台数: 3, 标记: [甲, 乙], 到期: "2026-12-01", 重点: true}
external_ids: {erp: K-77}
"""
SECOND = """\
  - {name: 王五, role: purchaser, left: 2026-01-31}
interactions:
  - {date: 2026-11-01, by: hanmei, channel: email, summary: 询价, next: {action: 回复, due: 2026-11-10}}
opportunities:
  - {title: 三期, stage: won, owner: lilei, closed: 2026-10-01}
cases:
  - {opened: 2026-11-01, kind: repair, summary: 离线, status: closed, owner: hanmei, closed: 2026-11-02}
company: {founded: 2009}
"""


@cache
def snapshot() -> Snapshot:
    return stores.snapshot(
        stores.record("001", "示例电子", FIRST, status="active", tags="[VIP, 冷链]", priority="key"),
        stores.record("002", "华东精密", SECOND, owner="hanmei"),
        stores.record("003", "周敏", "person: {birth_date: 1990-05-20}\n", type="person", status="prospect"),
        # Never called, and nothing is known.
        stores.record("004", "ＡＢＣ Robotik", status="lost", owner="liuyang"),
    )


def found(where: str, records: Snapshot | None = None) -> list[str]:
    rows = listing.rows(records or snapshot(), listing.Query(where=where, sort="id"), NAMES)
    return [row["id"][-3:] for row in rows]


@pytest.mark.parametrize(
    ("where", "expected"),
    [
        # Names and values as people call them.
        ("status == 'active'", "001"),
        ("状态 == '合作中'", "001"),
        ("STATUS == 'Active'", "001"),
        ("合作状态 in ['潜在', '意向']", "002 003"),
        ("负责人 == '韩梅'", "002"),
        ("合作开始日期 >= '2024-06-01'", "001"),
        ("合作.合作开始日期 >= '2024-06-01'", "001"),
        ("商机.阶段 == '谈判'", "001"),
        ("any(商机, 阶段 == '谈判' and 金额 > '40万')", "001"),
        ("opportunities.currency == 'eur'", "001"),
        ("opportunities.currency == '欧元' and open_value.欧元 > 1000", "001"),
        ("open_value.RMB == '50万'", "001"),
        ("逾期", "002"),
        ("已逾期 == '是'", "002"),
        # A name alone.
        ("tags", "001"),
        ("not needs", "002 003 004"),
        ("overdue", "002"),
        ("contacts.consent", "001"),
        ("open_value", "001"),
        ("'网关' in top_products", "001"),
        ("top_products == none", "002 003 004"),
        ("常购产品 == '网关'", "001"),
        ("last_amount.CNY < 0 and average_order.CNY == 12000", "001"),
        ("age_band == '30-39'", "003"),
        ("年龄段 in ['30-39', '18 岁以下']", "003"),
        ("主要联系方式 == '电话'", "001"),
        ("高意向", "001"),
        ("无联系方式", "002 003 004"),
        ("behind == none", "001 002 003 004"),
        # Paths through lists mean any of the values.
        ("contacts.role == 'purchaser'", "002"),
        ("'purchaser' in contacts.role", "002"),
        ("contacts.role != 'purchaser'", "001 003 004"),
        ("'采购' not in contacts.role", "001 003 004"),
        ("'报价' in interactions.summary", "001"),
        ("'mqtt' in interactions.summary", "001"),
        ("transactions.items.product == '配件'", "001"),
        ("transactions.items.price > 5000", "001"),
        ("opportunities.owner != owner", "001 002 003 004"),
        ("opportunities.owner == owner", ""),
        ("contacts.phones == '13800138000'", "001"),
        ("'vip' in tags", "001"),
        ("'冷' in tags", ""),
        ("tags == 'VIP'", "001"),
        ("tags == 'vip'", ""),
        ("'mqtt' in preferences.products", "001"),
        ("'短信' in preferences.do_not_contact", "001"),
        ("'示例' in name", "001"),
        ("'abc' in name", "004"),
        ("name in ['周敏', 'abc robotik']", "003 004"),
        # Items.
        ("any(needs, status == 'open' and budget.basis == 'to-confirm')", "001"),
        ("needs.status == 'open' and needs.budget.basis == 'stated'", "001"),
        ("any(needs, status == 'open' and budget.basis == 'stated')", ""),
        ("all(cases, status == 'closed')", "001 002 003 004"),
        ("cases and all(cases, status == 'closed')", "002"),
        ("count(interactions, channel == 'visit') >= 1", "001"),
        ("count(contacts) == 2", "001 002"),
        ("any(opportunities, owner == 'hanmei' and customer.owner == 'lilei')", "001"),
        ("any(opportunities, owner != customer.owner)", "001 002"),
        ("any(transactions, any(items, product == '配件') and amount < 0)", "001"),
        ("min(transactions.date) < '2026-02-01'", "001"),
        ("max(opportunities.amount) > '40万'", "001"),
        ("not (max(opportunities.amount) > 0)", "002 003 004"),
        ("contacts[1].title == '总经理'", "001"),
        ("contacts[-1].name == '王五'", "002"),
        ("interactions[7].summary", ""),
        # Dates; today is 2026-11-20.
        ("last_contact < '2026-11-10'", "002"),
        ("next_due <= '+3d'", "001 002"),
        ("next_due <= today + 3", "001 002"),
        ("next_due == '11月22日'", "001"),
        ("next_due <= '周日' and next_due > today", "001"),
        ("last_contact + 30 < today", ""),
        ("today - last_contact > 18", "002"),
        ("opportunities.expected_close < '12月底'", "001"),
        ("last_contact == '2026-11'", "001 002"),
        ("company.founded >= 2010", "001"),
        ("company.founded == '2012'", "001"),
        ("company.founded < '2012年6月'", "001 002"),
        ("contacts.birthday == '5月20日' or person.birth_date == '05-20'", "001 003"),
        ("person.birth_date < 1995", "003"),
        ("contacts.left == true", ""),
        ("contacts.left < today", "002"),
        ("cooperation.contracts.from < today", "001"),
        # Numbers and amounts.
        ("opportunities.amount > '50万'", ""),
        ("opportunities.amount >= '50万'", "001"),
        ("opportunities.amount == 1000.5", "001"),
        ("open_value.CNY > 100000 and open_value['EUR'] < 2000", "001"),
        ("company.employees * 2 - 40 == 200", "001"),
        ("company.employees / 7 > 17.14", "001"),
        ("-company.employees < -100", "001"),
        ("1 < count(contacts) <= 2", "001 002"),
        # What stands under custom is known only when it is looked at.
        ("custom.客户国家 == '德国'", "001"),
        ("custom.台数 > '2'", "001"),
        ("custom.台数 == 3", "001"),
        ("'乙' in custom.标记", "001"),
        ("custom.标记 == '乙'", "001"),
        ("custom.到期 < '12月2日'", "001"),
        ("custom.重点 == true", "001"),
        ("custom.无 == 'x'", ""),
        ("external_ids.erp == 'K-77'", "001"),
        ("'客户国家' in custom", "001"),
        # Missing values match nothing, and only at their place.
        ("days_since_contact > 30 or 'vip' in tags", "001"),
        ("not (days_since_contact > 30)", "001 002 003 004"),
        ("last_contact == none", "003 004"),
        ("opportunities == none", "003 004"),
        ("opportunities.amount != none", "001"),
        ("priority in ['key', none]", "001 002 003 004"),
        ("tags is none", "002 003 004"),
        # The filters and methods that have always worked.
        ("contacts|length == 1", "003 004"),
        ("tags|length == 2 and tags|first == 'VIP' and tags|last == '冷链'", "001"),
        ("opportunities|selectattr('stage', 'eq', 'won')|list|length == 1", "002"),
        ("opportunities|rejectattr('stage', 'in', ['won', 'lost'])|map(attribute='amount')|sum > 500000", "001"),
        ("transactions|sum(attribute='amount') == 11899.75", "001"),
        ("tags|map('lower')|join('+') == 'vip+冷链'", "001"),
        ("tags|select('eq', 'VIP')|list", "001"),
        ("contacts|map(attribute='name')|sort|first == '张三'", "001 002 003 004"),
        ("contacts|sort(attribute='name', reverse=true)|first", "001 002 003 004"),
        ("transactions|map(attribute='items')|list", "001"),
        ("transactions.items.product|unique|length == 2", "001"),
        ("transactions|max(attribute='amount')|int == 12000", "001"),
        ("(priority|default('normal')) == 'normal'", "002 003 004"),
        ("(company.employees|default(0)) > 0", "001"),
        ("name|upper|trim == 'ＡＢＣ ROBOTIK'", "004"),
        ("name.startswith('华')", "002"),
        ("path.endswith('003.yaml')", "003"),
        ("transactions.amount|min|abs|round(1) == 100.2", "001"),
        ("custom.get('客户国家') == '德国'", "001"),
        ("'EUR' in open_value.keys()", "001"),
        ("owner is none or priority is defined", "001"),
    ],
)
def test_an_expression_finds_its_customers(where: str, expected: str) -> None:
    assert found(where) == expected.split()


@pytest.mark.parametrize(
    ("where", "told"),
    [
        (
            "any(opportunities, stage == 'negotiate')",
            """\
error: unknown value 'negotiate' for opportunities.stage [expression]
  any(opportunities, stage == 'negotiate')
                              ^^^^^^^^^^^  did you mean 'negotiation'?
""",
        ),
        (
            "负责 == 'x' or tags",
            """\
error: unknown field '负责' [expression]
  负责 == 'x' or tags
  ^^^^  did you mean '负责人'?
""",
        ),
        (
            "status == active",
            """\
error: unknown field 'active' [expression]
  status == active
            ^^^^^^  put text in quotes: 'active'
""",
        ),
        (
            "contacts.roel == 'purchaser'",
            """\
error: unknown field 'roel' in contacts [expression]
  contacts.roel == 'purchaser'
           ^^^^  did you mean 'contacts.role'?
""",
        ),
        (
            "stage == 'won'",
            """\
error: unknown field 'stage' [expression]
  stage == 'won'
  ^^^^^  choose one: company.stage, opportunities.stage
""",
        ),
        (
            "opportunities == 'x'",
            """\
error: 'opportunities' is a list of items, not a value [expression]
  opportunities == 'x'
  ^^^^^^^^^^^^^  use: opportunities.title == 'x'
""",
        ),
        (
            "'MQTT' in interactions",
            """\
error: 'interactions' is a list of items, not a value [expression]
  'MQTT' in interactions
            ^^^^^^^^^^^^  use: 'MQTT' in interactions.summary
""",
        ),
        (
            "open_value > 1000",
            """\
error: 'open_value' is a sum for each currency [expression]
  open_value > 1000
  ^^^^^^^^^^  use: open_value.CNY > 1000
""",
        ),
        *(
            (
                f"{name} {test}",
                f"""\
error: '{path}' is {kind}, not a value [expression]
  {name} {test}
  {"^" * len(name)}  use: {form}
""",
            )
            for name, test, path, kind, form in (
                ("needs.budget", ">= '60万'", "needs.budget", "a list of items", "needs.budget.max >= '60万'"),
                ("budget", "> 5", "needs.budget", "a list of items", "needs.budget.max > 5"),
                ("budget", "== 'stated'", "needs.budget", "a list of items", "needs.budget.basis == 'stated'"),
                ("cooperation", "> 3", "cooperation", "a group of fields", "cooperation.satisfaction.score > 3"),
                (
                    "cooperation",
                    "< '2026-05-01'",
                    "cooperation",
                    "a group of fields",
                    "cooperation.since < '2026-05-01'",
                ),
                ("opportunities", "> '50k'", "opportunities", "a list of items", "opportunities.amount > '50k'"),
                (
                    "transactions",
                    "> '2026-05-01'",
                    "transactions",
                    "a list of items",
                    "transactions.date > '2026-05-01'",
                ),
                ("contacts", "== '13800138000'", "contacts", "a list of items", "contacts.name == '13800138000'"),
            )
        ),
        (
            "needs.budget < 'x'",
            """\
error: 'needs.budget' is a list of items, not a value [expression]
  needs.budget < 'x'
  ^^^^^^^^^^^^
  = choose one: needs.budget.basis, needs.budget.min, needs.budget.max, needs.budget.currency, needs.budget.text
""",
        ),
        (
            "needs.budget.max > 50万",
            """\
error: 'needs.budget.max > 50万' is not an expression: unexpected '万' after the expression [expression]
  needs.budget.max > 50万
                       ^^  put amounts in quotes: '50万'
""",
        ),
        (
            "opportunities.amount > '5k EUR'",
            """\
error: '5k EUR' is an amount in EUR, but numbers are compared without currency [expression]
  opportunities.amount > '5k EUR'
                         ^^^^^^^^
  = use the number alone, and compare the currency separately: currency == 'EUR'
""",
        ),
        (
            "status == 3",
            """\
error: status is text, but 3 is a number [expression]
  status == 3
            ^  use: status == 'lead'
""",
        ),
        (
            "last_contact < 'sometime'",
            """\
error: 'sometime' is not a date [expression]
  last_contact < 'sometime'
                 ^^^^^^^^^^  use one day: 2024-05-01, 10 May, next friday, tomorrow, +3d
""",
        ),
        (
            "opportunities.amount > 'much'",
            """\
error: 'much' is not an amount [expression]
  opportunities.amount > 'much'
                         ^^^^^^  use one number: 50000, 50k, 1234.50
""",
        ),
        (
            "any(status, status == 'x')",
            """\
error: 'status' is not a list [expression]
  any(status, status == 'x')
      ^^^^^^  use: any(needs, status == 'open')
""",
        ),
        (
            "status == 'active' or 'paused'",
            """\
error: 'paused' is not a condition [expression]
  status == 'active' or 'paused'
                        ^^^^^^^^
  = use a comparison: status == 'paused', or: status in ['active', 'paused']
""",
        ),
        (
            "owner = 'lilei'",
            """\
error: 'owner = 'lilei'' is not an expression: unexpected '=' after the expression [expression]
  owner = 'lilei'
        ^  use two equals signs to compare: owner == 'lilei'
""",
        ),
        (
            "Customer id == 'x'",
            """\
error: 'Customer id == 'x'' is not an expression: unexpected 'id' after the expression [expression]
  Customer id == 'x'
           ^^  'Customer id' can't be used here; use: id
""",
        ),
        (
            "owner == 'lilie'",
            """\
error: 'lilie' is not on the team list [expression]
  owner == 'lilie'
           ^^^^^^^  did you mean 'lilei'?
""",
        ),
    ],
)
def test_what_cannot_be_answered_is_an_error_with_a_caret_and_the_right_form(where: str, told: str) -> None:
    for records in (snapshot(), stores.snapshot()):
        with pytest.raises(CrmError) as caught:
            found(where, records)
        assert (render(caught.value.problem), caught.value.exit_code) == (told, Exit.USAGE)


def test_an_error_speaks_chinese() -> None:
    with speaking("zh"), pytest.raises(CrmError) as caught:
        found("any(opportunities, stage == 'negotiate')")
    assert render(caught.value.problem) == (
        "error: “negotiate”不是“opportunities.stage”的可用值 [expression]\n"
        "  any(opportunities, stage == 'negotiate')\n"
        "                              ^^^^^^^^^^^  是不是“negotiation（商务谈判）”？\n"
    )


@pytest.mark.parametrize(
    "where",
    [
        # Kinds that can't be compared.
        "name == 3", "name == true", "last_contact > 30", "last_contact == name", "overdue == 3", "overdue < true",
        "company.employees == true", "contacts.left == 5", "cooperation == 'x'", "open_value == 'x'", "status < 'lead'",
        "contacts < 3", "tags == ['a']", "['a'] == tags", "none < 3", "last_contact > none", "name in last_contact",
        "3 in name", "none in tags", "tags in ['a', ['b']]", "'x' in cooperation", "name in none",
        # Values that there are not.
        "opportunities.currency == 'XYZ'", "opportunities.currency == 'DEM'", "'EU' in opportunities.currency",
        "open_value.XYZ > 1",
        "contacts.role in ['purchaser', 'boss']", "contacts.primary == 'maybe'", "open_value.CN > 1", "priority == ''",
        "age_band == '30-35'", "sales_region == '华东区'", "main_channel == 'fax'", "top_products == 3",
        "status == 'ACTIV'", "next_due <= '32月1日'", "next_due <= '2026-02-30'", "satisfaction > 'good'",
        # Steps that lead nowhere.
        "name.first == 'x'", "last_contact.year == 2026", "status[0] == 'x'", "customer.sttus == 'x'", "tags.x == 'x'",
        "contacts['nmae'] == 'x'", "any(contacts, nmae == 'x')", "cooperation.contracts.form < today",
        # Functions and filters that are used otherwise than they can be.
        "any(tags, x)", "any(contacts)", "all(contacts, 'x')", "count(status)", "count()", "max(status)", "min(1, 2)",
        "any(contacts, name == 'x', 3)", "max(contacts)", "max(contacts.role) == 'x'", "name|join", "name|first",
        "contacts|lower", "contacts|sum", "contacts|join", "tags|sum", "contacts|unique", "contacts|sort",
        "overdue|abs",
        "tags|map('attr', 'x')", "contacts|map(attribute='nmae')|list", "contacts|map(attribute=3)|list",
        "contacts|selectattr('nmae')|list", "tags|select('odd')|list", "owner is odd", "name.center(3)", "name|nosuch",
        "priority|default(3)", "name|round('x')", "custom.get(name)", "status.get('x')", "len(tags) > 2",
        # Constants where a question is asked.
        "'x'", "3", "[]", "status == 'lead' and 'vip'", "not 'x'", "none", "1 / 0 == 1", "company.employees % 0 == 1",
        "name + 3 == 'x'", "tags + 'x'", "last_contact + last_contact == today", "opportunities.amount + 1 > 2",
        "today * 2 == today", "open_value + 1 > 2", "-name == 'x'",
        # What is no part of the language.
        "2 ** 3 == 8", "name ~ 'x'", "'x' if tags else 'y'", "{'a': 1}", "name[1:2] == 'x'", "contacts[name]",
        "any(contacts, x=1)", "any(*tags)", "tags|join(*tags)", "(tags)(1)", "any(contacts, name == 'x')(1)",
    ],
)  # fmt: skip
def test_no_wrong_question_is_answered_with_nobody(where: str) -> None:
    for records in (snapshot(), stores.snapshot()):
        with pytest.raises(CrmError) as caught:
            found(where, records)
        problem = caught.value.problem
        assert (problem.rule, caught.value.exit_code, bool(problem.hint)) == ("expression", Exit.USAGE, True)


#: Each reaches for more than the values, or for time and memory without end.
HOSTILE = [
    "''.__class__.__mro__", "''['__class__']", "tags['__class__']", "tags.append('x')", "open_value.pop('CNY')",
    "name.format(name)", "name.center(999999999)", "name|center(999999999)", "name|attr('__class__')",
    "tags|map('attr', '__class__')|list", "tags|map('center', 999999999)|list", "'x' * 99999999999 == name",
    "99999999999 * 'x' == name", "[0] * 99999999999 == name", "'%999999999d' % 1 == name", "9 ** 9 ** 9 ** 9 > 1",
    "range(9999999999)", "lipsum(n=9999999)", "cycler", "self", "dict(a=1)", "(1).__class__", "namespace()",
    "customer.__class__", "any(contacts, __class__)", "custom.__class__.__mro__[1] == 3 and ''.__class__",
    "name|join(name)|join(name)|join(name)|join(name)|join(name)|join(name)|join(name)|length > 1",
    "tags|join(tags|join(tags|join))", "9e999 > 1", f"{'9' * 1900} > company.employees",
    "company.employees" + " * 999999999999" * 9 + " > 1", "name" + " + name" * 300 + " == 'x'",
    " ", "a }} {{ b", "status; owner", "{% if 1 %}", "(" * 1500, "x" * 3000, "\0", "{{", "'", "a.", ".a", "[", "a[",
    "not " * 400 + "tags", "-" * 1500 + "1", "1" + "+1" * 900, "tags and (" * 150, "any(contacts, " * 100, "a|b" * 500,
    "\ud800 == 'x'", "'\\ud800' == 3", "'\\x' == name", "name == '\\N{nosuch}'", "0x == 3", "1_ == 3",
    "name == '" + "(" * 3000,
]  # fmt: skip


@pytest.mark.parametrize("where", HOSTILE)
def test_an_expression_reaches_nothing_but_values_and_ends(where: str) -> None:
    with pytest.raises(CrmError) as caught:
        found(where)
    assert (caught.value.problem.rule, caught.value.exit_code) == ("expression", Exit.USAGE)


@pytest.mark.parametrize(
    "where", ["today + 999999999 > '2026-01-01'", "today - 800000 < today", "today + 2913200 > today"]
)
def test_a_date_beyond_the_calendar_is_an_error(where: str) -> None:
    with pytest.raises(CrmError) as caught:
        found(where)
    assert caught.value.problem.message == "the date is not between the years 1 and 9999"


def test_what_an_expression_makes_does_not_grow() -> None:
    text = "tags|join('" + "x" * 1500 + "')"
    records = stores.snapshot(stores.record("001", tags="[" + ",".join("abcdefgh") + "]"))
    with pytest.raises(CrmError) as caught:
        found(f"{text} == 'x'", records)
    assert caught.value.problem.message == "the expression produces more than 10000 characters"


def test_lists_that_are_compared_with_each_other_end_by_their_steps() -> None:
    lines = "interactions:\n" + "  - {date: 2026-01-01, by: lilei, channel: phone, summary: x}\n" * 600
    records = stores.snapshot(stores.record("001", more=lines))
    assert found("interactions.summary == interactions.summary", records) == ["001"]
    for where in (
        "interactions.summary == interactions.by" + " or interactions.summary == interactions.by" * 5,
        "any(interactions, any(interactions, any(interactions, summary == 'y')))",
        "all(interactions, all(interactions, count(interactions, date == 'today') == 0))",
    ):
        with pytest.raises(CrmError) as caught:
            found(where, records)
        assert caught.value.problem.message == "the expression is too expensive to evaluate"


def test_a_value_that_the_record_got_wrong_is_missing_there() -> None:
    terms = query_filter.Terms(snapshot().schema, snapshot().settings, snapshot().today, NAMES)
    wrong = {"interactions": [{"date": "2026-02-30"}], "company": {"employees": float("nan")}, "custom": {"x": None}}
    for where in ("company.employees > 0", "custom.x == 'x'", "interactions[0].date + 1 < today"):
        assert query_filter.compiled(where, terms).matches(wrong) is False


@pytest.mark.parametrize(
    ("where", "fixed", "given"),
    [
        ("status == 'active' and owner == '李雷'", {"status": {"active"}, "owner": {"lilei"}}, set()),
        ("status in ['潜在', 'prospect'] and overdue", {"status": {"lead", "prospect"}}, {"overdue"}),
        ("status == 'lead' and status == 'lost'", {"status": set()}, set()),
        ("customer.status == 'lead' and tags", {"status": {"lead"}}, {"tags"}),
        ("status == 'active' or overdue", {}, set()),
        ("not (status == 'active')", {}, set()),
        ("status != 'active' and 'lilei' in owner and not overdue", {}, set()),
        ("any(opportunities, owner == 'lilei')", {}, set()),
        ("any(opportunities, customer.owner == 'lilei')", {}, set()),
        ("cooperation.since", {}, set()),
        ("status == lifecycle", {}, set()),
        ("status in ['active', lifecycle]", {}, set()),
    ],
)
def test_what_an_index_can_be_asked_for_is_told(where: str, fixed: dict[str, set[str]], given: set[str]) -> None:
    terms = query_filter.Terms(snapshot().schema, snapshot().settings, snapshot().today, NAMES)
    compiled = query_filter.compiled(where, terms)
    assert (dict(compiled.fixed), compiled.given) == (fixed, given)


@pytest.mark.parametrize(
    ("where", "answer"),
    [
        ("met == '2026-11-01'", True),
        ("met <= '11月1日'", True),
        ("met < '2026-11-01'", False),
        ("met == '2026-11'", True),
        ("today - met == 19", True),
        ("met > 'noon'", None),
    ],
)
def test_a_date_with_a_time_counts_as_its_day(where: str, answer: bool | None) -> None:
    shipped = stores.snapshot().schema
    met = {"type": "string", "format": "date-time", "x-past": True}
    schema = replace(shipped, data={**shipped.data, "properties": {**shipped.data["properties"], "met": met}})
    terms = query_filter.Terms(schema, snapshot().settings, snapshot().today, NAMES)
    if answer is None:
        with pytest.raises(CrmError):
            query_filter.compiled(where, terms)
    else:
        assert query_filter.compiled(where, terms).matches({"met": "2026-11-01T23:30:00+08:00"}) is answer


def keyed() -> Iterator[str]:
    """Fields whose names are words of the grammar, or of Python's types."""
    yield from ("in", "is", "not", "and", "or", "if", "items", "keys", "values", "get", "count", "any", "from", "today")


def test_fields_may_be_called_by_words_of_the_grammar() -> None:
    shipped = stores.snapshot().schema
    text = {"type": "string"}
    fields = dict.fromkeys(keyed(), text) | {"block": {"type": "object", "properties": dict.fromkeys(keyed(), text)}}
    data = {**shipped.data, "properties": {**shipped.data["properties"], **fields}}
    schema = replace(shipped, data=data)
    terms = query_filter.Terms(schema, snapshot().settings, snapshot().today, NAMES)
    for name in keyed():
        record = {name: "x", "block": {name: "y"}}
        for where in (f"{name} == 'x'", f"customer.{name} == 'x'", f"block.{name} == 'y'", f"'y' in block.{name}"):
            assert query_filter.compiled(where, terms).matches(record), where
            assert not query_filter.compiled(where, terms).matches({}), where
