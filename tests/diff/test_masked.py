"""Masked comparisons: what changed is known, what the values are is not."""

from __future__ import annotations

import json

import pytest
from stores import snapshot

from crmtext.diff import text
from crmtext.diff.customers import Comparison
from crmtext.diff.markdown import markdown
from crmtext.diff.masked import MaskedComparison, MaskedDifference
from crmtext.i18n import speaking
from crmtext.sealing.mask import MaskedDocument

BEFORE = """\
id: C20240501K7QM
name: 陈小明
type: person
status: lead
owner: lilei
phones: ["13800138000"]
contacts:
  - name: 张三丰
    wechat: old_name
"""
AFTER = (
    BEFORE.replace("13800138000", "13812348000").replace("陈小明", "陈大明").replace("old_name", "other_name")
    + "notes: 陈小明改名，微信 old_name\n"
)


def compared(before: str, after: str, **moved: str) -> MaskedComparison:
    return MaskedComparison(Comparison(snapshot(before), snapshot(**moved) if moved else snapshot(after)))


def test_a_number_with_the_same_mask_is_still_a_change_and_earlier_names_are_masked_too() -> None:
    with speaking("en"):
        assert text.text(compared(BEFORE, AFTER)).splitlines() == [
            "1 customer: 5 fields",
            "",
            "陈* (C20240501K7QM)",
            "  ~ Name: 陈* → 陈*",
            "  - Phones: 138****8000",
            "  + Phones: 138****8000",
            "  + Notes: 陈*改名，微信 o***e",
            "  ~ Contacts › 张* › WeChat: o***e → o***e",
        ]


@pytest.mark.parametrize("shown", [text.text, markdown, lambda one: json.dumps(text.document(one), ensure_ascii=False)])
def test_no_value_is_shown_in_any_format(shown: object) -> None:
    output = shown(compared(BEFORE, AFTER))  # type: ignore[operator]
    values = ("陈小明", "陈大明", "张三丰", "13800138000", "13812348000", "old_name", "other_name")
    assert [value for value in values if value in output] == []


def test_documents_of_a_masked_difference_can_never_be_written() -> None:
    (difference,) = compared(BEFORE, AFTER).differences
    assert isinstance(difference, MaskedDifference)
    assert isinstance(difference.before, MaskedDocument)
    assert isinstance(difference.after, MaskedDocument)
    assert (difference.kind, difference.fields) == (difference.full.kind, difference.full.fields)


def test_a_person_whose_file_was_renamed_has_no_name_in_its_path() -> None:
    both = Comparison(
        snapshot(**{"records/C20240501K7QM-chenxiaoming.yaml": BEFORE}),
        snapshot(**{"records/C20240501K7QM-chendaming.yaml": BEFORE}),
    )
    (difference,) = MaskedComparison(both).differences
    path = "records/C20240501K7QM-***.yaml"
    assert (difference.kind, difference.old_path, difference.path) == ("renamed", path, path)


def test_a_file_that_cannot_be_read_is_named_without_words() -> None:
    broken = "id: [\n"
    both = Comparison(snapshot(), snapshot(**{"records/陈小明.yaml": broken, "records/C20240501K7QN-xm.yaml": broken}))
    assert MaskedComparison(both).unreadable == ("records/C20240501K7QN-***.yaml", "records/***.yaml")


def test_values_of_records_with_errors_are_masked() -> None:
    before = "id: C20240501K7QM\nphones: 13800138000\ncontacts: {张三丰: 13900139000}\nname: [陈小明]\n"
    output = text.text(compared(before, before.replace("138001", "138111")))
    assert [value for value in ("13800138000", "13811138000", "陈小明") if value in output] == []


def test_names_in_keys_of_a_team_are_masked_in_every_place_of_a_change() -> None:
    before = BEFORE + 'custom: {张三丰的车: "沪A", 其他: "1"}\n'
    after = before.replace("沪A", "张三丰 沪B").replace('其他: "1"', '陈小明: "2"')
    with speaking("en"):
        lines = text.text(compared(before, after)).splitlines()
    assert lines[3:] == [
        "  ~ Custom › 张*的车: 沪A → 张* 沪B",
        "  - Custom › 其他: 1",
        "  + Custom › 陈*: 2",
    ]
