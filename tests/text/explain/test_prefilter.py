from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crmtext.text.explain import prefilter
from crmtext.text.explain.prefilter import may_contain

#: A full-width separator in […], or on a line between the ends of two: as one pattern, whose time is quadratic.
ITEMS = re.compile(r"(?<![^\s\ufeff\[{,:-])\[[^\]]*[，、；]|\][^\n\]]*[，、；][^\n\]]*\]")
SUSPECT = ["notes：x\n", "  - by：x\n", "a: “x”\n", "a: [“x]\n", "\u3000a: 1\n", "a: x #b\n", "a: [b，c]\n"]
CLEAN = ["a: 电话：1\n", "a: 他说“好”\n", "  # c\n", "# c\na: x # c\n", "a: b，c\n", "a: [b, c]\n", ""]


@pytest.mark.parametrize("text", SUSPECT)
def test_where_a_slip_may_be_it_is_looked_for(text: str) -> None:
    assert may_contain(text)


@pytest.mark.parametrize("text", CLEAN)
def test_where_none_can_be_nothing_is(text: str) -> None:
    assert not may_contain(text)


@given(st.text(st.sampled_from("ab1_ \t\n-:：“‘\u3000#[]{，、；,\ufeff"), max_size=30))
def test_the_quick_look_misses_nothing(text: str) -> None:
    assert may_contain(text) == bool(prefilter._ANY.search(text) or ITEMS.search(text))


@pytest.mark.parametrize(
    "text", ["[" * 200_000, "[" * 200_000 + " #x", "]" + "、" * 200_000, "a: [" * 50_000 + "]x #y"]
)
def test_thousands_of_brackets_take_no_longer_than_the_text(text: str) -> None:
    assert may_contain(text) == (" #" in text)
