"""The content of a customer's page."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from crmtext.computed import compute
from crmtext.i18n import _
from crmtext.model import next_steps
from crmtext.reports import charts
from crmtext.reports.timeline import Event, contacts, events
from crmtext.wording import labels, links, numbers
from crmtext.wording.labels import labelled
from crmtext.wording.sections import Book, Cell, Entry, entries, entry

if TYPE_CHECKING:
    from datetime import date

    from crmtext.model import Customer, NextStep
    from crmtext.reports.site import Past, Site

#: Shown at the head of the page or in a section of their own.
PLACED = frozenset(
    {"id", "name", "short_name", "aliases", "type", "status", "owner", "collaborators", "priority"}
    | {"classification", "tags", "contacts", "phones", "emails", "website", "interactions"}
)
ASIDE = ("preferences",)
MAIN = ("opportunities", "needs", "cases", "cooperation", "transactions", "feedback")
#: Lists whose open entries come first, and the field and values of those that are not open.
_ENDED = {
    "opportunities": ("stage", frozenset({"won", "lost"})),
    "needs": ("status", frozenset({"met", "dropped"})),
    "cases": ("status", frozenset({"closed"})),
}
#: Contacts at the head of the page; with fewer, a chart of them says nothing.
LATEST = 3
#: Fields of a contact that its first lines show.
CONTACT_KEYS = frozenset({"name", "title", "department", "role", "phones", "emails", "primary", "left"})


@dataclass(frozen=True, slots=True)
class Chip:
    """A value beside its label, because `High` alone is ambiguous; the label is empty if the value says it all."""

    label: str
    text: str

    def __str__(self) -> str:
        return labelled(self.label, self.text) if self.label else self.text


@dataclass(frozen=True, slots=True)
class Step:
    """A next step in words; `state` is `overdue`, `today`, `coming`, `undated` or `done`."""

    action: str
    due: str
    by: str
    state: str
    when: str


@dataclass(frozen=True, slots=True)
class Person:
    """A contact; numbers that are not for internal use come first."""

    name: str
    place: str
    marks: tuple[str, ...]
    left: bool
    phones: tuple[tuple[Cell, bool], ...]
    emails: tuple[Cell, ...]
    others: tuple[Entry, ...]


@dataclass(frozen=True, slots=True)
class Card:
    """A customer's page."""

    customer: Customer
    labels: Mapping[str, str]
    also: tuple[str, ...]
    chips: tuple[Chip, ...]
    tags: tuple[str, ...]
    facts: tuple[tuple[str, str], ...]
    steps: tuple[Step, ...]
    people: tuple[Person, ...]
    reach: tuple[Entry, ...]
    aside: tuple[Entry, ...]
    main: tuple[Entry, ...]
    more: tuple[Entry, ...]
    rest: tuple[Entry, ...]
    timeline: tuple[Event, ...]
    #: The last contacts, and all other interactions.
    latest: tuple[Event, ...]
    others: tuple[Event, ...]
    #: Contacts in each month; empty if there were few.
    months: tuple[charts.Bar, ...]
    past: Past | None


def card(customer: Customer, site: Site, names: Mapping[str, str]) -> Card:
    """Return the page of a customer; it shows each field of the record once."""
    book = Book(site.settings, names)
    data = customer.data
    rest = _rest(data, site, book)
    days, timeline = contacts(customer), events(customer, site.schema, book)
    latest = tuple(event for event in timeline if event.is_contact)[:LATEST]
    return Card(
        customer=customer,
        labels={key: labels.heading(site.schema, key) for key in ("id", "contacts", "interactions")},
        also=tuple(filter(None, (data.get("short_name"), *data.get("aliases", ())))),
        chips=_chips(data, site),
        tags=tuple(data.get("tags", ())),
        facts=_facts(customer, site, book),
        steps=steps(customer, site),
        people=tuple(_person(contact, site, book) for contact in data.get("contacts", ())),
        reach=_picked(data, ("phones", "emails", "website"), site, book),
        aside=_picked(data, ASIDE, site, book),
        main=_picked(data, MAIN, site, book),
        more=tuple(entry for entry in rest if entry.cells),
        rest=tuple(entry for entry in rest if entry.groups),
        timeline=timeline,
        latest=latest,
        others=tuple(event for event in timeline if not any(event is one for one in latest)),
        months=charts.columns(charts.per_month(days, site.today)) if len(days) >= LATEST else (),
        past=site.past(customer.path),
    )


def steps(customer: Customer, site: Site) -> tuple[Step, ...]:
    """Return the next steps, open ones first."""
    return tuple(_step(step, site) for step in next_steps(customer))


def state(due: date | None, today: date) -> str:
    """Return how a due date relates to today."""
    if due is None:
        return "undated"
    if due == today:
        return "today"
    return "overdue" if due < today else "coming"


def _step(step: NextStep, site: Site) -> Step:
    due = " ".join(filter(None, (step.due.isoformat(), step.time))) if step.due else ""
    by = labels.person(site.settings, step.by) if step.by else ""
    if step.channel:
        channels = labels.find(site.schema, "interactions", "next", "channel")
        by = " · ".join(filter(None, (by, labels.choice_label(channels, step.channel))))
    if step.done:
        return Step(step.action, due, by, "done", str(step.done))
    when = numbers.until(step.due, site.today) if step.due else ""
    return Step(step.action, due, by, state(step.due, site.today), when)


def _chips(data: Mapping[str, object], site: Site) -> tuple[Chip, ...]:
    chips = [Chip("", labels.choice_label(labels.find(site.schema, "type"), str(data["type"])))]
    if "priority" in data:
        chips.append(_chip(site, str(data["priority"]), "priority"))
    classes = data.get("classification")
    if isinstance(classes, Mapping):
        chips += [_chip(site, value, "classification", key) for key, value in classes.items() if isinstance(value, str)]
    return tuple(chips)


def _chip(site: Site, value: str, *keys: str) -> Chip:
    field = labels.find(site.schema, *keys)
    return Chip(labels.key_label(field, keys[-1]), labels.choice_label(field, value))


def _facts(customer: Customer, site: Site, book: Book) -> tuple[tuple[str, str], ...]:
    figures = compute(customer, site.today, site.settings)
    data = customer.data
    last = figures.get("last_contact")
    facts = {
        _("Last contact"): f"{last} · {numbers.ago(figures.get('days_since_contact'))}" if last else "",
        labels.heading(site.schema, "owner"): labels.person(book.settings, customer.owner),
        labels.heading(site.schema, "collaborators"): _(", ").join(
            labels.person(book.settings, handle) for handle in data.get("collaborators", ())
        ),
        _("Open opportunities"): numbers.sums(figures.get("open_value") or {}),
        _("Turnover"): numbers.sums(figures.get("transaction_sum") or {}),
        _("Top products"): _(", ").join(figures["top_products"]),
        _("Days between"): _interval(figures),
        _("Region"): str(figures.get("region") or ""),
        _("Age"): str(figures.get("age") or ""),
    }
    return tuple((label, text) for label, text in facts.items() if text)


def _interval(figures: Mapping[str, Any]) -> str:
    """Return the days between purchases, with `?` if two purchase days are all there is."""
    interval = figures["transaction_interval"]
    return "" if interval is None else f"{interval}{'?' if figures['behind'] is None else ''}"


def _person(data: Mapping[str, object], site: Site, book: Book) -> Person:
    field = labels.find(site.schema, "contacts")
    by_key: dict[str, Entry] = {entry.key: entry for entry in entries(data, field, book)}

    def texts(*keys: str) -> Iterable[str]:
        return (by_key[key].cells[0].text for key in keys if key in by_key and by_key[key].cells)

    phones = by_key["phones"].cells if "phones" in by_key else ()
    marked = sorted(((phone, links.is_mobile(phone.text)) for phone in phones), key=lambda pair: pair[1])
    primary = (_("primary"),) if data.get("primary") else ()
    left = bool(data.get("left"))
    return Person(
        name=str(data["name"]),
        place=" · ".join(texts("title", "department")),
        marks=(*primary, *texts("role"), *((_("has left"),) if left else ())),
        left=left,
        phones=tuple(marked),
        emails=by_key["emails"].cells if "emails" in by_key else (),
        others=tuple(entry for key, entry in by_key.items() if key not in CONTACT_KEYS),
    )


def _picked(data: Mapping[str, object], keys: Iterable[str], site: Site, book: Book) -> tuple[Entry, ...]:
    picked = (
        entry(key, _ordered(key, data[key]), labels.find(site.schema, key), book) for key in keys if data.get(key)
    )
    return tuple(entry for entry in picked if entry.cells or entry.groups)


def _rest(data: Mapping[str, object], site: Site, book: Book) -> tuple[Entry, ...]:
    shown = PLACED.union(ASIDE, MAIN)
    order = [field.key for field in site.schema.fields if field.key in data and field.key not in shown]
    order += [key for key in data if key not in shown and key not in order]
    return _picked(data, order, site, book)


def _ordered(key: str, value: object) -> object:
    return open_first(key, value) if key in _ENDED and isinstance(value, list) else value


def is_open(key: str, item: Mapping[str, object]) -> bool:
    """Whether an item of one of the lists that have open ones is open; items of other lists are."""
    name, ended = _ENDED.get(key, ("", frozenset()))
    return item.get(name) not in ended


def open_first(key: str, items: Iterable[Mapping[str, object]]) -> list[Mapping[str, object]]:
    """Return the items of a list, open ones first."""
    return sorted(items, key=lambda item: not is_open(key, item))
