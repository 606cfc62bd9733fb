"""Days in a store with a time zone and without one, on machines in other zones."""

from __future__ import annotations

import json
import os
import tomllib
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import pytest
import stores

from crmtext import layout
from crmtext.values import clock

if TYPE_CHECKING:
    from pathlib import Path

    from repos import Repo

#: A day apart at any hour.
FIRST, LAST = "Pacific/Kiritimati", "Pacific/Honolulu"
ZONE = 'timezone = "Asia/Shanghai"\n'
BARE = stores.TEAM.replace(ZONE, "")


def machine(root: Path, link: str = "", file: str = "") -> Path:
    """The root of a machine's disk."""
    (root / "etc").mkdir()
    if link:
        (root / "etc/localtime").symlink_to(f"/usr/share/zoneinfo/{link}")
    if file:
        (root / "etc/timezone").write_text(f"{file}\n", "utf-8")
    return root


@pytest.mark.parametrize(
    ("environment", "link", "file", "name"),
    [
        ({"TZ": "Asia/Shanghai"}, "Europe/Berlin", "", "Asia/Shanghai"),
        ({"TZ": ":America/Los_Angeles"}, "", "", "America/Los_Angeles"),
        ({"TZ": "/usr/share/zoneinfo/Asia/Tokyo"}, "", "", "Asia/Tokyo"),
        ({"TZ": "CST-8"}, "Europe/Berlin", "", ""),
        ({"TZ": ""}, "Europe/Berlin", "", ""),
        ({}, "Asia/Urumqi", "Europe/Berlin", "Asia/Urumqi"),
        ({}, "posix/Asia/Urumqi", "", "Asia/Urumqi"),
        ({}, "", "Asia/Hong_Kong", "Asia/Hong_Kong"),
        ({}, "Etc/UTC", "Etc/UTC", ""),
        ({}, "", "../../etc/passwd", ""),
        ({}, "", "", ""),
    ],
)
def test_the_zone_of_a_machine(tmp_path: Path, environment: dict[str, str], link: str, file: str, name: str) -> None:
    assert clock.of_machine(environment, machine(tmp_path, link, file)) == name


@pytest.mark.parametrize(
    ("zone", "written", "message"),
    [
        ("Asia/Shanghai", "Asia/Shanghai", "time zone: Asia/Shanghai\n"),
        ("UTC", None, "  no time zone set, because this machine has none; add to [store] in crmtext.toml"),
    ],
)
def test_init_writes_the_machines_zone_or_says_that_it_has_none(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    zone: str,
    written: str | None,
    message: str,
) -> None:
    monkeypatch.setenv("TZ", zone)
    run = stores.Program(capsys, tmp_path)
    assert message in run("init").out
    assert tomllib.loads((tmp_path / "crmtext.toml").read_text("utf-8"))["store"].get("timezone") == written


def test_doctor_names_a_store_without_a_zone(
    repo: Repo, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    repo.commit({"crmtext.toml": BARE})
    monkeypatch.setenv("TZ", "Asia/Urumqi")
    findings = stores.Program(capsys, repo.path)("doctor", "--format", "json").data["findings"]
    assert next(finding for finding in findings if finding["name"] == "settings") == {
        "name": "settings",
        "state": "warning",
        "message": "no time zone is set: each machine uses its own",
        "fix": 'add to [store] in crmtext.toml: timezone = "Asia/Urumqi"',
    }


def checked(folder: Path, zone: str, *words: str) -> tuple[int, list[str]]:
    """Exit code and rules of a check on a machine in a zone, on the real day."""
    env = {"TZ": zone, "CRMTEXT_TODAY": ""}
    out, _err = (done := stores.process(folder, "check", "--format", "json", *words, env=env)).communicate()
    return done.returncode, [problem["rule"] for problem in json.loads(out)["problems"]]


def entry(day: date) -> str:
    return stores.record(more=f"interactions:\n  - {{date: {day}, by: lilei, channel: phone, summary: 报价}}\n")


@pytest.mark.parametrize("team", [BARE, stores.TEAM.replace("Asia/Shanghai", FIRST)], ids=["no zone", "zone"])
@pytest.mark.parametrize("indexed", [False, True], ids=["read", "indexed"])
def test_an_entry_of_today_is_never_in_the_future_elsewhere(
    repo: Repo, monkeypatch: pytest.MonkeyPatch, team: str, *, indexed: bool
) -> None:
    today = datetime.now(ZoneInfo(FIRST)).date()
    repo.commit({"crmtext.toml": team})
    repo.commit({stores.path(): entry(today)})
    if indexed:
        (repo.path / ".git/crmtext").mkdir()
        for name in ("worktree", "index"):
            (repo.path / f".git/crmtext/{layout.INDEX[name]}").touch()
    assert checked(repo.path, LAST) == (0, [])
    assert checked(repo.path, LAST, "--staged") == (0, [])
    env = {"TZ": "America/Los_Angeles", "CRMTEXT_TODAY": ""}
    assert stores.process(repo.path, "check", "--range", "HEAD~1..HEAD", env=env).communicate()[1] == b""
    repo.commit({stores.path(): entry(today + timedelta(days=1))})
    assert checked(repo.path, LAST) == (1, ["future-date"])
    assert checked(repo.path, LAST, "--staged") == (1, ["future-date"])


def test_a_day_that_was_asked_for_is_what_it_is(monkeypatch: pytest.MonkeyPatch) -> None:
    assert clock.latest(date(2026, 11, 20)) == date(2026, 11, 20)
    monkeypatch.delenv("CRMTEXT_TODAY")
    assert clock.latest(date(2026, 11, 20)) == date(2026, 11, 20)
    here = datetime.now().astimezone().date()
    assert clock.latest(here, "Asia/Shanghai") == here
    assert clock.latest(here) == max(here, datetime.now(ZoneInfo(FIRST)).date())
    assert os.environ.get("CRMTEXT_TODAY") is None
