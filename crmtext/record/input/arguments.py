"""Resolve arguments: labels and synonyms to values, names to handles and customer ids."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from crmtext.i18n import _
from crmtext.problem import CrmError, Exit, Problem, usage
from crmtext.schema import choices
from crmtext.settings import handle_of, table_name
from crmtext.values import lazy
from crmtext.values.did_you_mean import did_you_mean, nearest

if TYPE_CHECKING:
    from crmtext.schema import Schema
    from crmtext.settings import Settings
    from crmtext.store import Store

_COMPLAINT = lazy.pattern(
    r"(?<![没无未不零])(?<!没有)投诉|(?<!\bno )(?<!without )\bcomplain(?:s|ed|ing|ts?)?\b", re.IGNORECASE
)
_ME = frozenset({"me", "我", "自己", "本人"})


def choice(schema: Schema, path: str, typed: str) -> str:
    """Return the choice of a field that a typed value, label or synonym means."""
    return choices.find_choice(schema.by_path[path], typed)


def reach_channel(schema: Schema, typed: str) -> str:
    """Return the channel that customers can reject, for a typed value, label or synonym."""
    return choice(schema, "preferences.do_not_contact[]", typed)


def handle(typed: str, settings: Settings) -> str:
    """Return the handle of the colleague with this handle, name or e-mail address."""
    if member := settings.member(typed.strip()):
        return member.handle
    names = [name for colleague in settings.team.values() for name in (colleague.handle, colleague.name) if name]
    team = _("team: {handles}").format(handles=settings.everybody or "-")
    hint = did_you_mean(nearest(typed, names, loose=True), team)
    raise usage("team-member", _("'{handle}' is not on the team list").format(handle=typed), hint)


def is_me(typed: str) -> bool:
    """Whether a typed name means the current user."""
    return typed.strip().casefold() in _ME


def colleague(store: Store, typed: str, settings: Settings | None = None) -> str:
    """Return the handle of a colleague typed as handle, name, e-mail address or `me`; by default on today's team."""
    team = settings or store.settings
    if not is_me(typed):
        return handle(typed, team)
    from crmtext.git.config import identity

    return me(identity(store.repository) if store.repository else None, team)


def own_handle(store: Store) -> str | None:
    """Return the current user's handle; None if git or the team list has none."""
    try:
        return colleague(store, "me")
    except CrmError:
        return None


def customer(store: Store, typed: str) -> str:
    """Return the id of another customer, found by id, name, phone number and so on."""
    snapshot = store.worktree()
    if typed in snapshot.known_ids:
        return typed
    from crmtext.query.find import find

    return find(snapshot.customers, typed).id


def me(identity: tuple[str, str] | None, settings: Settings) -> str:
    """Return the current user's handle by git's identity. Raises CrmError if git or the team list has none."""
    if identity is None:
        from crmtext.git.config import no_identity

        raise no_identity()
    name, email = identity
    for member in (settings.member(email), settings.member(name)):
        if member and not member.pool:
            return member.handle
    hint = _(
        'add yourself to crmtext.toml:\n[team.{handle}]\nname = "{name}"\nemail = "{email}"\n'
        'role = "sales"  # any word, such as sales, support, lead'
    ).format(handle=table_name(handle_of(email)), name=name, email=email)
    raise CrmError(
        Problem("team-member", _("{name} <{email}> is not on the team list").format(name=name, email=email), hint=hint),
        Exit.CANNOT,
    )


def complains(text: str) -> bool:
    """Whether a text reports a complaint."""
    return _COMPLAINT.search(text) is not None
