"""The hash of an import holds through what git does to its commit, and notices every other edit."""

from __future__ import annotations

from typing import Any

import pytest

from crmtext.importers.past.commit_digest import digest

BEFORE = {"id": "C1", "name": "明远", "owner": "lilei", "phones": ["1"], "cooperation": {"since": "2024-01-01"}}
AFTER = {**BEFORE, "owner": "hanmei", "cooperation": {"since": "2024-01-01", "products": ["泵"]}}


def of(before: dict[str, Any], after: dict[str, Any], path: str = "records/C1.yaml") -> str:
    return digest([(path, before, after)])


@pytest.mark.parametrize(
    ("before", "after"),
    [
        pytest.param({**BEFORE, "website": "x"}, {**AFTER, "website": "x"}, id="another-field-before"),
        pytest.param(dict(reversed(BEFORE.items())), dict(reversed(AFTER.items())), id="order-of-the-fields"),
        pytest.param({**BEFORE, "owner": "wangwu"}, AFTER, id="another-value-was-replaced"),
    ],
)
def test_a_rebase_keeps_it(before: dict[str, Any], after: dict[str, Any]) -> None:
    assert of(before, after) == of(BEFORE, AFTER)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        pytest.param(BEFORE, {**AFTER, "website": "x"}, id="a-field-more"),
        pytest.param(BEFORE, {**AFTER, "owner": "lilei"}, id="a-field-less"),
        pytest.param(BEFORE, {**AFTER, "phones": ["2"]}, id="an-item"),
        pytest.param(BEFORE, {key: value for key, value in AFTER.items() if key != "phones"}, id="a-field-removed"),
        pytest.param({}, AFTER, id="a-whole-record"),
    ],
)
def test_another_edit_changes_it(before: dict[str, Any], after: dict[str, Any]) -> None:
    assert of(before, after) != of(BEFORE, AFTER)


def test_another_record_changes_it() -> None:
    assert of(BEFORE, AFTER, "records/C2.yaml") != of(BEFORE, AFTER)
    assert digest([("records/C1.yaml", BEFORE, AFTER), ("records/C2.yaml", {}, {"id": "C2"})]) != of(BEFORE, AFTER)
    assert digest([("records/C1.yaml", BEFORE, AFTER), ("records/C2.yaml", BEFORE, BEFORE)]) == of(BEFORE, AFTER)
