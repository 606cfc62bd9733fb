"""One customer, shown."""

from __future__ import annotations

from typing import TYPE_CHECKING

from crmtext.answer import Text
from crmtext.computed import compute
from crmtext.find import find
from crmtext.i18n import language
from crmtext.reports.card import card
from crmtext.reports.site import Site
from crmtext.reports.terminal import text

if TYPE_CHECKING:
    from crmtext.snapshot import Snapshot


def show(snapshot: Snapshot, typed: str, *, raw: bool = False) -> Text:
    """The card of the customer that is meant, or with `raw` the record's own text."""
    customer = find(snapshot.customers, typed)
    if raw:
        return Text(customer.document.text)
    site = Site(snapshot.customers, snapshot.schema, snapshot.settings, snapshot.today, language())
    names = {each.id: each.short for each in snapshot.customers}
    computed = compute(customer, snapshot.today, snapshot.settings)
    document = {"customer": customer.data, "path": customer.path, "computed": computed}
    return Text(text(card(customer, site, names), site), document)
