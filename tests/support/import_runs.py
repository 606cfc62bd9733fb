"""Imports through the command line, in a real repository."""

from __future__ import annotations

import contextlib
import io
import json
import subprocess
from typing import TYPE_CHECKING, Any

from crmtext.__main__ import main

if TYPE_CHECKING:
    from pathlib import Path

SETTINGS = """[store]
name = "测试"
schema_version = 2
language = "en"
timezone = "Asia/Shanghai"
currency = "CNY"

[team.lilei]
name = "李雷"
email = "lilei@example.com"

[team.hanmei]
name = "韩梅"
email = "hanmei@example.com"
"""


def git(folder: Path, *words: str) -> str:
    return subprocess.run(["git", *words], cwd=folder, check=True, capture_output=True, text=True).stdout


def new_store(folder: Path) -> Path:
    """An empty store with a team of two, committed."""
    (folder / "records").mkdir(parents=True)
    (folder / "crmtext.toml").write_text(SETTINGS, "utf-8")
    git(folder, "init", "-q", "-b", "main")
    git(folder, "config", "user.name", "李雷")
    git(folder, "config", "user.email", "lilei@example.com")
    git(folder, "add", "-A")
    git(folder, "commit", "-q", "-m", "store")
    return folder


def run(*words: str, language: str = "en") -> tuple[int, str]:
    out = io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(out):
        code = main(["--lang", language, *words])
    return code, out.getvalue()


def imported(*words: str, language: str = "en") -> tuple[int, dict[str, Any]]:
    """The exit code of an import, and its plan."""
    code, output = run("import", *words, "--format", "json", language=language)
    assert output.startswith("{"), output
    return code, json.loads(output)


def customers() -> list[dict[str, Any]]:
    """The customers of the store by name, without their ids and what is computed."""
    code, output = run("list", "--format", "json")
    assert code == 0, output
    derived = ("id", "path", "computed")
    listed = json.JSONDecoder().raw_decode(output)[0]["customers"]
    return sorted(({k: v for k, v in one.items() if k not in derived} for one in listed), key=lambda one: one["name"])
