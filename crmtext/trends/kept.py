"""Figures of earlier days kept by commit, and those of the present as long as nothing changes."""

from __future__ import annotations

import json
import time
from hashlib import sha256
from typing import TYPE_CHECKING, Any

from crmtext import layout
from crmtext.figures.months import no_keep
from crmtext.git.clone import cut
from crmtext.git.moments import last_commits
from crmtext.index import past

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date

    from crmtext.figures.months import Keep, Make
    from crmtext.snapshot import Snapshot
    from crmtext.store import Store

_PAST, _PRESENT = "figures", "present figures"


def keep(store: Store, present: Snapshot) -> Keep:
    """Return a function that keeps figures: past ones by commit and day, those of the snapshot by the index's state."""
    repo = store.repository
    if repo is None:
        return no_keep
    # A commit without settings or schema is read with those of the disk.
    files = [sha256(store.disk.file(name) or b"").hexdigest() for name in (layout.SETTINGS, layout.SCHEMA)]
    # The present decides which groups and fields a query names.
    of = "" if present.read in ("worktree", "index") else present.read
    rules = [*files, of, f"{store.zone or time.tzname}", sorted(cut(repo))]

    def kept(about: str, days: Sequence[date | None], make: Make) -> Mapping[date | None, Any]:
        ended = [day for day in days if day]
        names = {
            day: json.dumps([about, rules, f"{day}", commit])
            for day, commit in zip(ended, last_commits(repo, ended, store.zone), strict=True)
            if commit
        }
        known = past.kept(store, _PAST, names.values())
        values: dict[date | None, Any] = {day: json.loads(known[name]) for day, name in names.items() if name in known}
        now = json.dumps([rules, f"{present.today}", present.state])
        if None in days and present.state:
            state, *value = json.loads(past.kept(store, _PRESENT, (about,)).get(about, b"[null]"))
            values |= {None: value[0]} if state == now else {}
        missing = [day for day in days if day not in values and (day is None or day in names)]
        new = make(missing) if missing else {}
        past.keep(store, _PAST, {names[day]: _line(new[day]) for day in missing if day and new[day] is not None})
        if None in missing and present.state:
            past.keep(store, _PRESENT, {about: _line([now, new[None]])})
        return {**values, **new}

    return kept


def _line(value: Any) -> bytes:
    return json.dumps(value, ensure_ascii=False).encode()
