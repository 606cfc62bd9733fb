"""Opportunities and statuses of customers, followed through the commits of a first-parent line."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from crmtext.figures.stages import Deal, Entry, Moves
from crmtext.git.clone import cut
from crmtext.git.moments import first_parents
from crmtext.git.plumbing import head
from crmtext.git.reading import differing_along, tree
from crmtext.index import past
from crmtext.layout import RECORDS
from crmtext.merge.compare import matched
from crmtext.sources import is_record, why_unread
from crmtext.trends.versions import Versions, facts
from crmtext.values import clock

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from collections.abc import Set as AbstractSet

    from crmtext.git.plumbing import Repository
    from crmtext.git.reading import Entry as File
    from crmtext.snapshot import Snapshot
    from crmtext.store import Store

#: The kinds of the kept values: id, status and deals of a version of a record; the last result.
_KIND, _RESULT = "deals", "moves"
_LIST = "opportunities"


def moves(store: Store, present: Snapshot) -> Moves:
    """Return the opportunities and statuses up to the commit of a snapshot; that of the disk: up to the current commit.

    Changes after the snapshot's day don't count. Only records that changed are read. The result for a commit is kept.
    """
    repo = store.repository
    commit = repo and (head(repo) if present.read in ("worktree", "index") else present.read)
    if repo is None or not commit:
        return Moves()
    titles = present.schema.by_path.get(_LIST)
    key = tuple(titles.mark("x-key") or ()) if titles else ()
    about = json.dumps([commit, sorted(cut(repo)), repo.prefix, key])
    kept = past.kept(store, _RESULT, ["last"]).get("last")
    known, *result = json.loads(kept) if kept else ("",)
    if known != about:
        result = _follow(store, repo, commit, present, key)
        past.keep(store, _RESULT, {"last": json.dumps([about, *result], ensure_ascii=False).encode()})
    zone = clock.time_zone(present.settings.timezone or None)

    def entries(pairs: Iterable[tuple[str, int | None]]) -> tuple[Entry, ...]:
        every = (Entry(value, None if time is None else clock.day_of(time, zone)) for value, time in pairs)
        return tuple(entry for entry in every if entry.day is None or entry.day <= today)

    time, deals, statuses = result
    today, since = present.today, clock.day_of(time, zone)
    if since > today:
        return Moves()
    every = (
        Deal(customer, data, entries(stages), clock.day_of(changed, zone), is_there)
        for customer, data, stages, changed, is_there in deals
    )
    known = {id_: entries(pairs) for id_, pairs in statuses.items()}
    return Moves(
        since,
        tuple(deal for deal in every if deal.stages),
        {id_: status for id_, status in known.items() if status},
    )


@dataclass
class _Followed:
    """A deal while it is followed: as in `Deal`, with times instead of days."""

    customer: str
    data: dict[str, Any]
    stages: list[tuple[str, int | None]]
    changed: int
    present: bool = True

    def change(self, customer: str, data: dict[str, Any], time: int) -> None:
        """Take over the item of a later commit."""
        self.customer = customer
        if data == self.data:
            return
        if data["stage"] != self.stages[-1][0]:
            self.stages.append((data["stage"], time))
        self.data, self.changed = data, time


@dataclass
class _Line:
    """The customers of a first-parent line, up to one of its commits."""

    key: Sequence[str]
    deals: list[_Followed] = field(default_factory=list)
    #: The present deals, and the statuses, of each customer by id.
    current: dict[str, list[_Followed]] = field(default_factory=dict)
    statuses: dict[str, list[tuple[str, int | None]]] = field(default_factory=dict)
    #: The id in each file, as of its last version without errors.
    ids: dict[str, str] = field(default_factory=dict)

    def step(self, time: int, gone: Iterable[str], new: Mapping[str, Any], *, is_first: bool) -> None:
        """Take over a commit: the files that it removed, and the records that it added or changed."""
        left = {self.ids.pop(path) for path in gone if path in self.ids}
        left |= {self.ids[path] for path, record in new.items() if self.ids.get(path, record["id"]) != record["id"]}
        self.ids |= {path: record["id"] for path, record in new.items()}
        # Another file has the same id, or it was renamed.
        left -= left and {*self.ids.values()}
        began = None if is_first else time
        for record in {record["id"]: record for _path, record in sorted(new.items(), reverse=True)}.values():
            id_, status = record["id"], record["status"]
            merged = [deal for other in record["merged"] if other in left for deal in self.current.pop(other, ())]
            self.current[id_] = self._deals(id_, [*self.current.get(id_, ()), *merged], record["deals"], time, began)
            known = self.statuses.setdefault(id_, [])
            if not known or known[-1][0] != status:
                known.append((status, began))
        for id_ in left:
            for deal in self.current.pop(id_, ()):
                deal.present = False

    def _deals(
        self, id_: str, old: Sequence[_Followed], items: Sequence[dict[str, Any]], time: int, began: int | None
    ) -> list[_Followed]:
        same = {new: former for former, new in matched([deal.data for deal in old], items, self.key).items()}
        result = []
        for place, item in enumerate(items):
            if place in same:
                old[same[place]].change(id_, item, time)
                result.append(old[same[place]])
            else:
                result.append(_Followed(id_, item, [(item["stage"], began)], time))
                self.deals.append(result[-1])
        for place in {*range(len(old))} - {*same.values()}:
            old[place].present = False
        return result


def _follow(store: Store, repo: Repository, commit: str, present: Snapshot, key: Sequence[str]) -> list[Any]:
    times = first_parents(repo, commit)
    folder = repo.prefix + RECORDS
    first = _blobs(repo, tree(repo, times[0][1], folder))
    steps: list[tuple[int, AbstractSet[str], Mapping[str, str]]] = [(times[0][0], frozenset(), first)]
    pairs = pairwise(id_ for _time, id_ in times)
    for (time, _id), (old, new) in zip(times[1:], differing_along(repo, folder, pairs), strict=True):
        after = _blobs(repo, new)
        steps.append((time, _blobs(repo, old).keys() - after.keys(), after))
    known = {blob: _facts(data) for blob, data in Versions(store, present).known.items()}
    wanted = (blob for _time, _gone, files in steps for blob in files.values() if blob not in known)
    known |= facts(store, _KIND, wanted, _facts)
    line = _Line(key)
    for place, (time, gone, files) in enumerate(steps):
        records = {path: known[blob] for path, blob in files.items() if known[blob] is not None}
        line.step(time, gone, records, is_first=not place)
    deals = [[deal.customer, deal.data, deal.stages, deal.changed, deal.present] for deal in line.deals]
    return [times[0][0], deals, line.statuses]


def _blobs(repo: Repository, entries: Iterable[File]) -> dict[str, str]:
    """The records that can be read, by path in the store."""
    named = ((entry.path.removeprefix(repo.prefix), entry) for entry in entries)
    return {path: entry.blob for path, entry in named if is_record(path) and not why_unread(entry, path)}


def _facts(data: Any) -> Any:
    """The id, the status and the deals of a record; None for a record without a usable id, status or stage."""
    deals, merged = data.get(_LIST) or [], data.get("merged_from") or []
    if not (isinstance(data.get("id"), str) and isinstance(data.get("status"), str)):
        return None
    if not (isinstance(deals, list) and isinstance(merged, list)):
        return None
    if not all(isinstance(deal, dict) and isinstance(deal.get("stage"), str) for deal in deals):
        return None
    return {"id": data["id"], "status": data["status"], "deals": deals, "merged": [str(id_) for id_ in merged]}
