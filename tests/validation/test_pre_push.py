"""What our pre-push hook lets out of a clone: real pushes, judged before anything is sent."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest
import stores
from repos import Repo

from crmtext.git.plumbing import repository
from crmtext.setup import hooks
from crmtext.validation import commit_walk

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

ONE, TWO = stores.path("001"), stores.path("002")
BROKEN, FINE = stores.record(status="nonsense"), stores.record("002", "无锡东方")


@pytest.fixture(autouse=True)
def _importable(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PYTHONPATH", str(stores.ROOT))


@pytest.fixture
def store(repo: Repo) -> Repo:
    """A store of one customer with the hook, pushed to an empty copy."""
    bare = Repo(repo.path.parent / "server.git")
    bare.path.mkdir()
    bare.git("init", "-q", "--bare", "-b", "main")
    repo.git("remote", "add", "origin", str(bare.path))
    repo.commit({"crmtext.toml": stores.TEAM, ONE: stores.record()}, "store")
    assert push(repo, "-u", "origin", "main") == (True, "")
    install(repo)
    return repo


def install(repo: Repo) -> None:
    git_repo = repository(repo.path)
    assert git_repo is not None
    hooks.install(git_repo, "pre-push")


def push(repo: Repo, *arguments: str) -> tuple[bool, str]:
    """Whether it is sent, and what is said."""
    result = repo.git("push", "-q", *arguments, check=False)
    return "failed to push" not in result, "\n".join(
        line for line in result.splitlines() if not line.startswith("error: f")
    )


def sent(repo: Repo) -> dict[str, str]:
    listed = Repo(repo.path.parent / "server.git").git("for-each-ref", "--format=%(refname:short) %(subject)")
    return dict(line.split(" ", 1) for line in listed.splitlines())


def test_a_push_that_brings_an_error_is_refused_with_commit_record_line_and_a_way_to_mend(store: Repo) -> None:
    store.commit({TWO: FINE}, "fine")
    bad = store.commit({ONE: BROKEN}, "broken")
    done, output = push(store)
    lines = output.splitlines()
    assert (done, lines[0]) == (False, f"commit {bad[:10]} on main by 李雷: broken")
    assert lines[1].startswith(f"{ONE}:4:9: error: unknown value 'nonsense' for 'status'")
    assert "Push rejected: 1 commit introduces errors. Nothing was pushed." in lines
    assert lines[-1].startswith("Fix them in those commits (git rebase -i")
    assert sent(store) == {"main": "store"}
    assert push(store, "--no-verify")[0] is True


def test_an_error_that_a_later_commit_mends_would_be_in_the_history_all_the_same(store: Repo) -> None:
    store.commit({ONE: BROKEN}, "broken")
    store.commit({ONE: stores.record()}, "mended")
    assert push(store)[0] is False


def test_what_the_others_have_is_not_looked_at_again(store: Repo) -> None:
    store.commit({ONE: BROKEN}, "broken")
    assert push(store, "--no-verify")[0] is True
    store.commit({TWO: FINE}, "fine")
    assert push(store) == (True, "")
    # Neither on a branch that is new there.
    store.git("switch", "-qc", "side")
    store.commit({stores.path("003"): stores.record("003", "甲公司")}, "more")
    assert push(store, "origin", "side") == (True, "")
    assert push(store, "origin", "main:other") == (True, "")
    assert sorted(sent(store)) == ["main", "other", "side"]


def test_a_new_branch_a_tag_and_a_push_by_address_are_judged_too(store: Repo) -> None:
    store.git("switch", "-qc", "side")
    store.commit({ONE: BROKEN}, "broken")
    store.git("tag", "-a", "-m", "v1", "v1")
    assert [push(store, "origin", what)[0] for what in ("side", "v1", "HEAD:refs/heads/other")] == [False] * 3
    assert push(store, str(store.path.parent / "server.git"), "side")[0] is False
    assert sent(store) == {"main": "store"}


def test_a_branch_is_deleted_and_one_that_others_moved_is_overrun_without_a_question(store: Repo) -> None:
    assert push(store, "origin", "HEAD:side") == (True, "")
    assert push(store, "origin", ":side") == (True, "")
    other = Repo(store.path.parent / "other")
    other.path.mkdir()
    other.git("clone", "-q", str(store.path.parent / "server.git"), ".")
    other.commit({"README": "x"}, "theirs")
    other.git("push", "-q", "origin", "main")
    store.commit({TWO: FINE}, "ours")
    # What they have was never fetched.
    assert push(store)[0] is False
    assert push(store, "--force") == (True, "")
    assert sent(store) == {"main": "ours"}


def test_what_is_no_store_is_none_of_our_business(store: Repo) -> None:
    store.git("switch", "-q", "--orphan", "pages")
    store.commit({"index.html": "x", "records/C1.yaml": "status: nonsense\n"}, "pages")
    assert push(store, "origin", "pages") == (True, "")
    blob = store.git("hash-object", "-w", "index.html")
    assert push(store, "origin", f"{blob}:refs/tags/file") == (True, "")


def test_only_the_commits_that_are_new_are_walked(store: Repo, monkeypatch: pytest.MonkeyPatch) -> None:
    for number in range(3):
        store.commit({"README": f"{number}"}, "old")
    push(store, "--no-verify")
    new = store.commit({TWO: FINE}, "new")
    seen: list[str] = []
    introduced_by = commit_walk.Walk.introduced_by
    monkeypatch.setattr(
        commit_walk.Walk,
        "introduced_by",
        lambda self, commit, parents: (seen.append(commit), introduced_by(self, commit, parents))[1],
    )
    from crmtext.cli.server_hooks import send

    monkeypatch.chdir(store.path)
    send([f"refs/heads/main {new} refs/heads/main {store.git('rev-parse', 'origin/main')}\n"], "origin")
    assert seen == [new]


def test_the_hook_that_was_there_gets_what_git_tells_as_well(store: Repo, tmp_path: Path) -> None:
    git_repo = repository(store.path)
    assert git_repo is not None
    hooks.uninstall(git_repo)
    own = store.path / ".git/hooks/pre-push"
    own.write_text(f'#!/bin/sh\necho "$1" >"{tmp_path}/told"\ncat >>"{tmp_path}/told"\n', "utf-8")
    own.chmod(0o755)
    install(store)
    old, new = store.git("rev-parse", "HEAD"), store.commit({TWO: FINE}, "fine")
    assert push(store) == (True, "")
    assert (tmp_path / "told").read_text() == f"origin\nrefs/heads/main {new} refs/heads/main {old}\n"
    store.commit({ONE: BROKEN}, "broken")
    assert push(store)[0] is False


def test_sync_checks_by_itself_and_not_once_more_by_our_hook(
    store: Repo, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    shim = store.path / ".git/hooks/pre-push"
    shim.write_text(shim.read_text("utf-8").replace("#!/bin/sh\n", f'#!/bin/sh\ntouch "{tmp_path}/ran"\n'), "utf-8")
    store.commit({TWO: FINE}, "fine")
    assert stores.Program(capsys, store.path)("sync").code == 0
    assert (sent(store), (tmp_path / "ran").exists()) == ({"main": "fine"}, False)


def beside(repo: Repo) -> Path:
    """The hook's place while another tool's is kept there and ours calls it."""
    return repo.path / ".git/hooks/pre-push.before-crmtext"


def instead(repo: Repo) -> Path:
    """The hook's place."""
    return repo.path / ".git/hooks/pre-push"


def elsewhere(repo: Repo) -> Path:
    """The place of the hook where the user's settings name another folder."""
    repo.git("config", "core.hooksPath", "hooks")
    (repo.path / "hooks").mkdir()
    return repo.path / "hooks/pre-push"


def own(place: Path, *lines: str) -> None:
    place.write_text("\n".join(("#!/bin/sh", "# mine", *lines, "")), "utf-8")
    place.chmod(0o755)


@pytest.mark.parametrize("where", [beside, instead, elsewhere])
def test_sync_sends_nothing_past_the_hook_of_another_tool_and_does_not_run_it(
    store: Repo, capsys: pytest.CaptureFixture[str], tmp_path: Path, where: Callable[[Repo], Path]
) -> None:
    place = where(store)
    own(place, f'touch "{tmp_path}/ran"')
    store.commit({TWO: FINE}, "fine")
    sync = stores.Program(capsys, store.path)
    result = sync("sync")
    refusal = f"{place}: error: another tool's hook checks pushes, and crmtext does not run it [push-hook]"
    assert (result.code, result.err.splitlines()[0]) == (3, refusal)
    assert (sent(store), (tmp_path / "ran").exists()) == ({"main": "store"}, False)
    assert "the received commits are merged locally; nothing was pushed" in result.err
    command = result.err.rpartition("to push with the hook: ")[2].split()
    assert command == ["git", "push", "origin", "main:refs/heads/main"]
    store.git(*command[1:])
    assert (tmp_path / "ran").exists()
    # With nothing to send there is nothing to be seen.
    store.git("push", "-q", "--no-verify", "origin", "main")
    assert sync("sync").out == "origin/main: already up to date\n"


@pytest.mark.parametrize("where", [beside, instead, elsewhere])
def test_sync_passes_over_what_git_passes_over_and_what_calls_our_hook_alone(
    store: Repo, capsys: pytest.CaptureFixture[str], where: Callable[[Repo], Path]
) -> None:
    place = where(store)
    own(place, 'crmtext hook pre-push "$@" || exit $?')
    store.commit({TWO: FINE}, "fine")
    sync = stores.Program(capsys, store.path)
    assert sync("sync").code == 0
    own(place, "exit 1")
    place.chmod(0o644)
    store.commit({"README": "x"}, "more")
    assert (sync("sync").code, sent(store)) == (0, {"main": "more"})


def test_a_computer_without_the_program_says_what_to_do(store: Repo, monkeypatch: pytest.MonkeyPatch) -> None:
    git_repo = repository(store.path)
    assert git_repo is not None
    shim = store.path / ".git/hooks/pre-push"
    shim.write_text(shim.read_text("utf-8").replace("python=", "python=/nowhere"), "utf-8")
    monkeypatch.setenv("PATH", os.pathsep.join(("/usr/bin", "/bin")))
    store.commit({TWO: FINE}, "fine")
    done, output = push(store)
    assert (done, "pipx install crmtext" in output, "also for git merge and git push" in output) == (False, True, True)
