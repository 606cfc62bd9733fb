from __future__ import annotations

from typing import Any
from unittest.mock import patch

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from spoil import mended

from crmtext.problem import Edit, Place, Problem, Severity
from crmtext.text.read.load import parse_text

#: Text that parses, the rules and places of its problems, and the data after all fixes.
SLIPS: dict[str, tuple[str, list[tuple[str, int, int]], Any]] = {
    "a colon in an item": ("a:\n  - b：x\n", [("fullwidth-colon", 2, 6)], {"a": [{"b": "x"}]}),
    "a colon below a key": ("a:\n  b：x\n", [("fullwidth-colon", 2, 4)], {"a": {"b": "x"}}),
    "a colon in a line that goes on": ("a: x\n  b：y\n", [("fullwidth-colon", 2, 4)], None),
    "a colon in braces": ("a: {b：x, c: y}\n", [("fullwidth-colon", 1, 6)], {"a": {"b": "x", "c": "y"}}),
    "a colon before a bracket in braces": ("a: {b：'x', c: y}\n", [("fullwidth-colon", 1, 6)], None),
    "no space in braces": ("a: {b:x, c: y}\n", [("colon-without-space", 1, 6)], {"a": {"b": "x", "c": "y"}}),
    "no space twice": (
        "a: {b:x, c:y}\n",
        [("colon-without-space", 1, 6), ("colon-without-space", 1, 11)],
        {"a": {"b": "x", "c": "y"}},
    ),
    "a comma in brackets": ("a: [x，y]\n", [("fullwidth-comma", 1, 6)], {"a": ["x", "y"]}),
    "several commas": ("a: [x，y、 z；w, v]\n", [("fullwidth-comma", 1, 6)], {"a": ["x", "y", "z", "w", "v"]}),
    "a comma at an end": ("a: [，x，]\n", [("fullwidth-comma", 1, 5)], {"a": ["x"]}),
    "nothing but a comma": ("a: [，]\n", [("fullwidth-comma", 1, 5)], None),
    "curly quotes": ("a: “x”\n", [("curly-quotes", 1, 4)], {"a": "x"}),
    "curly quotes round quotes": ('a: “x \\ "y"”\n', [("curly-quotes", 1, 4)], {"a": 'x \\ "y"'}),
    "curly apostrophes": ("a: ‘x’\n", [("curly-quotes", 1, 4)], {"a": "x"}),
    "curly quotes round a number": ("a: [“138”]\n", [("curly-quotes", 1, 5)], {"a": ["138"]}),
    "a sign that cuts": ("a: x #1\n", [("hash-cuts-value", 1, 6)], None),
    "a sign that cuts, in an item": ("a:\n- x  #急\n", [("hash-cuts-value", 2, 6)], None),
    "a comma that makes a key": ("a: {b: x,y, c: z}\n", [("comma-in-flow", 1, 10)], None),
    "a comma that makes two keys": ("a: {b: x, y z, 好}\n", [("comma-in-flow", 1, 11), ("comma-in-flow", 1, 16)], None),
    "a comma for thousands": ("a: {b: 500,000, c: z}\n", [("comma-in-flow", 1, 11)], {"a": {"b": 500000, "c": "z"}}),
    "a space that does not indent": ("a:\n　b: x\n", [("fullwidth-space", 2, 1)], None),
}

FINE = {
    "a colon in prose": "a: 说：好，note：再谈\n",
    "a colon behind a key": "a: tel：021-62581234\n",
    "a colon in quotes": 'a:\n  - "b：x"\n',
    "a Chinese word before a colon": "a:\n  - 备注：x\n",
    "a comma in quotes": 'a: ["x，y"]\n',
    "a comma in a list of lines": "a:\n  - x，y\n",
    "a comma in braces": "a: {b: x，y}\n",
    "curly quotes inside": "a: 说“好”了\n",
    "two pairs of curly quotes": "a: “x”和“y”\n",
    "curly quotes in quotes": "a: '“x”'\n",
    "a comment": "a: x # 好\n",
    "a sign without a space": "a: C#1\n",
    "a sign behind quotes": "a: 'x' #1\n",
    "a sign in quotes": "a: 'x #1'\n",
    "no value, on purpose": "a: {b: , c: y}\n",
    "a web address in braces": "a: {b: http://x.example, c: y}\n",
    "an ideographic space in prose": "a: x　y\n",
    "all of them in a literal": "a: |\n  b：x\n  “x” #1 [x，y] {x, y}\n",
}


@pytest.mark.parametrize(("text", "expected", "meant"), SLIPS.values(), ids=list(SLIPS))
def test_a_typing_mistake_has_its_place_and_a_fix_if_only_one_is_possible(
    text: str, expected: list[tuple[str, int, int]], meant: Any
) -> None:
    problems = parse_text(text).problems
    assert [(problem.rule, problem.place.line, problem.place.column) for problem in problems] == expected
    if meant is None:
        assert [problem.fix for problem in problems] == [()] * len(problems)
        return
    for problem in reversed(problems):
        text = mended(text, problem)
    after = parse_text(text)
    assert (after.data, after.problems) == (meant, ())


@pytest.mark.parametrize("text", FINE.values(), ids=list(FINE))
def test_what_only_looks_like_a_slip_is_left_alone(text: str) -> None:
    assert parse_text(text).problems == ()


def test_a_typing_mistake_as_a_whole_problem() -> None:
    assert parse_text("tags: [重点，冷链]\n", "r.yaml").problems == (
        Problem(
            "fullwidth-comma",
            "a full-width comma does not separate items",
            Place("r.yaml", 1, 10, 1, 11, "/tags/0"),
            "use a half-width comma; put the item in quotes if the comma belongs to it",
            excerpt="tags: [重点，冷链]",
            fix=(Edit(7, 12, "重点, 冷链"),),
        ),
    )


def test_slips_that_may_be_meant_are_warnings() -> None:
    text = "a: “x”\nb: x #1\nc: [x，y]\n"
    assert [problem.severity for problem in parse_text(text).problems] == [
        Severity.WARNING,
        Severity.WARNING,
        Severity.ERROR,
    ]


def test_of_what_a_sign_cuts_off_only_the_beginning_is_repeated() -> None:
    (problem,) = parse_text("a: x #一二三四五六七八九十一二三四五\n").problems
    assert problem.message == "the value ends before '#一二三四五六七八九十一', because a space and # begin a comment"


#: Pieces of which slips are made, and of what looks like them.
PIECES = st.sampled_from([
    "name", "张三", "说明", "：", "，", "、", "；", "“", "”", "‘", "’", "\u3000", ": ", ":", ", ", ",", "- ", "\n",
    "\n  ", "#", " #", "# ", "[", "]", "{", "}", "[a, ", "{a: ", "{b", '"', "'", " ", "a: ", "\nb: ", "\n- ", "1",
])  # fmt: skip


def by_plain_way(text: str) -> tuple[Problem, ...]:
    document = parse_text(text, "x")
    return document.problems if document.data is not None else ()


@settings(max_examples=400)
@example("a: name\u3000 #name")
@given(st.lists(PIECES, max_size=14).map(lambda pieces: "a: " + "".join(pieces)))
def test_the_glance_lets_no_slip_through(text: str) -> None:
    with patch("crmtext.text.read.load.may_contain", return_value=True):
        closely = by_plain_way(text)
    assert by_plain_way(text) == closely


def test_a_document_keeps_no_positions_that_nobody_asked_for() -> None:
    assert "root" not in vars(parse_text("id: C1\ntags: [冷链，华东]\n", "x"))
