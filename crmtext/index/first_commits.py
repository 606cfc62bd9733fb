"""The first commit with each customer's id, kept in the index from one current commit to the next."""

from __future__ import annotations

import json
from contextlib import closing, suppress
from typing import TYPE_CHECKING

from crmtext.git.clone import cut
from crmtext.git.plumbing import head
from crmtext.index.database import FAULTS, opened

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from crmtext.git.first_commits import Times
    from crmtext.store import Store

_NOTE = "first commits"


def kept(store: Store, file: Path, key: Mapping[str, bytes]) -> Times:
    """Return when the first commit with each id was made; only commits since the last call are read."""
    repo = store.git()
    current = head(repo) or ""
    # Fetching more commits of a shallow clone changes what is known.
    state = [current, sorted(cut(repo))]
    before: tuple[str, Times] | None = None
    with suppress(*FAULTS), closing(opened(file, key)) as index:
        if note := index.note(_NOTE):
            (commit, ends), times = json.loads(note)
            if [commit, ends] == state:
                return dict(times)
            before = (commit, times) if ends == state[1] else None
    times = store.first_commits("worktree", before)
    with suppress(*FAULTS), closing(opened(file, key)) as index, index.writing():
        index.set_note(_NOTE, json.dumps([state, times]).encode())
    return times
