"""At most one contact is the primary one.

Why: Whoever looks for the person to call first must find one name.

Wrong:
    contacts: [{name: 张三, primary: true}, {name: 李四, primary: true}]

Right:
    contacts: [{name: 张三, primary: true}, {name: 李四}]

Instead: Remove `primary` from one of them; a contact who has left does not count.
"""

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
    """A problem at each further contact that is marked as primary and has not left."""
    for customer in snapshot.customers:
        contacts = customer.data.get("contacts", ())
        primary = [index for index, each in enumerate(contacts) if each.get("primary") and not each.get("left")]
        for index in primary[1:]:
            message = _("{name} is the second primary contact, after {first}").format(
                name=contacts[index]["name"], first=contacts[primary[0]]["name"]
            )
            yield customer.document.problem(
                "primary-contact", message, f"/contacts/{index}/primary", hint=_("remove 'primary' from one of the two")
            )
