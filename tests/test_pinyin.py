"""Chinese names in Latin letters."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crmtext.pinyin import initials, slug


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("上海示例电子", "shanghai-shili-dianzi"),
        ("武汉江岸热处理", "wuhan-jiangan-rechuli"),
        ("厂", "chang"),
        ("Müller Anlagenbau", "mueller-anlagenbau"),
        ("Laiterie des Trois Vallées", "laiterie-des-trois-vallees"),
        ("3M 中国", "3m-zhongguo"),
        ("A-B科技", "a-b-keji"),
        ("内蒙古自治区锡林郭勒盟草原生态", "neimeng-guzi-zhiqu-xilin"),
        ("الشركة", ""),
        ("../..", ""),
    ],
)
def test_a_name_becomes_the_words_of_a_file_name(name: str, words: str) -> None:
    assert slug(name) == words


@given(st.text(max_size=60))
def test_words_of_a_file_name_are_short_and_safe_anywhere(name: str) -> None:
    found = slug(name)
    assert re.fullmatch(r"(?:[a-z0-9]+(?:-[a-z0-9]+)*)?", found)
    assert len(found) <= 40


def test_initials_keep_latin_letters() -> None:
    assert initials("上海ABC") == "shabc"
