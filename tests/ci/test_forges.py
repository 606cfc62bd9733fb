"""The script in docs/ci that keeps a comment under each open pull request, against a forge that is played here."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator

    from repos import Repo

SCRIPT = Path(__file__).parents[2] / "docs/ci/comment.py"
RECORD = "id: C20260101AAAA\nname: 甲公司\ntype: company\nstatus: {}\nowner: lilei\n"
PATH = "records/C20260101AAAA.yaml"
REF = {"gitlab": "refs/merge-requests/7/head", "gitea": "refs/pull/7/head", "gitee": "refs/pull/7/head"}


class Forge(BaseHTTPRequestHandler):
    comments: list[dict[str, Any]]
    seen: list[tuple[str, str]]

    def do_GET(self) -> None:
        if self.path.endswith("/user"):
            self.answer({"id": 5})
            return
        self.answer([{"iid": 7, "number": 7}] if "state=" in self.path else self.comments)

    def do_POST(self) -> None:
        self.comments.append({"id": 1, "body": self.body(), "author": {"id": 5}, "user": {"id": 5}})
        self.answer({})

    def do_PUT(self) -> None:
        self.comments[-1]["body"] = self.body()
        self.answer({})

    def do_PATCH(self) -> None:
        self.do_PUT()

    def body(self) -> str:
        return str(json.loads(self.rfile.read(int(self.headers["Content-Length"])))["body"])

    def answer(self, value: object) -> None:
        self.seen.append((self.command, self.path.partition("?")[0]))
        self.send_response(200)
        self.end_headers()
        self.wfile.write(json.dumps(value).encode())

    def log_message(self, *args: object) -> None:
        pass


@pytest.fixture
def forge() -> Iterator[HTTPServer]:
    Forge.comments, Forge.seen = [{"id": 0, "body": "<!-- crmtext diff -->\nforged", "user": {"id": 6}}], []
    with HTTPServer(("127.0.0.1", 0), Forge) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield server
        server.shutdown()


def run(repo: Repo, server: HTTPServer, name: str) -> str:
    shim = repo.path.parent / "bin" / "crmtext"
    shim.parent.mkdir(exist_ok=True)
    # Fails where the token reaches it.
    shim.write_text(f'#!/bin/sh\n[ -z "$CRMTEXT_TOKEN" ] && exec "{sys.executable}" -P -m crmtext "$@"\n')
    shim.chmod(0o755)
    env = {**os.environ, "PATH": f"{shim.parent}{os.pathsep}{os.environ['PATH']}", "CRMTEXT_TOKEN": "secret"}
    env["PYTHONPATH"] = str(SCRIPT.parents[2])
    api = f"http://127.0.0.1:{server.server_port}/api"
    done = subprocess.run(
        [sys.executable, SCRIPT, name, api, "team/customers"], cwd=repo.path, env=env, capture_output=True, check=False
    )
    assert done.returncode == 0, done.stderr.decode()
    return done.stdout.decode().strip()


@pytest.mark.parametrize("name", ["gitlab", "gitea", "gitee"])
def test_a_comment_is_posted_kept_and_updated(repo: Repo, forge: HTTPServer, name: str) -> None:
    repo.commit({"crmtext.toml": '[team.lilei]\nname = "李雷"\n', PATH: RECORD.format("lead")})
    repo.git("remote", "add", "origin", str(repo.path))
    repo.git("switch", "-qc", "request")
    repo.git("update-ref", REF[name], repo.commit({PATH: RECORD.format("prospect")}))
    repo.git("switch", "-q", "main")
    assert [run(repo, forge, name), run(repo, forge, name)] == ["7: posted", "7: same"]
    body = Forge.comments[1]["body"]
    assert body.startswith("<!-- crmtext diff -->\n### 1 customer: 1 field\n")
    assert "| Status | Lead | **Prospect** |" in body
    repo.git("update-ref", REF[name], "main")
    assert run(repo, forge, name) == "7: updated"
    assert [each["id"] for each in Forge.comments] == [0, 1]
    assert all(
        re.match(r"/api/(user$|projects/team%2Fcustomers/|repos/team/customers/)", path) for _method, path in Forge.seen
    )


def test_no_workflow_hands_its_token_to_a_pull_request() -> None:
    text = (SCRIPT.parent / "github.yml").read_text("utf-8")
    compare, comment = text.split("\n  comment:\n")
    assert "permissions: {}" in compare
    assert ": write" not in compare
    assert "checkout" not in comment
    assert "github.event.pull_request.head" not in text
    # What a pull request chooses, as its title, must not stand in a script.
    scripts = re.findall(r"run: \|?\n?((?:          .*\n)+)", text)
    assert not re.search(r"\$\{\{ github\.(head_ref|event\.pull_request\.(title|body|head))", "".join(scripts))
