"""`crmtext sync` in a clone that came as a folder, with settings and remotes that its maker chose."""

from __future__ import annotations

from typing import TYPE_CHECKING

import clones
import pytest
import stores

from crmtext.git import upstream
from crmtext.git.overrides import PROGRAMS
from crmtext.problem import CrmError

if TYPE_CHECKING:
    from pathlib import Path

    from clones import Colleague


@pytest.fixture
def two(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> tuple[Colleague, Colleague]:
    return clones.pair(tmp_path, capsys, stores.record())


@pytest.fixture
def evil(tmp_path: Path) -> Path:
    """A program that leaves a mark beside itself."""
    program = tmp_path / "evil.sh"
    program.write_text(f"#!/bin/sh\ntouch {tmp_path}/ran\nexit 1\n")
    program.chmod(0o755)
    return program


@pytest.mark.parametrize("pattern", [name for name in PROGRAMS if not name.startswith((*upstream._IDLE, "merge."))])
def test_each_setting_that_would_run_on_the_way_is_refused(two: tuple[Colleague, Colleague], pattern: str) -> None:
    li, _han = two
    key = pattern.replace("*", "a.b")
    li.repo.git("config", key, "touch ran")
    with pytest.raises(CrmError) as caught:
        upstream.refuse_received(stores.opened(li.repo))
    assert f": {key} = touch ran" in caught.value.problem.message


@pytest.mark.parametrize("name", ["evil", "crmtext.x", "crmtext.", "CRMTEXT", "xcrmtext"])
def test_a_merge_driver_that_is_not_ours_is_refused(two: tuple[Colleague, Colleague], name: str) -> None:
    li, _han = two
    li.repo.git("config", f"merge.{name}.driver", "touch ran")
    assert "[git-runs-program]" in li("sync").err


def test_a_foreign_command_under_our_name_is_not_run(two: tuple[Colleague, Colleague], evil: Path) -> None:
    li, han = two
    li.edit("status: lead", "status: prospect")
    li("sync")
    han.repo.git("config", "merge.crmtext.driver", str(evil))
    han.edit("owner: lilei", "owner: hanmei")
    assert (han("sync").code, (evil.parent / "ran").exists()) == (0, False)
    assert "status: prospect" in han.read()
    assert "owner: hanmei" in han.read()


@pytest.mark.parametrize(
    "settings",
    [
        {"remote.origin.url": "evil"},
        {"remote.origin.url": "./evil.git"},
        {"remote.origin.url": "../lilei/evil.git"},
        {"remote.origin.url": "{top}/evil.git"},
        {"remote.origin.url": "{top}/../lilei/.git/evil"},
        {"remote.origin.url": "file://{top}/evil.git"},
        {"remote.origin.url": "file://{top}/%65vil.git"},
        {"remote.origin.url": "~/lilei/evil.git"},
        {"remote.origin.url": "{top}/../link/evil.git"},
        {"remote.origin.url": "link/outside.git"},
        {"remote.origin.url": "{top}/../lin"},
        {"remote.origin.url": "."},
        {"remote.origin.pushurl": "evil.git"},
        {"remote.origin.url": "https://example.com/x", "url.{top}/.insteadOf": "https://example.com/"},
        {"remote.origin.url": "https://example.com/x", "url.{top}/.pushInsteadOf": "https://example.com/"},
        {"branch.main.remote": "./evil.git"},
    ],
    ids=lambda settings: " ".join(map("=".join, settings.items())),
)
def test_a_copy_that_came_with_the_clone_is_not_reached(
    two: tuple[Colleague, Colleague], evil: Path, settings: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    li, _han = two
    li.edit("status: lead", "status: prospect")
    top = li.repo.path
    monkeypatch.setenv("HOME", str(top.parent))
    (top.parent / "link").symlink_to(top)
    (top.parent / "lin.git").symlink_to(top / "evil.git")
    (top / "link").symlink_to(top.parent)
    for place in ("evil", "evil.git", ".git/evil"):
        li.repo.git("init", "-q", "--bare", "-b", "main", place)
        (top / place / "hooks/pre-receive").symlink_to(evil)
    for key, value in settings.items():
        li.repo.git("config", key.format(top=top), value.format(top=top))
    result = li("sync")
    rule = "no-upstream" if "branch.main.remote" in settings else "remote-inside"
    assert (result.code, f"[{rule}]" in result.err, (evil.parent / "ran").exists()) == (3, True, False), result.err
