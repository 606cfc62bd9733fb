"""The commits that a push brings, and what it does to a branch; git's quarantine is honoured by how it is called."""

from __future__ import annotations

import os
from dataclasses import dataclass
from typing import TYPE_CHECKING

from crmtext.git.plumbing import Repository, ask, run

if TYPE_CHECKING:
    from collections.abc import Iterable

#: Each field and each commit ends in NUL, which no message and no name can hold; whoever pushes chooses all the rest.
_FORMAT = "%H%x00%P%x00%an%x00%B"


@dataclass(frozen=True, slots=True)
class Update:
    """What a push does to one ref: `old` is None for a new one, `new` for one that is deleted."""

    ref: str
    old: str | None
    new: str | None


@dataclass(frozen=True, slots=True)
class Arrival:
    """A commit that is new here."""

    id: str
    parents: tuple[str, ...]
    author: str
    message: str

    @property
    def subject(self) -> str:
        """The first line of its message."""
        return self.message.strip().partition("\n")[0]


def updates(lines: Iterable[str]) -> tuple[Update, ...]:
    """The updates that git tells a pre-receive hook, a line each."""
    parts = (line.split(" ", 2) for line in lines if line.strip())
    return tuple(Update(ref.rstrip("\n"), _known(old), _known(new)) for old, new, ref in parts)


def _known(name: str) -> str | None:
    return name if name.strip("0") else None


def arrivals(repo: Repository, old: str | None, new: str, *, fresh: bool) -> tuple[Arrival, ...]:
    """The commits that lead from one to another, oldest first, `fresh` those that no ref holds; none for no commit."""
    commit = ask(repo, "rev-parse", "--verify", "--quiet", "--end-of-options", f"{new}^{{commit}}")
    if commit is None:
        return ()
    asked = ("log", "-z", "--topo-order", "--reverse", f"--format={_FORMAT}", "--no-patch", "--no-show-signature")
    ends = (commit, f"^{old}") if old else (commit,)
    known = ("--not", "--all", "--not") if fresh else ()
    found = run(repo, *asked, *known, "--end-of-options", *ends, "--")
    fields = iter(os.fsdecode(found).split("\0")[:-1])
    return tuple(
        Arrival(commit, tuple(parents.split()), author, message)
        for commit, parents, author, message in zip(fields, fields, fields, fields, strict=True)
    )


def follows(repo: Repository, old: str, new: str) -> bool:
    """Whether the new commit has the old one among those before it."""
    return ask(repo, "merge-base", "--is-ancestor", "--end-of-options", old, new) is not None


def main_ref(repo: Repository) -> str | None:
    """The branch that a clone of the repository would check out."""
    return ask(repo, "symbolic-ref", "--quiet", "HEAD")
