"""Chinese phone numbers."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crmtext.values.phones import ends_with, kind, split


@pytest.mark.parametrize(
    ("number", "is_kind", "compact"),
    [
        ("13800138000", "mobile", "13800138000"),
        ("138 0013 8000", "mobile", "13800138000"),
        ("139-0013-8000", "mobile", "13900138000"),
        ("+86 138 0013 8000", "mobile", "13800138000"),
        ("8613800138000", "mobile", "13800138000"),
        ("0086-138-0013-8000", "mobile", "13800138000"),
        ("１３８００１３８０００", "mobile", "13800138000"),
        ("19912345678", "mobile", "19912345678"),
        ("010-62581234", "landline", "01062581234"),
        ("(010)62581234", "landline", "01062581234"),
        ("（010）6258 1234", "landline", "01062581234"),
        ("0755-8888 8888", "landline", "075588888888"),
        ("0471-1234567", "landline", "04711234567"),
        ("+86 10 6258 1234", "landline", "01062581234"),
        ("021-62581234-802", "landline", "02162581234-802"),
        ("+86-21-62581234-802", "landline", "02162581234-802"),
        ("021 6258 1234 转 802", "landline", "02162581234-802"),
        ("0571-87654321分机12", "landline", "057187654321-12"),
        ("021-62581234 ext.802", "landline", "02162581234-802"),
        ("400-800-1024", "hotline", "4008001024"),
        ("+86 400 800 1024", "hotline", "4008001024"),
        ("95588", "hotline", "95588"),
        ("10086", "hotline", "10086"),
        ("12345", "hotline", "12345"),
        ("+852 2345 6789", "international", "+85223456789"),
        ("00852 2345 6789", "international", "+85223456789"),
        ("+49 30 123456", "international", "+4930123456"),
        ("852-2345 6789", None, "85223456789"),
        ("62581234", None, "62581234"),
        ("12345678901", None, "12345678901"),
        ("1380013800", None, "1380013800"),
        ("+86 123", None, "+86123"),
        ("138****8000", None, "138****8000"),
        ("call me", None, "callme"),
        ("", None, ""),
    ],
)
def test_a_number_has_a_kind_and_one_compact_form(number: str, is_kind: str | None, compact: str) -> None:
    assert (kind(number), "-".join(filter(None, split(number)))) == (is_kind, compact)


@pytest.mark.parametrize(("number", "is_kind"), [("030 123456", "international"), ("12", None), ("x", None)])
def test_outside_china_any_plausible_national_number_passes(number: str, is_kind: str | None) -> None:
    assert kind(number, "DE") == is_kind


@pytest.mark.parametrize(
    ("number", "parts"),
    [
        ("021-62581234-802", ("02162581234", "802")),
        ("400-820-8820-12", ("4008208820", "12")),
        ("4008208820转12", ("4008208820", "12")),
        ("400-8208-820", ("4008208820", "")),
        ("95000x0", ("95000", "0")),
    ],
)
def test_the_extension_is_split_off(number: str, parts: tuple[str, str]) -> None:
    assert split(number) == parts


@pytest.mark.parametrize(
    ("tail", "matches"),
    [("8000", True), ("138000", True), ("0138 000", True), ("13800138000", True), ("+86 13800138000", True),
     ("000", False), ("8001", False), ("", False), ("abcd", False)],
)  # fmt: skip
def test_a_tail_of_four_digits_or_more_finds_a_number(tail: str, matches: bool) -> None:
    assert ends_with("+86 138-0013-8000", tail) is matches


@given(st.text(alphabet="0123456789+-() 转xabc８６", max_size=24))
def test_the_compact_form_is_its_own_compact_form(number: str) -> None:
    if kind(number):
        compact = "转".join(filter(None, split(number)))
        assert (split(compact), kind(compact)) == (split(number), kind(number))


WIDE = str.maketrans("0123456789-", "０１２３４５６７８９－")


@given(st.from_regex(r"(?:1[0-9]{10}|0[0-9]{2,3}-?[0-9]{6,9})", fullmatch=True))
def test_a_number_as_most_are_written_is_read_like_any_other(number: str) -> None:
    assert split(number) == split(number.translate(WIDE))
