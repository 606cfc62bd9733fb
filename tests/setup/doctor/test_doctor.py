"""What the doctor finds in a clone, and that the command it names mends it."""

from __future__ import annotations

import shlex
import subprocess
from typing import TYPE_CHECKING

import pytest
import stores
from repos import Repo

from crmtext.problem import Exit
from crmtext.setup import doctor, init
from crmtext.setup.doctor import DOCTOR, State

if TYPE_CHECKING:
    from pathlib import Path

    from crmtext.setup.doctor import Finding


@pytest.fixture
def clone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Repo:
    """A store in good order, with somebody at the keyboard."""
    folder = tmp_path / "我的 库"
    init.init(folder, with_sample=False)
    monkeypatch.setenv("GIT_EDITOR", "sh")
    return Repo(folder)


def found(folder: Path, name: str = "") -> list[tuple[State, str]]:
    return [(finding.state, finding.message) for finding in doctor.examine(folder) if name in ("", finding.name)]


def wrong(folder: Path) -> list[Finding]:
    return [finding for finding in doctor.examine(folder) if finding.state is not State.FINE]


def mend(clone: Repo, finding: Finding) -> None:
    """Do what the finding says, as it stands."""
    command = finding.fix
    if command.startswith("crmtext "):
        assert stores.main(["-C", str(clone.path), *shlex.split(command)[1:]]) == 0
    else:
        subprocess.run(command, shell=True, cwd=clone.path, check=True)


def test_a_fresh_store_is_well_and_every_examination_has_spoken(clone: Repo) -> None:
    assert wrong(clone.path) == []
    assert list(dict.fromkeys(finding.name for finding in doctor.examine(clone.path))) == list(DOCTOR)


@pytest.mark.parametrize(
    ("spoil", "name", "state", "message"),
    [
        ("rm .git/hooks/pre-commit", "hooks", State.ERROR, "missing or outdated: pre-commit"),
        (
            "git remote add origin http://example.com/crm.git",
            "remotes",
            State.WARNING,
            "origin: customer data is sent unencrypted over http://",
        ),
        (
            "git remote add upstream git://example.com/crm.git",
            "remotes",
            State.WARNING,
            "upstream: customer data is sent unencrypted over git://",
        ),
        (
            "git config core.fsmonitor /tmp/evil.sh",
            "programs",
            State.WARNING,
            "this repository's git config runs a program: core.fsmonitor = /tmp/evil.sh",
        ),
        (
            "git config 'filter.a b.clean' 'evil $(x)'",
            "programs",
            State.WARNING,
            "this repository's git config runs a program: filter.a b.clean = evil $(x)",
        ),
        (
            "git config merge.crmtext.x.driver 'touch ran'",
            "programs",
            State.WARNING,
            "this repository's git config runs a program: merge.crmtext.x.driver = touch ran",
        ),
        (
            "git config merge.crmtext.driver 'touch ran'",
            "hooks",
            State.ERROR,
            "missing or outdated: merge-driver",
        ),
        (
            "git config core.worktree ../..",
            "git",
            State.ERROR,
            "core.worktree sets the work tree of this repository to another folder: ../..",
        ),
        (
            "git config core.hooksPath /nowhere",
            "hooks",
            State.ERROR,
            "core.hooksPath makes git use the hooks in '/nowhere'",
        ),
        ("echo > .gitignore", "ignored", State.WARNING, ".gitignore lacks the line /reports/"),
        ("rm .gitattributes", "ignored", State.WARNING, ".gitattributes lacks the line *.yaml text eol=lf"),
        (
            "mkdir records/华东 && touch -d 2020-01-01 records/华东/.crmtext-00.tmp",
            "leftovers",
            State.WARNING,
            "1 half-written file left by an interrupted command",
        ),
    ],
)  # fmt: skip
def test_a_fault_is_found_and_its_command_mends_it(
    clone: Repo, spoil: str, name: str, state: State, message: str
) -> None:
    subprocess.run(spoil, shell=True, cwd=clone.path, check=True)
    first = wrong(clone.path)[0]
    assert (first.name, first.state, first.message) == (name, state, message)
    for finding in wrong(clone.path):
        mend(clone, finding)
    assert wrong(clone.path) == []


def test_a_merge_driver_that_is_not_ours_is_listed_by_its_own_name(clone: Repo) -> None:
    clone.git("config", "merge.crmtext.driver", "touch ran")
    message = "this repository's git config runs a program: merge.crmtext.driver = touch ran"
    assert found(clone.path, "programs") == [(State.WARNING, message)]


@pytest.mark.parametrize("address", ["evil.git", "file://{top}/evil.git"])
def test_a_remote_inside_of_the_clone_is_named(clone: Repo, address: str) -> None:
    named = address.format(top=clone.path)
    clone.git("remote", "add", "origin", named)
    assert found(clone.path, "remotes") == [(State.WARNING, f"the remote 'origin' is inside this clone: {named}")]


def test_a_file_that_may_still_be_written_is_no_leftover(clone: Repo) -> None:
    clone.write("records/.crmtext-00.tmp", "half")
    assert found(clone.path, "leftovers") == [(State.FINE, "none")]


def test_an_identity_that_the_team_does_not_know_is_told_how_to_join(
    clone: Repo, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GIT_AUTHOR_NAME", "王芳")
    monkeypatch.setenv("GIT_AUTHOR_EMAIL", "wangfang@example.com")
    (finding,) = wrong(clone.path)
    assert (finding.name, finding.message) == ("identity", "王芳 <wangfang@example.com> is not on the team list")
    assert finding.fix.splitlines() == [
        "add these lines, then commit and push them: crmtext sync -m 'team: 王芳'",
        "add yourself to crmtext.toml:",
        "[team.wangfang]",
        'name = "王芳"',
        'email = "wangfang@example.com"',
        'role = "sales"  # any word, such as sales, support, lead',
    ]
    text = (clone.path / "crmtext.toml").read_text("utf-8")
    clone.write("crmtext.toml", text + "\n" + finding.fix.partition(":\n")[2] + "\n")
    assert wrong(clone.path) == []


def test_git_that_knows_nobody_is_an_error(clone: Repo, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("GIT_AUTHOR_NAME", "GIT_AUTHOR_EMAIL", "GIT_COMMITTER_NAME", "GIT_COMMITTER_EMAIL"):
        monkeypatch.delenv(name)
    assert found(clone.path, "identity") == [(State.ERROR, "git has no name or e-mail address for you")]


def test_a_colleague_who_has_left_is_told_so(clone: Repo) -> None:
    text = (clone.path / "crmtext.toml").read_text("utf-8")
    clone.write("crmtext.toml", text + "active = false\n")
    assert found(clone.path, "identity") == [(State.WARNING, "李雷 is marked as inactive")]


def test_an_editor_that_is_not_there_is_told(clone: Repo, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GIT_EDITOR", "no-such-editor --wait")
    assert found(clone.path, "editor") == [(State.WARNING, "the editor 'no-such-editor' is not installed")]


@pytest.mark.parametrize(
    ("file", "text", "name", "message"),
    [
        (
            "crmtext.toml", "[team]\na = 例\n", "settings",
            "crmtext.toml:2:5: the settings are not valid TOML: Invalid value",
        ),
        ("schema/customer.schema.json", "[]", "schema", "the schema is invalid at /: [] is not of type 'object'"),
    ],
)  # fmt: skip
def test_broken_files_are_findings_and_stop_nothing(clone: Repo, file: str, text: str, name: str, message: str) -> None:
    clone.write(file, text)
    assert [(finding.name, finding.state, finding.message) for finding in wrong(clone.path)] == [
        (name, State.ERROR, message)
    ]
    assert found(clone.path, "leftovers") == [(State.FINE, "none")]


def test_outside_of_a_store_it_says_how_to_make_one(tmp_path: Path) -> None:
    (finding,) = wrong(tmp_path)
    assert (finding.name, finding.message, finding.fix) == (
        "settings",
        f"not a store: no crmtext.toml in {tmp_path} or any parent folder",
        "go to the store's folder, give it with -C, or create a store: crmtext init",
    )


def test_a_clone_that_git_left_empty_is_told_to_check_out(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    middle, first = Repo(tmp_path / "middle.git"), Repo(tmp_path / "first")
    for folder in (middle, first):
        folder.path.mkdir()
    middle.git("init", "-q", "--bare", "-b", "master")
    first.git("init", "-q", "-b", "main")
    first.commit({"crmtext.toml": stores.TEAM})
    first.git("push", "-q", str(middle.path), "main")
    clone = Repo(tmp_path / "clone")
    clone.path.mkdir()
    clone.git("clone", "-q", str(middle.path), ".")
    program = stores.Program(capsys, clone.path)
    message = "error: nothing is checked out in this clone; its remote has the branch main [no-store]"
    for command in (("list",), ("init",), ("init", "--sample")):
        done = program(*command)
        assert (done.code, done.err) == (3, f"{message}\n  = git checkout main\n")
    (finding,) = wrong(clone.path)
    assert (finding.name, finding.fix) == ("settings", "git checkout main")
    clone.git("checkout", "-q", "main")
    assert program("list").code == 0


def test_an_unfinished_merge_is_named(clone: Repo) -> None:
    clone.write(".git/MERGE_HEAD", "")
    assert found(clone.path, "git") == [(State.WARNING, "a merge is in progress")]


def test_the_command_tells_all_and_leaves_with_1_for_errors_only(
    clone: Repo, capsys: pytest.CaptureFixture[str]
) -> None:
    program = stores.Program(capsys, clone.path)
    result = program("doctor")
    assert (result.code, result.out.splitlines()[-1], result.err) == (Exit.FINE, "no problems found", "")
    clone.git("remote", "add", "origin", "http://example.com/crm.git")
    result = program("doctor")
    assert result.code == Exit.FINE
    assert "warning  remotes: origin: customer data is sent unencrypted over http://\n" in result.out
    assert "         = git remote set-url origin https://example.com/crm.git\n" in result.out
    assert result.out.splitlines()[-1] == "1 problem to fix"
    (clone.path / ".git/hooks/pre-commit").unlink()
    result = program("doctor", "--format", "json")
    assert result.code == Exit.FOUND
    assert (result.data["schema"], result.data["errors"], result.data["warnings"]) == (1, 1, 1)
    assert {"name": "hooks", "state": "error", "message": "missing or outdated: pre-commit",
            "fix": "crmtext hooks install"} in result.data["findings"]  # fmt: skip


def test_in_chinese_every_examination_has_a_chinese_name(clone: Repo, capsys: pytest.CaptureFixture[str]) -> None:
    result = stores.Program(capsys, clone.path)("--lang", "zh", "doctor")
    lines = result.out.splitlines()
    names = [line.removeprefix("正常     ").partition("：")[0] for line in lines if line.startswith("正常     ")]
    assert [name for name in names if name.isascii()] == ["python", "git"]
    assert len(names) == len(DOCTOR)


def test_every_line_that_a_comment_lets_through_is_listed_with_its_reason(clone: Repo) -> None:
    clone.git("add", "-A")
    clone.commit(
        {
            "records/C20240501001.yaml": stores.record(more="notes: 单 # crmtext: not-a-card 我们的订单号\n"),
            "a.csv": 'x\n1,"# crmtext: not-a-card ours"\n',
            "changed.md": "<!-- crmtext: not-a-card old -->\n",
        }
    )
    clone.write("changed.md", "\n<!-- crmtext: not-a-card 6222020200112233446 new -->\n")
    clone.write("new.md", "# crmtext: not-a-card\n")
    assert found(clone.path, "let_through") == [
        (State.FINE, "a.csv:2 is allowed (not an ID or card number): ours"),
        (State.FINE, f"changed.md:2 is allowed (not an ID or card number): {'*' * 19} new"),
        (State.WARNING, "new.md:1 is allowed without a reason"),
        (State.FINE, "records/C20240501001.yaml:8 is allowed (not an ID or card number): 我们的订单号"),
    ]
