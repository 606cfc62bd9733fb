"""A merge by git that changes no file, and the conflicts of an unfinished merge in the index."""

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
    """The result of a merge: its tree, with conflict markers in the files that `stages` lists."""

    tree: str
    stages: tuple[Entry, ...] = ()


def merged(repo: Repository, ours: str, theirs: str, driver: Sequence[str], *, unrelated: bool = False) -> Merged:
    """Merge two commits without changing the work tree, the index or a branch; `unrelated` need no merge base."""
    config = (*driver, "merge.conflictStyle=merge", "merge.renames=true")
    how = ("--write-tree", "-z", "--no-messages", *(("--allow-unrelated-histories",) if unrelated else ()))
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
    """Whether a commit is the other one or a descendant of it."""
    return attempt(repo, "merge-base", "--is-ancestor", other, commit)[0] == 0


def count(repo: Repository, old: str | None, new: str, *more: str | None) -> int:
    """Return the number of commits that `new` has and the others do not; all if there are no others.

    By three dots, so that git finds the merge base. Otherwise it counts commits that both have, if the clock of a
    commit was behind that of its parent.
    """
    known = (f"^{commit}" for commit in (old, *more) if commit)
    return int(run(repo, "rev-list", "--count", *known, "--end-of-options", f"{old}...{new}" if old else new))


def unmerged(repo: Repository, folder: str = "") -> Mapping[str, Mapping[int, str]]:
    """Return the unmerged files below a folder: by path, the blobs of base (1), ours (2), theirs (3)."""
    return stages_by_path(staged(repo, folder))


def stages_by_path(entries: Iterable[Entry]) -> Mapping[str, Mapping[int, str]]:
    """Return the stages of unmerged files, by path and number."""
    stages: dict[str, dict[int, str]] = defaultdict(dict)
    for entry in entries:
        if entry.stage:
            stages[entry.path][entry.stage] = entry.blob
    return stages
