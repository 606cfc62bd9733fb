"""Log an interaction: one more entry, at the position of its date."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from crmtext.i18n import _
from crmtext.problem import CrmError, Problem, Severity, usage
from crmtext.record.change.draft import Draft, draft
from crmtext.record.change.write import WriteOptions, write, writing
from crmtext.record.input import arguments
from crmtext.record.input.find_record import reread, searchable, target
from crmtext.record.input.position import place, sorted_item
from crmtext.record.unwanted import unwanted
from crmtext.terminal.quoting import quoted
from crmtext.values.did_you_mean import did_you_mean, nearest
from crmtext.values.folding import spellings
from crmtext.wording.labels import choice_label
from crmtext.wording.values import customer_name

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

    from crmtext.answer import Change
    from crmtext.schema import Schema
    from crmtext.settings import Settings
    from crmtext.store import Store
    from crmtext.text.document import Document


class Entry(NamedTuple):
    """Arguments of `crmtext log`; an empty string stands for an option that was left out."""

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
    next_time: str = ""
    next_channel: str = ""


def run(store: Store, typed: str, entry: Entry, how: WriteOptions, *, case: str | None = None) -> Change:
    """Log an interaction with a customer; `case` opens a case, titled with `case` unless it is empty."""
    item = interaction(entry, schema=store.schema, settings=store.settings, today=store.today)
    _refuse_vague(store, typed, entry, item)
    record = target(store, typed)
    with writing(store, how):
        # Somebody else may have written to the record while we waited for the lock.
        document = reread(store, record)
        item, unknown = with_contact(document, typed, item, store.schema)
        summary, operations = _summary(document, item, store), [place(document, "/interactions", item, store.schema)]
        grievance = None
        if case is not None or arguments.complains(item["summary"]):
            # Imported late: few interactions report a complaint.
            from crmtext.record import complaint

            grievance = complaint.from_interaction(item, store)
            if case is not None and grievance is None:
                raise complaint.no_complaint(document)
        if case is not None and grievance:
            operations.append(complaint.open_case(document, grievance, case, store))
            summary += _("; ") + complaint.opened_text(document, grievance, case, store)
        done = write(store, [draft(document, operations, store.schema)], summary, how)
        if case is None and grievance and not how.dry_run:
            done = complaint.with_proposals(done, [(document, grievance)], store)
        return done._replace(problems=(*done.problems, *unknown, *unwanted(document, item, store)))


def log(document: Document, item: Mapping[str, Any], schema: Schema) -> Draft:
    """Return the record with the interaction added. Raises CrmError if that would add an error."""
    return draft(document, [place(document, "/interactions", item, schema)], schema)


def interaction(entry: Entry, *, schema: Schema, settings: Settings, today: date) -> Mapping[str, Any]:
    """Return the interaction as in a record: keys in the schema's order, empty ones left out."""
    when = _day(entry.date, today, past=True) if entry.date else today
    if when > today:
        raise usage(
            "future-date",
            _("{date} is in the future; today is {today}").format(date=when, today=today),
            _("log it after it happened; for a plan: --next … --due …"),
        )
    fields = {
        "date": when.isoformat(),
        "by": arguments.handle(entry.by, settings),
        "channel": arguments.choice(schema, "interactions[].channel", entry.channel),
        "summary": _one_line(entry.summary),
        "details": entry.details.strip(),
        "direction": arguments.choice(schema, "interactions[].direction", entry.direction) if entry.direction else "",
        "contact": entry.contact.strip(),
        "outcome": arguments.choice(schema, "interactions[].outcome", entry.outcome) if entry.outcome else "",
        "next": _next(entry, when, schema, settings, today),
    }
    field = schema.by_path["interactions[]"]
    return sorted_item({key: value for key, value in fields.items() if value}, field)


def with_contact(
    document: Document, typed: str, item: Mapping[str, Any], schema: Schema
) -> tuple[Mapping[str, Any], tuple[Problem, ...]]:
    """Return the interaction with the contact's name as the record spells it, and a warning for an unknown contact.

    Without a contact, `typed` gives it if that names a contact and not the customer.
    """
    customer = searchable(document)
    if customer is None:
        return item, ()
    if "contact" not in item:
        if typed in {"", customer.id}:
            return item, ()
        from crmtext.query.find import contact_named  # a call by id starts without it

        contact = contact_named(customer, typed)
        return sorted_item({**item, "contact": contact}, schema.by_path["interactions[]"]) if contact else item, ()
    given = item["contact"]
    known = [contact["name"] for contact in customer.data["contacts"]]
    same = list(dict.fromkeys(name for name in known if set(spellings(name)) & set(spellings(given))))
    if given in known or len(same) == 1:
        return {**item, "contact": given if given in known else same[0]}, ()
    return item, (_unknown_contact(document, given, known),)


def _unknown_contact(document: Document, given: str, known: list[str]) -> Problem:
    name = customer_name(document)
    message = _("{name} has no contact '{contact}'").format(name=name, contact=given)
    add = f"crmtext append {quoted(str(document.data.get('id') or name))} contacts name={quoted(given)}"
    names = _("contacts: {names}").format(names=_(", ").join(known)) if known else ""
    hints = (
        did_you_mean(nearest(given, known, loose=True), names),
        _("to add the contact: {command}").format(command=add),
    )
    return Problem("unknown-contact", message, hint="\n".join(filter(None, hints)), severity=Severity.WARNING)


def _refuse_vague(store: Store, typed: str, entry: Entry, item: Mapping[str, Any]) -> None:
    """Raise CrmError for a next step with a vague date only; the hint is the command with a date."""
    step = item.get("next", {})
    if not step or "due" in step:
        return
    # Imported late: most calls of `log` need no checks.
    from crmtext.checks.next_step import vague

    if not (word := vague(step["action"])):
        return
    given = {
        "--date": entry.date,
        "--by": "" if entry.by == arguments.own_handle(store) else entry.by,
        "--contact": entry.contact,
        "--direction": entry.direction,
        "--outcome": entry.outcome,
        "--details": entry.details,
        "--next": entry.next,
        "--time": entry.next_time,
        "--next-channel": entry.next_channel,
    }
    options = [f"{name} {quoted(text)}" for name, text in given.items() if text]
    command = " ".join(
        ("crmtext log", *map(quoted, (typed, entry.channel, entry.summary)), *options, "--due", _due(word, store.today))
    )
    message = _("nothing was written: '{word}' is not a date, and the next step has no due date").format(word=word)
    raise usage("vague-date", message, _("give the due date: {command}").format(command=command))


def _due(word: str, today: date) -> str:
    """Suggest a date: the one that the word means if it can be read as one, else in three days."""
    from crmtext.values import dates

    try:
        return dates.parse(word, today).isoformat()
    except CrmError:
        return "+3d"


def _summary(document: Document, item: Mapping[str, Any], store: Store) -> str:
    summary = _("Logged {interaction} on {date} for {name}: {path}").format(
        name=customer_name(document),
        interaction=_kind(item["channel"], store),
        date=item["date"],
        path=document.path,
    )
    step = item.get("next", {})
    return summary + (
        _("; ")
        + _("next step by {due}: {action}").format(
            due=" ".join(filter(None, (step["due"], step.get("time")))), action=step["action"]
        )
        if "due" in step
        else ""
    )


def _kind(channel: str, store: Store) -> str:
    """Return what an interaction is in a sentence; one of a team's own channel has the channel's label."""
    kinds = {
        "phone": _("a phone call"),
        "visit": _("a visit"),
        "email": _("an e-mail"),
        "exhibition": _("a meeting at an exhibition"),
        "online-meeting": _("an online meeting"),
        "wechat": _("a WeChat message"),
        "sms": _("a text message"),
        "social": _("a social media message"),
        "note": _("an internal note"),
        "handover": _("a handover"),
    }
    label = choice_label(store.schema.by_path["interactions[].channel"], channel)
    return kinds.get(channel) or _("an interaction ({channel})").format(channel=label)


def _next(entry: Entry, when: date, schema: Schema, settings: Settings, today: date) -> Mapping[str, Any]:
    given = {
        "--due": entry.due or entry.next_by,
        "--time": entry.next_time,
        "--next-channel": entry.next_channel,
    }
    if not entry.next:
        if option := next((name for name, typed in given.items() if typed), ""):
            raise usage("next-step", _("{option} requires --next").format(option=option), _('add --next "…"'))
        return {}
    due = _day(entry.due, max(when, today)) if entry.due else None
    if due and due < when:
        raise usage(
            "next-due",
            _("the next step is due on {due}, before the interaction of {date}").format(due=due, date=when),
            _("fix one of the two dates"),
        )
    step = {
        "action": _one_line(entry.next),
        "due": due.isoformat() if due else "",
        "time": _time(entry, due, schema),
        "channel": _channel(entry.next_channel, schema),
        "by": arguments.handle(entry.next_by, settings) if entry.next_by else "",
    }
    return {key: value for key, value in step.items() if value}


def _time(entry: Entry, due: date | None, schema: Schema) -> str:
    if not entry.next_time:
        return ""
    _require(schema, "interactions[].next.time")
    if due is None:
        raise usage("next-time-due", _("--time requires --due"), _("add the day: --due …"))
    from crmtext.values import times

    return times.parse(entry.next_time)


def _channel(typed: str, schema: Schema) -> str:
    if not typed:
        return ""
    path = "interactions[].next.channel"
    _require(schema, path)
    return arguments.choice(schema, path, typed)


def _require(schema: Schema, path: str) -> None:
    """Raise CrmError if the store's schema lacks a field, as that of version 1 does."""
    if path not in schema.by_path:
        message = _("the schema of this store has no field '{key}'").format(key=path)
        raise usage("unknown-key", message, _("to upgrade: crmtext schema upgrade"))


def _day(text: str, today: date, *, past: bool = False) -> date:
    from crmtext.values import dates

    return dates.parse(text, today, past=past)


def _one_line(text: str) -> str:
    """Return text in one line, without blanks at its ends."""
    line = " ".join(text.split())
    if not line:
        raise usage("empty-value", _("the text is empty"), _("give a one-line summary"))
    return line
