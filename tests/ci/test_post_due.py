"""The script in docs/ci that posts what is due to group chats, against a receiver that is played here."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import os
import subprocess
import sys
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, urlsplit

import due_calendar
import pytest
import stores

if TYPE_CHECKING:
    from collections.abc import Iterator

SCRIPT = Path(__file__).parents[2] / "docs/ci/post_due.py"


class Robot(BaseHTTPRequestHandler):
    posted: list[tuple[str, dict[str, Any]]]
    answer: dict[str, Any]

    def do_POST(self) -> None:
        self.posted.append((self.path, json.loads(self.rfile.read(int(self.headers["Content-Length"])))))
        self.send_response(200)
        self.end_headers()
        self.wfile.write(json.dumps(self.answer).encode())

    def log_message(self, *args: object) -> None:
        pass


@pytest.fixture
def robot() -> Iterator[str]:
    Robot.posted, Robot.answer = [], {"errcode": 0, "errmsg": "ok", "code": 0}
    with HTTPServer(("127.0.0.1", 0), Robot) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


def run(folder: Path, *arguments: str, **given: str) -> tuple[int, str]:
    shim = folder / "bin/crmtext"
    shim.parent.mkdir(exist_ok=True)
    # Fails where an address or a secret reaches it.
    shim.write_text(f'#!/bin/sh\nenv | grep -q secret && exit 70\nexec "{sys.executable}" -P -m crmtext "$@"\n')
    shim.chmod(0o755)
    env = {**os.environ, "PATH": f"{shim.parent}{os.pathsep}{os.environ['PATH']}", "PYTHONPATH": str(stores.ROOT)}
    env |= {"CRMTEXT_LANG": "zh", "CRMTEXT_PAUSE": "0", "no_proxy": "127.0.0.1", **given}
    done = subprocess.run(
        [sys.executable, SCRIPT, *arguments], cwd=folder, env=env, capture_output=True, check=False, timeout=60
    )
    assert b"secret" not in done.stdout + done.stderr
    return done.returncode, done.stdout.decode()


def signed(secret: bytes, text: bytes) -> str:
    return base64.b64encode(hmac.new(secret, text, hashlib.sha256).digest()).decode()


def test_each_chat_gets_a_message_for_each_colleague(
    tmp_path: Path, robot: str, capsys: pytest.CaptureFixture[str]
) -> None:
    store = due_calendar.store(tmp_path)
    chats = {name: f"{robot}/{name}?key=secret" for name in ("WECOM", "FEISHU", "DINGTALK")}
    given = {f"CRMTEXT_{name}": address for name, address in chats.items()}
    code, output = run(store, "5", **given, CRMTEXT_FEISHU_SECRET="secret-f", CRMTEXT_DINGTALK_SECRET="secret-d")
    lines = [f"{owner}: {chat}: posted" for owner in ("lilei", "hanmei") for chat in ("wecom", "feishu", "dingtalk")]
    assert (code, output.splitlines()) == (0, lines)
    program = stores.Program(capsys, store)
    texts = [
        program("--lang", "zh", "due", "--owner", owner, "--format", "markdown", "--limit", "5").out
        for owner in ("lilei", "hanmei")
    ]
    assert [body["markdown"]["content"] for path, body in Robot.posted if path == "/WECOM?key=secret"] == texts
    cards = [body for path, body in Robot.posted if path == "/FEISHU?key=secret"]
    assert [body["card"]["elements"] for body in cards] == [[{"tag": "markdown", "content": text}] for text in texts]
    assert {body["sign"] for body in cards} == {
        signed(f"{body['timestamp']}\nsecret-f".encode(), b"") for body in cards
    }
    for (path, body), text in zip([one for one in Robot.posted if one[0].startswith("/DINGTALK")], texts, strict=True):
        query = parse_qs(urlsplit(path).query)
        assert query["sign"] == [signed(b"secret-d", f"{query['timestamp'][0]}\nsecret-d".encode())]
        assert body == {"msgtype": "markdown", "markdown": {"title": "crmtext 2026-11-20", "text": text}}


def test_a_long_list_fits_the_limit_of_the_chat_and_a_rejection_fails_the_job(tmp_path: Path, robot: str) -> None:
    open_ = "needs: [{description: " + "很长的需求" * 20 + ", budget: {basis: to-confirm}}]\n"
    texts = [stores.record(f"{number:03}", f"客户 {number}", open_) for number in range(30)]
    Robot.answer = {"errcode": 45009, "errmsg": "reach max api daily quota limit"}
    store = stores.made(tmp_path, *texts)
    assert run(store, "30", CRMTEXT_WECOM=f"{robot}/send?key=secret") == (
        1,
        "lilei: wecom: reach max api daily quota limit\n",
    )
    ((_path, body),) = Robot.posted
    text = body["markdown"]["content"]
    assert (len(text.encode()) <= 4096, text.count("- [ ] ")) == (True, 9)
    assert text.endswith("\n\n还有 21 项：crmtext due --owner lilei\n")
    # Whom nobody answers is no traceback with the address in it.
    code, output = run(store, CRMTEXT_WECOM="http://127.0.0.1:1/send?key=secret")
    assert (code, output.startswith("lilei: wecom: ")) == (1, True)


@pytest.mark.parametrize(
    ("day", "worked"), [("2026-11-20", True), ("2026-11-21", False), ("2026-11-22", True), ("2026-11-23", False)]
)
def test_nothing_is_posted_on_a_day_that_is_not_worked(
    tmp_path: Path, robot: str, monkeypatch: pytest.MonkeyPatch, day: str, worked: bool
) -> None:
    monkeypatch.setenv("CRMTEXT_TODAY", day)
    days = '[followup]\nholidays = ["2026-11-23/2026-11-24"]\nworkdays = ["2026-11-22"]\n'
    store = stores.made(tmp_path, team=stores.TEAM + days)
    assert run(store, CRMTEXT_FEISHU=robot) == (0, "" if worked else f"{day}: no working day\n")
    assert run(store) == (2, "")
