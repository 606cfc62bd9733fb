"""What a rule says and what a key holds, in both languages."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING, Any

import pytest

from crmtext import explain
from crmtext.answer import Table, Text
from crmtext.explain import field as explain_field
from crmtext.explain import figure
from crmtext.explain.example import ANY, example, value
from crmtext.figures.rules import NAMES
from crmtext.i18n import speaking
from crmtext.problem import CrmError
from crmtext.query import filter as query_filter
from crmtext.query.filter import Terms
from crmtext.schema import Schema
from crmtext.schema.fixes import fits
from crmtext.settings import Settings
from crmtext.text.read.load import parse_text

if TYPE_CHECKING:
    from crmtext.schema import Field

SCHEMA = Schema.shipped()
FIELDS = [field for field in SCHEMA.by_path.values() if field.path]


def shown(typed: str, schema: Schema = SCHEMA) -> Any:
    answer = explain.explain(schema, typed)
    assert isinstance(answer, Text)
    return answer


def test_a_rule_is_shown_with_its_reason_and_examples() -> None:
    assert shown("unknown-key").text == (
        "unknown-key\n"
        "  A record must use only fields of the schema.\n"
        "\n"
        "Why\n"
        "  Lists, reports and colleagues miss a field whose name is mistyped.\n"
        "\n"
        "Wrong\n"
        "    state: prospect\n"
        "\n"
        "Right\n"
        "    status: prospect\n"
        "\n"
        "Fix\n"
        "  Correct the name. Data that has no field yet goes under `custom:`. If all\n"
        "  customers need it, add a field to your team's schema.\n"
    )


def test_a_rule_is_found_as_it_stands_behind_a_problem() -> None:
    assert shown("[Unknown-Key]") == shown("unknown-key")


def test_a_fixed_list_is_shown_with_labels_synonyms_and_example() -> None:
    assert shown("priority").text == (
        "priority  Priority 优先级\n"
        "  sorts lists\n"
        "\n"
        "  one of 3 values\n"
        "  also called: 优先程度, 重要程度\n"
        "\n"
        "Values\n"
        "    key     Key     重点  (重点客户, 重要, 紧急, 高, high, urgent)\n"
        "    normal  Normal  普通  (普通客户, 中, medium)\n"
        "    low     Low     低    (次要, 一般)\n"
        "\n"
        "Example\n"
        "    priority: key\n"
    )


def test_a_page_explains_in_the_language_in_use() -> None:
    with speaking("zh"):
        field, figure = shown("retention.until").text, shown("overdue").text
    assert field == (
        "retention.until  Until 个人信息保存到期\n"
        "  保存的最后一天\n"
        "\n"
        "  日期\n"
        "  请写日期，如 2024-05-01\n"
        "  别名：保留至、到期日、保存至\n"
        "\n"
        "示例\n"
        "    retention:\n"
        "      until: 2024-05-01\n"
    )
    assert figure.splitlines()[:3] == ["overdue  Overdue 已逾期", "  未完成的下一步中最早的截止日期是否早于今天", ""]


def test_a_block_is_shown_with_its_keys() -> None:
    assert shown("interactions[].next").text.partition("Fields")[2] == (
        " (* required)\n"
        "    action*  Action   下一步\n"
        "    due      Due      截止日期\n"
        "    time     Time     时间\n"
        "    channel  Channel  方式\n"
        "    by       By       执行人\n"
        "    done     Done     完成日期\n"
        "\n"
        "Example\n"
        "    interactions:\n"
        "      - next:\n"
        "          action: 发送方案\n"
    )


def test_json_holds_both_languages() -> None:
    document = shown("contacts[].role").document
    assert {name: document[name] for name in ("key", "labels", "kind", "required", "example")} == {
        "key": "contacts[].role",
        "labels": {"en": "Role", "zh": "决策角色"},
        "kind": "text",
        "required": False,
        "example": "contacts:\n  - role: decision-maker",
    }
    assert document["choices"][0] == {
        "value": "decision-maker",
        "labels": {"en": "Decision maker", "zh": "决策人"},
        "synonyms": document["choices"][0]["synonyms"],
    }
    json.dumps(document)


@pytest.mark.parametrize(
    ("typed", "path"),
    [
        ("status", "status"),
        ("合作状态", "status"),
        ("客户状态", "status"),
        ("STATUS", "status"),
        ("contacts[].title", "contacts[].title"),
        ("contacts.title", "contacts[].title"),
        ("budget.min", "needs[].budget.min"),
        # A value leads to its key.
        ("合作中", "status"),
        # Of several keys of one name the one of the record itself is meant.
        ("负责人", "owner"),
        ("客户", "customer"),
    ],
)
def test_a_key_is_found_as_people_call_it(typed: str, path: str) -> None:
    assert shown(typed).document["key"] == path


@pytest.mark.parametrize(
    ("typed", "path"),
    [
        ("联系人.电话", "contacts[].phones"),
        ("联系人[张三].职位", "contacts[].title"),
        ("contacts.职位", "contacts[].title"),
        ("商机.阶段", "opportunities[].stage"),
        ("合作.合作开始日期", "cooperation.since"),
        ("Contacts.Job title", "contacts[].title"),
    ],
)
def test_a_key_is_found_by_the_labels_on_the_way_to_it(typed: str, path: str) -> None:
    assert shown(typed).document["key"] == path


@pytest.mark.parametrize("typed", ["合作.没有", "没有.电话", "联系人.", ".", "名称.电话"])
def test_a_way_that_leads_nowhere_finds_no_key(typed: str) -> None:
    assert explain_field.find(SCHEMA, typed) == ()


def test_keys_of_one_name_are_listed() -> None:
    answer = explain.explain(SCHEMA, "性别")
    assert isinstance(answer, Table)
    assert answer.rows == (("person.gender", "Gender", "性别"), ("contacts[].gender", "Gender", "性别"))
    assert answer.note == "choose one: crmtext explain person.gender"
    assert shown("负责人").note == "fields of the same name: opportunities[].owner, cases[].owner"


@pytest.mark.parametrize(
    ("typed", "near"),
    [("unknown-kye", "unknown-key"), ("contcts", "contacts"), ("合作壮态", "合作状态")],
)
def test_what_is_mistyped_is_met_with_the_nearest_name(typed: str, near: str) -> None:
    with pytest.raises(CrmError) as caught:
        explain.explain(SCHEMA, typed)
    problem = caught.value.problem
    assert (problem.rule, problem.hint) == ("unknown-rule", f"did you mean '{near}'?")


def test_all_rules_are_listed_those_of_a_team_too() -> None:
    own = {"x-rule": "vip-needs-owner", "x-message": {"en": "a vip has an owner", "zh": "重点客户要有负责人"}}
    schema = replace(SCHEMA, data={**SCHEMA.data, "allOf": [*SCHEMA.data["allOf"], own]})
    rows = explain.rules(schema).rows
    assert rows[0] == ("not-utf8", "A record must be a UTF-8 file.")
    assert rows[-1] == ("vip-needs-owner", "a vip has an owner")
    assert shown("vip-needs-owner", schema).text == "vip-needs-owner\n  a vip has an owner\n"


@pytest.mark.parametrize("field", FIELDS, ids=lambda field: field.path)
def test_an_example_reads_back_and_fits_the_schema(field: Field) -> None:
    shown_ = value(field)
    if ANY not in json.dumps(shown_, ensure_ascii=False):
        assert fits(shown_, field.resolved, SCHEMA)
    content: Any = parse_text(example(SCHEMA, field)).data
    for step in field.path.replace("[]", ".0").split("."):
        content = content[int(step)] if step.isdigit() else content[step]
    assert content == shown_


def test_every_key_is_found_by_its_path_with_and_without_brackets() -> None:
    keys = [field for field in FIELDS if not field.path.endswith("[]")]
    assert [field.path for field in keys if explain_field.find(SCHEMA, field.path) != (field,)] == []
    assert [field.path for field in keys if field not in explain_field.find(SCHEMA, field.path.replace("[]", ""))] == []


@pytest.mark.parametrize("typed", ["overdue", "Overdue", "逾期", "已逾期", "过期"])
def test_a_computed_name_has_its_page_by_name_label_and_synonym(typed: str) -> None:
    answer = shown(typed)
    assert (
        answer.text
        == """\
overdue  Overdue 已逾期
  whether the earliest due date of the open next steps is before today

  true or false; computed, never stored
  also called: 逾期, 过期

Example
    crmtext list --where "overdue" --columns name,overdue
"""
    )
    assert answer.document == {
        "computed": "overdue",
        "labels": {"en": "Overdue", "zh": "已逾期"},
        "about": {
            "en": "whether the earliest due date of the open next steps is before today",
            "zh": "未完成的下一步中最早的截止日期是否早于今天",
        },
        "kind": "truth",
        "synonyms": ["逾期", "过期"],
    }


@pytest.mark.parametrize("name", NAMES)
def test_every_computed_name_is_explained_or_named_beside_the_key_of_its_name(name: str) -> None:
    # `lifecycle` and `unreachable` are rules as well.
    answer = shown(name)
    assert NAMES[name].about in " ".join((answer.text + answer.note).split())


def test_the_example_of_every_computed_name_can_be_asked() -> None:
    terms = Terms(SCHEMA, Settings(), date(2026, 11, 20), NAMES)
    for name in NAMES:
        asked = figure.shown(name).text.partition('--where "')[2].partition('"')[0]
        assert query_filter.compiled(asked, terms).matches({}) is False
