"""The author and day of the last change of a field in conflict, on each side."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from crmtext.git.history import steps, touching
from crmtext.git.objects import Objects
from crmtext.git.plumbing import ask, head, merge_bases
from crmtext.git.reading import read_blobs
from crmtext.problem import CrmError
from crmtext.record.input import path
from crmtext.text.pointer import get
from crmtext.text.read.load import peek
from crmtext.values import clock

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from datetime import date

    from crmtext.git.history import Commit
    from crmtext.store import Store
    from crmtext.sync.conflicts import Conflict

#: Git's refs of the commit that is merged into HEAD.
_THEIRS = ("MERGE_HEAD", "CHERRY_PICK_HEAD", "REVERT_HEAD", "REBASE_HEAD")


class By(NamedTuple):
    """The author of a change, and its day."""

    name: str
    day: date


def changed_by(store: Store, conflict: Conflict) -> tuple[By | None, By | None]:
    """Return who changed the fields of a conflict on our side, and on theirs; None if git does not know."""
    repo = store.repository
    ours = head(repo) if repo else None
    commits = (ask(repo, "rev-parse", "--verify", "--quiet", f"{name}^{{commit}}") for name in _THEIRS) if repo else ()
    theirs = next(filter(None, commits), None)
    if repo is None or ours is None or theirs is None:
        return None, None
    bases = merge_bases(repo, ours, theirs)
    base = bases[0] if bases else None
    other = conflict.other or conflict.path
    return _by(store, conflict, conflict.path, base, ours), _by(store, conflict, other, base, theirs)


def _by(store: Store, conflict: Conflict, name: str, base: str | None, tip: str) -> By | None:
    """The author of the last commit of a side that changed the fields, or else the file."""
    repo = store.git()
    since = {commit.id for commit in steps(repo, base, tip)}
    commits = [commit for commit in touching(Objects(repo), tip, repo.prefix + name) if commit.id in since]
    blobs = {blob for commit in commits for touch in commit.touches for blob in (*touch.old, touch.new) if blob}
    data = {blob: peek(raw, name).data for blob, raw in read_blobs(repo, sorted(blobs))} if conflict.keys else {}
    last = next((commit for commit in commits if _changes(store, conflict, commit, data)), *commits[:1] or (None,))
    # The settings may be in conflict themselves.
    zone = clock.time_zone(store.settings_around[0].timezone or None)
    return By(last.author, last.day(zone)) if last else None


def _changes(store: Store, conflict: Conflict, commit: Commit, data: Mapping[str, Any]) -> bool:
    """Whether a commit changed a field of the conflict; False for a merge that took it from a parent."""
    for touch in commit.touches:
        after = [*_values(store, conflict, data.get(touch.new or ""))]
        if all(after != [*_values(store, conflict, data.get(old or ""))] for old in touch.old):
            return True
    return False


def _values(store: Store, conflict: Conflict, data: Any) -> Iterator[Any]:
    for key in conflict.keys:
        try:
            yield get(data, path.resolve(store.schema, data, key).pointer) if isinstance(data, dict) else None
        except CrmError:
            # The item is missing there, or the schema is in conflict itself.
            yield None
