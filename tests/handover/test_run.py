"""`crmtext handover`: customers change hands in one commit that can be undone."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
from click import UsageError
from click.testing import CliRunner

from crmtext.__main__ import main
from crmtext.cli.framework.group import crmtext
from crmtext.i18n import speaking
from crmtext.problem import CrmError
from crmtext.store import Store

if TYPE_CHECKING:
    from pathlib import Path

    from click.testing import Result
    from repos import Repo

SETTINGS = """[store]
timezone = "Asia/Shanghai"
[team.lilei]
name = "李雷"
email = "lilei@example.com"
[team.hanmei]
name = "韩梅"
email = "hanmei@example.com"
[team.zhaomin]
name = "赵敏"
[team.liuyang]
name = "刘洋"
active = false
"""
BUSY = """id: C20260101AAAA   # met at the fair
name: 甲公司
type: company
status: prospect
owner: liuyang
priority: key
contacts: [{name: 张三, phones: ["13800138000"]}]
needs:
  - kind: purchase
    description: 传感器
    budget: {basis: to-confirm}
    status: open
interactions:
  - date: 2026-11-01
    by: liuyang
    channel: phone
    summary: 问价
    next: {action: 报价, due: 2026-11-10}
  - date: 2026-11-02
    by: lilei
    channel: visit
    summary: 看厂
    next: {action: 寄样品, due: 2026-12-01}
opportunities:
  - {title: 一期, stage: proposal, owner: liuyang}
  - {title: 旧单, stage: won, owner: liuyang, closed: 2026-01-01}
cases:
  - {opened: 2026-11-05, kind: complaint, summary: 掉线, status: open, owner: liuyang}
"""
QUIET = "id: C20260101BBBB\nname: 王小明\ntype: person\nstatus: {status}\nowner: liuyang\n"
OTHER = """id: C20260101CCCC
name: 丙公司
type: company
status: lead
owner: lilei
interactions:
  - {date: 2026-11-01, by: lilei, channel: phone, summary: 问价, next: {action: 帮忙报价, by: liuyang}}
"""
A, B, C = (f"records/C20260101{name * 4}.yaml" for name in "ABC")


@pytest.fixture
def store(repo: Repo) -> Store:
    repo.commit({"crmtext.toml": SETTINGS, A: BUSY, B: QUIET.format(status="lead"), C: OTHER})
    return Store(repo.path)


def run(store: Store, *args: str) -> Result:
    done = CliRunner().invoke(crmtext, ["-C", str(store.root), "handover", *args], catch_exceptions=False)
    assert done.exit_code in (0, 1), done.output
    return done


def test_everything_that_was_promised_changes_hands_in_one_commit(store: Store, repo: Repo) -> None:
    run(store, "--from", "刘洋", "--to", "韩梅")
    expected = (
        BUSY.replace("owner: liuyang\npriority", "owner: hanmei\npriority")
        .replace("due: 2026-11-10}", "due: 2026-11-10, by: hanmei}")
        .replace("proposal, owner: liuyang", "proposal, owner: hanmei")
        .replace("status: open, owner: liuyang", "status: open, owner: hanmei")
        .replace(
            "opportunities:\n",
            "  - date: 2026-11-20\n    by: lilei\n    channel: handover\n    summary: handed over from 刘洋 to 韩梅\n"
            "    next:\n      action: introduce yourself to the customer\n      due: 2026-11-23\n      by: hanmei\n"
            "opportunities:\n",
        )
    )
    assert (repo.path / A).read_text("utf-8") == expected
    assert "by: hanmei" in (repo.path / C).read_text("utf-8")
    assert "owner: lilei" in (repo.path / C).read_text("utf-8")
    assert repo.git("status", "--porcelain") == ""
    assert repo.git("log", "-1", "--format=%B") == (
        "handover: 2 customers, liuyang → hanmei\n\n"
        "- 甲公司: owner liuyang → hanmei\n- C20260101BBBB: owner liuyang → hanmei\n"
        "- 丙公司: what liuyang promised → hanmei\n\n"
        "Crm-Customer: C20260101AAAA\nCrm-Customer: C20260101BBBB\nCrm-Customer: C20260101CCCC\nCrm-Action: handover"
    )


def test_a_neglected_customer_does_not_look_fresh(store: Store) -> None:
    run(store, "--from", "刘洋", "--to", "韩梅")
    row = CliRunner().invoke(crmtext, ["-C", str(store.root), "show", "甲公司", "--format", "json"]).stdout
    assert json.loads(row)["computed"]["last_contact"] == "2026-11-02"


def test_git_revert_undoes_it(store: Store, repo: Repo) -> None:
    before = repo.git("rev-parse", "HEAD^{tree}")
    run(store, "--from", "刘洋", "--to", "韩梅")
    repo.commit({"records/C20260101DDDD.yaml": OTHER.replace("CCCC", "DDDD")})
    repo.git("revert", "--no-edit", "HEAD~1")
    repo.git("rm", "-q", "records/C20260101DDDD.yaml")
    repo.git("commit", "-qm", "gone")
    assert repo.git("rev-parse", "HEAD^{tree}") == before


def test_undo_takes_it_back(store: Store, repo: Repo) -> None:
    before = repo.git("rev-parse", "HEAD^{tree}")
    run(store, "--from", "刘洋", "--to", "韩梅")
    done = CliRunner().invoke(crmtext, ["-C", str(store.root), "undo"], catch_exceptions=False)
    assert (done.exit_code, repo.git("rev-parse", "HEAD^{tree}")) == (0, before)
    assert repo.git("log", "-2", "--format=%s").splitlines() == [
        "undo: handover: 2 customers, liuyang → hanmei",
        "handover: 2 customers, liuyang → hanmei",
    ]


def test_without_a_commit_only_the_records_change(store: Store, repo: Repo) -> None:
    done = run(store, "--from", "刘洋", "--to", "韩梅", "--no-commit", "--format", "json")
    assert (done.exit_code, json.loads(done.stdout)["commit"]) == (0, None)
    assert (repo.git("rev-list", "--count", "HEAD"), "M records" in repo.git("status", "--porcelain")) == ("1", True)


@pytest.mark.parametrize("setting", ["never", "auto"])
def test_it_commits_whatever_the_settings_say_and_its_help_says_so(store: Store, repo: Repo, setting: str) -> None:
    repo.write("crmtext.toml", SETTINGS.replace("[store]", f'[store]\ncommit = "{setting}"'))
    done = run(store, "--from", "刘洋", "--to", "韩梅", "--format", "json")
    assert json.loads(done.stdout)["commit"] == repo.git("rev-parse", "HEAD")
    help_text = " ".join(run(store, "--help").stdout.split())
    assert "always committed, unless you give --no-commit" in help_text
    assert "the settings decide" not in help_text


@pytest.mark.parametrize(("spoken", "other"), [("zh", "en"), ("en", "zh")])
def test_records_and_commits_are_in_the_language_of_the_store(
    store: Store, repo: Repo, spoken: str, other: str
) -> None:
    text = (repo.path / "crmtext.toml").read_text("utf-8")
    repo.write("crmtext.toml", text.replace("[store]", f'[store]\nlanguage = "{spoken}"'))
    repo.git("commit", "-qam", "language")
    arguments = ("--lang", other, "-C", str(repo.path), "handover", "--from", "liuyang", "--to", "hanmei")
    assert main(arguments) == 0
    message = repo.git("show", "--format=%B")
    words = {
        "en": ("handover: ", "owner liuyang → hanmei", "handed over from", "introduce yourself"),
        "zh": ("移交：", "负责人 刘洋 → 韩梅", "移交给", "自我介绍"),
    }
    assert [word for word in words[spoken] if word not in message] == []
    assert [word for word in words[other] if word in message] == []


def test_what_it_says_in_chinese_is_set_as_chinese_is(store: Store, tmp_path: Path) -> None:
    asked = ("--from", "刘洋", "--to", "韩梅", "--dry-run", "-o", str(tmp_path / "b.md"))
    with speaking("zh"):
        done = CliRunner().invoke(crmtext, ["-C", str(store.root), "handover", *asked])
    assert "刘洋移交 2 位客户\n" in done.stderr
    assert "  → 韩梅：甲公司（C20260101AAAA），2026-11-23 前首次联系客户\n" in done.stderr
    assert "- **客户编号：** C20260101AAAA\n" in (tmp_path / "b.md").read_text("utf-8")


def test_a_message_of_ones_own_keeps_the_trailers(store: Store, repo: Repo) -> None:
    run(store, "--from", "刘洋", "--to", "韩梅", "-m", "刘洋离职")
    message = repo.git("log", "-1", "--format=%B")
    assert message.startswith("刘洋离职\n\nCrm-Customer: C20260101AAAA\n")
    assert message.endswith("Crm-Action: handover")


def test_a_merge_that_is_not_finished_is_told_and_no_branch_is_left(store: Store, repo: Repo) -> None:
    repo.write(".git/MERGE_HEAD", repo.git("rev-parse", "HEAD") + "\n")
    with pytest.raises(CrmError) as caught:
        run(store, "--from", "刘洋", "--to", "韩梅", "--branch", "side")
    assert caught.value.problem.rule == "merge-in-progress"
    assert (repo.git("status", "--porcelain"), repo.git("branch", "--list", "side")) == ("", "")


def test_a_branch_that_cannot_be_made_leaves_everything_as_it_was(store: Store, repo: Repo) -> None:
    repo.git("branch", "side/one")
    with pytest.raises(CrmError) as caught:
        run(store, "--from", "刘洋", "--to", "韩梅", "--branch", "side")
    assert caught.value.problem.rule == "git-failed"
    assert (repo.git("status", "--porcelain"), repo.git("branch", "--show-current")) == ("", "main")


def test_a_dry_run_sums_up_and_warns_and_writes_nothing(store: Store, repo: Repo) -> None:
    done = run(store, "--from", "刘洋", "--to", "韩梅", "--dry-run")
    assert (repo.git("status", "--porcelain"), done.stdout) == ("", "")
    for rule in ("handover-overdue", "handover-complaint", "handover-budget", "handover-no-step"):
        assert f"[{rule}]" in done.stderr
    assert 'add a next step: crmtext log C20260101BBBB note "…" --next "…" --due …' in done.stderr
    assert "warning: 甲公司: a complaint is open [handover-complaint]" in done.stderr
    assert "→ 韩梅: 甲公司 (C20260101AAAA), introduction by 2026-11-23" in done.stderr
    figures = "2 open next steps, 1 of them overdue, 1 customer without one, 1 open complaint, 1 budget to confirm"
    assert f"刘洋 hands over 2 customers\n  {figures}\n" in done.stderr
    assert done.stderr.splitlines()[:7] == [
        "刘洋 hands over 2 customers",
        f"  {figures}",
        "  → 韩梅: 甲公司 (C20260101AAAA), introduction by 2026-11-23",
        "    open: 2 next steps, 1 of them overdue, 1 opportunity, 1 case",
        "  → 韩梅: 王小明 (C20260101BBBB), introduction by 2026-11-23",
        "  → 韩梅: 丙公司 (C20260101CCCC), only what they promised",
        "records are unchanged; --diff shows each change",
    ]


def test_a_dry_run_says_where_the_booklet_is(store: Store, repo: Repo, tmp_path: Path) -> None:
    page = tmp_path / "h.html"
    done = run(store, "--from", "刘洋", "--to", "韩梅", "--dry-run", "-o", str(page))
    lines = done.stderr.splitlines()
    at = lines.index("records are unchanged; --diff shows each change")
    assert lines[at + 1] == f"booklet: {page}"
    assert (repo.git("status", "--porcelain"), page.is_file()) == ("", True)


def test_the_diff_of_a_dry_run_comes_behind_the_summary(store: Store, repo: Repo) -> None:
    asked = ("--from", "刘洋", "--to", "韩梅", "--dry-run")
    done = run(store, *asked, "--diff")
    assert "-owner: liuyang\n+owner: hanmei\n" in done.stdout
    assert "\nrecords are unchanged\n" in done.stderr
    assert done.output.index("刘洋 hands over") < done.output.index("-owner: liuyang")
    assert json.loads(run(store, *asked, "--format", "json").stdout)["diff"] == done.stdout
    with pytest.raises(UsageError, match="--diff requires --dry-run"):
        crmtext.main(["-C", str(store.root), "handover", *asked[:-1], "--diff"], standalone_mode=False)


def test_a_part_goes_to_one_and_the_rest_to_a_third(store: Store, repo: Repo) -> None:
    run(store, "--from", "liuyang", "--to", "hanmei", "--where", "priority == 'key'", "--rest", "赵敏")
    owners = [(repo.path / path).read_text("utf-8").partition("owner: ")[2].split()[0] for path in (A, B, C)]
    assert owners == ["hanmei", "zhaomin", "lilei"]
    assert "by: liuyang" in (repo.path / C).read_text("utf-8")


def test_a_branch_for_review_leaves_everything_else_where_it_was(store: Store, repo: Repo) -> None:
    repo.git("remote", "add", "team", "../nowhere.git")
    repo.write("notes.txt", "mine\n")
    repo.git("add", "notes.txt")
    before = repo.git("rev-parse", "main")
    done = run(store, "--from", "刘洋", "--to", "韩梅", "--branch", "handover-liuyang")
    assert repo.git("symbolic-ref", "--short", "HEAD") == "main"
    assert (repo.git("rev-parse", "main"), repo.git("rev-parse", "handover-liuyang~1")) == (before, before)
    assert repo.git("status", "--porcelain") == "A  notes.txt"
    changed = repo.git("diff", "--name-only", "main", "handover-liuyang").splitlines()
    assert changed == [A, B, C]
    commit = repo.git("rev-parse", "--short=8", "handover-liuyang")
    assert done.stderr.splitlines()[-4:] == [
        f"Committed {commit}: handover: 2 customers, liuyang → hanmei",
        "the commit is on the new branch handover-liuyang; you are still on main",
        "to push it for review: git push -u team handover-liuyang",
        "to undo: git branch -D handover-liuyang",
    ]


def test_a_branch_is_not_named_after_a_resident_id(store: Store, repo: Repo) -> None:
    with pytest.raises(CrmError, match="resident-id"):
        run(store, "--from", "刘洋", "--to", "韩梅", "--branch", "li-11010519491231002X")
    assert repo.git("status", "--porcelain") == ""


def test_introductions_are_spread_over_working_days_key_customers_first(repo: Repo) -> None:
    files = {
        "crmtext.toml": SETTINGS,
        "records/C20260202ZZZZ.yaml": QUIET.format(status="lost").replace("0101BBBB", "0202ZZZZ"),
    }
    for number in range(8):
        text = QUIET.format(status="lead").replace("0101BBBB", f"0202{number:04}")
        files[f"records/C20260202{number:04}.yaml"] = text + ("priority: key\n" if number > 5 else "")
    repo.commit(files)
    run(Store(repo.path), "--from", "刘洋", "--to", "韩梅")
    days = {}
    for path in sorted((repo.path / "records").iterdir()):
        days[path.stem[-4:]] = path.read_text("utf-8").partition("due: ")[2][:10]
    # 2026-11-20 is a Friday.
    assert days == {
        **dict.fromkeys(("0006", "0007", "0000"), "2026-11-23"),
        **dict.fromkeys(("0001", "0002", "0003"), "2026-11-24"),
        **dict.fromkeys(("0004", "0005"), "2026-11-25"),
        "ZZZZ": "",
    }


REFUSED = {
    ("--from", "韩梅", "--to", "刘洋"): "owner-left",
    ("--from", "韩梅", "--to", "韩梅"): "same-colleague",
    ("--from", "韩梅", "--to", "李雷"): "nothing-to-hand-over",
    ("--from", "刘洋", "--to", "韩梅", "--rest", "赵敏"): "handover-rest",
    ("--from", "刘洋", "--to", "韩梅", "--branch", "main"): "branch-exists",
    ("--from", "刘洋", "--to", "韩梅", "--branch", "a..b"): "branch-name",
    ("--from", "nobody", "--to", "韩梅"): "team-member",
}


@pytest.mark.parametrize(("args", "rule"), REFUSED.items(), ids=list(REFUSED.values()))
def test_what_cannot_be_meant_is_refused_and_nothing_changes(
    store: Store, repo: Repo, args: tuple[str, ...], rule: str
) -> None:
    before = repo.git("rev-parse", "HEAD")
    with pytest.raises(CrmError) as caught:
        run(store, *args)
    assert caught.value.problem.rule == rule
    assert (repo.git("rev-parse", "HEAD"), repo.git("status", "--porcelain")) == (before, "")


def test_what_a_user_has_not_committed_is_not_taken_along(store: Store, repo: Repo) -> None:
    repo.write(A, BUSY + "notes: mine\n")
    with pytest.raises(CrmError, match="has uncommitted changes"):
        run(store, "--from", "刘洋", "--to", "韩梅", "--branch", "side")
    assert (repo.path / A).read_text("utf-8") == BUSY + "notes: mine\n"
    assert repo.git("symbolic-ref", "--short", "HEAD") == "main"
    assert repo.git("branch", "--list", "side") == ""


@pytest.mark.parametrize("name", ["b.md", "b.html"])
def test_the_booklet_holds_what_a_colleague_needs(store: Store, repo: Repo, name: str) -> None:
    run(store, "--from", "刘洋", "--to", "韩梅", "--dry-run", "-o", str(repo.path.parent / name))
    shown = (repo.path.parent / name).read_text("utf-8")
    for expected in (
        "甲公司",
        "13800138000",
        "报价",
        "寄样品",
        "一期",
        "掉线",
        "看厂",
        "2026-11-23",
        "a complaint is open",
        "1 budget to confirm",
    ):
        assert expected in shown


def test_the_check_names_records_whose_owner_has_left(store: Store) -> None:
    done = run(store, "--check")
    assert (done.exit_code, done.stdout.count("[owner-left]")) == (1, 2)
    assert "crmtext handover --from liuyang --to" in done.stdout
    run(store, "--from", "刘洋", "--to", "韩梅")
    assert run(store, "--check").exit_code == 0


def test_code_owners_are_folders_where_one_colleague_owns_all(repo: Repo) -> None:
    named = {
        "records/华东/C20260101AAAA.yaml": ("AAAA", "lilei"),
        "records/华东/C20260101BBBB.yaml": ("BBBB", "lilei"),
        "records/南 区/C20260101CCCC.yaml": ("CCCC", "hanmei"),
        "records/南 区/C20260101DDDD.yaml": ("DDDD", "liuyang"),
    }
    text = QUIET.format(status="lead")
    files = {path: text.replace("BBBB", end).replace("liuyang", owner) for path, (end, owner) in named.items()}
    repo.commit({"crmtext.toml": SETTINGS, **files})
    assert run(Store(repo.path), "--codeowners").stdout.splitlines()[1:] == [
        "/records/华东/ lilei@example.com",
        "/records/南\\ 区/C20260101CCCC.yaml hanmei@example.com",
        "# /records/南\\ 区/C20260101DDDD.yaml liuyang",
    ]
