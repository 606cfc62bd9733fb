"""Moves of HEAD to a new commit, and new branches for commits that wait for a review."""

from __future__ import annotations

import math
import re
import time
from typing import TYPE_CHECKING, NamedTuple

from crmtext.disk import files
from crmtext.git.plumbing import Repository, ask, head, run
from crmtext.i18n import _
from crmtext.problem import CrmError, cannot, usage
from crmtext.storage import fsync

if TYPE_CHECKING:
    from pathlib import Path

_PATIENCE = 1.0
_NOTE = re.compile(rb"(?:[0-9a-f]{40}|[0-9a-f]{64})? (?:[0-9a-f]{40}|[0-9a-f]{64})")


class HeadMove(NamedTuple):
    """From which commit to which; None if there is none yet."""

    parent: str | None
    made: str

    @property
    def note(self) -> bytes:
        """The move as a line, for the process that has to finish it."""
        return f"{self.parent or ''} {self.made}\n".encode()

    @classmethod
    def noted(cls, line: bytes) -> HeadMove:
        """The move of such a line. Raises ValueError if it is none."""
        if not _NOTE.fullmatch(line):
            raise ValueError(line)
        parent, _space, made = line.decode().partition(" ")
        return cls(parent or None, made)


def refuse_branch(repo: Repository, name: str) -> None:
    """Refuse what is no name for a new branch."""
    if ask(repo, "check-ref-format", "--branch", name) != name:
        message = _("'{name}' is not a valid branch name").format(name=name)
        raise usage("branch-name", message, _("for example: handover-liuyang"))
    if ask(repo, "rev-parse", "--verify", "--quiet", f"refs/heads/{name}"):
        message = _("the branch '{name}' already exists").format(name=name)
        raise usage("branch-exists", message, _("choose another name"))


def carry_out(repo: Repository, move: HeadMove, says: str = "commit: crmtext") -> None:
    """Move HEAD, and tell its log why. Raises CrmError where it is not where it was."""
    try:
        _update(repo, "HEAD", move.made, move.parent or "0" * len(move.made), says)
    except CrmError as error:
        if error.problem.rule != "git-locked":
            # A git that fails may leave its locks behind; those of another one are not ours to remove.
            release(repo)
        moved_to = head(repo)
        # The child of a killed writer may come to its end after all.
        if moved_to == move.made:
            return
        if moved_to != move.parent:
            raise moved() from None
        raise
    # One that it could not remove is none of its failures.
    if (repo.git_dir / "HEAD.lock").exists():
        release(repo)


def create_branch(repo: Repository, name: str, commit: str) -> None:
    """Create a branch that begins with a commit. Raises CrmError if it exists."""
    _update(repo, f"refs/heads/{name}", commit, "0" * len(commit), "commit: crmtext")
    fsync.sync_ref(repo, f"refs/heads/{name}")


def _update(repo: Repository, ref: str, new: str, old: str, says: str) -> None:
    run(repo, "update-ref", "-m", says, "--end-of-options", ref, new, old)


def moved() -> CrmError:
    """The error for a HEAD that is not where it was."""
    return cannot("head-moved", _("another commit was made here in the meantime"), _("run the command again"))


def release(repo: Repository) -> None:
    """Remove git's locks of HEAD and its branch that a writer of ours left when it was killed with its git.

    Its lock of the index, still there, tells that it died while it moved HEAD. No lock of a ref is held for this long.
    """
    ref = ask(repo, "symbolic-ref", "--quiet", "HEAD")
    for lock in (repo.git_dir / "HEAD.lock", *((repo.common_dir / f"{ref}.lock",) if ref else ())):
        while 0 <= _age(lock) < _PATIENCE:
            time.sleep(0.02)
        files.delete(lock, within=repo.git_dir if lock.parent == repo.git_dir else repo.common_dir)


def _age(file: Path) -> float:
    """How many seconds ago a file was written; for ever ago when it is gone."""
    try:
        return time.time() - file.stat().st_mtime
    except FileNotFoundError:
        return math.inf
