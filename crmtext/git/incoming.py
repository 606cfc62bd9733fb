"""The commits of a push, and its updates of refs."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from crmtext.git.history import Commit, between
from crmtext.git.plumbing import Repository, ask

if TYPE_CHECKING:
    from collections.abc import Iterable


class Update(NamedTuple):
    """The update of one ref: `old` is None for a new ref, `new` for a deleted one."""

    ref: str
    old: str | None
    new: str | None


def updates(lines: Iterable[str]) -> tuple[Update, ...]:
    """Return the updates in the input of a pre-receive hook."""
    parts = (line.split(" ", 2) for line in lines if line.strip())
    return tuple(Update(ref.rstrip("\n"), _known(old), _known(new)) for old, new, ref in parts)


def pushed_updates(lines: Iterable[str]) -> tuple[Update, ...]:
    """Return the updates in the input of a pre-push hook: local ref and commit, remote ref and commit."""
    parts = (line.split() for line in lines if line.strip())
    return tuple(Update(theirs, _known(old), _known(new)) for _ours, new, theirs, old in parts)


def _known(name: str) -> str | None:
    return name if name.strip("0") else None


def incoming_commits(repo: Repository, old: str | None, new: str, known: str = "") -> tuple[Commit, ...]:
    """Return the commits of a range, oldest first, with the files they touch; none if `new` is not a commit.

    Commits that `known` refs have are left out: all refs (`--all`), or those of a remote (`--remotes=origin`).
    """
    # The old commit of the remote may not have been fetched yet.
    commit, before = _commit(repo, new), old and _commit(repo, old)
    return between(repo, before, commit, known, touches=True) if commit else ()


def _commit(repo: Repository, name: str) -> str | None:
    return ask(repo, "rev-parse", "--verify", "--quiet", "--end-of-options", f"{name}^{{commit}}")


def follows(repo: Repository, old: str, new: str) -> bool:
    """Whether the old commit is an ancestor of the new one."""
    return ask(repo, "merge-base", "--is-ancestor", "--end-of-options", old, new) is not None


def main_ref(repo: Repository) -> str | None:
    """Return the branch that a clone of the repository checks out."""
    return ask(repo, "symbolic-ref", "--quiet", "HEAD")
