"""A merge as git decides it, before anything is touched; and what an unfinished one has left in the index."""

from __future__ import annotations

import os
from collections import defaultdict
from typing import TYPE_CHECKING, NamedTuple

from crmtext.git.failure import failed
from crmtext.git.plumbing import Repository, attempt, run
from crmtext.git.reading import Entry, staged
from crmtext.i18n import _
from crmtext.problem import cannot

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence


class Merged(NamedTuple):
    """What comes of two commits: the files as a tree, with marks in them where `stages` tell of a conflict."""

    tree: str
    stages: tuple[Entry, ...] = ()


def merged(repo: Repository, ours: str, theirs: str, driver: Sequence[str]) -> Merged:
    """Merge two commits, and leave the work tree, the index and every branch alone."""
    config = (*driver, "merge.conflictStyle=merge", "merge.renames=true")
    how = ("--write-tree", "-z", "--no-messages")
    code, output, words = attempt(repo, "merge-tree", *how, ours, theirs, config=config)
    if code not in (0, 1) or not output:
        if b"usage:" in words or b"--write-tree" in words:
            message = _("this version of git cannot merge without changing your files")
            raise cannot("git-failed", message, _("install git 2.38 or newer: https://git-scm.com/downloads"))
        raise failed("merge", words)
    first, *records = os.fsdecode(output).split("\0")
    return Merged(first.strip(), tuple(_stages(records)))


def _stages(records: Iterable[str]) -> Iterator[Entry]:
    for record in records:
        about, tab, path = record.partition("\t")
        if tab:
            mode, blob, stage = about.split(" ")
            yield Entry(path, mode, blob, int(stage))


def contains(repo: Repository, commit: str, other: str) -> bool:
    """Whether a commit has another one in its past."""
    return attempt(repo, "merge-base", "--is-ancestor", other, commit)[0] == 0


def count(repo: Repository, old: str | None, new: str, *more: str | None) -> int:
    """How many commits one has that the old one and more of them have not; all of them where there is no other.

    By three dots: git then looks for the commits in which the two parted. Else it stops before them, and counts what
    both have, if commits are dated before those that they follow.
    """
    known = (f"^{each}" for each in (old, *more) if each)
    return int(run(repo, "rev-list", "--count", *known, "--end-of-options", f"{old}...{new}" if old else new))


def unmerged(repo: Repository, folder: str = "") -> Mapping[str, Mapping[int, str]]:
    """The files below a folder whose conflict is not settled: by path, the blobs of base (1), ours (2), theirs (3)."""
    return sorted_out(staged(repo, folder))


def sorted_out(entries: Iterable[Entry]) -> Mapping[str, Mapping[int, str]]:
    """The stages of files in conflict by path and number."""
    found: dict[str, dict[int, str]] = defaultdict(dict)
    for entry in entries:
        if entry.stage:
            found[entry.path][entry.stage] = entry.blob
    return found
