"""What forges read of a check: annotations, code quality, a page for the job's summary."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
import stores
from rules import all_rules

from crmtext.answer import Problems
from crmtext.checks import pages
from crmtext.cli.framework import forge_formats
from crmtext.problem import Place, Problem, Severity

if TYPE_CHECKING:
    from pathlib import Path

    from repos import Repo

MAIL = Problem(
    "email-format", "100% wrong: 'a\rb'", Place("records/a,b:c.yaml", 12, 9, 12, 14), "write it\nas name@example.com"
)
BLOCK = Problem("phone-form", "no | phone of @all <b>", Place("records/C2.yaml", 3, 9, 5, 2), severity=Severity.WARNING)
BARE = Problem("settings", "the settings are wrong")
AT_MAIL = "line=12,endLine=12,col=9,endColumn=13"
SAID = "'a\\rb'%0Awrite it%0Aas name@example.com"
FOUND = Problems("worktree", 3, (MAIL, BLOCK, BARE))
WRONG = stores.record("001").replace("lilei", "nobody")


@pytest.fixture
def store(repo: Repo) -> Path:
    """A store in a folder of a repository, with one wrong record."""
    return stores.made(repo.path / "crm", WRONG)


def test_annotations_escape_what_would_end_them() -> None:
    assert forge_formats.github(FOUND, "crm/").splitlines() == [
        "::error title=settings::the settings are wrong",
        "::warning file=crm/records/C2.yaml,line=3,endLine=5,title=phone-form::no | phone of @all <b>",
        f"::error file=crm/records/a%2Cb%3Ac.yaml,{AT_MAIL},title=email-format::100%25 wrong: {SAID}",
        "2 errors, 1 warning in 2 of 3 records",
    ]


def test_code_quality_names_each_problem_with_its_place() -> None:
    issues = json.loads(forge_formats.gitlab(FOUND, "crm/"))
    assert [(issue["check_name"], issue["severity"], issue["location"]) for issue in issues] == [
        ("settings", "major", {"path": "crm/crmtext.toml", "lines": {"begin": 1, "end": 1}}),
        ("phone-form", "minor", {"path": "crm/records/C2.yaml", "lines": {"begin": 3, "end": 5}}),
        ("email-format", "major", {"path": "crm/records/a,b:c.yaml", "lines": {"begin": 12, "end": 12}}),
    ]
    assert issues[2]["description"] == "100% wrong: 'a\rb' – write it; as name@example.com"


def test_a_fingerprint_stays_when_the_line_moves_and_differs_where_a_mistake_is_made_twice() -> None:
    def prints(*lines: int) -> list[str]:
        problems = tuple(Problem("phone-form", "wrong", Place("records/C1.yaml", line, 1, line, 2)) for line in lines)
        return [issue["fingerprint"] for issue in json.loads(forge_formats.gitlab(Problems("worktree", 1, problems)))]

    assert prints(3, 9) == prints(4, 10)
    assert len(set(prints(3, 9))) == 2


def test_a_page_holds_nothing_that_markdown_obeys() -> None:
    assert forge_formats.markdown(FOUND) == (
        "### 2 errors, 1 warning in 2 of 3 records\n\n"
        "| Place | Problem | Fix |\n|---|---|---|\n"
        "|  | **error**: the settings are wrong `settings` |  |\n"
        "| records/C2.yaml:3:9 | **warning**: no \\| phone of @&#8288;all &lt;b&gt; `phone-form` |  |\n"
        "| records/a,b:c.yaml:12:9 | **error**: 100% wrong: 'a\\\\rb' `email-format` "
        "| write it<br>as name@example.com |\n"
    )


def test_a_page_without_problems_is_one_line() -> None:
    assert forge_formats.markdown(Problems("worktree", 2, ())) == "### 2 records checked, no problems\n"


def test_a_long_page_is_cut_and_counts_what_is_left() -> None:
    many = tuple(
        Problem("phone-form", "wrong", Place(f"records/C{file:04}.yaml", line, 1, line, 2))
        for file in range(50)
        for line in range(1, 25)
    )
    page = forge_formats.markdown(Problems("worktree", 50, many))
    assert page.count("and 4 more problems in this file") == 41
    assert page.endswith("| … | and 200 more problems | |\n")


@pytest.mark.parametrize(
    ("environment", "form"),
    [
        ({}, "text"),
        ({"GITHUB_ACTIONS": "true"}, "github"),
        ({"GITLAB_CI": "true"}, "gitlab"),
        ({"GITHUB_ACTIONS": "false", "CI": "true"}, "text"),
    ],
)
def test_the_form_is_that_of_the_forge_whose_job_it_is(environment: dict[str, str], form: str) -> None:
    assert forge_formats.default_format(environment) == form


def test_in_a_job_of_github_a_check_annotates_and_adds_to_the_summary(
    store: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    summary = tmp_path / "summary.md"
    summary.write_text("before\n", "utf-8")
    monkeypatch.setenv("GITHUB_ACTIONS", "true")
    monkeypatch.setenv("GITHUB_STEP_SUMMARY", str(summary))
    program = stores.Program(capsys, store)
    result = program("check")
    assert result.code == 1
    assert result.out.startswith(
        "::error file=crm/records/C20240501001.yaml,line=5,endLine=5,col=8,endColumn=13,title="
    )
    assert summary.read_text("utf-8").startswith("before\n### 1 error in 1 of 1 record\n\n| Place |")
    assert program("check", "--format", "text").out.startswith("records/C20240501001.yaml:5:8: error:")


def test_in_a_job_of_gitlab_the_report_is_on_stdout_and_the_log_on_stderr(
    store: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("GITLAB_CI", "true")
    result = stores.Program(capsys, store)("check")
    assert (result.code, [issue["location"]["path"] for issue in result.data]) == (1, ["crm/records/C20240501001.yaml"])
    assert result.err.startswith("records/C20240501001.yaml:5:8: error:")


def test_the_rules_that_can_be_named_are_those_of_the_code() -> None:
    # One is told where a schema is compared with the one shipped, never by a check.
    assert pages.checked() - {"schema-kept", "unknown-setting"} == all_rules() - {"schema-kept"}


@pytest.mark.parametrize("option", ["--select", "--ignore"])
@pytest.mark.parametrize(
    ("typed", "hint"),
    [
        ("email-fromat", "did you mean 'email-format'?"),
        ("xyzzy", "the rule is in brackets at the end of each problem"),
        ("no-customer", "the rule is in brackets at the end of each problem"),
    ],
)
def test_an_unknown_rule_is_wrong_usage(
    store: Path, capsys: pytest.CaptureFixture[str], option: str, typed: str, hint: str
) -> None:
    result = stores.Program(capsys, store)("check", option, typed)
    assert (result.code, result.out) == (2, "")
    assert f"unknown rule '{typed}'" in result.err
    assert hint in result.err


def test_a_rule_of_the_teams_own_schema_can_be_named(store: Path, capsys: pytest.CaptureFixture[str]) -> None:
    schema = json.loads((stores.ROOT / "schema/customer.schema.json").read_bytes())
    branch = {"if": {"properties": {"status": {"const": "lead"}}}, "then": {"required": ["priority"]}}
    schema["allOf"].append(
        branch | {"x-rule": "lead-without-priority", "x-message": {"en": "no priority", "zh": "没有优先级"}}
    )
    (store / "schema").mkdir()
    (store / "schema/customer.schema.json").write_text(json.dumps(schema), "utf-8")
    program = stores.Program(capsys, store)
    problems = program("check", "--select", "lead-without-priority", "--format", "json").data["problems"]
    assert [problem["rule"] for problem in problems] == ["lead-without-priority"]
