"""Which items of two lists are the same things."""

from __future__ import annotations

from typing import Any

import pytest

from crmtext.values.same_items import are_two, identity, pairs


def item(title: str = "", id_: str | list[str] = "", **more: Any) -> dict[str, Any]:
    return {
        **({"title": title} if title else {}),
        **({"external_ids": {"zoho": id_}} if id_ else {}),
        **more,
    }


@pytest.mark.parametrize(
    ("old", "new", "known"),
    [
        pytest.param([item("甲", "1"), item("乙")], [item("乙"), item("丙", "1")], {0: 1, 1: 0}, id="id, then key"),
        pytest.param([item("甲", ["1", "2"])], [item("乙", ["2", "3"])], {0: 0}, id="one id of several"),
        pytest.param([item("甲", "1")], [item("甲", "2")], {}, id="two by their ids"),
        pytest.param([item("甲", "1"), item("甲")], [item("甲", "2")], {1: 0}, id="the one without an id"),
        pytest.param(
            [item("甲", n=1), item("甲", n=2)], [item("甲", n=2), item("甲", n=3)], {1: 0, 0: 1}, id="equal first"
        ),
        pytest.param([item(n=1)], [item(n=1)], {}, id="no identity"),
        pytest.param(["甲"], ["甲"], {}, id="texts"),
        pytest.param([{"title": 5}], [{"title": "5"}], {0: 0}, id="number or text"),
        pytest.param([{"external_ids": "1"}], [{"external_ids": {"zoho": None}}], {}, id="not ids"),
    ],
)
def test_items_match_by_external_id_then_by_key(old: list[Any], new: list[Any], known: dict[int, int]) -> None:
    assert pairs([identity(one, ["title"]) for one in old], [identity(one, ["title"]) for one in new]) == known


def test_ids_of_different_systems_do_not_make_two() -> None:
    one, other = ({"title": "甲", "external_ids": {system: "1"}} for system in ("zoho", "erp"))
    assert not are_two(identity(one, ["title"]), identity(other, ["title"]))


def test_many_items_of_one_key_take_no_time_to_pair() -> None:
    items = [identity(item("甲", n=number), ["title"]) for number in range(3_000)]
    assert pairs(items, [*reversed(items)]) == {number: 2_999 - number for number in range(3_000)}
    assert len(pairs(items, [one._replace(content=-1) for one in items])) == 3_000
