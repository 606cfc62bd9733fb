"""More than one primary contact."""

from __future__ import annotations

from typing import TYPE_CHECKING

from crmtext.checks.scope import Scope
from crmtext.i18n import _

if TYPE_CHECKING:
    from collections.abc import Iterator

    from crmtext.problem import Problem
    from crmtext.snapshot import Snapshot

SCOPE = Scope.RECORD


def check(snapshot: Snapshot) -> Iterator[Problem]:
    """Report the second and further primary contacts; those who have left don't count."""
    for customer in snapshot.customers:
        contacts = customer.data.get("contacts", ())
        primary = [i for i, contact in enumerate(contacts) if contact.get("primary") and not contact.get("left")]
        for index in primary[1:]:
            message = _("two primary contacts: {first} and {name}").format(
                name=contacts[index]["name"], first=contacts[primary[0]]["name"]
            )
            yield customer.document.problem(
                "primary-contact", message, f"/contacts/{index}/primary", hint=_("remove 'primary' from one of the two")
            )
