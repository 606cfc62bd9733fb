"""A page for every colleague: their day, customers, deals, last contacts and events."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING

from crmtext.i18n import _
from crmtext.model import day
from crmtext.reports.day import Day, by_person
from crmtext.reports.day import day as by_state
from crmtext.reports.environment import Pages
from crmtext.reports.overview import Row, row
from crmtext.reports.site import SUFFIXES
from crmtext.terminal.quoting import quoted
from crmtext.wording import labels, numbers
from crmtext.wording.links import stem

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from crmtext.model import Customer
    from crmtext.reports.site import Site
    from crmtext.reports.stream import Happening
    from crmtext.settings import Member

#: Lines shown of what is due in each state, of deals, and rows of customers: the index has all of them.
LISTED, ROWS = 20, 200
#: Names that Windows keeps for devices, and the length of a file name that fits everywhere.
_DEVICES = frozenset({"con", "prn", "aux", "nul", *(f"{name}{n}" for name in ("com", "lpt") for n in range(10))})
_LONGEST = 100


@dataclass(frozen=True, slots=True)
class Deal:
    """An open opportunity."""

    customer: str
    name: str
    title: str
    stage: str
    amount: str
    day: str
    late: bool


@dataclass(frozen=True, slots=True)
class Person:
    """A colleague's page; the counts are those of the whole lists."""

    handle: str
    #: The handle as typed in a command.
    typed: str
    name: str
    note: str
    day: Day
    rows: tuple[Row, ...]
    customers: int
    deals: tuple[Deal, ...]
    open_deals: int
    contacts: tuple[Happening, ...]
    stream: tuple[Happening, ...]


def pages(site: Site, formats: tuple[str, ...]) -> Iterator[tuple[str, str]]:
    """Yield `people/<handle>.html` and `people/<handle>.md` for each colleague."""
    pages_by_form = {form: Pages(form, site) for form in formats}
    names = file_names(people(site))
    field = labels.find(site.schema, "status")
    words_used = {
        "statuses": {choice.value: choice.label for choice in field.choices} if field else {},
        "headings": headings(site),
        "deal_headings": {
            key: labels.heading(site.schema, "opportunities", key)
            for key in ("title", "stage", "amount", "expected_close")
        },
    }
    due, owned, deals = by_person(site.due), _owned(site), _deals(site)
    for handle, name in names.items():
        member = site.settings.team.get(handle)
        view = Person(
            handle=handle,
            typed=quoted(handle),
            name=labels.person(site.settings, handle),
            note=_note(member),
            day=by_state(due.get(handle, ())),
            rows=tuple(row(customer, site) for customer in owned.get(handle, [])[:ROWS]),
            customers=len(owned.get(handle, [])),
            deals=tuple(deals.get(handle, [])[:ROWS]),
            open_deals=len(deals.get(handle, [])),
            contacts=site.stream.contacts.get(handle, ()),
            stream=site.stream.by_person.get(handle, ()),
        )
        context = {"person": view, "listed": LISTED, **words_used}
        for form, templates in pages_by_form.items():
            yield f"people/{name}.{SUFFIXES[form]}", templates.page("person", context)


def people(site: Site) -> tuple[str, ...]:
    """Return the handles of all who own a customer, have something to do, or did something; the team's order first."""
    named = {customer.owner for customer in site.customers} | {one.person for one in site.due}
    named |= site.stream.by_person.keys()
    return (*(handle for handle in site.settings.team if handle in named), *sorted(named - site.settings.team.keys()))


def file_names(handles: Iterable[str]) -> Mapping[str, str]:
    """Return the name of each colleague's page without suffix, different for all on any file system."""
    names: dict[str, str] = {}
    for handle in handles:
        name = stem(handle)
        taken = {other.casefold() for other in names.values()}
        if len(name) > _LONGEST or name.casefold() in taken or name.partition(".")[0].casefold() in _DEVICES:
            name = f"{name[:_LONGEST]}-{hashlib.sha256(handle.encode()).hexdigest()[:8]}"
        names[handle] = name
    return names


def headings(site: Site) -> Mapping[str, str]:
    """Return the headings of the table of customers."""
    return {
        "name": labels.heading(site.schema, "name"),
        "status": labels.heading(site.schema, "status"),
        "owner": labels.heading(site.schema, "owner"),
        "last": _("Last contact"),
        "due": _("Next step"),
        "value": _("Open opportunities"),
    }


def _note(member: Member | None) -> str:
    if member is None:
        return _("not on the team")
    return _("pool of customers") if member.pool else ""


def _owned(site: Site) -> Mapping[str, list[Customer]]:
    owned: dict[str, list[Customer]] = {}
    for customer in site.customers:
        owned.setdefault(customer.owner, []).append(customer)
    return owned


def _deals(site: Site) -> Mapping[str, list[Deal]]:
    """Return the open opportunities by colleague, those that are expected first at the beginning."""
    deals: dict[str, list[Deal]] = {}
    stages = labels.find(site.schema, "opportunities", "stage")
    for customer in site.customers:
        for deal in customer.data.get("opportunities", ()):
            if deal["stage"] in ("won", "lost"):
                continue
            expected = day(deal.get("expected_close"))
            amount = (
                numbers.amount(deal["amount"], str(deal.get("currency", site.settings.currency)))
                if "amount" in deal
                else ""
            )
            shown = Deal(
                customer=customer.id,
                name=customer.short,
                title=str(deal["title"]),
                stage=labels.choice_label(stages, deal["stage"]),
                amount=amount,
                day=str(expected or ""),
                late=expected is not None and expected < site.today,
            )
            deals.setdefault(str(deal.get("owner", customer.owner)), []).append(shown)
    for listed in deals.values():
        listed.sort(key=lambda deal: (deal.day or "~", deal.customer))
    return deals
