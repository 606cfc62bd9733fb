"""A customer's card as text for a terminal: the same content as the pages."""

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


#: Number of interactions shown unless all are requested.
_LATEST = 3


def text(card: Card, site: Site, *, everything: bool = False) -> str:
    """Return the card: head, next steps, latest interactions, contacts, then everything else."""
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
    """Return one line: how and when to contact the customer, how not to, then the rest."""
    by_key = {child.key: child for group in entry.groups for child in group.entries}
    parts = [_flat(by_key.pop(key)) for key in ("channel", "contact_time") if key in by_key]
    order = sorted(by_key.values(), key=lambda child: child.key != "do_not_contact")
    return _fact(entry.label, " · ".join([*parts, *(_fact(child.label, _flat(child)) for child in order)]))


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
    facts = [_fact(entry.label, _flat(entry)) for entry in group.entries]
    if group.title:
        yield "  " + group.title
        if facts:
            yield "    " + " · ".join(facts)
    elif len(facts) <= 1 or all(entry.groups == () for entry in group.entries):
        yield "  " + " · ".join(facts)
    else:
        yield from (f"  {line}" for line in facts)


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
    # Further lines of a text, such as notes, are indented below the label.
    return labelled(label, "\n      ".join(value.rstrip().splitlines()))


def _flat(entry: Entry) -> str:
    return _(", ").join(cell.text for cell in flat(entry))
