"""`undo`: what the tool did last is taken back, and nothing that anybody else did."""

from __future__ import annotations

import shlex
from typing import TYPE_CHECKING

import pytest
import stores

from crmtext.setup import merge_driver

if TYPE_CHECKING:
    from pathlib import Path

    from repos import Repo

ONE, TWO = stores.path("001"), stores.path("002")
LOG = ("log", "C20240501001", "phone", "报价")
OTHER = ("log", "C20240501002", "visit", "拜访")


@pytest.fixture
def repo(repo: Repo) -> Repo:
    texts = {stores.path(number): stores.record(number, f"公司{number}") for number in ("001", "002")}
    repo.commit({"crmtext.toml": stores.TEAM, **texts}, "store")
    return repo


@pytest.fixture
def program(repo: Repo, capsys: pytest.CaptureFixture[str]) -> stores.Program:
    return stores.Program(capsys, repo.path)


def subjects(repo: Repo) -> list[str]:
    return repo.git("log", "--format=%s").splitlines()


def test_a_change_on_the_disk_is_taken_back_on_the_disk(repo: Repo, program: stores.Program) -> None:
    before = stores.files(repo.path)
    program(*LOG)
    result = program("undo")
    assert (result.code, result.err) == (0, f"Undone: Logged a phone call on 2026-11-20 for 公司001: {ONE}\n")
    assert (stores.files(repo.path), repo.git("status", "--porcelain")) == (before, "")


def test_a_commit_is_taken_back_by_a_commit(repo: Repo, program: stores.Program) -> None:
    before = stores.files(repo.path)
    program(*LOG, "--commit")
    assert program("undo", "--format", "json").data["commit"] == repo.git("rev-parse", "HEAD")
    assert subjects(repo) == ["undo: 公司001: +1 interaction (phone)", "公司001: +1 interaction (phone)", "store"]
    assert repo.git("log", "-1", "--format=%b") == "Crm-Customer: C20240501001\nCrm-Action: undo"
    assert (repo.git("diff", "HEAD~2"), repo.git("status", "--porcelain")) == ("", "")
    assert stores.files(repo.path) == before


def test_again_undoes_the_change_before_until_there_is_none(repo: Repo, program: stores.Program) -> None:
    before = stores.files(repo.path)
    program(*LOG)
    program(*OTHER, "--commit")
    program(*LOG)
    assert [program("undo").code for _time in range(4)] == [0, 0, 0, 3]
    assert (stores.files(repo.path), repo.git("diff", "HEAD~2")) == (before, "")


def test_a_dry_run_shows_what_would_be_taken_back(repo: Repo, program: stores.Program) -> None:
    program(*LOG)
    before = stores.files(repo.path)
    assert program("undo", "--dry-run").out.endswith(
        "@@ -5,8 +5,3 @@\n owner: lilei\n contacts:\n   - name: 张三\n-interactions:\n-  - date: 2026-11-20\n"
        "-    by: lilei\n-    channel: phone\n-    summary: 报价\n"
    )
    assert stores.files(repo.path) == before
    assert program("undo").code == 0


def test_what_changed_since_is_not_undone_with_it(repo: Repo, program: stores.Program) -> None:
    program(*LOG)
    text = (repo.path / ONE).read_text(encoding="utf-8") + "priority: key\n"
    repo.write(ONE, text)
    result = program("undo")
    assert (result.code, "[changed-since]" in result.err) == (3, True)
    assert (repo.path / ONE).read_text(encoding="utf-8") == text


def test_a_commit_that_another_one_built_on_is_not_undone(repo: Repo, program: stores.Program) -> None:
    program(*LOG, "--commit")
    repo.commit({ONE: stores.record("001", "别的")}, "theirs")
    repo.write(ONE, repo.git("show", f"HEAD^:{ONE}") + "\n")
    head = repo.git("rev-parse", "HEAD")
    assert (program("undo").code, repo.git("rev-parse", "HEAD")) == (3, head)


def command(result: stores.Said) -> str:
    """The command that the rejected undo shows."""
    assert (result.code, result.out) == (3, "")
    return result.err.splitlines()[-1].partition("to undo only that change: ")[2]


def test_a_change_of_another_field_stays_with_the_command_that_is_shown(repo: Repo, program: stores.Program) -> None:
    merge_driver.install(stores.opened(repo))
    repo.commit({".gitattributes": f"{merge_driver.ATTRIBUTE}\n"})
    program(*LOG, "--commit")
    noted = repo.git("rev-parse", "HEAD")
    text = (repo.path / ONE).read_text("utf-8").replace("status: lead", "status: prospect")
    repo.commit({ONE: text}, "theirs")
    result = program("undo")
    assert result.err.splitlines()[0] == (
        "error: not undone, because the record has changed since: "
        "Logged a phone call on 2026-11-20 for 公司001: records/C202… [changed-since]"
    )
    assert command(result) == f"git revert --no-edit {noted[:8]}"
    repo.git(*shlex.split(command(result))[1:])
    assert (repo.path / ONE).read_text("utf-8") == stores.record("001", "公司001", status="prospect")


@pytest.mark.parametrize(
    ("typed", "theirs", "shown", "after"),
    [
        ("status=prospect", ("status: prospect", "status: active"), "status=lead", "status: lead"),
        ("name=公司 甲", ("name: 公司 甲", "name: 公司 乙"), "name=公司001", "name: 公司001"),
    ],
)
def test_the_same_field_is_set_back_by_the_command_that_is_shown(
    repo: Repo, program: stores.Program, typed: str, theirs: tuple[str, str], shown: str, after: str
) -> None:
    program("set", "C20240501001", typed, "--commit")
    repo.commit({ONE: (repo.path / ONE).read_text("utf-8").replace(*theirs)}, "theirs")
    wanted = command(program("undo"))
    assert wanted == f"crmtext set C20240501001 {shown}"
    assert program(*shlex.split(wanted)[1:], "--commit").code == 0
    assert [line for line in (repo.path / ONE).read_text("utf-8").splitlines() if line.startswith(after[:4])] == [after]


def test_a_new_customer_who_has_changed_since_is_removed_by_the_command_that_is_shown(
    repo: Repo, program: stores.Program
) -> None:
    added = program("add", "新客户测试", "--type", "企业", "--commit", "--format", "json").data["changed"][0]
    repo.commit({added["path"]: (repo.path / added["path"]).read_text("utf-8") + "priority: key\n"}, "theirs")
    assert command(program("undo")) == f"crmtext rm {added['id']}"


def test_in_a_chinese_store_the_commit_is_chinese(repo: Repo, program: stores.Program) -> None:
    repo.commit({"crmtext.toml": stores.TEAM.replace("[store]\n", '[store]\nlanguage = "zh"\n')})
    program(*LOG, "--commit")
    program("undo")
    assert subjects(repo)[0].startswith("撤销：公司001")


def test_a_commit_elsewhere_does_not_stand_in_the_way(repo: Repo, program: stores.Program) -> None:
    program(*LOG, "--commit")
    repo.commit({TWO: stores.record("002", "别的")}, "theirs")
    assert program("undo").code == 0
    assert repo.git("diff", "--name-only", "HEAD~3") == TWO


def test_a_commit_can_be_taken_back_on_the_disk_only(repo: Repo, program: stores.Program) -> None:
    program(*LOG, "--commit")
    assert program("undo", "--no-commit").code == 0
    assert (subjects(repo)[0], repo.git("diff", "--name-only", "HEAD~1")) == ("公司001: +1 interaction (phone)", "")


def test_edits_that_were_there_before_the_change_stay(repo: Repo, program: stores.Program) -> None:
    repo.write(ONE, stores.record("001", "公司001", priority="key"))
    program(*LOG, "--commit")
    program("undo")
    assert (repo.path / ONE).read_text(encoding="utf-8") == stores.record("001", "公司001", priority="key")
    assert repo.git("diff", "HEAD~2", "HEAD") == ""


def test_what_was_undone_by_other_means_is_said_and_passed_over(repo: Repo, program: stores.Program) -> None:
    program(*OTHER)
    program(*LOG)
    repo.git("checkout", "--", ONE)
    result = program("undo")
    assert (result.code, "[nothing-to-undo]" in result.err) == (3, True)
    assert (program("undo").code, repo.git("status", "--porcelain")) == (0, "")


def test_without_a_repository_it_works_too(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = stores.made(tmp_path / "plain", stores.record())
    before = stores.files(folder)
    program = stores.Program(capsys, folder)
    assert (program("undo").code, program(*LOG, "--by", "lilei").code, program("undo").code) == (3, 0, 0)
    assert stores.files(folder) == before


def test_a_new_record_that_was_moved_is_neither_deleted_nor_called_undone(repo: Repo, program: stores.Program) -> None:
    program("add", "移动测试公司", "--type", "企业")
    added = next(path for path in stores.files(repo.path) if path.startswith("records/") and path not in (ONE, TWO))
    moved = f"records/华东/{added.removeprefix('records/')}"
    (repo.path / "records/华东").mkdir()
    (repo.path / added).rename(repo.path / moved)
    before = stores.files(repo.path)
    result = program("undo")
    assert (result.code, result.err.partition("\n")[0]) == (
        3,
        f"error: '{added}' was moved to {moved} since the last change [changed-since]",
    )
    assert stores.files(repo.path) == before
    (repo.path / moved).rename(repo.path / added)
    assert program("undo").code == 0
    assert not (repo.path / added).exists()
