from __future__ import annotations

from functools import reduce

import pytest

from crmtext.text.edit.expected import after
from crmtext.text.edit.operations import Append, Delete, Insert, Operation, Set
from crmtext.text.edit.refine import refine
from crmtext.text.tree import compose

TEXT = "a: {b: 1, c: [x, y, z]}\n"
ORDER = ("b", "d")
CASES: dict[str, tuple[Operation, tuple[Operation, ...]]] = {
    "the same": (Set("/a/c", ["x", "y", "z"]), ()),
    "one item": (Set("/a/c", ["x", "w", "z"]), (Set("/a/c/1", "w"),)),
    "an item more in the middle": (Set("/a/c", ["x", "w", "y", "z"]), (Insert("/a/c", 1, "w"),)),
    "items more at the end": (Set("/a/c", ["x", "y", "z", "v", "w"]), (Append("/a/c", "v"), Append("/a/c", "w"))),
    "an item less": (Set("/a/c", ["x", "z"]), (Delete("/a/c/1"),)),
    "two items less": (Set("/a/c", ["z"]), (Delete("/a/c/1"), Delete("/a/c/0"))),
    "a key more and one less": (Set("/a", {"b": 1, "d": 2}), (Set("/a/d", 2, ORDER), Delete("/a/c"))),
    "deep inside": (Set("", {"a": {"b": 1, "c": ["x", "y", "w"]}}), (Set("/a/c/2", "w"),)),
    "an empty list": (Set("/a/c", []), (Set("/a/c", []),)),
    "nothing in common": (Set("/a", {"q": 1}), (Set("/a", {"q": 1}),)),
    "another kind": (Set("/a/c", "x"), (Set("/a/c", "x"),)),
    "what is not there": (Set("/q", [1]), (Set("/q", [1]),)),
    "another operation": (Append("/a/c", "x"), (Append("/a/c", "x"),)),
}


@pytest.mark.parametrize(("operation", "finer"), CASES.values(), ids=list(CASES))
def test_only_what_differs_is_set(operation: Operation, finer: tuple[Operation, ...]) -> None:
    result, tree = refine(compose(TEXT), [operation])
    assert (result, tree) == (finer, reduce(after, finer, compose(TEXT)))


def test_each_operation_is_held_against_what_those_before_it_left() -> None:
    operations = [Append("/a/c", "w"), Set("/a/c", ["x", "y", "z", "w", "v"])]
    assert refine(compose(TEXT), operations)[0] == (Append("/a/c", "w"), Append("/a/c", "v"))
