"""Until when a customer is kept, and what must be kept longer, against a second calculation."""

from __future__ import annotations

import calendar
from datetime import date, timedelta
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from crmtext import settings
from crmtext.figures import due
from crmtext.figures.retention import Duty, Kept, Retention, last_day, unknown_holds
from crmtext.figures.rules import NAMES
from crmtext.problem import CrmError
from crmtext.schema import Schema
from crmtext.snapshot import Snapshot, build

TODAY = date(2026, 11, 30)
RULES = """\
[retention]
lost = "36m after churn.date"
prospect = "24m after last_contact"
lead = "1y after created"
paused = "12m after cooperation.since"
active = "never"
hold = ["C20260101HELD"]
"""
SCHEMA = Schema.shipped()


def snapshot(*records: dict[str, Any], rules: str = RULES, today: date = TODAY) -> Snapshot:
    files = []
    for number, record in enumerate(records):
        whole = {"id": f"C2026010{number}AAA", "name": "a", "type": "company", "owner": "lilei", **record}
        files.append((f"records/{whole['id']}.yaml", yaml.safe_dump(whole).encode()))
    taken = build(files, read="worktree", schema=SCHEMA, settings=settings.read(rules.encode()), today=today)
    assert taken.broken == (), taken.problems
    return taken


def kept(record: dict[str, Any], rules: str = RULES) -> Kept:
    taken = snapshot(record, rules=rules)
    return Retention.of(taken).kept(taken.customers[0])


def lost(day: str, **more: Any) -> dict[str, Any]:
    return {"status": "lost", "churn": {"date": day, "reason": "price"}, **more}


def talks(*days: str) -> list[dict[str, str]]:
    return [{"date": day, "by": "lilei", "channel": "phone", "summary": "a"} for day in days]


ENDS = {
    "after a date": (lost("2023-01-31"), Kept("rule", date(2026, 1, 31), "36m after churn.date")),
    "on a leap day": (lost("2024-02-29"), Kept("rule", date(2027, 2, 28), "36m after churn.date")),
    "after the last contact": (
        {"status": "prospect", "interactions": talks("2024-01-31", "2025-02-28")},
        Kept("rule", date(2027, 2, 28), "24m after last_contact"),
    ),
    "without a contact": ({"status": "prospect"}, Kept("no-date", None, "24m after last_contact")),
    "after creation": (
        {"status": "lead", "sources": [{"channel": "website", "date": "2024-02-29"}]},
        Kept("rule", date(2025, 2, 28), "1y after created"),
    ),
    "after a year": (
        {"status": "paused", "cooperation": {"since": "2024", "paused_reason": "a"}},
        Kept("rule", date(2025, 12, 31), "12m after cooperation.since"),
    ),
    "after a year as a number": (
        {"status": "paused", "cooperation": {"since": 2024, "paused_reason": "a"}},
        Kept("rule", date(2025, 12, 31), "12m after cooperation.since"),
    ),
    "after a month": (
        {"status": "paused", "cooperation": {"since": "2024-02", "paused_reason": "a"}},
        Kept("rule", date(2025, 2, 28), "12m after cooperation.since"),
    ),
    "after no day of the calendar": (
        {"status": "paused", "cooperation": {"since": "2024-02-31", "paused_reason": "a"}},
        Kept("no-date", None, "12m after cooperation.since"),
    ),
    "never": ({"status": "active", "cooperation": {"since": "2024"}}, Kept("never", None, "never")),
    "by the record": (
        lost("2023-01-31", retention={"until": "2030-01-01", "rule": "合同"}),
        Kept("record", date(2030, 1, 1), "合同"),
    ),
    "by the record, without a reason": (
        lost("2023-01-31", retention={"until": "2020-01-01"}),
        Kept("record", date(2020, 1, 1)),
    ),
    "a reason without a date": (
        lost("2023-01-31", retention={"rule": "合同"}),
        Kept("rule", date(2026, 1, 31), "36m after churn.date"),
    ),
    "on hold": (lost("2023-01-31", id="C20260101HELD", retention={"until": "2020-01-01"}), Kept("hold")),
    "on hold by an earlier id": (lost("2023-01-31", merged_from=["C20260101HELD"]), Kept("hold")),
}


@pytest.mark.parametrize("name", ENDS)
def test_a_customer_is_kept(name: str) -> None:
    record, expected = ENDS[name]
    assert kept(record) == expected


def test_a_status_without_a_rule_is_kept_without_an_end() -> None:
    assert kept(lost("2000-01-01"), '[retention]\nactive = "never"\n') == Kept("no-rule")
    assert kept(lost("2000-01-01"), "") == Kept("no-rule")


def test_the_last_of_several_dates_counts() -> None:
    record = lost("2023-01-31", interactions=talks("2024-05-31", "2024-06-30", "2024-01-01"))
    assert kept(record, '[retention]\nlost = "1m after 跟进记录.日期"\n').until == date(2024, 7, 30)


def test_the_last_day_of_keeping_is_not_past() -> None:
    end = Kept("rule", TODAY)
    assert [end.is_past(TODAY + timedelta(days)) for days in (-1, 0, 1)] == [False, False, True]


def test_a_wrong_rule_is_an_error() -> None:
    with pytest.raises(CrmError) as caught:
        kept(lost("2023-01-31"), '[retention]\nlost = "36m after churn.reason"\n')
    place = caught.value.problem.place
    assert (caught.value.problem.rule, place.line, place.column) == ("retention-rule", 2, 19)


def test_an_unknown_id_on_hold_is_named_with_the_nearest() -> None:
    taken = snapshot(lost("2023-01-31"), rules='[retention]\nhold = ["C20260100AAB", "C20260100AAA"]\n')
    (problem,) = unknown_holds(taken)
    assert (
        str(problem)
        == "crmtext.toml:2:10: error: no customer has the id 'C20260100AAB', which is on hold [retention-rule]"
    )
    assert problem.hint == "did you mean 'C20260100AAA'?"


def test_a_record_with_errors_is_known_by_its_id() -> None:
    rules = settings.read(b'[retention]\nhold = ["C20260101AAA"]\n')
    files = [("records/C20260101AAA.yaml", b"id: C20260101AAA\nname: [a\n")]
    taken = build(files, read="worktree", schema=SCHEMA, settings=rules, today=TODAY)
    assert [*unknown_holds(taken)] == []


TRADES = {
    "none": ({}, []),
    "the last day": ({"transactions": [{"date": "2016-11-30", "amount": 1}]}, [("transactions", 0, "2026-11-30")]),
    "a day too old": ({"transactions": [{"date": "2016-11-29", "amount": 1}]}, []),
    "some": (
        {"transactions": [{"date": day, "amount": 1} for day in ("2015-01-01", "2020-02-29", "2026-11-30")]},
        [("transactions", 1, "2030-02-28"), ("transactions", 2, "2036-11-30")],
    ),
    "contracts": (
        {
            "cooperation": {
                "since": "2010",
                "contracts": [
                    {"from": "2010-01-01", "to": "2016-11-29"},
                    {"from": "2010-01-01", "to": "2016-11-30"},
                    {"from": "2017-01-01"},
                    {"to": "2030-12-31"},
                    {"number": "1"},
                ],
            }
        },
        [
            ("cooperation.contracts", 1, "2026-11-30"),
            ("cooperation.contracts", 2, "2027-01-01"),
            ("cooperation.contracts", 3, "2040-12-31"),
            ("cooperation.contracts", 4, "None"),
        ],
    ),
}


@pytest.mark.parametrize("name", TRADES)
def test_young_transactions_and_contracts_must_be_kept(name: str) -> None:
    fields, expected = TRADES[name]
    taken = snapshot({"status": "active", "cooperation": {"since": "2010"}, **fields})
    found = [*Retention.of(taken).duties(taken.customers[0])]
    assert [(duty.field, duty.number, str(duty.until)) for duty in found] == expected


def test_the_last_day_is_unknown_if_one_is() -> None:
    one, other = Duty("transactions", 0, date(2030, 1, 1)), Duty("cooperation.contracts", 0, None)
    assert [last_day(()), last_day((one,)), last_day((one, other))] == [None, date(2030, 1, 1), None]


def test_lists_and_expressions_know_both_days() -> None:
    trades = [{"date": "2020-05-01", "amount": 1}]
    taken = snapshot(lost("2023-01-31", transactions=trades), lost("2026-01-31"))
    values = NAMES.of(taken)
    names = ("retention_until", "must_keep_until")
    found = [tuple(str(values(customer)[name]) for name in names) for customer in taken.customers]
    assert found == [("2026-01-31", "2030-05-01"), ("2029-01-31", "None")]


def test_the_end_is_due_work_of_the_owner() -> None:
    held = lost("2020-01-31", id="C20260101HELD")
    taken = snapshot(lost("2023-12-01"), held, lost("2023-01-31", retention={"until": "2026-11-30", "rule": "合同"}))
    items = due.items(taken, kinds=("retention",))
    found = [(item.customer.id, str(item.due), item.state, item.action) for item in items]
    assert found == [
        ("C20260102AAA", "2026-11-30", "today", "合同"),
        ("C20260100AAA", "2026-12-01", "coming", "36m after churn.date"),
    ]


days = st.dates(date(2010, 1, 1), date(2026, 11, 30))


@given(days, st.integers(1, 240), days, st.booleans(), st.booleans())
def test_every_end_is_that_of_a_second_calculation(
    lost_on: date,
    months: int,
    today: date,
    own: bool,
    held: bool,
) -> None:
    record = lost(str(lost_on), id="C20260101HELD" if held else "C20260100AAA")
    if own:
        record["retention"] = {"until": "2020-02-29"}
    rules = f'[retention]\nlost = "{months}m after churn.date"\nhold = ["C20260101HELD"]\n'
    taken = snapshot(record, rules=rules, today=today)
    found = Retention.of(taken).kept(taken.customers[0])
    year, month = lost_on.year + (lost_on.month + months - 1) // 12, (lost_on.month + months - 1) % 12 + 1
    by_rule = date(year, month, min(lost_on.day, calendar.monthrange(year, month)[1]))
    expected = None if held else date(2020, 2, 29) if own else by_rule
    assert found.until == expected
    assert found.is_past(today) == (expected is not None and expected < today)
