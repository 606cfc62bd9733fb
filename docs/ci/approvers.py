"""Print `--approved-by LOGIN` for each colleague whose approval of a pull request counts, for `crmtext check --access`.

Usage: approvers.py API REPOSITORY NUMBER COMMIT, with a token in GH_TOKEN that may read pull requests. Works with the
reviews of GitHub, Gitea and Forgejo. Only the last word of each reviewer counts, and only if it is about this commit.
"""

from __future__ import annotations

import json
import os
import re
import sys
import urllib.request

#: More reviews than these on one pull request are an error, not an approval.
PAGES, PER_PAGE = 20, 50


def main(api: str, repository: str, number: str, commit: str) -> None:
    """Print the options, one word a line."""
    last: dict[str, dict[str, object]] = {}
    for page in range(1, PAGES + 2):
        reviews = read(
            f"{api}/repos/{repository}/pulls/{number}/reviews?per_page={PER_PAGE}&limit={PER_PAGE}&page={page}"
        )
        if not reviews:
            break
        if page > PAGES:
            sys.exit("too many reviews")
        for review in reviews:
            login = (review.get("user") or {}).get("login") or ""
            # A comment neither approves nor withdraws. Gitea calls a rejection REQUEST_CHANGES.
            if re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9._-]*", login) and review["state"] not in (
                "COMMENTED",
                "COMMENT",
                "PENDING",
            ):
                last[login] = review
    for login, review in sorted(last.items()):
        withdrawn = review.get("dismissed") or review.get("stale")
        if review["state"] == "APPROVED" and review.get("commit_id") == commit and not withdrawn:
            sys.stdout.write(f"--approved-by\n{login}\n")


def read(url: str) -> list[dict[str, object]]:
    """Return the list at an address of the forge."""
    headers = {"Accept": "application/json", "Authorization": f"Bearer {os.environ['GH_TOKEN']}"}
    with urllib.request.urlopen(urllib.request.Request(url, headers=headers), timeout=30) as answer:  # noqa: S310
        return list(json.load(answer))


if __name__ == "__main__":
    main(*sys.argv[1:])
