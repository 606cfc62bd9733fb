"""Which item of a list is which item of another."""

from __future__ import annotations

import json
from typing import Any

from crmtext.merge.matching import Pair, match
from crmtext.merge.trees import Tree, read


def rows(items: list[Any]) -> tuple[Tree, ...]:
    tree = read("items: " + json.dumps(items))
    assert tree is not None
    return tree.entries["items"].items


def test_two_items_between_moved_neighbours_do_not_both_become_one() -> None:
    old = rows(["a", {"name": "b", "y": "a"}, "c", ["b"], "b", {"name": "b"}])
    new = rows([["b"], "a", "b", {"x": "a"}, "c"])
    pairs = match(old, new)
    assert pairs == (Pair(0, 1), Pair(1, 3, sure=False), Pair(2, 4), Pair(3, 0), Pair(4, 2))


def test_thousands_of_items_are_matched_by_what_they_hold() -> None:
    old, new = rows([f"t{number}" for number in range(20_000)]), rows([f"u{number}" for number in range(20_000)])
    assert match(old, new) == ()
    assert match(old, old[::-1]) == tuple(Pair(number, 19_999 - number) for number in range(20_000))


def test_thousands_of_items_alike_are_matched_in_their_order() -> None:
    old, new = rows(["a", "b"] * 9000), rows(["b", "a"] * 9000)
    pairs = match(old, new)
    assert [old[pair.old].content for pair in pairs] == [new[pair.new].content for pair in pairs]
    assert [pair.old for pair in pairs] == [*range(18_000)]
    named = rows([{"name": "x", "n": number} for number in range(5000)])
    assert match(named, named, ("name",)) == tuple(Pair(number, number) for number in range(5000))


def test_items_that_share_an_external_id_are_one_whatever_their_key() -> None:
    old = rows([{"title": "a", "external_ids": {"zoho": "1"}}, {"title": "b", "external_ids": {"zoho": "2"}}])
    new = rows([{"title": "b", "external_ids": {"zoho": "1"}}, {"title": "c", "external_ids": {"zoho": ["9", "2"]}}])
    assert match(old, new, ("title",)) == (Pair(0, 0), Pair(1, 1))


def test_an_id_counts_in_its_own_system_only_and_an_empty_one_never() -> None:
    old = rows([{"title": "a", "x": 1, "external_ids": {"zoho": "1", "k3": None}}, {"title": "d", "y": 1}])
    new = rows([{"title": "b", "z": 1, "external_ids": {"hubspot": "1", "k3": None}}, {"title": "d", "y": 2}])
    assert match(old, new, ("title",)) == (Pair(1, 1),)


def test_thousands_of_items_with_one_external_id_are_matched_in_their_order() -> None:
    named = rows([{"n": number, "external_ids": {"k3": "1"}} for number in range(5000)])
    assert match(named, named, ("n",)) == tuple(Pair(number, number) for number in range(5000))
