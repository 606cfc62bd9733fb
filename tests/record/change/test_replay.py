"""Doing the same to HEAD's text of a record as to the disk's, where the user has edits of their own."""

from __future__ import annotations

from typing import Any

import pytest
import stores
from hypothesis import given
from hypothesis import strategies as st

from crmtext.problem import CrmError
from crmtext.record.change import replay
from crmtext.record.change.draft import Draft
from crmtext.schema import Schema
from crmtext.text.edit.rewrite import Append, Delete, Insert, Operation, Rename, Set, rewrite
from crmtext.text.read.load import parse

SCHEMA = Schema.shipped()
PATH = stores.path()
HEAD = "id: C1\nstatus: lead\ntags: [a, b]\ncontacts:\n  - name: 张三\n  - name: 李四\n"
DISK = (
    "id: C1\nstatus: active\ntags: [x, a, b]\n"
    "contacts:\n  - name: 王五\n  - name: 张三\n  - name: 李四\n    title: 总监\n"
)


def redone(disk: str, head: str, *operations: Operation) -> str:
    draft = Draft(parse(disk.encode(), PATH), parse(rewrite(disk, operations).encode(), PATH), operations)
    return replay.apply(draft, parse(head.encode(), PATH), SCHEMA).text


@pytest.mark.parametrize(
    ("operation", "expected"),
    [
        (Append("/tags", "c"), HEAD.replace("[a, b]", "[a, b, c]")),
        (Insert("/tags", 2, "new"), HEAD.replace("[a, b]", "[a, new, b]")),
        (Insert("/tags", 3, "new"), HEAD.replace("[a, b]", "[a, b, new]")),
        (Insert("/tags", 1, "new"), HEAD.replace("[a, b]", "[new, a, b]")),
        (Set("/contacts/1/title", "经理"), HEAD.replace("张三\n", "张三\n    title: 经理\n")),
        (Set("/contacts/1/name", "张三丰"), HEAD.replace("张三", "张三丰")),
        (Set("/priority", "key"), HEAD + "priority: key\n"),
        (Delete("/contacts/1"), HEAD.replace("  - name: 张三\n", "")),
        (Append("/needs", {"summary": "x"}), HEAD + "needs:\n  - summary: x\n"),
    ],
)
def test_an_operation_finds_its_place_in_the_other_text(operation: Operation, expected: str) -> None:
    assert redone(DISK, HEAD, operation) == expected


@pytest.mark.parametrize(
    "operation",
    [
        Set("/status", "lost"),
        Delete("/status"),
        Rename("/status", "state"),
        Set("/tags/0", "y"),
        Set("/contacts/0/title", "经理"),
        Set("/contacts/2/title", "经理"),
        Delete("/contacts/2/title"),
        Insert("/tags", 0, "new"),
    ],
)
def test_what_touches_the_users_own_edits_is_refused(operation: Operation) -> None:
    with pytest.raises(CrmError) as caught:
        redone(DISK, HEAD, operation)
    assert caught.value.problem.rule == "uncommitted-changes"


def test_operations_build_upon_each_other() -> None:
    operations = (Append("/contacts", {"name": "赵六"}), Set("/contacts/3/title", "经理"))
    assert redone(DISK, HEAD, *operations) == HEAD + "  - name: 赵六\n    title: 经理\n"


def test_a_draft_that_holds_more_than_its_operations_tell_is_refused() -> None:
    operation = Append("/tags", "c")
    more = parse((rewrite(DISK, [operation]) + "priority: key\n").encode(), PATH)
    with pytest.raises(CrmError) as caught:
        replay.apply(Draft(parse(DISK.encode(), PATH), more, (operation,)), parse(HEAD.encode(), PATH), SCHEMA)
    assert caught.value.problem.rule == "uncommitted-changes"


words = st.sampled_from(["a", "b", "c", "d", "no", "张三"])
lists = st.lists(words, max_size=4)


def text(tags: list[str], status: str) -> str:
    import json

    return f"id: C1\nstatus: {status}\ntags: {json.dumps(tags, ensure_ascii=False)}\n"


@st.composite
def operations(draw: st.DrawFn, tags: list[str]) -> Operation:
    operations: list[Operation] = [
        Append("/tags", draw(words)),
        Insert("/tags", draw(st.integers(0, len(tags))), draw(words)),
    ]
    if tags:
        number = draw(st.integers(0, len(tags) - 1))
        operations += [Delete(f"/tags/{number}"), Set(f"/tags/{number}", draw(words))]
    return draw(st.sampled_from(operations))


@given(data=st.data(), disk=lists, head=lists, status=st.sampled_from(["lead", "lost"]))
def test_what_is_committed_is_the_operations_doing_and_none_of_the_users(
    data: st.DataObject, disk: list[str], head: list[str], status: str
) -> None:
    operation = data.draw(operations(disk))
    try:
        found: Any = parse(redone(text(disk, "active"), text(head, status), operation).encode()).data
    except CrmError:
        assert disk != head
        return
    assert found["status"] == status
    if isinstance(operation, Append | Insert):
        assert sorted(found["tags"]) == sorted([*head, operation.value])
    elif isinstance(operation, Delete):
        assert sorted([*found["tags"], disk[int(operation.pointer[6:])]]) == sorted(head)
    else:
        assert len(found["tags"]) == len(head)
