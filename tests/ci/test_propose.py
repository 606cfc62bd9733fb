"""The jobs in docs/ci that propose a classification, run against a local server and a forge that is played here."""

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

if TYPE_CHECKING:
    from collections.abc import Iterator

    from repos import Repo

CI = Path(__file__).parents[2] / "docs/ci"
BOT = '\n[team.crmtext]\nname = "crmtext"\nemail = "crmtext@users.noreply.example"\n'
RULE = '\n[[classification.rules]]\nname = "leads"\nwhere = "status == \'lead\'"\nset.value = "low"\n'
BRANCH = "refs/heads/classification"


class Forge(BaseHTTPRequestHandler):
    """Keeps requests as GitHub, GitLab and Gitea do: the commit is that of the branch while they are open."""

    server_of: Repo
    requests: list[dict[str, Any]]
    tokens: set[str]

    def do_GET(self) -> None:
        query = parse_qs(urlsplit(self.path).query)
        assert query["state"] == ["all"]
        for one in self.requests:
            if one["state"] in ("open", "opened"):
                one["sha"] = self.server_of.git("rev-parse", "-q", "--verify", BRANCH, check=False).strip() or None
            one["head"] = {"ref": "classification", "sha": one["sha"], "repo": {"full_name": "team/customers"}}
            one |= {"source_project_id": 1, "target_project_id": 1}
        # Another's fork has a branch with this name, and an open request.
        fork = {"iid": 99, "number": 99, "sha": "f" * 40, "source_project_id": 2, "target_project_id": 1}
        forks = [
            fork | {"head": {"ref": "classification", "sha": "f" * 40, "repo": repo}}
            for repo in (None, {"full_name": "x/y"})
        ]
        opened = "opened" if "merge_requests" in self.path else "open"
        self.answer([*(one | {"state": opened} for one in forks), *self.requests])

    def do_POST(self) -> None:
        opened = "opened" if "merge_requests" in self.path else "open"
        number = len(self.requests) + 1
        self.requests.insert(0, {"iid": number, "number": number, "state": opened, "sha": "", "given": self.body()})
        self.answer({})

    def do_PUT(self) -> None:
        number = int(self.path.rpartition("/")[2])
        next(one for one in self.requests if one["number"] == number)["given"] |= self.body()
        self.answer({})

    def do_PATCH(self) -> None:
        self.do_PUT()

    def body(self) -> Any:
        return json.loads(self.rfile.read(int(self.headers["Content-Length"])))

    def answer(self, value: object) -> None:
        self.tokens.add(self.headers.get("PRIVATE-TOKEN") or self.headers["Authorization"])
        self.send_response(200)
        self.end_headers()
        self.wfile.write(json.dumps(value).encode())

    def log_message(self, *args: object) -> None:
        pass


@pytest.fixture
def server(repo: Repo) -> Repo:
    """The server's repository: a store with a rule that a customer differs from, and the script."""
    files = {"crmtext.toml": stores.TEAM + BOT + RULE, "ci/propose.py": (CI / "propose.py").read_text("utf-8")}
    repo.commit({**files, stores.path("001"): stores.record("001", "甲公司")}, "store")
    repo.git("switch", "-q", "--detach")
    return repo


@pytest.fixture
def address(server: Repo) -> Iterator[str]:
    Forge.server_of, Forge.requests, Forge.tokens = server, [], set()
    with HTTPServer(("127.0.0.1", 0), Forge) as forge:
        threading.Thread(target=forge.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{forge.server_port}/api"
        forge.shutdown()


def run(server: Repo, address: str, name: str) -> str:
    """What the job's own lines print, in a new clone of the main branch."""
    clone = server.path.parent / f"clone-{len(list(server.path.parent.iterdir()))}" / "customers"
    server.git("clone", "-q", "-b", "main", str(server.path), str(clone))
    shim = clone.parent / "bin/crmtext"
    shim.parent.mkdir()
    # Fails if the token reaches it.
    shim.write_text(f'#!/bin/sh\n[ -z "$CRMTEXT_TOKEN" ] && exec "{sys.executable}" -P -m crmtext "$@"\n')
    shim.chmod(0o755)
    (shim.parent / "python").symlink_to(sys.executable)
    env = {**os.environ, "PATH": f"{shim.parent}{os.pathsep}{os.environ['PATH']}", "PYTHONPATH": str(stores.ROOT)}
    for person in ("AUTHOR", "COMMITTER"):
        env = {key: value for key, value in env.items() if not key.startswith(f"GIT_{person}_")}
    env |= {"CRMTEXT_TOKEN": "secret", "CRMTEXT_MAIN": "main"}
    env |= {"GITHUB_API_URL": address, "GITHUB_REPOSITORY": "team/customers"}
    env |= {"CI_API_V4_URL": address, "CI_PROJECT_PATH": "team/customers"}
    done = subprocess.run(["sh", "-ec", script(name)], cwd=clone, env=env, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


def script(name: str) -> str:
    """The lines of the job, without the installation and the clone."""
    job = yaml.safe_load((CI / name).read_text("utf-8").replace("\non:", '\n"on":'))
    if name.startswith("gitlab"):
        lines = job["classify"]["script"]
    else:
        lines = [step["run"] for step in job["jobs"]["classify"]["steps"] if "run" in step]
    return "\n".join(line for line in lines if not line.startswith(("pip install", "git clone", "cd ")))


@pytest.mark.parametrize("name", ["github-classify.yml", "gitlab-classify.yml", "gitea-classify.yml"])
def test_a_request_is_opened_once_updated_and_deleted(server: Repo, address: str, name: str) -> None:
    assert run(server, address, name) == "opened"
    (request,) = Forge.requests
    title, text = "甲公司: classification added", "### 1 customer: 1 field"
    given = request["given"]
    assert (given["title"], (given.get("body") or given["description"]).startswith(text)) == (title, True)
    assert server.git("log", "-1", "--format=%an %(trailers:key=Crm-Action)", BRANCH).strip() == (
        "crmtext Crm-Action: classify"
    )
    assert "value: low" in server.git("show", f"{BRANCH}:{stores.path('001')}")
    assert "value: low" not in server.git("show", f"main:{stores.path('001')}")
    commit = server.git("rev-parse", BRANCH)
    assert run(server, address, name) == "unchanged"
    assert (len(Forge.requests), server.git("rev-parse", BRANCH)) == (1, commit)

    server.git("switch", "-q", "main")
    server.commit({stores.path("002"): stores.record("002", "乙公司")}, "another")
    server.git("switch", "-q", "--detach")
    assert run(server, address, name) == "updated"
    (request,) = Forge.requests
    assert request["given"]["title"] == "2 customers: 甲公司, 乙公司"
    assert server.git("rev-list", "--count", f"main..{BRANCH}").strip() == "1"

    tokens = {"github-classify.yml": "Bearer secret", "gitlab-classify.yml": "secret"}
    assert Forge.tokens == {tokens.get(name, "token secret")}
    if name != "github-classify.yml":
        return
    # A person closes it: the same is not proposed again.
    request["state"] = "closed"
    assert run(server, address, name) == "unchanged"
    # A person works on the branch.
    server.git("switch", "-q", "classification")
    server.commit({"notes.txt": "x"}, "by a colleague")
    server.git("switch", "-q", "--detach")
    assert run(server, address, name).startswith("left alone: classification has commits of others")
    server.git("switch", "-q", "main")
    server.git("merge", "-q", "classification")
    server.git("switch", "-q", "--detach")
    assert run(server, address, name) == "deleted"
    assert server.git("for-each-ref", BRANCH) == ""
    assert (run(server, address, name), len(Forge.requests)) == ("nothing", 1)


def test_the_jobs_run_from_main_with_a_token_that_no_request_gets() -> None:
    github, gitea, gitlab = (
        (CI / f"{forge}-classify.yml").read_text("utf-8") for forge in ("github", "gitea", "gitlab")
    )
    for text in (github, gitea):
        workflow = yaml.safe_load(text.replace("\non:", '\n"on":'))
        assert {*workflow["on"]} == {"schedule"}
        assert workflow["jobs"]["classify"]["steps"][0]["with"]["ref"] == "main"
        assert "${{" not in " ".join(step.get("run", "") for step in workflow["jobs"]["classify"]["steps"])
    assert '$CI_PIPELINE_SOURCE == "schedule" && $CI_COMMIT_BRANCH == $CI_DEFAULT_BRANCH' in gitlab
