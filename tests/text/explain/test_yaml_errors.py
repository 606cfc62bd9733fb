from __future__ import annotations

from typing import Any

import pytest
import yaml
from hypothesis import given, settings
from spoil import RECORD, mended, spoiled

from crmtext.problem import Edit, Place, Problem
from crmtext.text.explain.yaml_errors import explain
from crmtext.text.read import strict_loader
from crmtext.text.read.load import parse_text

HEAD = "name: 张三\n"

#: The text below a first line, the rule and the place of its problem, and the data after the fix.
STUMBLES: dict[str, tuple[str, str, tuple[int, int], Any]] = {
    "full-width colon": ("a：x\nb: y\n", "fullwidth-colon", (2, 2), {"a": "x", "b": "y"}),
    "full-width colon, Chinese key": ("状态：x\nb: y\n", "fullwidth-colon", (2, 3), {"状态": "x", "b": "y"}),
    "full-width colon and a space": ("a： x\nb: y\n", "fullwidth-colon", (2, 2), {"a": "x", "b": "y"}),
    "full-width colon, last line": ("a：x\n", "fullwidth-colon", (2, 2), {"a": "x"}),
    "full-width colon before a list": ("a：\n  - x\n", "fullwidth-colon", (2, 2), {"a": ["x"]}),
    "full-width colon before a map": ("a：\n  b: x\n", "fullwidth-colon", (2, 2), {"a": {"b": "x"}}),
    "full-width colon in an item": (
        "a:\n  - b：x\n    c: y\n",
        "fullwidth-colon",
        (3, 6),
        {"a": [{"b": "x", "c": "y"}]},
    ),
    "full-width colon, brackets": ("a：[x]\nb: y\n", "fullwidth-colon", (2, 2), {"a": ["x"], "b": "y"}),
    "full-width space after a colon": ("a:　x\nb: y\n", "fullwidth-space", (2, 3), {"a": "x", "b": "y"}),
    "full-width space as indentation": ("a:\n  - b: x\n　　c: y\n", "fullwidth-space", (4, 1), None),
    "no space after a colon": ("a:x\nb: y\n", "colon-without-space", (2, 2), {"a": "x", "b": "y"}),
    "no space after a dash": ("a:\n  -b: x\n    c: y\n", "dash-without-space", (3, 3), {"a": [{"b": "x", "c": "y"}]}),
    "a tab": ("a:\n\tb: x\n", "tab-indent", (3, 1), None),
    "a tab behind spaces": ("a:\n  - b: x\n  \tc: x\n", "tab-indent", (4, 3), None),
    "a colon in a value": ("a: x: y\n", "colon-in-value", (2, 5), {"a": "x: y"}),
    "a colon and an apostrophe": ("a: it's: y\n", "colon-in-value", (2, 8), {"a": "it's: y"}),
    "a colon after a quoted word": ('a: "x": y\n', "colon-in-value", (2, 7), None),
    "a quote left open": ('a: "x\nb: "y"\n', "unclosed-quote", (2, 4), None),
    "a quote left open to the end": ("a: 'x\nb: y\n", "unclosed-quote", (2, 4), None),
    "a quote left open far above": ('a: "x\nb: y\nc: z\nd: ["1"]\n', "unclosed-quote", (2, 4), None),
    "a bracket left open": ("a: [x, y\nb: z\n", "unclosed-bracket", (2, 4), None),
    "another bracket closes": ("a: [x, y}\n", "unclosed-bracket", (2, 4), None),
    "a brace left open": ("a: {x: 1\nb: 2\n", "unclosed-bracket", (2, 4), None),
    "a full-width comma between quotes": ('a: ["x"，"y"]\n', "fullwidth-comma", (2, 8), {"a": ["x", "y"]}),
    "a full-width comma between pairs": ("a: {b: x， c: y}\n", "fullwidth-comma", (2, 9), {"a": {"b": "x", "c": "y"}}),
    "full-width comma in quotes is not to blame": ('a: ["x，" "y"]\n', "unclosed-bracket", (2, 4), None),
    "two commas": ("a: [x,, y]\n", "comma-too-many", (2, 7), {"a": ["x", "y"]}),
    "an at sign": ("a: @x\n", "quotes-needed", (2, 4), {"a": "@x"}),
    "a backquote": ("a: `x`\n", "quotes-needed", (2, 4), {"a": "`x`"}),
    "a per cent sign": ("a: %5\n", "quotes-needed", (2, 4), {"a": "%5"}),
    "a star": ("a: *重点*\n", "quotes-needed", (2, 4), {"a": "*重点*"}),
    "an ampersand": ("a: &重\n", "quotes-needed", (2, 4), {"a": "&重"}),
    "an exclamation mark": ("a: !重\n", "quotes-needed", (2, 4), {"a": "!重"}),
    "a bar": ("a: | x\n", "quotes-needed", (2, 4), {"a": "| x"}),
    "a greater sign": ("a: >5万\n", "quotes-needed", (2, 4), {"a": ">5万"}),
    "a dash": ("a: - x\n", "quotes-needed", (2, 4), {"a": "- x"}),
    "a question mark": ("a: ? x\n", "quotes-needed", (2, 4), {"a": "? x"}),
    "a comma": ("a: ,x\n", "quotes-needed", (2, 4), {"a": ",x"}),
    "a sign that an apostrophe follows": ("a: @it's\n", "quotes-needed", (2, 4), {"a": "@it's"}),
    "a sign in an item": ("a:\n  - @x\n", "quotes-needed", (3, 5), {"a": ["@x"]}),
    "a sign in brackets": ("a: [@x, y]\n", "quotes-needed", (2, 5), None),
    "text after quotes": ('a: "x" y\n', "text-after-quotes", (2, 8), None),
    "an apostrophe in quotes": ("a: 'it's'\n", "text-after-quotes", (2, 8), None),
    "text after a bracket": ("a: [x] y\n", "text-after-quotes", (2, 8), {"a": "[x] y"}),
    "text after a brace": ("a: {x} y\n", "text-after-quotes", (2, 8), {"a": "{x} y"}),
    "an unknown escape": ('a: "C:\\q"\n', "unknown-escape", (2, 7), None),
    "an escape cut short": ('a: "\\x4"\n', "unknown-escape", (2, 7), None),
    "no key": ("just words\nb: y\n", "no-field", (2, 1), None),
    "no key at the end": ("just words\n", "no-field", (2, 1), None),
    "too deep": ("  a: x\n", "wrong-indent", (2, 3), None),
    "not deep enough": ("a:\n    b: x\n  c: y\n", "wrong-indent", (4, 3), None),
    "an item at the edge": ("a:\n  - x\n- y\n", "wrong-indent", (4, 1), None),
    "prose with a full-width colon is not to blame": ("a: |\n  说：好\n b: y\n", "wrong-indent", (4, 2), None),
    "a directive below": ("%YAML 1.2\n", "yaml-directive", (2, 1), None),
    "an end in between": ("...\na: x\n", "several-documents", (3, 1), None),
}


@pytest.fixture(params=["", "\ufeff"], ids=["plain", "byte order mark"])
def head(request: pytest.FixtureRequest) -> str:
    """A first line that is right, behind a byte order mark or not."""
    return str(request.param) + HEAD


@pytest.mark.parametrize(("text", "rule", "at", "meant"), STUMBLES.values(), ids=list(STUMBLES))
def test_an_error_has_its_place_and_a_fix_if_only_one_is_possible(
    text: str, rule: str, at: tuple[int, int], meant: Any, head: str
) -> None:
    *_mark, problem = parse_text(head + text).problems
    assert (problem.rule, problem.place.line, problem.place.column) == (rule, *at)
    assert problem.excerpt == (head + text).removeprefix("\ufeff").split("\n")[at[0] - 1]
    assert problem.hint
    if meant is None:
        assert problem.fix == ()
    else:
        assert parse_text(mended(head + text, problem)).data == {"name": "张三", **meant}


@pytest.mark.parametrize(("text", "rule", "at", "_meant"), STUMBLES.values(), ids=list(STUMBLES))
def test_python_s_own_parser_stumbles_over_the_same(
    text: str, rule: str, at: tuple[int, int], _meant: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    quick = parse_text(HEAD + text).problems
    monkeypatch.setattr(strict_loader, "_Parser", yaml.SafeLoader)
    monkeypatch.delattr(yaml, "CSafeLoader")
    assert [problem.rule for problem in parse_text(HEAD + text).problems] == [problem.rule for problem in quick]


def test_an_error_as_a_whole_problem() -> None:
    assert parse_text("name: 张三\nstatus：lead\n", "r.yaml").problems == (
        Problem(
            "fullwidth-colon",
            "full-width colon (：) after 'status'",
            Place("r.yaml", 2, 7, 2, 8),
            "use a half-width colon and a space: 'status: '",
            excerpt="status：lead",
            fix=(Edit(15, 16, ": "),),
        ),
    )


def test_an_unknown_error_shows_the_parser_s_message() -> None:
    assert explain(yaml.YAMLError("something else"), "a: 1\n", "r.yaml") == Problem(
        "yaml-syntax",
        "not valid YAML: something else",
        Place("r.yaml", 1, 1, 1, 2),
        "put the value in quotes, or compare with the lines above",
        excerpt="a: 1",
    )


@settings(max_examples=200)
@given(spoiled(RECORD))
def test_a_fix_removes_its_problem_and_adds_none(text: str) -> None:
    document = parse_text(text)
    for problem in document.problems:
        if problem.fix:
            after = parse_text(mended(text, problem))
            assert (problem.rule, problem.message, problem.place) not in [
                (problem.rule, problem.message, problem.place) for problem in after.problems
            ]
            assert after.data is not None or document.data is None
