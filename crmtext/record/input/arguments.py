"""What arguments mean: labels and synonyms for values, names for handles and for other customers."""

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
    """The value of an enumeration that a typed value, label or synonym stands for."""
    return choices.chosen(schema.by_path[path], typed)


def handle(typed: str, settings: Settings) -> str:
    """The handle of the colleague that a handle, name or e-mail address names."""
    if member := settings.member(typed.strip()):
        return member.handle
    names = [name for each in settings.team.values() for name in (each.handle, each.name) if name]
    team = _("team: {handles}").format(handles=settings.everybody or "-")
    hint = did_you_mean(nearest(typed, names, loose=True), team)
    raise usage("team-member", _("'{handle}' is not on the team list").format(handle=typed), hint)


def is_me(typed: str) -> bool:
    """Whether the person at the keyboard is meant."""
    return typed.strip().casefold() in _ME


def colleague(store: Store, typed: str, settings: Settings | None = None) -> str:
    """The handle of a colleague who was named by handle, name, e-mail address or `me`; by default on today's team."""
    team = settings or store.settings
    if not is_me(typed):
        return handle(typed, team)
    from crmtext.git.config import identity

    return me(identity(store.repository) if store.repository else None, team)


def customer(store: Store, typed: str) -> str:
    """The id of another customer that was named in any way that customers are named."""
    snapshot = store.worktree()
    if typed in snapshot.known_ids:
        return typed
    from crmtext.query.find import find

    return find(snapshot.customers, typed).id


def me(identity: tuple[str, str] | None, settings: Settings) -> str:
    """The handle of the person at the keyboard, by git's identity. Raises CrmError if git or the team knows none."""
    if identity is None:
        from crmtext.git.config import stranger

        raise stranger()
    name, email = identity
    member = settings.member(email) or settings.member(name)
    if member:
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
    """Whether a text says that somebody complained."""
    return _COMPLAINT.search(text) is not None
