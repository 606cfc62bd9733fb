"""iCalendar (RFC 5545): the days of open next steps, open cases, and the last contract of active customers."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, date, datetime, time
from typing import TYPE_CHECKING, Any, NamedTuple
from uuid import NAMESPACE_URL, uuid5

from crmtext import __version__
from crmtext.exporters.content_lines import line, text
from crmtext.i18n import N_, _, plural
from crmtext.values import clock

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from datetime import tzinfo
    from typing import BinaryIO

    from crmtext.exporters.export import Export


class Event(NamedTuple):
    """A day in a calendar, or an hour of it."""

    #: A message id: next step, case or contract.
    kind: str
    #: The id within its kind: the customer and the words of the entry.
    key: str
    summary: str
    description: str
    day: date
    #: The time of day at which it begins; None for the whole day.
    at: time | None = None


def write(export: Export, file: BinaryIO) -> None:
    """Write the events of the customers."""
    snapshot = export.snapshot
    zone = clock.time_zone(snapshot.settings.timezone or None)
    # Only the record lacks the values of sensitive fields.
    stream = (event for record in export.records() for event in _events(record))
    count = write_events(stream, file, snapshot.today, zone)
    export.notes.append(plural("{n} event in the calendar", "{n} events in the calendar", count))


def write_events(events: Iterable[Event], file: BinaryIO, today: date, zone: tzinfo | None) -> int:
    """Write a calendar, and return the number of its events. Its bytes are the same for the same events and day."""
    stamp = f"{_digits(today)}T000000Z"
    file.write(line("BEGIN", "VCALENDAR") + line("VERSION", "2.0"))
    file.write(line("PRODID", f"-//crmtext//crmtext {__version__}//EN") + line("X-WR-CALNAME", "crmtext"))
    count = 0
    taken: Counter[str] = Counter()
    for event in events:
        name = f"{event.kind}:{event.key}"
        taken[name] += 1
        # Two equal steps of one day are two events.
        uid = f"crmtext:{name}:{taken[name]}" if taken[name] > 1 else f"crmtext:{name}"
        file.writelines(_event(event, uid, stamp, zone))
        count += 1
    file.write(line("END", "VCALENDAR"))
    return count


def _event(event: Event, uid: str, stamp: str, zone: tzinfo | None) -> Iterator[bytes]:
    yield line("BEGIN", "VEVENT")
    yield line("UID", str(uuid5(NAMESPACE_URL, uid)))
    yield line("DTSTAMP", stamp)
    # A day without an end lasts one day (RFC 5545, 3.6.1).
    start = _start(event.day, event.at, zone) if event.at else None
    if start is None:
        yield line("DTSTART;VALUE=DATE", _digits(event.day))
        yield line("TRANSP", "TRANSPARENT")
    else:
        yield line("DTSTART", f"{_digits(start)}T{start:%H%M%S}Z")
        yield line("DURATION", "PT1H")
    yield line("SUMMARY", text(event.summary))
    yield line("DESCRIPTION", text(event.description))
    yield line("CATEGORIES", text(_(event.kind)))
    yield line("END", "VEVENT")


def _start(day: date, at: time, zone: tzinfo | None) -> datetime | None:
    """The moment in UTC; None beyond the first or last year."""
    try:
        return datetime.combine(day, at, zone).astimezone(UTC)
    except (OverflowError, ValueError):
        return None


def _digits(day: date) -> str:
    return f"{day.year:04}{day.month:02}{day.day:02}"


def _events(record: Mapping[str, Any]) -> Iterator[Event]:
    """Yield the events of a record as exported, which may lack any value that its schema marks as sensitive."""
    id_, name = record["id"], str(record.get("name", ""))
    short = str(record.get("short_name") or name or id_)
    about = f"{name} {id_}".strip()
    for entry in record.get("interactions", ()):
        step = entry.get("next") or {}
        action = str(step.get("action", ""))
        if action and (day := _day(step.get("due"))) and not step.get("done"):
            at = time.fromisoformat(step["time"]) if step.get("time") else None
            details = f"{about}\n{entry.get('date', '')} {entry.get('summary', '')}".rstrip()
            key = f"{id_}:{entry.get('date')}:{action}"
            yield Event(N_("Next step"), key, _named(short, action), details, day, at)
    for case in record.get("cases", ()):
        summary = str(case.get("summary", ""))
        if (day := _day(case.get("due"))) and case.get("status") != "closed":
            yield Event(N_("Case"), f"{id_}:{case.get('opened')}:{summary}", _named(short, summary), about, day)
    contracts = (record.get("cooperation") or {}).get("contracts", ()) if record.get("status") == "active" else ()
    if ends := [(day, one) for one in contracts if (day := _day(one.get("to")))]:
        day, contract = max(ends, key=lambda end: end[0])
        title = str(contract.get("title") or contract.get("number") or "")
        summary = _("contract ends: {name}").format(name=title) if title else _("contract ends")
        yield Event(N_("Contract"), f"{id_}:{contract.get('number') or title}", _named(short, summary), about, day)


def _named(short: str, what: str) -> str:
    return _("{what}: {more}").format(what=short, more=what) if what else short


def _day(value: object) -> date | None:
    """The day of a value; None if there is none, or only a month or year of it."""
    try:
        return date.fromisoformat(str(value)) if value else None
    except ValueError:
        return None
