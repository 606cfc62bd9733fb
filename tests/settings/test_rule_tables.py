"""What is wrong with classification rules, before they are compared with the schema."""

from __future__ import annotations

import pytest

from crmtext.settings import read_around

RULES = """\
[[classification.rules]]
name = "big"
where = 3
set = { value = 1, colour = "red", priority = "" }
tags = []

[[classification.rules]]
name = "big"

[[classification.rules]]
tags = ["a", " "]
set = {}
when = "x"

[[classification.rules]]
name = "by dots"
set.segmant = "x"
tags = "vip"
"""
EXAMPLE = 'for example: [[classification.rules]], and below it name = "…", where = "…" and set.value = "high"'
SHOWN = "for an example, see crmtext.toml of a new store: crmtext init"
EMPTY = "write a value, or delete it"


def problems(text: str) -> list[tuple[str, str, str]]:
    """Place, message and hint of each problem."""
    return [(f"{p.place.line}:{p.place.column}", p.message, p.hint) for p in read_around(text.encode())[1]]


def test_each_mistake_of_a_rule_is_reported_at_its_place() -> None:
    assert problems(RULES) == [
        ("3:1", "where must be text, not 3", SHOWN),
        ("4:9", "value must be text, not 1", SHOWN),
        ("4:20", "unknown setting 'classification.rules.set.colour'", "one of: value, priority, segment"),
        ("4:36", "priority is empty", EMPTY),
        ("5:1", "tags is empty", EMPTY),
        (
            "7:3",
            "the classification rule 'big' sets nothing",
            'add what it sets: set = { value = "high" }, or: tags = ["…"]',
        ),
        ("8:1", "two classification rules have the name 'big'", "rename one of them"),
        ("11:1", "tags contains an empty text", EMPTY),
        ("12:1", "set is empty", EMPTY),
        ("13:1", "unknown setting 'classification.rules.when'", "one of: name, where, set, tags"),
        ("10:3", "a classification rule has no name", EXAMPLE),
        ("17:1", "unknown setting 'classification.rules.set.segmant'", "did you mean 'segment'?"),
        ("18:1", "tags must be a list of texts, not 'vip'", SHOWN),
    ]


@pytest.mark.parametrize(
    "text", ['[classification]\nrules = "big"\n', '[classification.rules]\nname = "big"\nset.value = "high"\n']
)
def test_rules_stand_in_two_pairs_of_brackets(text: str) -> None:
    message = "a classification rule is a table in two pairs of brackets: [[classification.rules]]"
    assert [problem[1:] for problem in problems(text)] == [(message, EXAMPLE)]


def test_another_setting_of_the_table_is_unknown() -> None:
    assert problems("[classification]\nrule = 1\n") == [
        ("2:1", "unknown setting 'classification.rule'", "did you mean 'rules'?")
    ]
