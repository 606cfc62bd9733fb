from __future__ import annotations

import os
import signal
import subprocess
import sys
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from stores import opened

from crmtext.disk import files
from crmtext.git import config, plumbing
from crmtext.git.plumbing import repository
from crmtext.problem import CrmError, Exit
from crmtext.storage import commit as storage_commit
from crmtext.storage import move_head
from crmtext.storage.commit import commit

if TYPE_CHECKING:
    from repos import Repo

C1, C2 = "records/C1.yaml", "records/客户 二.yaml"


def log(repo: Repo, form: str = "%s") -> list[str]:
    return repo.git("log", f"--format={form}").splitlines()


def shown(repo: Repo, path: str) -> str:
    return repo.git("show", f"HEAD:{path}")


def refused(repo: Repo, changes: dict[str, bytes | None]) -> tuple[str, Exit]:
    """The rule by which a commit is refused; nothing has moved then."""
    before = (repo.git("rev-parse", "HEAD"), repo.git("status", "--porcelain"), (repo.path / ".git/index").read_bytes())
    with pytest.raises(CrmError) as caught:
        commit(opened(repo), changes, "refused")
    after = (repo.git("rev-parse", "HEAD"), repo.git("status", "--porcelain"), (repo.path / ".git/index").read_bytes())
    assert (after, leftovers(repo)) == (before, [])
    return caught.value.problem.rule, caught.value.exit_code


def leftovers(repo: Repo) -> list[Path]:
    return [*(repo.path / ".git").rglob(".crmtext-*"), *(repo.path / ".git").rglob("*.lock")]


def test_a_commit_holds_the_files_given_and_nothing_else(repo: Repo) -> None:
    repo.commit({C1: "old\n", C2: "old\n", "other": "x\n"})
    repo.write(C1, "new\n")
    repo.write("other", "not staged\n")
    commit_id = commit(opened(repo), {C1: b"new\n", C2: None}, "上海示例: 改\n\nCrm-Customer: C1\n")
    assert repo.git("rev-parse", "HEAD") == commit_id
    assert log(repo, "%B%an <%ae> %aI") == [
        "上海示例: 改",
        "",
        "Crm-Customer: C1",
        "李雷 <lilei@example.com> 2026-11-20T12:00:00+08:00",
        "change",
        "李雷 <lilei@example.com> 2026-11-20T12:00:00+08:00",
    ]
    assert repo.git("-c", "core.quotePath=false", "show", "--format=", "--name-status") == f"M\t{C1}\nD\t{C2}"
    assert leftovers(repo) == []
    repo.git("fsck", "--strict")


def test_what_the_user_has_staged_and_changed_stays_as_it_was(repo: Repo) -> None:
    repo.commit({C1: "old\n", "part": "old\n", "gone": "x\n", "moved": "y\n"})
    repo.write("part", "staged\n")
    repo.git("add", "part")
    repo.write("part", "not staged\n")
    repo.git("rm", "-q", "gone")
    repo.git("mv", "moved", "to")
    repo.write("intended", "later\n")
    repo.git("add", "-N", "intended")
    before = repo.git("status", "--porcelain")
    repo.write(C1, "new\n")
    commit(opened(repo), {C1: b"new\n"}, "ours")
    assert repo.git("status", "--porcelain") == before
    assert (repo.git("show", ":part"), shown(repo, "part"), shown(repo, C1)) == ("staged", "old", "new")


def test_unstaged_work_in_the_same_file_is_not_swept_into_the_commit(repo: Repo) -> None:
    repo.commit({C1: "name: a\nsteps: []\n"})
    repo.write(C1, "name: edited by hand\nsteps: [ours]\n")
    commit(opened(repo), {C1: b"name: a\nsteps: [ours]\n"}, "ours")
    assert shown(repo, C1) == "name: a\nsteps: [ours]"
    assert repo.git("diff", "--name-only") == C1
    assert repo.git("diff", "--cached", "--name-only") == ""


def test_the_users_next_commit_does_not_take_ours_back(repo: Repo) -> None:
    repo.commit({C1: "old\n", C2: "old\n"})
    repo.write(C1, "new\n")
    commit(opened(repo), {C1: b"new\n", C2: None, "records/C3.yaml": b"three\n"}, "ours")
    repo.git("commit", "-q", "--allow-empty", "-m", "theirs")
    assert repo.git("diff", "--name-status", "HEAD~1") == "D\trecords/C3.yaml"
    assert repo.git("diff", "--name-status", "HEAD~1", "HEAD") == ""


def test_the_first_commit_is_made_on_the_unborn_branch(repo: Repo) -> None:
    repo.write("mine", "staged\n")
    repo.git("add", "mine")
    commit(opened(repo), {C2: b"id: C2\n"}, "first")
    assert (log(repo), repo.git("rev-parse", "--abbrev-ref", "HEAD")) == (["first"], "main")
    assert repo.git("ls-tree", "-rz", "--name-only", "HEAD") == C2 + "\0"
    assert repo.git("diff", "--cached", "--name-status", "HEAD") == "A\tmine"


def test_a_detached_head_moves_and_no_branch_does(repo: Repo) -> None:
    first = repo.commit({C1: "old\n"})
    repo.git("switch", "-q", "--detach")
    commit_id = commit(opened(repo), {C1: b"new\n"}, "ours")
    assert (repo.git("rev-parse", "HEAD"), repo.git("rev-parse", "main")) == (commit_id, first)


def test_a_linked_work_tree_gets_its_commit_on_its_own_branch(repo: Repo) -> None:
    first = repo.commit({C1: "old\n"})
    other = repo.worktree("other")
    commit_id = commit(opened(other), {C1: b"new\n"}, "ours")
    assert (repo.git("rev-parse", "other"), repo.git("rev-parse", "main")) == (commit_id, first)
    assert repo.git("status", "--porcelain") == ""
    assert other.git("diff", "--cached", "--name-only") == ""


def test_the_same_files_again_make_no_second_commit(repo: Repo) -> None:
    repo.commit({C1: "old\n"})
    commit_id = commit(opened(repo), {C1: b"new\n"}, "ours")
    assert commit(opened(repo), {C1: b"new\n", "absent": None}, "ours again") == commit_id
    assert log(repo) == ["ours", "change"]


def test_many_files_go_into_one_commit(repo: Repo) -> None:
    many = {f"records/C{number}.yaml": b"id: C%d\n" % number for number in range(450)}
    commit(opened(repo), many, "many")
    commit(opened(repo), many | {"records/C7.yaml": b"", "records/C8.yaml": None}, "two")
    assert repo.git("show", "--format=", "--name-status") == "M\trecords/C7.yaml\nD\trecords/C8.yaml"
    assert (len(repo.git("ls-files").splitlines()), shown(repo, "records/C9.yaml")) == (449, "id: C9")


def test_bytes_are_kept_as_they_are_whatever_git_is_set_to(repo: Repo) -> None:
    repo.commit({".gitattributes": "* text=auto eol=crlf\n"})
    repo.git("config", "core.autocrlf", "true")
    commit(opened(repo), {C1: b"a\r\nb\n", C2: b"\0\xff"}, "bytes")
    blobs = [subprocess.check_output(["git", "cat-file", "blob", f"HEAD:{path}"], cwd=repo.path) for path in (C1, C2)]
    assert blobs == [b"a\r\nb\n", b"\0\xff"]


def test_a_file_keeps_its_executable_bit(repo: Repo) -> None:
    repo.write("tool", "old\n").chmod(0o755)
    repo.git("add", "tool")
    repo.git("commit", "-qm", "tool")
    commit(opened(repo), {"tool": b"new\n", C1: b"id: C1\n"}, "ours")
    modes = [line.split()[0] for line in repo.git("ls-tree", "-r", "HEAD").splitlines()]
    assert modes == ["100644", "100755"]


def test_a_history_can_be_made_with_its_own_authors_and_dates(repo: Repo) -> None:
    china = timezone(timedelta(hours=8))
    moments = (datetime(2026, 9, 1, 9, 30, tzinfo=china), datetime(1970, 1, 2, tzinfo=UTC))
    for number, when in enumerate(moments):
        commit(opened(repo), {C1: b"%d\n" % number}, "one", author=("韩梅", "hanmei@example.com"), when=when)
    assert log(repo, "%an <%ae> %aI") == log(repo, "%cn <%ce> %cI")
    assert log(repo, "%an <%ae> %aI") == [
        "韩梅 <hanmei@example.com> 1970-01-02T00:00:00+00:00",
        "韩梅 <hanmei@example.com> 2026-09-01T09:30:00+08:00",
    ]


def test_an_author_without_a_moment_is_not_the_committer(repo: Repo) -> None:
    commit(opened(repo), {C1: b"1\n"}, "one", author=("韩梅", "hanmei@example.com"))
    assert log(repo, "%an %cn") == ["韩梅 李雷"]


@pytest.mark.parametrize("index", [b"staged\n", None], ids=["changed", "deleted"])
def test_staged_work_in_the_same_file_is_refused(repo: Repo, index: bytes | None) -> None:
    repo.commit({C1: "old\n"})
    if index:
        repo.write(C1, index.decode())
        repo.git("add", C1)
    else:
        repo.git("rm", "-q", C1)
    assert refused(repo, {C1: b"new\n"}) == ("staged-changes", Exit.CANNOT)
    with pytest.raises(CrmError) as caught:
        storage_commit.refuse_staged(opened(repo), {C1: b"new\n"}, {})
    assert caught.value.problem.rule == "staged-changes"
    storage_commit.refuse_staged(opened(repo), {C1: index, C2: b"new\n"}, {})


def test_what_is_staged_just_as_it_is_to_be_committed_is_fine(repo: Repo) -> None:
    repo.commit({C1: "old\n"})
    repo.write(C1, "new\n")
    repo.git("add", C1)
    commit(opened(repo), {C1: b"new\n"}, "ours")
    assert (repo.git("status", "--porcelain"), log(repo)) == ("", ["ours", "change"])


@pytest.mark.parametrize("command", ["merge", "rebase", "cherry-pick"])
def test_a_merge_that_is_not_finished_is_refused(repo: Repo, command: str) -> None:
    repo.commit({C1: "base\n"})
    repo.git("switch", "-qc", "side")
    repo.commit({C1: "theirs\n"})
    repo.git("switch", "-q", "main")
    repo.commit({C1: "ours\n"})
    repo.git(command, "side", check=False)
    assert refused(repo, {C2: b"new\n"}) == ("merge-in-progress", Exit.CANNOT)


def test_a_repository_without_a_work_tree_is_refused(repo: Repo) -> None:
    repo.git("clone", "-q", "--bare", ".", "../bare")
    git_repo = repository(repo.path.parent / "bare")
    assert git_repo is not None
    with pytest.raises(CrmError) as caught:
        commit(git_repo, {C1: b""}, "no")
    assert caught.value.problem.rule == "no-work-tree"


def test_without_an_identity_nothing_is_made_up(repo: Repo, monkeypatch: pytest.MonkeyPatch) -> None:
    repo.commit({C1: "old\n"})
    for role in ("AUTHOR", "COMMITTER"):
        monkeypatch.delenv(f"GIT_{role}_NAME")
        monkeypatch.delenv(f"GIT_{role}_EMAIL")
    assert refused(repo, {C1: b"new\n"}) == ("no-identity", Exit.CANNOT)


def signer(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, *lines: str) -> Path:
    """The user's own settings: all commits signed, by a script instead of gpg."""
    program = tmp_path / "signer"
    status = 'printf "\\n[GNUPG:] SIG_CREATED \\n" >&2'
    program.write_text("\n".join(("#!/bin/sh", *lines, "cat >/dev/null", status, "echo signed-by-script", "")))
    program.chmod(0o755)
    settings = tmp_path / "settings"
    settings.write_text(f"[commit]\n\tgpgSign = yes\n[gpg]\n\tprogram = {program}\n")
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", str(settings))
    return program


def test_commits_are_signed_when_the_user_wants_them_signed(
    repo: Repo, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    signer(tmp_path, monkeypatch)
    commit(opened(repo), {C1: b"new\n"}, "ours")
    assert "gpgsig signed-by-script" in repo.git("cat-file", "commit", "HEAD")
    repo.git("config", "commit.gpgSign", "false")
    commit(opened(repo), {C1: b"newer\n"}, "ours")
    assert "gpgsig" not in repo.git("cat-file", "commit", "HEAD")


def test_a_received_repository_does_not_choose_the_program_that_signs(
    repo: Repo, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    repo.commit({C1: "old\n"})
    program = signer(tmp_path, monkeypatch, f"touch {tmp_path}/ran")
    monkeypatch.delenv("GIT_CONFIG_GLOBAL")
    for key, value in (("gpg.program", str(program)), ("commit.gpgSign", "true")):
        config.config_set(opened(repo), key, value)
    assert refused(repo, {C1: b"new\n"}) == ("git-runs-program", Exit.CANNOT)
    assert not (tmp_path / "ran").exists()


def test_hooks_of_the_repository_do_not_run(repo: Repo, tmp_path: Path) -> None:
    repo.commit({C1: "old\n"})
    for hook in ("pre-commit", "post-index-change", "reference-transaction", "post-commit"):
        repo.write(f".git/hooks/{hook}", f"#!/bin/sh\ntouch {tmp_path}/ran\n").chmod(0o755)
    commit(opened(repo), {C1: b"new\n"}, "ours")
    assert not (tmp_path / "ran").exists()


def test_a_head_that_moved_while_we_worked_is_not_overrun(
    repo: Repo, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    repo.commit({C1: "old\n"})
    theirs = repo.git("commit-tree", "HEAD^{tree}", "-p", "HEAD", "-m", "theirs")
    # Signing takes its time; somebody else commits meanwhile.
    signer(tmp_path, monkeypatch, f"git update-ref HEAD {theirs}")
    index = (repo.path / ".git/index").read_bytes()
    with pytest.raises(CrmError) as caught:
        commit(opened(repo), {C1: b"new\n"}, "ours")
    assert (caught.value.problem.rule, caught.value.exit_code) == ("head-moved", Exit.CANNOT)
    assert log(repo) == ["theirs", "change"]
    assert ((repo.path / ".git/index").read_bytes(), leftovers(repo)) == (index, [])


def test_an_interruption_in_the_middle_of_a_commit_waits_for_its_end(
    repo: Repo, monkeypatch: pytest.MonkeyPatch
) -> None:
    repo.commit({C1: "old\n"})
    carry_out = move_head.carry_out

    def interrupted(*args: Any) -> None:
        signal.raise_signal(signal.SIGINT)
        carry_out(*args)

    monkeypatch.setattr(move_head, "carry_out", interrupted)
    commit(opened(repo), {C1: b"new\n"}, "ours")
    assert (log(repo), repo.git("diff", "--cached", "--name-only"), leftovers(repo)) == (["ours", "change"], "", [])
    with pytest.raises(KeyboardInterrupt):
        signal.raise_signal(signal.SIGINT)


def test_another_gits_lock_is_waited_for_and_left_alone(repo: Repo, monkeypatch: pytest.MonkeyPatch) -> None:
    repo.commit({C1: "old\n"})
    lock = repo.write(".git/index.lock", "")
    monkeypatch.setattr("crmtext.storage.user_index._PATIENCE", 0.05)
    with pytest.raises(CrmError) as caught:
        commit(opened(repo), {C1: b"new\n"}, "ours")
    assert caught.value.problem.rule == "git-locked"
    assert str(lock) in caught.value.problem.hint
    assert (lock.exists(), log(repo)) == (True, ["change"])


COMMIT_AND_DIE = """
import os, sys
from pathlib import Path
from crmtext.git import plumbing
from crmtext.storage import commit, move_head, user_index
module, name = sys.argv[2].split(".")
setattr({"commit": commit, "move_head": move_head, "user_index": user_index}[module], name, lambda *args: os._exit(9))
files = {sys.argv[3]: b"new\\n", sys.argv[4]: None}
commit.commit(plumbing.repository(Path(sys.argv[1])), files, "ours")
"""


@pytest.mark.parametrize("died_at", ["commit.index_changed", "move_head.carry_out", "user_index.unlock"])
def test_a_commit_whose_writer_was_killed_is_finished_by_the_next(repo: Repo, died_at: str) -> None:
    repo.commit({C1: "old\n", C2: "old\n"})
    repo.write(C1, "new\n")
    here = os.environ | {"PYTHONPATH": str(Path(files.__file__).parents[2])}
    killed = subprocess.run([sys.executable, "-c", COMMIT_AND_DIE, repo.path, died_at, C1, C2], env=here, check=False)
    assert killed.returncode == 9
    assert (repo.path / ".git/index.lock").exists()
    for name in ("HEAD.lock", "refs/heads/main.lock", ".crmtext-0a.tmp.lock"):
        os.utime(repo.write(f".git/{name}", ""), (1, 1))
    commit(opened(repo), {"records/C3.yaml": b"three\n"}, "next")
    assert log(repo) == ["next", "ours", "change"]
    assert (leftovers(repo), repo.git("diff", "--cached", "--name-only")) == ([], "")


def test_a_commit_that_can_not_be_finished_any_more_is_dropped(repo: Repo) -> None:
    repo.commit({C1: "old\n"})
    repo.write(".git/index.lock", f"taken by crmtext\n{'1' * 40} {'2' * 40}\n")
    assert storage_commit.finish(opened(repo)) is None
    assert (log(repo), leftovers(repo)) == (["change"], [])


@pytest.mark.parametrize("lost", ["HEAD", "HEAD^{tree}", f"HEAD:{C1}"])
def test_a_commit_that_went_with_the_power_is_dropped(repo: Repo, lost: str) -> None:
    parent = repo.commit({C1: "old\n"})
    commit_id = repo.commit({C1: "new\n"})
    name = repo.git("rev-parse", lost)
    repo.git("reset", "-q", "--soft", parent)
    repo.write(".git/index.lock", f"taken by crmtext\n{parent} {commit_id}\n")
    (repo.path / f".git/objects/{name[:2]}/{name[2:]}").unlink()
    assert storage_commit.finish(opened(repo)) is None
    assert (log(repo), leftovers(repo)) == (["change"], [])


def test_the_lock_of_a_branch_whose_writer_was_killed_is_removed_by_the_next(repo: Repo) -> None:
    repo.commit({C1: "old\n"})
    lock = repo.write(".git/refs/heads/import/test.lock", "")
    os.utime(lock, (1, 1))
    repo.write(".git/index.lock", "taken by crmtext\nbranch import/test\n")
    assert storage_commit.finish(opened(repo)) is None
    assert (lock.exists(), leftovers(repo)) == (False, [])


@pytest.mark.parametrize("name", ["../../config", "..", "a b", "", "x\nbranch y", "/etc/passwd"])
def test_a_forged_note_of_a_branch_removes_nothing(repo: Repo, name: str) -> None:
    repo.commit({C1: "old\n"})
    lock = repo.write(".git/config.lock", "")
    repo.write(".git/index.lock", f"taken by crmtext\nbranch {name}\n")
    assert storage_commit.finish(opened(repo)) is None
    assert (lock.exists(), (repo.path / ".git/index.lock").exists()) == (True, True)


def test_a_store_in_a_sub_folder_commits_by_paths_from_the_top(repo: Repo) -> None:
    repo.commit({"销售/records/C1.yaml": "old\n", "readme": "x\n"})
    git_repo = repository(repo.path / "销售")
    assert git_repo is not None
    with files.lock(git_repo.git_dir, 1):
        commit(git_repo, {git_repo.prefix + C1: b"new\n"}, "ours")
    assert shown(repo, "销售/records/C1.yaml") == "new"
    assert plumbing.head(git_repo) == repo.git("rev-parse", "main")


@pytest.mark.parametrize("path", ["../out", "/out", ".git/config", "a/../b", "a//b"])
def test_a_path_that_leads_out_is_refused_by_git(repo: Repo, path: str) -> None:
    repo.commit({C1: "old\n"})
    assert refused(repo, {path: b"new\n"}) == ("git-failed", Exit.CANNOT)
