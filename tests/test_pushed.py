"""What a bare repository with our pre-receive hook takes and refuses: real pushes, in git's quarantine."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import pytest
import stores
from conftest import Repo

from crmtext import hooks, pushed
from crmtext.git.plumbing import repository

if TYPE_CHECKING:
    from pathlib import Path

ONE, TWO = stores.path("001"), stores.path("002")
#: A made-up number of a valid form.
RESIDENT = "11010119900307" + "1233"


@pytest.fixture(autouse=True)
def _importable(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PYTHONPATH", str(stores.ROOT))


@pytest.fixture
def server(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Repo:
    """A bare repository with the hook."""
    bare = Repo(tmp_path / "server.git")
    bare.path.mkdir()
    bare.git("init", "-q", "--bare", "-b", "main")
    said = stores.Program(capsys, tmp_path)("hooks", "install", "--pre-receive", str(bare.path))
    assert (said.code, said.out) == (0, "installed: pre-receive\n")
    return bare


@pytest.fixture
def store(server: Repo, repo: Repo) -> Repo:
    """A store of one customer, pushed."""
    repo.git("remote", "add", "origin", str(server.path))
    repo.commit({"crmtext.toml": stores.TEAM, ONE: stores.record("001")}, "store")
    assert push(repo, "main") == (True, "")
    return repo


def push(repo: Repo, *arguments: str) -> tuple[bool, str]:
    """Whether the server takes it, and what its hook says."""
    said = repo.git("push", "-q", "origin", *arguments, check=False)
    lines = [line.removeprefix("remote: ").rstrip() for line in said.splitlines() if line.startswith("remote:")]
    return "[remote rejected]" not in said and "error:" not in said.replace("remote:", ""), "\n".join(
        filter(None, lines)
    )


def refs(bare: Repo) -> dict[str, str]:
    listed = bare.git("for-each-ref", "--format=%(refname:short) %(subject)")
    return dict(line.split(" ", 1) for line in listed.splitlines())


def test_a_push_is_refused_by_the_commit_that_broke_it_with_place_and_hint(server: Repo, store: Repo) -> None:
    store.commit({TWO: stores.record("002", "无锡东方")}, "fine")
    bad = store.commit({TWO: stores.record("002", "无锡东方", status="合作中")}, "broken")
    store.commit({"README": "x"}, "later")
    taken, said = push(store, "main")
    first, place, *rest = said.splitlines()
    assert not taken
    assert first == f"commit {bad[:10]} by 李雷: broken"
    assert place.startswith(f"{TWO}:4:9: error: '合作中' is not a value of 'status'")
    assert "  = write active" in rest
    assert "The push is refused: 1 commit brings errors." in rest
    assert refs(server) == {"main": "store"}


def test_an_error_that_a_later_commit_mends_is_refused_all_the_same(server: Repo, store: Repo) -> None:
    store.commit({ONE: stores.record(status="nonsense")}, "broken")
    store.commit({ONE: stores.record()}, "mended")
    assert push(store, "main")[0] is False
    store.git("reset", "-q", "--soft", "HEAD~2")
    store.commit({TWO: stores.record("002", "无锡东方")}, "squashed")
    assert push(store, "main") == (True, "")


def test_each_bad_commit_is_named_and_a_good_push_says_nothing(store: Repo) -> None:
    for number in ("002", "003"):
        store.commit({stores.path(number): stores.record(number, f"公司{number}", owner="nobody")}, f"bad {number}")
    said = push(store, "main")[1]
    named = [line.rpartition(": ")[2] for line in said.splitlines() if line.startswith("commit ")]
    assert named == ["bad 002", "bad 003"]
    assert "2 commits bring errors" in said


def test_an_error_of_the_server_is_not_held_against_the_next_push(server: Repo, store: Repo) -> None:
    (server.path / "hooks/pre-receive").rename(server.path / "hooks/aside")
    store.commit({ONE: stores.record(status="nonsense")}, "broken")
    assert push(store, "main")[0] is True
    (server.path / "hooks/aside").rename(server.path / "hooks/pre-receive")
    store.commit({TWO: stores.record("002", "无锡东方")}, "fine")
    assert push(store, "main") == (True, "")


def test_a_new_branch_is_judged_by_what_is_new_in_it(server: Repo, store: Repo) -> None:
    store.git("switch", "-qc", "side")
    assert push(store, "side") == (True, "")
    store.commit({ONE: stores.record(status="nonsense")}, "broken")
    assert push(store, "side")[0] is False
    assert push(store, "HEAD:refs/heads/other")[0] is False
    assert refs(server) == {"main": "store", "side": "store"}


def test_a_tag_brings_commits_too(server: Repo, store: Repo) -> None:
    store.git("tag", "-a", "-m", "v1", "v1")
    assert push(store, "v1") == (True, "")
    store.commit({ONE: stores.record(status="nonsense")}, "broken")
    store.git("tag", "light")
    store.git("tag", "-a", "-m", "v2", "heavy")
    assert push(store, "light")[0] is False
    assert push(store, "heavy")[0] is False
    blob = store.git("hash-object", "-w", "crmtext.toml")
    assert push(store, f"{blob}:refs/tags/file")[0] is True


def test_a_merge_that_brings_one_id_twice_is_named(store: Repo) -> None:
    store.git("switch", "-qc", "side")
    store.commit({"records/a/C20240501002.yaml": stores.record("002", "甲公司")}, "side")
    store.git("switch", "-q", "main")
    store.commit({"records/b/C20240501002.yaml": stores.record("002", "乙公司")}, "main")
    store.git("merge", "-q", "--no-edit", "side")
    taken, said = push(store, "main")
    named = [line for line in said.splitlines() if line.startswith("commit ")]
    assert (taken, len(named), "Merge branch" in named[0], "[unique-id]" in said) == (False, 1, True, True)


def test_the_main_branch_keeps_its_commits_and_others_may_be_rewritten(server: Repo, store: Repo) -> None:
    server.git("config", "receive.denyDeleteCurrent", "ignore")
    store.git("switch", "-qc", "side")
    store.commit({TWO: stores.record("002", "无锡东方")}, "fine")
    assert push(store, "side")[0] is True
    store.git("commit", "-q", "--amend", "-m", "finer")
    assert push(store, "--force", "side") == (True, "")
    assert push(store, "--force", "side:main")[0] is True
    taken, said = push(store, "--force", "side~1:main")
    assert (taken, "takes back commits that others have" in said) == (False, True)
    taken, said = push(store, ":main")
    assert (taken, "not deleted by a push" in said) == (False, True)
    assert push(store, ":side") == (True, "")
    assert refs(server) == {"main": "finer"}


def test_one_push_of_a_good_and_a_bad_branch_takes_neither(server: Repo, store: Repo) -> None:
    store.git("switch", "-qc", "good")
    store.commit({TWO: stores.record("002", "无锡东方")}, "fine")
    store.git("switch", "-qc", "bad")
    store.commit({ONE: stores.record(status="nonsense")}, "broken")
    assert push(store, "good", "bad")[0] is False
    assert refs(server) == {"main": "store"}


def test_a_number_in_a_message_is_refused(store: Repo) -> None:
    store.commit({"README": "x"}, f"call {RESIDENT}")
    taken, said = push(store, "main")
    assert (taken, "[resident-id]" in said) == (False, True)


@pytest.mark.parametrize("before", ["x\n# ----- >8 -----\n", "x\x1d\x1f"], ids=["scissors", "separators"])
def test_a_number_hides_behind_nothing_in_a_message(store: Repo, before: str) -> None:
    store.git("commit", "-q", "--allow-empty", "--cleanup=verbatim", "-m", f"{before}call {RESIDENT}")
    taken, said = push(store, "main")
    assert (taken, "[resident-id]" in said) == (False, True)


def test_who_takes_the_settings_away_does_not_open_the_gate(store: Repo) -> None:
    store.git("rm", "-q", "crmtext.toml")
    store.git("commit", "-q", "-m", "no settings")
    taken, said = push(store, "main")
    assert (taken, "[team-member]" in said) == (False, True)


def test_a_store_in_a_folder_is_found_and_other_repositories_are_none_of_our_business(server: Repo, repo: Repo) -> None:
    repo.git("remote", "add", "origin", str(server.path))
    repo.commit({"README": "x"}, "no store")
    assert push(repo, "main") == (True, "")
    repo.commit({"crm/crmtext.toml": stores.TEAM, f"crm/{ONE}": stores.record(status="nonsense")}, "store")
    taken, said = push(repo, "main")
    assert (taken, f"crm/{ONE}:4:9: error" in said) == (False, True)


def test_the_hook_that_was_there_gets_its_input_first_and_comes_back(
    server: Repo, store: Repo, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    program = stores.Program(capsys, tmp_path)
    assert program("hooks", "uninstall", "--pre-receive", str(server.path)).out == "removed: pre-receive\n"
    own = server.path / "hooks/pre-receive"
    own.write_text(f'#!/bin/sh\ncat >"{tmp_path}/told"\n[ ! -e "{tmp_path}/refuse" ]\n', "utf-8")
    own.chmod(0o755)
    program("hooks", "install", "--pre-receive", str(server.path))
    commit = store.commit({TWO: stores.record("002", "无锡东方")}, "fine")
    (tmp_path / "refuse").touch()
    assert push(store, "main")[0] is False
    (tmp_path / "refuse").unlink()
    assert push(store, "main") == (True, "")
    assert (tmp_path / "told").read_text().split()[1:] == [commit, "refs/heads/main"]
    store.commit({ONE: stores.record(status="nonsense")}, "broken")
    assert push(store, "main")[0] is False


def test_a_server_without_the_program_refuses_and_says_what_to_do(
    server: Repo, store: Repo, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = repository(server.path)
    assert found is not None
    monkeypatch.setattr(sys, "executable", "/nowhere/python")
    hooks.install(found, hooks.SERVER)
    monkeypatch.setenv("PATH", "/usr/bin:/bin")
    store.commit({TWO: stores.record("002", "无锡东方")}, "fine")
    taken, said = push(store, "main")
    assert not taken
    assert "pipx install crmtext" in said
    assert "服务器上没有安装 crmtext" in said


def test_a_folder_that_is_no_repository_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    said = stores.Program(capsys, tmp_path)("hooks", "install", "--pre-receive", str(tmp_path))
    assert (said.code, "[no-repository]" in said.err) == (3, True)


def test_a_range_names_the_commits_that_brought_errors(store: Repo) -> None:
    old = store.git("rev-parse", "HEAD")
    bad = store.commit({ONE: stores.record(status="nonsense")}, "broken")
    store.commit({ONE: stores.record()}, "mended")
    store.git("checkout", "-q", "--detach")
    store.git("branch", "-qf", "main", old)
    found = repository(store.path)
    assert found is not None
    new = store.git("rev-parse", "HEAD")
    walked = [
        (each.commit.id, [problem.rule for problem in each.problems]) for each in pushed.walk(found, old, new, "")
    ]
    assert walked == [(bad, ["unknown-value"])]
