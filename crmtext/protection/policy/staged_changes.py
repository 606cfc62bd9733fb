"""The staged changes that the user may not push to main, by the policy of main as it was fetched last."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

from crmtext.git.plumbing import ask, attempt, head, merged_heads
from crmtext.git.scratch import commit_of, scratch
from crmtext.problem import Severity
from crmtext.protection.policy.changes import changes
from crmtext.protection.policy.files import steps
from crmtext.protection.policy.rights import denied
from crmtext.protection.policy.stores import policies

if TYPE_CHECKING:
    from collections.abc import Iterator

    from crmtext.git.plumbing import Repository
    from crmtext.problem import Problem


def staged_warnings(repo: Repository, main: str) -> Iterator[Problem]:
    """Yield what the policy of a commit of main denies of the staged changes; nothing for a merge.

    Raises CrmError if the policy can't be read.
    """
    if merged_heads(repo) or not (in_force := policies(repo, main)):
        return
    address = (ask(repo, "var", "GIT_COMMITTER_IDENT") or "").partition("<")[2].partition(">")[0]
    with scratch(repo) as room:
        commit = _staged_commit(repo, room)
        if commit is None:
            return
        for old, new in steps(room, [(head(repo) or "", commit)]):
            for policy in in_force:
                for change in changes(old, new, policy.home):
                    if denial := denied(policy, change, policy.member(address)):
                        yield denial.problem._replace(severity=Severity.WARNING)


def _staged_commit(repo: Repository, room: Repository) -> str | None:
    """The staged files as a commit in the temporary repository; None if git can't write them as a tree."""
    index = room.git_dir / "index"
    # A copy: git may write into an index that it reads.
    if repo.index_file.is_file():
        shutil.copyfile(repo.index_file, index)
    code, output, _words = attempt(room, "write-tree", "--missing-ok", env={"GIT_INDEX_FILE": str(index)})
    if code:
        return None
    parents = (commit,) if (commit := head(repo)) else ()
    return commit_of(room, output.decode().strip(), *parents)
