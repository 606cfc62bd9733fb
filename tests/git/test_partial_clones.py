"""Clones that do not hold everything: what is asked of the rest is answered rightly, or told with the way to it."""

from __future__ import annotations

import re
import subprocess
from typing import TYPE_CHECKING

import clones
import pytest
import stores
from repos import Repo

from crmtext.setup import doctor
from crmtext.setup.doctor import State

if TYPE_CHECKING:
    from pathlib import Path

    from clones import Colleague

ID = "C20240501001"
MISSING = r"error: this partial clone (does not contain the object [0-9a-f]{10}|lacks objects) \[content-missing\]\n"
HINT = "  = fetch all content: git fetch --refetch --no-filter\n"
DEEPER = "  = this clone is shallow; fetch the older commits: git fetch --unshallow\n"
READING = (
    f"history {ID}",
    "list --at HEAD~2",
    "list --at 2026-02-10",
    f"show {ID} --at HEAD~2",
    "diff HEAD~2",
    f"diff HEAD~2..HEAD~1 {ID}",
    "changes --since HEAD~2",
    "check --at HEAD~2",
    "check --range HEAD~3..HEAD",
)


@pytest.fixture
def middle(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The others' copy: four commits, a month apart, that change one customer."""
    repo = Repo(tmp_path / "first")
    repo.path.mkdir()
    repo.git("init", "-q", "-b", "main")
    files = {"crmtext.toml": stores.TEAM, ".gitattributes": clones.ATTRIBUTES, stores.path("002"): stores.record("002")}
    values = ({}, {"more": "notes: 一\n"}, {"status": "prospect", "owner": "hanmei"}, {"status": "prospect"})
    for month, changed in enumerate(values, 1):
        for who in ("AUTHOR", "COMMITTER"):
            monkeypatch.setenv(f"GIT_{who}_DATE", f"2026-0{month}-05T12:00:00+08:00")
        repo.commit({**files, stores.path(): stores.record(**changed)}, f"month {month}")
    repo.git("config", "uploadpack.allowFilter", "true")
    repo.git("clone", "-q", "--bare", ".", "../middle.git")
    Repo(tmp_path / "middle.git").git("config", "uploadpack.allowFilter", "true")
    return tmp_path / "middle.git"


def clone(middle: Path, name: str, capsys: pytest.CaptureFixture[str], *how: str) -> Colleague:
    """A clone of it, as a colleague has it."""
    repo = Repo(middle.parent / name)
    repo.path.mkdir()
    repo.git("clone", "-q", *how, f"file://{middle}", ".")
    return clones.colleague(repo, capsys)


def warnings(folder: Path) -> list[tuple[str, str]]:
    result = doctor.examine(folder)
    return [
        (finding.message, finding.fix)
        for finding in result
        if finding.name == "git" and finding.state is not State.FINE
    ]


@pytest.mark.parametrize("left_out", ["blob:none", "tree:0"])
def test_reading_a_partial_clone_starts_nothing_and_says_what_to_do(
    middle: Path, capsys: pytest.CaptureFixture[str], left_out: str
) -> None:
    li = clone(middle, "li", capsys, f"--filter={left_out}")
    mark = middle.parent / "ran"
    evil = f"touch {mark}; git-upload-pack"
    for key in ("remote.origin.uploadpack", "remote.origin.receivepack", "core.sshCommand", "core.gitProxy"):
        li.repo.git("config", key, evil)
    for asked in READING:
        result = li(*asked.split())
        assert (result.code, result.out) == (3, ""), asked
        assert re.fullmatch(MISSING + re.escape(HINT), result.err), result.err
    for asked in ("list", "check", "check --staged", f"show {ID}", "list --at HEAD"):
        assert li(*asked.split()).code == 0
    assert not mark.exists()
    # git itself runs it.
    li.repo.git("show", "HEAD~2")
    assert mark.exists()


@pytest.mark.parametrize(
    "command",
    [
        "git fetch -q --refetch --no-filter",
        "git config --unset-all remote.origin.partialclonefilter && git fetch -q --refetch",
    ],
)
def test_the_commands_that_are_shown_make_the_clone_whole(
    middle: Path, capsys: pytest.CaptureFixture[str], command: str
) -> None:
    li = clone(middle, "li", capsys, "--filter=blob:none")
    subprocess.run(command, shell=True, cwd=li.repo.path, check=True)
    assert [li(*asked.split()).code for asked in READING] == [0] * len(READING)


def test_doctor_names_a_partial_clone_and_a_git_that_fetches_by_itself(
    middle: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    li = clone(middle, "li", capsys, "--filter=blob:none")
    partial = (
        "this clone is partial: missing objects are fetched from origin when needed",
        "git config --unset-all remote.origin.partialclonefilter && git fetch --refetch origin",
    )
    monkeypatch.setattr("crmtext.setup.doctor.git.version", lambda: (2, 45, 0))
    assert warnings(li.repo.path) == [partial]
    monkeypatch.setattr("crmtext.setup.doctor.git.version", lambda: (2, 44, 1))
    old = "git 2.44.1 does not support GIT_NO_LAZY_FETCH: git may fetch objects while reading"
    assert warnings(li.repo.path) == [partial, (old, "https://git-scm.com/downloads")]
    li.repo.git("config", "--unset-all", "remote.origin.partialclonefilter")
    assert warnings(li.repo.path) == []


@pytest.mark.parametrize("left_out", ["blob:none", "tree:0"])
def test_sync_fetches_what_it_needs_in_a_partial_clone(
    middle: Path, capsys: pytest.CaptureFixture[str], left_out: str
) -> None:
    li = clone(middle, "li", capsys, f"--filter={left_out}")
    han = clone(middle, "han", capsys)
    han.edit("owner: lilei", "owner: hanmei")
    assert han("sync").code == 0
    han.write(stores.record("002", "苏州元件"), "002")
    assert han("sync").code == 0
    li.edit("name: 张三", "name: 张三丰")
    result = li("sync")
    assert result.code == 0, result.err
    assert (li("sync").code, han("sync").code) == (0, 0)
    merged = stores.record(status="prospect", owner="hanmei").replace("张三", "张三丰")
    assert li.read() == han.read() == merged
    assert li.read("002") == stores.record("002", "苏州元件")


def test_a_shallow_clone_answers_for_what_it_holds(middle: Path, capsys: pytest.CaptureFixture[str]) -> None:
    li = clone(middle, "li", capsys, "--depth=2")
    assert li("history", ID).out == (
        "上海示例电子有限公司 (C20240501001)\nOwner: 韩梅 until 2026-04-05 → 李雷 since 2026-04-05\n\n"
        f"2026-04-05 李雷 · month 4 ({li.head[:8]})\n  ~ Owner: 韩梅 → 李雷\n"
    )
    assert li("history", ID).err == DEEPER.removeprefix("  = ")
    document = li("history", ID, "--format", "json").data
    owners = [
        {"owner": "hanmei", "since": None, "until": "2026-04-05"},
        {"owner": "lilei", "since": "2026-04-05", "until": None},
    ]
    assert (document["complete"], document["owners"]) == (False, owners)
    assert li("history", "C20240501002", "--format", "json").data["events"] == []
    assert li("changes", "--since", "2026-03-06").code == 0
    assert li("check", "--range", "HEAD~1..HEAD").code == 0


@pytest.mark.parametrize(
    ("asked", "message"),
    [
        ("changes --since 2026-01-01", "this clone has no history before 2026-01-01"),
        ("changes --since 1970-01-01", "this clone has no history before 1970-01-01"),
        ("list --at 2026-02-10", "this clone has no history before 2026-02-10"),
        ("check --range 0000000..HEAD", "'0000000..HEAD' includes commits that this clone does not contain"),
        ("diff side...HEAD", "this clone does not contain the common ancestor of 'side' and 'HEAD'"),
        ("changes --since HEAD~2", "'HEAD~2' is neither a day nor a commit"),
        ("list --at HEAD~2", "unknown commit 'HEAD~2'"),
        ("diff HEAD~2", "unknown commit 'HEAD~2'"),
    ],
)
def test_a_shallow_clone_tells_what_it_cannot_answer(
    middle: Path, capsys: pytest.CaptureFixture[str], asked: str, message: str
) -> None:
    Repo(middle).git("branch", "side", "main~2")
    li = clone(middle, "li", capsys, "--depth=2", "--no-single-branch")
    li.repo.git("branch", "side", "origin/side")
    result = li(*asked.split())
    assert result.code in (2, 3)
    assert result.err.startswith(f"error: {message} [")
    assert result.err.endswith(DEEPER.removeprefix("  = "))
    li.repo.git("fetch", "-q", "--unshallow")
    assert li(*asked.split()).code == 0


def test_doctor_names_a_shallow_clone(middle: Path, capsys: pytest.CaptureFixture[str]) -> None:
    li = clone(middle, "li", capsys, "--depth=2")
    shallow = ("this clone is shallow: the history is incomplete", "git fetch --unshallow")
    assert warnings(li.repo.path) == [shallow]


def test_sync_does_not_merge_where_a_shallow_clone_hides_what_both_come_from(
    middle: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    Repo(middle).git("branch", "side", "main~2")
    li = clone(middle, "li", capsys, "--depth=1", "--no-single-branch")
    li.repo.git("config", "branch.main.merge", "refs/heads/side")
    before = li.head
    result = li("sync")
    message = (
        "error: this clone does not contain the common ancestor of your commits and origin/side [history-missing]\n"
    )
    assert (result.code, result.err, li.head) == (3, message + DEEPER, before)


def test_a_push_from_a_shallow_clone_is_judged_by_its_own_commits(
    middle: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    bad = Repo(middle.parent / "first")
    bad.commit({stores.path("003"): "id: C20240501003\n"})
    bad.git("push", "-q", str(middle), "main")
    li = clone(middle, "li", capsys, "--depth=1")
    li.repo.git("update-ref", "-d", "refs/remotes/origin/main")
    li.edit("name: 张三", "name: 张三丰")
    lines = f"refs/heads/main {li.head} refs/heads/new {'0' * 40}\n"
    done = subprocess.run(
        ["sh", "-c", 'printf %s "$1" | "$2" -P -m crmtext hook pre-push origin x', "sh", lines, stores.sys.executable],
        cwd=li.repo.path,
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, "")
