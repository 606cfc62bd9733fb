"""Who changed a field that is in conflict, on each side, and on which day."""

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

#: What git calls the commit that is brought to the one that is checked out.
_THEIRS = ("MERGE_HEAD", "CHERRY_PICK_HEAD", "REVERT_HEAD", "REBASE_HEAD")


class By(NamedTuple):
    """A person, as the commit names them, and the day of the change."""

    name: str
    day: date


def changed_by(store: Store, each: Conflict) -> tuple[By | None, By | None]:
    """Who changed the fields of a conflict here, and who there; None where git does not know."""
    repo = store.repository
    ours = head(repo) if repo else None
    found = (ask(repo, "rev-parse", "--verify", "--quiet", f"{name}^{{commit}}") for name in _THEIRS) if repo else ()
    theirs = next(filter(None, found), None)
    if repo is None or ours is None or theirs is None:
        return None, None
    bases = merge_bases(repo, ours, theirs)
    base = bases[0] if bases else None
    return _by(store, each, each.path, base, ours), _by(store, each, each.other or each.path, base, theirs)


def _by(store: Store, each: Conflict, name: str, base: str | None, tip: str) -> By | None:
    """Who changed the fields last on the way from the base to a side's commit; else who changed the file there."""
    repo = store.git()
    since = {commit.id for commit in steps(repo, base, tip)}
    commits = [commit for commit in touching(Objects(repo), tip, repo.prefix + name) if commit.id in since]
    blobs = {blob for commit in commits for touch in commit.touches for blob in (*touch.old, touch.new) if blob}
    data = {blob: peek(raw, name).data for blob, raw in read_blobs(repo, sorted(blobs))} if each.keys else {}
    found = next((commit for commit in commits if _changes(store, each, commit, data)), *commits[:1] or (None,))
    # The settings may be in conflict themselves.
    zone = clock.time_zone(store.settings_around[0].timezone or None)
    return By(found.author, found.day(zone)) if found else None


def _changes(store: Store, each: Conflict, commit: Commit, data: Mapping[str, Any]) -> bool:
    """Whether a commit changed a field of the conflict, and not only brought together what others changed."""
    for touch in commit.touches:
        after = [*_values(store, each, data.get(touch.new or ""))]
        if all(after != [*_values(store, each, data.get(old or ""))] for old in touch.old):
            return True
    return False


def _values(store: Store, each: Conflict, data: Any) -> Iterator[Any]:
    for key in each.keys:
        try:
            yield get(data, path.resolve(store.schema, data, key).pointer) if isinstance(data, dict) else None
        except CrmError:
            # No such item there; or the schema is in conflict itself.
            yield None
