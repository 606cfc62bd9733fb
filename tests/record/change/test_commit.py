"""`--commit`, in real repositories: the commit holds the command's change, and everything else stays as it was."""

from __future__ import annotations

import shutil
import subprocess
from typing import TYPE_CHECKING, Any

import pytest
import stores
from repos import Repo

from crmtext import layout
from crmtext.storage import move_head

if TYPE_CHECKING:
    from pathlib import Path

ONE, TWO, THREE = (stores.path(number) for number in ("001", "002", "003"))
#: A made-up number of a valid form.
RESIDENT = "11010119900307" + "1233"
ENTRY = "  - date: 2026-11-20\n    by: lilei\n    channel: phone\n    summary: 报价\n"
LOG = ("log", "C20240501001", "phone", "报价")


@pytest.fixture
def repo(repo: Repo) -> Repo:
    """A store of three customers, committed."""
    texts = {stores.path(number): stores.record(number, f"公司{number}") for number in ("001", "002")}
    person = stores.record("003", "李四", type="person")
    repo.commit({"crmtext.toml": stores.TEAM, **texts, THREE: person}, "store")
    return repo


@pytest.fixture
def program(repo: Repo, capsys: pytest.CaptureFixture[str]) -> stores.Program:
    return stores.Program(capsys, repo.path)


def state(repo: Repo) -> tuple[object, ...]:
    """All that a refused command must leave as it was."""
    asked = (("rev-parse", "HEAD"), ("ls-files", "--stage"), ("status", "--porcelain"))
    return *(repo.git(*words) for words in asked), stores.files(repo.path)


def refused(repo: Repo, program: stores.Program, *arguments: str) -> tuple[int, str]:
    """The exit code and what is said, of a command that changes nothing."""
    before = state(repo)
    result = program(*arguments)
    assert state(repo) == before
    assert {file.name for kind in (".crmtext-*", "*.lock") for file in (repo.path / ".git").rglob(kind)} <= {
        layout.LOCK
    }
    return result.code, result.err


def test_a_command_commits_what_it_changed_and_says_so(repo: Repo, program: stores.Program) -> None:
    result = program(*LOG, "--commit", "--format", "json")
    assert (result.code, result.data["commit"]) == (0, repo.git("rev-parse", "HEAD"))
    assert repo.git("log", "-1", "--format=%an <%ae>%n%B") == (
        "李雷 <lilei@example.com>\n公司001: +1 interaction (phone)\n\nCrm-Customer: C20240501001\nCrm-Action: log"
    )
    assert repo.git("show", "--format=", "--name-status") == f"M\t{ONE}"
    assert repo.git("status", "--porcelain") == ""
    result = program(*LOG, "--commit")
    short = repo.git("rev-parse", "--short=8", "HEAD")
    assert result.err.splitlines()[-1] == f"Committed {short}: 公司001: +1 interaction (phone)"


def test_without_the_option_nothing_is_committed(repo: Repo, program: stores.Program) -> None:
    result = program(*LOG, "--format", "json")
    assert (result.data["commit"], repo.git("status", "--porcelain"), repo.git("rev-list", "--count", "HEAD")) == (
        None,
        f"M {ONE}".rjust(len(ONE) + 3),
        "1",
    )


def test_the_settings_can_turn_it_round(repo: Repo, program: stores.Program) -> None:
    repo.commit({"crmtext.toml": stores.TEAM.replace('"never"', '"auto"')}, "settings")
    assert program(*LOG, "--format", "json").data["commit"] == repo.git("rev-parse", "HEAD")
    assert program(*LOG, "--no-commit", "--format", "json").data["commit"] is None


def test_a_message_of_ones_own_asks_for_a_commit_and_keeps_the_trailers(repo: Repo, program: stores.Program) -> None:
    assert program(*LOG, "-m", "报价之后").code == 0
    assert repo.git("log", "-1", "--format=%B") == "报价之后\n\nCrm-Customer: C20240501001\nCrm-Action: log"
    assert refused(repo, program, *LOG, "-m", "x", "--no-commit")[0] == 2


@pytest.mark.parametrize("message", [f"身份证 {RESIDENT}", "card 4111 1111 1111 1111", "a\x1b[2Jb", " \n "])
def test_a_message_with_what_must_not_enter_the_history_is_refused(
    repo: Repo, program: stores.Program, message: str
) -> None:
    assert refused(repo, program, *LOG, "-m", message)[0] == 2


def test_a_person_is_named_by_id_only(repo: Repo, program: stores.Program) -> None:
    assert program("log", "C20240501003", "phone", "李四说", "--commit").code == 0
    assert repo.git("log", "-1", "--format=%s") == "C20240501003: +1 interaction (phone)"


def test_who_is_not_on_the_team_is_told_how_to_be(
    repo: Repo, program: stores.Program, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GIT_AUTHOR_NAME", "Tom")
    monkeypatch.setenv("GIT_AUTHOR_EMAIL", "tom@example.com")
    code, result = refused(repo, program, *LOG, "--by", "lilei", "--commit")
    assert (code, "[team-member]" in result, "[team.tom]" in result) == (3, True, True)


def test_what_the_user_staged_and_changed_elsewhere_stays(repo: Repo, program: stores.Program) -> None:
    repo.write(TWO, stores.record("002", "公司002") + "priority: key\n")
    repo.git("add", TWO)
    repo.write(THREE, stores.record("003", "李四", type="person") + "priority: key\n")
    repo.write("note.txt", "mine\n")
    before = repo.git("status", "--porcelain")
    assert program(*LOG, "--commit").code == 0
    assert repo.git("status", "--porcelain") == before
    assert repo.git("show", "--format=", "--name-status") == f"M\t{ONE}"


def test_unstaged_edits_of_the_same_record_stay_unstaged(repo: Repo, program: stores.Program) -> None:
    mine = stores.record("001", "公司001", priority="key")
    repo.write(ONE, mine)
    assert program(*LOG, "--commit").code == 0
    assert repo.git("show", f"HEAD:{ONE}") + "\n" == stores.record("001", "公司001") + "interactions:\n" + ENTRY
    assert (repo.path / ONE).read_text(encoding="utf-8") == mine + "interactions:\n" + ENTRY
    assert repo.git("diff", "--unified=0", "--", ONE).splitlines()[-1] == "+priority: key"
    assert repo.git("diff", "--cached", "--name-only") == ""


def test_an_entry_goes_beside_the_same_neighbour_in_both_texts(repo: Repo, program: stores.Program) -> None:
    old = stores.record("001", "公司001", "interactions:\n" + ENTRY)
    repo.commit({ONE: old}, "old")
    typed = ENTRY.replace("2026-11-20", "2026-11-01").replace("报价", "手写")
    repo.write(ONE, old.replace("interactions:\n", "interactions:\n" + typed))
    assert program("log", "C20240501001", "visit", "拜访", "--date", "2026-11-10", "--commit").code == 0
    head, disk = repo.git("show", f"HEAD:{ONE}"), (repo.path / ONE).read_text(encoding="utf-8")
    assert [line.split()[-1] for line in head.splitlines() if "summary" in line] == ["拜访", "报价"]
    assert [line.split()[-1] for line in disk.splitlines() if "summary" in line] == ["手写", "拜访", "报价"]


def test_staged_edits_of_the_same_record_stay_staged(repo: Repo, program: stores.Program) -> None:
    old, entry = stores.record("001", "公司001"), "interactions:\n" + ENTRY
    repo.write(ONE, old + "priority: key\n")
    repo.git("add", ONE)
    repo.write(ONE, old + "priority: key\nwebsite: https://example.com\n")
    assert program(*LOG, "--commit").code == 0
    assert repo.git("show", f"HEAD:{ONE}") + "\n" == old + entry
    assert repo.git("show", f":{ONE}") + "\n" == old + entry + "priority: key\n"
    on_disk = (repo.path / ONE).read_text(encoding="utf-8")
    assert on_disk == old + entry + "priority: key\nwebsite: https://example.com\n"
    assert program("undo").code == 0
    assert repo.git("show", f"HEAD:{ONE}") + "\n" == old
    assert repo.git("show", f":{ONE}") + "\n" == old + "priority: key\n"
    assert (repo.path / ONE).read_text(encoding="utf-8") == on_disk.replace(entry, "")


@pytest.mark.parametrize(("value", "rule"), [("deleted", "staged-changes"), ("priority: key\n", "uncommitted-changes")])
def test_staged_edits_that_the_change_builds_on_are_refused(
    repo: Repo, program: stores.Program, value: str, rule: str
) -> None:
    if value == "deleted":
        repo.git("rm", "-q", "--cached", ONE)
    else:
        repo.write(ONE, stores.record("001", "公司001") + value)
        repo.git("add", ONE)
    code, result = refused(repo, program, "set", "C20240501001", "priority=low", "--commit")
    assert (code, f"[{rule}]" in result) == (3, True)
    assert program("set", "C20240501001", "priority=low").code == 0


@pytest.mark.parametrize("staged", [False, True], ids=["untracked", "staged"])
def test_a_new_record_is_committed_as_a_whole(repo: Repo, program: stores.Program, *, staged: bool) -> None:
    new = stores.path("004")
    repo.write(new, stores.record("004", "公司004"))
    if staged:
        repo.git("add", new)
    assert program("log", "C20240501004", "phone", "x", "--commit").code == 0
    assert (repo.git("show", "--format=", "--name-status", "HEAD"), repo.git("status", "--porcelain")) == (
        f"A\t{new}",
        "",
    )
    assert repo.git("show", f"HEAD:{new}").endswith("    channel: phone\n    summary: x")


def test_old_errors_in_the_record_are_not_held_against_a_commit(repo: Repo, program: stores.Program) -> None:
    repo.commit({ONE: stores.record("001", "公司001", status="nonsense")}, "wrong")
    assert program(*LOG, "--commit").code == 0
    assert repo.git("status", "--short") == ""


def test_errors_elsewhere_are_not_held_against_a_commit(repo: Repo, program: stores.Program) -> None:
    repo.commit({TWO: stores.record("002", "公司002", status="nonsense")}, "wrong")
    assert program(*LOG, "--commit").code == 0


def test_a_merge_that_is_not_finished_stops_a_commit_and_not_a_change(repo: Repo, program: stores.Program) -> None:
    repo.git("switch", "-qc", "side")
    repo.commit({"note": "theirs\n"})
    repo.git("switch", "-q", "main")
    repo.commit({"note": "ours\n"})
    repo.git("merge", "side", check=False)
    code, result = refused(repo, program, *LOG, "--commit")
    assert (code, "[merge-in-progress]" in result) == (3, True)
    assert program(*LOG).code == 0


def test_a_detached_head_moves(repo: Repo, program: stores.Program) -> None:
    main = repo.git("rev-parse", "main")
    repo.git("switch", "-q", "--detach")
    assert program(*LOG, "--commit").code == 0
    assert (repo.git("rev-parse", "HEAD^"), repo.git("rev-parse", "main")) == (main, main)


def test_a_linked_work_tree_has_its_own_branch_and_its_own_last_change(
    repo: Repo, capsys: pytest.CaptureFixture[str]
) -> None:
    other = repo.worktree("other")
    main = repo.git("rev-parse", "HEAD")
    assert stores.Program(capsys, other.path)(*LOG, "--commit").code == 0
    assert (repo.git("rev-parse", "HEAD"), other.git("rev-parse", "HEAD^")) == (main, main)
    assert stores.Program(capsys, repo.path)("undo").code == 3
    assert stores.Program(capsys, other.path)("undo").code == 0


def test_the_first_commit_holds_the_record_alone(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    unborn = Repo(stores.made(tmp_path / "unborn", stores.record()))
    unborn.git("init", "-q", "-b", "main")
    assert stores.Program(capsys, unborn.path)(*LOG, "--commit").code == 0
    assert unborn.git("show", "--format=", "--name-only", "HEAD") == ONE


def test_without_a_repository_there_is_nothing_to_commit_to(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = stores.made(tmp_path / "plain", stores.record())
    result = stores.Program(capsys, folder)(*LOG, "--by", "lilei", "--commit")
    assert (result.code, "[no-repository]" in result.err) == (3, True)


def test_a_store_in_a_sub_folder_commits_by_its_own_paths(repo: Repo, capsys: pytest.CaptureFixture[str]) -> None:
    repo.commit({"销售/crmtext.toml": stores.TEAM, f"销售/{ONE}": stores.record("001", "公司001")}, "second store")
    assert stores.Program(capsys, repo.path / "销售")(*LOG, "--commit").code == 0
    assert repo.git("-c", "core.quotePath=false", "show", "--format=", "--name-status") == f"M\t销售/{ONE}"


def test_line_ends_that_git_turns_round_stay_turned_round(repo: Repo, program: stores.Program) -> None:
    repo.git("config", "core.autocrlf", "true")
    (repo.path / ONE).unlink()
    repo.git("checkout", "--", ONE)
    assert b"\r\n" in (repo.path / ONE).read_bytes()
    assert program(*LOG, "--commit").code == 0
    assert "\r" not in repo.git("show", f"HEAD:{ONE}")
    assert repo.git("status", "--porcelain") == ""


def test_commits_are_signed_where_the_user_wants_them_signed(
    repo: Repo, program: stores.Program, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    signer = tmp_path / "signer"
    signer.write_text('#!/bin/sh\ncat >/dev/null\nprintf "\\n[GNUPG:] SIG_CREATED \\n" >&2\necho signed\n')
    signer.chmod(0o755)
    (tmp_path / "settings").write_text(f"[commit]\n\tgpgSign = yes\n[gpg]\n\tprogram = {signer}\n")
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", str(tmp_path / "settings"))
    assert program(*LOG, "--commit").code == 0
    assert "gpgsig signed" in repo.git("cat-file", "commit", "HEAD")


@pytest.mark.skipif(not shutil.which("ssh-keygen"), reason="needs ssh-keygen")
def test_commits_are_signed_with_a_key_of_ssh(
    repo: Repo, program: stores.Program, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    key, allowed = tmp_path / "key", tmp_path / "allowed"
    subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", key], check=True)
    allowed.write_text(f"lilei@example.com {key.with_suffix('.pub').read_text()}")
    (tmp_path / "settings").write_text(
        f"[commit]\n\tgpgSign = yes\n[user]\n\tsigningKey = {key}\n"
        f'[gpg]\n\tformat = ssh\n[gpg "ssh"]\n\tallowedSignersFile = {allowed}\n'
    )
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", str(tmp_path / "settings"))
    assert program(*LOG, "--commit").code == 0
    assert repo.git("log", "-1", "--format=%G? %GS") == "G lilei@example.com"
    key.unlink()
    code, result = refused(repo, program, *LOG, "--commit")
    assert (code, "[git-failed]" in result, "user.signingKey" in result) == (3, True, True)


@pytest.mark.parametrize(
    ("file", "message"),
    [
        ("MERGE_HEAD", "merge"),
        ("CHERRY_PICK_HEAD", "cherry-pick"),
        ("REVERT_HEAD", "revert"),
        ("rebase-merge", "rebase"),
    ],
)
def test_what_git_has_not_finished_is_named_with_the_way_out(
    repo: Repo, program: stores.Program, file: str, message: str
) -> None:
    if file == "rebase-merge":
        (repo.path / ".git" / file).mkdir()
    else:
        repo.write(f".git/{file}", repo.git("rev-parse", "HEAD") + "\n")
    code, output = refused(repo, program, *LOG, "--commit")
    assert (code, f"a {message} is in progress" in output, f"git {message} --abort" in output) == (3, True, True)


def test_no_commit_says_no_where_the_settings_say_auto(repo: Repo, program: stores.Program) -> None:
    repo.commit({"crmtext.toml": stores.TEAM.replace('"never"', '"auto"')}, "auto")
    before = repo.git("rev-parse", "HEAD")
    assert program(*LOG, "--no-commit").code == 0
    assert (repo.git("rev-parse", "HEAD"), repo.git("status", "--porcelain")) == (before, f" M {ONE}")
    assert program("check", "--fix").code == 0
    assert repo.git("rev-parse", "HEAD") == before


def test_the_settings_have_commands_commit(repo: Repo, program: stores.Program) -> None:
    repo.commit({"crmtext.toml": stores.TEAM.replace("never", "auto")}, "auto")
    result = program(*LOG)
    assert (result.code, repo.git("status", "--porcelain")) == (0, "")
    assert (
        result.err.splitlines()[-1]
        == f"Committed {repo.git('log', '-1', '--format=%h %s', '--abbrev=8').replace(' ', ': ', 1)}"
    )


def test_without_commits_the_next_step_is_printed(repo: Repo, program: stores.Program) -> None:
    result = program(*LOG)
    assert result.err.splitlines()[-1] == f"not committed; next: git add {ONE} && git commit"
    assert program("set", "--where", "true", "priority=low").err.splitlines()[-1] == (
        f"not committed; next: git add {' '.join(map(stores.path, ('001', '002', '003')))} && git commit"
    )
    assert "not committed" not in program(*LOG, "--no-commit").err


def test_during_a_merge_nothing_is_committed_by_default(repo: Repo, program: stores.Program) -> None:
    repo.commit({"crmtext.toml": stores.TEAM.replace("never", "auto")}, "auto")
    before = repo.git("rev-parse", "HEAD")
    repo.write(".git/MERGE_HEAD", f"{before}\n")
    result = program(*LOG)
    assert (result.code, result.err.splitlines()[-1]) == (0, "not committed: a merge is in progress")
    assert (repo.git("rev-parse", "HEAD"), repo.git("status", "--porcelain")) == (before, f" M {ONE}")


def test_a_store_without_git_is_written_by_default(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = stores.made(tmp_path / "plain", stores.record(), team=stores.TEAM.replace("never", "auto"))
    result = stores.Program(capsys, folder)(*LOG, "--by", "lilei")
    assert (result.code, len(result.err.splitlines())) == (0, 1)


def test_commits_that_the_upstream_lacks_are_counted(repo: Repo, program: stores.Program, tmp_path: Path) -> None:
    repo.git("clone", "-q", "--bare", ".", str(tmp_path / "bare"))
    repo.git("remote", "add", "origin", str(tmp_path / "bare"))
    repo.git("fetch", "-q", "origin")
    repo.git("branch", "-q", "-u", "origin/main")
    assert program(*LOG, "--commit").err.splitlines()[-1] == "1 commit not pushed: crmtext sync"
    assert program(*LOG).err.splitlines()[-1] == "1 commit not pushed: crmtext sync"
    assert program("undo").err.splitlines()[-1] == "1 commit not pushed: crmtext sync"
    assert program("undo").err.splitlines()[-1] == "2 commits not pushed: crmtext sync"


def test_git_hooks_do_not_run_wherever_they_are(repo: Repo, program: stores.Program, tmp_path: Path) -> None:
    folder = tmp_path / "their hooks"
    folder.mkdir()
    for name in ("pre-commit", "commit-msg", "post-commit", "reference-transaction"):
        (folder / name).write_text(f"#!/bin/sh\ntouch '{tmp_path}/ran'\nexit 1\n")
        (folder / name).chmod(0o755)
    repo.git("config", "core.hooksPath", str(folder))
    assert program(*LOG, "--commit").code == 0
    assert not (tmp_path / "ran").exists()


def test_a_branch_that_moves_between_the_verdict_and_the_commit_is_not_overrun(
    repo: Repo, program: stores.Program, monkeypatch: pytest.MonkeyPatch
) -> None:
    theirs = repo.git("commit-tree", "HEAD^{tree}", "-p", "HEAD", "-m", "theirs")
    real = move_head.carry_out

    def moved(*given: Any) -> None:
        repo.git("update-ref", "refs/heads/main", theirs)
        real(*given)

    monkeypatch.setattr(move_head, "carry_out", moved)
    before = stores.files(repo.path)
    result = program(*LOG, "--commit")
    assert (result.code, "[head-moved]" in result.err) == (3, True)
    assert (repo.git("rev-parse", "HEAD"), repo.git("status", "--porcelain")) == (theirs, "")
    assert stores.files(repo.path) == before
