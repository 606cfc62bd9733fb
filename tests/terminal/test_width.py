"""Text measured in cells."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from wcwidth import wcswidth

from crmtext.terminal import width
from crmtext.terminal.width import clip, cut, display_width, hanging, pad, printable, wrap

TEXT = st.text(alphabet=st.sampled_from("ab c中文，。（《“”e\u0301🙂\u200d\ufe0f✈🏽- \u3000"), max_size=60)


@pytest.mark.parametrize(
    ("text", "cells"),
    [
        ("", 0),
        ("abc", 3),
        ("张三", 4),
        ("（ＡＢ）", 8),
        ("cafe\u0301", 4),
        ("a\u200bb", 2),
        ("🙂", 2),
        ("ｱｲ", 2),
        ("·", 1),
        ("a\x1bb", 2),
        ("👨\u200d👩\u200d👧\u200d👦", 2),
        ("👍🏽", 2),
        ("🇨🇳", 2),
        ("✈\ufe0f", 2),
        ("각", 2),
        ("a\xadb", 3),
    ],
)
def test_a_chinese_character_takes_two_cells_and_a_combining_mark_none(text: str, cells: int) -> None:
    assert display_width(text) == cells


def test_text_measured_without_the_library_is_as_wide_as_with_it() -> None:
    ordinary = [sign for sign in map(chr, range(0x10000)) if width._ORDINARY.fullmatch(sign)]
    assert len(ordinary) > 28_000
    assert [sign for sign in ordinary if display_width(sign) != wcswidth(sign)] == []


def test_padding_fills_up_to_the_cells_on_either_side() -> None:
    assert (pad("张三", 6), pad("张三", 6, right=True), pad("张三", 2)) == ("张三  ", "  张三", "张三")


@pytest.mark.parametrize(
    ("cells", "shown"), [(8, "中文字符"), (7, "中文字…"), (6, "中文…"), (5, "中文…"), (1, "…"), (0, "")]
)
def test_clipped_text_ends_with_an_ellipsis_within_its_cells(cells: int, shown: str) -> None:
    assert clip("中文字符", cells) == shown


@pytest.mark.parametrize(
    ("text", "cells", "lines"),
    [
        ("one two three", 7, ("one two", "three")),
        ("客户记录是纯文本", 8, ("客户记录", "是纯文本")),
        ("客户记录，是纯文本", 8, ("客户记", "录，是纯", "文本")),
        ("他说（你好）", 6, ("他说", "（你", "好）")),
        ("保存在 git 中", 9, ("保存在", "git 中")),
        ("set contacts[0].name", 16, ("set", "contacts[0].name")),
        ("under `[team]`", 9, ("under", "`[team]`")),
        ("编号(可选)", 6, ("编号", "(可选)")),
        ("abcdefghij", 4, ("abcd", "efgh", "ij")),
        ("a\nb", 10, ("a", "b")),
        ("", 10, ("",)),
    ],
)
def test_lines_break_at_blanks_and_between_chinese_characters_but_not_before_a_comma(
    text: str, cells: int, lines: tuple[str, ...]
) -> None:
    assert wrap(text, cells) == lines


@given(TEXT, st.integers(2, 30))
def test_wrapping_loses_nothing_but_blanks_and_no_line_is_too_wide(text: str, cells: int) -> None:
    lines = wrap(text, cells)
    assert "".join("".join(lines).split()) == "".join(text.split())
    assert max(map(display_width, lines)) <= cells


def test_a_list_of_values_breaks_between_them_and_a_long_value_inside() -> None:
    assert hanging("甲 · 乙", 2, 20) == "  甲 · 乙"
    assert hanging("阶段：赢单 · 金额：¥5 · 产品：网关", 2, 20) == "  阶段：赢单 ·\n      金额：¥5 ·\n      产品：网关"
    assert hanging("a · one two three four five · b", 0, 20) == "a ·\n    one two three\n    four five · b"
    assert hanging("first\n  second", 1) == " first\n       second"


@given(TEXT, st.integers(0, 30))
def test_what_is_cut_off_fits_and_one_more_character_would_not(text: str, cells: int) -> None:
    end = cut(text, cells)
    assert display_width(text[:end]) <= cells
    assert end == len(text) or display_width(text[: end + 1]) > cells


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("\x1b[31m红", "\\u001b[31m红"),
        ("a\x07\x7f\x9b", "a\\u0007\\u007f\\u009b"),
        ("\u202eevil", "\\u202eevil"),
        ("a\u200bb\ufeff", "a\\u200bb\\ufeff"),
        ("\udcff", "\\udcff"),
        ("line\n\ttab", "line\n\ttab"),
        ("家庭👨‍👩‍👧", "家庭👨‍👩‍👧"),
    ],
)
def test_what_a_terminal_would_obey_is_written_out(text: str, shown: str) -> None:
    assert printable(text) == shown


def test_newlines_are_written_out_where_a_line_must_stay_one() -> None:
    assert printable("a\nb\tc", keep="") == "a\\nb\\tc"
