"""Noting an interaction: one entry more, at the end or where its date belongs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from crmtext.i18n import _
from crmtext.problem import usage
from crmtext.record import words
from crmtext.record.draft import Draft, How, draft, write, writing
from crmtext.record.order import place, sorted_item
from crmtext.record.target import again, target

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

    from crmtext.answer import Change
    from crmtext.schema import Schema
    from crmtext.settings import Settings
    from crmtext.store import Store
    from crmtext.text.document import Document


class Entry(NamedTuple):
    """What was typed about an interaction; empty where nothing was."""

    channel: str
    summary: str
    by: str
    date: str = ""
    contact: str = ""
    direction: str = ""
    outcome: str = ""
    details: str = ""
    next: str = ""
    due: str = ""
    next_by: str = ""


def run(store: Store, typed: str, entry: Entry, how: How) -> Change:
    """Log an interaction with the customer that is meant."""
    item = interaction(entry, schema=store.schema, settings=store.settings, today=store.today)
    found = target(store, typed)
    with writing(store, how):
        # Somebody else may have written to it while we waited.
        document = again(store, found)
        made = log(document, item, store.schema)
        return write(store, [made], _summary(document, item, store), how)


def log(document: Document, item: Mapping[str, Any], schema: Schema) -> Draft:
    """The record with the interaction added. Raises CrmError where that would add an error."""
    return draft(document, [place(document, "/interactions", item, schema)], schema)


def interaction(entry: Entry, *, schema: Schema, settings: Settings, today: date) -> Mapping[str, Any]:
    """The interaction as it stands in a record: keys in the schema's order, empty ones left out."""
    when = _day(entry.date, today, past=True) if entry.date else today
    if when > today:
        raise usage(
            "future-date",
            _("{date} lies in the future; today is {today}").format(date=when, today=today),
            _("log it when it has happened; a plan is --next … --due …"),
        )
    found = {
        "date": when.isoformat(),
        "by": words.handle(entry.by, settings),
        "channel": words.choice(schema, "interactions[].channel", entry.channel),
        "summary": _one_line(entry.summary),
        "details": entry.details.strip(),
        "direction": words.choice(schema, "interactions[].direction", entry.direction) if entry.direction else "",
        "contact": entry.contact.strip(),
        "outcome": words.choice(schema, "interactions[].outcome", entry.outcome) if entry.outcome else "",
        "next": _next(entry, when, settings, today),
    }
    field = schema.by_path["interactions[]"]
    return sorted_item({key: value for key, value in found.items() if value}, field)


def _summary(document: Document, item: Mapping[str, Any], store: Store) -> str:
    name = document.data.get("short_name") or document.data.get("name") or document.data.get("id")
    channel = next(
        (
            each.label
            for each in store.schema.by_path["interactions[].channel"].choices
            if each.value == item["channel"]
        ),
        item["channel"],
    )
    said = _("{name}: {channel} of {date} noted in {path}").format(
        name=name, channel=channel, date=item["date"], path=document.path
    )
    step = item.get("next", {})
    return said + (
        _("; ") + _("next by {due}: {action}").format(due=step["due"], action=step["action"]) if "due" in step else ""
    )


def _next(entry: Entry, when: date, settings: Settings, today: date) -> Mapping[str, Any]:
    if not entry.next:
        if entry.due or entry.next_by:
            raise usage("next-step", _("--due needs --next with what is to be done"), _('add --next "…"'))
        return {}
    due = _day(entry.due, max(when, today)) if entry.due else None
    if due and due < when:
        raise usage(
            "next-due",
            _("the next step is due on {due}, before the interaction of {date}").format(due=due, date=when),
            _("correct one of the two dates"),
        )
    step = {
        "action": _one_line(entry.next),
        "due": due.isoformat() if due else "",
        "by": words.handle(entry.next_by, settings) if entry.next_by else "",
    }
    return {key: value for key, value in step.items() if value}


def _day(text: str, today: date, *, past: bool = False) -> date:
    from crmtext import dates

    return dates.parse(text, today, past=past)


def _one_line(text: str) -> str:
    """Text in one line, without blanks at its ends."""
    found = " ".join(text.split())
    if not found:
        raise usage("empty-value", _("the text is empty"), _("say in a line what was talked about"))
    return found
