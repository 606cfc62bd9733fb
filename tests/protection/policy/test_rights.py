"""Who may change what: verdicts with their messages and places."""

from __future__ import annotations

import pytest
import stores
from policies import verdict

CALL = "interactions:\n  - date: 2024-05-01\n    by: lilei\n    channel: phone\n    summary: called\n"
AGAIN = "  - date: 2024-05-02\n    by: wangfang\n    channel: phone\n    summary: again\n"
PATH, OTHER = stores.path(), stores.path("002")
MINE = stores.record(more=CALL)
THEIRS = MINE.replace("owner: lilei", "owner: hanmei")
WHERE = "only where: owner == actor or actor in collaborators"
SETTINGS_TOML = "crmtext.toml"


def edit(text: str, *pairs: tuple[str, str]) -> str:
    """The text with each of these words replaced."""
    for old, new in pairs:
        assert text.count(old) == 1
        text = text.replace(old, new)
    return text


#: Before, after, who, and what they may not change.
FIELDS: dict[str, tuple[str, str, str, list[str]]] = {
    "a lead changes anything": (THEIRS, edit(THEIRS, ("called", "shouted"), ("lead", "lost")), "zhaomin", []),
    "sales changes their own customer": (MINE, MINE + "notes: new\n", "lilei", []),
    "sales gives a customer away": (MINE, THEIRS, "lilei", []),
    "sales takes over a customer": (THEIRS, MINE, "lilei", [f"{PATH}:5:1 sales may change owner {WHERE}"]),
    "sales makes themselves a collaborator": (
        THEIRS,
        edit(THEIRS, ("owner: hanmei", "owner: hanmei\ncollaborators: [lilei]")),
        "lilei",
        [f"{PATH}:6:17 sales may change collaborators {WHERE}"],
    ),
    "sales logs a call with a colleague's customer": (THEIRS, THEIRS + AGAIN, "lilei", []),
    "sales changes an old call": (
        MINE,
        edit(MINE, ("called", "shouted")),
        "lilei",
        [f"{PATH}:12:5 sales may not change interactions[].summary"],
    ),
    "sales removes an old call": (
        MINE + AGAIN,
        MINE,
        "lilei",
        [f"{PATH}:8:1 sales may not remove interactions"],
    ),
    "sales replaces an old call": (
        MINE + AGAIN,
        edit(MINE + AGAIN, ("2024-05-01", "2024-06-01"), ("by: lilei", "by: hanmei"), ("called", "went there")),
        "lilei",
        [f"{PATH}:8:1 sales may not remove interactions"],
    ),
    "sales plans a next step": (MINE, MINE + "    next:\n      action: call\n", "lilei", []),
    "sales adds a field to an old call": (
        MINE,
        MINE + "    details: more\n",
        "lilei",
        [f"{PATH}:13:5 sales may not add interactions[].details"],
    ),
    "sales changes what only leads may": (
        MINE + "classification:\n  value: low\n",
        MINE + "classification:\n  value: high\n",
        "lilei",
        [f"{PATH}:14:3 sales may not change classification.value"],
    ),
    "sales adds it inside a map": (
        MINE,
        MINE + "classification:\n  segment: retail\n  value: high\n",
        "lilei",
        [f"{PATH}:15:3 sales may not add classification.value"],
    ),
    "sales removes the map around it": (
        MINE + "classification:\n  segment: retail\n  value: high\n",
        MINE,
        "lilei",
        [f"{PATH} sales may not remove classification.value"],
    ),
    "sales makes the map a text": (
        MINE + "classification:\n  value: high\n",
        MINE + "classification: high\n",
        "lilei",
        [f"{PATH}:13:1 sales may not change classification"],
    ),
    "support logs a call": (THEIRS, THEIRS + AGAIN, "wangfang", []),
    "support adds a phone": (
        THEIRS,
        edit(THEIRS, ("  - name: 张三\n", "  - name: 张三\n    phones: ['13800138000']\n")),
        "wangfang",
        [],
    ),
    "support adds a contact": (
        THEIRS,
        edit(THEIRS, ("  - name: 张三\n", "  - name: 张三\n  - name: 李四\n    phones: ['13800138000']\n")),
        "wangfang",
        [f"{PATH}:8:5 support may not add contacts"],
    ),
    "comments, order and layout are free": (
        MINE,
        "# a comment\nstatus: 'lead'\n" + edit(MINE, ("status: lead\n", ""), ("phone", "phone # by phone")),
        "wangfang",
        [],
    ),
    "a field that is there twice": (
        MINE,
        MINE + "name: 上海示例电子有限公司\n",
        "lilei",
        [f"{PATH} sales may not change this file, which can't be compared field by field"],
    ),
    "a field that was there twice": (
        MINE + "name: 上海示例电子有限公司\n",
        MINE,
        "lilei",
        [f"{PATH} sales may not change this file, which can't be compared field by field"],
    ),
    "a lead fixes it": (MINE + "name: 上海示例电子有限公司\n", MINE, "zhaomin", []),
    "a colleague who left": (MINE, MINE + AGAIN, "liuyang", [f"{PATH}:13:5 刘洋 is not an active member of the team"]),
    "somebody unknown": (
        MINE,
        MINE + AGAIN,
        "nobody",
        [f"{PATH}:13:5 the committer is not an active member of the team"],
    ),
}


@pytest.mark.parametrize("case", FIELDS)
def test_fields(case: str) -> None:
    old, new, handle, expected = FIELDS[case]
    assert verdict({PATH: old}, {PATH: new}, handle) == expected
