"""The masked form of values by kind."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crmtext.sealing.forms import FORMS

NAMES = {
    "张三": "张*",
    "欧阳娜娜": "欧阳*",
    "欧阳": "欧*",
    "李": "*",
    "阿卜杜拉·买买提": "阿*",
    "张经理": "张*",
    "John Smith": "J*** S***",
    "J. Doe": "J*** D***",
    "Ümit O'Neill-Öz": "Ü*** O***",
    "张三 (John)": "张*",
    "佐藤さくら": "佐*",
}
PHONES = {
    "13800138000": "138****8000",
    "+86 138 0013 8000": "138****8000",
    "8613800138000": "138****8000",
    "１３８００１３８０００": "138****8000",
    "010-62581234": "010-****34",
    "0512-62581234": "0512-****34",
    "021-62581234-802": "021-****34",
    "400-800-1024": "400****24",
    "+49 30 123456": "+49****56",
    "95588": "****88",
    "110": "***",
}
OTHERS = {
    ("id", "11010519491231002X"): "1****************X",
    ("id", "92310115MA1K35JJ4L"): "9****************L",
    ("id", "123"): "***",
    ("account", "6222 0212 3456 5678"): "**** 5678",
    ("account", "5678"): "***",
    ("email", "zhangsan@example.com"): "z***@example.com",
    ("email", "no address"): "***",
    ("address", "上海市浦东新区张江路1号"): "上海市浦东新区***",
    ("address", "广东省深圳市南山区科技园路 8 号"): "广东省深圳市南山区***",
    ("address", "幸福小区3号楼"): "***",
    ("address", "12 Main Street, Berlin"): "***",
    ("social", "wang_g"): "w***g",
    ("social", "qq"): "***",
    ("date", "1990-05-01"): "1990",
    ("date", "--05-01"): "***",
    ("text", "anything"): "***",
}


@pytest.mark.parametrize(
    ("kind", "value", "masked"),
    [
        *(("name", value, masked) for value, masked in NAMES.items()),
        *(("phone", value, masked) for value, masked in PHONES.items()),
        *((kind, value, masked) for (kind, value), masked in OTHERS.items()),
    ],
)
def test_the_form_of_each_kind(kind: str, value: str, masked: str) -> None:
    assert FORMS[kind](value) == masked


@pytest.mark.parametrize("kind", FORMS)
@given(value=st.text(min_size=1, max_size=30) | st.from_regex(r"[+0-9 -]{3,20}", fullmatch=True))
def test_masking_twice_changes_nothing(kind: str, value: str) -> None:
    once = FORMS[kind](value)
    assert FORMS[kind](once) == once


@given(st.from_regex(r"1[3-9][0-9]{9}", fullmatch=True))
def test_a_mobile_number_shows_seven_digits(number: str) -> None:
    assert FORMS["phone"](number) == f"{number[:3]}****{number[7:]}"
