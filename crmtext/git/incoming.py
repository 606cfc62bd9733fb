"""The commits that a push brings, and what it does to a branch; git's quarantine is honoured by how it is called."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from crmtext.git.history import Commit, between
from crmtext.git.plumbing import Repository, ask

if TYPE_CHECKING:
    from collections.abc import Iterable


class Update(NamedTuple):
    """What a push does to one ref: `old` is None for a new one, `new` for one that is deleted."""

    ref: str
    old: str | None
    new: str | None


def updates(lines: Iterable[str]) -> tuple[Update, ...]:
    """The updates that git tells a pre-receive hook, a line each."""
    parts = (line.split(" ", 2) for line in lines if line.strip())
    return tuple(Update(ref.rstrip("\n"), _known(old), _known(new)) for old, new, ref in parts)


def departures(lines: Iterable[str]) -> tuple[Update, ...]:
    """The updates that git tells a pre-push hook, a line each: ours and its commit, theirs and its commit."""
    parts = (line.split() for line in lines if line.strip())
    return tuple(Update(theirs, _known(old), _known(new)) for _ours, new, theirs, old in parts)


def _known(name: str) -> str | None:
    return name if name.strip("0") else None


def incoming_commits(repo: Repository, old: str | None, new: str, known: str = "") -> tuple[Commit, ...]:
    """The commits that lead from one to another, oldest first, with the files they touch; none where it is no commit.

    Of those that are `known` there are none: by all refs (`--all`), or by those of a remote (`--remotes=origin`).
    """
    # What the others have may not have been fetched yet.
    commit, before = _commit(repo, new), old and _commit(repo, old)
    return between(repo, before, commit, known, touches=True) if commit else ()


def _commit(repo: Repository, name: str) -> str | None:
    return ask(repo, "rev-parse", "--verify", "--quiet", "--end-of-options", f"{name}^{{commit}}")


def follows(repo: Repository, old: str, new: str) -> bool:
    """Whether the new commit has the old one among those before it."""
    return ask(repo, "merge-base", "--is-ancestor", "--end-of-options", old, new) is not None


def main_ref(repo: Repository) -> str | None:
    """The branch that a clone of the repository would check out."""
    return ask(repo, "symbolic-ref", "--quiet", "HEAD")
