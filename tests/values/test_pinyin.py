"""Chinese names in Latin letters."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crmtext.values.folding import folded
from crmtext.values.pinyin import Fit, begins, fit, latin, likely, readings, slug, sounds


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
    short = slug(name)
    assert re.fullmatch(r"(?:[a-z0-9]+(?:-[a-z0-9]+)*)?", short)
    assert len(short) <= 40


@pytest.mark.parametrize(
    ("name", "full"),
    [
        ("曾国梁", "zeng guo liang"),
        ("单小雨", "shan xiao yu"),
        ("仇永明", "qiu yong ming"),
        ("解文珍", "xie wen zhen"),
        ("查良木", "zha liang mu"),
        ("翟一天", "zhai yi tian"),
        ("區志勇", "ou zhi yong"),
        ("种世宽", "chong shi kuan"),
        ("隗小满", "wei xiao man"),
        ("朴树", "piao shu"),
        ("盖聂", "ge nie"),
        ("尉迟恭", "yu chi gong"),
        ("万俟咏", "mo qi yong"),
        ("單于夫羅", "chan yu fu luo"),
        ("长孙无忌", "zhang sun wu ji"),
        ("吕布", "lv bu"),
        ("Anna 王", "anna wang"),
    ],
)
def test_a_person_is_read_by_the_surname_first(name: str, full: str) -> None:
    assert " ".join(readings(name, person=True)[0]) == full


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("曾记酒楼", "zengji-jiulou"),
        ("单氏正骨", "shanshi-zhenggu"),
        ("单位后勤", "danwei-houqin"),
        ("解放汽车", "jiefang-qiche"),
        ("查理咖啡", "chali-kafei"),
        ("重慶長安", "chongqing-changan"),
        ("长荣海运", "changrong-haiyun"),
        ("北京朝阳", "beijing-chaoyang"),
        ("单县羊肉", "shanxian-yangrou"),
        ("宁波银行", "ningbo-yinhang"),
        ("行政服务", "xingzheng-fuwu"),
        ("乐清音乐", "yueqing-yinyue"),
        ("六安会计", "luan-kuaiji"),
        ("吕氏绿茶", "lvshi-lvcha"),
    ],
)
def test_a_firms_name_is_read_as_its_words_are(name: str, words: str) -> None:
    assert slug(name) == words


def test_a_long_name_of_characters_with_several_readings_has_eight() -> None:
    usual, *others = readings("长" * 64, person=True)
    assert set(usual) == {"chang"}
    assert [reading.index("zhang") for reading in others] == [0, 1, 2, 3, 4, 5, 6]


def test_all_readings_of_a_name_are_known_up_to_eight() -> None:
    assert readings("王乐", person=True) == (("wang", "le"), ("wang", "yue"))
    assert readings("曾乐长", person=True) == (
        ("zeng", "le", "chang"),
        ("ceng", "le", "chang"),
        ("zeng", "yue", "chang"),
        ("zeng", "le", "zhang"),
        ("ceng", "yue", "chang"),
        ("ceng", "le", "zhang"),
        ("zeng", "yue", "zhang"),
        ("ceng", "yue", "zhang"),
    )
    assert len(readings("单查解行长重乐", person=True)) == 8
    # In a word that the dictionary has, a character of a firm's name has one reading.
    assert readings("宁波银行") == (("ning", "bo", "yin", "hang"),)
    assert readings("") == ((),)


@pytest.mark.parametrize(
    ("name", "typed", "how"),
    [
        ("曾国梁", "zengguoliang", Fit.IS),
        ("曾国梁", "Zeng Guo-liang", Fit.IS),
        ("曾国梁", "guoliang", Fit.HOLDS),
        ("曾国梁", "zgl", Fit.IS_INITIALS),
        ("曾国梁", "cgl", Fit.IS_INITIALS),
        ("曾国梁", "gl", Fit.HOLDS_INITIALS),
        ("曾国梁", "engguo", Fit.NONE),
        ("曾国梁", "z", Fit.NONE),
        ("曾國樑", "zgl", Fit.IS_INITIALS),
        ("上海示例", "hanghai", Fit.NONE),
        ("西安示例", "xi'an", Fit.HOLDS),
        ("吕布", "lübu", Fit.IS),
        ("吕布", "lǚbù", Fit.IS),
        ("吕布", "lvbu", Fit.IS),
        ("吕布", "lyubu", Fit.IS),
        ("吕布", "lubu", Fit.IS),
        ("陆布", "lvbu", Fit.NONE),
        ("ABC科技", "abckj", Fit.IS_INITIALS),
        ("3M中国", "3mzg", Fit.IS_INITIALS),
        ("华东机械", "hdwx", Fit.NONE),
        ("Acme", "acme", Fit.NONE),
    ],
)
def test_a_name_is_found_by_what_it_is_read_as(name: str, typed: str, how: Fit) -> None:
    assert fit(name, latin(typed)) is how


@pytest.mark.parametrize(
    ("typed", "begun"), [("zeng", True), ("zengg", True), ("zg", True), ("ceng", True), ("guo", False), ("z", False)]
)
def test_a_name_is_completed_by_how_it_begins(typed: str, begun: bool) -> None:
    assert begins("曾国梁", latin(typed)) is begun


@given(st.lists(st.sampled_from([*"曾单行长重乐王海技吕a7", "查理"]), min_size=2, max_size=6).map("".join))
def test_a_name_is_found_by_each_of_its_readings(name: str) -> None:
    for reading in readings(name, person=True):
        if letters := latin("".join(reading)):
            assert name.isascii() or fit(name, letters) is Fit.IS


@given(
    st.lists(st.sampled_from([*"曾单行长重乐王海技吕西安ソ·a7", "查理"]), min_size=2, max_size=8).map("".join),
    st.integers(0, 6),
)
def test_among_many_names_those_that_fit_are_looked_at(name: str, start: int) -> None:
    for reading in (*readings(name, person=True), *readings(name)):
        for parts in (reading[start:], tuple(part[:1] for part in reading[start:]), reading[:start]):
            letters = latin("".join(parts))
            if fit(name, letters) is not Fit.NONE:
                assert folded(name) in likely([folded(name), "示例电子"], letters)


def test_of_many_names_few_are_looked_at(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("CRMTEXT_QUICK", raising=False)
    names = ["曾国梁", "曾国强", "上海示例", "abc科技", "ソニー", "·"]
    assert likely(names, "zengguol") == {"曾国梁", "abc科技"}
    assert likely(names, "zg") == {"曾国梁", "曾国强", "abc科技"}
    assert likely(names, "") == set()
    assert likely([], "zg") == set()


def test_names_have_a_sound_to_be_near_to() -> None:
    assert sounds(["上海示例", "吕布a7ソ", "acme"]) == ["shanghaishili", "lvbua7ソ", "acme"]
    assert sounds([]) == [""]
