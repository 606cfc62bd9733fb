"""Values on one line: by the schema's words, and nothing that must not be shown."""

from typing import Any

import pytest

from crmtext.schema import Schema
from crmtext.settings import Settings
from crmtext.text.document import Document
from crmtext.wording.values import customer_name, few, texts, value_text, without_hidden

SCHEMA, SETTINGS = Schema.shipped(), Settings()
RANGE = {"min": 500000, "max": 800000, "basis": "stated", "text": "50万-80万"}
CONTACT = {"name": "张三", "birthday": "1980-01-02"}


@pytest.mark.parametrize(
    ("path", "value", "text"),
    [
        ("status", "active", "Active"),
        ("tags", ["a", "b"], "a, b"),
        ("needs[].budget", RANGE, "¥500,000-¥800,000 (Stated)"),
        ("needs[].budget", {"max": 800000}, "up to ¥800,000"),
        ("needs[].budget", {"text": "待确认"}, "待确认"),
        ("opportunities[].probability", 60, "60%"),
        ("person.birth_date", "1980-01-02", "(not shown)"),
        ("needs[].budget", {"basis": "to-confirm", "text": "面议"}, "To be confirmed · In words: 面议"),
        ("contacts", [{"name": "张三", "birthday": "1980-01-02"}], "张三 · Birthday: (not shown)"),
        ("contacts[].title", "采购\n经理", "采购 经理"),
        ("custom", {"码": "身份证 11010519491231002X"}, "码: (not shown)"),
        ("notes", "长" * 30, "长" * 19 + "…"),
    ],
)
def test_a_value_is_said_on_one_line(path: str, value: Any, text: str) -> None:
    assert value_text(value, SCHEMA.by_path[path], SETTINGS) == text


def test_an_amount_has_the_currency_beside_it() -> None:
    deal = {"date": "2024-05-01", "amount": 50000, "currency": "EUR"}
    assert texts(deal, SCHEMA.by_path["transactions[]"], SETTINGS) == {"date": "2024-05-01", "amount": "€50,000"}


def test_null_stands_for_what_machines_must_not_be_told() -> None:
    data = {"contacts": [CONTACT], "notes": "11010519491231002X"}
    assert without_hidden(data, SCHEMA.root, None) == {"contacts": [{**CONTACT, "birthday": None}], "notes": None}


def test_what_is_below_a_sensitive_field_is_sensitive() -> None:
    data = Schema.shipped().data
    text = {"title": "Ill", "x-title-zh": "病", "type": "string"}
    more = {"title": "More", "x-title-zh": "其他", "type": "object", "properties": {"ill": text}}
    health = {
        "title": "Health",
        "x-title-zh": "健康",
        "type": "object",
        "x-sensitive": True,
        "properties": {"more": more},
    }
    schema = Schema({**data, "properties": {**data["properties"], "health": health}})
    assert value_text("SECRET", schema.by_path["health.more.ill"], SETTINGS) == "(not shown)"
    assert value_text({"ill": "SECRET"}, schema.by_path["health.more"], SETTINGS) == "(not shown)"


@pytest.mark.parametrize(
    ("data", "name"),
    [
        ({"short_name": "云帆", "name": "云帆科技", "id": "C1"}, "云帆"),
        ({"name": "云帆科技", "id": "C1"}, "云帆科技"),
        ({"id": "C1"}, "C1"),
        ({}, "records/x.yaml"),
        (None, "records/x.yaml"),
    ],
)
def test_a_customer_is_called_by_the_shortest_name(data: Any, name: str) -> None:
    assert customer_name(Document("records/x.yaml", "", data)) == name


def test_of_many_words_the_first_few_are_said() -> None:
    assert (few("abc", 3), few("abcd", 3)) == (["a", "b", "c"], ["a", "b", "c", "…"])
