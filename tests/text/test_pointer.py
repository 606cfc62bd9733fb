"""JSON pointers: taken apart and put together, and followed in data."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crmtext.text.pointer import get, join, last, parent, split, upwards


@given(st.lists(st.text(), max_size=5))
def test_a_pointer_splits_into_the_keys_it_was_made_of(keys: list[str]) -> None:
    assert split(join(keys)) == tuple(keys)


@pytest.mark.parametrize(
    ("pointer", "value"),
    [
        ("", {"a/b": [{"~": 1}], "c": None}),
        ("/a~1b/0/~0", 1),
        ("/a~1b/1", None),
        ("/a~1b/-", None),
        ("/a~1b/²", None),
        (f"/a~1b/{'1' * 5000}", None),
        ("/c/d", None),
    ],
)
def test_a_value_is_found_by_its_pointer(pointer: str, value: object) -> None:
    assert get({"a/b": [{"~": 1}], "c": None}, pointer) == value


def test_a_pointer_leads_up_to_the_whole() -> None:
    assert [*upwards("/a/b~1c/0")] == ["/a/b~1c/0", "/a/b~1c", "/a"]
    assert (parent("/a/b~1c"), last("/a/b~1c"), parent(""), last("")) == ("/a", "b/c", "", "")
