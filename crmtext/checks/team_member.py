"""Colleagues who aren't on the team list, and owners who have left."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from crmtext.checks.scope import Scope
from crmtext.i18n import _
from crmtext.problem import Problem, Severity
from crmtext.settings import table_name
from crmtext.terminal.width import clip
from crmtext.values.did_you_mean import did_you_mean, nearest

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from crmtext.schema import Schema
    from crmtext.settings import Settings
    from crmtext.snapshot import Snapshot
    from crmtext.text.document import Document

SCOPE = Scope.RECORD
RULES = ("team-member", "owner-left")

#: The number of characters of a handle that a message quotes.
_QUOTED = 80


def check(snapshot: Snapshot) -> Iterator[Problem]:
    """Report handles that aren't on the team list; warn of owners who have left."""
    team = snapshot.settings.team
    for customer in snapshot.customers:
        yield from unknown(customer.document, customer.data, snapshot.schema, snapshot.settings)
        if (owner := team.get(customer.owner)) and owner.has_left:
            message = _("the owner {name} has left the team").format(name=owner.shown)
            hint = _("hand the customers over: crmtext handover --from {handle} --to …").format(handle=owner.handle)
            yield customer.document.problem("owner-left", message, "/owner", hint=hint, severity=Severity.WARNING)


def unknown(document: Document, data: Mapping[str, Any], schema: Schema, settings: Settings) -> Iterator[Problem]:
    """Report handles of a valid record that aren't on the team list."""
    paths = [field.path for field in schema.marked("x-handle")]
    for pointer, handle in schema.matching(data, paths, lambda handle: handle not in settings.team):
        yield _unknown(document, pointer, str(handle), settings)


def _unknown(document: Document, pointer: str, handle: str, settings: Settings) -> Problem:
    # Late: loading it takes longer than checking a small store.
    from crmtext.text.edit.rewrite import Set, edits

    message = _("'{handle}' is not on the team list").format(handle=clip(handle, _QUOTED))
    if meant := settings.member(handle):
        hint = did_you_mean(meant.handle)
        fix = edits(document.text, [Set(pointer, meant.handle)])
        return document.problem("team-member", message, pointer, hint=hint, fix=fix)
    table = table_name(clip(handle, _QUOTED))
    add = (
        _("team: {handles}; add a new colleague to crmtext.toml: [team.{handle}]")
        if settings.team
        else _("add the colleague to crmtext.toml: [team.{handle}]")
    )
    add = add.format(handles=settings.everybody, handle=table)
    return document.problem("team-member", message, pointer, hint=did_you_mean(nearest(handle, settings.team), add))
