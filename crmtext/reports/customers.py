"""A page for every customer."""

from __future__ import annotations

from typing import TYPE_CHECKING

from crmtext.reports.card import card
from crmtext.reports.day import by_customer
from crmtext.reports.environment import Pages
from crmtext.reports.site import SUFFIXES
from crmtext.wording import labels
from crmtext.wording.links import stem

if TYPE_CHECKING:
    from collections.abc import Iterator

    from crmtext.reports.site import Site


def pages(site: Site, formats: tuple[str, ...]) -> Iterator[tuple[str, str]]:
    """Yield `customers/<id>.html` and `customers/<id>.md` for each customer."""
    pages_by_form = {form: Pages(form, site) for form in formats}
    names = {customer.id: customer.name for customer in site.customers}
    field = labels.find(site.schema, "status")
    due = by_customer(one for one in site.due if one.kind != "next-step")
    for customer in site.customers:
        view = card(customer, site, names)
        status = labels.choice_label(field, customer.status)
        context = {"card": view, "status": status, "due": due.get(customer.id, ())}
        for form, templates in pages_by_form.items():
            path = f"customers/{stem(customer.id)}.{SUFFIXES[form]}"
            yield path, templates.page("customer", context)
