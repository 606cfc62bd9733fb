"""A customer's card as text for a terminal: the same view as the pages, without markup."""

from __future__ import annotations

from typing import TYPE_CHECKING

from crmtext.i18n import _, bracketed, plural
from crmtext.wording import labels
from crmtext.wording.labels import labelled
from crmtext.wording.sections import Entry, Group, flat

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from crmtext.reports.card import Card, Person, Step
    from crmtext.reports.site import Site
    from crmtext.reports.timeline import Event


#: So many interactions are shown unless all are asked for.
_LATEST = 3


def text(card: Card, site: Site, *, everything: bool = False) -> str:
    """The card: who it is, what is promised, what was talked about last, whom to call, and what else is known."""
    timeline = _timeline(card, None if everything else _LATEST)
    blocks = [_head(card, site), _steps(card.steps), timeline, _people(card), *_parts(card)]
    return "\n\n".join("\n".join(block) for block in blocks if block) + "\n"


def _head(card: Card, site: Site) -> list[str]:
    customer = card.customer
    status = labels.choice_label(labels.find(site.schema, "status"), customer.status)
    name = bracketed(customer.name, _(", ").join(card.also)) if card.also else customer.name
    lines = [name, " · ".join((customer.id, status, *card.chips))]
    lines += [_preferences(entry) for entry in card.aside]
    if card.tags:
        lines.append(" ".join(f"#{tag}" for tag in card.tags))
    lines += [_fact(label, value) for label, value in card.facts]
    lines += [_fact(entry.label, _flat(entry)) for entry in card.reach]
    return lines


def _preferences(entry: Entry) -> str:
    """One line: how and when to reach the customer, how not to, then the rest."""
    found = {one.key: one for group in entry.groups for one in group.entries}
    said = [_flat(found.pop(key)) for key in ("channel", "contact_time") if key in found]
    order = sorted(found.values(), key=lambda one: one.key != "do_not_contact")
    return _fact(entry.label, " · ".join([*said, *(_fact(one.label, _flat(one)) for one in order)]))


def _people(card: Card) -> list[str]:
    if not card.people:
        return []
    return [_("Contacts"), *(line for person in card.people for line in _person(person))]


def _person(person: Person) -> Iterator[str]:
    yield "  " + " · ".join(part for part in (person.name, person.place, *person.marks) if part)
    reach = [f"{cell.text} {_('(internal use)')}" if mobile else cell.text for cell, mobile in person.phones]
    reach += [cell.text for cell in person.emails]
    if reach:
        yield "    " + "  ".join(reach)
    for entry in person.others:
        yield "    " + _fact(entry.label, _flat(entry))


def _steps(steps: Iterable[Step]) -> list[str]:
    numbered = [(number, step) for number, step in enumerate(steps, start=1) if step.state != "done"]
    if not numbered:
        return []
    return [_("Next steps"), *(_step(number, step) for number, step in numbered)]


def _step(number: int, step: Step) -> str:
    due = bracketed(step.due, step.when) if step.due else _("no date")
    late = "!" if step.state == "overdue" else " "
    return f"{late} {number}. {due}  {step.action} · {step.by}"


def _parts(card: Card) -> Iterator[list[str]]:
    if card.more:
        yield [_fact(entry.label, _flat(entry)) for entry in card.more]
    for entry in (*card.main, *card.rest):
        yield [entry.label, *_entry_lines(entry)]


def _entry_lines(entry: Entry) -> Iterator[str]:
    if entry.cells:
        yield "  " + _(", ").join(cell.text for cell in entry.cells)
    for group in entry.groups:
        yield from _group_lines(group)


def _group_lines(group: Group) -> Iterator[str]:
    said = [_fact(one.label, _flat(one)) for one in group.entries]
    if group.title:
        yield "  " + group.title
        if said:
            yield "    " + " · ".join(said)
    elif len(said) <= 1 or all(one.groups == () for one in group.entries):
        yield "  " + " · ".join(said)
    else:
        yield from (f"  {line}" for line in said)


def _timeline(card: Card, most: int | None) -> list[str]:
    lines = [line for event in card.timeline[:most] for line in _event(event)]
    if most is not None and (earlier := len(card.timeline) - most) > 0:
        more = plural("{n} earlier interaction: --all", "{n} earlier interactions: --all", earlier)
        lines.append(f"  {more}")
    return [card.labels["interactions"], *lines] if lines else []


def _event(event: Event) -> Iterator[str]:
    about = " · ".join(
        part for part in (event.channel, event.direction, event.by, event.contact, event.outcome_label) if part
    )
    yield f"  {event.date}  {about}"
    for line in (event.summary, *event.details.splitlines()):
        yield f"    {line}".rstrip()
    if event.promise:
        when = _("done {date}").format(date=event.done) if event.done else event.due
        yield f"    → {bracketed(event.promise, when) if when else event.promise}"
    for entry in event.others:
        yield "    " + _fact(entry.label, _flat(entry))


def _fact(label: str, value: str) -> str:
    # Text of several lines, such as notes, is set in below its label.
    return labelled(label, "\n      ".join(value.rstrip().splitlines()))


def _flat(entry: Entry) -> str:
    return _(", ").join(cell.text for cell in flat(entry))
