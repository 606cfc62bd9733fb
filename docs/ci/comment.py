"""Post what each open pull request changes as a comment, and update the comment when the changes change.

For GitLab, Gitea and Gitee; needs only Python, git and crmtext. Run it in a clone of the main branch, on a schedule
or in a job that pull requests can't change:

    CRMTEXT_TOKEN=… python comment.py gitlab https://gitlab.example.com/api/v4 GROUP/PROJECT

A pull request is fetched and compared as data, and never checked out or run. The token is removed from the environment
before git and crmtext start.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import urllib.parse
import urllib.request
from dataclasses import dataclass
from functools import cached_property
from typing import Any

MARK = "<!-- crmtext diff -->"
MAIN = os.environ.get("CRMTEXT_MAIN", "HEAD")
#: Addresses of a project, its open requests and their comments; how the token is sent; a request's ref; how to change.
FORGES = {
    "gitlab": (
        "/projects/{project}",
        "/merge_requests?state=opened",
        "/merge_requests/{number}/notes",
        "/merge_requests/{number}/notes/{comment}",
        ("PRIVATE-TOKEN", "{token}"),
        "refs/merge-requests/{number}/head",
        "PUT",
    ),
    "gitea": (
        "/repos/{project}",
        "/pulls?state=open",
        "/issues/{number}/comments",
        "/issues/comments/{comment}",
        ("Authorization", "token {token}"),
        "refs/pull/{number}/head",
        "PATCH",
    ),
    "gitee": (
        "/repos/{project}",
        "/pulls?state=open",
        "/pulls/{number}/comments",
        "/pulls/comments/{comment}",
        ("Authorization", "token {token}"),
        "refs/pull/{number}/head",
        "PATCH",
    ),
}


@dataclass(frozen=True)
class Forge:
    """One project on a forge, spoken to by its API."""

    name: str
    api: str
    project: str
    token: str

    def call(self, method: str, path: str, body: object = None, *, whole: bool = False) -> Any:
        """What the forge answers."""
        name, value = FORGES[self.name][4]
        project = urllib.parse.quote(self.project, safe="" if self.name == "gitlab" else "/")
        url = self.api.rstrip("/") + ("" if whole else FORGES[self.name][0].format(project=project)) + path
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(url, data, method=method)  # noqa: S310 - the address is the user's own
        request.add_header(name, value.format(token=self.token))
        request.add_header("Content-Type", "application/json")
        with urllib.request.urlopen(request, timeout=30) as answer:  # noqa: S310 - as above
            return json.load(answer)

    @cached_property
    def me(self) -> int:
        """The id of the account that the token belongs to."""
        return int(self.call("GET", "/user", whole=True)["id"])

    def pages(self, path: str) -> list[Any]:
        """All items of a list."""
        found: list[Any] = []
        sign = "&" if "?" in path else "?"
        size = "limit" if self.name == "gitea" else "per_page"
        for page in range(1, 100):
            items = self.call("GET", f"{path}{sign}{size}=50&page={page}")
            found += items
            if len(items) < 50:
                break
        return found


def comparison(ref: str) -> str:
    """What a request changes, as Markdown; empty where no customer differs."""
    subprocess.run(["git", "fetch", "--quiet", "--no-tags", "origin", f"+{ref}:refs/crmtext/request"], check=True)
    span = f"{MAIN}...refs/crmtext/request"
    counted = subprocess.run(["crmtext", "diff", span, "--format", "json"], check=True, capture_output=True)
    found = json.loads(counted.stdout)
    if not found["customers"] and not found["left_out"]:
        return ""
    done = subprocess.run(["crmtext", "diff", span, "--format", "markdown"], check=True, capture_output=True)
    return done.stdout.decode()


def post(forge: Forge, number: int, text: str) -> str:
    """Write the comment, update the one that is there, or leave it: `posted`, `updated`, `same` or `nothing`."""
    comments, comment, method = FORGES[forge.name][2], FORGES[forge.name][3], FORGES[forge.name][6]
    every = forge.pages(comments.format(number=number))
    # Anybody can begin a comment with the mark; only one of our own is updated.
    mine = [each for each in every if (each.get("author") or each.get("user") or {}).get("id") == forge.me]
    old = [each for each in mine if each["body"].startswith(MARK)]
    body = f"{MARK}\n{text or 'No customer differs any more.'}"
    if old and old[0]["body"].strip() == body.strip():
        return "same"
    if old:
        forge.call(method, comment.format(number=number, comment=old[0]["id"]), {"body": body})
        return "updated"
    if not text:
        return "nothing"
    forge.call("POST", comments.format(number=number), {"body": body})
    return "posted"


def main(name: str, api: str, project: str) -> None:
    """Look through all open requests."""
    forge = Forge(name, api, project, os.environ.pop("CRMTEXT_TOKEN"))
    for request in forge.pages(FORGES[name][1]):
        number = request["iid"] if name == "gitlab" else request["number"]
        done = post(forge, number, comparison(FORGES[name][5].format(number=number)))
        sys.stdout.write(f"{number}: {done}\n")


if __name__ == "__main__":
    main(*sys.argv[1:4])
