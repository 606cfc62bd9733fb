"""`crmtext check --access`, the warning before a commit, and what a server says: in words, and as people see it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest
import stores
from repos import Repo

from crmtext.git.plumbing import repository
from crmtext.setup import hooks

if TYPE_CHECKING:
    from collections.abc import Mapping

STORE = Path(__file__).parents[1] / "protection/policy/store"
ONE = "records/C20240501AAA1.yaml"
LEAD, SELLER, SUPPORT = (("赵敏", "zhaomin"), ("李雷", "lilei"), ("王芳", "wangfang"))


@pytest.fixture
def store(repo: Repo, monkeypatch: pytest.MonkeyPatch) -> Repo:
    """A store with roles, committed by its lead."""
    become(monkeypatch, LEAD)
    text = "".join(
        line
        for line in (STORE / "crmtext.toml").read_text("utf-8").splitlines(keepends=True)
        if not line.startswith("signing")
    )
    files = {file.relative_to(STORE).as_posix(): file for file in STORE.rglob("*.*") if file.is_file()}
    repo.commit({path: file.read_text("utf-8") for path, file in files.items()} | {"crmtext.toml": text}, "store")
    return repo


def become(monkeypatch: pytest.MonkeyPatch, who: tuple[str, str]) -> None:
    name, handle = who
    for role in ("AUTHOR", "COMMITTER"):
        monkeypatch.setenv(f"GIT_{role}_NAME", name)
        monkeypatch.setenv(f"GIT_{role}_EMAIL", f"{handle}@example.com")


def valued(repo: Repo, message: str = "value") -> str:
    """Commit another value of a customer."""
    text = (repo.path / ONE).read_text("utf-8")
    return repo.commit({ONE: text.replace("value: medium", "value: high")}, message)


def check(store: Repo, capsys: pytest.CaptureFixture[str], *more: str, spoken: str = "en") -> stores.Said:
    return stores.Program(capsys, store.path)("--lang", spoken, "check", "--access", "--range", "HEAD~1..HEAD", *more)


def test_a_denied_change_is_named_with_its_commit_and_who_may(
    store: Repo, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    become(monkeypatch, SUPPORT)
    commit = valued(store)
    said = check(store, capsys)
    assert said.code == 1
    assert said.out == (
        f"{commit[:10]} 2026-11-20 王芳: value\n\n"
        f"{ONE}:12:3: error: support may not change classification.value [write-policy]\n"
        "  = push it to a branch; 赵敏 (lead) merges it: git merge --no-ff origin/BRANCH\n\n"
        "1 error introduced by 1 of 1 commit\n"
    )
    assert check(store, capsys, "--approved-by", "zhaomin").code == 0
    assert check(store, capsys, "--approved-by", "hanmei").code == 1


def test_json_names_rule_place_and_commit(
    store: Repo, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    become(monkeypatch, SUPPORT)
    commit = valued(store)
    document = check(store, capsys, "--format", "json").data
    assert document["commits"] == [{"commit": commit, "author": "王芳", "date": "2026-11-20", "subject": "value"}]
    problem = document["problems"][0]
    assert (problem["rule"], problem["path"], problem["pointer"], problem["commit"]) == (
        "write-policy",
        ONE,
        "/classification/value",
        commit,
    )


def test_what_the_role_may_change_passes(
    store: Repo, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    become(monkeypatch, SELLER)
    store.commit({ONE: (store.path / ONE).read_text("utf-8").replace("status: prospect", "status: active")}, "status")
    said = check(store, capsys)
    assert (said.code, said.out) == (0, "1 commit checked, no problems\n")


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("--access",), "--access requires --range"),
        (("--approved-by", "zhaomin", "--range", "HEAD~1..HEAD"), "--approved-by requires --access"),
        (("--access", "--range", "HEAD~1..HEAD", "--ignore", "write-policy"), "--access checks all of --range"),
        (("--access", "--range", "HEAD~1..HEAD", "records"), "--access checks all of --range"),
    ],
)
def test_nothing_limits_the_check(
    store: Repo, capsys: pytest.CaptureFixture[str], arguments: tuple[str, ...], message: str
) -> None:
    store.commit({"README.md": "x"}, "more")
    said = stores.Program(capsys, store.path)("check", *arguments)
    assert said.code == 2
    assert message in said.err


def test_an_unknown_approver_approves_nothing(store: Repo, capsys: pytest.CaptureFixture[str]) -> None:
    store.commit({"README.md": "x"}, "more")
    said = check(store, capsys, "--approved-by", "somebody")
    assert (said.code, said.err) == (0, "'somebody' is not on the team list and approves nothing\n")


def test_a_check_knows_no_pusher(store: Repo, capsys: pytest.CaptureFixture[str]) -> None:
    text = (store.path / "crmtext.toml").read_text("utf-8")
    store.commit({"crmtext.toml": text.replace('identity = "trust"', 'identity = "pusher"')}, "pusher")
    store.commit({"README.md": "x"}, "more")
    said = check(store, capsys)
    assert said.code == 3
    assert "a check of commits doesn't know who pushes [access-identity]" in said.err


@pytest.fixture
def cloned(store: Repo, monkeypatch: pytest.MonkeyPatch) -> Repo:
    """A clone of the store with the hooks, and a server with one."""
    monkeypatch.setenv("PYTHONPATH", str(stores.ROOT))
    bare = Repo(store.path.parent / "server.git")
    store.git("clone", "-q", "--bare", str(store.path), str(bare.path))
    store.git("remote", "add", "origin", str(bare.path))
    store.git("fetch", "-q", "origin")
    for repo, names in ((store, hooks.HOOKS), (bare, (hooks.SERVER,))):
        git_repo = repository(repo.path)
        assert git_repo
        hooks.install(git_repo, *names)
    return store


LINES: Mapping[str, str] = {
    "en": "warning: support may not change classification.value [write-policy]",
    "zh": "[write-policy]",
}


@pytest.mark.parametrize("spoken", ["en", "zh"])
def test_the_hook_of_a_clone_warns_and_commits(cloned: Repo, monkeypatch: pytest.MonkeyPatch, spoken: str) -> None:
    become(monkeypatch, SUPPORT)
    monkeypatch.setenv("CRMTEXT_LANG", spoken)
    text = (cloned.path / ONE).read_text("utf-8")
    cloned.write(ONE, text.replace("value: medium", "value: high"))
    cloned.git("add", ONE)
    output = cloned.git("commit", "-m", "value")
    assert LINES[spoken] in output
    assert cloned.git("log", "-1", "--format=%s") == "value"


@pytest.mark.parametrize("spoken", ["en", "zh"])
def test_a_server_says_what_is_denied_and_who_has_to_merge(
    cloned: Repo, monkeypatch: pytest.MonkeyPatch, spoken: str
) -> None:
    become(monkeypatch, SUPPORT)
    monkeypatch.setenv("CRMTEXT_LANG", spoken)
    commit = valued(cloned)
    lines = [
        line.removeprefix("remote: ").rstrip()
        for line in cloned.git("push", "origin", "HEAD:main", check=False).splitlines()
    ]
    proposal = [
        line.removeprefix("remote: ").rstrip() for line in cloned.git("push", "origin", "HEAD:side").splitlines()
    ]
    wanted = {
        "en": (
            f"commit {commit[:10]} on main by 王芳: value",
            f"{ONE}:12:3: error: support may not change classification.value [write-policy]",
            "  = push it to a branch; 赵敏 (lead) merges it: git merge --no-ff origin/BRANCH",
            "side: 1 commit makes changes that its committer may not push to the main branch",
            "  = ask 赵敏 (lead) to merge them: git merge --no-ff origin/side",
        ),
        "zh": (
            f"main 上的提交 {commit[:10]}（王芳）：value",
            f"{ONE}:12:3: 错误: support 角色不能修改字段 classification.value [write-policy]",
            "  = 请推送到分支，由赵敏（lead）合并：git merge --no-ff origin/分支",
            "side：1 个提交包含提交者无权推送到主分支的改动",
            "  = 请赵敏（lead）合并：git merge --no-ff origin/side",
        ),
    }[spoken]
    assert [line for line in (*lines, *proposal) if line in wanted] == [*wanted], lines + proposal
