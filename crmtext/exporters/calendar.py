"""Calendar: the days of open next steps, open cases, and the last contract of active customers."""

from __future__ import annotations

from datetime import date, time
from typing import TYPE_CHECKING, Any

from crmtext.i18n import N_, _, plural
from crmtext.values import clock
from crmtext.values.calendar import Event, write_events

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from typing import BinaryIO

    from crmtext.exporters.export import Export

#: The fields whose values events show.
FIELDS = (
    "id", "name", "short_name", "interactions[].date", "interactions[].summary", "interactions[].next.action",
    "interactions[].next.due", "interactions[].next.time", "cases[].summary", "cases[].due",
    "cooperation.contracts[].to", "cooperation.contracts[].title", "cooperation.contracts[].number",
)  # fmt: skip


def write(export: Export, file: BinaryIO) -> None:
    """Write the events of the customers."""
    snapshot = export.snapshot
    zone = clock.time_zone(snapshot.settings.timezone or None)
    customers = set[str]()
    count = write_events(_of(export, customers), file, snapshot.today, zone)
    export.written = customers
    export.notes.append(plural("{n} event in the calendar", "{n} events in the calendar", count))


def _of(export: Export, customers: set[str]) -> Iterator[Event]:
    """Yield the events of the export's people, and collect the ids of their customers."""
    team = export.snapshot.settings.team
    # Only the record lacks the values of sensitive fields.
    for record in export.records():
        for person, event in _events(record):
            member = team.get(person)
            # Those who have left do nothing any more: the customer's owner does.
            doer = record.get("owner") if not person or (member and member.has_left) else person
            if not export.people or doer in export.people:
                customers.add(record["id"])
                yield event


def _events(record: Mapping[str, Any]) -> Iterator[tuple[str, Event]]:
    """Yield the events of a record as exported, which may lack any value that its schema marks as sensitive.

    Beside each is the colleague who has it to do; empty for the customer's owner.
    """
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
            person = step.get("by") or entry.get("by") or ""
            yield person, Event(N_("Next step"), key, _named(short, action), details, day, at)
    for case in record.get("cases", ()):
        summary = str(case.get("summary", ""))
        if (day := _day(case.get("due"))) and case.get("status") != "closed":
            key = f"{id_}:{case.get('opened')}:{summary}"
            yield case.get("owner") or "", Event(N_("Case"), key, _named(short, summary), about, day)
    contracts = (record.get("cooperation") or {}).get("contracts", ()) if record.get("status") == "active" else ()
    if ends := [(day, one) for one in contracts if (day := _day(one.get("to")))]:
        day, contract = max(ends, key=lambda end: end[0])
        title = str(contract.get("title") or contract.get("number") or "")
        summary = _("contract ends: {name}").format(name=title) if title else _("contract ends")
        key = f"{id_}:{contract.get('number') or title}"
        yield "", Event(N_("Contract"), key, _named(short, summary), about, day)


def _named(short: str, what: str) -> str:
    return _("{what}: {more}").format(what=short, more=what) if what else short


def _day(value: object) -> date | None:
    """The day of a value; None if there is none, or only a month or year of it."""
    try:
        return date.fromisoformat(str(value)) if value else None
    except ValueError:
        return None
