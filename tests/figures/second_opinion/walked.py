"""What a plain walk of git says: every record of every commit of the first-parent line is read, and nothing is kept."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

import yaml
from asked_by_sql import STAGES, day_of, git, rounded

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

#: A record with all values as texts.
Record = dict[str, Any]
OPEN = STAGES[:4]


def moments(
    folder: Path, zone: str = "Asia/Shanghai", *, broken: bool = False
) -> Iterator[tuple[date, dict[str, Record]]]:
    """Each commit of the first-parent line, oldest first: its day and its records by id, if asked also broken ones."""
    blobs: dict[str, Record | None] = {}
    for line in git(folder, "log", "--first-parent", "--reverse", "--format=%H %ct", "HEAD").splitlines():
        commit, seconds = line.split()
        records = {}
        for entry in git(folder, "ls-tree", "-r", "-z", commit, "records/").split("\0"):
            meta, _tab, path = entry.partition("\t")
            if not path.endswith(".yaml"):
                continue
            blob = meta.split()[2]
            if blob not in blobs:
                # The base loader makes texts of all values.
                data = yaml.load(git(folder, "cat-file", "blob", blob), yaml.CBaseLoader)
                blobs[blob] = data if broken or is_valid(data) else None
            if record := blobs[blob]:
                records[record["id"]] = record
        yield day_of(seconds, zone), records


def is_valid(data: Record) -> bool:
    """Whether a made record is valid: figures leave out an active customer, or a closed deal, without its day."""
    closed = all("closed" in deal for deal in data.get("opportunities", ()) if deal["stage"] in ("won", "lost"))
    return closed and (data["status"] != "active" or "since" in data.get("cooperation", {}))


class Deal:
    """An opportunity from commit to commit."""

    def __init__(self, customer: str, data: Record, seen: date, day: date | None) -> None:
        self.customer, self.data = customer, data
        #: The day of the last commit that changed it.
        self.changed = seen
        #: Each stage with the day on which it was entered; None in the first commit, where it isn't known.
        self.changes: list[tuple[date | None, str]] = [(day, data["stage"])]
        self.is_there = True

    def entered(self, stage: str) -> int | None:
        """The place of the first change into a stage."""
        return next((place for place, (_day, name) in enumerate(self.changes) if name == stage), None)


def same(one: Record, other: Record) -> bool:
    """Whether two opportunities have an external id in common."""
    ids = [{(key, str(value)) for key, value in deal.get("external_ids", {}).items()} for deal in (one, other)]
    return bool(ids[0] & ids[1])


def deals(folder: Path, today: date) -> list[Deal]:
    """All opportunities of the history, with their changes up to a day."""
    every: list[Deal] = []
    now: dict[str, list[Deal]] = {}
    for place, (day, records) in enumerate(moments(folder, broken=True)):
        before, now = now, {}
        for id_, record in records.items():
            # Those of customers that are merged into it by this commit are its own.
            merged = [one for one in record.get("merged_from", ()) if one in before and one not in records]
            held = [deal for one in (id_, *merged) for deal in before.get(one, ())]
            left = list(record.get("opportunities", ()))
            matched: list[tuple[Deal, Record]] = []
            # A shared external id first, then the title.
            for test in (same, lambda one, other: one["title"] == other["title"]):
                for data in list(left):
                    deal = next((deal for deal in held if test(deal.data, data)), None)
                    if deal:
                        held.remove(deal)
                        left.remove(data)
                        matched.append((deal, data))
            for deal, data in matched:
                if data["stage"] != deal.changes[-1][1]:
                    deal.changes.append((day, data["stage"]))
                deal.changed = deal.changed if data == deal.data else day
                deal.customer, deal.data = id_, data
            new = [Deal(id_, data, day, day if place else None) for data in left]
            every += new
            now[id_] = [deal for deal, _data in matched] + new
    there = {id(deal) for held in now.values() for deal in held}
    for deal in every:
        deal.is_there = id(deal) in there
        deal.changes = [change for change in deal.changes if change[0] is None or change[0] <= today]
    return [deal for deal in every if deal.changes]


def stages(every: Sequence[Deal], today: date) -> dict[str, dict[str, Any]]:
    """Conversion and stay for each stage."""
    result = {}
    for rank, stage in enumerate(OPEN):
        # Opportunities of the first commit are in no rate.
        followed = [deal for deal in every if deal.changes[0][0]]
        entered = [
            deal
            for deal in followed
            if (at := deal.entered(stage)) is not None and is_counted(deal.changes[at][0], today)
        ]
        later = STAGES[rank + 1 : 5]
        advanced = [
            deal
            for deal in entered
            if {name for _day, name in deal.changes[(deal.entered(stage) or 0) + 1 :]} & {*later}
        ]
        stays, open_stays = [], []
        for deal in every:
            for (day, name), (end, _next) in zip(deal.changes, deal.changes[1:], strict=False):
                if name == stage and day and end:
                    stays.append((end - day).days)
            last, name = deal.changes[-1]
            if deal.is_there and name == stage and last:
                open_stays.append((today - last).days)
        result[stage] = {
            "entered": len(entered),
            "advanced": len(advanced),
            "rate": rounded(len(advanced), len(entered), 4) if entered else None,
            "unknown": sum(deal.changes[0] == (None, stage) for deal in every),
            "stay": median(stays),
            "open": median(open_stays),
        }
    return result


def idle(every: Sequence[Deal], contacts: Mapping[str, date | None], today: date) -> set[tuple[str, str]]:
    """The open deals, by customer and title, with neither a contact nor a change for long: 30 days, or 1.5 medians."""
    usual = {stage: row["stay"]["median"] or 0 for stage, row in stages(every, today).items()}
    result = set()
    for deal in every:
        stage = deal.data["stage"]
        if deal.is_there and stage in OPEN:
            last = max(filter(None, (deal.changed, contacts[deal.customer])))
            if (today - last).days >= max(30, usual[stage] * 3 / 2):
                result.add((deal.customer, deal.data["title"]))
    return result


def statuses(folder: Path) -> dict[str, list[tuple[date | None, str]]]:
    """The statuses of each customer, each with the day on which it began; None in the first commit."""
    result: dict[str, list[tuple[date | None, str]]] = {}
    for place, (day, records) in enumerate(moments(folder, broken=True)):
        for id_, record in records.items():
            known = result.setdefault(id_, [])
            if not known or known[-1][1] != record["status"]:
                known.append((day if place else None, record["status"]))
    return result


def is_counted(day: date | None, today: date) -> bool:
    """Whether a stage was entered in the last 365 days, and at least 90 days ago."""
    return day is not None and today - timedelta(365) < day <= today - timedelta(90)


def median(values: Sequence[int]) -> dict[str, Any]:
    """The median, the mean of the two middle values of an even number, and how many there are."""
    n, ranked = len(values), sorted(values)
    return {"median": rounded(ranked[(n - 1) // 2] + ranked[n // 2], 2, 4) if n else None, "n": n}


def lost(before: Mapping[str, Record], after: Mapping[str, Record]) -> dict[str, Any]:
    """Who was active or paused and is lost now; dropped: lost ones who only were leads or prospects, or not there."""
    united = {old: id_ for id_, record in after.items() for old in record.get("merged_from", ())}
    base = [id_ for id_, record in before.items() if record["status"] in ("active", "paused")]
    now = {id_ for id_, record in after.items() if record["status"] == "lost"}
    gone = [id_ for id_ in base if united.get(id_, id_) in now]
    former = {id_: [id_, *after[id_].get("merged_from", ())] for id_ in now}
    dropped = [
        id_ for id_ in now if all(before[one]["status"] in ("lead", "prospect") for one in former[id_] if one in before)
    ]
    rate = rounded(len(gone), len(base), 4) if base else None
    return {"base": len(base), "lost": len(gone), "rate": rate, "dropped": len(dropped)}
