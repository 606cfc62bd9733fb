"""Conflicts in words: labels, with the names of people in their places."""

from __future__ import annotations

import pytest

from crmtext.i18n import speaking
from crmtext.importers.plan.conflicts import path
from crmtext.importers.plan.three_way import Difference
from crmtext.schema import Schema
from crmtext.text.edit.operations import Set

SCHEMA = Schema.shipped()


@pytest.mark.parametrize(
    ("field", "pointer", "chinese"),
    [
        ("industry", "/industry", "所属行业"),
        ("contacts[张三].title", "/contacts/4/title", "联系人 › 张三 › 职位"),
        ("contacts[张三]", "/contacts/4", "联系人 › 张三"),
        ("contacts[王五]", "/contacts", "联系人 › 王五"),
        ("custom.旧系统等级", "/custom/旧系统等级", "自定义 › 旧系统等级"),
        ("id", "", "整个客户"),
    ],
)
def test_the_path_of_a_difference_is_in_labels(field: str, pointer: str, chinese: str) -> None:
    with speaking("zh"):
        assert path(SCHEMA, Difference(field, pointer, "1", "2", None, Set(pointer, "2"))) == chinese
