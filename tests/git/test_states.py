"""The right answers in any state of the work tree and the index: intended files, ignored ones, names like days."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest
import stores

from crmtext.git.reading import first_ignored
from crmtext.setup import hooks

if TYPE_CHECKING:
    from repos import Repo

ONE, TWO, THREE = (stores.path(number) for number in ("001", "002", "003"))
ADD = ("add", "新客户有限公司", "--type", "company", "--set", "contacts.name=王五")


@pytest.fixture
def store(repo: Repo) -> Repo:
    repo.commit({"crmtext.toml": stores.TEAM, ONE: stores.record("001")}, "store")
    return repo


@pytest.fixture
def run(repo: Repo, capsys: pytest.CaptureFixture[str]) -> stores.Program:
    return stores.Program(capsys, repo.path)


def intend(repo: Repo, path: str = TWO, text: str = "") -> None:
    repo.write(path, text or stores.record("002", "北京样例公司"))
    repo.git("add", "-N", path)


def test_what_is_only_intended_is_not_staged(store: Repo, run: stores.Program, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PYTHONPATH", str(stores.ROOT))
    hooks.install(stores.opened(store))
    intend(store)
    assert (run("check", "--staged").out, run("check").out) == (
        "1 record checked, no problems\n",
        "2 records checked, no problems\n",
    )
    store.write(ONE, stores.record("001", status="prospect"))
    store.git("add", ONE)
    assert [customer["id"] for customer in run("diff", "--staged", "--format", "json").data["customers"]] == [
        "C20240501001"
    ]
    store.git("commit", "-q", "-m", "only one")
    assert store.git("show", "--format=", "--name-only") == ONE
    assert run("diff").out.startswith("1 customer: 1 new\n\n北京样例公司")


def test_a_file_staged_as_empty_is_an_error_still(store: Repo, run: stores.Program) -> None:
    store.write(TWO, "")
    store.git("add", TWO)
    intend(store, THREE, stores.record("003", "深圳样例公司"))
    assert [
        (problem["path"], problem["rule"]) for problem in run("check", "--staged", "--format", "json").data["problems"]
    ] == [(TWO, "empty-file")]


def test_a_command_commits_beside_an_intended_file_and_leaves_it_so(store: Repo, run: stores.Program) -> None:
    intend(store)
    assert run("set", "C20240501001", "status=prospect", "--commit").code == 0
    assert store.git("show", "--format=", "--name-only") == ONE
    assert store.git("status", "--porcelain") == f" A {TWO}"


@pytest.mark.parametrize("pattern", ["records/C*", "*.yaml", "/records/"])
def test_a_record_that_git_ignores_is_not_committed_and_is_named(
    store: Repo, run: stores.Program, pattern: str
) -> None:
    store.commit({".gitignore": f"# ours\n{pattern}\n"}, "ignore")
    before = stores.files(store.path)
    result = run(*ADD, "--commit")
    assert (result.code, "[ignored-by-git]" in result.err, f".gitignore:2:{pattern}" in result.err) == (3, True, True)
    assert stores.files(store.path) == before
    assert run("set", "C20240501001", "status=prospect", "--commit").code == 0
    result = run(*ADD, "--no-commit")
    assert (result.code, f"because of .gitignore:2:{pattern}" in result.err) == (0, True)
    (new,) = {*stores.files(store.path)} - {*before}
    findings = [
        finding for finding in run("doctor", "--format", "json").data["findings"] if finding["name"] == "ignored"
    ]
    assert {"state": "error", "message": f"git ignores the record {new} because of .gitignore:2:{pattern}"}.items() <= (
        findings[-1].items()
    )


def test_an_ignored_file_that_was_added_nevertheless_counts_as_tracked(store: Repo, run: stores.Program) -> None:
    store.commit({".gitignore": "records/*\n!records/*003*\n"}, "ignore")
    store.write(TWO, stores.record("002", "北京样例公司"))
    store.git("add", "-f", TWO)
    repo, fourth = stores.opened(store), stores.path("004")
    assert first_ignored(repo, [TWO, THREE]) is None
    assert first_ignored(repo, [TWO, THREE, fourth]) == (fourth, ".gitignore:1:records/*")
    store.git("rm", "-q", "--cached", TWO)
    assert first_ignored(repo, [TWO, THREE, fourth]) == (TWO, ".gitignore:1:records/*")
    store.git("add", "-f", TWO)
    assert run("set", "C20240501002", "status=prospect", "--commit").code == 0
    assert store.git("status", "--porcelain") == ""


@pytest.mark.parametrize("name", ["2026-11-19", "20261119", "today", "昨天", "3d"])
def test_a_branch_named_like_a_day_is_told_from_the_day(store: Repo, run: stores.Program, name: str) -> None:
    old = store.git("rev-parse", "HEAD")
    store.git("tag", name)
    store.commit({ONE: stores.record("001", status="prospect")}, "later")
    commands = (("list", "--at", name), ("changes", "--since", name), ("diff", name))
    for words in commands if name != "3d" else commands[1:2]:
        result = run(*words)
        assert (result.code, result.out) == (2, "")
        assert result.err.startswith(
            f"error: '{name}' is both a commit and a day [ambiguous-moment]\n  = use {old[:12]} "
        )
    assert run("list", "--at", f"refs/tags/{name}", "--format", "json").data["customers"][0]["status"] == "lead"


def test_a_day_whose_last_commit_has_its_name_is_not_ambiguous(store: Repo, run: stores.Program) -> None:
    store.git("tag", "2026-11-20")
    assert run("list", "--at", "2026-11-20").code == 0


def test_a_word_that_is_neither_a_commit_nor_a_customer_is_told_so(store: Repo, run: stores.Program) -> None:
    assert run("diff", "foo").err.startswith("error: 'foo' is neither a commit nor a customer [no-customer]\n")
    assert run("diff", "2020-01-01").err.startswith("error: no commits before 2020-01-01 [no-commit-yet]\n")


def test_a_repository_of_another_user_is_told_with_gits_reason(
    store: Repo, run: stores.Program, monkeypatch: pytest.MonkeyPatch
) -> None:
    # What git's own tests set, and its check is the same as for another owner.
    monkeypatch.setenv("GIT_TEST_ASSUME_DIFFERENT_OWNER", "1")
    reason = f"git rev-parse: detected dubious ownership in repository at '{store.path}'"
    mend = f"if you trust it: git config --global --add safe.directory {store.path}"
    for words in (("list",), ("check",), ("set", "C20240501001", "status=prospect"), ("history", "示例"), ("sync",)):
        result = run(*words)
        assert (result.code, result.err.splitlines()[0]) == (3, f"error: {reason} [git-failed]")
        assert result.err.splitlines()[1].endswith(mend)
    findings = run("doctor", "--format", "json").data["findings"]
    (about_git,) = (finding for finding in findings if finding["name"] == "git")
    assert (about_git["state"], about_git["message"], about_git["fix"].endswith(mend)) == ("error", reason, True)


def test_colleagues_are_looked_up_in_one_team_list(store: Repo, run: stores.Program) -> None:
    new = '\n[team.finance]\nname = "财务"\nrole = "finance"\n'
    store.write("crmtext.toml", stores.TEAM + new)
    assert [
        run(*words).code for words in (("list", "--owner", "finance"), ("changes", "--since", "3d", "--for", "财务"))
    ] == [
        0,
        0,
    ]
    store.git("commit", "-q", "-a", "-m", "finance")
    store.write("crmtext.toml", stores.TEAM)
    for words in (("list", "--owner", "finance"), ("changes", "--since", "3d", "--for", "finance")):
        assert (run(*words).code, run(*words, "--at", "HEAD").code) == (2, 0)


def authors(run: stores.Program) -> list[str]:
    return [event["author"] for event in run("history", "C20240501001", "--format", "json").data["events"]]


def test_one_person_has_one_name_in_the_history(store: Repo, run: stores.Program) -> None:
    for status, author in (
        ("prospect", "Li Lei <LILEI@example.com>"),
        ("paused", "Han <han@old.example>"),
        ("lead", "X <x@x.example>"),
    ):
        store.write(ONE, stores.record("001", status=status))
        store.git("commit", "-q", "-a", "-m", status, f"--author={author}")
    assert authors(run) == ["X", "Han", "李雷", "李雷"]
    store.write(".mailmap", "<hanmei@example.com> <han@old.example>\n小明 <x@x.example>\n")
    assert authors(run) == ["小明", "韩梅", "李雷", "李雷"]


def test_only_a_plain_mailmap_of_the_work_tree_is_read(store: Repo, run: stores.Program) -> None:
    other = store.path.parent / "elsewhere"
    other.write_text("别人 <lilei@example.com>\n", "utf-8")
    store.write("crmtext.toml", "")
    store.git("config", "mailmap.file", str(other))
    store.git("config", "mailmap.blob", "HEAD:.mailmap")
    assert authors(run) == ["李雷"]
    (store.path / ".mailmap").symlink_to(other)
    assert authors(run) == ["李雷"]
    (store.path / ".mailmap").unlink()
    os.mkfifo(store.path / ".mailmap")
    assert authors(run) == ["李雷"]
