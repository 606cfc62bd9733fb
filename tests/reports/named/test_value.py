"""The report `value` and the progress of targets, of a small team."""

from __future__ import annotations

import json
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import TYPE_CHECKING, Any

import pytest
from stores import TEAM, record, snapshot

from crmtext.figures import targets
from crmtext.figures.tables import FigureTable
from crmtext.figures.tables_text import grid, notes
from crmtext.figures.tables_values import list_document, table_document, values_table
from crmtext.i18n import speaking
from crmtext.reports.context import Context, Report
from crmtext.reports.named.value import report
from crmtext.reports.view import as_view

if TYPE_CHECKING:
    from crmtext.snapshot import Snapshot

# The day of the stores is Friday, 2026-11-20.
RECORDS = {
    # Every 30 days, the last time 60 days ago: 15 days late at most is in rhythm.
    "001": ("lilei", "high", [("2026-07-23", 1000), ("2026-08-22", 1000), ("2026-09-21", 1000.5)]),
    # 45 days ago is not late yet; the refund is no purchase.
    "002": ("lilei", "high", [("2026-08-07", 100), ("2026-09-06", 100), ("2026-10-06", 100), ("2026-11-19", -50)]),
    # Bought more in the last 180 days than in the 180 days before: from 2026-05-25 on.
    "003": ("hanmei", "low", [("2026-05-24", 100), ("2026-05-25", 151)]),
    "004": ("hanmei", "medium", [("2026-05-24", 100), ("2026-05-25", 150)]),
    # Nothing since a year and a day, but more than the members' median before.
    "005": ("hanmei", "low", [("2025-11-20", 5000), ("2025-01-31", 7, "EUR")]),
    "006": ("lilei", "medium", [("2026-11-20", 10), ("2026-11-21", 99999)]),
    "007": ("lilei", "low", [("2026-11-02", 20, "EUR"), ("2026-11-02", 30)]),
    "008": ("lilei", "", []),
    "009": ("lilei", "low", [("2026-11-03", 40)]),
    "010": ("lilei", "low", [("2026-11-04", 50)]),
}
DEALS = [{"title": "one", "stage": "proposal", "amount": 3000, "expected_close": "2026-12-01"}]


def team(more: str = "") -> Snapshot:
    """The customers of the team; number 8 has a large deal."""
    texts = []
    for number, (owner, value, bought) in RECORDS.items():
        items = [dict(zip(("date", "amount", "currency"), item, strict=False)) for item in bought]
        lines = f"transactions: {json.dumps(items)}\n" if items else ""
        lines += f"classification: {{value: {value}}}\n" if value else ""
        lines += f"opportunities: {json.dumps(DEALS)}\n" if number == "008" else ""
        texts.append(record(number, f"Customer {number}", lines, status="prospect", owner=owner))
    result = snapshot(*texts, team=TEAM + more)
    assert result.problems == ()
    return result


def made(owner: str = "", more: str = "") -> Report:
    """The report of the last 12 months."""
    shot = team(more)
    return report(Context(shot, date(2025, 12, 1), shot.today, owner))


def rows(part: FigureTable) -> list[dict[str, Any]]:
    """The rows of a table, those of customers by the end of the id."""
    return [
        {**{name: str(value)[-3:] if name == "id" else value for name, value in row["group"].items()}, **row["values"]}
        for row in table_document(part)["rows"]
    ]


def parts(made: Report) -> dict[str, Any]:
    """The rows of each table and the items of each list, without names, values and owners."""
    left = {"name", "value", "owner"}
    return {
        part.name: rows(part)
        if isinstance(part, FigureTable)
        else [
            {key: value[-3:] if key == "id" else value for key, value in item.items() if key not in left}
            for item in list_document(part)
        ]
        for part in made.parts
    }


def rfm(row: dict[str, Any]) -> str:
    """A row of RFM on a line."""
    shown = ("-" if row[name] is None else str(row[name]) for name in ("r_score", "f_score", "m_score"))
    figures = " ".join(str(row[name]) for name in ("id", "r", "f", "m", "currency"))
    return f"{figures} {''.join(shown)} {row['segment']} {row['behind']}"


def test_scores_and_segments_with_what_they_are_compared_with() -> None:
    shown = parts(made())
    # The medians of the 8 members are 31.5 days, 1.5 purchase days and 150: (50 + 250) / 2.
    assert [*map(rfm, shown["rfm"])] == [
        "001 60 3 3000.5 CNY 425 011 True",
        "003 179 2 251 CNY 324 011 None",
        "002 45 3 250 CNY 423 011 False",
        "004 179 2 250 CNY 323 011 None",
        "010 16 1 50 CNY 512 100 None",
        "009 17 1 40 CNY 512 100 None",
        "007 18 1 30 CNY 511 100 None",
        "006 0 1 10 CNY 511 100 None",
        "005 365 0 None None --- none None",
        "008 None 0 None None --- none None",
    ]
    assert shown["segments"] == [
        {"rfm_segment": "011", "customers": 4, "revenue": {"CNY": Decimal("3751.5")}},
        {"rfm_segment": "100", "customers": 4, "revenue": {"CNY": 130, "EUR": 20}},
        {"rfm_segment": "none", "customers": 2, "revenue": {}},
    ]
    assert notes(made().parts[0]) == (
        (
            "Better than the median means: days since purchase below 31.5, purchase days above 1.5, "
            "turnover above ¥150 (8 customers)"
        ),
        "8 customers with a purchase · scores by limits",
        "2 customers without a purchase in this time are only in CSV, JSON and xlsx",
    )
    # Pages leave them out.
    assert [row[0].customer[-3:] for row in as_view(made().parts[0]).rows] == [one["id"] for one in shown["rfm"][:8]]


def test_customers_to_win_back_to_follow_and_to_develop() -> None:
    shown = parts(made())
    assert shown["lapsed"] == [{"id": "005", "total": {"CNY": 5000, "EUR": 7}, "last": "2025-11-20"}]
    late = {"last": "2026-09-21", "interval": 30, "next": "2026-10-21", "days_late": 30}
    assert shown["behind"] == [{"id": "001", **late}]
    first = {"id": "003", "reasons": ["revenue"], "recent": {"CNY": 151}, "before": {"CNY": 100}, "open_value": {}}
    assert shown["rising"][0] == first
    assert [(item["id"], *item["reasons"]) for item in shown["rising"]] == [
        *((number, "revenue") for number in ("003", "010", "009", "007", "006")), ("008", "deals")
    ]  # fmt: skip
    assert made().notes == ("1 customer is behind the purchase rhythm", "1 large customer has lapsed")


def test_the_largest_customers_and_revenue_by_time() -> None:
    shown = parts(made())
    assert [f"{item['currency']} {item['rank']} {item['id']} {item['revenue']}" for item in shown["top"]] == [
        "CNY 1 001 3000.5", "CNY 2 003 251", "CNY 3 002 250", "CNY 4 004 250", "CNY 5 010 50", "CNY 6 009 40",
        "CNY 7 007 30", "CNY 8 006 10", "EUR 1 007 20",
    ]  # fmt: skip
    months = [row["revenue"] for row in shown["by_month"]]
    assert months[-4:] == [{"CNY": 1100}, {"CNY": Decimal("1100.5")}, {"CNY": 100}, {"CNY": 80, "EUR": 20}]
    # A Monday is day 1: 2026-05-25, 2026-09-21 and 2026-11-02.
    assert shown["by_weekday"][0] == {
        "transactions.date:weekday": 1, "revenue": {"CNY": Decimal("1331.5"), "EUR": 20}
    }  # fmt: skip


def test_one_colleague_sees_their_customers_compared_with_all() -> None:
    shown = parts(made("hanmei"))
    assert [*map(rfm, shown["rfm"])] == [
        "003 179 2 251 CNY 324 011 None", "004 179 2 250 CNY 323 011 None", "005 365 0 None None --- none None",
    ]  # fmt: skip
    assert [shown[name] for name in ("behind", "by_weekday")] == [
        [],
        [
            {"transactions.date:weekday": 1, "revenue": {"CNY": 301}},
            {"transactions.date:weekday": 7, "revenue": {"CNY": 200}},
        ],
    ]


def test_a_store_without_customers_has_empty_parts() -> None:
    shot = snapshot()
    made = report(Context(shot, date(2025, 12, 1), shot.today))
    assert made.notes == ()
    assert {name: rows for name, rows in parts(made).items() if rows and name != "by_month"} == {}


def test_a_customer_who_is_gone_has_a_name_in_a_comparison() -> None:
    before, now = team(), snapshot(record("001", "New name"))
    table = report(Context(now, date(2025, 12, 1), now.today, earlier=before)).parts[0]
    assert isinstance(table, FigureTable)
    word = table.by[0].word
    assert word is not None
    assert [word(f"C20240501{number}") for number in ("001", "002")] == ["New name", "Customer 002"]


@pytest.mark.parametrize("language", ["en", "zh"])
def test_all_parts_can_be_shown(language: str) -> None:
    with speaking(language):
        texts = [cell.text for part in made().parts for row in grid(part).rows for cell in row]
    assert {"en": ["Customer 001", "behind", "High"], "zh": ["Customer 001", "逾期未复购", "高价值"]}[language] == [
        text for text in ("Customer 001", "behind", "逾期未复购", "High", "高价值") if text in texts
    ]


def test_a_text_file_has_ids_and_names_of_customers() -> None:
    table = values_table(made().parts[5])
    assert [column.name for column in table.columns] == ["id", "name", "last", "interval", "next", "days_late"]
    assert table.rows == (("C20240501001", "Customer 001", "2026-09-21", "30", "2026-10-21", "30"),)


TARGETS = """
[[targets]]
measure = "revenue"
period = "2026-Q4"
amount = "500"
[[targets]]
measure = "revenue"
period = "2026-11"
owner = "lilei"
amount = "40 EUR"
[[targets]]
measure = "followups"
period = "2026"
owner = "hanmei"
amount = "3"
[[targets]]
measure = "new"
period = "2027"
amount = "9"
"""


def test_progress_of_targets() -> None:
    shot = team(TARGETS)
    every = targets.progress(shot)
    assert [(one.target.owner, one.currency, one.value, one.share, one.passed) for one in every] == [
        # 100 in October, 80 in November; tomorrow's 99,999 don't count.
        ("", "CNY", Decimal(180), Fraction(9, 25), Fraction(51, 92)),
        ("lilei", "EUR", Decimal(20), Fraction(1, 2), Fraction(20, 30)),
        ("hanmei", "", 0, Fraction(0), Fraction(324, 365)),
    ]
    assert [one.target.owner for one in targets.progress(shot, "lilei")] == ["lilei"]
    assert len(targets.progress(shot, since=date(2026, 12, 1))) == 2
    table = targets.table(shot)
    assert table is not None
    assert table_document(table)["rows"][0] == {
        "group": {"owner": "", "measure": "revenue", "target_period": "2026-Q4"},
        "period": None,
        "values": {
            "amount": 500, "value": 180, "currency": "CNY", "rate": Decimal("0.36"), "passed": Decimal("0.5543")
        },
    }  # fmt: skip
    assert targets.table(team()) is None
    assert [targets.words(one, shot.settings) for one in every] == [
        "Team: Revenue 2026-Q4: ¥180 of ¥500 (36%, 55% of the time passed)",
        "李雷: Revenue 2026-11: €20 of €40 (50%, 67% of the time passed)",
        "韩梅: Follow-ups 2026: 0 of 3 (0%, 89% of the time passed)",
    ]
