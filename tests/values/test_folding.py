"""Text as it is compared."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crmtext.values.folding import (
    folded,
    is_part,
    plain,
    searchable,
    searchable_with_places,
    simplified,
    spellings,
)


@pytest.mark.parametrize(
    ("text", "same"),
    [
        (" ＡＢ c　示例 ", "abc示例"),
        ("臺灣示例", "台湾示例"),
        ("鍾錢鍾書", "钟钱钟书"),
        ("钱锺书", "钱钟书"),
        ("Ångström Œuvre Łódź", "angstromoeuvrelodz"),
        ("STRASSE", "straße"),
        ("Ёлка", "елка"),
        ("阿卜杜拉·买买提", "阿卜杜拉买买提"),
        ("Coca-Cola", "coca cola"),
        ("O’Neill", "O'Neill"),
        ("示例（中国）", "示例(中国)"),
        ("示例（中国）", "示例中国"),
        ("e\u0301clair", "éclair"),
        ("葛\U000e0100城", "葛城"),
        ("㈱示例", "(株)示例"),
    ],
)
def test_one_form_stands_for_all_ways_to_write_a_name(text: str, same: str) -> None:
    assert folded(text) == folded(same)


@pytest.mark.parametrize("dot", "·•・．‧∙･⋅.∘・ㆍ")
def test_every_dot_in_a_name_is_the_same(dot: str) -> None:
    assert folded(f"阿卜杜拉{dot}买买提") == "阿卜杜拉买买提"


@pytest.mark.parametrize(
    ("one", "other"),
    [("か", "が"), ("R&D", "RD"), ("ไท", "ไท้"), ("कि", "क"), ("李雷", "李磊"), ("A+", "A"), ("C#", "C")],
)
def test_what_tells_names_apart_is_kept(one: str, other: str) -> None:
    assert folded(one) != folded(other)


def test_an_umlaut_is_one_letter_or_two() -> None:
    assert (spellings("Müller"), spellings("Mueller"), spellings("mull")) == (
        ("muller", "mueller"),
        ("mueller",),
        ("mull",),
    )
    assert [is_part(typed, "Müller & Söhne") for typed in ("muller", "Mueller", "MÜLL", "soehne", "mueler", "")] == [
        True,
        True,
        True,
        True,
        False,
        False,
    ]


def test_text_of_punctuation_alone_is_no_part_of_every_name() -> None:
    assert (folded("·"), is_part("·", "示例"), is_part("·", "甲·乙")) == ("·", False, False)


def test_in_ids_punctuation_counts() -> None:
    assert plain(" Ｃ20240501-7 ") == "c20240501-7"


def test_each_traditional_character_has_one_simplified_one_that_stays() -> None:
    text = "臺灣國際開發銀行有限責任公司著"
    assert simplified(text) == "台湾国际开发银行有限责任公司着"
    assert simplified(simplified(text)) == simplified(text)


@given(st.text(max_size=20))
def test_a_folded_text_stays_as_it_is(text: str) -> None:
    assert folded(folded(text)) == folded(text)


@pytest.mark.parametrize(
    ("text", "fold"),
    [
        ("Müller & Søn", "muller & son"),
        ("Cafe\u0301, STRASSE", "cafe, strasse"),
        ("ＡＢＣ－１２３", "abc-123"),
        ("臺 北\u3000東風 MQTT 网关", "台北东风mqtt网关"),
        ("a \t b\nc", "a b c"),
        ("阿里·木 • x", "阿里木x"),
        ("“x”—‘y’", "\"x\"-'y'"),
        ("👨\u200d👩 ❤\ufe0f", "👨👩 ❤"),
        ("zero\u200bwidth\u202e\x07", "zerowidth"),
        ("İzmir ĳ", "izmir ij"),
        ("\ue000\ud800", ""),
    ],
)
def test_text_is_searched_in_this_form(text: str, fold: str) -> None:
    assert searchable((text,)) == [fold]


def test_umlauts_are_also_searched_as_two_letters() -> None:
    assert searchable(("Müller Århus", "Mu\u0308ller"), wide=True) == ["mueller aarhus", "mueller"]


@given(st.lists(st.text(st.characters(exclude_characters="\0"))), st.booleans())
def test_searchable_texts_know_their_places(texts: list[str], wide: bool) -> None:
    folds = searchable(texts, wide=wide) if texts else []
    for text, fold in zip(texts, folds, strict=True):
        again, places = searchable_with_places(text, wide=wide)
        assert again == fold
        assert len(places) == len(fold)
        assert places == sorted(places)
        assert all(
            sign in searchable((text[place],), wide=wide)[0] or sign == " "
            for sign, place in zip(fold, places, strict=True)
        )
