"""The jobs in docs/ci that check who changed what: run as a forge runs them, with reviews that are played here."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, urlsplit

import pytest
import stores
import yaml
from repos import Repo

if TYPE_CHECKING:
    from collections.abc import Iterator

CI = Path(__file__).parents[2] / "docs/ci"
RIGHTS = """
[team.zhaomin]
email = "zhaomin@example.com"
role = "lead"
[access]
lead = { may = ["*"], settings = ["*"], files = ["*"] }
[access.sales]
may = ["interactions+"]
"""


class Forge(BaseHTTPRequestHandler):
    reviews: list[dict[str, Any]]

    def do_GET(self) -> None:
        page = int(parse_qs(urlsplit(self.path).query)["page"][0])
        content = json.dumps(self.reviews if page == 1 else []).encode()
        self.send_response(200)
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, *args: object) -> None:
        pass


@pytest.fixture
def forge() -> Iterator[str]:
    Forge.reviews = []
    with HTTPServer(("127.0.0.1", 0), Forge) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}/api/v1"
        server.shutdown()


@pytest.fixture
def request_of(repo: Repo, tmp_path: Path) -> Repo:
    """A clone of main, and a request by a seller who may not make it."""
    scripts = {"ci/approvers.py": (CI / "approvers.py").read_text("utf-8")}
    repo.commit({"crmtext.toml": stores.TEAM + RIGHTS, stores.path(): stores.record(), **scripts}, "store")
    repo.git("switch", "-qc", "request")
    repo.git(
        "update-ref", "refs/pull/7/head", repo.commit({stores.path(): stores.record(status="prospect")}, "request")
    )
    repo.git("switch", "-q", "main")
    repo.git("clone", "-q", str(repo.path), str(tmp_path / "clone"))
    return Repo(tmp_path / "clone")


def run(clone: Repo, script: str, **more: str) -> subprocess.CompletedProcess[bytes]:
    folder = clone.path.parent / "bin"
    folder.mkdir(exist_ok=True)
    for name, words in (("crmtext", "-P -m crmtext"), ("python", "")):
        (folder / name).write_text(f'#!/bin/sh\nexec "{sys.executable}" {words} "$@"\n')
        (folder / name).chmod(0o755)
    env = os.environ | {"PATH": f"{folder}{os.pathsep}{os.environ['PATH']}", "PYTHONPATH": str(stores.ROOT)} | more
    return subprocess.run(["sh", "-ec", script], cwd=clone.path, env=env, capture_output=True, check=False)


def review(clone: Repo, login: str, state: str = "APPROVED", **more: Any) -> dict[str, Any]:
    commit = clone.git("rev-parse", "origin/request")
    return {"user": {"login": login}, "state": state, "commit_id": commit} | more


@pytest.mark.parametrize("name", ["github-access.yml", "gitea-access.yml"])
def test_a_request_passes_when_somebody_who_may_has_approved_it(request_of: Repo, forge: str, name: str) -> None:
    text = (CI / name).read_text("utf-8").replace("\non:", '\n"on":')
    script = yaml.safe_load(text)["jobs"]["access"]["steps"][-1]["run"]
    known = {
        "API": forge, "REPOSITORY": "team/customers", "NUMBER": "7", "GH_TOKEN": "x",
        "REQUEST": request_of.git("rev-parse", "origin/request"), "RUNNER_TEMP": str(request_of.path.parent),
    }  # fmt: skip
    denied = run(request_of, script, **known)
    assert denied.returncode
    assert b"sales may not change status [write-policy]" in denied.stdout
    lead = review(request_of, "zhaomin")
    for reviews, passes in (
        ([lead], True),
        ([review(request_of, "hanmei")], False),
        ([review(request_of, "zhaomin", commit_id="1" * 40)], False),
        ([lead, review(request_of, "zhaomin", "CHANGES_REQUESTED")], False),
        ([lead, review(request_of, "zhaomin", "COMMENTED")], True),
        ([lead | {"dismissed": True}], False),
        ([lead | {"user": {"login": "zhaomin --ignore x"}}], False),
    ):
        Forge.reviews = reviews
        assert (run(request_of, script, **known).returncode == 0) is passes, reviews


@pytest.mark.parametrize("name", ["github-access.yml", "gitea-access.yml"])
def test_the_job_runs_nothing_of_a_request(name: str) -> None:
    content = yaml.safe_load((CI / name).read_text("utf-8").replace("\non:", '\n"on":'))
    assert [*content["on"]] == ["pull_request_target"]
    assert content["permissions"] == {"contents": "read", "pull-requests": "read"}
    steps = content["jobs"]["access"]["steps"]
    assert steps[0]["with"]["ref"] == "${{ github.event.pull_request.base.ref }}"
    assert not any("${{" in step.get("run", "") for step in steps)


def test_a_job_of_gitlab_judges_by_the_target(request_of: Repo) -> None:
    job = yaml.safe_load((CI / "gitlab-access.yml").read_text("utf-8"))["access"]
    script = "\n".join(line for line in job["script"] if "pip install" not in line)
    known = {"CI_MERGE_REQUEST_TARGET_BRANCH_NAME": "main"}
    request_of.git("switch", "-q", "--detach", "origin/request")
    denied = run(request_of, script, CI_COMMIT_SHA=request_of.git("rev-parse", "HEAD"), **known)
    assert denied.returncode == 1
    assert b"[write-policy]" in denied.stdout
    assert run(request_of, script, CI_COMMIT_SHA=request_of.git("rev-parse", "origin/main"), **known).returncode == 0
