"""Stores to try things on: made of texts in memory, as a repository, or as a copy of the sample."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from crmtext import settings
from crmtext.__main__ import main
from crmtext.git.plumbing import repository
from crmtext.i18n import speaking
from crmtext.layout import LOCK
from crmtext.schema import Schema
from crmtext.setup import init
from crmtext.snapshot import Snapshot, build

if TYPE_CHECKING:
    from collections.abc import Mapping

    import pytest
    from repos import Repo

    from crmtext.git.plumbing import Repository

ROOT = Path(__file__).parents[2]
TODAY = date(2026, 11, 20)
TEAM = """\
[store]
timezone = "Asia/Shanghai"
commit = "never"

[team.lilei]
name = "李雷"
email = "lilei@example.com"
role = "sales"

[team.hanmei]
name = "韩梅"
email = "hanmei@example.com"
role = "sales"

[team.liuyang]
name = "刘洋"
email = "liuyang@example.com"
active = false
"""


def record(number: str = "001", name: str = "上海示例电子有限公司", more: str = "", **values: str) -> str:
    """The text of a valid record: its id ends in this number; `more` are further lines."""
    head = {"type": "company", "status": "lead", "owner": "lilei"} | values
    lines = [f"id: C20240501{number}", f"name: {name}", *(f"{key}: {value}" for key, value in head.items())]
    return "\n".join(lines) + f"\ncontacts:\n  - name: 张三\n{more}"


def path(number: str = "001") -> str:
    """Where the record of this number stands."""
    return f"records/C20240501{number}.yaml"


def snapshot(*texts: str, team: str = TEAM, **files: str) -> Snapshot:
    """What records hold; those given by place are named by their ids, the others by the names given."""
    named = {f"records/{text.split()[1]}.yaml": text for text in texts} | files
    found = sorted((name, text.encode()) for name, text in named.items())
    return build(found, read="worktree", schema=Schema.shipped(), settings=settings.read(team.encode()), today=TODAY)


def made(folder: Path, *texts: str, team: str = TEAM) -> Path:
    """A store without a repository: these records and the team."""
    (folder / "records").mkdir(parents=True, exist_ok=True)
    (folder / "crmtext.toml").write_bytes(team.encode())
    for text in texts:
        (folder / "records" / f"{text.split()[1]}.yaml").write_bytes(text.encode())
    return folder


@cache
def _sample(base: Path) -> Path:
    folder = base / "the-sample"
    # Whatever language the first test that wants it speaks.
    with speaking("en"):
        init.init(folder, with_sample=True)
    return folder


def sample(factory: pytest.TempPathFactory, folder: Path) -> Path:
    """A copy of the sample store, which is made once."""
    shutil.copytree(_sample(factory.getbasetemp()), folder)
    return folder


@dataclass(frozen=True)
class Said:
    """What a command left with and wrote."""

    code: int
    out: str
    err: str

    @property
    def data(self) -> Any:
        """The JSON document on stdout."""
        return json.loads(self.out)


@dataclass(frozen=True)
class Program:
    """The program run in this process, in a folder."""

    capsys: pytest.CaptureFixture[str]
    folder: Path

    def __call__(self, *arguments: str) -> Said:
        self.capsys.readouterr()
        code = main(["-C", str(self.folder), *arguments])
        return Said(int(code), *self.capsys.readouterr())


def process(folder: Path, *arguments: str, env: Mapping[str, str] | None = None) -> subprocess.Popen[bytes]:
    """The program in a process of its own, started."""
    return subprocess.Popen(
        [sys.executable, "-m", "crmtext", *arguments],
        cwd=folder,
        env=os.environ | {"PYTHONPATH": str(ROOT)} | dict(env or {}),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )


def opened(repo: Repo) -> Repository:
    """A repository as the program sees it."""
    found = repository(repo.path)
    assert found is not None
    return found


def git(folder: Path, *arguments: str) -> str:
    """What git says in a folder; where it fails, why as well."""
    done = subprocess.run(["git", *arguments], cwd=folder, capture_output=True, text=True, check=False)
    return done.stdout + (done.stderr if done.returncode else "")


def files(folder: Path) -> dict[str, bytes]:
    """Every file of a folder but git's own and the lock, by path."""
    return {
        each.relative_to(folder).as_posix(): each.read_bytes()
        for each in sorted(folder.rglob("*"))
        if each.is_file() and not {".git", ".crmtext"} & {*each.relative_to(folder).parts} and each.name != LOCK
    }
