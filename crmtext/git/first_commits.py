"""The first commit with each customer's id."""

from __future__ import annotations

from typing import TYPE_CHECKING

from crmtext.git import clone
from crmtext.git.history import additions
from crmtext.git.plumbing import attempt
from crmtext.git.reading import objects
from crmtext.layout import RECORDS, id_in
from crmtext.text.read.name_lines import id_of
from crmtext.text.size import MAX_BYTES

if TYPE_CHECKING:
    from collections.abc import Iterator

    from crmtext.git.history import Addition
    from crmtext.git.plumbing import Repository

#: Records in any folder: a store may have been moved.
_FILES = (".yaml", ".yml")
_TOGETHER = 1_000
#: Before an id that only the name of a file has: it may have come into the file by a change, which isn't read.
CHANGED = "?"
#: When the first commit with each id was made, in seconds since 1970; None if a shallow clone lacks it.
Times = dict[str, int | None]


def first_commits(repo: Repository, start: str, old: str = "", known: Times | None = None) -> Times:
    """Return when the first commit with each id was made, among the commits up to `start`.

    What is `known` for an `old` commit is extended, unless `start` is not based on it.
    """
    base = old if known and _is_ancestor(repo, old, start) else ""
    times = dict(known or {}) if base else {}
    ends = clone.cut(repo)
    for id_, addition in added_ids(repo, base or None, start):
        # Several branches may have added it.
        before = times.get(id_, addition.when)
        times[id_] = None if before is None or addition.commit in ends else min(before, addition.when)
    return times


def _is_ancestor(repo: Repository, old: str, new: str) -> bool:
    return attempt(repo, "merge-base", "--is-ancestor", old, new)[0] == 0


def added_ids(repo: Repository, old: str | None, new: str) -> Iterator[tuple[str, Addition]]:
    """Yield the ids in the records that a range of commits added, each with its file.

    If a partial clone lacks the content, the id is that of the file's name.
    """
    every = tuple(additions(repo, old, new, _FILES))
    for start in range(0, len(every), _TOGETHER):
        some = every[start : start + _TOGETHER]
        stored = objects(repo, [addition.blob for addition in some], MAX_BYTES)
        for addition, one in zip(some, stored, strict=True):
            id_ = id_of(one.data.decode("utf-8-sig", "replace"))
            named = id_in(addition.path.removesuffix(".yml")) if f"/{RECORDS}/" in f"/{addition.path}" else ""
            if id_ or named:
                yield id_ or named, addition
            if id_ and named and named != id_:
                yield f"{CHANGED}{named}", addition
