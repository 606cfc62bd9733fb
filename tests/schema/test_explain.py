from __future__ import annotations

import json
from typing import Any

import pytest
from spoil import BASE, CALL, CONTACT, PERSON, RECORD, SCHEMA, assert_told, mended, problems, replaced

from crmtext.i18n import speaking
from crmtext.problem import Edit, Place, Problem
from crmtext.schema import Schema, load
from crmtext.text.read.load import parse_text

#: One mistake each: the text; rule, line and column; the hint; the line after the fix, if any.
MISTAKES: dict[str, tuple[str, tuple[str, int, int], str, str]] = {
    "a label": (replaced("lead", "意向客户"), ("unknown-value", 4, 9), "use prospect", "status: prospect"),
    "a label in quotes": (replaced("lead", "'流失客户'"), ("unknown-value", 4, 9), "use lost", "status: 'lost'"),
    "a synonym": (replaced("company", "公司"), ("unknown-value", 3, 7), "use company", "type: company"),
    "upper case": (replaced("lead", "LEAD"), ("unknown-value", 4, 9), "did you mean 'lead'?", "status: lead"),
    "a slip in a value": (replaced("lead", "leed"), ("unknown-value", 4, 9), "did you mean 'lead'?", "status: lead"),
    "no such value": (
        replaced("lead", "frozen"),
        ("unknown-value", 4, 9),
        "one of: lead 潜在客户, prospect 意向客户, active 合作中, paused 暂停合作, lost 流失客户",
        "",
    ),
    "a label as key": (replaced("status", "状态"), ("unknown-key", 4, 1), "did you mean 'status'?", "status: lead"),
    "a slip in a key": (replaced("owner", "ower"), ("unknown-key", 5, 1), "did you mean 'owner'?", "owner: lilei"),
    "a synonym as key": (
        CONTACT + "    职务: 经理\n",
        ("unknown-key", 8, 5),
        "did you mean 'title'?",
        "    title: 经理",
    ),
    "a key of another block": (
        BASE + "due: 2024-05-01\n",
        ("unknown-key", 6, 1),
        "'due' belongs in 'interactions[].next', 'cases[]'",
        "",
    ),
    "a key of nobody": (
        BASE + "星座: 白羊\n",
        ("unknown-key", 6, 1),
        "put fields that the schema does not have under 'custom:'",
        "",
    ),
    "a key of nobody, below": (
        BASE + "classification:\n  qqq: x\n",
        ("unknown-key", 7, 3),
        "known fields: value, lifecycle, segment, fixed",
        "",
    ),
    "too much": (
        BASE + "opportunities: [{title: a, stage: proposal, probability: 101}]\n",
        ("out-of-range", 6, 58),
        "use a number from 0 to 100, without %",
        "",
    ),
    "twice": (BASE + "tags: [a, b, a]\n", ("item-twice", 6, 14), "delete one of the two", ""),
    "a key missing": (replaced("owner: lilei\n", ""), ("missing-key", 1, 1), "add a line 'owner: …'", ""),
    "a choice missing": (
        replaced("type: company\n", ""),
        ("missing-key", 1, 1),
        "add 'type:' with one of: company 企业, person 个人, institution 机构, other 其他",
        "",
    ),
    "a key missing in an item": (
        replaced("    by: lilei\n", "", CALL),
        ("missing-key", 7, 5),
        "add a line 'by: …'",
        "",
    ),
    "active": (
        replaced("lead", "active"),
        ("active-without-since", 4, 9),
        "add a line below 'cooperation:', such as since: 2024-05-01",
        "",
    ),
    "active, with a block": (
        replaced("lead", "active") + "cooperation: {products: [a]}\n",
        ("active-without-since", 4, 9),
        "add a line below 'cooperation:', such as since: 2024-05-01",
        "",
    ),
    "both amounts of an open budget": (
        BASE + "needs: [{description: a, budget: {basis: to-confirm, min: 5, max: 5}}]\n",
        ("budget-amount-while-to-confirm", 6, 54),
        "delete min and max, or set basis: stated or estimated",
        "",
    ),
}


@pytest.mark.parametrize(("text", "place", "hint", "line"), MISTAKES.values(), ids=list(MISTAKES))
def test_one_mistake_gives_one_message_and_a_fix_if_only_one_is_possible(
    text: str, place: tuple[str, int, int], hint: str, line: str
) -> None:
    assert_told(text, place, hint, line)


#: Mistakes with consequences in several places: one problem, or one for each place that is wrong by itself.
TOGETHER: dict[str, tuple[str, list[str]]] = {
    "a mistyped required key is not missing too": (replaced("status", "stauts"), ["unknown-key"]),
    "a wrong status asks for nothing more": (replaced("lead", "合作中"), ["unknown-value"]),
    "a comma that made a key": (BASE + "needs: [{description: a,b}]\n", ["comma-in-flow"]),
    "a full-width colon in braces": (BASE + "needs: [{description：a, status: open}]\n", ["fullwidth-colon"]),
    "a full-width space leaves no empty key": (BASE + "billing:\n　title: x\n", ["fullwidth-space"]),
    "a key twice": (BASE + "status: 合作中\n", ["duplicate-key"]),
    "an ID number where none belongs": (replaced("上海示例", "11010519491231002X"), ["resident-id"]),
    "an ID number as a phone": (BASE + "phones: [11010519491231002X]\n", ["resident-id"]),
    "two mistakes in one item": (
        replaced("    by: lilei\n", "", CALL).replace("phone", "电话"),
        ["missing-key", "unknown-value"],
    ),
    "two unknown keys": (BASE + "星座: a\n血型: b\n", ["unknown-key", "unknown-key"]),
    "every missing key": ("id: C20240501K7QM\nname: x\n", ["missing-key"] * 3),
}


@pytest.mark.parametrize(("text", "rules"), TOGETHER.values(), ids=list(TOGETHER))
def test_consequences_of_a_mistake_are_not_reported(text: str, rules: list[str]) -> None:
    assert sorted(problem.rule for problem in problems(text)) == rules


def test_a_whole_problem() -> None:
    document = parse_text(replaced("lead", "合作中"), "records/a.yaml")
    assert SCHEMA.problems(document) == (
        Problem(
            "unknown-value",
            "unknown value '合作中' for 'status'",
            Place("records/a.yaml", 4, 9, 4, 12, "/status"),
            "use active",
            excerpt="status: 合作中",
            fix=(Edit(51, 54, "active"),),
        ),
    )


def test_names_in_messages_are_those_of_the_language_in_use() -> None:
    text = replaced("owner: lilei\n", "")
    with speaking("zh"):
        assert "负责人" in problems(text)[0].message
    assert problems(text)[0].message == "'owner' is missing"


@pytest.mark.parametrize(
    "line",
    [
        "person: {birth_date: 1990/5/1}",
        "person: {birth_date: 1990.5}",
        "person: {birth_date: true}",
        "person:\n  birth_date: [1990-05-01]",
        'person: {home_address: "1990\\n"}',
        "person: {home_address: 1990}",
        "billing: {bank: 1990}",
        "billing: {bank: '1990\n\n  号'}",
        "contacts: [{name: a, birthday: 1990年}]",
    ],
)
def test_a_sensitive_value_is_never_repeated(line: str) -> None:
    document = parse_text(PERSON + line + "\n")
    shown = SCHEMA.discreet(document, document.problems + SCHEMA.problems(document))
    assert shown
    shown = [
        (problem.message, problem.hint.replace("1990, 1990-05, 1990-05-01", ""), problem.excerpt) for problem in shown
    ]
    assert "1990" not in str(shown)


def test_all_fixes_together_make_a_valid_record() -> None:
    text = replaced("lead", "意向") + "tags: 重点\nphones: [13800138000]\nemails: [a＠example.com]\n"
    document = parse_text(text)
    fixes = [edit for problem in SCHEMA.problems(document) for edit in problem.fix]
    whole = Problem("all", "", fix=tuple(fixes))
    assert problems(mended(text, whole)) == ()
    assert parse_text(mended(text, whole)).data["phones"] == ["13800138000"]


def test_only_some_of_very_many_mistakes_are_reported() -> None:
    text = BASE + "".join(f"k{number}: 1\n" for number in range(15_000))
    assert 100 < len(problems(text)) <= 200


def test_a_limit_is_shown_with_its_number() -> None:
    def message(value: Any, **spec: Any) -> str:
        data = json.loads(load.shipped())
        data["properties"]["own"] = {"title": "Own", "x-title-zh": "自有", **spec}
        schema = Schema.read(json.dumps(data).encode())
        (problem,) = schema.problems(parse_text(BASE + f"own: {json.dumps(value)}\n"))
        assert problem.rule == "out-of-range"
        return problem.message

    assert message(5, type="number", minimum=6) == "'5' is less than 6"
    assert message(5, type="number", maximum=4) == "'5' is more than 4"
    assert message(5, type="number", exclusiveMinimum=5) == "'5' must be more than 5"
    assert message(5, type="number", exclusiveMaximum=5) == "'5' must be less than 5"
    assert message("abc", type="string", minLength=4) == "'abc' has fewer than 4 characters"
    assert message("abc", type="string", maxLength=2) == "'abc' has more than 2 characters"
    assert message(["a"], type="array", items={"type": "string"}, minItems=2) == "'own' needs at least 2 items"
    assert message(["a"], type="array", items={"type": "string"}, maxItems=0) == "'own' has more than 0 items"


def test_the_record_of_the_tests_fits() -> None:
    assert problems(RECORD) == ()
