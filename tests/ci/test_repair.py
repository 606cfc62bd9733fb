"""The script in docs/ci that merges main into branches for forges that run no drivers."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import clones
import pytest
import stores

if TYPE_CHECKING:
    from clones import Colleague

SCRIPT = Path(__file__).parents[2] / "docs/ci/repair.py"
ENTRY = "  - date: 2026-11-20\n    by: lilei\n    channel: phone\n    summary: {0}\n"
STATUS = "status: active\ncooperation:\n  since: 2026-01-01"
TEXT = stores.record(more="interactions:\n" + ENTRY.format("第一次"))


@pytest.fixture
def two(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> tuple[Colleague, Colleague]:
    monkeypatch.setenv("PYTHONPATH", str(stores.ROOT))
    return clones.pair(tmp_path, capsys, TEXT)


@pytest.fixture(autouse=True)
def reachable(monkeypatch: pytest.MonkeyPatch) -> None:
    """The driver that git starts is the one of this tree."""
    monkeypatch.setenv("PYTHONPATH", str(stores.ROOT))


def repair(clone: Colleague, *branches: str) -> list[str]:
    shim = clone.repo.path.parent / "bin" / "crmtext"
    shim.parent.mkdir(exist_ok=True)
    shim.write_text(f'#!/bin/sh\nexec "{sys.executable}" -P -m crmtext "$@"\n')
    shim.chmod(0o755)
    env = {**os.environ, "PATH": f"{shim.parent}{os.pathsep}{os.environ['PATH']}"}
    clone.repo.git("fetch", "-q")
    done = subprocess.run(
        [sys.executable, SCRIPT, "main", *branches], cwd=clone.repo.path, env=env, capture_output=True, check=False
    )
    assert done.returncode == 0, done.stderr.decode()
    return done.stdout.decode().splitlines()


def branch(clone: Colleague, name: str, text: str) -> None:
    clone.repo.git("switch", "-qc", name, "origin/main")
    clone.write(text)
    clone.repo.git("push", "-q", "origin", name)


def test_each_branch_gets_what_it_needs_and_no_more(two: tuple[Colleague, Colleague]) -> None:
    li, han = two
    branch(han, "entry", TEXT + ENTRY.format("韩说"))
    branch(han, "status", TEXT.replace("lead", "prospect"))
    branch(han, "elsewhere", "# 展会\n" + TEXT)
    li.write(TEXT.replace("status: lead", STATUS) + ENTRY.format("李说"))
    li("sync")
    branch(li, "new", li.read() + ENTRY.format("再说"))
    li.repo.git("switch", "-q", "main")
    assert repair(li, "entry", "status", "elsewhere", "new") == [
        "entry: repaired",
        "status: for a person: git merge main, crmtext resolve",
        "elsewhere: merges by itself",
        "new: up to date",
    ]
    li.repo.git("fetch", "-q")
    assert li.repo.git("log", "-1", "--format=%P", "origin/entry").split() == [
        han.repo.git("rev-parse", "entry"),
        li.repo.git("rev-parse", "origin/main"),
    ]
    merged = li.repo.git("show", f"origin/entry:{stores.path()}")
    assert merged == li.repo.git("show", f"origin/entry^1:{stores.path()}").replace(
        "status: lead", STATUS
    ) + "\n" + ENTRY.format("李说").rstrip("\n")
    assert li.repo.git("rev-parse", "origin/elsewhere") == han.repo.git("rev-parse", "elsewhere")
    assert li.repo.git("status", "--short") == ""
    assert repair(li, "entry") == ["entry: up to date"]


def test_the_workflow_runs_nothing_that_a_pull_request_can_change() -> None:
    text = SCRIPT.with_suffix(".yml").read_text("utf-8")
    assert "pull_request" not in text.split("\njobs:")[0].split("\non:")[1]
    assert "ref: main" in text
    assert "github.head_ref" not in text
