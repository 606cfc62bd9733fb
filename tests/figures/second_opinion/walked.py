"""What a plain walk of git says: every record of every commit of the first-parent line is read, and nothing is kept."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import yaml
from asked_by_sql import day_of, git, rounded

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from datetime import date
    from pathlib import Path

#: A record with all values as texts.
Record = dict[str, Any]


def moments(folder: Path, zone: str = "Asia/Shanghai") -> Iterator[tuple[date, dict[str, Record]]]:
    """Each commit of the first-parent line, oldest first: its day and its records by id."""
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
                blobs[blob] = data if is_valid(data) else None
            if record := blobs[blob]:
                records[record["id"]] = record
        yield day_of(seconds, zone), records


def is_valid(data: Record) -> bool:
    """Whether a made record is valid: figures leave out an active customer, or a closed deal, without its day."""
    closed = all("closed" in deal for deal in data.get("opportunities", ()) if deal["stage"] in ("won", "lost"))
    return closed and (data["status"] != "active" or "since" in data.get("cooperation", {}))


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
