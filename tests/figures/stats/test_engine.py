"""Figures of a store made by hand, whole tables compared."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import yaml

from crmtext import settings
from crmtext.figures.stats.engine import stats
from crmtext.figures.stats.measures import MEASURES
from crmtext.figures.stats.query import Query
from crmtext.i18n import speaking
from crmtext.problem import CrmError, Exit
from crmtext.schema import Schema
from crmtext.snapshot import Snapshot, build

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from crmtext.figures.tables import FigureTable

BOOKS = yaml.safe_load((Path(__file__).parent / "books.yaml").read_text("utf-8"))
TODAY = date(2026, 11, 30)


def books(today: date = TODAY, **changes: dict[str, Any]) -> Snapshot:
    """The store, with fields of the records changed by the last two letters of their ids."""
    records = [{**record, **changes.get(record["id"][-2:], {})} for record in BOOKS["records"]]
    files = [(f"records/{one['id']}.yaml", yaml.safe_dump(one, allow_unicode=True).encode()) for one in records]
    rules = settings.read(BOOKS["settings"].encode())
    return build(files, read="worktree", schema=Schema.shipped(), settings=rules, today=today)


def shown(table: FigureTable, measure: str = "") -> list[tuple[Any, ...]]:
    """The rows as groups, the period if there is one, and a figure."""
    name = measure or table.measures[0].name
    return [(*row.group, *([row.period] if row.period else []), row.values[name]) for row in table.rows]


def cny(amount: str, **more: str) -> dict[str, Decimal]:
    return {code: Decimal(value) for code, value in {"CNY": amount, **more}.items()}


def test_every_measure_without_groups() -> None:
    table = stats(books(), Query(measures=tuple(MEASURES)))
    assert dict(table.total) == {
        "customers": 5,
        "open_deals": 4,
        "open_value": cny("570.5", EUR="80"),
        "weighted": cny("200.2"),
        "weighted_past": {"EUR": Decimal(60)},
        "weighted_undated": {},
        "receivable": cny("109.75", EUR="50"),
        "overdue_receivable": cny("300"),
        "open_cases": 1,
        "open_steps": 2,
        "overdue_steps": 1,
        "new": 5,
        "signed": 2,
        "customers_lost": 1,
        "followups": 4,
        "attempts": 3,
        "no_answer": 1,
        "answer_rate": {"attempts": 3, "no_answer": 1, "rate": Fraction(2, 3)},
        "steps_done": 1,
        "transactions": 5,
        "purchases": 4,
        "revenue": cny("1109.75", EUR="50"),
        "refunds": cny("-200.25"),
        "paid_amount": cny("1000"),
        "average_order": {
            "CNY": {"average": Fraction(1310, 3), "n": 3},
            "EUR": {"average": Fraction(50), "n": 1},
        },
        "item_value": cny("1000"),
        "item_days": 2,
        "deals_won": 2,
        "won_amount": cny("1000"),
        "deals_lost": 1,
        "lost_amount": cny("3000"),
        "win_rate": {
            "won": 2,
            "lost": 1,
            "rate": Fraction(2, 3),
            "amount": {"CNY": {"won": Decimal(1000), "lost": Decimal(3000), "rate": Fraction(1, 4)}},
        },
        "cases_opened": 3,
        "cases_closed": 2,
        "close_days": {"median": Fraction(13, 2), "p90": 10, "n": 2},
        "satisfaction": {"average": Fraction(4), "n": 1},
        "survey_score": {"average": Fraction(7, 2), "n": 2},
        "case_score": {"average": Fraction(3), "n": 1},
        "order_rating": {"average": Fraction(7, 2), "n": 2},
    }
    assert [row.values for row in table.rows] == [table.total]
    # An open deal, a deal won and an item without a price.
    assert table.without_amount == 3
    assert table.notes == (
        "Satisfaction score: 1 without a date is not counted",
        "Lost customers: 1 without a date is not counted",
    )


def test_nothing_counted_is_zero_or_missing_but_no_error() -> None:
    empty = replace(books(), customers=())
    total = stats(empty, Query(measures=tuple(MEASURES))).total
    nothing = {"median": None, "p90": None, "n": 0}
    assert {name: total[name] for name in ("customers", "revenue", "average_order", "close_days")} == {
        "customers": 0,
        "revenue": {},
        "average_order": {},
        "close_days": nothing,
    }
    assert total["answer_rate"] == {"attempts": 0, "no_answer": 0, "rate": None}
    assert total["win_rate"] == {"won": 0, "lost": 0, "rate": None, "amount": {}}
    assert stats(empty, Query(("status",))).rows == []


@pytest.mark.parametrize(
    ("by", "measure", "rows"),
    [
        pytest.param("status", "customers", [("lead", 1), ("active", 2), ("lost", 2)], id="order-of-the-schema"),
        pytest.param("负责人", "客户数", [("hanmei", 3), ("lilei", 2)], id="labels-and-largest-first"),
        pytest.param("priority", "customers", [(None, 5)], id="not-set"),
        pytest.param("tags", "customers", [("vip", 2), ("冷链", 1), (None, 3)], id="list-with-overlap"),
        pytest.param("contacts.role", "customers", [("purchaser", 1), ("user", 1), (None, 4)], id="path"),
        pytest.param(
            "opportunities.owner", "open_value", [("hanmei", {"EUR": Decimal(80)}), (None, cny("570.5"))], id="items"
        ),
        pytest.param("owner", "open_value", [("lilei", cny("570.5", EUR="80"))], id="owner-is-the-customers"),
        pytest.param("interactions.by", "followups", [("hanmei", 3), ("lilei", 1)], id="who-did-it"),
        pytest.param("interactions.next.by", "open_steps", [("hanmei", 1), (None, 1)], id="of-the-step"),
        pytest.param("interactions.by", "open_steps", [("lilei", 2)], id="around-the-step"),
        pytest.param(
            "transactions.date:month", "item_value", [("2026-10", cny("700")), ("2026-11", cny("300"))], id="parent"
        ),
        pytest.param("transactions.date:weekday", "purchases", [(2, 1), (4, 1), (7, 2)], id="weekday"),
        pytest.param("transactions.date:月份", "purchases", [(10, 1), (11, 3)], id="month-of-year"),
        pytest.param("cooperation.since:month", "customers", [("2026-03", 1), (None, 4)], id="partial-date"),
        pytest.param("cooperation.since:year", "customers", [("2026", 2), (None, 3)], id="year-of-partial-date"),
        pytest.param(
            "lifecycle", "customers", [("potential", 1), ("new", 1), ("existing", 1), ("lost", 2)], id="computed-name"
        ),
        pytest.param("open_cases", "customers", [(0, 4), (1, 1)], id="computed-number"),
        pytest.param(
            "id", "revenue", [("C20260101AAA1", cny("1099.75", EUR="50")), ("C20260101AAA2", cny("10"))], id="id"
        ),
    ],
)
def test_groups(by: str, measure: str, rows: list[tuple[Any, ...]]) -> None:
    table = stats(books(), Query((by,), (measure,)))
    assert shown(table) == rows
    assert table.overlap == (by == "tags" or by == "contacts.role")


@pytest.mark.parametrize(
    ("by", "measure", "rows"),
    [
        ("product", "open_deals", [("维保", 1), ("网关", 1), (None, 3)]),
        ("产品类别", "open_deals", [("硬件", 1), (None, 3)]),
        ("product", "item_value", [("网关", cny("700")), ("SVC", cny("300")), ("维保", {})]),
        ("product", "revenue", [("网关", cny("1000")), ("SVC", cny("300")), ("维保", cny("-200.25")), (None, 0)]),
        ("product", "customers", [("SVC", 1), ("网关", 1), (None, 4)]),
        ("product", "cases_opened", [("SVC", 1), ("网关", 1), (None, 1)]),
        ("product", "survey_score", [("网关", 5), (None, 2)]),
        ("product", "satisfaction", [("SVC", 4), ("网关", 4)]),
        ("product_category", "customers", [("服务", 1), ("硬件", 1), (None, 4)]),
        ("cases.product", "cases_opened", [("SVC", 1), ("网关", 1), (None, 1)]),
    ],
)
def test_products_are_those_of_the_items_by_their_name_in_the_product_list(
    by: str, measure: str, rows: list[tuple[Any, ...]]
) -> None:
    table = stats(books(), Query((by,), (measure,)))
    if measure.endswith(("score", "satisfaction")):
        assert [(group, value["average"]) for group, value in shown(table)] == rows
    else:
        assert shown(table) == [row if row[-1] != 0 else (None, cny("10", EUR="50")) for row in rows]


def test_two_keys_of_one_list_are_those_of_the_same_entry() -> None:
    table = stats(books(), Query(("contacts.role", "contacts.gender")))
    assert shown(table) == [("purchaser", "male", 1), ("user", "female", 1), (None, None, 4)]


def test_two_keys_are_sorted_key_by_key() -> None:
    table = stats(books(), Query(("owner", "status")))
    assert shown(table) == [
        ("hanmei", "lead", 1), ("hanmei", "active", 1), ("hanmei", "lost", 1), ("lilei", "active", 1),
        ("lilei", "lost", 1),
    ]  # fmt: skip


def test_several_measures_are_one_table() -> None:
    table = stats(books(), Query(("owner",), ("revenue", "customers_lost"), owner="lilei", where="'vip' in tags"))
    assert [(row.group, row.values) for row in table.rows] == [
        (("lilei",), {"revenue": cny("1099.75", EUR="50"), "customers_lost": 0})
    ]
    with speaking("zh"):
        table = stats(books(), Query(("owner",), ("revenue",)))
        assert (table.label, table.about) == ("成交额 · 按负责人", "成交额：按交易日期统计的全部交易金额之和，含退款")


def test_events_by_month_fill_the_last_twelve() -> None:
    table = stats(books(), Query(measures=("revenue",), period="month"))
    rows = shown(table)
    assert (table.period, table.so_far, table.total["revenue"]) == ("month", "2026-11", cny("1099.75", EUR="50"))
    assert [period for period, _value in rows] == ["2025-12", *(f"2026-{month:02}" for month in range(1, 12))]
    assert {period: value for period, value in rows if value} == {
        "2026-10": cny("1000"),
        "2026-11": cny("99.75", EUR="50"),
    }


@pytest.mark.parametrize(
    ("period", "since", "until", "rows"),
    [
        ("year", "2025-01-01", "", [("2025", 0), ("2026", 2)]),
        ("quarter", "2026-01-01", "2026-06-30", [("2026-Q1", 1), ("2026-Q2", 0)]),
        ("month", "2026-03-06", "2026-04-02", [("2026-03", 0), ("2026-04", 0)]),
        ("week", "2026-03-02", "2026-03-09", [("2026-W10", 1), ("2026-W11", 0)]),
        ("day", "2026-03-04", "2026-03-05", [("2026-03-04", 0), ("2026-03-05", 1)]),
        ("year", "2025-12-31", "2026-11-29", [("2025", 0), ("2026", 1)]),
        ("", "2026-01-01", "2026-11-29", [(1,)]),
        ("", "2026-01-01", "", [(2,)]),
        ("年", "2027-01-01", "", []),
    ],
)
def test_a_partial_date_counts_where_all_of_it_is(period: str, since: str, until: str, rows: list[Any]) -> None:
    last = date.fromisoformat(until) if until else None
    query = Query(measures=("signed",), period=period, since=date.fromisoformat(since), until=last)
    assert shown(stats(books(), query)) == rows


def test_no_event_of_the_future_counts() -> None:
    assert stats(books(date(2026, 12, 1)), Query(measures=("revenue",))).total["revenue"]["CNY"] == Decimal("11108.75")
    assert stats(books(date(2026, 11, 12)), Query(measures=("revenue",))).total["revenue"] == cny("809.75")


def past(days: Sequence[date]) -> Iterator[Snapshot | None]:
    """Before October nothing is known; until 20 November, one customer less, and another was still a prospect."""
    for day in days:
        if day < date(2026, 10, 1):
            yield None
        elif day < date(2026, 11, 20):
            state = books(day, A3={"status": "prospect"})
            yield replace(state, read=f"commit of {day}", customers=state.customers[:4])
        else:
            yield replace(books(day), read=f"commit of {day}")


def test_a_state_by_month_is_that_at_its_end() -> None:
    query = Query(("status",), ("customers", "new"), period="month", since=date(2026, 9, 1))
    table = stats(books(), query, past)
    assert [(*row.group, row.period, *row.values.values()) for row in table.rows if row.group[0] != "active"] == [
        ("lead", "2026-09", None, 0), ("prospect", "2026-09", None, 0), ("lost", "2026-09", None, 0),
        ("lead", "2026-10", 0, 0), ("prospect", "2026-10", 1, 0), ("lost", "2026-10", 1, 0),
        ("lead", "2026-11", 1, 1), ("prospect", "2026-11", 0, 0), ("lost", "2026-11", 2, 0),
    ]  # fmt: skip
    assert (table.total, table.data_since) == ({"customers": 5, "new": 2}, date(2026, 10, 31))


def test_a_day_to_compare_with() -> None:
    query = Query(("status",), ("customers", "revenue"), compare=date(2026, 11, 13))
    table = stats(books(), query, past)
    assert [(*row.group, row.values["customers"], row.before and row.before["customers"]) for row in table.rows] == [
        ("lead", 1, 0), ("prospect", 0, 1), ("active", 2, 2), ("lost", 2, 1),
    ]  # fmt: skip
    assert (table.total_before, table.compare_commit) == (
        {"customers": 4, "revenue": cny("809.75")},
        "commit of 2026-11-13",
    )


@pytest.mark.parametrize(
    ("query", "before"),
    [
        # Thirty days that end on 31 October.
        (Query(measures=("revenue",), since=date(2026, 11, 1)), [cny("1000")]),
        (Query(measures=("revenue",), since=date(2026, 11, 1), until=date(2026, 11, 10)), [{}]),
        (Query(measures=("revenue",), until=date(2026, 11, 10)), [cny("1010")]),
        (Query(measures=("revenue",), period="month", since=date(2026, 10, 21)), [{}, cny("1000")]),
        (Query(measures=("revenue",), period="quarter", since=date(2026, 4, 1)), [{}, {}, cny("1000")]),
    ],
)
def test_events_are_compared_with_as_many_days_or_periods(query: Query, before: list[Any]) -> None:
    table = stats(books(), query._replace(compare=date(2026, 10, 31)))
    assert [row.before and row.before["revenue"] for row in table.rows] == before


def test_an_unknown_past_is_missing() -> None:
    table = stats(books(), Query(("owner",), compare=date(2026, 11, 1)))
    assert [(row.group, row.before) for row in table.rows] == [
        (("hanmei",), {"customers": None}),
        (("lilei",), {"customers": None}),
    ]
    assert table.notes == ("no commit up to 2026-11-01 has what is asked for, so its figures are missing",)
    table = stats(books(), Query(period="month"))
    assert table.notes == ("no commit is older than the current period, so the figures of the others are missing",)
    assert [row.values["customers"] for row in table.rows] == [*[None] * 11, 5]


@pytest.mark.parametrize(
    ("query", "message", "hint"),
    [
        (Query(("statsu",)), "unknown group 'statsu'", "did you mean 'status'?"),
        (Query(("月份",)), "unknown group '月份'", "for example: --period month"),
        (Query(("月",)), "unknown group '月'", "for example: --period month"),
        (Query(("month",)), "unknown group 'month'", "for example: --period month"),
        (Query(("按周",)), "unknown group '按周'", "for example: --period week"),
        (Query(("Weekday",)), "unknown group 'Weekday'", "for example: --by transactions.date:weekday"),
        (Query(("同事",)), "unknown group '同事'", "for example: --by interactions.by"),
        (Query(("colleague",)), "unknown group 'colleague'", "for example: --by interactions.by"),
        (Query(("seller",)), "unknown group 'seller'", "for example: --by owner"),
        (Query(("成交额",)), "unknown group '成交额'", "for example: --measure revenue"),
        (
            Query(("xyzzy",)),
            "unknown group 'xyzzy'",
            "for example: status, owner, opportunities.stage; all fields: crmtext explain customer",
        ),
        (Query(("open_value",)), "can't group by 'open_value', a sum for each currency", "--measure open_value"),
        (Query(("title",)), "'title' may be several fields", "choose one: person.title, contacts.title"),
        (Query(("churn",)), "'churn' has fields; group by one of them", "one of: churn.date, churn.category"),
        (Query(("person.birth_date",)), "'person.birth_date' is a sensitive field", "sensitive fields are not shown"),
        (Query(("contacts.birthday:month",)), "'contacts.birthday' is a sensitive field", "sensitive fields"),
        (Query(("status:month",)), "'status' is not a date, so it has no 'month'", "transactions.date:month"),
        (Query(("created:moth",)), "unknown part of a date 'moth'", "did you mean 'month'?"),
        (
            Query(("product",), ("followups",)),
            "items of interactions have no product",
            "choose one: preferences.products",
        ),
        (Query(measures=("revenu",)), "unknown measure 'revenu'", "did you mean 'revenue'?"),
        (Query(measures=("xyz",)), "unknown measure 'xyz'", "crmtext explain measures"),
        (Query(period="moth"), "unknown period 'moth'", "did you mean 'month'?"),
        (Query(where="statsu == 'lead'"), "unknown field 'statsu'", "did you mean 'status'?"),
    ],
)
def test_what_cannot_be_answered_is_an_error(query: Query, message: str, hint: str) -> None:
    with pytest.raises(CrmError) as raised:
        stats(books(), query)
    assert raised.value.exit_code is Exit.USAGE
    assert (message in raised.value.problem.message, hint in raised.value.problem.hint) == (True, True), str(
        raised.value.problem
    )
