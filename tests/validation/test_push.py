"""What a bare repository with our pre-receive hook takes and refuses: real pushes, in git's quarantine."""

from __future__ import annotations

import sys
import zipfile
from typing import TYPE_CHECKING

import pytest
import stores
from repos import Repo

from crmtext.git.plumbing import repository
from crmtext.setup import hooks
from crmtext.validation import push as validation_push

if TYPE_CHECKING:
    from collections.abc import Callable
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
    result = stores.Program(capsys, tmp_path)("hooks", "install", "--pre-receive", str(bare.path))
    assert (result.code, result.out) == (0, "Installed pre-receive\n")
    return bare


@pytest.fixture
def store(server: Repo, repo: Repo) -> Repo:
    """A store of one customer, pushed."""
    repo.git("remote", "add", "origin", str(server.path))
    repo.commit({"crmtext.toml": stores.TEAM, ONE: stores.record("001")}, "store")
    # What the hook takes is for the tests to say.
    hook = server.path / "hooks/pre-receive"
    aside = hook.rename(hook.with_name("aside"))
    assert push(repo, "main") == (True, "")
    aside.rename(hook)
    return repo


def push(repo: Repo, *arguments: str) -> tuple[bool, str]:
    """Whether the server takes it, and what its hook says."""
    result = repo.git("push", "-q", "origin", *arguments, check=False)
    lines = [line.removeprefix("remote: ").rstrip() for line in result.splitlines() if line.startswith("remote:")]
    return "[remote rejected]" not in result and "error:" not in result.replace("remote:", ""), "\n".join(
        filter(None, lines)
    )


def refs(bare: Repo) -> dict[str, str]:
    listed = bare.git("for-each-ref", "--format=%(refname:short) %(subject)")
    return dict(line.split(" ", 1) for line in listed.splitlines())


def test_a_push_is_refused_by_the_commit_that_broke_it_with_place_and_hint(server: Repo, store: Repo) -> None:
    store.commit({TWO: stores.record("002", "无锡东方")}, "fine")
    bad = store.commit({TWO: stores.record("002", "无锡东方", status="合作中")}, "broken")
    store.commit({"README": "x"}, "later")
    taken, output = push(store, "main")
    first, place, *rest = output.splitlines()
    assert not taken
    assert first == f"commit {bad[:10]} on main by 李雷: broken"
    assert place.startswith(f"{TWO}:4:9: error: unknown value '合作中' for 'status'")
    assert "  = use active" in rest
    assert "Push rejected: 1 commit introduces errors. The server kept nothing of this push." in rest
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
    text = push(store, "main")[1]
    named = [line.rpartition(": ")[2] for line in text.splitlines() if line.startswith("commit ")]
    assert named == ["bad 002", "bad 003"]
    assert "2 commits introduce errors" in text


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
    taken, output = push(store, "main")
    named = [line for line in output.splitlines() if line.startswith("commit ")]
    assert (taken, len(named), "Merge branch" in named[0], "[unique-id]" in output) == (False, 1, True, True)


def test_the_main_branch_keeps_its_commits_and_others_may_be_rewritten(server: Repo, store: Repo) -> None:
    server.git("config", "receive.denyDeleteCurrent", "ignore")
    store.git("switch", "-qc", "side")
    store.commit({TWO: stores.record("002", "无锡东方")}, "fine")
    assert push(store, "side")[0] is True
    store.git("commit", "-q", "--amend", "-m", "finer")
    assert push(store, "--force", "side") == (True, "")
    assert push(store, "--force", "side:main")[0] is True
    taken, output = push(store, "--force", "side~1:main")
    assert (taken, "removes commits that others have" in output) == (False, True)
    taken, output = push(store, ":main")
    assert (taken, "delete the main branch" in output) == (False, True)
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
    taken, output = push(store, "main")
    assert (taken, "[resident-id]" in output) == (False, True)


@pytest.mark.parametrize("before", ["x\n# ----- >8 -----\n", "x\x1d\x1f"], ids=["scissors", "separators"])
def test_a_number_hides_behind_nothing_in_a_message(store: Repo, before: str) -> None:
    store.git("commit", "-q", "--allow-empty", "--cleanup=verbatim", "-m", f"{before}call {RESIDENT}")
    taken, output = push(store, "main")
    assert (taken, "[resident-id]" in output) == (False, True)


def test_who_takes_the_settings_away_does_not_open_the_gate(store: Repo) -> None:
    store.git("rm", "-q", "crmtext.toml")
    store.git("commit", "-q", "-m", "no settings")
    taken, output = push(store, "main")
    assert (taken, "[team-member]" in output) == (False, True)


def test_a_store_in_a_folder_is_found_and_other_repositories_are_none_of_our_business(server: Repo, repo: Repo) -> None:
    repo.git("remote", "add", "origin", str(server.path))
    repo.commit({"README": "x"}, "no store")
    assert push(repo, "main") == (True, "")
    repo.commit({"crm/crmtext.toml": stores.TEAM, f"crm/{ONE}": stores.record(status="nonsense")}, "store")
    taken, output = push(repo, "main")
    assert (taken, f"crm/{ONE}:4:9: error" in output) == (False, True)


def test_the_hook_that_was_there_gets_its_input_first_and_comes_back(
    server: Repo, store: Repo, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    program = stores.Program(capsys, tmp_path)
    assert program("hooks", "uninstall", "--pre-receive", str(server.path)).out == "Removed pre-receive\n"
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
    git_repo = repository(server.path)
    assert git_repo is not None
    monkeypatch.setattr(sys, "executable", "/nowhere/python")
    hooks.install(git_repo, hooks.SERVER)
    monkeypatch.setenv("PATH", "/usr/bin:/bin")
    store.commit({TWO: stores.record("002", "无锡东方")}, "fine")
    taken, output = push(store, "main")
    assert not taken
    assert "pipx install crmtext" in output
    assert "服务器上没有安装 crmtext" in output


def test_a_folder_that_is_no_repository_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    result = stores.Program(capsys, tmp_path)("hooks", "install", "--pre-receive", str(tmp_path))
    assert (result.code, "[no-repository]" in result.err) == (3, True)


def test_a_range_names_the_commits_that_brought_errors(store: Repo) -> None:
    old = store.git("rev-parse", "HEAD")
    bad = store.commit({ONE: stores.record(status="nonsense")}, "broken")
    store.commit({ONE: stores.record()}, "mended")
    store.git("checkout", "-q", "--detach")
    store.git("branch", "-qf", "main", old)
    git_repo = repository(store.path)
    assert git_repo is not None
    new = store.git("rev-parse", "HEAD")
    walked = [
        (error.commit.id, [problem.rule for problem in error.problems])
        for error in validation_push.commit_errors(git_repo, old, new, "")
    ]
    assert walked == [(bad, ["unknown-value"])]


def tag(store: Repo, *arguments: str) -> None:
    store.git("tag", "-a", *arguments)


def blob(store: Repo, text: bytes) -> str:
    store.path.joinpath("blob").write_bytes(text)
    created = store.git("hash-object", "-w", "--no-filters", "blob")
    store.path.joinpath("blob").unlink()
    return created


def commit_object(store: Repo, *, author: str = "李雷 <lilei@example.com>", head: str = "", message: str = "x") -> str:
    """A commit on top of HEAD whose object is written by hand."""
    tree, parent = store.git("rev-parse", "HEAD^{tree}"), store.git("rev-parse", "HEAD")
    text = f"tree {tree}\nparent {parent}\nauthor {author} 1700000000 +0800\n"
    text += f"committer 李雷 <lilei@example.com> 1700000000 +0800\n{head}\n{message}\n"
    store.path.joinpath("object").write_bytes(text.encode())
    created = store.git("hash-object", "-t", "commit", "-w", "--literally", "object")
    store.path.joinpath("object").unlink()
    return created


def evil_merge(store: Repo) -> str:
    """A merge of two fine branches with a file that neither of them has."""
    store.git("switch", "-qc", "side")
    store.commit({"a": "a"})
    store.git("switch", "-q", "main")
    store.commit({"b": "b"})
    store.git("merge", "-q", "--no-commit", "side")
    return store.commit({"b": f"b\n{RESIDENT}\n"}, "merged")


def moved_out(store: Repo) -> None:
    """A record renamed to where no records are, with a number in it."""
    store.git("mv", ONE, "old.yaml")
    store.commit({"old.yaml": stores.record(more=f"notes: {RESIDENT}\n")})


def spreadsheet(store: Repo) -> None:
    with zipfile.ZipFile(store.path / "list.xlsx", "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("xl/sharedStrings.xml", f"<sst><si><t>{RESIDENT}</t></si></sst>")
    store.git("add", "list.xlsx")
    store.git("commit", "-qm", "list")


#: How a number may come along, what is pushed then, and where the hook says that it is.
HIDDEN: dict[str, tuple[Callable[[Repo], object], str, str]] = {
    "readme": (lambda store: store.commit({"README.md": f"x\n\n{RESIDENT}\n"}), "main", "README.md:3:1: error"),
    "csv": (lambda store: store.commit({"a/b.csv": f"id,n\n1,{RESIDENT}\n"}), "main", "a/b.csv:2:3: error"),
    "card": (lambda store: store.commit({"x": "卡号 6222 0202 0011 2233 446"}), "main", "x:1:4: error"),
    "schema": (lambda store: store.commit({"schema/x.json": f'"{RESIDENT}"'}), "main", "schema/x.json:1:2: error"),
    "utf-16": (
        lambda store: (
            store.path.joinpath("x.txt").write_bytes(f"号 {RESIDENT}".encode("utf-16")),
            store.git("add", "x.txt"),
            store.git("commit", "-qm", "x"),
        ),
        "main",
        "x.txt:1:3: error",
    ),
    "binary": (lambda store: store.commit({"x.bin": f"\0\1{RESIDENT}"}), "main", "x.bin: error"),
    "spreadsheet": (spreadsheet, "main", "list.xlsx: error"),
    "file name": (lambda store: store.commit({f"scan-{RESIDENT}.txt": "x"}), "main", f"scan-{'*' * 18}.txt: error"),
    "evil merge": (evil_merge, "main", "b:2:1: error"),
    "moved record": (moved_out, "main", "old.yaml:8:8: error"),
    "author": (
        lambda store: store.git("commit", "-qm", "x", "--allow-empty", "--author", f"n {RESIDENT} <n@example.com>"),
        "main",
        "the author of the commit: error",
    ),
    "e-mail": (
        lambda store: store.git("commit", "-qm", "x", "--allow-empty", "--author", f"n <{RESIDENT}@example.com>"),
        "main",
        "the author of the commit: error",
    ),
    "committer": (
        lambda store: store.git("-c", f"user.name={RESIDENT}", "commit", "-qm", "x", "--allow-empty"),
        "main",
        "the committer of the commit: error",
    ),
    "head": (
        lambda store: commit_object(store, head=f"mergetag object 1\n tag {RESIDENT}\n"),
        "@:refs/heads/head",
        "the header of the commit: error",
    ),
    "behind a NUL": (
        lambda store: commit_object(store, message=f"fine\0{RESIDENT}"),
        "@:refs/heads/head",
        "the commit message: error",
    ),
    "tag message": (lambda store: tag(store, "v1", "-m", RESIDENT), "v1", "the message of the tag: error"),
    "tagger": (
        lambda store: store.git("-c", f"user.name={RESIDENT}", "tag", "-am", "x", "v1"),
        "v1",
        "the author of the tag: error",
    ),
    "nested tag": (
        lambda store: (tag(store, "in", "-m", RESIDENT), tag(store, "out", "-m", "x", "in")),
        "out",
        "the message of the tag: error",
    ),
    "name of an inner tag": (
        lambda store: (tag(store, f"n{RESIDENT}", "-m", "x"), tag(store, "out", "-m", "x", f"n{RESIDENT}")),
        "out",
        "the name of the tag: error",
    ),
    "branch": (lambda _store: None, f"main:refs/heads/b-{RESIDENT}", f"refs/heads/b-{'*' * 18}: error"),
    "any ref": (lambda _store: None, f"main:refs/x/{RESIDENT}", f"refs/x/{'*' * 18}: error"),
    "note": (
        lambda store: store.git("notes", "add", "-m", RESIDENT, "HEAD"),
        "refs/notes/*:refs/notes/*",
        ":1:1: error",
    ),
    "blob": (lambda store: blob(store, RESIDENT.encode()), "@:refs/tags/file", "refs/tags/file:1:1: error"),
    "tree": (
        lambda store: (store.write("t/x", f"\n{RESIDENT}"), store.git("add", "t"), store.git("write-tree"))[-1],
        "@:refs/tags/tree",
        "t/x:2:1: error",
    ),
}


@pytest.mark.parametrize(("hide", "pushed_ref", "place"), HIDDEN.values(), ids=list(HIDDEN))
def test_a_number_is_found_wherever_a_push_brings_it(
    server: Repo,
    store: Repo,
    monkeypatch: pytest.MonkeyPatch,
    hide: Callable[[Repo], object],
    pushed_ref: str,
    place: str,
) -> None:
    if place.startswith(("the committer", "the author of the tag")):
        monkeypatch.delenv("GIT_COMMITTER_NAME")
    created = hide(store)
    taken, output = push(store, pushed_ref.replace("@", str(created)))
    assert (taken, place in output, "[resident-id]" in output or "[bank-card]" in output) == (False, True, True)
    assert not [digits for digits in (RESIDENT, "6222") if digits in output]
    assert "Push rejected" in output
    assert refs(server) == {"main": "store"}


@pytest.mark.parametrize("first", ["together", "before"])
def test_nothing_is_replaced_on_a_server(server: Repo, store: Repo, first: str) -> None:
    good = store.git("rev-parse", f"HEAD:{ONE}")
    store.commit({ONE: stores.record(more=f"notes: {RESIDENT}\n")}, "bad")
    bad = store.git("rev-parse", f"HEAD:{ONE}")
    replacing = f"refs/replace/{bad}"
    store.git("update-ref", replacing, good)
    if first == "before":
        taken, output = push(store, f"{replacing}:{replacing}")
        message = "refs/replace makes git read objects that were not checked [replace-ref]"
        assert (taken, output.splitlines()) == (
            False,
            [
                f"{replacing}: error: {message}",
                "  = rewrite the commits instead, or keep the replacement in your clone",
                "Push rejected. The server kept nothing of this push.",
            ],
        )
        assert push(store, "main")[0] is False
    else:
        assert push(store, f"{replacing}:{replacing}", "main")[0] is False
    assert refs(server) == {"main": "store"}


def test_a_replacement_that_is_there_already_fools_nobody(server: Repo, store: Repo) -> None:
    good = store.git("rev-parse", f"HEAD:{ONE}")
    store.commit({"x": RESIDENT}, "bad")
    server.git("update-ref", f"refs/replace/{store.git('rev-parse', 'HEAD:x')}", good)
    assert push(store, "main")[0] is False


def test_what_was_there_before_is_not_held_against_a_push(server: Repo, store: Repo) -> None:
    (server.path / "hooks/pre-receive").rename(server.path / "hooks/aside")
    store.commit({"README": f"{RESIDENT}\n", ONE: stores.record(more=f"notes: {RESIDENT}\n")}, "old")
    assert push(store, "main")[0] is True
    (server.path / "hooks/aside").rename(server.path / "hooks/pre-receive")
    store.commit({"README": f"{RESIDENT}\nmore\n"}, "edited")
    store.git("mv", "README", "docs.md")
    store.git("commit", "-qm", "moved")
    store.commit({"copy.md": f"{RESIDENT}\nmore\n", ONE: stores.record(more=f"notes: {RESIDENT} 旧\n")}, "copied")
    assert push(store, "main") == (True, "")
    other = "110105" + "19491231" + "002X"
    store.commit(
        {"docs.md": f"{RESIDENT}\nmore\n{other}\n", ONE: stores.record(more=f"notes: {other}\n")}, "another one"
    )
    taken, output = push(store, "main")
    assert (taken, [line.split(" ")[0] for line in output.splitlines() if "[resident-id]" in line]) == (
        False,
        ["docs.md:3:1:", f"{ONE}:8:8:"],
    )


def test_a_comment_with_a_reason_lets_its_line_through_here_too(store: Repo) -> None:
    line = f"{RESIDENT} # crmtext: not-a-card"
    store.commit(
        {"a.csv": f"{line} 我们的订单号\n", ONE: stores.record(more=f"notes: 号 {line} 我们的订单号\n")}, "fine"
    )
    assert push(store, "main") == (True, "")
    store.commit({"b.csv": f"{line}\n"}, "no reason")
    taken, output = push(store, "main")
    assert (taken, "[resident-id]" in output, "[not-a-card]" in output) == (False, True, True)


def test_a_commit_that_hides_its_number_again_is_named_with_its_branch(store: Repo) -> None:
    store.git("switch", "-qc", "side")
    bad = store.commit({"x.txt": RESIDENT}, f"call {RESIDENT}")
    store.commit({"x.txt": "fine"}, "hidden")
    assert push(store, "side")[1].splitlines()[0] == f"commit {bad[:10]} on side by 李雷: call {'*' * 18}"


def test_a_branch_with_a_number_in_its_name_may_be_deleted(server: Repo, store: Repo) -> None:
    server.git("update-ref", f"refs/heads/b-{RESIDENT}", "main")
    assert push(store, f":refs/heads/b-{RESIDENT}") == (True, "")


def test_a_shallow_clone_pushes_what_is_new(server: Repo, store: Repo, tmp_path: Path) -> None:
    store.commit({TWO: stores.record("002", "无锡东方")}, "fine")
    assert push(store, "main") == (True, "")
    store.git("clone", "-q", "--depth=1", server.path.as_uri(), str(tmp_path / "shallow"))
    shallow = Repo(tmp_path / "shallow")
    shallow.commit({"x": "fine"})
    assert push(shallow, "main") == (True, "")
    shallow.commit({"x": RESIDENT})
    assert push(shallow, "main")[0] is False


@pytest.mark.parametrize(
    ("key", "said"),
    [
        ("crmtext.pushSeconds", "the check did not finish within 0 seconds"),
        ("crmtext.pushMegabytes", "there are more than 0 MiB to check"),
    ],
)
def test_a_push_that_takes_too_much_is_rejected_with_the_limit(server: Repo, store: Repo, key: str, said: str) -> None:
    server.git("config", key, "0")
    store.commit({"x": "fine"})
    taken, words = push(store, "main")
    hint = f"push fewer commits at a time, or raise the limit where the check runs: git config {key} N"
    assert (taken, said in words, hint in words, "[push-too-large]" in words) == (False, True, True, True)
    server.git("config", key, "100")
    assert push(store, "main") == (True, "")


def test_a_text_too_large_to_be_looked_at_is_rejected_and_a_binary_is_not(store: Repo) -> None:
    large = b"x" * (33 << 20)
    store.path.joinpath("x.bin").write_bytes(b"\0" + large)
    store.git("add", "x.bin")
    store.git("commit", "-qm", "binary")
    assert push(store, "main") == (True, "")
    store.path.joinpath("x.txt").write_bytes(large)
    store.git("add", "x.txt")
    store.git("commit", "-qm", "text")
    taken, output = push(store, "main")
    assert (taken, "x.txt: error: the file is too large to check: 33 MiB [push-too-large]" in output) == (
        False,
        True,
    )
