"""The pages of colleagues, and the activity stream."""

from __future__ import annotations

from urllib.parse import unquote

from report_site import SHANGHAI, TODAY, site

from crmtext.reports import render
from crmtext.reports.people import file_names, people
from crmtext.reports.stream import LAST

RICH = """\
id: C20240503BBBB
name: 乙公司
type: company
status: active
owner: lilei
opportunities:
  - {title: 二期, stage: won, amount: 1000, closed: 2026-11-12, owner: hanmei}
  - {title: 三期, stage: proposal, expected_close: 2026-11-01, owner: hanmei}
transactions:
  - {date: 2026-11-13, amount: 1000, paid: 2026-11-14}
  - {date: 2026-11-15, amount: -200, currency: EUR}
cases:
  - {opened: 2026-11-10, kind: repair, summary: 漏水, status: closed, closed: 2026-11-16, owner: hanmei}
  - {opened: 2026-12-01, kind: repair, summary: later, status: open}
interactions:
  - {date: 2026-11-11, by: hanmei, channel: visit, summary: 看现场, next: {action: 报价, done: 2026-11-17}}
  - {date: 2026-11-18, by: hanmei, channel: note, summary: 只是备注}
"""


def test_the_stream_has_what_the_records_date_up_to_today_newest_first() -> None:
    stream = site(RICH).stream
    assert [(one.day, one.who, one.what, one.about) for one in stream.everyone] == [
        ("2026-11-18", "hanmei", "Internal note", "只是备注"),
        ("2026-11-17", "hanmei", "Step done", "报价"),
        ("2026-11-16", "hanmei", "Case closed", "漏水"),
        ("2026-11-15", "李雷", "Refund", "−€200"),
        ("2026-11-14", "李雷", "Paid", "¥1,000"),
        ("2026-11-13", "李雷", "Purchase", "¥1,000"),
        ("2026-11-12", "hanmei", "Deal won", "二期 · ¥1,000"),
        ("2026-11-11", "hanmei", "Visit", "看现场"),
        ("2026-11-10", "hanmei", "Case opened", "漏水"),
    ]
    assert [one.about for one in stream.by_person["lilei"]] == ["−€200", "¥1,000", "¥1,000"]
    assert [(one.day, one.about) for one in stream.contacts["hanmei"]] == [("2026-11-11", "看现场")]


def test_the_stream_ends_after_a_few_events_and_of_one_day_by_customer() -> None:
    calls = "\n".join(f"  - {{date: {TODAY}, by: lilei, channel: phone, summary: s{n}}}" for n in range(LAST + 2))
    first, second = (
        f"id: C2024050{n}AAAA\nname: N{n}\ntype: company\nstatus: lead\nowner: lilei\ninteractions:\n{calls}\n"
        for n in (1, 2)
    )
    assert [(one.name, one.about) for one in site(first, second).stream.everyone] == [
        ("N1", f"s{n}") for n in range(LAST + 1, 1, -1)
    ]


def test_everyone_with_a_customer_a_task_or_an_event_has_a_page_in_the_teams_order() -> None:
    whole = site(SHANGHAI, RICH)
    assert people(whole) == ("lilei", "liuyang", "hanmei")
    assert [path for path, _text in render(whole, ["people"], ["markdown"])] == [
        "people/lilei.md",
        "people/liuyang.md",
        "people/hanmei.md",
    ]


def test_a_colleagues_page_has_their_own_work() -> None:
    pages = dict(render(site(SHANGHAI, RICH), ["people"], ["markdown"]))
    page = pages["people/hanmei.md"]
    assert "`hanmei` · not on the team · as of 2026-11-20" in page
    assert "| 2026-11-01 | [乙公司](../customers/C20240503BBBB.md) | 三期 | Proposal |  |" in page
    assert "## Overdue (1)" in page
    assert "| 2026-11-01 | 19 days late | [乙公司](../customers/C20240503BBBB.md) | 三期 | hanmei | Deal |" in page
    assert "No customers." in page
    assert "## Customers (2)" in pages["people/lilei.md"]


def test_each_colleague_has_a_file_of_their_own_on_any_disk() -> None:
    handles = ["lilei", "LiLei", "../../x", "con", "aux.b", "韩梅", "长" * 90, "长" * 89 + "x", "a.b", "%2F", "/"]
    names = file_names(handles)
    assert [*names] == handles
    assert len({name.casefold() for name in names.values()}) == len(handles)
    assert all(len(f"{name}.html") < 150 and "/" not in name and "\\" not in name for name in names.values())
    assert {name.partition("-")[0].partition(".")[0].casefold() for name in names.values()}.isdisjoint({"prn", "nul"})
    assert [names[handle] for handle in ("lilei", "../../x", "a.b")] == ["lilei", "..%2F..%2Fx", "a.b"]
    assert names["con"].startswith("con-")
    assert unquote(names["韩梅"]) == "韩梅"
