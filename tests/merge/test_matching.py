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
