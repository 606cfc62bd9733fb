"""Names of persons of other records in free text."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crmtext.model import Customer
from crmtext.schema import Schema
from crmtext.sealing.mask import Masking
from crmtext.sealing.people import People
from crmtext.text.read.load import parse

PEOPLE = People(["陈立群", "王志远", "欧阳娜娜", "采购", "总台", "Björn Åström", "Anna Maria Lund", "Smith"])
TEXTS = {
    "陈立群引荐": {"陈立群": "陈*"},
    "华东精密的王志远又推荐了，欧阳娜娜在场": {"王志远": "王*", "欧阳娜娜": "欧阳*"},
    "请联系采购或总台": {},
    "met björn åström and Anna Maria Lund, not Mr Smith": {
        "Björn Åström": "B*** Å***",
        "Anna Maria Lund": "A*** M*** L***",
    },
    "": {},
}


@pytest.mark.parametrize(("text", "words"), TEXTS.items())
def test_names_with_a_family_name_or_of_two_words_are_words_to_mask(text: str, words: dict[str, str]) -> None:
    assert PEOPLE.words([text]) == words


@given(st.text(max_size=10), st.text(max_size=10))
def test_a_name_is_met_anywhere_in_a_text(before: str, behind: str) -> None:
    assert "王志远" in PEOPLE.words([before + "王志远" + behind])


def record(number: str, more: str) -> Customer:
    text = f"id: C2024050100{number}\ntype: company\nstatus: lead\nowner: lilei\n{more}"
    return Customer(parse(text.encode(), f"records/C2024050100{number}.yaml"))


def test_a_person_of_another_record_is_masked_in_free_text_where_the_customers_are_given() -> None:
    one = record("1", "name: 甲公司\ncontacts: [{name: 王志远}]\n")
    other = record("2", "name: 乙公司\nnotes: 王志远和甲公司推荐\n")
    schema = Schema.shipped()
    assert Masking(schema, [one, other]).data(other.data)["notes"] == "王*和甲公司推荐"
    assert Masking(schema).data(other.data)["notes"] == "王志远和甲公司推荐"
