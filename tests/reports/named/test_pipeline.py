"""The report of the pipeline on hand-made customers."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING, Any

from stores import TODAY, record, snapshot

from crmtext.cli.framework.render import to_json
from crmtext.figures.stages import Deal, Entry, Moves
from crmtext.figures.tables import FigureTable
from crmtext.figures.tables_text import as_markdown, notes
from crmtext.figures.tables_values import list_document, table_document, values_table
from crmtext.i18n import speaking
from crmtext.reports.context import Context, shifted
from crmtext.reports.named.pipeline import report
from crmtext.reports.named_pages import compute
from crmtext.schema import Schema

if TYPE_CHECKING:
    from crmtext.figures.tables import FigureList
    from crmtext.snapshot import Snapshot

#: Open deals past their close, this month and later, without a date, without an amount, and in euros.
LILEI = record(
    "001",
    "云帆科技有限公司",
    """opportunities:
  - {title: 过期, stage: proposal, amount: 100, expected_close: "2026-11-19"}
  - {title: 今天, stage: proposal, amount: 200, expected_close: "2026-11-20"}
  - {title: 年初, stage: negotiation, amount: 400, probability: 90, expected_close: "2027-01-15"}
  - {title: 未定, stage: discovery, amount: 800}
  - {title: 无额, stage: discovery, expected_close: "2026-11-30"}
  - {title: 欧元, stage: qualified, amount: 10.5, currency: EUR, expected_close: "2028-03-01"}
""",
    status="prospect",
)
#: Closed deals, some before the period.
HANMEI = record(
    "002",
    "海洋仪器",
    """opportunities:
  - {title: 赢, stage: won, amount: 1000, closed: "2026-10-01"}
  - {title: 美元, stage: won, amount: 7, currency: USD, closed: "2026-11-20"}
  - {title: 输, stage: lost, amount: 3000, closed: "2026-11-01", lost_category: price, lost_reason: "价格 太高。"}
  - {title: 再输, stage: lost, closed: "2026-11-02", lost_category: competitor, lost_reason: 价格太高}
  - {title: 早输, stage: lost, amount: 5, closed: "2025-11-30", lost_category: price, lost_reason: 太早}
  - {title: 没写, stage: lost, amount: 6, closed: "2026-01-05"}
""",
    status="prospect",
    owner="hanmei",
)
#: Deals of a lost customer count, but are never weighted.
LOST = record(
    "003",
    "流失客户",
    """opportunities:
  - {title: 旧, stage: negotiation, amount: 5000, expected_close: "2026-12-01"}
churn: {date: "2026-11-01", category: price}
""",
    status="lost",
)


def parts(now: Snapshot, earlier: Snapshot | None = None, **more: Any) -> dict[str, FigureTable | FigureList]:
    """The parts of the report by name."""
    assert not now.broken
    made = report(Context(now, date(2025, 12, 1), TODAY, earlier=earlier, **more))
    return {part.name: part for part in made.parts}


def cells(part: FigureTable | FigureList) -> tuple[tuple[str, ...], ...]:
    """The values of a table as text, below their names."""
    table = values_table(part)
    return (tuple(column.name for column in table.columns), *table.rows)


def total(part: FigureTable | FigureList) -> Any:
    """The total of a table as JSON shows it."""
    assert isinstance(part, FigureTable)
    return json.loads(to_json(table_document(part)["total"]))


def test_open_deals_by_stage() -> None:
    by_stage = parts(snapshot(LILEI, HANMEI, LOST))["by_stage"]
    assert cells(by_stage) == (
        (
            *("stage", "open_deals", "open_value_CNY", "open_value_EUR", "weighted_CNY", "weighted_EUR"),
            *("weighted_past_CNY", "weighted_undated_CNY", "without_amount"),
        ),
        ("discovery", "2", "800", "0", "0", "0", "0", "80", "1"),
        ("qualified", "1", "0", "10.5", "0", "3.15", "0", "0", "0"),
        ("proposal", "2", "300", "0", "100", "0", "50", "0", "0"),
        ("negotiation", "2", "5400", "0", "360", "0", "0", "0", "0"),
    )
    assert total(by_stage)["weighted"] == {"CNY": 460, "EUR": 3.15}
    assert total(by_stage)["open_deals"] == 7


def test_open_deals_by_month() -> None:
    by_month = parts(snapshot(LILEI, HANMEI, LOST))["by_month"]
    assert cells(by_month) == (
        ("period", "open_deals", "open_value_CNY", "open_value_EUR", "weighted_CNY", "weighted_EUR"),
        ("past", "1", "100", "0", "50", "0"),
        ("2026-11", "2", "200", "0", "100", "0"),
        ("2026-12", "1", "5000", "0", "0", "0"),
        ("2027-01", "1", "400", "0", "360", "0"),
        ("2028-03", "1", "0", "10.5", "0", "3.15"),
        ("", "1", "800", "0", "80", "0"),
    )
    assert total(by_month) == {
        "open_deals": 7,
        "open_value": {"CNY": 6500, "EUR": 10.5},
        "weighted": {"CNY": 460, "EUR": 3.15},
    }


def test_deals_won_and_lost_in_the_period() -> None:
    closed = parts(snapshot(LILEI, HANMEI))
    by_month = cells(closed["closed_by_month"])
    assert by_month[0] == ("period", "deals_won", "deals_lost", "won_amount_CNY", "won_amount_USD", "lost_amount_CNY")
    assert [row for row in by_month[1:] if row[1:3] != ("0", "0")] == [
        ("2026-01", "0", "1", "0", "0", "6"),
        ("2026-10", "1", "0", "1000", "0", "0"),
        ("2026-11", "1", "2", "0", "7", "3000"),
    ]
    assert len(by_month) == 13
    assert cells(closed["loss_reasons"]) == (
        ("category", "deals", "lost_amount_CNY"),
        ("price", "1", "3000"),
        ("competitor", "1", "0"),
        ("", "1", "6"),
    )
    assert total(closed["win_rate"])["win_rate"] == {
        "won": 2,
        "lost": 3,
        "rate": 0.4,
        "amount": {
            "CNY": {"won": 1000, "lost": 3006, "rate": 0.2496},
            "USD": {"won": 7, "lost": 0, "rate": 1},
        },
    }


def test_equal_reasons_are_one_line() -> None:
    texts = parts(snapshot(HANMEI))["loss_texts"]
    assert not isinstance(texts, FigureTable)
    assert list_document(texts) == [
        {
            "id": "C20240501002",
            "name": "海洋仪器",
            "reason": "价格太高",
            "deals": 2,
            "categories": ["competitor", "price"],
            "closed": "2026-11-02",
            "amount": {"CNY": 3000},
        }
    ]


#: A week earlier: one deal less, one won since, one moved, and one with another amount and month.
BEFORE = replace(
    snapshot(
        record(
            "001",
            "云帆科技有限公司",
            """opportunities:
  - {title: 过期, stage: proposal, amount: 100, expected_close: "2026-11-19"}
  - {title: 今天, stage: qualified, amount: 200, expected_close: "2026-11-20"}
  - {title: 年初, stage: negotiation, amount: 500, expected_close: "2026-12-31"}
  - {title: 欧元, stage: qualified, amount: 10.5, currency: EUR, expected_close: "2028-03-01"}
""",
            status="prospect",
        ),
        record(
            "002",
            "海洋仪器",
            """opportunities:
  - {title: 输, stage: negotiation, amount: 3000, expected_close: "2026-12-01"}
interactions:
  - {date: "2026-11-18", by: hanmei, channel: phone, summary: 又打来一次}
""",
            status="prospect",
            owner="hanmei",
        ),
    ),
    today=date(2026, 11, 13),
)
NOW = snapshot(
    LILEI + 'interactions:\n  - {date: "2026-11-13", by: lilei, channel: phone, summary: 上周的事}\n'
    '  - {date: "2026-11-17", by: lilei, channel: visit, summary: 客户要  分两期}\n',
    HANMEI,
)


def test_both_moments_count_events_from_the_same_first_day() -> None:
    """Of a deal won in December 2025, only the report from that month on knows; of both moments."""
    won = "opportunities: [{title: 赢, stage: won, closed: %s}, {title: 输, stage: lost, closed: %s}]\n"
    now = snapshot(
        record("001", "云帆科技有限公司", won % ("2025-12-05", "2026-11-10"), status="prospect"),
        record("002", "海洋仪器", won % ("2026-11-02", "2026-11-19"), status="prospect"),
    )

    def compared(since: date, until: date = TODAY) -> list[tuple[Any, ...]]:
        context = Context(now, since, until, earlier=replace(now, today=date(2026, 11, 13)))
        of = {part.name: part for part in compute("pipeline", context).parts if isinstance(part, FigureTable)}
        closed, rates, reasons = of["closed_by_month"], of["win_rate"], of["loss_reasons"]
        assert closed.total_before
        assert rates.total_before
        assert reasons.total_before
        deals = rates.total_before["win_rate"]
        assert deals["won"] == closed.total_before["deals_won"]
        assert deals["lost"] == closed.total_before["deals_lost"] == reasons.total_before["deals"]
        return [(shifted(context).since, shifted(context).until), (deals["won"], deals["lost"])]

    assert compared(date(2025, 12, 1)) == [(date(2025, 12, 1), date(2026, 11, 13)), (2, 1)]
    assert compared(date(2026, 1, 1)) == [(date(2026, 1, 1), date(2026, 11, 13)), (1, 1)]
    assert compared(date(2026, 1, 1), date(2026, 11, 5)) == [(date(2026, 1, 1), date(2026, 11, 5)), (1, 0)]
    # The period begins after the day: as many days that end on it.
    assert compared(date(2026, 11, 15)) == [(date(2026, 11, 8), date(2026, 11, 13)), (0, 1)]


def test_what_changed_since_another_day() -> None:
    compared = parts(NOW, BEFORE)
    assert [*compared][:3] == ["changes", "changed", "by_stage"]
    assert cells(compared["changes"]) == (
        ("change", "deals", "amount_CNY", "amount_USD", "difference_CNY", "weighted_CNY"),
        ("won", "2", "1000", "7", "0", "0"),
        ("lost", "4", "3011", "0", "-3000", "-2250"),
        ("new", "2", "800", "0", "800", "0"),
        ("advanced", "1", "200", "0", "0", "40"),
        ("slipped", "1", "400", "0", "0", "-15"),
        ("overdue", "1", "100", "0", "0", "-50"),
        ("amount", "1", "400", "0", "-100", "0"),
    )
    assert total(compared["changes"])["difference"] == {"CNY": -2300}
    assert total(compared["changes"])["weighted"] == {"CNY": -2275}
    with speaking("en"):
        made = report(Context(NOW, date(2025, 12, 1), TODAY, earlier=BEFORE))
        assert made.notes[0] == "since 2026-11-13: open deals −¥2,300, forecast −¥2,275"
    changed = compared["changed"]
    assert not isinstance(changed, FigureTable)
    assert changed.urgent
    items = list_document(changed)
    assert [(one["title"], one["changes"], one["why"], one["last_contact"]) for one in items] == [
        ("赢", ["won"], None, None),
        ("美元", ["won"], None, None),
        ("输", ["lost"], "价格 太高。", None),
        ("没写", ["lost"], None, None),
        ("早输", ["lost"], "太早", None),
        ("再输", ["lost"], "价格太高", None),
        ("未定", ["new"], "客户要 分两期", "2026-11-17"),
        ("无额", ["new"], "客户要 分两期", "2026-11-17"),
        ("今天", ["advanced"], "客户要 分两期", "2026-11-17"),
        ("年初", ["slipped", "amount"], "客户要 分两期", "2026-11-17"),
        ("过期", ["overdue"], "客户要 分两期", "2026-11-17"),
    ]
    assert items[-2] == {
        "id": "C20240501001",
        "name": "云帆科技有限公司",
        "owner": "lilei",
        "title": "年初",
        "changes": ["slipped", "amount"],
        "stage": {"before": "negotiation", "after": "negotiation"},
        "amount": {"before": {"CNY": 500}, "after": {"CNY": 400}},
        "expected_close": {"before": "2026-12-31", "after": "2027-01-15"},
        "lost_category": None,
        "why": "客户要 分两期",
        "last_contact": "2026-11-17",
    }
    assert (items[2]["stage"], items[2]["expected_close"], items[2]["lost_category"]) == (
        {"before": "negotiation", "after": "lost"},
        None,
        "price",
    )


def test_what_changed_for_one_colleague_in_words() -> None:
    with speaking("zh"):
        compared = parts(NOW, BEFORE, owner="hanmei")
        assert as_markdown(compared["changes"]).splitlines() == [
            "| 变化 | 商机数 | 金额 CNY | 金额 USD | 未结金额增减 | 预测金额增减 |",
            "| --- | ---: | ---: | ---: | ---: | ---: |",
            r"| 赢单 | 2 | ¥1,000 | \$7 | ¥0 | ¥0 |",
            r"| 输单 | 4 | ¥3,011 | \$0 | −¥3,000 | −¥2,250 |",
            r"| **合计** | **6** | **¥4,011** | **\$7** | **−¥3,000** | **−¥2,250** |",
        ]
        assert as_markdown(compared["changed"]).splitlines()[4] == (
            "| C20240501002 | 海洋仪器 | 韩梅 | 输 | 输单 | 商务谈判 → 输单 | ¥3,000 |  | 价格 | 价格 太高。 |  |"
        )
    with speaking("en"):
        line = as_markdown(parts(NOW, BEFORE, owner="lilei")["changed"]).splitlines()[-2]
        assert "| later month, amount changed | Negotiation | ¥500 → ¥400 | 2026-12-31 → 2027-01-15 |" in line


def followed(title: str, changed: date, *stages: tuple[str, date | None], customer: str = "C20240501001") -> Deal:
    """A deal followed through the commits."""
    return Deal(customer, {"title": title}, tuple(Entry(*stage) for stage in stages), changed)


#: The first commit is of 1 January. Three deals entered discovery in time: one went on and came back, one was lost. One
#: of the first commit went on, and one entered too late. Of the rest, some are open, with and without changes of late.
SINCE = date(2026, 1, 1)
MOVES = Moves(
    SINCE,
    (
        followed("a", date(2026, 6, 1), ("discovery", date(2026, 2, 1)), ("proposal", date(2026, 3, 3))),
        followed("b", date(2026, 6, 1), ("discovery", date(2026, 2, 1)), ("lost", date(2026, 2, 11))),
        followed(
            *("c", date(2026, 6, 1), ("discovery", date(2026, 8, 22)), ("qualified", date(2026, 9, 1))),
            ("discovery", date(2026, 9, 21)),
        ),
        followed("d", date(2026, 6, 1), ("discovery", None), ("won", date(2026, 5, 1))),
        followed("e", date(2026, 6, 1), ("discovery", date(2026, 8, 23)), ("won", date(2026, 9, 2)), customer="C2"),
        followed("过期", date(2026, 10, 21), ("proposal", None)),
        followed("今天", date(2026, 10, 22), ("proposal", None)),
        followed("未定", date(2026, 1, 1), ("discovery", None)),
        followed("输", SINCE, ("lost", None), customer="C20240501002"),
    ),
)


def test_conversion_and_days_per_stage() -> None:
    now = snapshot(LILEI, HANMEI)
    stages = parts(now, moves=lambda: MOVES)["stages"]
    assert cells(stages) == (
        (
            *("stage", "entered", "advanced", "rate", "unknown"),
            *("stay", "stay_n", "open", "open_n"),
        ),
        ("discovery", "3", "2", "0.6667", "2", "10", "3", "60", "1"),
        ("qualified", "0", "0", "", "0", "20", "1", "", "0"),
        ("proposal", "1", "0", "0", "2", "", "0", "262", "1"),
        ("negotiation", "0", "0", "", "0", "", "0", "", "0"),
    )
    with speaking("en"):
        stages = parts(now, moves=lambda: MOVES)["stages"]
        assert notes(stages) == ("conversion from 2026-04-01", "data since 2026-01-01")
        assert as_markdown(stages).splitlines()[2] == "| Discovery | 3 | 2 | 67% | 2 | 10 (n=3) | 60 (n=1) |"


def test_idle_deals() -> None:
    """Thirty days are idle, twenty-nine are not; in discovery, 1.5 times its median of 10 days is less."""
    idle = parts(snapshot(LILEI, HANMEI), moves=lambda: MOVES)["idle"]
    assert not isinstance(idle, FigureTable)
    assert idle.urgent
    items = list_document(idle)
    assert [(one["title"], one["days"]) for one in items] == [("未定", 323), ("过期", 30)]
    assert items[1] == {
        "id": "C20240501001",
        "name": "云帆科技有限公司",
        "owner": "lilei",
        "title": "过期",
        "stage": "proposal",
        "amount": {"CNY": 100},
        "last": "2026-10-21",
        "days": 30,
        "limit": 30,
    }
    called = LILEI + 'interactions: [{date: "2026-11-01", by: lilei, channel: phone, summary: 在谈}]\n'
    assert not parts(snapshot(called), moves=lambda: MOVES)["idle"].items


def test_what_needs_history_is_left_out_without_it() -> None:
    now = snapshot(LILEI, HANMEI)
    with speaking("en"):
        outside = report(Context(now, SINCE, TODAY))
        once = Moves(SINCE, (followed("过期", SINCE, ("proposal", None)),))
        young = report(Context(now, SINCE, TODAY, moves=lambda: once))
    names = ["by_stage", "by_month", "closed_by_month", "win_rate", "loss_reasons", "loss_texts"]
    assert [part.name for part in outside.parts] == names
    assert outside.notes == ("idle deals, conversion and days per stage need git: they are left out",)
    assert [part.name for part in young.parts] == [*names[:2], "idle", *names[2:]]
    assert young.notes == (
        "no deal has changed its stage since 2026-01-01: conversion and days per stage are left out",
    )


def test_a_store_without_deals() -> None:
    empty = parts(snapshot())
    assert [row[1] for row in cells(empty["by_stage"])[1:]] == ["0", "0", "0", "0"]
    assert [
        len(cells(empty[name])) for name in ("by_month", "closed_by_month", "loss_reasons", "win_rate", "loss_texts")
    ] == [1, 13, 1, 1, 1]
    assert "changed" not in empty


def test_months_of_the_earlier_moment_are_listed() -> None:
    before = replace(snapshot(LILEI), today=date(2026, 10, 1))
    months = parts(snapshot(), before)["by_month"]
    assert [row[0] for row in cells(months)[1:]] == ["2026-11", "2026-12", "2027-01", "2028-03", ""]
    assert {row[1] for row in cells(months)[1:]} == {"0"}


def test_fields_that_a_team_marks_as_sensitive_are_in_no_list() -> None:
    schema = json.loads(json.dumps(Schema.shipped().data))
    fields = schema["properties"]["opportunities"]["items"]["properties"]
    for name in ("title", "amount", "lost_reason", "lost_category"):
        fields[name]["x-sensitive"] = True
    marked = Schema(schema, b"marked")
    now, before = replace(NOW, schema=marked), replace(BEFORE, schema=marked)
    lists = [part for part in parts(now, before, moves=lambda: MOVES).values() if not isinstance(part, FigureTable)]
    assert [part.name for part in lists] == ["changed", "idle", "loss_texts"]
    assert [bool(part.items) for part in lists] == [True, False, True]
    text = to_json([list_document(part) for part in lists])
    assert [word for word in ("未定", "年初", "太高", "competitor", "3000", "400") if word in text] == []
