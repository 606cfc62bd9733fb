"""Calendars (RFC 5545): events of a day, or an hour of it."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, date, datetime, time
from typing import TYPE_CHECKING, NamedTuple
from uuid import NAMESPACE_URL, uuid5

from crmtext import __version__
from crmtext.i18n import _
from crmtext.values.content_lines import line, text

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from datetime import tzinfo
    from typing import BinaryIO


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
