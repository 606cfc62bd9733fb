"""The message of a command's own commit: what may be said for ever, and nothing else."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
import stores

from crmtext.diff import draft_message
from crmtext.record.change.draft import Draft
from crmtext.store import Store
from crmtext.text.read.load import parse

if TYPE_CHECKING:
    from pathlib import Path

    from crmtext.text.document import Document

RECORD = stores.record("001", "上海示例电子有限公司", short_name="上海示例电子")
LOG = "interactions:\n  - date: 2026-11-20\n    by: lilei\n    channel: {}\n    summary: 密谈\n"


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return Store(stores.made(tmp_path, RECORD))


def document(text: str | None, path: str = stores.path("001")) -> Document | None:
    return None if text is None else parse(text.encode(), path)


def subject(store: Store, before: str | None, after: str | None) -> str:
    message = draft_message.message(store, [Draft(document(before), document(after))], "set")
    assert message.endswith("\nCrm-Customer: C20240501001\nCrm-Action: set\n")
    return message.partition("\n")[0]


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        (RECORD, RECORD + LOG.format("phone"), "+1 interaction (phone)"),
        (RECORD, RECORD.replace("status: lead", "status: prospect"), "status lead → prospect"),
        (
            RECORD,
            RECORD.replace("status: lead", "status: prospect") + LOG.format("visit"),
            "status lead → prospect; +1 interaction (visit)",
        ),
        (RECORD, RECORD.replace("owner: lilei", "owner: hanmei"), "owner lilei → hanmei"),
        (RECORD, RECORD + "phones: ['13800138000']\n", "phones added"),
        (RECORD, RECORD + "website: https://example.com\n", "website added"),
        (RECORD, RECORD + "custom: {secret: x}\n", "custom added"),
        (RECORD, RECORD + "# 备注\n", "text only"),
        (None, RECORD, "new"),
        (RECORD, None, "removed"),
    ],
)
def test_a_change_is_told_in_a_line(store: Store, before: str | None, after: str | None, expected: str) -> None:
    assert subject(store, before, after) == f"上海示例电子: {expected}"


@pytest.mark.parametrize(
    "text",
    [
        stores.record("001", "张三丰", type="person"),
        stores.record("001", "张三丰", type="whatever"),
        stores.record("001", "张三丰").replace("type: company\n", ""),
    ],
    ids=["person", "unknown type", "no type"],
)
def test_who_is_or_may_be_a_person_is_named_by_id(store: Store, text: str) -> None:
    assert subject(store, text, text + LOG.format("phone")) == "C20240501001: +1 interaction (phone)"


def test_a_record_that_does_not_parse_is_named_by_id(store: Store) -> None:
    assert subject(store, RECORD, "id: [") == "set: text only"


def test_a_record_that_moves_is_one_customer(store: Store) -> None:
    drafts = [Draft(None, document(RECORD, "records/华东/C20240501001.yaml")), Draft(document(RECORD), None)]
    assert draft_message.message(store, drafts, "rename") == (
        "上海示例电子: moved\n\nCrm-Customer: C20240501001\nCrm-Action: rename\n"
    )
