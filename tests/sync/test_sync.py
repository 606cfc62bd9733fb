from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

import clones
import pytest
import stores
from repos import Repo

from crmtext.git import plumbing
from crmtext.sync import plan as sync_plan
from crmtext.sync import sync

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from clones import Colleague

ENTRY = "  - date: {0}\n    by: lilei\n    channel: phone\n    summary: {1}\n"
UNSENT = "the received commits are merged locally; nothing was pushed; run crmtext sync again later"
#: A made-up number of a valid form.
RESIDENT = "11010119900307" + "1233"
TEXT = stores.record(more="interactions:\n" + ENTRY.format("2026-11-01", "第一次"))


@pytest.fixture
def two(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> tuple[Colleague, Colleague]:
    return clones.pair(tmp_path, capsys, TEXT, stores.record("002", "苏州元件"))


def entry(summary: str) -> str:
    return ENTRY.format("2026-11-20", summary)


def ahead(li: Colleague) -> None:
    """Have li note something and send it, which the other one has not seen yet."""
    li.write(li.read() + entry("李说"))
    assert li("sync").code == 0


def test_two_entries_of_one_day_meet_without_a_question(two: tuple[Colleague, Colleague]) -> None:
    li, han = two
    li.write(li.read() + entry("李说"))
    han.write(han.read() + entry("韩说"))
    assert (li("sync").out, li.head) == ("origin/main: 1 commit pushed\n", li.repo.git("rev-parse", "origin/main"))
    assert han("sync").out == "origin/main: 1 commit received, 2 commits pushed\n"
    assert li("sync").out == "origin/main: 2 commits received\n"
    assert li("sync").out == "origin/main: already up to date\n"
    assert li.head == han.head
    assert li.read() == han.read() == TEXT + entry("韩说") + entry("李说")
    assert li("check").code == 0


def test_nothing_uncommitted_is_committed_sent_or_touched(two: tuple[Colleague, Colleague]) -> None:
    li, han = two
    li.edit("status: lead", "status: prospect")
    li("sync")
    text = han.read("002") + "notes: 还没写完\n"
    han.repo.write(stores.path("002"), text)
    han.repo.write("records/notes.txt", "mine")
    han.edit("name: 张三", "name: 张三丰")
    result = han("sync")
    assert result.out.splitlines()[1:] == [
        "not pushed, because not committed: records/C20240501002.yaml, records/notes.txt",
        'to commit and push them: crmtext sync -m "…"',
    ]
    assert han.read("002") == text
    assert "status: prospect" in han.read()
    assert han.repo.git("show", "--stat", "--format=", "HEAD^1..HEAD", "--", stores.path("002")) == ""


@pytest.mark.parametrize(
    ("name", "text"),
    [
        (stores.path("003"), stores.record("003")),
        (stores.path("002"), stores.record("002", "南京仪表")),
        (stores.path("002"), None),
        ("crmtext.toml", stores.TEAM + "[status]\n"),
    ],
    ids=["added", "edited", "removed", "settings"],
)
def test_what_is_staged_and_not_committed_is_named(
    two: tuple[Colleague, Colleague], name: str, text: str | None
) -> None:
    li, _ = two
    if text is None:
        li.repo.git("rm", "-q", name)
    else:
        li.repo.write(name, text)
        li.repo.git("add", name)
    assert li("sync").out.splitlines() == [
        "origin/main: already up to date",
        f"not pushed, because not committed: {name}",
        'to commit and push them: crmtext sync -m "…"',
    ]


def test_what_is_changed_here_and_there_is_not_touched_before_it_is_committed(two: tuple[Colleague, Colleague]) -> None:
    li, han = two
    li.edit("status: lead", "status: prospect")
    li("sync")
    text = han.read() + entry("没提交")
    han.repo.write(stores.path(), text)
    before = han.head
    result = han("sync")
    assert (result.code, "[uncommitted-changes]" in result.err, han.read(), han.head) == (3, True, text, before)
    han.edit("苏州元件", "苏州元件厂", "002")
    result = han("sync")
    assert (result.code, "[uncommitted-changes]" in result.err, han.read()) == (3, True, text)


def test_a_file_that_is_not_in_git_is_put_away_by_the_line_that_is_shown(two: tuple[Colleague, Colleague]) -> None:
    li, han = two
    li.write(stores.record("003", "甲公司"), "003")
    li("sync")
    han.repo.write(stores.path("003"), "mine\n")
    result = han("sync")
    assert (result.code, "[uncommitted-changes]" in result.err) == (3, True)
    han.repo.git(*result.err.partition("(or run git ")[2].partition(")")[0].split())
    assert (han("sync").code, "甲公司" in han.read("003")) == (0, True)
    assert han.repo.git("show", "stash^3:" + stores.path("003")) == "mine"


def test_staged_work_stays_staged_and_is_in_no_merge(two: tuple[Colleague, Colleague]) -> None:
    li, han = two
    li.edit("status: lead", "status: prospect")
    li("sync")
    han.edit("苏州元件", "苏州元件厂", "002")
    han.repo.write("a.txt", "mine")
    han.repo.git("add", "a.txt")
    assert han("sync").code == 0
    assert (han.repo.git("status", "--short"), "prospect" in han.read()) == ("A  a.txt", True)
    assert han.repo.git("ls-tree", "--name-only", "HEAD", "a.txt") == ""


def test_staged_work_stops_a_merge_that_a_person_would_have_to_commit(two: tuple[Colleague, Colleague]) -> None:
    li, han = two
    li.edit("status: lead", "status: prospect")
    han.edit("status: lead", "status: active")
    li("sync")
    han.repo.write("a.txt", "mine")
    han.repo.git("add", "a.txt")
    before, result = han.head, han("sync")
    assert (result.code, "[staged-changes]" in result.err, han.head) == (3, True, before)
    assert han.repo.git("status", "--short") == "A  a.txt"


def test_a_true_conflict_is_shown_decided_and_sent(two: tuple[Colleague, Colleague]) -> None:
    li, han = two
    li.edit("status: lead", "status: prospect")
    han.edit("status: lead", "status: active")
    li("sync")
    han.write(han.read() + entry("韩说"))
    result = han("sync")
    day = han.repo.git("log", "-1", "--format=%ad", "--date=short")
    assert result.code == 1
    assert result.out.splitlines() == [
        "both sides changed:",
        f"  C20240501001  上海示例电子有限公司: status: local Active (李雷, {day}) | remote Prospect (李雷, {day})",
        "everything else is merged; nothing has been pushed",
        "to take the local version: crmtext resolve C20240501001 status --ours",
        "to take the remote version: crmtext resolve C20240501001 status --theirs",
        "or undo the merge: git merge --abort",
    ]
    assert han("check").code == 1
    again = han("sync")
    assert (again.code, "crmtext resolve" in again.err) == (3, True)
    rows = han("resolve", "--format", "json")
    assert rows.code == 1
    assert [(conflict["keys"], conflict["ours"], conflict["theirs"]) for conflict in rows.data["conflicts"]] == [
        (["status"], "status: active\n", "status: prospect\n")
    ]
    before = han.read()
    dry = han("resolve", "001", "status", "--theirs", "--dry-run")
    assert (dry.code, "-status: active\n" in dry.out, han.read()) == (0, True, before)
    done = han("resolve", "001", "status", "--theirs")
    assert (done.code, done.err.splitlines()[-1]) == (
        0,
        "all conflicts resolved; to finish: crmtext sync, or git commit --no-edit",
    )
    assert han.read() == TEXT.replace("lead", "prospect") + entry("韩说")
    assert han("resolve").code == 0
    before, theirs = han.head, han.repo.git("rev-parse", "MERGE_HEAD")
    assert (han("sync").code, li("sync").code, li.head) == (0, 0, han.head)
    assert han.repo.git("log", "-1", "--format=%P%n%B").splitlines() == [
        f"{before} {theirs}",
        "Merge remote-tracking branch 'origin/main'",
    ]
    assert (han.repo.git("status", "--short"), (han.repo.path / ".git/MERGE_HEAD").exists()) == ("", False)


def test_a_merge_that_was_killed_while_it_was_finished_is_not_made_twice(two: tuple[Colleague, Colleague]) -> None:
    li, han = two
    for colleague, status in ((li, "prospect"), (han, "lost")):
        colleague.edit("status: lead", f"status: {status}")
    li("sync")
    assert han("sync").code == 1
    assert han("resolve", "001", "--ours").code == 0
    merge = han.repo.path / ".git/MERGE_HEAD"
    named = merge.read_text("utf-8")
    han.repo.git("commit", "-q", "--no-edit")
    merge.write_text(named, "utf-8")
    merge_commit = han.head
    assert (han("sync").code, han.head, merge.exists()) == (0, merge_commit, False)


def in_conflict(two: tuple[Colleague, Colleague]) -> Colleague:
    """The second colleague, with a status that both have changed, decided and not committed."""
    li, han = two
    li.edit("status: lead", "status: prospect")
    han.edit("status: lead", "status: active")
    li("sync")
    assert han("sync").code == 1
    assert han("resolve", "001", "--theirs").code == 0
    return han


def test_a_merge_with_nothing_left_to_decide_is_finished(two: tuple[Colleague, Colleague]) -> None:
    han = in_conflict(two)
    mine = han.head
    done = han("sync")
    merge = han.head
    assert (done.code, done.out) == (
        0,
        f"Completed the merge: {merge[:8]}\norigin/main: 2 commits pushed\n",
    )
    assert han.repo.git("rev-parse", "HEAD^1", "HEAD^2").splitlines() == [mine, two[0].head]
    assert han.repo.git("log", "-1", "--format=%B") == "Merge remote-tracking branch 'origin/main'"
    assert (han.repo.git("status", "--porcelain"), han.repo.git("rev-parse", "origin/main")) == ("", merge)
    assert sorted(path.name for path in (han.repo.path / ".git").glob("MERGE*")) == []


def test_a_merge_whose_notes_a_killed_writer_left_is_over(two: tuple[Colleague, Colleague]) -> None:
    han = in_conflict(two)
    assert han("sync").code == 0
    merge = han.head
    han.repo.write(".git/MERGE_HEAD", two[0].head + "\n")
    assert han("sync").out == f"Completed the merge: {merge[:8]}\norigin/main: already up to date\n"
    assert (han.head, (han.repo.path / ".git/MERGE_HEAD").exists()) == (merge, False)


def test_a_merge_with_errors_is_not_finished(two: tuple[Colleague, Colleague]) -> None:
    han = in_conflict(two)
    before = han.head
    han.repo.write(stores.path(), han.read().replace("status: prospect", "status: nonsense"))
    han.repo.git("add", "-A")
    done = han("sync")
    assert (done.code, "[unknown-value]" in done.err, han.head) == (1, True, before)
    assert done.out == (
        "the merge in progress has errors; fix the lines above, `git add` the files and run crmtext sync again\n"
    )
    assert (han.repo.path / ".git/MERGE_HEAD").exists()


def test_with_a_message_valid_edits_by_hand_are_committed_and_pushed(two: tuple[Colleague, Colleague]) -> None:
    _li, han = two
    han.repo.write(stores.path(), han.read() + entry("手写"))
    han.repo.write(stores.path("009"), stores.record("009", "新客户"))
    han.repo.write("crmtext.toml", stores.TEAM.replace('role = "sales"', 'role = "lead"'))
    han.repo.write("notes.txt", "mine\n")
    done = han("sync", "-m", "周报前补记")
    assert (done.code, done.out.splitlines()) == (
        0,
        [f"Committed your edits: {han.head[:8]}", "origin/main: 1 commit pushed"],
    )
    assert han.repo.git("log", "-1", "--format=%an%n%B") == (
        "李雷\n周报前补记\n\nCrm-Customer: C20240501001\nCrm-Customer: C20240501009\nCrm-Action: edit"
    )
    assert han.repo.git("status", "--porcelain") == "?? notes.txt"
    assert han("sync", "-m", "again").out == "origin/main: already up to date\n"


@pytest.mark.parametrize(
    ("path", "text"),
    [
        (stores.path(), TEXT.replace("status: lead", "status: nonsense")),
        ("crmtext.toml", stores.TEAM.replace("[team.lilei]", "[team.li]")),
    ],
    ids=["a record", "the settings"],
)
def test_edits_with_errors_are_neither_committed_nor_pushed(
    two: tuple[Colleague, Colleague], path: str, text: str
) -> None:
    _li, han = two
    before = han.head
    han.repo.write(path, text)
    done = han("sync", "-m", "x")
    assert (done.code, done.out.splitlines()[0]) == (
        1,
        "nothing committed or pushed; fix the lines above and run the command again",
    )
    assert ("error: " in done.err, "--no-commit" in done.err) == (True, False)
    assert (han.head, han.repo.git("status", "--porcelain")) == (before, f" M {path}")


def test_all_errors_of_the_edits_are_listed(two: tuple[Colleague, Colleague]) -> None:
    _li, han = two
    han.repo.write(stores.path(), TEXT.replace("status: lead", "status: nonsense").replace("type: company", "type: x"))
    han.repo.write(stores.path("002"), han.read("002").replace("owner: lilei", "owner: nobody"))
    document = han("sync", "-m", "x", "--format", "json").data
    assert [(problem["rule"], problem["path"]) for problem in document["problems"]] == [
        ("unknown-value", stores.path()),
        ("unknown-value", stores.path()),
        ("team-member", stores.path("002")),
    ]
    han.repo.write(stores.path(), TEXT)
    han.repo.write(stores.path("002"), han.read("002").replace("owner: nobody", "owner: hanmei"))
    assert han("sync", "-m", "x").code == 0


def test_what_was_committed_before_a_failure_is_named(two: tuple[Colleague, Colleague]) -> None:
    _li, han = two
    han.repo.write(stores.path(), han.read() + entry("手写"))
    han.repo.git("config", "remote.origin.url", "/nowhere")
    done = han("sync", "-m", "补记")
    assert (done.code, done.out, "[unreachable]" in done.err) == (3, "", True)
    assert done.err.splitlines()[-2:] == [
        f"  = Committed your edits: {han.head[:8]}",
        "    nothing was merged or pushed; check git remote -v and your connection",
    ]
    assert han.repo.git("status", "--porcelain") == ""


def test_without_a_remote_the_command_that_adds_one_is_shown(repo: Repo, capsys: pytest.CaptureFixture[str]) -> None:
    repo.commit({"crmtext.toml": stores.TEAM})
    done = stores.Program(capsys, repo.path)("sync")
    assert (done.code, done.err) == (
        3,
        """\
error: this clone has no remote [no-upstream]
  = git remote add origin URL && git push -u origin main
""",
    )


def test_without_an_upstream_a_merge_stays_as_it_is(two: tuple[Colleague, Colleague]) -> None:
    han = in_conflict(two)
    before = han.head
    han.repo.git("branch", "--unset-upstream")
    done = han("sync")
    assert (done.code, "[no-upstream]" in done.err, han.head) == (3, True, before)
    assert (han.repo.path / ".git/MERGE_HEAD").exists()


def test_edits_are_committed_in_a_sparse_checkout_and_nothing_else_is(two: tuple[Colleague, Colleague]) -> None:
    _li, han = two
    far = "records/west/C20240501009.yaml"
    han.repo.commit(
        {far: stores.record("009", "西部客户"), "records/east/C20240501008.yaml": stores.record("008", "东部")}
    )
    han.repo.git("sparse-checkout", "set", "records/east")
    assert not (han.repo.path / far).exists()
    han.repo.write("records/east/C20240501008.yaml", stores.record("008", "东部客户"))
    assert han("sync", "-m", "改名").code == 0
    assert han.repo.git("show", "--format=", "--name-status", "HEAD") == "M\trecords/east/C20240501008.yaml"


def test_an_empty_message_is_rejected(two: tuple[Colleague, Colleague]) -> None:
    assert (two[1]("sync", "-m", " ").code, two[1]("sync", "-m", "").err.splitlines()[0]) == (
        2,
        "error: -m requires a message",
    )


def test_settings_in_conflict_are_said_so_and_stop_no_decision(two: tuple[Colleague, Colleague]) -> None:
    li, han = two
    for colleague, zone in ((li, "Asia/Urumqi"), (han, "Asia/Tokyo")):
        colleague.edit("status: lead", f"status: {'prospect' if colleague is li else 'active'}")
        colleague.repo.commit({"crmtext.toml": stores.TEAM.replace("Asia/Shanghai", zone)})
    li("sync")
    assert han("sync").code == 1
    result = han("check")
    assert (result.code, result.err.splitlines()[0]) == (
        3,
        "crmtext.toml:2:1: error: a merge left a conflict in lines 2 to 6 [conflict-marker]",
    )
    assert [conflict["path"] for conflict in han("resolve", "--format", "json").data["conflicts"]] == [
        stores.path(),
        "crmtext.toml",
    ]
    assert han("resolve", "001", "--theirs").code == 0
    assert han("resolve").err.splitlines()[-1] == "resolve it in an editor, then run: git add crmtext.toml"
    # Where git is told that they are settled, they are still what is wrong.
    han.repo.git("add", "crmtext.toml")
    result = han("resolve")
    assert (result.code, "[conflict-marker]" in result.err) == (3, True)
    han.repo.write("crmtext.toml", stores.TEAM)
    han.repo.git("add", "crmtext.toml")
    han.repo.git("commit", "-q", "--no-edit")
    assert (han("sync").code, han("resolve").code, "prospect" in han.read()) == (0, 0, True)


def test_two_new_customers_of_one_id_are_both_kept(two: tuple[Colleague, Colleague]) -> None:
    li, han = two
    li.write(stores.record("003", "甲公司"), "003")
    han.write(stores.record("003", "乙公司", more="industry: C39\n"), "003")
    li("sync")
    result = han("sync")
    assert (result.code, result.out.splitlines()[1]) == (1, "  C20240501003  乙公司: two customers with the same id")
    assert [line.rpartition("C20240501003 ")[2] for line in result.out.splitlines()[3:6]] == [
        "--ours",
        "--theirs",
        "--both",
    ]
    assert han("resolve", "003", "--both").code == 0
    han.repo.git("commit", "-q", "--no-edit")
    assert han("sync").code == 0
    li("sync")
    assert sorted(customer["name"] for customer in li("list", "--format", "json").data["customers"]) == [
        "上海示例电子有限公司",
        "乙公司",
        "甲公司",
        "苏州元件",
    ]
    assert (li("check").code, li.head) == (0, han.head)


@pytest.mark.parametrize(("side", "there"), [("ours", False), ("theirs", True)])
def test_a_customer_removed_here_and_changed_there_is_asked_about(
    two: tuple[Colleague, Colleague], side: str, there: bool
) -> None:
    li, han = two
    ahead(li)
    han.repo.git("rm", "-q", stores.path())
    han.repo.git("commit", "-qm", "remove")
    result = han("sync")
    assert (result.code, result.out.splitlines()[1]) == (
        1,
        "  C20240501001  上海示例电子有限公司: removed locally, changed remotely",
    )
    assert han("resolve", "001", f"--{side}").code == 0
    han.repo.git("commit", "-q", "--no-edit")
    assert (han("sync").code, (han.repo.path / stores.path()).exists()) == (0, there)


def test_a_new_customer_is_not_taken_for_one_who_was_removed_by_both(two: tuple[Colleague, Colleague]) -> None:
    """git sees that han renamed 002 to 005, which li removed."""
    li, han = two
    for colleague in two:
        colleague.repo.git("rm", "-q", stores.path("002"))
        colleague.repo.git("commit", "-qm", "remove")
    han.write(stores.record("005", "苏州新厂"), "005")
    han.repo.git("reset", "-q", "--soft", "HEAD~1")
    han.repo.git("commit", "-q", "--amend", "-m", "both")
    li("sync")
    assert "CONFLICT (rename/delete)" in (han.repo.git("fetch"), han.repo.git("merge", "origin/main", check=False))[1]
    assert [conflict["kind"] for conflict in han("resolve", "--format", "json").data["conflicts"]] == ["new"]
    assert (han("resolve", "005", "--theirs").code, "苏州新厂" in han.read("005")) == (0, True)
    assert han.repo.git("ls-files", "-u") == ""
    han.repo.git("merge", "--abort")
    assert (han("sync").code, "苏州新厂" in han.read("005"), han("check").code) == (0, True, 0)


def test_a_new_customer_whom_git_takes_for_a_renamed_one_is_not_mixed(two: tuple[Colleague, Colleague]) -> None:
    """git sees that han renamed 002 to 005, and would write what li noted about 002 into 005."""
    li, han = two
    li.write(li.read("002") + "notes: 老客户\n", "002")
    li("sync")
    han.repo.git("rm", "-q", stores.path("002"))
    han.write(stores.record("005", "苏州新厂"), "005")
    assert han("sync").code == 1
    assert han("resolve", "005", "--both").code == 0
    assert han.read("005") == stores.record("005", "苏州新厂")
    assert han.read("002") == stores.record("002", "苏州元件") + "notes: 老客户\n"
    assert han("check").code == 0


def test_an_edit_follows_a_customer_who_was_renamed(two: tuple[Colleague, Colleague]) -> None:
    li, han = two
    ahead(li)
    assert han("rename", "001", "--id", "C20240501009", "--commit").code == 0
    assert han("sync").code == 0
    assert han.read("009") == TEXT.replace("0501001", "0501009") + entry("李说")
    assert not (han.repo.path / stores.path()).exists()


@pytest.mark.parametrize(("side", "number"), [("ours", "008"), ("theirs", "009")])
def test_a_customer_renamed_by_both_gets_the_name_that_is_chosen(
    two: tuple[Colleague, Colleague], side: str, number: str
) -> None:
    li, han = two
    li.write(li.read() + entry("李说"))
    assert li("rename", "001", "--id", "C20240501009", "--commit").code == 0
    assert han("rename", "001", "--id", "C20240501008", "--commit").code == 0
    li("sync")
    result = han("sync")
    assert (result.code, result.out.splitlines()[1].endswith(": renamed differently on both sides")) == (1, True)
    assert han("resolve", "008", f"--{side}").code == 0
    assert han.read(number) == TEXT.replace("0501001", f"0501{number}") + entry("李说")
    han.repo.git("commit", "-q", "--no-edit")
    assert han("sync").code == 0
    assert sorted(file.name[-8:-5] for file in (han.repo.path / "records").iterdir()) == ["002", number]


def test_what_is_wrong_only_together_is_undone_and_not_sent(two: tuple[Colleague, Colleague]) -> None:
    li, han = two
    li.repo.git("rm", "-q", stores.path("002"))
    li.repo.git("commit", "-qm", "remove")
    li("sync")
    han.write(han.read() + "relations:\n  - id: C20240501002\n    kind: parent\n")
    before = han.head
    result = han("sync")
    assert (result.code, "[reference]" in result.err, "was undone" in result.out) == (1, True, True)
    assert (han.head, han.repo.git("status", "--short")) == (before, "")
    assert li("sync").out.endswith("already up to date\n")


def test_errors_that_were_committed_are_not_sent(two: tuple[Colleague, Colleague]) -> None:
    li, _han = two
    li.edit("status: lead", "status: nonsense")
    result = li("sync")
    assert (result.code, "nothing has been pushed" in result.out, "error" in result.err) == (1, True, True)
    assert li.repo.git("rev-list", "--count", "origin/main..HEAD") == "1"


def aside(li: Colleague, *steps: Callable[[], object]) -> None:
    """Commit on a branch of its own, send that past every check, and merge it."""
    li.repo.git("switch", "-qc", "side")
    for step in steps:
        step()
    li.repo.git("push", "-q", "--no-verify", "origin", "side")
    li.repo.git("switch", "-q", "main")
    li.repo.git("merge", "-q", "--no-verify", "--no-ff", "--no-edit", "side")


def test_errors_that_lie_on_another_branch_over_there_are_not_sent_to_this_one(
    two: tuple[Colleague, Colleague],
) -> None:
    li, han = two
    aside(li, lambda: li.edit("status: lead", "status: nonsense"))
    result = li("sync")
    assert (result.code, "[unknown-value]" in result.err, "nothing has been pushed" in result.out) == (1, True, True)
    assert li.repo.git("ls-remote", "origin", "main").split()[0] == han.head
    # A branch that is new over there is not held to what the others have.
    li.repo.git("switch", "-qc", "more")
    li.repo.git("config", "branch.more.remote", "origin")
    li.repo.git("config", "branch.more.merge", "refs/heads/more")
    assert li("sync").code == 0


def test_errors_of_another_branch_that_are_mended_by_now_are_sent(two: tuple[Colleague, Colleague]) -> None:
    li, han = two
    aside(li, lambda: li.edit("status: lead", "status: nonsense"), lambda: li.edit("nonsense", "prospect"))
    assert (li("sync").code, han("sync").code, "prospect" in han.read()) == (0, 0, True)


def test_a_copy_that_cannot_be_reached_is_said_and_nothing_changes(two: tuple[Colleague, Colleague]) -> None:
    li, _han = two
    li.repo.git("remote", "set-url", "origin", "/nowhere")
    before = li.head
    result = li("sync")
    assert (result.code, "[unreachable]" in result.err, li.head) == (3, True, before)


def test_programs_of_the_clone_itself_are_not_run(two: tuple[Colleague, Colleague]) -> None:
    li, _han = two
    mark = li.repo.path.parent / "ran"
    li.repo.git("config", "remote.origin.uploadpack", f"touch {mark}; git-upload-pack")
    result = li("sync")
    assert (result.code, "[git-runs-program]" in result.err, mark.exists()) == (3, True, False)


def test_a_branch_that_follows_nothing_is_told_how(two: tuple[Colleague, Colleague]) -> None:
    li, _han = two
    li.repo.git("switch", "-qc", "idea")
    result = li("sync")
    assert (result.code, "git push -u origin idea" in result.err) == (3, True)


def test_a_push_that_the_other_side_refuses_is_told_in_its_words(two: tuple[Colleague, Colleague]) -> None:
    li, _han = two
    hook = li.repo.path.parent / "middle.git/hooks/pre-receive"
    hook.write_text("#!/bin/sh\necho main is closed today\nexit 1\n")
    hook.chmod(0o755)
    li.edit("status: lead", "status: prospect")
    result = li("sync")
    assert (result.code, "main is closed today" in result.err) == (3, True)
    assert UNSENT in result.err


def at_push(li: Colleague, *lines: str) -> None:
    """Have the other side do something in li's clone while it takes what li sends."""
    hook = li.repo.path.parent / "middle.git/hooks/pre-receive"
    clear = "unset $(git rev-parse --local-env-vars) GIT_QUARANTINE_PATH"
    hook.write_text("\n".join(("#!/bin/sh", clear, f"cd '{li.repo.path}'", *lines)) + "\n")
    hook.chmod(0o755)


def test_what_is_committed_while_we_send_is_not_sent_unchecked_and_is_said(two: tuple[Colleague, Colleague]) -> None:
    li, _han = two
    li.edit("status: lead", "status: prospect")
    checked = li.head
    at_push(li, "git commit -q --allow-empty -m later")
    assert li("sync").out.splitlines() == [
        "origin/main: 1 commit pushed",
        "1 newer commit is not pushed: crmtext sync",
    ]
    assert li.repo.git("ls-remote", "origin", "main").split()[0] == checked != li.head
    at_push(li)
    assert li("sync", "--format", "json").data["later"] == 0
    assert li.repo.git("ls-remote", "origin", "main").split()[0] == li.head


def test_others_may_write_here_while_we_send(two: tuple[Colleague, Colleague]) -> None:
    li, _han = two
    li.edit("status: lead", "status: prospect")
    at_push(li, f"'{sys.executable}' -m crmtext set 002 priority=high --no-commit >said 2>&1; echo $? >>said")
    assert li("sync").code == 0
    assert ((li.repo.path / "said").read_text().splitlines()[-1], "priority: key" in li.read("002")) == ("0", True)


def meanwhile(monkeypatch: pytest.MonkeyPatch, what: Callable[[], object]) -> None:
    """Have something happen once after all is decided, and before anything is done."""
    plan, left = sync_plan.plan, [what]

    def decided(*arguments: Any) -> Any:
        result = plan(*arguments)
        if left:
            left.pop()()
        return result

    monkeypatch.setattr(sync_plan, "plan", decided)


def test_a_commit_made_after_all_was_decided_is_part_of_it(
    two: tuple[Colleague, Colleague], monkeypatch: pytest.MonkeyPatch
) -> None:
    li, han = two
    ahead(li)
    han.edit("苏州元件", "苏州元件厂", "002")
    meanwhile(monkeypatch, lambda: han.write(han.read() + entry("韩说")))
    assert han("sync").out == "origin/main: 1 commit received, 3 commits pushed\n"
    assert (li("sync").code, li.read()) == (0, TEXT + entry("韩说") + entry("李说"))


def test_an_edit_made_after_all_was_decided_is_not_overrun(
    two: tuple[Colleague, Colleague], monkeypatch: pytest.MonkeyPatch
) -> None:
    li, han = two
    ahead(li)
    before = han.head
    meanwhile(monkeypatch, lambda: han.repo.write(stores.path(), TEXT + entry("没提交")))
    result = han("sync")
    assert (result.code, "[uncommitted-changes]" in result.err, han.head) == (3, True, before)
    assert han.read() == TEXT + entry("没提交")


def test_a_branch_that_is_changed_meanwhile_is_not_moved(
    two: tuple[Colleague, Colleague], monkeypatch: pytest.MonkeyPatch
) -> None:
    li, han = two
    ahead(li)
    han.repo.git("branch", "--track", "idea")
    han.repo.git("config", "branch.idea.remote", "origin")
    meanwhile(monkeypatch, lambda: han.repo.git("switch", "-q", "idea"))
    result = han("sync")
    assert (result.code, "[branch-changed]" in result.err, han.read()) == (3, True, TEXT)


@pytest.mark.parametrize("failing", ["read-tree", "update-ref", "update-index", "commit-tree", "merge-tree"])
def test_a_git_that_is_killed_leaves_all_as_it_was(
    two: tuple[Colleague, Colleague], monkeypatch: pytest.MonkeyPatch, failing: str
) -> None:
    li, han = two
    ahead(li)
    han.edit("name: 张三", "name: 张三丰")
    before, real = (han.head, han.read()), plumbing._call
    done: list[str] = []

    def call(args: Sequence[str], **how: Any) -> tuple[int, bytes, bytes]:
        if args[0] == failing and not done and (failing != "update-ref" or "HEAD" in args):
            done.append(failing)
            return -9, b"", b""
        return real(args, **how)

    monkeypatch.setattr(plumbing, "_call", call)
    result = han("sync")
    # What only looks whether files are as they were may fail.
    assert (result.code, done) == (0 if failing == "update-index" else 3, [failing])
    if failing != "update-index":
        assert (han.head, han.read(), han.repo.git("status", "--short")) == (*before, "")
    assert han("sync").code == 0
    assert (li("sync").code, li.head) == (0, han.head)


def test_ctrl_c_while_a_conflict_is_shown_leaves_a_merge_that_resolve_shows(
    two: tuple[Colleague, Colleague], monkeypatch: pytest.MonkeyPatch
) -> None:
    li, han = two
    li.edit("status: lead", "status: prospect")
    han.edit("status: lead", "status: active")
    li("sync")
    with monkeypatch.context() as patch:
        patch.setattr(sync, "conflicts", lambda _store: (_ for _ in ()).throw(KeyboardInterrupt))
        assert han("sync").code == 130
    assert [conflict["keys"] for conflict in han("resolve", "--format", "json").data["conflicts"]] == [["status"]]
    assert han("resolve", "001", "--theirs").code == 0
    han.repo.git("commit", "-q", "--no-edit")
    assert han("sync").code == 0


def test_errors_of_ones_own_are_not_sent_along_with_a_merge(two: tuple[Colleague, Colleague]) -> None:
    li, han = two
    ahead(li)
    sent = li.head
    han.edit("苏州元件\n", "苏州元件\nindustry: 不是代码\n", "002")
    han.edit("status: lead", "status: nonsense", "002")
    result = han("sync")
    assert (result.code, result.out.splitlines()[0]) == (1, "origin/main: 1 commit received")
    assert "nothing has been pushed" in result.out
    assert han.repo.git("ls-remote", "origin", "main").split()[0] == sent
    han.write(stores.record("002", "苏州元件"), "002")
    assert (han("sync").code, li("check").code) == (0, 0)


def test_a_number_that_no_history_may_hold_is_not_sent_though_it_is_taken_out_again(
    two: tuple[Colleague, Colleague],
) -> None:
    li, _han = two
    li.write(li.read() + f"notes: {RESIDENT}\n")
    li.write(TEXT)
    result = li("sync")
    assert (result.code, "[resident-id]" in result.err, RESIDENT in result.err) == (1, True, False)
    assert li.repo.git("rev-list", "--count", "origin/main..HEAD") == "2"


def test_a_lock_that_a_killed_git_left_on_what_it_knew_of_the_others_stops_nobody(
    two: tuple[Colleague, Colleague],
) -> None:
    li, han = two
    li.edit("status: lead", "status: prospect")
    li("sync")
    (han.repo.path / ".git/refs/remotes/origin/main.lock").touch()
    han.edit("苏州元件", "苏州元件厂", "002")
    assert (han("sync").code, li("sync").code, li.head) == (0, 0, han.head)


@pytest.fixture
def evil(tmp_path: Path) -> Path:
    """A program that leaves a mark beside itself."""
    program = tmp_path / "evil.sh"
    program.write_text(f"#!/bin/sh\ntouch {tmp_path}/ran\nexit 1\n")
    program.chmod(0o755)
    return program


@pytest.mark.parametrize("wanted", ["commit.gpgSign", "merge.verifySignatures"])
def test_a_program_to_sign_with_that_the_clone_names_is_not_run(
    two: tuple[Colleague, Colleague], evil: Path, wanted: str
) -> None:
    li, han = two
    li.edit("status: lead", "status: prospect")
    li("sync")
    han.edit("name: 张三", "name: 张三丰")
    han.repo.git("config", "gpg.program", str(evil))
    han.repo.git("config", wanted, "true")
    result = han("sync")
    assert (result.code, "[git-runs-program]" in result.err, (evil.parent / "ran").exists()) == (3, True, False)


def test_a_filter_that_the_clone_names_is_not_run_by_deciding(two: tuple[Colleague, Colleague], evil: Path) -> None:
    li, han = two
    li.edit("status: lead", "status: prospect")
    li("sync")
    han.edit("status: lead", "status: active")
    han("sync")
    han.repo.git("config", "filter.evil.clean", str(evil))
    han.repo.write(".gitattributes", "*.yaml filter=evil merge=crmtext\n")
    assert han("resolve", "001", "--ours").code == 0
    assert (han.repo.git("ls-files", "--unmerged"), (evil.parent / "ran").exists()) == ("", False)


def test_the_settings_of_a_submodule_are_not_used(two: tuple[Colleague, Colleague], evil: Path) -> None:
    li, han = two
    inner = Repo(evil.parent / "inner")
    inner.path.mkdir()
    inner.git("init", "-q", "-b", "main")
    inner.commit({"one": "1"})
    allowed = ("-c", "protocol.file.allow=always")
    li.repo.git(*allowed, "submodule", "add", "-q", str(inner.path), "inner")
    li.repo.git("commit", "-qm", "inner")
    assert (li("sync").code, han("sync").code) == (0, 0)
    han.repo.git(*allowed, "submodule", "update", "-q", "--init")
    han.repo.git("config", "submodule.recurse", "true")
    Repo(han.repo.path / "inner").git("config", "remote.origin.uploadpack", str(evil))
    inner.commit({"one": "2"})
    Repo(li.repo.path / "inner").git("pull", "-q")
    li.repo.git("commit", "-qam", "inner moved")
    assert (li("sync").code, han("sync").code, (evil.parent / "ran").exists()) == (0, 0, False)


def test_a_tag_that_is_called_as_the_others_branch_is_not_merged_in_its_stead(two: tuple[Colleague, Colleague]) -> None:
    li, han = two
    li.edit("status: lead", "status: prospect")
    li("sync")
    han.edit("name: 张三", "name: 张三丰")
    han.repo.git("tag", "origin/main")
    assert han("sync").out == "origin/main: 1 commit received, 2 commits pushed\n"
    assert han.repo.git("log", "-1", "--format=%s") == "Merge remote-tracking branch 'origin/main'"


def test_what_is_sensitive_is_not_shown_where_it_is_in_conflict(two: tuple[Colleague, Colleague]) -> None:
    li, han = two
    li.edit("name: 张三\n", "name: 张三\n    birthday: 1980-01-02\n")
    li("sync")
    han.edit("name: 张三\n", "name: 张三\n    birthday: 1970-03-04\n")
    assert han("sync").code == 1
    for form in ("json", "table"):
        output = han("resolve", "--format", form).out
        assert ("C20240501001" in output, "1980" in output, "1970" in output) == (True, False, False)


def test_what_is_sensitive_in_one_of_two_customers_of_one_id_is_not_shown(two: tuple[Colleague, Colleague]) -> None:
    li, han = two
    li.write(stores.record("003", "甲公司", more="    birthday: 1980-01-02\n"), "003")
    han.write(stores.record("003", "乙公司"), "003")
    li("sync")
    assert han("sync").code == 1
    assert [
        (conflict["ours"], conflict["theirs"]) for conflict in han("resolve", "--format", "json").data["conflicts"]
    ] == [(None, None)]


def test_what_was_taken_back_over_there_is_not_sent_again(two: tuple[Colleague, Colleague]) -> None:
    li, han = two
    start = li.head
    li.edit("status: lead", "status: prospect")
    assert (li("sync").code, han("sync").code) == (0, 0)
    taken = li.head
    li.repo.git("reset", "-q", "--hard", start)
    li.edit("status: lead", "status: active")
    li.repo.git("push", "-q", "--force")
    han.edit("苏州元件", "苏州元件厂", "002")
    before = (han.head, han.read())
    for _time in range(2):
        result = han("sync")
        assert (result.code, "[history-rewritten]" in result.err) == (3, True)
        assert f"git fetch && git rebase --onto origin/main {taken}" in result.err
        assert "git fetch && git reset --keep origin/main" in result.err
        assert (han.head, han.read(), han.repo.git("rev-parse", "origin/main")) == (*before, taken)
    assert han.repo.git("ls-remote", "origin", "main").split()[0] == li.head
    han.repo.git("fetch", "-q")
    han.repo.git("rebase", "-q", "--onto", "origin/main", taken)
    assert han("sync").out == "origin/main: 1 commit pushed\n"
    assert (li("sync").code, li.head, "status: active" in han.read()) == (0, han.head, True)


@pytest.mark.parametrize("way", ["sync", "clone"])
@pytest.mark.parametrize("there", ["status: active", ""], ids=["something else", "nothing"])
def test_a_fetch_of_ones_own_does_not_hide_that_something_was_taken_back(
    two: tuple[Colleague, Colleague], capsys: pytest.CaptureFixture[str], there: str, way: str
) -> None:
    li, han = two
    li.edit("status: lead", "status: prospect")
    assert li("sync").code == 0
    if way == "sync":
        assert han("sync").code == 0
    else:
        han.repo.git("clone", "-q", "../middle.git", "../new")
        han = clones.colleague(Repo(han.repo.path.parent / "new"), capsys)
    taken = li.head
    li.repo.git("reset", "-q", "--hard", "@~")
    if there:
        li.edit("status: lead", there)
    li.repo.git("push", "-q", "--force")
    han.edit("苏州元件", "苏州元件厂", "002")
    for _time in range(2):
        han.repo.git("fetch", "-q")
        result = han("sync")
        assert (result.code, "[history-rewritten]" in result.err) == (3, True)
        assert f"git rebase --onto origin/main {taken}" in result.err
    han.repo.git("rebase", "-q", "--onto", "origin/main", taken)
    assert han("sync").out == "origin/main: 1 commit pushed\n"


def test_what_was_taken_back_is_sent_again_by_the_line_that_is_shown(two: tuple[Colleague, Colleague]) -> None:
    li, han = two
    li.edit("status: lead", "status: prospect")
    assert (li("sync").code, han("sync").code) == (0, 0)
    li.repo.git("reset", "-q", "--hard", "@~")
    li.edit("苏州元件", "苏州元件厂", "002")
    li.repo.git("push", "-q", "--force")
    for line in han("sync").err.rpartition("to push the removed commits again: ")[2].strip().split(" && "):
        han.repo.git(*line.split()[1:])
    assert han("sync").out == "origin/main: already up to date\n"
    assert (li("sync").code, li.head, "status: prospect" in li.read()) == (0, han.head, True)


def test_what_one_took_back_oneself_or_never_had_is_no_alarm(two: tuple[Colleague, Colleague]) -> None:
    li, han = two
    li.edit("status: lead", "status: prospect")
    assert li("sync").code == 0
    # Seen here, and never merged.
    han.repo.git("fetch", "-q")
    li.repo.git("commit", "-q", "--amend", "-m", "said better")
    li.repo.git("push", "-q", "--force")
    li.edit("苏州元件", "苏州元件厂", "002")
    assert li("sync").out == "origin/main: 1 commit pushed\n"
    han.edit("name: 张三", "name: 张三丰")
    assert han("sync").out == "origin/main: 2 commits received, 2 commits pushed\n"
    assert (li("sync").code, li.head) == (0, han.head)


def test_a_history_that_was_cut_off_is_not_called_rewritten(
    two: tuple[Colleague, Colleague], capsys: pytest.CaptureFixture[str]
) -> None:
    li, han = two
    li.edit("status: lead", "status: prospect")
    assert li("sync").code == 0
    middle = li.repo.path.parent / "middle.git"
    han.repo.git("clone", "-q", "--depth=1", f"file://{middle}", "../new")
    new = clones.colleague(Repo(middle.with_name("new")), capsys)
    li.edit("苏州元件", "苏州元件厂", "002")
    assert li("sync").code == 0
    new.repo.git("fetch", "-q", "--depth=1")
    assert "[history-rewritten]" not in new("sync").err
    new.repo.git("fetch", "-q", "--unshallow")
    assert (new("sync").out, new.head) == ("origin/main: 1 commit received\n", li.head)


def test_a_copy_that_was_set_back_is_not_filled_again(two: tuple[Colleague, Colleague]) -> None:
    li, han = two
    start = li.head
    li.edit("status: lead", "status: prospect")
    assert (li("sync").code, han("sync").code) == (0, 0)
    li.repo.git("push", "-q", "--force", "origin", f"{start}:main")
    assert "[history-rewritten]" in han("sync").err
    han.repo.git("fetch", "-q")
    han.repo.git("reset", "-q", "--keep", "origin/main")
    assert (han("sync").out, han.head) == ("origin/main: already up to date\n", start)


def test_a_branch_that_was_removed_over_there_is_said_and_not_made_again(two: tuple[Colleague, Colleague]) -> None:
    li, han = two
    Repo(li.repo.path.parent / "middle.git").git("update-ref", "-d", "refs/heads/main")
    before = han.head
    for _time in range(2):
        result = han("sync")
        assert (result.code, "[no-upstream]" in result.err, "origin/main was deleted" in result.err) == (3, True, True)
        assert "git push origin main:refs/heads/main" in result.err
    assert (han.head, han.repo.git("ls-remote", "origin", "main")) == (before, "")
    han.repo.git("push", "-q", "origin", "main:refs/heads/main")
    assert han("sync").code == 0


def test_a_copy_that_has_no_branch_yet_gets_ours(two: tuple[Colleague, Colleague]) -> None:
    li, _han = two
    Repo(li.repo.path.parent / "middle.git").git("update-ref", "-d", "refs/heads/main")
    li.repo.git("update-ref", "-d", "refs/remotes/origin/main")
    assert (li("sync").code, li.repo.git("ls-remote", "origin", "main").split()[0]) == (0, li.head)


def test_a_push_that_fails_is_called_so_and_what_came_stays_merged(two: tuple[Colleague, Colleague]) -> None:
    li, han = two
    li.edit("status: lead", "status: prospect")
    li("sync")
    han.edit("苏州元件", "苏州元件厂", "002")
    han.repo.git("config", "remote.origin.pushurl", "/nowhere")
    result = han("sync")
    assert (result.code, "[unreachable]" in result.err, "status: prospect" in han.read()) == (3, True, True)
    assert ("git push: " in result.err, "git fetch" in result.err, UNSENT in result.err) == (True, False, True)
    assert "nothing was merged" not in result.err
    assert han.repo.git("ls-remote", "origin", "main").split()[0] == li.head
    han.repo.git("config", "--unset", "remote.origin.pushurl")
    assert han("sync").out == "origin/main: 2 commits pushed\n"


def test_commits_of_a_clock_that_is_behind_are_counted_right(
    two: tuple[Colleague, Colleague], monkeypatch: pytest.MonkeyPatch
) -> None:
    li, han = two
    ahead(han)
    monkeypatch.setenv("GIT_COMMITTER_DATE", "2026-10-01T12:00:00+08:00")
    for number in range(8):
        li.write(li.read("002") + f"# {number}\n", "002")
    assert li("sync").out == "origin/main: 1 commit received, 9 commits pushed\n"
    for number in range(8):
        li.write(li.read("002") + f"# {number}\n", "002")
    assert li("sync").out == "origin/main: 8 commits pushed\n"
    assert han("sync").out == "origin/main: 17 commits received\n"
    # han's is right, and li's commits are the upstream now.
    monkeypatch.setenv("GIT_COMMITTER_DATE", "2026-11-20T12:00:00+08:00")
    han.repo.git("reset", "-q", "--hard", "HEAD~17")
    assert han("set", "001", "priority=high", "--commit").err.splitlines()[-1] == "1 commit not pushed: crmtext sync"
