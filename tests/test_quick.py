"""Quick ways give the answer that the long way gives, and all of them can be switched off."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import stores

import crmtext

if TYPE_CHECKING:
    import pytest
    from repos import Repo

from crmtext import quick

PACKAGE = Path(crmtext.__file__).parent


def test_every_quick_way_is_asked_for_by_the_name_in_the_list() -> None:
    asked = re.compile(r'quick\.on\("(\w+)"\)')
    found = {name for path in PACKAGE.rglob("*.py") for name in asked.findall(path.read_text("utf-8"))}
    assert found == set(quick.WAYS)


def test_all_are_taken_unless_switched_off(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("CRMTEXT_QUICK", raising=False)
    assert all(map(quick.on, quick.WAYS))
    monkeypatch.setenv("CRMTEXT_QUICK", "off")
    assert not any(map(quick.on, quick.WAYS))


def test_switched_off_they_leave_nothing_behind_and_change_no_answer(repo: Repo) -> None:
    wrong = stores.record("002", more='phones: ["1234"]\nrelations: [{id: C20240501009, kind: parent}]\n')
    repo.commit({"crmtext.toml": stores.TEAM, stores.path(): stores.record(), stores.path("002"): wrong})

    def said(*arguments: str, way: str) -> tuple[int, bytes, bytes]:
        done = stores.process(repo.path, *arguments, env={"CRMTEXT_QUICK": way})
        out, err = done.communicate()
        return done.returncode, out, err

    for command in (("check",), ("check", "--range", "0000..HEAD"), ("check", "--staged"), ("hook", "pre-commit")):
        assert said(*command, way="off") == said(*command, way="on"), command
    repo.git("clean", "-qfdx")
    for file in (repo.path / ".git" / "crmtext").glob("*"):
        file.unlink()
    assert said("check", way="off")[0] == 1
    assert list((repo.path / ".git" / "crmtext").glob("*")) == []


def test_the_switch_is_known_before_anything_else_is_loaded() -> None:
    loaded = "import sys; from crmtext import quick; print('typing' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", loaded], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"
