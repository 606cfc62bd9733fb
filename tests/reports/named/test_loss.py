"""The report of lost customers, on states of a store made by hand."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING

from stores import TODAY, record, snapshot

from crmtext.figures.tables import FigureTable
from crmtext.figures.tables_text import as_markdown, notes
from crmtext.figures.tables_values import list_document, values_table
from crmtext.i18n import speaking
from crmtext.reports.context import Context
from crmtext.reports.named.loss import report

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from crmtext.reports.context import Report
    from crmtext.snapshot import Snapshot

SINCE = "cooperation: {since: 2024-01-01}\n"
CHURN = 'churn: {date: "2026-10-15", category: price}\n'
HIGH = "classification: {value: high}\n"


def state(day: date, **statuses: str) -> Snapshot:
    """A store in which customers, named by their numbers, have these statuses; Hanmei has the one numbered 009."""
    texts = []
    for name, status in statuses.items():
        number = name.removeprefix("c")
        more = {"active": SINCE, "paused": SINCE, "lost": CHURN}.get(status, "")
        owner = "hanmei" if number == "009" else "lilei"
        texts.append(record(number, f"客户{number}", more, status=status, owner=owner))
    made = replace(snapshot(*texts), today=day)
    assert not made.broken
    return made


#: One of four customers is lost in October, one is deleted; a prospect is dropped, and a lead who came in the month.
SEPTEMBER = state(
    date(2026, 9, 30),
    c001="active",
    c002="paused",
    c003="active",
    c009="active",
    c005="prospect",
    c006="lead",
    c008="lost",
)
OCTOBER = state(
    date(2026, 10, 31),
    c001="active",
    c002="lost",
    c009="active",
    c005="lost",
    c006="prospect",
    c007="lost",
    c008="lost",
)
#: The one who came back is no customer before, and the prospect who signed is lost only later.
NOW = state(TODAY, c001="active", c002="active", c009="lost", c005="lost", c006="active", c007="lost", c008="prospect")


def made(now: Snapshot, *past: Snapshot, since: date = date(2026, 9, 1), **more: str) -> Report:
    """The report of a store with these earlier states; earlier days are before the first commit."""

    def states(days: Sequence[date]) -> Iterator[Snapshot | None]:
        for day in days:
            known = [one for one in past if one.today <= day]
            yield replace(known[-1], today=day) if known else None

    return report(Context(now, since, now.today, states=states, **more))


def rows(done: Report) -> list[tuple[str, ...]]:
    """The loss rates as text."""
    assert isinstance(done.parts[0], FigureTable)
    return [*values_table(done.parts[0]).rows]


def test_loss_rate_and_dropped_customers_by_month() -> None:
    done = made(NOW, SEPTEMBER, OCTOBER)
    assert [part.name for part in done.parts] == ["by_month", "reasons", "win_back", "quiet"]
    assert rows(done) == [
        ("2026-09", "", "", "", ""),
        ("2026-10", "4", "1", "0.25", "2"),
        ("2026-11", "2", "1", "0.5", "0"),
    ]
    by_month = done.parts[0]
    assert isinstance(by_month, FigureTable)
    # From the end of September on: the customer who was lost and came back is not lost.
    assert by_month.total == {"base": 4, "lost": 1, "rate": 0.25, "dropped": 2}
    assert (by_month.data_since, by_month.so_far) == (date(2026, 10, 1), "2026-11")


def test_a_period_that_ended_begins_and_ends_on_its_days() -> None:
    done = made(NOW, SEPTEMBER, OCTOBER, since=date(2026, 10, 1))
    assert [row[0] for row in rows(done)] == ["2026-10", "2026-11"]
    past = report(Context(NOW, date(2026, 11, 1), date(2026, 11, 2), states=lambda _days: iter([OCTOBER, NOW])))
    assert rows(past) == [("2026-11", "2", "1", "0.5", "0")]


def test_customers_of_one_colleague_at_the_time() -> None:
    assert rows(made(NOW, SEPTEMBER, OCTOBER, owner="hanmei"))[1:] == [
        ("2026-10", "1", "0", "0", "0"),
        ("2026-11", "1", "1", "1", "0"),
    ]
    assert rows(made(NOW, SEPTEMBER, OCTOBER, where="status == 'paused'"))[1:] == [
        ("2026-10", "1", "1", "1", "0"),
        ("2026-11", "0", "0", "", "0"),
    ]


def test_a_customer_that_was_merged_into_another_one_is_followed() -> None:
    now = snapshot(record("001", "客户001", CHURN + "merged_from: [C20240501002]\n", status="lost"))
    before = state(date(2026, 10, 31), c002="active")
    assert rows(made(now, before, since=date(2026, 11, 1))) == [("2026-11", "1", "1", "1", "0")]


def test_without_history_the_rest_is_shown() -> None:
    for now in (NOW, snapshot()):
        with speaking("en"):
            done = made(now)
        assert [part.name for part in done.parts] == ["reasons", "win_back", "quiet"]
        assert done.notes == ("the loss rate by month needs git history from before 2026-11-20",)


CUSTOMERS = (
    record(
        "001", "价格", 'classification: {value: high}\nchurn: {date: "2026-10-15", category: price}\n', status="lost"
    ),
    record(
        "002", "未填", "classification: {value: high}\nchurn: {date: 2026-11-20, win_back: 下季度再访}\n", status="lost"
    ),
    record("003", "太早", 'churn: {date: "2025-11-30", category: price, win_back: 无}\n', status="lost"),
    record("004", "没有日期", "churn: {category: service}\n", status="lost"),
    record(
        "005",
        "沉默",
        SINCE + 'interactions: [{date: "2026-01-01", by: lilei, channel: phone, summary: 回访}]\n',
        status="active",
    ),
    record(
        "006",
        "迟了",
        SINCE
        + "transactions:\n"
        + "".join(f'  - {{date: "2026-{month}-01", amount: 10}}\n' for month in ("01", "02", "03")),
        status="paused",
        priority="key",
    ),
    record("007", "在联系", SINCE, status="active"),
)


def test_reasons_win_back_and_quiet_customers() -> None:
    done = made(snapshot(*CUSTOMERS))
    reasons, back, quiet = done.parts
    assert isinstance(reasons, FigureTable)
    assert not isinstance(back, FigureTable)
    assert not isinstance(quiet, FigureTable)
    assert values_table(reasons).rows == (("price", "1"), ("", "1"))
    assert list_document(back) == [
        {
            "id": "C20240501002",
            "name": "未填",
            "owner": "lilei",
            "date": "2026-11-20",
            "category": None,
            "win_back": "下季度再访",
        }
    ]
    assert [(one["name"], one["behind"], one["stale"]) for one in list_document(quiet)] == [
        ("迟了", True, False),
        ("沉默", False, True),
    ]
    with speaking("zh"):
        reasons, back, quiet = made(snapshot(*CUSTOMERS)).parts
        assert (*notes(reasons), *notes(back)) == (
            "1 位流失客户没有流失日期，未计入",
            "另有 1 位高价值流失客户没有挽回措施",
        )
        assert as_markdown(quiet).splitlines() == [
            "| 编号 | 客户 | 负责人 | 逾期未复购 | 久未联系 | 最近联系 | 最近交易 | 预计下次购买 |",
            "| --- | --- | --- | --- | --- | --- | --- | --- |",
            "| C20240501006 | 迟了 | 李雷 | 是 |  |  | 2026-03-01 | 2026-03-31 |",
            "| C20240501005 | 沉默 | 李雷 |  | 是 | 2026-01-01 |  |  |",
        ]
