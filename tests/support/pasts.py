"""A store's past, made of real commits on given days."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from click.testing import CliRunner

from crmtext.cli.framework.group import crmtext

if TYPE_CHECKING:
    import pytest
    from repos import Repo


SETTINGS = (
    '[store]\ntimezone = "Asia/Shanghai"\n'
    '[team.lilei]\nname = "李雷"\nrole = "sales"\n[team.hanmei]\nname = "韩梅"\nrole = "sales"\n'
    '[team.wangfang]\nname = "王芳"\nrole = "support"\n'
)
A, MOVED = "records/C20260101AAAA.yaml", "records/华东/C20260101AAAA-jia.yaml"
PLAIN = "id: C20260101AAAA\nname: 甲公司\ntype: company\nstatus: lead\nowner: lilei\nindustry: C39\n"
CALL = "  - {{date: 2026-{day}, by: {by}, channel: {channel}, summary: 问价 {day}}}\n"


def call(day: str, by: str = "lilei", channel: str = "phone") -> str:
    return CALL.format(day=day, by=by, channel=channel)


class Past:
    """Commits on given days, by given people."""

    def __init__(self, repo: Repo, monkeypatch: pytest.MonkeyPatch) -> None:
        self.repo, self.monkeypatch = repo, monkeypatch

    def on(self, day: str, who: str = "李雷") -> None:
        for role in ("AUTHOR", "COMMITTER"):
            self.monkeypatch.setenv(f"GIT_{role}_DATE", f"2026-{day}T12:00:00+08:00")
            self.monkeypatch.setenv(f"GIT_{role}_NAME", who)

    def commit(self, day: str, files: dict[str, str], message: str = "change", who: str = "李雷") -> None:
        self.on(day, who)
        self.repo.commit(files, message)

    def move(self, day: str, old: str, new: str) -> None:
        self.on(day)
        (self.repo.path / new).parent.mkdir(parents=True, exist_ok=True)
        self.repo.git("mv", old, new)
        self.repo.git("commit", "-qm", "move")


def run(repo: Repo, *args: str) -> str:
    done = CliRunner().invoke(crmtext, ["-C", str(repo.path), *args], catch_exceptions=False)
    assert done.exit_code == 0, done.output
    return done.stdout


def events(repo: Repo, *args: str) -> list[tuple[str, str, list[tuple[str, str]]]]:
    found = json.loads(run(repo, "history", *args, "--format", "json"))["events"]
    return [
        (each["date"], each["author"], [(change["kind"], change["key"]) for change in each["changes"]])
        for each in found
    ]
