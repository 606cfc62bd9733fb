"""Values as cells and back, for every kind of value and every text."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crmtext.exporters.cells import as_text, decoder, encoder, from_text
from crmtext.exporters.tables import OPEN, Shape, tables
from crmtext.i18n import speaking
from crmtext.schema import Schema

CUSTOMERS = tables(Schema.shipped())[0]
HOSTILE = st.sampled_from([
    "=1+1", "+86 138", "-5", "@SUM(A1)", "\t=x", "\rx", "＝1", "－2", "'", "''", "'x", "'+x", "''=y", "'-5", "0123",
    "1e5", "1.50", "-0", "true", "[]", "{}", '["a"]', "'[", "; ", "a; b", "a;b", "2024-05-01", "no", "a: b", "# x", "|",
    "a\nb", "a\r\nb", "\"quoted\"", "😀", " lead", "x,y",
])  # fmt: skip
TEXTS = HOSTILE | st.text(min_size=1) | st.builds(str.__add__, HOSTILE, HOSTILE)
NUMBERS = st.integers(-(10**18), 10**18) | st.floats(allow_nan=False, allow_infinity=False)
SCALARS = TEXTS | NUMBERS | st.booleans() | st.just("")
VALUES = [
    (Shape("text"), TEXTS),
    (Shape("number"), NUMBERS),
    (Shape("boolean"), st.booleans()),
    (Shape("texts"), st.lists(TEXTS | st.just(""))),
    (Shape("id"), TEXTS | st.lists(TEXTS, min_size=1)),
    (OPEN, SCALARS | st.lists(SCALARS) | st.dictionaries(TEXTS, SCALARS)),
    (CUSTOMERS.shapes["status"], st.sampled_from(["lead", "prospect", "active", "paused", "lost"])),
]
PAIRS = st.one_of(*(st.tuples(st.just(shape), values) for shape, values in VALUES))


def same(one: Any, other: Any) -> bool:
    """Whether two values are equal and of the same kinds: 1 is no True."""
    if isinstance(one, list) and isinstance(other, list):
        return len(one) == len(other) and all(map(same, one, other))
    return one == other and isinstance(one, bool) == isinstance(other, bool)


@given(PAIRS, st.booleans(), st.sampled_from(["en", "zh"]))
def test_a_value_comes_back_from_its_cell(pair: tuple[Shape, Any], labels: bool, language: str) -> None:
    shape, value = pair
    with speaking(language):
        cell = encoder(shape, labels=labels)(value)
    assert same(decoder(shape)(cell), value)


@given(PAIRS, st.booleans())
def test_a_value_comes_back_from_a_text_file_which_has_no_formula(pair: tuple[Shape, Any], labels: bool) -> None:
    shape, value = pair
    is_open, number = shape.kind == "open", shape.kind == "number"
    text = as_text(encoder(shape, labels=labels)(value), number=number, is_open=is_open)
    assert same(decoder(shape)(from_text(text, is_open=is_open)), value)
    if not isinstance(value, int | float):
        assert text[:1] not in tuple("=+-@\t\r＝＋－＠")


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("=1+1", "'=1+1"), ("'+x", "''+x"), ("''=y", "'''=y"), ("-5", "'-5"), ("@a", "'@a"), ("\tx", "'\tx"),
        ("\rx", "'\rx"), ("＋86", "'＋86"), ("'甲'", "'甲'"), (" =1", " =1"), ("13800138", "13800138"), ("'", "'"),
    ],
)  # fmt: skip
def test_a_text_that_a_spreadsheet_would_run_gets_one_quote(text: str, written: str) -> None:
    assert as_text(text) == written
    assert from_text(written) == text


@pytest.mark.parametrize(
    ("number", "written"),
    [(-5, "-5"), (-5.25, "-5.25"), (1e22, "10000000000000000000000.0"), (1e-7, "0.0000001"), (500000, "500000")],
)
def test_numbers_are_written_bare_so_that_a_spreadsheet_adds_them_up(number: float, written: str) -> None:
    assert as_text(number, number=True) == written


def test_a_list_is_readable_if_its_texts_come_apart_again() -> None:
    encode = encoder(Shape("texts"), labels=False)
    assert [encode(["a", "b,c"]), encode(["a; b"]), encode(["[x"]), encode([])] == ["a; b,c", '["a; b"]', "[x", "[]"]


def test_thousands_of_digits_stay_a_text() -> None:
    digits = "1" * 5000
    assert from_text(digits, is_open=True) == digits
    assert decoder(Shape("number"))(digits) == digits
