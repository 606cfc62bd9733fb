"""Whoever a record names as a colleague is on the team list.

Why: An owner whom nobody knows gets no reminder.

Wrong:
    owner: 李雷

Right:
    owner: lilei

Instead: Correct the handle, or add the colleague to `crmtext.toml` as `[team.HANDLE]`.
"""

from __future__ import annotations

import difflib
from typing import TYPE_CHECKING

from crmtext.i18n import _
from crmtext.problem import Problem, Severity
from crmtext.settings import table_name

if TYPE_CHECKING:
    from collections.abc import Iterator

    from crmtext.model import Customer
    from crmtext.snapshot import Snapshot

#: What else is found here: the page of each rule.
RULES = {
    "owner-left": """\
A customer's owner still works here.

Why: A customer of a colleague who left is forgotten.

Wrong:
    owner: liuyang

Right:
    owner: lilei

Instead: Give the customer an owner who is there.
""",
}


def check(snapshot: Snapshot) -> Iterator[Problem]:
    """A problem at each handle that is not on the team; a warning at each owner who has left."""
    paths = [field.path for field in snapshot.schema.marked("x-handle")]
    team = snapshot.settings.team
    for customer in snapshot.customers:
        if not all(handle in team for handle in snapshot.schema.all_values(customer.data, paths)):
            for path in paths:
                for pointer, handle in snapshot.schema.values(customer.data, path):
                    if handle not in team:
                        yield _unknown(snapshot, customer, pointer, str(handle))
        if (owner := team.get(customer.owner)) and not owner.active:
            message = _("the owner {name} has left").format(name=owner.shown)
            hint = _("hand the customers over: crmtext handover --from {handle} --to …").format(handle=owner.handle)
            yield customer.document.problem("owner-left", message, "/owner", hint=hint, severity=Severity.WARNING)


def _unknown(snapshot: Snapshot, customer: Customer, pointer: str, handle: str) -> Problem:
    team = snapshot.settings.team
    meant = snapshot.settings.member(handle)
    close = difflib.get_close_matches(handle, team, n=1)
    near = meant.handle if meant else close[0] if close else ""
    if near:
        hint = _("did you mean {handle}?").format(handle=near)
    elif team:
        hint = _("the team: {handles}; add a colleague to crmtext.toml as [team.{handle}]").format(
            handles=", ".join(team), handle=table_name(handle)
        )
    else:
        hint = _("add the colleague to crmtext.toml: [team.{handle}]").format(handle=table_name(handle))
    return customer.document.problem(
        "team-member", _("'{handle}' is not on the team list").format(handle=handle), pointer, hint=hint
    )
