"""A store asked about another moment, through every reading command."""

from __future__ import annotations

import json
from datetime import date
from typing import TYPE_CHECKING

import pytest
from click.testing import CliRunner

from crmtext.cli.framework.group import crmtext
from crmtext.problem import CrmError
from crmtext.record.input import arguments
from crmtext.store import Store, When

if TYPE_CHECKING:
    from repos import Repo

SETTINGS = '[store]\ntimezone = "Asia/Shanghai"\n[team.lilei]\nname = "李雷"\nemail = "lilei@example.com"\n'
RECORD = "id: C20260101AAAA\nname: 甲公司\ntype: company\nstatus: {status}\nowner: {owner}\n"
PATH = "records/C20260101AAAA.yaml"


def committed(repo: Repo, monkeypatch: pytest.MonkeyPatch, when: str, files: dict[str, str]) -> str:
    for name in ("AUTHOR", "COMMITTER"):
        monkeypatch.setenv(f"GIT_{name}_DATE", when)
    return repo.commit(files)


def record(status: str, owner: str = "lilei") -> dict[str, str]:
    return {PATH: RECORD.format(status=status, owner=owner)}


@pytest.fixture
def store(repo: Repo, monkeypatch: pytest.MonkeyPatch) -> Store:
    """A lead on 3-31, a prospect by 4-01 0:30 in Shanghai, while it was still March in London; a lead on the disk."""
    team = SETTINGS + '[team.chenlu]\nname = "陈璐"\n'
    committed(repo, monkeypatch, "2026-03-31T23:00:00+08:00", {"crmtext.toml": team, **record("lead", owner="chenlu")})
    committed(repo, monkeypatch, "2026-03-31T16:30:00+00:00", {"crmtext.toml": SETTINGS, **record("prospect")})
    repo.git("tag", "v1", "HEAD~1")
    repo.write(PATH, RECORD.format(status="lead", owner="lilei"))
    return Store(repo.path)


@pytest.mark.parametrize(
    "command",
    [("changes", "--since", "monday"), ("history", "甲公司"), ("list", "--at", "HEAD"), ("list", "--at", "v1")],
)
def test_before_the_first_commit_it_is_said_that_there_is_none(repo: Repo, command: tuple[str, ...]) -> None:
    repo.write("crmtext.toml", SETTINGS)
    repo.write(PATH, record("lead")[PATH])
    result = CliRunner().invoke(crmtext, ["-C", str(repo.path), *command])
    assert isinstance(result.exception, CrmError)
    problem = result.exception.problem
    assert (problem.rule, problem.message) == ("no-commit-yet", "no commits yet")


@pytest.mark.parametrize(
    ("at", "status", "today"),
    [
        ("", "lead", date(2026, 11, 20)),
        ("HEAD", "prospect", date(2026, 4, 1)),
        ("v1", "lead", date(2026, 3, 31)),
        ("2026-03-31", "lead", date(2026, 3, 31)),
        ("2026-04-01", "prospect", date(2026, 4, 1)),
        ("4月5日", "prospect", date(2026, 4, 5)),
        ("yesterday", "prospect", date(2026, 11, 19)),
        ("1w", "prospect", date(2026, 11, 13)),
        ("上周", "prospect", date(2026, 11, 15)),
        ("9999-12-31", "prospect", date(9999, 12, 31)),
    ],
)
def test_a_moment_is_a_revision_or_the_end_of_a_day_in_the_stores_zone(
    store: Store, at: str, status: str, today: date
) -> None:
    snapshot = store.read(When(at))
    assert ([customer.status for customer in snapshot.customers], snapshot.today) == ([status], today)


def test_a_day_follows_the_first_parents_only(store: Store, repo: Repo, monkeypatch: pytest.MonkeyPatch) -> None:
    repo.git("checkout", "-q", "--", ".")
    repo.git("switch", "-qc", "side")
    committed(repo, monkeypatch, "2026-04-02T12:00:00+08:00", record("lead"))
    repo.git("switch", "-q", "main")
    monkeypatch.setenv("GIT_COMMITTER_DATE", "2026-04-09T12:00:00+08:00")
    repo.git("merge", "-q", "--no-ff", "--no-edit", "side")
    statuses = [store.read(When(day)).customers[0].status for day in ("2026-04-03", "2026-04-08", "2026-04-09")]
    assert statuses == ["prospect", "prospect", "lead"]


def test_the_day_that_is_asked_for_wins(store: Store) -> None:
    assert store.read(When("v1", "2026-05-01")).today == date(2026, 5, 1)
    assert store.read(When("", "2026-05-01")).today == date(2026, 5, 1)


@pytest.mark.parametrize(
    ("at", "rule"),
    [
        ("2020-01-01", "no-commit-yet"),
        ("1960-01-01", "no-commit-yet"),
        ("0001-01-01", "no-commit-yet"),
        ("nonsense", "unknown-revision"),
        ("--all", "unknown-revision"),
    ],
)
def test_a_moment_that_is_none_is_said(store: Store, at: str, rule: str) -> None:
    with pytest.raises(CrmError) as caught:
        store.read(When(at))
    assert (caught.value.problem.rule, caught.value.exit_code) == (rule, 2)


def test_the_staged_side_has_no_other_moment(store: Store) -> None:
    with pytest.raises(CrmError, match="can't be combined"):
        store.read(When("HEAD"), staged=True)


def run(store: Store, *args: str) -> str:
    done = CliRunner().invoke(crmtext, ["-C", str(store.root), *args], catch_exceptions=False)
    assert done.exit_code == 0, done.output
    return done.stdout


def test_every_reading_command_takes_a_moment(store: Store) -> None:
    listed = json.loads(run(store, "list", "--at", "v1", "--format", "json"))
    shown = json.loads(run(store, "show", "甲公司", "--at", "v1", "--format", "json"))
    assert [customer["status"] for customer in listed["customers"]] == ["lead"]
    assert shown["customer"]["owner"] == "chenlu"
    assert "1 of 1 record" in run(store, "check", "--at", "v1")
    run(store, "report", "--at", "v1", "--format", "markdown")
    page = (store.root / "reports/index.md").read_text("utf-8")
    assert "2026-03-31" in page
    assert store.moment("v1").commit[:10] in page


def test_a_colleague_is_known_by_the_team_of_that_moment(store: Store) -> None:
    assert run(store, "list", "--at", "v1", "--owner", "陈璐", "--format", "ids") == "C20260101AAAA\n"


@pytest.mark.parametrize("typed", ["me", "Me", "我", " 我 ", "自己"])
def test_who_works_here_is_known_by_the_mail_address_that_git_has(store: Store, repo: Repo, typed: str) -> None:
    repo.git("config", "user.email", "lilei@example.com")
    assert arguments.colleague(store, typed) == "lilei"
    result = CliRunner().invoke(crmtext, ["-C", str(repo.path), "list", "--owner", typed, "--format", "ids"])
    assert result.stdout == "C20260101AAAA\n"


@pytest.mark.parametrize("command", [("changes", "--since", "tomorrow"), ("report", "weekly", "--since", "2026-11-21")])
def test_a_period_begins_today_at_the_latest(store: Store, command: tuple[str, ...]) -> None:
    result = CliRunner().invoke(crmtext, ["-C", str(store.root), *command])
    assert (result.exit_code, "--since 2026-11-21 is after 2026-11-20" in result.output) == (2, True)
