"""HEAD moved to a commit that was made: on the branch that is checked out, or on a new one."""

from __future__ import annotations

import math
import re
import time
from typing import TYPE_CHECKING, NamedTuple

from crmtext import files
from crmtext.git import durable
from crmtext.git.plumbing import Repository, ask, head, run
from crmtext.i18n import _
from crmtext.problem import CrmError, cannot, usage

if TYPE_CHECKING:
    from pathlib import Path

_PATIENCE = 1.0
#: What HEAD begins with where refs are kept in another format.
_ELSEWHERE = b"ref: refs/heads/.invalid"
_NOTE = re.compile(rb"(?:[0-9a-f]{40}|[0-9a-f]{64})? (?:[0-9a-f]{40}|[0-9a-f]{64})(?: [^ \x00-\x1f\x7f]+)?")


class Move(NamedTuple):
    """From which commit to which, None where there is none yet; on a new branch if one is named."""

    parent: str | None
    made: str
    branch: str = ""

    @property
    def ref(self) -> str:
        """The full name of the new branch."""
        return f"refs/heads/{self.branch}"

    @property
    def note(self) -> bytes:
        """The move in a line, for who has to finish it."""
        return " ".join((self.parent or "", self.made, *([self.branch] if self.branch else []))).encode() + b"\n"

    @classmethod
    def noted(cls, line: bytes) -> Move:
        """The move that such a line tells. Raises ValueError where it tells of none."""
        if not _NOTE.fullmatch(line):
            raise ValueError(line)
        parent, made, *branch = line.decode().split(" ")
        return cls(parent or None, made, *branch)


def refuse_branch(repo: Repository, name: str) -> None:
    """Refuse what is no name for a new branch."""
    if ask(repo, "check-ref-format", "--branch", name) != name:
        message = _("'{name}' is no name of a branch").format(name=name)
        raise usage("branch-name", message, _("such as handover-liuyang"))
    if ask(repo, "rev-parse", "--verify", "--quiet", f"refs/heads/{name}"):
        message = _("there is a branch '{name}' already").format(name=name)
        raise usage("branch-exists", message, _("take another name"))


def carry_out(repo: Repository, move: Move, says: str = "commit: crmtext") -> None:
    """Move HEAD, and tell its log why. Raises CrmError where it is not where it was."""
    try:
        if move.branch:
            _branch_off(repo, move)
        else:
            _update(repo, "HEAD", move.made, move.parent or "0" * len(move.made), says)
    except CrmError as error:
        if error.problem.rule != "git-locked":
            # A git that fails may leave its locks behind; those of another one are not ours to remove.
            release(repo, move)
        moved_to = head(repo)
        # The child of a killed writer may come to its end after all.
        if moved_to == move.made:
            return
        if move.branch:
            ask(repo, "update-ref", "-d", move.ref, move.made)
        if moved_to != move.parent:
            raise moved() from None
        raise
    # One that it could not remove is none of its failures.
    if (repo.git_dir / "HEAD.lock").exists():
        release(repo, move)


def _branch_off(repo: Repository, move: Move) -> None:
    # The branch begins with the commit: there is no moment at which it exists without.
    if ask(repo, "rev-parse", "--verify", "--quiet", move.ref) != move.made:
        _update(repo, move.ref, move.made, "0" * len(move.made), "commit: crmtext")
    # After a power cut HEAD must not name a branch that is not there.
    durable.sync_ref(repo, move.ref)
    _check_out(repo, move.ref)


def _check_out(repo: Repository, ref: str) -> None:
    file = repo.git_dir / "HEAD"
    held = files.read(file)
    if held is None or held.startswith(_ELSEWHERE):
        run(repo, "symbolic-ref", "-m", f"crmtext: to {ref}", "HEAD", ref)
    elif held != f"ref: {ref}\n".encode():
        # git's own symbolic-ref does not sync HEAD, and after a power cut it is empty: no repository any more.
        files.write(file, f"ref: {ref}\n".encode(), held)


def _update(repo: Repository, ref: str, new: str, old: str, says: str) -> None:
    run(repo, "update-ref", "-m", says, "--end-of-options", ref, new, old)


def moved() -> CrmError:
    """The error for a HEAD that is not where it was."""
    return cannot("head-moved", _("somebody else committed here meanwhile"), _("run the command again"))


def release(repo: Repository, move: Move) -> None:
    """Remove git's locks of HEAD and its branch that a writer of ours left when it was killed with its git.

    Its lock of the index, still there, tells that it died while it moved HEAD. No lock of a ref is held for this long.
    """
    ref = ask(repo, "symbolic-ref", "--quiet", "HEAD")
    refs = {*([ref] if ref else []), *([move.ref] if move.branch else [])}
    for lock in (repo.git_dir / "HEAD.lock", *(repo.common_dir / f"{each}.lock" for each in sorted(refs))):
        while 0 <= _age(lock) < _PATIENCE:
            time.sleep(0.02)
        files.delete(lock, within=repo.git_dir if lock.parent == repo.git_dir else repo.common_dir)


def _age(file: Path) -> float:
    """How many seconds ago a file was written; for ever ago when it is gone."""
    try:
        return time.time() - file.stat().st_mtime
    except FileNotFoundError:
        return math.inf
