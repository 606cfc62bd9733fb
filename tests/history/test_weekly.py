"""The weekly report of a team made by hand."""

from __future__ import annotations

import copy
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import yaml

from crmtext import settings
from crmtext.diff.customers import Comparison
from crmtext.figures.stages import Idle
from crmtext.history import weekly, weekly_text
from crmtext.history.events import events
from crmtext.i18n import speaking
from crmtext.schema import Schema
from crmtext.snapshot import Snapshot, build

HERE = Path(__file__).parent
TEAM = yaml.safe_load((HERE / "weekly-team.yaml").read_text("utf-8"))
WEEK = weekly.Period(date(2026, 11, 16), date(2026, 11, 20))


def team(records: list[dict[str, Any]]) -> Snapshot:
    files = [(f"records/{one['id']}.yaml", yaml.safe_dump(one, allow_unicode=True).encode()) for one in records]
    return build(
        files,
        read="worktree",
        schema=Schema.shipped(),
        settings=settings.read(TEAM["settings"].encode()),
        today=WEEK.last,
    )


def report(owner: str = "") -> weekly.Weekly:
    before = copy.deepcopy(TEAM["records"])
    for record in before:
        for deal in record["opportunities"]:
            deal["stage"] = TEAM["before"].get(deal["title"], deal["stage"])
    now = team(TEAM["records"])
    assert now.problems == ()
    return weekly.weekly(now, WEEK, events(Comparison(team(before), now), *WEEK), owner)


def test_the_command_for_more_is_of_the_same_day() -> None:
    (record, *_others) = copy.deepcopy(TEAM["records"])
    case = record["cases"][0]
    record["cases"] = [{**case, "summary": f"网关 {number}"} for number in range(11)]
    text = weekly_text.as_markdown(weekly.weekly(team([record]), WEEK, ()), " --at v1")
    assert "\n- 1 more: `crmtext due --owner hanmei --at v1`\n" in text


def test_idle_deals_need_help_before_what_is_overdue() -> None:
    now = team(TEAM["records"])
    (customer,) = [one for one in now.customers if one.owner == "hanmei"]
    (deal,) = [deal for deal in customer.data["opportunities"] if deal["title"] == "No amount"]
    idle = [Idle(customer, deal, date(2026, 9, 1), 80, 30)]
    week = weekly.weekly(now, WEEK, (), idle=idle)
    assert weekly_text.document(week)["lists"]["help"] == [
        {
            "id": customer.id,
            "name": customer.name,
            "owner": "hanmei",
            "kind": "idle-deal",
            "due": None,
            "action": "No amount",
            "days": 80,
        },
        *weekly_text.document(weekly.weekly(now, WEEK, ()))["lists"]["help"],
    ]
    help_ = weekly_text.as_markdown(week).partition("**Help needed**\n\n")[2].splitlines()
    assert help_[0] == f"- {customer.short} · No amount · Proposal · 80 days without contact or change"
    assert "网关离线" in help_[1]
    twelve = weekly_text.as_markdown(weekly.weekly(now, WEEK, (), idle=idle * 12))
    assert "\n- 2 more: `crmtext report pipeline --format markdown --owner hanmei`\n- " in twelve
    assert weekly.weekly(now, WEEK, (), "lilei", idle).team.idle == ()


def test_without_a_team_everybody_has_a_section() -> None:
    now = replace(team(TEAM["records"]), settings=settings.read(b""))
    today = weekly.weekly(now, weekly.Period(WEEK.last, WEEK.last), ())
    assert [(work.who, len(work.overdue), len(work.won)) for work in today.people] == [
        ("hanmei", 1, 0),
        ("lilei", 0, 1),
    ]


@pytest.mark.parametrize("language", ["en", "zh"])
def test_a_week(language: str, golden_update: bool) -> None:
    with speaking(language):
        text = weekly_text.as_markdown(report())
    file = HERE / "golden" / f"weekly.{language}.md"
    if golden_update:
        file.write_text(text, "utf-8")
    assert text == file.read_text("utf-8")


def test_the_figures_of_a_week() -> None:
    document = weekly_text.document(report())
    assert [{**row["group"], **row["values"]} for row in document["tables"]["done"]["rows"]] == [
        {
            "owner": "lilei", "followups": 1, "steps_done": 1, "deals_moved": 1, "deals_won": 1,
            "won_amount": {"CNY": 20000.5}, "deals_lost": 0, "paid_amount": {"CNY": 30000, "USD": 200},
        },
        {
            "owner": "hanmei", "followups": 1, "steps_done": 0, "deals_moved": 0, "deals_won": 0, "won_amount": {},
            "deals_lost": 1, "paid_amount": {},
        },
    ]  # fmt: skip
    assert document["tables"]["done"]["total"] == {
        "followups": 2, "steps_done": 1, "deals_moved": 1, "deals_won": 1, "won_amount": {"CNY": 20000.5},
        "deals_lost": 1, "paid_amount": {"CNY": 30000, "USD": 200},
    }  # fmt: skip
    lists = {
        name: [(item["owner"], item.get("title") or item["action"]) for item in items]
        for name, items in document["lists"].items()
    }
    assert lists == {
        "moved": [("lilei", "二厂")],
        "won": [("lilei", "备件")],
        "next_week": [("hanmei", "出 8D 报告")],
        "key_deals": [("lilei", "二厂"), ("lilei", "Pilot"), ("hanmei", "No amount")],
        "help": [("hanmei", "网关离线")],
    }


def test_one_colleague_is_the_same_as_in_the_team_s() -> None:
    (alone,) = report("lilei").people
    assert alone == report().people[0]
    assert report("zhaomin").people == ()


@pytest.mark.parametrize(
    ("last", "monday", "sunday"),
    [("2026-11-20", "2026-11-23", "2026-11-29"), ("2026-11-22", "2026-11-23", "2026-11-29"),
     ("2026-11-23", "2026-11-30", "2026-12-06")],
)  # fmt: skip
def test_the_next_week(last: str, monday: str, sunday: str) -> None:
    period = weekly.Period(WEEK.first, date.fromisoformat(last))
    assert [*map(str, period.next_week)] == [monday, sunday]


def test_the_next_week_is_in_the_order_of_days() -> None:
    (record, *_others) = copy.deepcopy(TEAM["records"])
    entry = {"date": "2026-11-16", "by": "lilei", "channel": "note", "summary": "备注"}
    steps = [("寄样", "2026-11-27"), ("报价", "2026-11-24")]
    record["interactions"] = [{**entry, "next": {"action": action, "due": day}} for action, day in steps]
    record["transactions"] = [
        {"date": "2026-11-01", "amount": 12000, "currency": "USD", "order_no": "A_1", "payment_due": "2026-11-25"}
    ]
    report = weekly.weekly(team([record]), WEEK, (), "lilei")
    lines = weekly_text.as_markdown(report).partition("**Plan for next week**\n\n")[2].splitlines()
    assert lines[:3] == [
        "- 2026-11-24 · 华东精密 · step 1 · 报价",
        r"- 2026-11-25 · 华东精密 · payment · A\_1 · $12,000",
        "- 2026-11-27 · 华东精密 · step 2 · 寄样",
    ]
    (payment,) = [item for item in weekly_text.document(report)["lists"]["next_week"] if item["kind"] == "payment"]
    assert payment["action"] == "A_1"


@pytest.mark.parametrize(
    ("language", "first", "heading"),
    [
        ("en", "2026-11-16", "**Done this week**"),
        ("en", "2026-11-09", "**Done from 2026-11-09 to 2026-11-20**"),
        ("zh", "2026-11-16", "**本周完成**"),
        ("zh", "2026-11-09", "**2026-11-09 至 2026-11-20 完成**"),
    ],
)
def test_a_longer_period_is_named(language: str, first: str, heading: str) -> None:
    period = weekly.Period(date.fromisoformat(first), WEEK.last)
    with speaking(language):
        text = weekly_text.as_markdown(weekly.weekly(team(TEAM["records"]), period, ()))
    assert heading in text.splitlines()


def test_an_ampersand_is_pasted_as_it_is() -> None:
    (record, *_others) = copy.deepcopy(TEAM["records"])
    record["short_name"] = "A & B <b> &lt;"
    text = weekly_text.as_markdown(weekly.weekly(team([record]), WEEK, ()))
    assert "- A & B &lt;b&gt; &amp;lt; · 二厂 · " in text


def test_targets_whose_period_is_not_over_are_listed() -> None:
    given = '\n[[targets]]\nmeasure = "followups"\nperiod = "{}"\nowner = "lilei"\namount = "4"\n'
    rules = TEAM["settings"] + given.format(f"{WEEK.last:%Y-%m}") + given.format(WEEK.last.year - 1)
    now = replace(team(TEAM["records"]), settings=settings.read(rules.encode()))
    done = weekly.weekly(now, WEEK, ())
    text = weekly_text.as_markdown(done)
    assert text.partition("## Targets\n\n")[2] == ("- 李雷: Follow-ups 2026-11: 3 of 4 (75%, 67% of the time passed)\n")
    rows = weekly_text.document(done)["tables"]["targets"]["rows"]
    assert [row["group"]["target_period"] for row in rows] == [f"{WEEK.last:%Y-%m}"]
    assert "targets" not in weekly_text.document(report())["tables"]
