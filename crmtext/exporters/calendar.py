"""iCalendar (RFC 5545): the days of open next steps, open cases, and the last contract of active customers."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from typing import TYPE_CHECKING, NamedTuple
from uuid import NAMESPACE_URL, uuid5

from crmtext import __version__
from crmtext.exporters.content_lines import line, text
from crmtext.i18n import N_, _, plural
from crmtext.values import clock

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from datetime import tzinfo
    from typing import BinaryIO

    from crmtext.exporters.export import Export
    from crmtext.model import Customer


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
    stream = (event for customer, _record in export.pairs(N_("customers exported")) for event in _events(customer))
    count = write_events(stream, file, snapshot.today, zone)
    export.notes.append(plural("{n} event in the calendar", "{n} events in the calendar", count))


def write_events(events: Iterable[Event], file: BinaryIO, today: date, zone: tzinfo | None) -> int:
    """Write a calendar, and return the number of its events. Its bytes are the same for the same events and day."""
    stamp = f"{today:%Y%m%d}T000000Z"
    file.write(line("BEGIN", "VCALENDAR") + line("VERSION", "2.0"))
    file.write(line("PRODID", f"-//crmtext//crmtext {__version__}//EN") + line("X-WR-CALNAME", "crmtext"))
    count = 0
    for event in events:
        file.writelines(_event(event, stamp, zone))
        count += 1
    file.write(line("END", "VCALENDAR"))
    return count


def _event(event: Event, stamp: str, zone: tzinfo | None) -> Iterator[bytes]:
    yield line("BEGIN", "VEVENT")
    yield line("UID", str(uuid5(NAMESPACE_URL, f"crmtext:{event.kind}:{event.key}")))
    yield line("DTSTAMP", stamp)
    if event.at is None:
        yield line("DTSTART;VALUE=DATE", f"{event.day:%Y%m%d}")
        yield line("DTEND;VALUE=DATE", f"{event.day + timedelta(days=1):%Y%m%d}")
        yield line("TRANSP", "TRANSPARENT")
    else:
        start = datetime.combine(event.day, event.at, zone).astimezone(UTC)
        yield line("DTSTART", f"{start:%Y%m%dT%H%M%SZ}")
        yield line("DURATION", "PT1H")
    yield line("SUMMARY", text(event.summary))
    yield line("DESCRIPTION", text(event.description))
    yield line("CATEGORIES", text(_(event.kind)))
    yield line("END", "VEVENT")


def _events(customer: Customer) -> Iterator[Event]:
    data, id_ = customer.data, customer.id
    about = f"{data['name']} {id_}"
    for entry in data.get("interactions", ()):
        step = entry.get("next") or {}
        if (day := _day(step.get("due"))) and not step.get("done"):
            at = time.fromisoformat(step["time"]) if step.get("time") else None
            key = f"{id_}:{entry.get('date')}:{step['action']}"
            details = f"{about}\n{entry.get('date')} {entry.get('summary', '')}"
            yield Event(N_("Next step"), key, _named(customer, step["action"]), details, day, at)
    for case in data.get("cases", ()):
        if (day := _day(case.get("due"))) and case.get("status") != "closed":
            key = f"{id_}:{case.get('opened')}:{case['summary']}"
            yield Event(N_("Case"), key, _named(customer, case["summary"]), about, day)
    contracts = (data.get("cooperation") or {}).get("contracts", ()) if data.get("status") == "active" else ()
    if ends := [(day, one) for one in contracts if (day := _day(one.get("to")))]:
        day, contract = max(ends, key=lambda end: end[0])
        name = str(contract.get("title") or contract.get("number") or "")
        summary = _("contract ends: {name}").format(name=name) if name else _("contract ends")
        key = f"{id_}:{contract.get('number') or name}"
        yield Event(N_("Contract"), key, _named(customer, summary), about, day)


def _named(customer: Customer, what: object) -> str:
    return _("{what}: {more}").format(what=customer.short, more=what)


def _day(value: object) -> date | None:
    """The day of a value; None if there is none, or only a month or year of it."""
    try:
        return date.fromisoformat(str(value)) if value else None
    except ValueError:
        return None
