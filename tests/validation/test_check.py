"""What `crmtext check` reads: the disk, the index, a commit, the commits of a range; and how it is told."""

from __future__ import annotations

import json
import os
from typing import TYPE_CHECKING, Any

import pytest
import stores

from crmtext.__main__ import main
from crmtext.answer import CommitProblems
from crmtext.problem import CrmError
from crmtext.store import Store
from crmtext.validation.commit_range import Asked
from crmtext.validation.commit_range import check as check_range

if TYPE_CHECKING:
    from repos import Repo

ONE, TWO = stores.path("001"), stores.path("002")
BAD_MAIL = "emails: [info@]\n"


@pytest.fixture
def history(repo: Repo, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Commits: a good one, one that breaks a record, one that adds another, one that mends the first."""
    commits = [repo.commit({"crmtext.toml": stores.TEAM, ONE: stores.record("001")}, "store")]
    monkeypatch.setenv("GIT_AUTHOR_NAME", "韩梅")
    commits.append(repo.commit({ONE: stores.record("001", more=BAD_MAIL)}, "a slip"))
    monkeypatch.setenv("GIT_AUTHOR_NAME", "李雷")
    commits.append(
        repo.commit({TWO: stores.record("002", "苏州样例机械有限公司", owner="nobody")}, "a second customer")
    )
    commits.append(repo.commit({ONE: stores.record("001")}, "mended"))
    monkeypatch.chdir(repo.path)
    return commits


def asked(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, dict[str, Any]]:
    code = main(["check", "--format", "json", *arguments])
    return code, json.loads(capsys.readouterr().out)


def test_a_range_names_the_commit_that_brought_each_problem_and_who_made_it(history: list[str], repo: Repo) -> None:
    result = check_range(Store(repo.path), f"{history[0]}..HEAD")
    assert [(problem.commit, problem.rule, problem.hint.split("\n")[-1]) for problem in result.problems] == [
        (history[1], "email-format", "fixed by a later commit; this one stays in the history"),
        (history[2], "team-member", result.problems[1].hint),
    ]
    day = result.culprits[0].day
    assert (result.commits, result.culprits) == (
        3,
        (
            CommitProblems(history[1], "韩梅", day, "a slip"),
            CommitProblems(history[2], "李雷", day, "a second customer"),
        ),
    )


def test_a_range_in_which_nothing_breaks_is_fine(history: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["check", "--range", "HEAD~1..HEAD"]) == 0
    assert capsys.readouterr().out == "1 commit checked, no problems\n"


def test_a_range_shows_its_problems_below_their_commits(history: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["check", "--range", f"{history[0]}.."]) == 1
    output = capsys.readouterr().out
    assert f"{history[1][:10]} 2026-11-20 韩梅: a slip\n\n{ONE}:" in output
    assert output.endswith("2 errors introduced by 2 of 3 commits\n")


def test_a_range_as_json_names_the_commit_of_each_problem(
    history: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    code, document = asked(capsys, "--range", f"{'0' * 40}..HEAD")
    assert (code, document["read"], document["errors"]) == (1, history[3], 2)
    assert [problem["commit"] for problem in document["problems"]] == history[1:3]
    assert [commit["author"] for commit in document["commits"]] == ["韩梅", "李雷"]


def test_a_range_is_narrowed_by_paths_and_rules(history: list[str], repo: Repo) -> None:
    store, span = Store(repo.path), f"{history[0]}..HEAD"
    assert [problem.place.path for problem in check_range(store, span, Asked((TWO,))).problems] == [TWO]
    assert [problem.rule for problem in check_range(store, span, Asked(ignore=("team-member",))).problems] == [
        "email-format"
    ]


def test_a_merge_brings_nothing_that_its_commits_have_not_brought(history: list[str], repo: Repo) -> None:
    repo.git("checkout", "-q", "-b", "side", history[0])
    step = stores.record("001", status="paused", more="cooperation: {paused_reason: 搬迁}\n")
    side = repo.commit({ONE: step}, "a jump")
    repo.git("checkout", "-q", "main")
    repo.git("merge", "-q", "--no-ff", "-m", "merge", "side")
    result = check_range(Store(repo.path), f"{history[3]}..HEAD")
    assert [(problem.commit, problem.rule) for problem in result.problems] == [(side, "status-transition")]


def test_settings_that_cannot_be_read_are_the_fault_of_their_commit_alone(history: list[str], repo: Repo) -> None:
    broken = repo.commit({"crmtext.toml": "[team\n"}, "broken settings")
    repo.commit({"crmtext.toml": stores.TEAM}, "mended settings")
    result = check_range(Store(repo.path), f"{history[3]}..HEAD")
    assert [(problem.commit, problem.rule) for problem in result.problems] == [(broken, "settings-syntax")]


@pytest.mark.parametrize("typed", ["HEAD", "a...b", "HEAD..nowhere"])
def test_what_is_no_range_is_wrong_usage(history: list[str], repo: Repo, typed: str) -> None:
    with pytest.raises(CrmError) as caught:
        check_range(Store(repo.path), typed)
    assert (caught.value.problem.rule, caught.value.exit_code) in [("range", 2), ("unknown-revision", 2)]


def test_at_reads_the_commit_and_nothing_else(
    history: list[str], repo: Repo, capsys: pytest.CaptureFixture[str]
) -> None:
    repo.write(TWO, "no: record\n")
    code, document = asked(capsys, "--at", history[1])
    assert (code, document["read"], document["checked"]) == (1, history[1], 1)
    assert [(problem["rule"], problem["path"]) for problem in document["problems"]] == [("email-format", ONE)]


def test_paths_narrow_what_is_told_and_a_wrong_one_is_told(
    history: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert asked(capsys, ONE)[0] == 0
    assert asked(capsys, "records/")[1]["errors"] == 1
    assert main(["check", "records/nowhere"]) == 2


def test_a_mistyped_rule_is_told_with_the_nearest_one(
    history: list[str], repo: Repo, capsys: pytest.CaptureFixture[str]
) -> None:
    for option in ("--select", "--ignore"):
        assert main(["check", option, "phone-from"]) == 2
        assert "did you mean 'phone-form'?" in capsys.readouterr().err
    repo.write("crmtext.toml", stores.TEAM + '[check]\nignore = ["team-membr"]\n')
    code, document = asked(capsys, "--select", "ignored-rule", "--strict")
    assert (code, [problem["hint"] for problem in document["problems"]]) == (1, ["did you mean 'team-member'?"])


@pytest.mark.parametrize(("variable", "begins"), [("GITHUB_ACTIONS", "::error file="), ("GITLAB_CI", "[\n")])
def test_in_a_job_the_form_of_the_forge_is_taken_and_a_range_names_commits(
    history: list[str], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], variable: str, begins: str
) -> None:
    monkeypatch.setenv(variable, "true")
    assert main(["check"]) == 1
    assert capsys.readouterr().out.startswith(begins)
    assert main(["check", "--range", f"{history[0]}..HEAD"]) == 1
    output = capsys.readouterr().out
    assert output.startswith(begins)
    assert f"introduced by commit {history[2][:10]}" in output


def test_a_fix_that_is_tried_shows_the_diff_and_writes_nothing(
    repo: Repo, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    repo.write("crmtext.toml", stores.TEAM)
    repo.write(ONE, stores.record("001", status="合作中", more="cooperation: {since: 2024-05-01, products: [a]}\n"))
    monkeypatch.chdir(repo.path)
    before = (repo.path / ONE).read_bytes()
    assert main(["check", "--fix", "--dry-run"]) == 1
    output = capsys.readouterr().out
    assert ("-status: 合作中\n+status: active\n" in output, (repo.path / ONE).read_bytes()) == (True, before)
    assert main(["check", "--fix"]) == 0


def test_strict_counts_warnings(repo: Repo, monkeypatch: pytest.MonkeyPatch) -> None:
    repo.write("crmtext.toml", stores.TEAM)
    repo.write(ONE, stores.record("001", more='phones: ["123"]\n'))
    monkeypatch.chdir(repo.path)
    assert (main(["check"]), main(["check", "--strict"])) == (0, 1)


@pytest.mark.skipif(os.name == "nt", reason="no pipes among files")
def test_a_pipe_is_told_and_never_read(repo: Repo) -> None:
    repo.write("crmtext.toml", stores.TEAM)
    repo.write(ONE, stores.record("001"))
    os.mkfifo(repo.path / TWO)
    result = Store(repo.path).worktree()
    assert [(problem.rule, problem.place.path) for problem in result.problems] == [("not-a-file", TWO)]
    (repo.path / "crmtext.toml").unlink()
    os.mkfifo(repo.path / "crmtext.toml")
    with pytest.raises(CrmError) as caught:
        Store(repo.path).settings  # noqa: B018 - read when asked for
    assert caught.value.problem.rule == "not-a-file"
