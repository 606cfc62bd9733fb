"""A customer's card as text for a terminal: the same content as the pages."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from crmtext.figures.due_text import action, kind
from crmtext.i18n import _, bracketed, plural
from crmtext.reports.card import is_open, open_first
from crmtext.terminal.width import hanging
from crmtext.wording import labels, numbers
from crmtext.wording.labels import labelled, person
from crmtext.wording.sections import Entry, Group, flat

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator

    from crmtext.figures.due import Item
    from crmtext.reports.card import Card, Person, Step
    from crmtext.reports.site import Site
    from crmtext.reports.timeline import Event


#: Number of interactions shown unless all are requested.
_LATEST = 3
#: Preferences of contact, which the head shows; the others follow with the rest.
_CONTACT = ("channel", "contact_time", "do_not_contact")


def text(card: Card, site: Site, due: Iterable[Item] = (), *, everything: bool = False) -> str:
    """Return the card: head, what is due, next steps, latest interactions, what is open, contacts, then the rest."""
    blocks = [
        _head(card, site),
        _due(due, site),
        _contact_line(card),
        _steps(card.steps),
        _timeline(card, None if everything else _LATEST),
        *_open(card),
        _people(card),
        *_rest(card),
    ]
    return "\n\n".join("\n".join(block) for block in blocks if block) + "\n"


def _head(card: Card, site: Site) -> list[str]:
    customer = card.customer
    status = labels.choice_label(labels.find(site.schema, "status"), customer.status)
    name = bracketed(customer.name, _(", ").join(card.also)) if card.also else customer.name
    lines = [hanging(name), hanging(" · ".join((customer.id, status, *map(str, card.chips))))]
    if card.tags:
        lines.append(hanging(" ".join(f"#{tag}" for tag in card.tags)))
    lines += [hanging(labelled(label, value)) for label, value in card.facts]
    lines += [hanging(_fact(entry)) for entry in card.reach]
    return lines


def _due(due: Iterable[Item], site: Site) -> list[str]:
    """Return what is due apart from the next steps, which are numbered below."""
    lines = []
    for item in due:
        when = bracketed(str(item.due), numbers.until(item.due, site.today)) if item.due else ""
        what = " · ".join(filter(None, (kind(item), action(item), person(site.settings, item.person))))
        late = "!" if item.state == "overdue" else " "
        lines.append(hanging(f"{late} {when}  {what}" if when else f"{late} {what}"))
        lines += [hanging(say, 4) for say in item.task.say.splitlines()]
    return [_("Due"), *lines] if lines else []


def _contact_line(card: Card) -> list[str]:
    """Return one line: how and when to contact the customer, and how not to."""
    by_key = {child.key: child for entry in card.aside for group in entry.groups for child in group.entries}
    parts = [_flat(by_key[key]) for key in ("channel", "contact_time") if key in by_key]
    if "do_not_contact" in by_key:
        parts.append(_("not by: {channels}").format(channels=_flat(by_key["do_not_contact"])))
    return [hanging(labelled(_("Prefers"), " · ".join(parts)))] if parts else []


def _open(card: Card) -> Iterator[list[str]]:
    """Yield the open opportunities and needs."""
    for key, title in (("opportunities", _("Open opportunities")), ("needs", _("Open needs"))):
        if lines := [line for group, is_open in _items(card, key) if is_open for line in _group_lines(group)]:
            yield [title, *lines]


def _items(card: Card, key: str) -> list[tuple[Group, bool]]:
    """The opportunities or needs in words, each with whether it is open."""
    groups = [group for entry in card.main if entry.key == key for group in entry.groups]
    data = open_first(key, card.customer.data.get(key, ()))
    return [(group, is_open(key, item)) for group, item in zip(groups, data, strict=True)]


def _people(card: Card) -> list[str]:
    if not card.people:
        return []
    return [_("Contacts"), *(line for contact in card.people for line in _person_lines(contact))]


def _person_lines(contact: Person) -> Iterator[str]:
    yield hanging(" · ".join(part for part in (contact.name, contact.place, *contact.marks) if part), 2)
    reach = [f"{cell.text} {_('(internal use)')}" if mobile else cell.text for cell, mobile in contact.phones]
    reach += [cell.text for cell in contact.emails]
    if reach:
        yield hanging("  ".join(reach), 4)
    for entry in contact.others:
        yield hanging(_fact(entry), 4)


def _steps(steps: Iterable[Step]) -> list[str]:
    numbered = [(number, step) for number, step in enumerate(steps, start=1) if step.state != "done"]
    if not numbered:
        return []
    return [_("Next steps"), *(_step(number, step) for number, step in numbered)]


def _step(number: int, step: Step) -> str:
    due = bracketed(step.due, step.when) if step.due else _("no date")
    late = "!" if step.state == "overdue" else " "
    return hanging(f"{late} {number}. {due}  {step.action} · {step.by}")


def _rest(card: Card) -> Iterator[list[str]]:
    if card.more:
        yield [hanging(_fact(entry)) for entry in card.more]
    closed = {"opportunities": _("Closed opportunities"), "needs": _("Closed needs")}
    for entry in (*card.aside, *card.main, *card.rest):
        groups = entry.groups
        if entry.key in closed:
            groups = tuple(group for group, is_open in _items(card, entry.key) if not is_open)
        if entry.key == "preferences":
            groups = tuple(_without(group, _CONTACT) for group in groups)
        lines = [line for group in groups for line in _group_lines(group, alone=len(groups) == 1)]
        if entry.cells:
            lines.insert(0, hanging(_(", ").join(cell.text for cell in entry.cells), 2))
        if lines:
            yield [closed.get(entry.key, entry.label), *lines]


def _without(group: Group, keys: Collection[str]) -> Group:
    return replace(group, entries=tuple(entry for entry in group.entries if entry.key not in keys))


def _group_lines(group: Group, *, alone: bool = False) -> Iterator[str]:
    """Yield the title, the plain values in one line, and each list of maps on lines of its own."""
    indent = 2
    if group.title:
        yield hanging(group.title, indent)
        indent += 2
    nested = [entry for entry in group.entries if len(entry.groups) > 1 or (entry.groups and " · " in _flat(entry))]
    if facts := [_fact(entry) for entry in group.entries if entry not in nested]:
        yield hanging(" · ".join(facts), indent)
        # The lists of one of several items without a title are indented below its first line.
        indent += 0 if group.title or alone else 2
    for entry in nested:
        if len(entry.groups) == 1 and not entry.groups[0].title:
            yield hanging(_fact(entry), indent)
            continue
        yield " " * indent + entry.label
        for inner in entry.groups:
            title = (inner.title,) if inner.title else ()
            yield hanging(" · ".join((*title, *map(_fact, inner.entries))), indent + 2)


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
    yield hanging(f"{event.date}  {about}", 2)
    for line in (event.summary, *event.details.splitlines()):
        yield hanging(line, 4).rstrip()
    if event.promise:
        when = _("done {date}").format(date=event.done) if event.done else event.due
        yield hanging(f"→ {bracketed(event.promise, when) if when else event.promise}", 4)
    for entry in event.others:
        yield hanging(_fact(entry), 4)


def _fact(entry: Entry) -> str:
    return labelled(entry.label, _flat(entry).rstrip())


def _flat(entry: Entry) -> str:
    return _(", ").join(cell.text for cell in flat(entry))
