"""`crmtext changes`: deals, cases, money, steps and who did it, from real commits."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from pasts import PLAIN, SETTINGS, A, Past, run

from crmtext.i18n import speaking

if TYPE_CHECKING:
    from collections.abc import Mapping

    from repos import Repo

B, C = "records/C20260101BBBB.yaml", "records/C20260101CCCC.yaml"
BEFORE = """\
opportunities:
  - {title: 一期, stage: qualified, amount: 200000, external_ids: {erp: 7}}
  - {title: 二期, stage: proposal, amount: 150000}
  - {title: 五期, stage: proposal, amount: 70, expected_close: 2026-11-30}
  - {title: 六期, stage: proposal, amount: 80, expected_close: 2026-11-02}
  - {title: 三期, stage: proposal, amount: 900, currency: EUR, owner: hanmei}
cases:
  - {opened: 2026-11-01, kind: repair, summary: 探头松动, status: open, owner: wangfang}
transactions:
  - {date: 2026-11-01, amount: 500}
interactions:
  - {date: 2026-11-01, by: lilei, channel: phone, summary: 问价, next: {action: 报价, due: 2026-11-12}}
  - {date: 2026-11-02, by: lilei, channel: visit, summary: 拜访, next: {action: 寄样, due: 2026-11-13, by: hanmei}}
"""
#: The first deal is renamed and keeps its external id.
AFTER = """\
priority: key
classification: {value: high}
opportunities:
  - {title: 一期改造, stage: negotiation, amount: 210000, external_ids: {erp: 7}}
  - {title: 二期, stage: won, amount: 150000, closed: 2026-11-12}
  - {title: 三期, stage: lost, amount: 900, currency: EUR, owner: hanmei, closed: 2026-11-12, lost_category: price,
     lost_reason: 报价高两成}
  - {title: 四期, stage: discovery}
  - {title: 五期, stage: proposal, amount: 70, expected_close: 2026-12-01}
  - {title: 六期, stage: proposal, amount: 80, expected_close: 2026-11-30}
cases:
  - {opened: 2026-11-01, kind: repair, summary: 探头松动, status: closed, owner: wangfang, closed: 2026-11-12}
  - {opened: 2026-11-12, kind: question, summary: 校准周期, status: open}
transactions:
  - {date: 2026-11-01, amount: 500, paid: 2026-11-12}
  - {date: 2026-11-12, amount: 12000.5, order_no: S-1}
  - {date: 2026-11-12, amount: -100, currency: EUR}
  - {date: 2026-12-24, amount: 7777}
interactions:
  - {date: 2026-11-01, by: lilei, channel: phone, summary: 问价,
     next: {action: 报价, due: 2026-11-12, done: 2026-11-12}}
  - {date: 2026-11-02, by: lilei, channel: visit, summary: 拜访,
     next: {action: 寄样, due: 2026-11-13, by: hanmei, done: 2026-11-12}}
  - {date: 2026-11-12, by: wangfang, channel: phone, summary: 回访, next: {action: 备件, done: 2026-11-12}}
"""
#: A new customer from another system: only the last week of its past is news.
IMPORTED = """\
opportunities:
  - {title: 旧项目, stage: won, amount: 1, closed: 2020-05-01}
  - {title: 新项目, stage: won, amount: 2, closed: 2026-11-12}
cases:
  - {opened: 2020-05-01, kind: repair, summary: 旧, status: closed, closed: 2020-05-02}
transactions:
  - {date: 2020-05-01, amount: 5}
  - {date: 2026-11-12, amount: 6}
interactions:
  - {date: 2020-05-01, by: lilei, channel: phone, summary: 旧, next: {action: 旧, done: 2020-05-02}}
  - {date: 2026-11-12, by: lilei, channel: phone, summary: 新}
"""


def data(text: str) -> str:
    """The record of 甲公司 with these lists."""
    return PLAIN + text


def other(letter: str, name: str, text: str) -> str:
    return PLAIN.replace("AAAA", letter * 4).replace("甲公司", name) + text


@pytest.fixture
def week(repo: Repo, monkeypatch: pytest.MonkeyPatch) -> Repo:
    """A week in which a customer's deals, cases and money moved, and a customer was imported."""
    past = Past(repo, monkeypatch)
    past.commit("11-05", {"crmtext.toml": SETTINGS, A: data(BEFORE)})
    past.commit("11-12", {A: data(AFTER), B: other("B", "乙公司", IMPORTED)}, who="韩梅")
    return repo


def test_a_week_of_deals_cases_and_money(week: Repo) -> None:
    assert (
        run(week, "changes", "--since", "2026-11-09")
        == """\
2026-11-09 to 2026-11-20: 2 customers changed

New customers (1)
  乙公司 (C20260101BBBB): Lead · 李雷

Priority (1)
  甲公司 (C20260101AAAA): not set → Key · 李雷

Value (1)
  甲公司 (C20260101AAAA): not set → High · 李雷

Deals opened (1)
  甲公司 (C20260101AAAA): 四期 · Discovery · 李雷

Deals moved (1)
  甲公司 (C20260101AAAA): 一期改造 · Qualified → Negotiation · ¥210,000 · 李雷

Deals won (2) · ¥150,002
  甲公司 (C20260101AAAA): 二期 · Proposal → Won · ¥150,000 · 李雷
  乙公司 (C20260101BBBB): 新项目 · Won · ¥2 · 李雷

Deals lost (1) · €900
  甲公司 (C20260101AAAA): 三期 · Proposal → Lost · €900 · Price ·
      报价高两成 · 韩梅

Deals expected later (1)
  甲公司 (C20260101AAAA): 五期 · 2026-11-30 → 2026-12-01 · ¥70 · 李雷

Cases opened (1)
  甲公司 (C20260101AAAA): Question · 校准周期 · 李雷

Cases closed (1)
  甲公司 (C20260101AAAA): Repair · 探头松动 · 王芳

Transactions (3) · ¥12,006.50 + −€100
  李雷: 3 transactions with 2 customers (¥12,006.50 + −€100)

Payments received (1) · ¥500
  甲公司 (C20260101AAAA): 2026-11-12 · ¥500 · 李雷

Steps done (3)
  韩梅: 1
  李雷: 1
  王芳: 1

Interactions (2)
  李雷: 1 interaction with 1 customer (Phone 1)
  王芳: 1 interaction with 1 customer (Phone 1)
"""
    )


def test_the_document_has_stages_events_and_exact_sums(week: Repo) -> None:
    document: dict[str, Any] = json.loads(run(week, "changes", "--since", "2026-11-09", "--format", "json"))
    one, two = {"name": "甲公司", "id": "C20260101AAAA"}, {"name": "乙公司", "id": "C20260101BBBB"}
    assert document["deals"] == [
        {**one, "title": "四期", "before": None, "after": "discovery", "amount": None, "currency": None},
        {
            **one,
            "title": "一期改造",
            "before": "qualified",
            "after": "negotiation",
            "amount": 210000,
            "currency": "CNY",
        },
        {**one, "title": "二期", "before": "proposal", "after": "won", "amount": 150000, "currency": "CNY"},
        {**two, "title": "新项目", "before": None, "after": "won", "amount": 2, "currency": "CNY"},
        {
            **one,
            "title": "三期",
            "before": "proposal",
            "after": "lost",
            "amount": 900,
            "currency": "EUR",
            "lost_category": "price",
            "lost_reason": "报价高两成",
        },
    ]
    slipped = {"title": "五期", "before": "2026-11-30", "after": "2026-12-01", "amount": 70, "currency": "CNY"}
    assert document["slipped"] == [{**one, **slipped}]
    assert document["payments"] == [{**one, "paid": "2026-11-12", "number": None, "amount": 500, "currency": "CNY"}]
    assert document["cases"] == [
        {**one, "kind": "question", "summary": "校准周期", "event": "opened"},
        {**one, "kind": "repair", "summary": "探头松动", "event": "closed"},
    ]
    assert document["priority"] == [{**one, "before": None, "after": "key"}]
    assert document["value"] == [{**one, "before": None, "after": "high"}]
    assert (document["transactions"], document["steps_done"]) == ({"CNY": 12006.5, "EUR": -100}, 3)


@pytest.mark.parametrize(
    ("whose", "facts"),
    [
        # What she did for the customers of others.
        ("韩梅", {"deals": ["三期"], "steps_done": 1, "customers": 1}),
        ("wangfang", {"cases": ["探头松动"], "steps_done": 1, "customers": 1}),
        ("lilei", {"deals": ["四期", "一期改造", "二期", "新项目", "三期"], "steps_done": 3, "customers": 2}),
    ],
)
def test_a_colleague_also_sees_what_they_did_for_customers_of_others(
    week: Repo, whose: str, facts: Mapping[str, Any]
) -> None:
    shown = json.loads(run(week, "changes", "--since", "2026-11-09", "--for", whose, "--format", "json"))
    names = {"deals": "title", "cases": "summary"}
    assert {key: [item[names[key]] for item in shown[key]] if key in names else shown[key] for key in facts} == facts


def test_chinese_for_a_chat(week: Repo) -> None:
    with speaking("zh"):
        shown = run(week, "--lang", "zh", "changes", "--since", "2026-11-09", "--format", "markdown")
    assert (
        shown.partition("**新增商机**")[2].partition("**跟进记录**")[0]
        == """ (1)

- 甲公司（C20260101AAAA）：四期 · 初步接洽 · 李雷

**商机推进** (1)

- 甲公司（C20260101AAAA）：一期改造 · 需求确认 → 商务谈判 · ¥21万 · 李雷

**赢单** (2) · ¥150,002

- 甲公司（C20260101AAAA）：二期 · 方案报价 → 赢单 · ¥15万 · 李雷
- 乙公司（C20260101BBBB）：新项目 · 赢单 · ¥2 · 李雷

**输单** (1) · €900

- 甲公司（C20260101AAAA）：三期 · 方案报价 → 输单 · €900 · 价格 · 报价高两成 · 韩梅

**预计成交推迟** (1)

- 甲公司（C20260101AAAA）：五期 · 2026-11-30 → 2026-12-01 · ¥70 · 李雷

**新增工单** (1)

- 甲公司（C20260101AAAA）：咨询 · 校准周期 · 李雷

**关闭工单** (1)

- 甲公司（C20260101AAAA）：报修 · 探头松动 · 王芳

**交易记录** (3) · ¥12,006.50 + −€100

- 李雷：3 笔交易，2 位客户（¥12,006.50 + −€100）

**回款额** (1) · ¥500

- 甲公司（C20260101AAAA）：2026-11-12 · ¥500 · 李雷

**已完成的下一步** (3)

- 韩梅：1
- 李雷：1
- 王芳：1

"""
    )


def test_a_merge_of_two_records_opens_no_deal_and_earns_nothing(repo: Repo, monkeypatch: pytest.MonkeyPatch) -> None:
    past = Past(repo, monkeypatch)
    past.commit("11-05", {"crmtext.toml": SETTINGS, A: data(BEFORE), C: other("C", "丙公司", "")})
    past.on("11-12")
    repo.git("rm", "-q", A)
    repo.commit({C: other("C", "丙公司", "merged_from: [C20260101AAAA]\n" + BEFORE)}, "merge")
    shown = json.loads(run(repo, "changes", "--since", "2026-11-09", "--format", "json"))
    kept = {key: shown[key] for key in ("deals", "cases", "transactions", "steps_done", "interactions")}
    assert kept == {"deals": [], "cases": [], "transactions": {}, "steps_done": 0, "interactions": []}


def test_records_with_errors_are_read_as_far_as_they_go(repo: Repo, monkeypatch: pytest.MonkeyPatch) -> None:
    past = Past(repo, monkeypatch)
    past.commit("11-05", {"crmtext.toml": SETTINGS, A: data(BEFORE)})
    broken = "opportunities: [{title: 五期}, 六期]\ncases: none\ntransactions: [{amount: 很多, date: 2026-11-12}]\n"
    past.commit("11-12", {A: data(broken)})
    shown = run(repo, "changes", "--since", "2026-11-09")
    assert "Transactions (1)\n  李雷: 1 transaction with 1 customer (0)\n" in shown


def test_secret_numbers_and_missing_titles_of_records_with_errors_do_no_harm(
    repo: Repo, monkeypatch: pytest.MonkeyPatch
) -> None:
    past = Past(repo, monkeypatch)
    past.commit("11-05", {"crmtext.toml": SETTINGS, A: data(BEFORE)})
    secret = "cases: [{opened: 2026-11-12, kind: question, status: open, summary: 身份证 11010519491231002X}]\n"
    untitled = "opportunities: [{stage: proposal, amount: 200000, external_ids: {erp: 7}}]\n"
    past.commit("11-12", {A: data(untitled + secret)})
    shown = json.loads(run(repo, "changes", "--since", "2026-11-09", "--format", "json"))
    assert [case["summary"] for case in shown["cases"]] == ["(not shown)"]
    assert [deal["title"] for deal in shown["deals"]] == [""]
    weekly = run(repo, "report", "weekly", "--since", "2026-11-09")
    assert "Qualified → Proposal · ¥200,000" in weekly
