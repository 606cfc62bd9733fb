"""The basic facts of every customer."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from crmtext.computed.contacts import primary_contact
from crmtext.computed.profile import main_address, region_of
from crmtext.figures.tables import Column, FigureList
from crmtext.i18n import _
from crmtext.reports.context import Context, Report
from crmtext.reports.shown import Shown, who
from crmtext.wording.links import is_mobile

if TYPE_CHECKING:
    from collections.abc import Mapping

    from crmtext.model import Customer


def report(context: Context) -> Report:
    """Return the table of basic information."""
    shown, today = Shown(context.snapshot), context.snapshot.today
    columns = (
        shown.column("type"),
        shown.column("industry"),
        Column("region", _("Region")),
        Column("contact", _("Primary contact")),
        Column("phone", _("Phone")),
        Column("email", _("E-mail")),
        Column("address", _("Address")),
        shown.person(),
        shown.column("status"),
    )

    def item(customer: Customer) -> dict[str, Any]:
        data, contact = customer.data, primary_contact(customer, today)
        parts = main_address(customer)
        place = {key: shown.value(parts, "addresses", key) for key in parts}
        phones = [*(shown.value(data, "phones") or ()), *(shown.value(contact, "contacts", "phones") or ())]
        emails = [*(shown.value(data, "emails") or ()), *(shown.value(contact, "contacts", "emails") or ())]
        return {
            **who(customer),
            "type": customer.type,
            "industry": shown.value(data, "industry"),
            "region": region_of({key: part for key, part in place.items() if part}) or None,
            "contact": shown.value(contact, "contacts", "name"),
            # Mobile numbers are for internal use: the work phone comes first.
            "phone": min(phones, key=is_mobile, default=None),
            "email": next(iter(emails), None),
            "address": _in_full(place),
            "status": customer.status,
        }

    about = _(
        "One line per customer. Phone and e-mail: the customer's, else the primary contact's, a work phone before a "
        "mobile; address: the registered one, else the first. Contacts who have left are left out."
    )
    items = tuple(map(item, context.customers))
    return Report((FigureList("customers", _("Basic information"), about, columns, items),))


def _in_full(place: Mapping[str, Any]) -> str | None:
    """An address on one line; Chinese ones from the largest part to the smallest, without blanks."""
    parts = [str(place[key]) for key in ("province", "city", "district", "street") if place.get(key)]
    parts = [*dict.fromkeys(parts)]
    if all(part.isascii() for part in parts):
        parts = [*parts[::-1], *(str(place[key]) for key in ("postcode", "country") if place.get(key))]
        return ", ".join(parts) or None
    return "".join(parts)
