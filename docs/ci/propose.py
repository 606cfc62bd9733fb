"""Set what the classification rules say on a branch, and open a pull or merge request for it.

For GitHub, GitLab and Gitea; needs only Python, git and crmtext. Run it in a clone of the main branch that may push, on
a schedule:

    CRMTEXT_TOKEN=… python propose.py gitlab https://gitlab.example.com/api/v4 GROUP/PROJECT

An open request is updated. Without differences nothing is opened, and a branch of an earlier run is deleted. A request
that was closed comes back only with other changes. A branch with commits of others is left alone. The token is removed
from the environment before git and crmtext start.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import urllib.parse
import urllib.request
from dataclasses import dataclass
from typing import Any

BRANCH = os.environ.get("CRMTEXT_BRANCH", "classification")
KEPT = "refs/crmtext/proposed"


@dataclass(frozen=True)
class Request:
    """A pull or merge request of the branch."""

    number: int
    commit: str
    is_open: bool


@dataclass(frozen=True)
class Forge:
    """One project on a forge, spoken to by its API."""

    name: str
    api: str
    project: str
    token: str

    def call(self, method: str, path: str, body: object = None) -> Any:
        """What the forge answers about the project."""
        gitlab = self.name == "gitlab"
        project = urllib.parse.quote(self.project, safe="" if gitlab else "/")
        url = f"{self.api.rstrip('/')}/{'projects' if gitlab else 'repos'}/{project}{path}"
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(url, data, method=method)  # noqa: S310 - the address is the user's own
        header = {"gitlab": ("PRIVATE-TOKEN", ""), "gitea": ("Authorization", "token ")}
        name, before = header.get(self.name, ("Authorization", "Bearer "))
        request.add_header(name, before + self.token)
        request.add_header("Content-Type", "application/json")
        with urllib.request.urlopen(request, timeout=30) as answer:  # noqa: S310 - as above
            return json.load(answer)

    def requests(self) -> list[Request]:
        """The latest requests of the branch, open or not, without those of forks."""
        if self.name == "gitlab":
            items = self.call("GET", f"/merge_requests?state=all&source_branch={BRANCH}&per_page=50")
            own = [item for item in items if item["source_project_id"] == item["target_project_id"]]
            return [Request(item["iid"], item["sha"] or "", item["state"] == "opened") for item in own]
        owner = self.project.partition("/")[0]
        items = self.call("GET", f"/pulls?state=all&head={owner}:{BRANCH}&per_page=50&limit=50")
        return [
            Request(item["number"], item["head"]["sha"], item["state"] == "open")
            for item in items
            # Forks may have a branch of that name, too; the repository of a deleted fork is null.
            if item["head"]["ref"] == BRANCH and (item["head"]["repo"] or {}).get("full_name") == self.project
        ]

    def open(self, main: str, title: str, text: str) -> None:
        """Open a request."""
        if self.name == "gitlab":
            more = {"source_branch": BRANCH, "target_branch": main, "remove_source_branch": True}
            self.call("POST", "/merge_requests", {"title": title, "description": text, **more})
        else:
            self.call("POST", "/pulls", {"title": title, "body": text, "head": BRANCH, "base": main})

    def update(self, number: int, title: str, text: str) -> None:
        """Give an open request another title and text."""
        if self.name == "gitlab":
            self.call("PUT", f"/merge_requests/{number}", {"title": title, "description": text})
        else:
            self.call("PATCH", f"/pulls/{number}", {"title": title, "body": text})


def git(*arguments: str) -> str:
    """What git prints."""
    return subprocess.run(["git", *arguments], check=True, capture_output=True, text=True).stdout.strip()


def earlier() -> str:
    """The commit of the branch on the forge; empty if there is none."""
    if not git("ls-remote", "origin", f"refs/heads/{BRANCH}"):
        return ""
    git("fetch", "--quiet", "--no-tags", "origin", f"+refs/heads/{BRANCH}:{KEPT}")
    return git("rev-parse", KEPT)


def has_other_commits(branch: str) -> bool:
    """Whether a branch has commits that no run of this script made; merges of main don't count."""
    count = ("rev-list", "--count", "--no-merges")
    return git(*count, f"HEAD..{branch}") != git(*count, "--grep=^Crm-Action: classify$", f"HEAD..{branch}")


def propose(forge: Forge, main: str) -> str:
    """Bring the branch and its request up to date, and return what was done."""
    base, before = git("rev-parse", "HEAD"), earlier()
    if before and has_other_commits(before):
        return f"left alone: {BRANCH} has commits of others; merge or delete it"
    git("checkout", "--quiet", "-B", BRANCH)
    subprocess.run(["crmtext", "classify", "--write"], check=True, stdout=sys.stderr)
    if git("rev-parse", "HEAD") == base:
        if before:
            git("push", "--quiet", f"--force-with-lease={BRANCH}:{before}", "origin", f":refs/heads/{BRANCH}")
        return "deleted" if before else "nothing"
    same = bool(before) and git("rev-parse", f"{before}^{{tree}}") == git("rev-parse", "HEAD^{tree}")
    if not same:
        lease = f"--force-with-lease={BRANCH}:{before}"
        git("push", "--quiet", lease, "origin", f"HEAD:refs/heads/{BRANCH}")
    there = forge.requests()
    if same and any(one.is_open or one.commit == before for one in there):
        return "unchanged"
    done = subprocess.run(["crmtext", "diff", f"{base}..HEAD", "--format", "markdown"], check=True, capture_output=True)
    title, text = git("log", "-1", "--format=%s"), done.stdout.decode()
    if opened := next((one for one in there if one.is_open), None):
        forge.update(opened.number, title, text)
        return "updated"
    forge.open(main, title, text)
    return "opened"


if __name__ == "__main__":
    sys.stdout.write(propose(Forge(*sys.argv[1:4], os.environ.pop("CRMTEXT_TOKEN")), os.environ["CRMTEXT_MAIN"]) + "\n")
