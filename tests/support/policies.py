"""A policy to judge with, and the changes between two states that are made of texts."""

from __future__ import annotations

from typing import TYPE_CHECKING

from crmtext.git.reading import blob_id
from crmtext.protection.policy.changes import changes
from crmtext.protection.policy.files import File
from crmtext.protection.policy.rights import Policy, denied

if TYPE_CHECKING:
    from crmtext.protection.policy.change import Change
    from crmtext.protection.policy.rights import Denial

#: Files of a state by path: their texts, or with a mode of their own.
State = dict[str, str | bytes | File]

#: A team of five: a lead, two sellers, support, and a colleague who left.
TEAM = """\
[team.zhaomin]
name = "赵敏"
email = "zhaomin@example.com"
role = "lead"
[team.lilei]
name = "李雷"
email = ["lilei@example.com", "Li.Lei@example.com"]
role = "sales"
[team.hanmei]
name = "韩梅"
email = "hanmei@example.com"
role = "sales"
[team.wangfang]
name = "王芳"
email = "wangfang@example.com"
role = "support"
[team.liuyang]
name = "刘洋"
email = "liuyang@example.com"
role = "lead"
active = false
"""
RIGHTS = """\
[access]
forge = ["noreply@forge.example"]
[access.lead]
may = ["*"]
records = ["add", "move", "rename", "remove"]
settings = ["*"]
files = ["*"]
keys = ["add", "erase", "members"]
[access.sales]
may = ["*", "-classification.value", "-retention", "-consents", "interactions+", "interactions[].next"]
records = ["add", "move", "rename"]
where = "owner == actor or actor in collaborators"
anywhere = ["interactions+"]
settings = ["views"]
files = ["import/"]
[access.support]
may = ["interactions+", "cases", "feedback+", "contacts[].phones"]
"""
SETTINGS = TEAM + RIGHTS


def policy(settings: str = SETTINGS, schema: bytes | None = None, folder: str = "") -> Policy:
    """The policy of these settings."""
    return Policy.read(settings.encode(), schema, folder)


def file(content: str | bytes, mode: str = "100644") -> File:
    """A file with this content."""
    raw = content if isinstance(content, bytes) else content.encode()
    return File(mode, blob_id(raw), raw)


def step(old: State, new: State, judge: Policy | None = None) -> tuple[Change, ...]:
    """The changes between two states, files by path."""
    olds, news = (
        {path: given if isinstance(given, File) else file(given) for path, given in side.items()} for side in (old, new)
    )
    return changes(olds, news, (judge or policy()).home)


def denials(
    old: State,
    new: State,
    handle: str,
    judge: Policy | None = None,
) -> list[Denial]:
    """The changes between two states that a member may not make."""
    judge = judge or policy()
    every = (denied(judge, change, judge.settings.team.get(handle)) for change in step(old, new, judge))
    return [denial for denial in every if denial]


def verdict(
    old: State,
    new: State,
    handle: str,
    judge: Policy | None = None,
) -> list[str]:
    """The places and messages of what a member may not change."""
    return [f"{denial.problem.place} {denial.problem.message}" for denial in denials(old, new, handle, judge)]
