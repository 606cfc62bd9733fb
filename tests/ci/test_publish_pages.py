"""The script in docs/ci that publishes the masked pages, against a WebDAV server that is played here."""

from __future__ import annotations

import base64
import os
import subprocess
import sys
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import unquote, urlsplit

import pytest
import stores

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

SCRIPT = Path(__file__).parents[2] / "docs/ci/publish_pages.py"
LOGIN = "robot:secret"
PERSON = "id: C20240501K7QM\nname: 陈小明\ntype: person\nstatus: lead\nowner: lilei\nphones: ['13611238007']\n"


class Dav(BaseHTTPRequestHandler):
    """A folder that only one login may read and write."""

    files: dict[str, bytes]
    folders: set[str]
    is_open: bool
    rejects: str

    def answer(self, status: int) -> None:
        self.send_response(status)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def handle_any(self) -> None:
        length = int(self.headers.get("Content-Length") or 0)
        body, path = self.rfile.read(length), unquote(urlsplit(self.path).path)
        given = self.headers.get("Authorization", "")
        allowed = given == "Basic " + base64.b64encode(LOGIN.encode()).decode()
        if self.rejects and self.rejects in path and self.command == "PUT":
            self.answer(507)
        elif not allowed and not (self.is_open and self.command == "GET"):
            self.answer(401)
        elif self.command == "GET":
            self.answer(200 if path in self.files or path in self.folders else 404)
        elif self.command == "MKCOL":
            parent = path.rstrip("/").rpartition("/")[0] + "/"
            self.answer(201 if parent in self.folders else 409)
            self.folders.add(path)
        elif self.command == "PUT":
            self.answer(201 if path.rpartition("/")[0] + "/" in self.folders else 409)
            self.files[path] = body
        elif self.command == "DELETE":
            self.answer(204 if path in self.folders else 404)
            self.remove(path)
        else:
            target = urlsplit(self.headers["Destination"]).path
            self.remove(target)
            moved = {name: name for name in (*self.files, *self.folders) if name.startswith(path)}
            for name in moved:
                new = target + name[len(path) :]
                if name in self.files:
                    self.files[new] = self.files.pop(name)
                else:
                    self.folders.remove(name)
                    self.folders.add(new)
            self.answer(201)

    def __getattr__(self, name: str) -> Callable[[], None]:
        """The handler of any method."""
        if name.startswith("do_"):
            return self.handle_any
        raise AttributeError(name)

    def remove(self, path: str) -> None:
        for name in [name for name in self.files if name.startswith(path)]:
            del self.files[name]
        self.folders.difference_update([name for name in self.folders if name.startswith(path)])

    def log_message(self, *args: object) -> None:
        pass


@pytest.fixture
def address() -> Iterator[str]:
    Dav.files, Dav.folders, Dav.is_open, Dav.rejects = {}, {"/"}, False, ""
    with HTTPServer(("127.0.0.1", 0), Dav) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}/customers/"
        server.shutdown()


def run(folder: Path, address: str, login: str = LOGIN) -> tuple[int, str, str]:
    shim = folder / "bin/crmtext"
    shim.parent.mkdir(exist_ok=True)
    # Fails where the address or the login reaches it.
    shim.write_text(f'#!/bin/sh\nenv | grep -q CRMTEXT_PAGES && exit 70\nexec "{sys.executable}" -P -m crmtext "$@"\n')
    shim.chmod(0o755)
    env = {**os.environ, "PATH": f"{shim.parent}{os.pathsep}{os.environ['PATH']}", "PYTHONPATH": str(stores.ROOT)}
    env |= {"no_proxy": "127.0.0.1", "CRMTEXT_PAGES": address, "CRMTEXT_PAGES_LOGIN": login}
    done = subprocess.run([sys.executable, SCRIPT], cwd=folder, env=env, capture_output=True, check=False, timeout=120)
    assert b"secret" not in done.stdout + done.stderr
    return done.returncode, done.stdout.decode(), done.stderr.decode()


@pytest.fixture
def store(tmp_path: Path) -> Path:
    return stores.made(tmp_path / "store", PERSON, stores.record())


def test_masked_pages_take_the_place_of_the_former_ones(store: Path, address: str) -> None:
    code, output, error = run(store, address)
    assert (code, output, error) == (0, f"published {len(Dav.files)} files\n", "")
    assert {"/customers/index.html", "/customers/MASKED.txt", "/customers/customers/C20240501K7QM.html"} <= {*Dav.files}
    every = b"\n".join(Dav.files.values()).decode()
    assert ("陈*" in every, "陈小明" in every, "13611238007" in every) == (True, False, False)
    (store / "records/C20240501K7QM.yaml").unlink()
    assert run(store, address)[0] == 0
    assert "/customers/customers/C20240501K7QM.html" not in Dav.files
    assert {path.split("/")[1] for path in Dav.files} == {"customers"}


def test_nothing_is_published_where_no_login_is_needed(store: Path, address: str) -> None:
    Dav.is_open = True
    code, output, error = run(store, address)
    assert (code, output, error) == (1, "", "nothing published: the folder can be read without a login\n")
    assert Dav.files == {}


def test_half_of_the_pages_never_replaces_the_former_ones(store: Path, address: str) -> None:
    assert run(store, address)[0] == 0
    before = {path: data for path, data in Dav.files.items() if path.startswith("/customers/")}
    Dav.rejects = "/people/"
    assert run(store, address) == (1, "", "not published: the server answered 507\n")
    assert {path: data for path, data in Dav.files.items() if path.startswith("/customers/")} == before


@pytest.mark.parametrize(
    ("given", "login", "said"),
    [
        ("http://pages.example/", LOGIN, "CRMTEXT_PAGES must begin with https://\n"),
        ("", LOGIN, "set CRMTEXT_PAGES"),
        ("https://pages.example/", "robot", "set CRMTEXT_PAGES"),
    ],
    ids=["plain", "nowhere", "no password"],
)
def test_an_address_needs_encryption_and_a_login(store: Path, given: str, login: str, said: str) -> None:
    code, output, error = run(store, given, login)
    assert (code, output, error.startswith(said)) == (2, "", True)


def test_a_wrong_login_is_named(store: Path, address: str) -> None:
    assert run(store, address, "robot:wrong") == (1, "", "not published: the server answered 401\n")
