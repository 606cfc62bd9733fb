"""What is due, against a calendar made by hand."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from due_calendar import CALENDAR, snapshot

from crmtext.figures import due, due_text
from crmtext.figures.due_kinds import KINDS, named
from crmtext.model import Customer
from crmtext.text.document import Document


def line(item: due.Item) -> str:
    words = (item.state, f"{item.due or '-'}", item.person, item.kind, f"C{item.customer.id[-3:]}", item.action or "-")
    return " ".join(words) + "\n"


def test_all_records_of_the_calendar_are_valid() -> None:
    assert snapshot("2026-11-20").problems == ()


@pytest.mark.parametrize("case", CALENDAR["expected"], ids=lambda case: f"{case['day']} {case['owner'] or 'all'}")
def test_what_is_due(case: dict[str, Any]) -> None:
    listed = due.items(
        snapshot(case["day"]), owner=case["owner"], days=int(case.get("days", 7)), kinds=case.get("kinds", ())
    )
    assert "".join(map(line, listed)) == case["lines"]


def test_the_calendar_has_every_kind() -> None:
    texts = "".join(case["lines"] for case in CALENDAR["expected"])
    assert {name for name in KINDS if f" {name} " not in texts} == set()


def test_reports_learn_no_birthday() -> None:
    listed = due.items(snapshot("2026-11-20"), sensitive=False)
    assert "birthday" not in {item.kind for item in listed}
    assert len(listed) == len(due.items(snapshot("2026-11-20"))) - 1


def test_a_step_by_a_channel_that_the_customer_rejects_is_marked() -> None:
    (step,) = (item for item in due.items(snapshot("2026-11-20")) if item.action == "回电")
    assert (step.task.number, step.task.time, step.avoid, step.rejected) == (3, "14:00", ("phone", "sms"), ("phone",))


def test_a_payment_with_a_number_says_its_amount_too() -> None:
    payments = due.items(snapshot("2026-11-20"), days=30, kinds=["payment"])
    assert [(item.action, due_text.action(item)) for item in payments] == [
        ("12000 CNY", "12000 CNY"),
        ("500.5 EUR", "500.5 EUR"),
        ("D-8", "D-8 · ¥800"),
    ]


def test_channels_of_a_rule_are_alternatives() -> None:
    (visit,) = (item for item in due.items(snapshot("2026-11-20")) if item.action == "月度拜访")
    either = replace(visit, task=visit.task._replace(channels=("visit", "phone")))
    assert [*due_text.channels(either, snapshot("2026-11-20").schema)] == ["Visit (do not use), Phone", "not by: Visit"]


def test_kinds_are_known_by_name_and_label() -> None:
    typed = ["case", "CASE", "工单", "Contract ends", "催款", "满意度回访", "nonsense", ""]
    assert [*map(named, typed)] == ["case", "case", "case", "contract", "payment", "satisfaction", "", ""]


def test_no_day_is_beyond_the_calendar() -> None:
    assert due.items(snapshot("9999-12-31"), days=1_000_000)[-1].state == "undated"


def test_as_of_an_earlier_day_a_later_score_puts_no_visit_off() -> None:
    shipped = snapshot("2026-11-20")
    data = {
        "id": "C20240501001", "name": "回访", "type": "company", "status": "active", "owner": "lilei",
        "cooperation": {"since": "2025", "satisfaction": {"score": 5, "date": "2026-11-21"}},
        "feedback": [{"date": "2026-05-24", "kind": "survey", "score": 4, "by": "lilei"}],
    }  # fmt: skip

    def visit() -> list[str]:
        customer = Customer(Document("records/C20240501001.yaml", "", data))
        listed = due.items(replace(shipped, customers=(customer,)), kinds=["satisfaction"])
        return [f"{item.due} {item.state}" for item in listed]

    assert visit() == ["2026-11-20 today"]
    del data["feedback"]
    assert visit() == ["2025-06-30 overdue"]


def test_texts_may_be_numbers_in_the_schema_of_a_team() -> None:
    shipped = snapshot("2026-11-20")
    data = {
        "id": "C20240501001", "name": 42, "type": "company", "status": "active", "owner": "lilei",
        "cases": [{"opened": "2026-11-20", "kind": "repair", "summary": 7, "status": "open", "due": "2026-11-20"}],
        "opportunities": [{"title": 8, "stage": "discovery", "expected_close": "2026-11-20"}],
        "transactions": [{"date": "2026-11-01", "amount": 1, "order_no": 9, "payment_due": "2026-11-20"}],
        "cooperation": {"since": 2026, "contracts": [{"number": 10, "to": "2027-01-19"}]},
        "needs": [{"description": 11, "budget": {"basis": "to-confirm"}}],
        "retention": {"until": "2026-11-20", "rule": 12},
    }  # fmt: skip
    customer = Customer(Document("records/C20240501001.yaml", "", data))
    listed = due.items(replace(shipped, customers=(customer,)))
    assert [item.action for item in listed] == ["", "7", "8", "9", "10", "12", "", "11"]
    asked = due_text.Asked(shipped, "lilei", 7, "crmtext due")
    assert due_text.text(listed, asked, capped=True).endswith(
        "Undated (2)\n  42  no next step\n  42  budget to confirm  11\n"
    )


def test_what_is_dated_in_the_future_does_not_count_yet() -> None:
    shipped = snapshot("2026-11-20")
    data = {
        "id": "C20240501001", "name": "Acme", "type": "company", "status": "active", "owner": "lilei",
        "cooperation": {"since": "2020-01-01", "satisfaction": {"score": 4, "date": "2026-11-21"}},
        "feedback": [{"date": "2026-12-20", "kind": "survey", "score": 5}],
        "contacts": [{"name": "Bob", "birthday": "1990-11-22", "left": "2027-01-01"},
                     {"name": "Eve", "birthday": "1990-11-22", "left": "2026-11-20"}],
        "consents": [{"date": "2026-01-05", "basis": "consent", "contact": name, "purposes": ["birthday"]}
                     for name in ("Bob", "Eve")],
    }  # fmt: skip
    customer = Customer(Document("records/C20240501001.yaml", "", data))
    listed = due.items(replace(shipped, customers=(customer,)), kinds=("satisfaction", "birthday"))
    assert [(item.kind, str(item.due), item.action) for item in listed] == [
        ("satisfaction", "2020-06-29", ""),
        ("birthday", "2026-11-22", "Bob"),
    ]
