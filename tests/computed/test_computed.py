from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from crmtext.computed import COMPUTED, compute
from crmtext.model import Customer, NextStep, next_steps
from crmtext.settings import Settings, read
from crmtext.text.read.load import parse_text

TODAY = date(2024, 6, 15)
HEAD = "id: C20240501K7QM\nname: 上海示例\ntype: company\nstatus: active\nowner: lilei\n"
CALLS = """\
interactions:
  - {date: 2024-05-01, by: lilei, channel: phone, summary: a, next: {action: 回访, due: 2024-06-20}}
  - {date: 2024-05-02, by: hanmei, channel: visit, summary: b, next: {action: 报价, due: 2024-06-10, by: lilei}}
  - {date: 2024-05-03, by: lilei, channel: phone, summary: c, outcome: no-answer, next: {action: 再打}}
  - {date: 2024-05-04, by: lilei, channel: note, summary: d, next: {action: 归档, due: 2024-05-05, done: 2024-05-05}}
  - {date: 2024-05-05, by: lilei, channel: handover, summary: e, next: {action: 交接, done: 2024-05-06}}
"""
#: A message that was sent, and a visit after today: neither is a contact so far.
LATER = """\
  - {date: 2024-06-01, by: lilei, channel: wechat, summary: f, direction: out}
  - {date: 2024-06-16, by: lilei, channel: visit, summary: g}
"""
DEALS = """\
transactions:
  - {date: 2024-01-31, amount: 0.1}
  - {date: 2024-01-01, amount: 0.2, rating: 5}
  - {date: 2024-03-31, amount: 100, currency: EUR}
opportunities:
  - {title: a, stage: proposal, amount: 1000}
  - {title: b, stage: discovery, amount: 1000, probability: 25}
  - {title: c, stage: negotiation, amount: 10, currency: EUR}
  - {title: d, stage: won, amount: 9999, closed: 2024-05-01}
  - {title: e, stage: qualified}
"""
BOTH_NAMES = """\
transactions:
  - {date: 2024-01-01, amount: 1, currency: RMB}
  - {date: 2024-01-02, amount: 2}
"""

#: Lines below the head (or, where they begin with `id:`, the whole record), a figure, and what it is.
FIGURES: list[tuple[str, str, Any]] = [
    ("", "last_contact", None),
    ("", "days_since_contact", None),
    ("", "next_due", None),
    ("", "next_action", None),
    ("", "overdue", False),
    ("", "stale", False),
    ("", "lifecycle", "new"),
    ("", "region", ""),
    ("", "open_value", {}),
    ("", "weighted_value", {}),
    ("", "transaction_count", 0),
    ("", "transaction_sum", {}),
    ("", "last_transaction", None),
    ("", "transaction_interval", None),
    ("", "recency", None),
    ("", "frequency", 0),
    ("", "monetary", {}),
    ("", "satisfaction", None),
    ("", "open_cases", 0),
    ("", "completeness", 0),
    ("", "age", None),
    *[(f"person:\n  birth_date: {date_}\n", "age", age) for date_, age in (
        ("1990-06-16", 33), ("1990-06-15", 34), ("1990", 34), ("--02-30", None), ("2023-02-29", None),
        ("1900-02-29", None), ("0000-01-01", None), ("2099-01-01", None), ("2099", None), ("2024-07", None),
    )],
    (BOTH_NAMES, "transaction_sum", {"CNY": Decimal(3)}),
    (CALLS, "last_contact", date(2024, 5, 2)),
    (CALLS + LATER, "last_contact", date(2024, 5, 2)),
    (CALLS + LATER, "days_since_contact", 44),
    (CALLS, "days_since_contact", 44),
    (CALLS, "next_due", date(2024, 6, 10)),
    (CALLS, "next_action", "报价"),
    (CALLS, "overdue", True),
    (CALLS, "stale", True),
    (CALLS + "classification: {value: low}\n", "stale", False),
    (CALLS + "classification: {value: high}\n", "stale", True),
    (HEAD.replace("active", "lost") + CALLS, "stale", False),
    (DEALS, "lifecycle", "existing"),
    (DEALS + "classification: {lifecycle: potential}\n", "lifecycle", "potential"),
    (HEAD.replace("active", "lead") + DEALS, "lifecycle", "potential"),
    (HEAD.replace("active", "lost") + DEALS, "lifecycle", "lost"),
    (HEAD.replace("active", "paused"), "lifecycle", "new"),
    (DEALS, "open_value", {"CNY": Decimal(2000), "EUR": Decimal(10)}),
    (DEALS, "weighted_value", {"CNY": Decimal(750), "EUR": Decimal("7.5")}),
    (DEALS, "transaction_count", 3),
    (DEALS, "transaction_sum", {"CNY": Decimal("0.3"), "EUR": Decimal(100)}),
    (DEALS, "last_transaction", date(2024, 3, 31)),
    (DEALS, "transaction_interval", 45),
    (DEALS, "recency", (TODAY - date(2024, 3, 31)).days),
    (DEALS, "frequency", 3),
    (DEALS, "monetary", {"CNY": Decimal("0.3"), "EUR": Decimal(100)}),
    (
        DEALS + "cooperation: {since: 2024-01-01, satisfaction: {score: 4}}\n"
        "feedback: [{date: 2024-01-01, kind: survey, score: 2}, {date: 2024-01-01, kind: praise}]\n"
        "cases: [{opened: 2024-01-01, kind: repair, summary: a, status: closed, score: 3}]\n",
        "satisfaction",
        3.5,
    ),
    (
        "cases:\n" + "".join(f"  - {{opened: 2024-01-01, kind: repair, summary: a, status: {status}}}\n"
                             for status in ("open", "pending", "closed")),
        "open_cases",
        2,
    ),
    ("addresses: [{city: 苏州市}, {kind: registered, province: 上海市, city: 上海市}]\n", "region", "上海市"),
    ("addresses: [{kind: office, province: 江苏省, city: 苏州市}]\n", "region", "江苏省 苏州市"),
    ("addresses: [{kind: office, country: DE}]\n", "region", "DE"),
    ("person: {birth_date: 1990-06-15}\n", "age", 34),
    ("person: {birth_date: 1990-06-16}\n", "age", 33),
    ("person: {birth_date: 1990}\n", "age", 34),
    ("person: {birth_date: --06-15}\n", "age", None),
    ("phones: ['13800138000']\n", "completeness", 10),
    ("contacts: [{name: a, wechat: b, role: user}]\n", "completeness", 20),
    (HEAD.replace("company", "person"), "completeness", 10),
    (
        CALLS + "industry: C39\naddresses: [{city: 苏州市}]\nsources: [{channel: event}]\ntags: [a]\npriority: key\n"
        "needs: [{description: a}]\nphones: ['1']\ncontacts: [{name: a, title: b}]\nclassification: {value: low}\n",
        "completeness",
        100,
    ),
]  # fmt: skip


def customer(text: str) -> Customer:
    """The customer of a record; lines without an id stand below the common head."""
    document = parse_text(text if text.startswith("id:") else HEAD + text)
    assert document.problems == ()
    return Customer(document)


@pytest.mark.parametrize(("text", "name", "value"), FIGURES, ids=[f"{row[1]} {n}" for n, row in enumerate(FIGURES)])
def test_a_figure_is_computed_from_the_record(text: str, name: str, value: Any) -> None:
    assert compute(customer(text), TODAY, Settings())[name] == value


def test_every_figure_has_its_cases() -> None:
    assert {name for _text, name, _value in FIGURES} == set(COMPUTED) == set(compute(customer(""), TODAY, Settings()))


def test_the_settings_decide_currency_probability_and_patience() -> None:
    settings = read(
        b'[store]\ncurrency = "USD"\n[followup]\nstale_days = { default = 44 }\n'
        b"[opportunities]\nprobability = { proposal = 10, pilot = 50 }\n"
    )
    figures = compute(customer(CALLS + DEALS), TODAY, settings)
    assert figures["weighted_value"] == {"USD": Decimal(350), "EUR": Decimal("7.5")}
    assert figures["transaction_sum"] == {"USD": Decimal("0.3"), "EUR": Decimal(100)}
    assert figures["stale"] is False
    assert compute(customer(CALLS), date(2024, 6, 16), settings)["stale"] is True


def test_a_step_that_is_due_today_is_not_overdue() -> None:
    assert [compute(customer(CALLS), date(2024, 6, day), Settings())["overdue"] for day in (10, 11)] == [False, True]


def test_next_steps_are_numbered_open_ones_first() -> None:
    assert next_steps(customer(CALLS)) == (
        NextStep(1, "报价", date(2024, 6, 10), "lilei", None, 1),
        NextStep(2, "回访", date(2024, 6, 20), "lilei", None, 0),
        NextStep(3, "再打", None, "lilei", None, 2),
        NextStep(4, "交接", None, "lilei", date(2024, 5, 6), 4),
        NextStep(5, "归档", date(2024, 5, 5), "lilei", date(2024, 5, 5), 3),
    )


def test_a_customer_is_called_by_its_short_name_where_it_has_one() -> None:
    assert (customer("").short, customer("short_name: 示例\n").short) == ("上海示例", "示例")
