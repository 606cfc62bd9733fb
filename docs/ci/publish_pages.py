"""Publish the masked pages to a WebDAV folder behind a login: nginx, Apache, Nextcloud.

Needs only Python and crmtext. Run it in a clone of the main branch:

    CRMTEXT_PAGES=https://pages.example.com/customers/ CRMTEXT_PAGES_LOGIN=USER:PASSWORD python publish_pages.py

The pages are written by `crmtext report --mask`, uploaded beside the folder, and take its place once all are there, so
that readers never see half of them, and pages of removed customers go. Nothing is published if the folder can be read
without a login. Both variables are removed from the environment before crmtext starts.
"""

from __future__ import annotations

import base64
import os
import subprocess
import sys
import tempfile
import urllib.error
import urllib.request
from http import HTTPStatus
from pathlib import Path
from urllib.parse import quote, urlsplit

#: A server with a login rejects everyone without one, whether the page exists or not.
CLOSED = (HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN)
LOCAL = ("127.0.0.1", "localhost")


class Stay(urllib.request.HTTPRedirectHandler):
    """Follows no redirect: it could lead anywhere, and the login would go with it."""

    def redirect_request(self, *_given: object) -> None:
        """Return no request."""


OPENER = urllib.request.build_opener(Stay)


def ask(method: str, url: str, login: str = "", data: bytes | None = None, **headers: str) -> int:
    """Send a request and return the status of its answer."""
    if login:
        headers["Authorization"] = "Basic " + base64.b64encode(login.encode()).decode()
    request = urllib.request.Request(url, data, headers, method=method)  # noqa: S310 - checked below
    try:
        with OPENER.open(request, timeout=60) as response:
            return int(response.status)
    except urllib.error.HTTPError as error:
        return error.code


def expect(status: int, *allowed: HTTPStatus) -> None:
    """Raise OSError for any other status."""
    if status not in allowed:
        raise OSError(f"the server answered {status}")


def is_closed(address: str) -> bool:
    """Whether a page can't be read without a login. Asked for a file: many servers forbid only the list of a folder."""
    return ask("GET", address + "index.html") in CLOSED


def upload(folder: Path, address: str, login: str) -> int:
    """Replace the folder at an address by a local one; return the number of files."""
    new = address.rstrip("/") + ".new/"
    expect(ask("DELETE", new, login), HTTPStatus.OK, HTTPStatus.NO_CONTENT, HTTPStatus.NOT_FOUND)
    made = (HTTPStatus.CREATED, HTTPStatus.OK, HTTPStatus.NO_CONTENT)
    expect(ask("MKCOL", new, login), HTTPStatus.CREATED)
    count = 0
    for path in sorted(folder.rglob("*")):
        url = new + quote(path.relative_to(folder).as_posix())
        if path.is_dir():
            expect(ask("MKCOL", f"{url}/", login), HTTPStatus.CREATED)
        else:
            expect(ask("PUT", url, login, path.read_bytes()), *made)
            count += 1
    expect(ask("MOVE", new, login, Destination=address, Overwrite="T"), *made)
    return count


def main() -> int:
    """Write and publish the pages."""
    address, login = (os.environ.pop(name, "") for name in ("CRMTEXT_PAGES", "CRMTEXT_PAGES_LOGIN"))
    parts = urlsplit(address)
    if not (address and ":" in login):
        sys.stderr.write("set CRMTEXT_PAGES to the address of the folder, and CRMTEXT_PAGES_LOGIN to USER:PASSWORD\n")
        return 2
    if parts.scheme != "https" and not (parts.scheme == "http" and parts.hostname in LOCAL):
        sys.stderr.write("CRMTEXT_PAGES must begin with https://\n")
        return 2
    address = address.rstrip("/") + "/"
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary) / "pages"
        subprocess.run(["crmtext", "report", "--mask", "-o", str(folder)], check=True, stdout=subprocess.DEVNULL)
        try:
            if not is_closed(address):
                sys.stderr.write("nothing published: the folder can be read without a login\n")
                return 1
            count = upload(folder, address, login)
        except (OSError, TimeoutError) as error:
            # The address and the login are secrets, and no part of these reasons.
            sys.stderr.write(f"not published: {getattr(error, 'reason', '') or error}\n")
            return 1
    sys.stdout.write(f"published {count} files\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
