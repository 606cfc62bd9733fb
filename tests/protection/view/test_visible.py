"""What a view shows of a record, by the patterns of `see`."""

from __future__ import annotations

import json
from typing import Any

import pytest

from crmtext.problem import CrmError
from crmtext.protection.view.visible import Visible
from crmtext.schema import Schema

BASE = ("name", "type", "status", "owner")
RECORD: dict[str, Any] = {
    "id": "C20240501001",
    "name": "上海示例电子有限公司",
    "type": "company",
    "status": "active",
    "owner": "lilei",
    "contacts": [
        {"name": "张三", "phones": ["13800138000"], "birthday": "1990-05-01", "notes": "喜欢茶"},
        {"name": "李四", "external_ids": {"crm": "7"}},
    ],
    "billing": {"title": "上海示例电子有限公司", "bank": "中国银行"},
    "interactions": [
        {
            "date": "2026-11-18",
            "by": "lilei",
            "channel": "phone",
            "summary": "询价",
            "next": {"action": "报价", "due": "2026-11-24"},
        }
    ],
    "relations": [
        {"id": "C20240501002", "kind": "partner"},
        {"id": "C20240501003", "kind": "parent"},
        {"id": "C20240501009", "kind": "other", "store": "north"},
    ],
    "merged_from": ["C20230101001"],
    "not_duplicate_of": ["C20240501003"],
    "tags": ["vip"],
    "custom": {"停车": "B2", "食堂": "三楼"},
}


def shown(*see: str, ids: tuple[str, ...] = ("C20240501001", "C20240501002"), **more: Any) -> dict[str, Any]:
    return Visible(Schema.shipped(), see).record({**RECORD, **more}, frozenset(ids))


@pytest.mark.parametrize(
    ("see", "expected"),
    [
        (("name",), {"name": RECORD["name"]}),
        (("contacts[].name", "contacts[].phones"), {"contacts": [
            {"name": "张三", "phones": ["13800138000"]}, {"name": "李四"}]}),
        (("contacts[].name",), {"contacts": [{"name": "张三"}, {"name": "李四"}]}),
        (("contacts", "-contacts[].phones"), {"contacts": [
            {"name": "张三", "notes": "喜欢茶"}, {"name": "李四", "external_ids": {"crm": "7"}}]}),
        (("billing",), {"billing": {"title": RECORD["name"]}}),
        (("billing.bank", "contacts[].birthday"), {}),
        (("custom.停车",), {"custom": {"停车": "B2"}}),
        (("custom", "-custom.停车"), {"custom": {"食堂": "三楼"}}),
        (("interactions", "-interactions[].next.due"), {"interactions": [
            {"date": "2026-11-18", "by": "lilei", "channel": "phone", "summary": "询价", "next": {"action": "报价"}}]}),
        (("tags[]",), {"tags": ["vip"]}),
        (("-*",), {}),
    ],
    ids=str,
)  # fmt: skip
def test_only_what_see_covers_is_shown(see: tuple[str, ...], expected: dict[str, Any]) -> None:
    assert shown(*see) == {"id": RECORD["id"], **expected}


def test_everything_is_shown_but_sensitive_values_and_references_out_of_the_view() -> None:
    expected = {key: value for key, value in RECORD.items() if key != "not_duplicate_of"}
    assert shown("*") == {
        **expected,
        "contacts": [{"name": "张三", "phones": ["13800138000"], "notes": "喜欢茶"}, RECORD["contacts"][1]],
        "billing": {"title": RECORD["name"]},
        "relations": [RECORD["relations"][0], RECORD["relations"][2]],
    }


def test_the_longest_pattern_decides_and_a_denial_wins_a_tie() -> None:
    assert shown("*", "-contacts", "contacts[].name")["contacts"] == [{"name": "张三"}, {"name": "李四"}]
    assert "tags" not in shown("*", "tags", "-tags")


def test_a_record_is_not_changed() -> None:
    before = json.dumps(RECORD, ensure_ascii=False)
    shown("contacts[].phones", "relations")
    assert json.dumps(RECORD, ensure_ascii=False) == before


def test_an_item_without_a_field_that_it_needs_is_left_out() -> None:
    # The id of the relation leads to a customer who isn't in the view.
    assert shown("relations", ids=())["relations"] == [RECORD["relations"][2]]
    assert "relations" not in shown("relations", ids=(), relations=RECORD["relations"][:2])


@pytest.mark.parametrize(
    ("see", "field", "hint"),
    [
        (("name", "type", "status"), "owner", "add 'owner' to `see`"),
        ((*BASE, "contacts[].phones"), "contacts[].name", "or hide all of it: '-contacts'"),
        (("*", "-interactions[].summary"), "interactions[].summary", "or hide all of it: '-interactions'"),
        ((*BASE, "interactions", "-interactions[].next.action"), "interactions[].next.action",
         "or hide all of it: '-interactions[].next'"),
    ],
    ids=str,
)  # fmt: skip
def test_a_hidden_field_that_every_entry_needs_is_named(see: tuple[str, ...], field: str, hint: str) -> None:
    with pytest.raises(CrmError) as raised:
        Visible(Schema.shipped(), see).check()
    problem = raised.value.problem
    assert (problem.rule, problem.message) == ("view-fields", f"the view needs {field}, which the role does not see")
    assert hint in problem.hint


@pytest.mark.parametrize("see", [("*",), BASE, (*BASE, "cases", "cooperation.products"), ("*", "-interactions")])
def test_other_fields_may_be_hidden(see: tuple[str, ...]) -> None:
    Visible(Schema.shipped(), see).check()
