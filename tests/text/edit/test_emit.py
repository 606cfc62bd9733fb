from __future__ import annotations

from io import StringIO
from typing import TYPE_CHECKING, Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st
from ruamel.yaml import YAML

from crmtext.problem import CrmError
from crmtext.text.edit import emit
from crmtext.text.edit.style import Style
from crmtext.text.tree import compose

if TYPE_CHECKING:
    from crmtext.text.edit.emit import Value

DATED = Style(dates=frozenset({"interactions[].date", "interactions[].next.due", "founded"}))

SCALARS: list[tuple[Any, str]] = [
    ("张三", "张三"),
    ("报价已发, 等回复", "报价已发, 等回复"),
    ("it's", "it's"),
    ("no", '"no"'),
    ("1e3", '"1e3"'),
    ("12:30", '"12:30"'),
    ("2024-05-01", '"2024-05-01"'),
    ("13800138000", '"13800138000"'),
    ("", '""'),
    ("~", '"~"'),
    ("a: b", '"a: b"'),
    ("a #b", '"a #b"'),
    ("a#b: c", '"a#b: c"'),
    ("ends:", '"ends:"'),
    ("- x", '"- x"'),
    (" x", '" x"'),
    ('"x"', "'\"x\"'"),
    ("'x'", "\"'x'\""),
    ("“报价”已发", '"“报价”已发"'),
    ("a\tb\x07\x85\u2028\ufeff", '"a\\tb\\x07\\x85\\u2028\\ufeff"'),
    ("😀", "😀"),
    (None, "null"),
    (True, "true"),
    (False, "false"),
    (7, "7"),
    (1.5, "1.5"),
    (1e16, "1.0e+16"),
]


@pytest.mark.parametrize(("value", "text"), SCALARS, ids=ascii)
def test_a_scalar_is_plain_where_every_reader_agrees_else_quoted(value: Any, text: str) -> None:
    assert emit.scalar(value) == text


@pytest.mark.parametrize(
    ("value", "quote", "text"),
    [
        ("no", "'", "'no'"),
        ("it's: x", "'", '"it\'s: x"'),
        ("- \\ \"'", "'", "'- \\ \"'''"),
        ("- \\ \"'", '"', '"- \\\\ \\"\'"'),
    ],
)
def test_quotes_are_those_of_the_file_unless_the_others_save_escapes(value: str, quote: str, text: str) -> None:
    assert emit.scalar(value, quote=quote) == text


@pytest.mark.parametrize("value", ["a,b", "a]", "x?", "a:b", "你好，世界"])
def test_inside_brackets_more_is_quoted(value: str) -> None:
    assert emit.scalar(value, flow=True) == f'"{value}"'


def test_a_new_interaction_is_written_as_people_write_it() -> None:
    entry: Value = {
        "date": "2026-11-21",
        "by": "wangfang",
        "summary": "报价已发, 等回复",
        "details": "第一行\n\n第二行\n",
        "order": "2026-11-21",
        "next": {"action": "回访", "due": "2026-11-28"},
        "tags": ["a", "no"],
    }
    lines = emit.entry("interactions", [entry], 0, "interactions", DATED)
    assert (
        "\n".join(lines)
        == """\
interactions:
  - date: 2026-11-21
    by: wangfang
    summary: 报价已发, 等回复
    details: |
      第一行

      第二行
    order: "2026-11-21"
    next:
      action: 回访
      due: 2026-11-28
    tags:
      - a
      - "no\""""
    )


def test_steps_and_gaps_are_those_of_the_file() -> None:
    lines = emit.item({"a": [{"b": 1}], "c": {"d": []}}, 2, "", Style(map_step=4, list_step=0, gap=3))
    assert lines == ("-   a:", "      -   b: 1", "      c:", "          d: []")


@pytest.mark.parametrize("value", ["1990", "12", "tomorrow: 1", "2024-05-01 10:00"])
def test_only_dates_are_plain_where_dates_are(value: str) -> None:
    assert emit.entry("founded", value, 0, "founded", DATED) == (f'founded: "{value}"',)


@pytest.mark.parametrize(
    "text", ["a\n b \nc", " a\nb", "\na\nb", "a\nb\n\n", "a\tb\nc", "a\r\nb", "\n", "a\n"], ids=ascii
)
def test_text_whose_blanks_would_not_show_is_quoted(text: str) -> None:
    assert not emit.fits_literal(text)
    assert "\n" not in emit.scalar(text)


@pytest.mark.parametrize("value", [float("nan"), float("inf"), "\ud800"], ids=ascii)
def test_lone_surrogates_and_endless_numbers_are_rejected(value: Value) -> None:
    with pytest.raises(CrmError) as caught:
        emit.inline(value, "", Style())
    assert caught.value.problem.rule == "edit-refused"


nasty = st.one_of(
    st.text(alphabet=st.characters(exclude_categories=["Cs"])),
    st.text(alphabet="-?:,[]{}#&*!|>'\"%@`=<~ \t\n\r\\0123456789.eExo_yno张：，“”\x85\u2028\ufeff"),
    st.sampled_from(
        ["yes", "No", "0o7", "1_000", "---", "...", "--- x", "... x", "<<", "<<<<<<< a", "%YAML 1.1", "a\n---\nb"]
    ),
)
styles = st.builds(
    Style,
    st.sampled_from(["\n", "\r\n"]),
    st.integers(1, 4),
    st.integers(0, 2),
    st.integers(1, 3),
    st.sampled_from("'\""),
)


def read(text: str) -> list[object]:
    """What libyaml, PyYAML's own parser (both YAML 1.1) and ruamel (1.2) read."""
    return [yaml.load(text, yaml.CSafeLoader), yaml.safe_load(text), YAML(typ="safe", pure=True).load(StringIO(text))]


@given(nasty, styles)
def test_text_is_read_back_the_same_by_every_reader(value: str, style: Style) -> None:
    lines = emit.entry("k", [value, {"m": value}], 0, "k", style)
    text = style.newline.join([*lines, f"f: [{emit.inline(value, '', style)}]", ""])
    assert read(text) == [{"k": [value, {"m": value}], "f": [value]}] * 3


@given(nasty.filter(lambda key: len(key) < 200), styles)
def test_keys_are_read_back_the_same_by_every_reader(key: str, style: Style) -> None:
    text = style.newline.join([*emit.entry(key, {key: 1}, 0, key, style), ""])
    assert read(text) == [{key: {key: 1}}] * 3
    assert read(emit.inline({key: 1}, "", style)) == [{key: 1}] * 3


values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | nasty,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(nasty.map(lambda key: key[:50]), inner, max_size=3),
    max_leaves=8,
)


@given(values, styles)
def test_data_is_read_back_the_same(value: Value, style: Style) -> None:
    text = style.newline.join([*emit.entry("k", value, 0, "k", style), ""])
    assert yaml.load(text, yaml.CSafeLoader) == {"k": value}
    assert compose(text) is not None


def test_texts_of_words_are_judged_as_by_the_exact_patterns() -> None:
    signs = [chr(code) for code in range(0x11000) if not 0xD800 <= code <= 0xDFFF]
    texts = [text for sign in signs for text in (sign, f"a{sign}", f"a{sign}b")]
    words = [text for text in texts if emit._WORDS.match(text)]
    assert len(words) > 100_000
    assert [
        text for text in words if not emit._PLAIN.match(text) or emit._SPECIAL.search(text) or emit._CUT.search(text)
    ] == []
    assert [text for text in words if emit._FLOW_CUT.search(text)] == []
