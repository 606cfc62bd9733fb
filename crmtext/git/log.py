"""The commits that touched a file, with its bytes before and after, from one `git log`; renames are followed."""

from __future__ import annotations

import os
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from crmtext.git.plumbing import Repository, run

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

#: Fields end in \x1f, the header in \x1e: neither can stand in a name that git takes, and -z would not end a body.
_FORMAT = "%x1d%H%x1f%at%x1f%an%x1f%ae%x1f%P%x1f%B%x1e"
_SHOWN = ("--raw", "-z", "--no-abbrev", "--no-renames", "--no-ext-diff", "--no-textconv", "--diff-merges=combined")


@dataclass(frozen=True, slots=True)
class Touch:
    """What a commit did to one file: its blob before, in each parent of a merge, and after; None where it is not."""

    path: str
    old: tuple[str | None, ...]
    new: str | None


@dataclass(frozen=True, slots=True)
class Commit:
    """A commit and what it did to the files that were asked about."""

    id: str
    #: Seconds since 1970, when its author wrote it.
    when: int
    author: str
    email: str
    parents: tuple[str, ...]
    message: str
    touches: tuple[Touch, ...]


def touching(repo: Repository, start: str, path: str) -> tuple[Commit, ...]:
    """The commits that touched a file, newest first, under all the names that it had."""
    names = [path]
    known: set[tuple[str, str]] = set()
    while True:
        found = tuple(_log(repo, start, names))
        came = [(each, touch.path) for each in found for touch in each.touches if touch.new and not any(touch.old)]
        fresh = [(commit, name) for commit, name in came if (commit.id, name) not in known]
        known |= {(commit.id, name) for commit, name in fresh}
        former = {old for commit, name in fresh if (old := _former(repo, commit, name))}
        if former <= {*names}:
            return tuple(map(_joined, found))
        names += sorted(former.difference(names))


def deleted(repo: Repository, start: str, patterns: Iterable[str]) -> tuple[str, str] | None:
    """Path and blob of the file of these globs that was deleted last before a commit; None where there is none."""
    globs = [f":(top,glob){pattern}" for pattern in patterns]
    asked = ("log", "-1", "--format=", "--diff-filter=D", "--raw", "-z", "--no-abbrev", "--no-renames")
    # Pathspecs are literal in all other calls, by this variable.
    told = run(repo, *asked, "--end-of-options", start, "--", *globs, env={"GIT_LITERAL_PATHSPECS": "0"})
    found = os.fsdecode(told).lstrip("\n").split("\0")
    return (found[1], found[0].split()[2]) if len(found) > 1 else None


def between(repo: Repository, old: str | None, new: str) -> tuple[Commit, ...]:
    """The commits that lead from one to another, oldest first; all up to the other where there is no first one."""
    asked = ("log", "--topo-order", "--reverse", f"--format={_FORMAT}", "--no-patch")
    ends = (new, f"^{old}") if old else (new,)
    parts = os.fsdecode(run(repo, *asked, "--end-of-options", *ends, "--")).split("\x1d")[1:]
    return tuple(_commit(part) for part in parts)


def _log(repo: Repository, start: str, names: Sequence[str]) -> Iterator[Commit]:
    asked = ("log", "--date-order", f"--format={_FORMAT}", *_SHOWN, "--end-of-options", start, "--", *names)
    for part in os.fsdecode(run(repo, *asked)).split("\x1d")[1:]:
        yield _commit(part)


def _commit(part: str) -> Commit:
    header, _end, raw = part.partition("\x1e")
    commit, when, author, email, parents, message = header.split("\x1f", 5)
    return Commit(commit, int(when), author, email, tuple(parents.split()), message, tuple(_touches(raw)))


def _touches(raw: str) -> Iterator[Touch]:
    parts = iter(part.lstrip("\n") for part in raw.split("\0"))
    for about in parts:
        if not about.startswith(":"):
            continue
        colons = len(about) - len(about.lstrip(":"))
        words = about.lstrip(":").split(" ")
        blobs = [None if not blob.strip("0") else blob for blob in words[colons + 1 : 2 * colons + 2]]
        yield Touch(next(parts), tuple(blobs[:-1]), blobs[-1])


def _former(repo: Repository, commit: Commit, path: str) -> str | None:
    """What a file that appeared in a commit was called in its parent."""
    if not commit.parents:
        return None
    shown = ("-r", "-z", "--raw", "--no-abbrev", "--find-renames=50%", "-l2000", "--diff-filter=R")
    raw = os.fsdecode(run(repo, "diff-tree", *shown, "--end-of-options", commit.parents[0], commit.id))
    parts = iter(raw.split("\0"))
    for about in parts:
        if about.startswith(":"):
            old, new = next(parts), next(parts)
            if new == path:
                return old
    return None


def _joined(commit: Commit) -> Commit:
    """The commit with a file that went and came under another name as one that was moved."""
    came = [each for each in commit.touches if each.new and not any(each.old)]
    went = [each for each in commit.touches if each.new is None]
    if len(came) != 1 or len(went) != 1:
        return commit
    return replace(commit, touches=(Touch(came[0].path, went[0].old, came[0].new), went[0]))
