"""How generated customers came to be as they are: their records on earlier days, and the commits between."""

from __future__ import annotations

from collections import defaultdict
from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING, Any, NamedTuple

from crmtext.diff.customers import Difference, keys, ordered
from crmtext.diff.message import message
from crmtext.git.fast_import import Step
from crmtext.merge.compare import compare
from crmtext.text.document import Document

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from datetime import tzinfo

    from crmtext.diff.words import Words
    from crmtext.setup.demo import Generated, Writer
    from crmtext.setup.demo.dealings import Life, Moves

#: What a case and an opportunity get when they are closed.
_CLOSING = {"closed", "score", "lost_category", "lost_reason"}
#: The time between two commits of a day.
_APART = timedelta(minutes=4)


def as_of(life: Life, day: date) -> dict[str, Any] | None:
    """Return the record as it was at the end of a day; None before the customer was added."""
    status = _at(life.statuses, day)
    if status is None:
        return None
    last = day.isoformat()
    record: dict[str, Any] = {**life.record, "status": status}
    record["interactions"] = [_talk(item, last) for item in _until(record, "interactions", "date", last)]
    record["transactions"] = [_order(item, last) for item in _until(record, "transactions", "date", last)]
    record["cases"] = [_case(item, last) for item in _until(record, "cases", "opened", last)]
    deals = zip(record.get("opportunities", ()), life.stages, strict=True)
    record["opportunities"] = [_deal(deal, stage) for deal, moves in deals if (stage := _at(moves, day))]
    since = record.get("cooperation", {}).get("since", "9999")
    record["cooperation"] = _cooperation(record["cooperation"], status, last) if since <= last else {}
    record["churn"] = record.get("churn") if status == "lost" else {}
    return {key: value for key, value in record.items() if value}


def _at(moves: Moves, day: date) -> str | None:
    return next((value for since, value in reversed(moves) if since <= day), None)


def _until(record: Mapping[str, Any], key: str, when: str, last: str) -> list[dict[str, Any]]:
    return [item for item in record.get(key, ()) if item[when] <= last]


def _talk(item: dict[str, Any], last: str) -> dict[str, Any]:
    step = item.get("next", {})
    return item if step.get("done", "") <= last else {**item, "next": _without(step, {"done"})}


def _order(item: dict[str, Any], last: str) -> dict[str, Any]:
    return item if item.get("paid", "") <= last else _without(item, {"paid"})


def _case(item: dict[str, Any], last: str) -> dict[str, Any]:
    return item if item.get("closed", "") <= last else {**_without(item, _CLOSING), "status": "open"}


def _deal(deal: dict[str, Any], stage: str) -> dict[str, Any]:
    return deal if deal["stage"] == stage else {**_without(deal, _CLOSING), "stage": stage}


def _cooperation(item: dict[str, Any], status: str, last: str) -> dict[str, Any]:
    later = {"satisfaction"} if item.get("satisfaction", {}).get("date", "") > last else set()
    return _without(item, later | ({"paused_reason"} if status != "paused" else set()))


def _without(item: dict[str, Any], keys: set[str]) -> dict[str, Any]:
    return {key: value for key, value in item.items() if key not in keys}


def _days(life: Life) -> set[date]:
    """The days on which something in the record changed, or may have."""
    record: dict[str, Any] = life.record
    talks, orders, cases = (record.get(key, ()) for key in ("interactions", "transactions", "cases"))
    texts = {item["date"] for item in (*talks, *orders)} | {item["opened"] for item in cases}
    texts |= {item.get("next", {}).get("done") for item in talks} | {item.get("paid") for item in orders}
    texts |= {item.get("closed") for item in cases} | {
        record.get("cooperation", {}).get("satisfaction", {}).get("date")
    }
    moved = {day for moves in (life.statuses, *life.stages) for day, _value in moves}
    return moved | {date.fromisoformat(text) for text in texts if text}


class History(NamedTuple):
    """The records on the first day, and the commits since."""

    records: Mapping[str, str]
    steps: Iterator[Step]


def history(customers: Sequence[Generated], first: date, writer: Writer, words: Words, zone: tzinfo) -> History:
    """Return the records on the first day, and a commit for each later day on which a customer's record changed."""
    start = {one.path: writer.text(record) for one in customers if (record := as_of(one.life, first))}
    by_day: dict[date, list[Generated]] = defaultdict(list)
    for one in customers:
        for day in _days(one.life):
            if day > first:
                by_day[day].append(one)
    return History(start, _steps(dict(sorted(by_day.items())), writer, words, zone))


def _steps(by_day: Mapping[date, Sequence[Generated]], writer: Writer, words: Words, zone: tzinfo) -> Iterator[Step]:
    known = keys(words.schema)
    for day, customers in by_day.items():
        moment = datetime.combine(day, time(9, 10), zone)
        for one in customers:
            before, after = as_of(one.life, day - timedelta(days=1)), as_of(one.life, day)
            if after is None or before == after:
                continue
            text = writer.text(after)
            old = Document(one.path, writer.text(before), before) if before else None
            changes = ordered(compare(before or {}, after, known), words.schema)
            why = message([Difference(old, Document(one.path, text, after), changes)], words, "set" if old else "add")
            who = words.settings.team[after["owner"]]
            yield Step((who.shown, who.emails[0]), moment, why, {one.path: text.encode()})
            moment += _APART
