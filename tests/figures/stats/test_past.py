"""The figures of earlier moments, read again only where they may change, are those of each moment alone."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from crmtext import settings
from crmtext.figures.months import months
from crmtext.figures.stats.engine import stats
from crmtext.figures.stats.measures import MEASURES
from crmtext.figures.stats.query import Query
from crmtext.schema import Schema
from crmtext.snapshot import Snapshot, build

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from crmtext.model import Customer
    from crmtext.settings import Settings

FIRST = date(2026, 11, 2)
LENGTH = 8
STATES = tuple(name for name, measure in MEASURES.items() if measure.day is None)
RULES = tuple(settings.read(f"[opportunities.probability]\nproposal = {number}\n".encode()) for number in (50, 20))

days = st.integers(-1, LENGTH).map(lambda number: f"{FIRST + timedelta(days=number)}")
deals = st.fixed_dictionaries(
    {"title": st.sampled_from("abc"), "stage": st.just("proposal"), "amount": st.integers(1, 3)},
    optional={"expected_close": days, "owner": st.just("hanmei")},
)
sales = st.fixed_dictionaries(
    {"date": days, "amount": st.integers(-2, 3).filter(bool)},
    optional={"paid": days, "payment_due": days, "currency": st.just("EUR")},
)
cases = st.fixed_dictionaries(
    {"opened": days, "kind": st.just("repair"), "summary": st.just("x"), "status": st.just("open")}
)
talks = st.fixed_dictionaries(
    {
        "date": st.just("2026-11-01"),
        "by": st.just("lilei"),
        "channel": st.just("visit"),
        "summary": st.just("x"),
        "next": st.fixed_dictionaries({"action": st.just("y")}, optional={"due": days, "done": days}),
    }
)
records = st.fixed_dictionaries(
    {"status": st.sampled_from(("lead", "lost")), "owner": st.sampled_from(("lilei", "hanmei"))},
    optional={
        "tags": st.lists(st.sampled_from("xyz"), unique=True, max_size=2),
        "opportunities": st.lists(deals, min_size=1, max_size=2, unique_by=lambda deal: deal["title"]),
        "transactions": st.lists(sales, max_size=2),
        "cases": st.lists(cases, max_size=1),
        "interactions": st.lists(talks, max_size=1),
    },
)


def customers(number: int, data: dict[str, Any]) -> tuple[Customer, ...]:
    record = {"id": f"C20260101AAA{number}", "name": f"n{number}", "type": "company", **data}
    made = build(
        [(f"records/{record['id']}.yaml", yaml.safe_dump(record).encode())],
        read="worktree", schema=Schema.shipped(), settings=RULES[0], today=FIRST,
    )  # fmt: skip
    assert made.broken == (), made.problems
    return tuple(made.customers)


@given(
    st.lists(st.lists(records, min_size=1, max_size=3), min_size=1, max_size=3),
    st.lists(st.sets(st.integers(0, 2), max_size=1), min_size=LENGTH, max_size=LENGTH),
    st.sampled_from(((), ("status",), ("tags",), ("opportunities.owner", "owner"), ("lifecycle",), ("product",))),
    st.sampled_from(("", "any(transactions, date <= today)")),
    st.integers(0, LENGTH),
)
def test_figures_of_many_moments_are_those_of_each(
    data: list[list[dict[str, Any]]], changed: list[set[int]], by: tuple[str, ...], where: str, change: int
) -> None:
    # After its last version a customer is gone, and then there again.
    versions = [[*(customers(number, one) for one in every), ()] for number, every in enumerate(data)]
    if by == ("product",):
        measures: tuple[str, ...] = ("customers", "receivable")
    else:
        measures = STATES

    def state(day: date, rules: Settings) -> Snapshot:
        so_far = changed[: (day - FIRST).days + 1]
        turns = [sum(number in some for some in so_far) for number in range(len(versions))]
        every = tuple(one for own, turn in zip(versions, turns, strict=True) for one in own[turn % len(own)])
        return Snapshot("x", Schema.shipped(), rules, day, every, (), ())

    def states(wanted: Sequence[date]) -> Iterator[Snapshot | None]:
        return (state(day, RULES[(day - FIRST).days >= change]) for day in wanted)

    last = FIRST + timedelta(days=LENGTH - 1)
    query = Query(by, measures, where=where)
    present = state(last, RULES[0])
    table = stats(present, query._replace(period="day", since=FIRST), states)
    for place, then in enumerate((*states([FIRST + timedelta(days=n) for n in range(LENGTH - 1)]), present)):
        assert then is not None
        alone = {row.group: row.values for row in stats(then, query).rows}
        rows = [row for row in table.rows if row.period == f"{FIRST + timedelta(days=place)}"]
        there = {row.group: row.values for row in rows if any(row.values.values())}
        assert there == {group: values for group, values in alone.items() if any(values.values())}


def test_a_state_that_lacks_what_the_query_names_is_unknown() -> None:
    (one,) = customers(1, {"status": "lead", "owner": "lilei", "custom": {"level": "a"}})
    present = Snapshot("x", Schema.shipped(), RULES[0], FIRST, (one,), (), ())
    schema = Schema({**present.schema.data, "properties": {"id": {"type": "string"}, "owner": {"type": "string"}}})

    def states(wanted: Sequence[date]) -> Iterator[Snapshot | None]:
        return (replace(present, schema=schema, today=day) for day in wanted)

    table = stats(present, Query(("status",), compare=FIRST - timedelta(days=1)), states)
    assert [(row.group, dict(row.values), row.before) for row in table.rows] == [
        (("lead",), {"customers": 1}, {"customers": None})
    ]


@pytest.mark.parametrize("query", [Query(("priority",)), Query(where="priority == 'key'")], ids=["by", "where"])
def test_a_short_name_that_is_another_fields_there_is_unknown(query: Query) -> None:
    (one,) = customers(1, {"status": "lead", "owner": "lilei", "priority": "key"})
    present = Snapshot("x", Schema.shipped(), RULES[0], FIRST, (one,), (), ())
    fields = {name: field for name, field in present.schema.data["properties"].items() if name != "priority"}
    older = Schema({**present.schema.data, "properties": fields})
    assert older.by_path["cases[].priority"]

    def states(wanted: Sequence[date]) -> Iterator[Snapshot | None]:
        return (replace(present, schema=older, today=day) for day in wanted)

    table = stats(present, query._replace(compare=FIRST - timedelta(days=1)), states)
    assert [row.before for row in table.rows] == [{"customers": None}]
    if query.where:
        past = months(present, query._replace(since=FIRST - timedelta(days=40)), states)[0]
        assert (past.statuses, past.open, past.then) == (None, None, None)


@pytest.mark.parametrize("name", STATES)
def test_a_measure_of_a_moment_can_be_added_up(name: str) -> None:
    assert MEASURES[name].kind in ("number", "money")
    assert not MEASURES[name].distinct
