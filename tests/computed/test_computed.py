from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from crmtext.computed import COMPUTED, compute
from crmtext.figures.rules import NAMES
from crmtext.model import Customer, NextStep, next_steps
from crmtext.schema import Schema
from crmtext.settings import Settings, read
from crmtext.snapshot import build
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
  - {title: a, stage: proposal, amount: 1000, expected_close: 2024-06-15}
  - {title: b, stage: discovery, amount: 1000, probability: 25, expected_close: 2025-01-31}
  - {title: c, stage: negotiation, amount: 10, currency: EUR, expected_close: 2024-06-16}
  - {title: f, stage: negotiation, amount: 70000, expected_close: 2024-06-14}
  - {title: g, stage: negotiation, amount: 70000}
  - {title: d, stage: won, amount: 9999, closed: 2024-05-01}
  - {title: e, stage: qualified}
"""
BOTH_NAMES = """\
transactions:
  - {date: 2024-01-01, amount: 1, currency: RMB}
  - {date: 2024-01-02, amount: 2}
"""
#: Purchase days 2022-06-16, 2024-01-31, 2024-03-01 and 2024-05-31, and what is no purchase or lies in the future.
ORDERS = """\
transactions:
  - {date: 2024-05-31, amount: 300, items: [{product: 网关}, {product: MQ-1}]}
  - {date: 2022-06-16, amount: 100, items: [{product: 网关}, {product: 电缆}]}
  - {date: 2024-01-31, amount: 100.5, items: [{product: 传感器}, {product: 网关}, {product: 网关}]}
  - {date: 2024-01-31, amount: 50, currency: EUR, items: [{product: mq-1}]}
  - {date: 2024-03-01, amount: 100, items: [{product: 支架}]}
  - {date: 2024-06-15, amount: -40, items: [{product: 电缆}]}
  - {date: 2024-06-16, amount: 9000, items: [{product: 电缆}]}
"""
#: An email and messages that were sent, and a call in the future, are no contact; the reply is.
MESSAGES = """\
interactions:
  - {date: 2024-05-10, by: lilei, channel: phone, summary: a}
  - {date: 2024-05-11, by: lilei, channel: email, direction: in, summary: b, outcome: positive}
  - {date: 2024-05-12, by: lilei, channel: email, direction: out, summary: c}
  - {date: 2024-05-13, by: lilei, channel: sms, summary: d}
  - {date: 2024-05-14, by: lilei, channel: wechat, direction: out, summary: e}
  - {date: 2024-05-15, by: lilei, channel: social, direction: out, summary: f}
  - {date: 2024-06-16, by: lilei, channel: visit, summary: g}
"""
#: A contact on that day, and a deal in that stage that is expected to close on that day.
NEAR = """\
interactions: [{{date: {contact}, by: lilei, channel: phone, summary: a}}]
opportunities: [{{title: a, stage: {stage}, expected_close: {close}}}]
"""
PLACES = "addresses: [{city: 南京市, province: 江苏省}, {kind: registered, province: %s, city: 上海市}]\n"
SURVEYS = """\
cooperation: {since: 2024-01-01, satisfaction: {score: 4, date: 2024-02-01}}
feedback:
  - {date: 2024-03-01, kind: praise, score: 5}
  - {date: 2024-06-16, kind: survey, score: 5}
"""


def bought(*days: str) -> str:
    """Purchases on these days."""
    return "transactions:\n" + "".join(f"  - {{date: {day}, amount: 1}}\n" for day in days)


def steps(*steps: str) -> str:
    """Interactions with these next steps."""
    rows = (f"  - {{date: 2024-05-01, by: lilei, channel: note, summary: a, next: {{{step}}}}}\n" for step in steps)
    return "interactions:\n" + "".join(rows)


#: Lines below the head (or, where they begin with `id:`, the whole record), a figure, and what it is.
FIGURES: list[tuple[str, str, Any]] = [
    ("", "last_contact", None),
    ("", "days_since_contact", None),
    ("", "next_due", None),
    ("", "next_action", None),
    ("", "overdue", False),
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
    *[("", name, None) for name in (
        "main_channel", "province", "city", "sales_region", "next_purchase", "behind", "age_band",
    )],
    *[("", name, {}) for name in ("last_amount", "average_order")],
    ("", "unreachable", True),
    ("", "high_intent", False),
    ("", "top_products", []),
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
    (MESSAGES, "last_contact", date(2024, 5, 11)),
    (MESSAGES, "days_since_contact", 35),
    (MESSAGES, "main_channel", "email"),
    (MESSAGES.replace("05-10", "05-11"), "main_channel", "email"),
    (MESSAGES.replace("email, direction: in", "visit"), "main_channel", "visit"),
    ("interactions: [{date: 2023-06-17, by: lilei, channel: visit, summary: a}]\n", "main_channel", "visit"),
    ("interactions: [{date: 2023-06-16, by: lilei, channel: visit, summary: a}]\n", "main_channel", None),
    (steps("action: late, due: 2024-06-10", "action: early, due: 2024-06-10, time: '09:30'"), "next_action", "early"),
    (steps("action: done, due: 2024-06-01, done: 2024-06-02", "action: undated"), "next_action", None),
    *[(NEAR.format(contact=contact, stage=stage, close=close), "high_intent", high) for contact, stage, close, high in (
        ("2024-05-17", "proposal", "2024-05-16", True), ("2024-06-15", "negotiation", "2024-09-13", True),
        ("2024-05-16", "proposal", "2024-06-15", False), ("2024-06-01", "proposal", "2024-05-15", False),
        ("2024-06-01", "negotiation", "2024-09-14", False), ("2024-06-01", "qualified", "2024-06-15", False),
    )],
    (HEAD.replace("active", "lead") + MESSAGES.replace("05-11", "05-16"), "high_intent", True),
    (HEAD.replace("active", "prospect") + MESSAGES.replace("05-11", "05-15"), "high_intent", False),
    (MESSAGES.replace("05-11", "05-16"), "high_intent", False),
    ("contacts: [{name: a, left: 2024-06-15, phones: ['1']}, {name: b, left: true, wechat: w}]\n", "unreachable", True),
    ("contacts: [{name: a, left: 2024-06-16, phones: ['1']}]\n", "unreachable", False),
    ("emails: [a@b.example]\n", "unreachable", False),
    (bought("2024-01-01", "2024-06-15"), "lifecycle", "existing"),
    (bought("2024-01-01", "2024-01-01", "2024-06-16"), "lifecycle", "new"),
    ("cooperation: {since: 2023-06-15}\n", "lifecycle", "existing"),
    ("cooperation: {since: 2023-06-16}\n", "lifecycle", "new"),
    ("cooperation: {since: 2023}\n", "lifecycle", "existing"),
    ("cooperation: {since: 2023-07}\n", "lifecycle", "new"),
    (DEALS + "classification: {lifecycle: potential}\n", "lifecycle", "potential"),
    (HEAD.replace("active", "lead") + DEALS, "lifecycle", "potential"),
    (HEAD.replace("active", "lost") + DEALS, "lifecycle", "lost"),
    (HEAD.replace("active", "paused"), "lifecycle", "new"),
    (HEAD.replace("active", "lost") + DEALS, "weighted_value", {}),
    (DEALS, "open_value", {"CNY": Decimal(142000), "EUR": Decimal(10)}),
    (DEALS, "weighted_value", {"CNY": Decimal(750), "EUR": Decimal("7.5")}),
    (DEALS, "transaction_count", 3),
    (DEALS, "transaction_sum", {"CNY": Decimal("0.3"), "EUR": Decimal(100)}),
    (DEALS, "last_transaction", date(2024, 3, 31)),
    (DEALS, "transaction_interval", 45),
    (ORDERS, "transaction_count", 6),
    (ORDERS, "transaction_sum", {"CNY": Decimal("560.5"), "EUR": Decimal(50)}),
    (ORDERS, "last_transaction", date(2024, 6, 15)),
    (ORDERS, "last_amount", {"CNY": Decimal(-40)}),
    (bought("2024-06-15") + "  - {date: 2024-06-15, amount: 7, currency: EUR}\n", "last_amount", {"EUR": Decimal(7)}),
    (ORDERS, "average_order", {"CNY": Decimal("150.125"), "EUR": Decimal(50)}),
    (ORDERS, "top_products", ["网关", "MQ-1", "支架"]),
    (ORDERS, "recency", 15),
    (ORDERS, "frequency", 3),
    (ORDERS, "monetary", {"CNY": Decimal("460.5"), "EUR": Decimal(50)}),
    (bought("2023-06-17"), "frequency", 1),
    (bought("2023-06-16"), "monetary", {}),
    (ORDERS, "transaction_interval", 91),
    (bought("2024-01-01", "2024-01-02", "2024-01-05"), "transaction_interval", 2),
    (bought("2024-01-01", "2024-01-02", "2024-01-04"), "transaction_interval", Decimal("1.5")),
    (bought("2024-01-01", "2024-01-01"), "transaction_interval", None),
    (ORDERS, "next_purchase", date(2024, 8, 30)),
    (bought("2024-01-01", "2024-01-02", "2024-01-05"), "next_purchase", date(2024, 1, 7)),
    (bought("2024-01-01", "2024-01-02", "2024-01-04"), "next_purchase", date(2024, 1, 6)),
    (bought("2024-01-01", "2024-01-02"), "next_purchase", None),
    (bought("2024-01-01", "2024-01-02"), "behind", None),
    # Every 10 days: half of it is less than 14 days.
    (bought("2024-05-02", "2024-05-12", "2024-05-22"), "behind", False),
    (bought("2024-05-01", "2024-05-11", "2024-05-21"), "behind", True),
    # Every 40 days: late by 20.
    (bought("2024-01-27", "2024-03-07", "2024-04-16"), "behind", False),
    (bought("2024-01-26", "2024-03-06", "2024-04-15"), "behind", True),
    # Every 365 days: late by 30, not by 182.
    (bought("2021-05-17", "2022-05-17", "2023-05-17"), "behind", False),
    (bought("2021-05-16", "2022-05-16", "2023-05-16"), "behind", True),
    (DEALS, "recency", (TODAY - date(2024, 3, 31)).days),
    (DEALS, "frequency", 3),
    (DEALS, "monetary", {"CNY": Decimal("0.3"), "EUR": Decimal(100)}),
    (SURVEYS, "satisfaction", 4),
    (SURVEYS + "  - {date: 2024-02-02, kind: survey, score: 3}\n", "satisfaction", 3),
    (SURVEYS + "  - {date: 2024-02-01, kind: survey, score: 3}\n", "satisfaction", 4),
    (SURVEYS.replace(", date: 2024-02-01", "") + "  - {date: 2020-01-01, kind: survey, score: 2}\n", "satisfaction", 2),
    (SURVEYS.replace(", date: 2024-02-01", ""), "satisfaction", 4),
    (
        "cases:\n" + "".join(f"  - {{opened: 2024-01-01, kind: repair, summary: a, status: {status}}}\n"
                             for status in ("open", "pending", "closed"))
        + "  - {opened: 2024-06-16, kind: repair, summary: a, status: open}\n",
        "open_cases",
        2,
    ),
    (PLACES % "上海", "province", "上海"),
    (PLACES % "上海", "city", "上海市"),
    (PLACES % "上海", "sales_region", "华东"),
    (PLACES % "广西壮族自治区", "sales_region", "华南"),
    (PLACES % "內蒙古自治區", "sales_region", "华北"),
    (PLACES % "新疆维吾尔自治区", "sales_region", "西北"),
    (PLACES % "台湾省", "sales_region", None),
    ("addresses: [{city: 苏州市}]\n", "province", None),
    *[(f"person: {{birth_date: {born}}}\n", "age_band", band) for born, band in (
        ("2006-06-16", "under 18"), ("2006-06-15", "18-29"), ("1994-06-15", "30-39"), ("1974-06-16", "40-49"),
        ("1974-06-15", "50-59"), ("1964-06-15", "60+"), ("--06-15", None),
    )],
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


def test_the_settings_decide_currency_and_probability() -> None:
    settings = read(b'[store]\ncurrency = "USD"\n[opportunities]\nprobability = { proposal = 10, pilot = 50 }\n')
    figures = compute(customer(CALLS + DEALS), TODAY, settings)
    assert figures["weighted_value"] == {"USD": Decimal(350), "EUR": Decimal("7.5")}
    assert figures["last_amount"] == {"EUR": Decimal(100)}
    assert (
        str(
            compute(customer(bought("2024-01-01", "2024-01-11", "2024-01-21")), TODAY, settings)["transaction_interval"]
        )
        == "10"
    )
    assert figures["transaction_sum"] == {"USD": Decimal("0.3"), "EUR": Decimal(100)}


def test_products_of_the_list_count_under_their_name_and_regions_are_those_of_the_settings() -> None:
    settings = read(
        '[products.MQ-1]\nname = "MQTT 网关"\naliases = ["网关"]\n[regions]\n"华南" = ["上海", "广西"]\n'.encode()
    )
    assert compute(customer(ORDERS), TODAY, settings)["top_products"] == ["MQTT 网关", "支架", "传感器"]
    assert compute(customer(PLACES % "上海市"), TODAY, settings)["sales_region"] == "华南"
    assert compute(customer(PLACES % "江苏省"), TODAY, settings)["sales_region"] is None


def test_money_in_json_has_two_decimals_rounded_half_to_even() -> None:
    third = (
        "transactions: [{date: 2024-01-01, amount: 0.125}, {date: 2024-01-01, amount: 0.2}, "
        "{date: 2024-01-02, amount: 1, currency: EUR}, {date: 2024-01-02, amount: 1.01, currency: EUR}]\n"
    )
    now = build((), read="worktree", schema=Schema.shipped(), settings=Settings(), today=TODAY)
    figures = NAMES.for_json(NAMES.of(now)(customer(third)))
    assert figures["average_order"] == {"CNY": Decimal("0.16"), "EUR": Decimal("1.00")}
    assert figures["transaction_sum"] == {"CNY": Decimal("0.32"), "EUR": Decimal("2.01")}
    assert compute(customer(third), TODAY, Settings())["average_order"]["CNY"] == Decimal("0.1625")


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
