"""The difference of two values: for lists, and that it leads from one to the other."""

from __future__ import annotations

import copy
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crmtext.merge.compare import Change, Item, apply, compare

KEYS = {"contacts": ("name",), "items": ("name", "day")}

scalars = st.none() | st.booleans() | st.integers(-3, 3) | st.floats(-2, 2, allow_nan=False) | st.sampled_from("abc")
items = st.fixed_dictionaries({}, optional={"name": st.sampled_from("xyz"), "day": scalars, "more": scalars})
values = st.recursive(
    scalars,
    lambda below: st.lists(below | items, max_size=5) | st.dictionaries(st.sampled_from("pqr"), below, max_size=3),
    max_leaves=12,
)
records = st.dictionaries(st.sampled_from(["status", "contacts", "items", "tags", "custom"]), values, max_size=5)


def typed(value: Any) -> Any:
    """A value in which `1` and `true` are two."""
    if isinstance(value, dict):
        return {key: typed(below) for key, below in value.items()}
    if isinstance(value, list):
        return [typed(below) for below in value]
    return isinstance(value, bool), value


@given(records, records)
def test_the_changes_lead_from_the_one_to_the_other(old: dict[str, Any], new: dict[str, Any]) -> None:
    before = copy.deepcopy(old)
    assert typed(apply(compare(old, new, KEYS), old)) == typed(new)
    assert old == before


@given(records)
def test_nothing_differs_from_itself(record: dict[str, Any]) -> None:
    assert compare(record, copy.deepcopy(record), KEYS) == ()


@given(st.lists(st.sampled_from("abcd") | items, max_size=6), st.randoms())
def test_another_order_is_a_move_and_nothing_else(row: list[Any], random: Any) -> None:
    mixed = list(row)
    random.shuffle(mixed)
    changes = compare({"items": row}, {"items": mixed}, {})
    assert {change.kind for change in changes} <= {"moved"}
    assert apply(changes, {"items": row}) == {"items": mixed}


rows = st.lists(st.sampled_from("abcd") | items, max_size=5)


@given(rows, rows, st.sampled_from([(), ("name",)]))
def test_a_longer_list_compares_like_any_other(row: list[Any], more: list[Any], key: tuple[str, ...]) -> None:
    whole = compare(row, [*row, *more], {"": key})
    changes = compare({"items": row}, {"items": [*row, *more]}, {"items": key})
    assert changes == tuple(change._replace(path=("items", *change.path)) for change in whole)


ZHANG, LI = {"name": "张三", "title": "采购"}, {"name": "李四", "title": "财务"}
CASES: dict[str, tuple[dict[str, Any], dict[str, Any], tuple[Change, ...]]] = {
    "a contact is known by name wherever it stands": (
        {"contacts": [ZHANG, LI]},
        {"contacts": [LI, {**ZHANG, "title": "总监"}]},
        (
            Change("changed", ("contacts", Item(0, 1), "title"), "采购", "总监"),
            Change("moved", ("contacts",), None, (1, 0)),
        ),
    ),
    "a list of words is a set": (
        {"tags": ["a", "b"]},
        {"tags": ["b", "c"]},
        (Change("removed", ("tags", Item(0, None)), "a"), Change("added", ("tags", Item(None, 1)), None, "c")),
    ),
    "true is not one": ({"a": 1}, {"a": True}, (Change("changed", ("a",), 1, True),)),
    "a key that holds nothing is not a key that is not there": ({}, {"a": None}, (Change("added", ("a",)),)),
}


@pytest.mark.parametrize(("old", "new", "expected"), CASES.values(), ids=list(CASES))
def test_a_change_says_where_and_what(old: dict[str, Any], new: dict[str, Any], expected: tuple[Change, ...]) -> None:
    assert compare(old, new, KEYS) == expected
