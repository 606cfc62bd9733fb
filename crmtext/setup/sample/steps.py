"""The changes of the last weeks, derived from the records, and their reversal."""

from __future__ import annotations

import re
import tomllib
from collections import defaultdict
from datetime import date, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from crmtext.diff.message import colleague
from crmtext.i18n import N_, _
from crmtext.layout import SETTINGS
from crmtext.setup.sample import messages
from crmtext.text.edit.rewrite import Delete, Set, rewrite
from crmtext.text.pointer import get, parent, upwards
from crmtext.text.read.load import parse_text

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from crmtext.diff.words import Words

Record = dict[str, Any]

#: The length of the history.
WEEKS = 7
#: Lists with dated items: the list, the key of the date, the key of the author.
_DATED = (
    ("interactions", "date", "by"),
    ("transactions", "date", ""),
    ("feedback", "date", "by"),
    ("cases", "opened", "owner"),
    ("consents", "date", ""),
)
#: Maps that are added on their own date.
_STAMPS = (("/verified", N_("verified")), ("/cooperation/satisfaction", N_("satisfaction")))
#: Dates that are filled in later: the list, the key, the text for the message.
_FILLED = (
    ("interactions", "next/done", N_("next step done")),
    ("transactions", "paid", N_("paid")),
    ("needs", "confirmed", N_("need confirmed")),
)


class Move(NamedTuple):
    """One change of one file. Undoing it removes `new` and restores `was`."""

    day: str
    by: str
    path: str
    #: The list that got an item: `interactions`, `transactions` …
    kind: str = ""
    says: str = ""
    new: tuple[str, ...] = ()
    was: tuple[tuple[str, str | int], ...] = ()
    #: `add`, `handover`, `team`: work that gets a commit of its own.
    chore: str = ""


def known() -> Record:
    """Return the content of `history.toml`."""
    return tomllib.loads((Path(__file__).parent / "history.toml").read_text(encoding="utf-8"))


def moves(records: Mapping[str, Record], start: str, by: timedelta, say: Words) -> list[Move]:
    """Return all changes after the day `start`; dates of `history.toml` are moved `by` this much."""
    more = known()
    paths = {record["id"]: path for path, record in records.items()}
    handover = more["handover"]
    result = [move for path, record in records.items() for move in _of(path, record, handover, by)]
    result += [_change(change, paths, by, say) for change in more["change"]]
    result.append(_left(more["left"], by, say))
    return [move for move in result if move.day > start]


def before(path: str, text: str, later: Iterable[Move]) -> str | None:
    """Return the text of a file before the `later` moves; None if the file didn't exist."""
    undone = [move for move in later if move.path == path]
    if not undone:
        return text
    if any(move.chore == "add" for move in undone):
        return None
    if any(move.chore == "team" for move in undone):
        return text.replace("active = false\n", "")
    was: dict[str, str | int] = {}
    for move in sorted(undone, key=lambda move: move.day, reverse=True):
        was.update(move.was)
    gone = _emptied(parse_text(text).data, {pointer for move in undone for pointer in move.new})
    deletes = [Delete(pointer) for pointer in sorted(gone, key=_place, reverse=True) if not _under(pointer, gone)]
    sets = [Set(pointer, value) for pointer, value in was.items() if not _under(pointer, gone)]
    return rewrite(text, [*sets, *deletes])


def _emptied(data: Record, gone: set[str]) -> set[str]:
    """The pointers to remove, with each list that loses all its items."""
    lost: defaultdict[str, set[str]] = defaultdict(set)
    for pointer in gone:
        if pointer.rpartition("/")[2].isdigit():
            lost[parent(pointer)].add(pointer)
    return gone | {holder for holder, items in lost.items() if len(items) == len(get(data, holder))}


def _under(pointer: str, gone: set[str]) -> bool:
    return any(holder in gone for holder in upwards(parent(pointer)))


def _place(pointer: str) -> list[tuple[int, str]]:
    return [(int(step), "") if step.isdigit() else (-1, step) for step in pointer.split("/")]


def _of(path: str, record: Record, handover: Record, by: timedelta) -> Iterator[Move]:
    """The changes of one record; those of its first day are part of adding it."""
    added = (date.fromisoformat(f"{record['id'][1:5]}-{record['id'][5:7]}-{record['id'][7:9]}") + by).isoformat()
    first: Record = next(iter(record.get("interactions", ())), {})
    yield Move(added, str(first.get("by", record["owner"])), path, chore="add")
    dated = (*_listed(path, record), *_filled(path, record), *_stamped(path, record))
    yield from (move for move in dated if move.day > added)
    yield from _handed(path, record, handover, (handover["on"] + by).isoformat())


def _listed(path: str, record: Record) -> Iterator[Move]:
    for name, day, who in _DATED:
        for index, item in enumerate(record.get(name, ())):
            if item.get("channel") != "handover":
                yield Move(
                    item[day],
                    item.get(who, record["owner"]),
                    path,
                    name,
                    item.get("channel", ""),
                    (f"/{name}/{index}",),
                )


def _filled(path: str, record: Record) -> Iterator[Move]:
    for name, key, says in _FILLED:
        for index, item in enumerate(record.get(name, ())):
            holder = item.get("next", {}) if key == "next/done" else item
            last = key.rpartition("/")[2]
            if last in holder and holder[last] != item.get("date"):
                yield Move(
                    holder[last], holder.get("by", record["owner"]), path, says=_(says), new=(f"/{name}/{index}/{key}",)
                )


def _stamped(path: str, record: Record) -> Iterator[Move]:
    for pointer, says in _STAMPS:
        if stamp := get(record, pointer):
            yield Move(stamp["date"], stamp.get("by", record["owner"]), path, says=_(says), new=(pointer,))


def _handed(path: str, record: Record, handover: Record, day: str) -> Iterator[Move]:
    """The handover as one move: the owner, the open next steps, and the note."""
    entries = list(enumerate(record.get("interactions", ())))
    entered = [
        f"/interactions/{index}" for index, item in entries if item["channel"] == "handover" and item["date"] == day
    ]
    promised = [f"/interactions/{index}/next/by" for index, item in entries
                if item["date"] < day and item.get("next", {}).get("by") == handover["to"]]  # fmt: skip
    if entered:
        was = tuple((pointer, handover["from"]) for pointer in ("/owner", *promised))
        yield Move(day, handover["by"], path, new=tuple(entered), was=was, chore="handover")


def _change(change: Record, paths: Mapping[str, str], by: timedelta, say: Words) -> Move:
    words = ", ".join(messages.in_words(part, say) for part in change["says"])
    says = re.sub(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", lambda match: (date.fromisoformat(match[0]) + by).isoformat(), words)
    was = tuple(change.get("was", {}).items())
    day = (change["on"] + by).isoformat()
    return Move(day, change["by"], paths[change["customer"]], says=says, new=tuple(change.get("new", ())), was=was)


def _left(left: Record, by: timedelta, say: Words) -> Move:
    says = _("team: {name} has left").format(name=colleague(left["member"], say.settings))
    return Move((left["on"] + by).isoformat(), left["by"], SETTINGS, says=says, chore="team")
