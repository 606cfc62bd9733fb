"""Moves of HEAD to a new commit, and new branches for commits that wait for a review."""

from __future__ import annotations

import math
import re
import time
from contextlib import suppress
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
    """A move of HEAD from one commit to another; `parent` is None before the first commit."""

    parent: str | None
    commit: str

    @property
    def note(self) -> bytes:
        """The move as a line, for the process that finishes it."""
        return f"{self.parent or ''} {self.commit}\n".encode()

    @classmethod
    def noted(cls, line: bytes) -> HeadMove:
        """Return the move in a line. Raises ValueError for any other line."""
        if not _NOTE.fullmatch(line):
            raise ValueError(line)
        parent, _space, commit = line.decode().partition(" ")
        return cls(parent or None, commit)


def refuse_branch(repo: Repository, name: str) -> None:
    """Raise CrmError for an invalid name of a branch, or one that exists."""
    if ask(repo, "check-ref-format", "--branch", name) != name:
        message = _("'{name}' is not a valid branch name").format(name=name)
        raise usage("branch-name", message, _("for example: handover-liuyang"))
    if ask(repo, "rev-parse", "--verify", "--quiet", f"refs/heads/{name}"):
        message = _("the branch '{name}' already exists").format(name=name)
        raise usage("branch-exists", message, _("choose another name"))


def carry_out(repo: Repository, move: HeadMove, says: str = "commit: crmtext") -> None:
    """Move HEAD, with a message for its reflog. Raises CrmError if HEAD has moved meanwhile."""
    try:
        _update(repo, "HEAD", move.commit, move.parent or "0" * len(move.commit), says)
    except CrmError as error:
        if error.problem.rule != "git-locked":
            # A failed git may leave its locks behind; those of another process must stay.
            release(repo)
        moved_to = head(repo)
        # The git process of a killed writer may finish later.
        if moved_to == move.commit:
            return
        if moved_to != move.parent:
            raise moved() from None
        raise
    # Git does not fail if it cannot remove its lock.
    if (repo.git_dir / "HEAD.lock").exists():
        release(repo)


def create_branch(repo: Repository, name: str, commit: str) -> None:
    """Create a branch at a commit. Raises CrmError if it exists."""
    ref = f"refs/heads/{name}"
    try:
        _update(repo, ref, commit, "0" * len(commit), "commit: crmtext")
    except CrmError as error:
        if error.problem.rule != "git-locked":
            _release(repo, ref)
        if ask(repo, "rev-parse", "--verify", "--quiet", ref) != commit:
            raise
    if (repo.common_dir / f"{ref}.lock").exists():
        _release(repo, ref)
    # The branch is there: an error now must not make the command fail.
    with suppress(OSError, CrmError):
        fsync.sync_ref(repo, ref)


def branch_note(name: str) -> bytes:
    """The creation of a branch as a line, for the process that cleans up after a crash."""
    return b"branch " + name.encode() + b"\n"


def noted_branch(repo: Repository, note: bytes) -> str | None:
    """Return the branch of such a line; None for any other line."""
    name = note.removeprefix(b"branch ").removesuffix(b"\n").decode("utf-8", "replace")
    is_branch = note == branch_note(name) and ask(repo, "check-ref-format", "--branch", name) == name
    return name if is_branch else None


def release_branch(repo: Repository, name: str) -> None:
    """Remove the lock of a branch that a killed writer left."""
    _release(repo, f"refs/heads/{name}")


def _update(repo: Repository, ref: str, new: str, old: str, says: str) -> None:
    run(repo, "update-ref", "-m", says, "--end-of-options", ref, new, old)


def moved() -> CrmError:
    """The error for a HEAD that has moved meanwhile."""
    return cannot("head-moved", _("another commit was made here in the meantime"), _("run the command again"))


def release(repo: Repository) -> None:
    """Remove the locks of HEAD and its branch that a killed writer left.

    Its lock of the index shows that it was killed while it moved HEAD. No lock of a ref is held for this long.
    """
    ref = ask(repo, "symbolic-ref", "--quiet", "HEAD")
    _release(repo, "HEAD")
    if ref:
        _release(repo, ref)


def _release(repo: Repository, ref: str) -> None:
    home = repo.git_dir if ref == "HEAD" else repo.common_dir
    lock = home / f"{ref}.lock"
    while 0 <= _age(lock) < _PATIENCE:
        time.sleep(0.02)
    files.delete(lock, within=home)


def _age(file: Path) -> float:
    """The age of a file in seconds; infinite if missing."""
    try:
        return time.time() - file.stat().st_mtime
    except FileNotFoundError:
        return math.inf
