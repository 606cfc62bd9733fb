"""Merge main into open pull requests that the forge shows as conflicting, if crmtext can merge them.

A forge merges line by line and runs no merge drivers, so two entries of one day look like a conflict to it. Run this in
a clone of the main branch, in a job that pull requests can't change:

    git fetch origin && crmtext hooks install && python repair.py main BRANCH...

Branches that git can merge, that have a real conflict, or whose merge would break a rule are left alone. The files of a
branch are merged and checked as data, and never run.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from typing import Any

REQUEST = "refs/crmtext/request"
#: In the place of the driver: what the forge would do.
BY_LINES = "merge.crmtext.driver=git merge-file -q --marker-size=%L %A %O %B"
NOBODY = {f"GIT_{role}_{key}": value for role in ("AUTHOR", "COMMITTER")
          for key, value in (("NAME", "crmtext"), ("EMAIL", "crmtext@users.noreply.example"))}  # fmt: skip


def git(*arguments: str, check: bool = True) -> subprocess.CompletedProcess[bytes]:
    """Run git without hooks: an identity of its own where none is set."""
    env = {**NOBODY, **os.environ}
    return subprocess.run(
        ["git", "-c", "core.hooksPath=/dev/null", *arguments], check=check, env=env, capture_output=True
    )


def merges(main: str, *settings: str) -> bool:
    """Whether the branch that is checked out merges with main, into the work tree."""
    options = [part for setting in settings for part in ("-c", setting)]
    return git(*options, "merge", "--quiet", "--no-ff", "--no-edit", main, check=False).returncode == 0


def errors(revision: str) -> set[tuple[str, str, str]]:
    """The errors of a commit."""
    done = subprocess.run(["crmtext", "check", "--at", revision, "--format", "json"], check=False, capture_output=True)
    found: Any = json.loads(done.stdout)["problems"]
    return {(each["path"], each["rule"], each["message"]) for each in found if each["severity"] == "error"}


def repaired(main: str, branch: str) -> str:
    """What was done about one branch, in words."""
    git("fetch", "--quiet", "--no-tags", "origin", f"+refs/heads/{branch}:{REQUEST}")
    if git("merge-base", "--is-ancestor", main, REQUEST, check=False).returncode == 0:
        return "up to date"
    git("checkout", "--quiet", "--force", "--detach", REQUEST)
    if merges(main, BY_LINES):
        return "merges by itself"
    git("merge", "--abort", check=False)
    git("reset", "--quiet", "--hard", REQUEST)
    if not merges(main):
        git("merge", "--abort")
        return "for a person: git merge main, crmtext resolve"
    if new := errors("HEAD") - errors(main) - errors(REQUEST):
        return f"for a person: the merge would break {', '.join(sorted(rule for _path, rule, _said in new))}"
    # Not forced: what was pushed meanwhile is looked at the next time.
    pushed = git("push", "--quiet", "origin", f"HEAD:refs/heads/{branch}", check=False).returncode == 0
    return "repaired" if pushed else "changed meanwhile"


def run(main: str, branches: list[str]) -> None:
    """Look at each branch, and come back to where the clone was."""
    here = git("rev-parse", "HEAD").stdout.decode().strip()
    for branch in branches:
        sys.stdout.write(f"{branch}: {repaired(f'origin/{main}', branch)}\n")
        git("reset", "--quiet", "--hard")
    git("checkout", "--quiet", "--force", "--detach", here)


if __name__ == "__main__":
    run(sys.argv[1], sys.argv[2:])
