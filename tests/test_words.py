"""Messages, docs, docstrings and comments are in plain words, and each thing has one word in each language."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import catalogue
import pytest
import words

from crmtext.checks import pages
from crmtext.schema import Schema

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

#: Odd turns that a part may have for 1,000 words.
LIMIT = 0.5


def messages(language: str) -> list[str]:
    """The messages that are ours."""
    ours = [message for message, places in catalogue.said().items() if catalogue.CLICK not in places]
    if language == "en":
        return [text for message in ours for text in (message if isinstance(message, tuple) else (message,))]
    have = catalogue.load()
    return [catalogue.chinese(have, message) for message in ours]


def page_texts(language: str) -> list[str]:
    """The texts of the rules' pages."""
    return ["\n".join((page.fact, page.why, page.fix)) for page in pages.in_language(language).values()]


def schema_texts(language: str) -> list[str]:
    """The hints and messages of the shipped schema."""

    def below(node: Any) -> Iterator[str]:
        if isinstance(node, dict):
            yield from (node[mark][language] for mark in ("x-hint", "x-message") if language in node.get(mark, {}))
        for part in node.values() if isinstance(node, dict) else node if isinstance(node, list) else ():
            yield from below(part)

    return list(below(Schema.shipped().data))


def test_each_part_has_few_odd_turns() -> None:
    parts = words.parts()
    assert {part: words.odd(texts) for part, texts in parts.items() if words.rate(texts) > LIMIT} == {}


@pytest.mark.parametrize("texts", [messages, page_texts, schema_texts])
@pytest.mark.parametrize("language", ["en", "zh"])
def test_each_thing_has_one_word(language: str, texts: Callable[[str], list[str]]) -> None:
    assert [(text, found) for text in texts(language) if (found := words.forbidden(language, text))] == []


@pytest.mark.parametrize(
    ("language", "text", "found"),
    [
        ("en", "Mend the key", ["Mend → fix", "key → field"]),
        ("en", "merge keys are not allowed; run `crmtext key`", []),
        ("zh", "请您填写机会", ["机会 → 商机", "您 → 你"]),
        ("zh", "没有写客户类型, 请补充", ["没有写 → 缺少", "型, → 全角标点"]),
        ("zh", "商机 {key} 未写入", []),
        ("zh", "请把请写上姓名；也可以请删除", ["请把请 → 一个“请”", "可以请 → 一个“请”"]),
    ],
)
def test_the_glossary_finds_what_it_forbids(language: str, text: str, found: list[str]) -> None:
    assert words.forbidden(language, text) == found


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Of a list nothing is taken.", ["x: Of a list"]),
        ("Who waits sees more. Whoever reads it once more", ["x: Who waits", "x: Whoever", "x: once more"]),
        ("What changed since then? Who are you?", []),
        ("Run `mend`; it is `to be`.", []),
    ],
)
def test_an_odd_turn_is_found_outside_of_code(text: str, found: list[str]) -> None:
    assert words.odd([words.Text("x", text)]) == found


def test_names_are_nouns_and_verbs_of_the_field() -> None:
    assert words.vague_names() == []
