"""Rights in `[access]` whose fields, settings or conditions don't exist, and roles that nobody has."""

from __future__ import annotations

from typing import TYPE_CHECKING

from crmtext.checks.scope import Scope
from crmtext.i18n import _
from crmtext.layout import SETTINGS
from crmtext.problem import CrmError, Place, Problem, Severity
from crmtext.settings import settings_fields
from crmtext.settings.access import ACCESS
from crmtext.terminal.width import printable
from crmtext.text.pointer import join
from crmtext.values.did_you_mean import did_you_mean, nearest

if TYPE_CHECKING:
    from collections.abc import Iterator

    from crmtext.schema import Schema
    from crmtext.snapshot import Snapshot

SCOPE = Scope.SETTINGS

_FIELDS, _CONDITIONS = ("may", "anywhere", "see"), ("where", "see_where")


def check(snapshot: Snapshot) -> Iterator[Problem]:
    """Report unknown fields and settings in patterns, conditions that are not valid, and roles without a member."""
    access = snapshot.settings.access
    if access is None:
        return
    for name, role in access.roles.items():
        if not any(member.role == name for member in snapshot.settings.team.values()):
            yield _without_member(snapshot, name)
        for key in _FIELDS:
            for pattern in getattr(role, key):
                yield from _of_field(snapshot, name, key, pattern)
        for pattern in role.settings:
            yield from _of_setting(snapshot, name, pattern)
        for key in _CONDITIONS:
            yield from _of_condition(snapshot, name, key, getattr(role, key))
    yield from _without_address(snapshot)


def _without_member(snapshot: Snapshot, role: str) -> Problem:
    roles = dict.fromkeys(member.role for member in snapshot.settings.team.values() if member.role)
    message = _("no member has the role '{role}'").format(role=printable(role))
    known = _("roles on the team: {values}").format(values=", ".join(roles)) if roles else ""
    hint = did_you_mean(nearest(role, roles), known or _('write it in [team]: role = "…"'))
    return _problem(snapshot, role, "", message, hint)._replace(severity=Severity.WARNING)


def _without_address(snapshot: Snapshot) -> Iterator[Problem]:
    """Members whose commits nobody can know as theirs."""
    access = snapshot.settings.access
    for member in snapshot.settings.team.values() if access and access.identity != "pusher" else ():
        if member.active and not member.pool and not member.emails:
            message = _("{name} has no e-mail address, so that their commits are rejected").format(name=member.shown)
            place = Place(SETTINGS, pointer=join(("team", member.handle)))
            hint = _('add to [team.{handle}]: email = "…"').format(handle=member.handle)
            yield Problem("access-right", message, place, hint, Severity.WARNING)


def _of_field(snapshot: Snapshot, role: str, key: str, pattern: str) -> Iterator[Problem]:
    path = pattern.removeprefix("-").removesuffix("+")
    if path == "*":
        return
    known, kind = _resolved(snapshot.schema, path)
    if known != path:
        message = _("unknown field '{name}' in {key}").format(name=printable(path), key=key)
        hint = _("for a list of all fields: crmtext explain customer")
        yield _problem(snapshot, role, key, message, did_you_mean(known, hint), pattern)
    elif pattern.endswith("+") and kind not in ("list", "map", ""):
        message = _("'{name}' is not a list, so that nothing can be added to it").format(name=path)
        yield _problem(snapshot, role, key, message, _("leave out the +: {value}").format(value=path), pattern)


def _resolved(schema: Schema, path: str) -> tuple[str, str]:
    """The path of a field and its kind, if the names are those of the schema, labels, or without `[]`.

    Otherwise the nearest path. The kind is empty below fields with names of the team's own.
    """
    field, at = schema.root, ""
    for step in path.replace("[]", ".[]").split("."):
        if step == "[]":
            below = field.item if field.kind == "list" else None
        else:
            holder = field.item if field.kind == "list" and field.item and not at.endswith("[]") else field
            below = holder.child(step) or holder.named(step)
        if below is None and field is not schema.root and not field.children and field.kind == "map":
            return path, ""
        if below is None:
            return nearest(path, schema.by_path, loose=True), ""
        field, at = below, below.path
    return at, field.kind


def _of_setting(snapshot: Snapshot, role: str, pattern: str) -> Iterator[Problem]:
    path = pattern.removeprefix("-")
    names = [field.metadata["name"] for field in settings_fields()]
    tables = {name.partition(".")[0] for name in names}
    if path == "*" or path in tables or any(f"{path}.".startswith(f"{name}.") for name in names):
        return
    message = _("unknown setting '{key}'").format(key=printable(path))
    hint = did_you_mean(nearest(path, (*names, *tables)), _("all settings: crmtext config"))
    yield _problem(snapshot, role, "settings", message, hint, pattern)


def _of_condition(snapshot: Snapshot, role: str, key: str, text: str) -> Iterator[Problem]:
    if not text:
        return
    # Loads the parser; few stores have conditions.
    from crmtext.query.role_conditions import compiled

    try:
        compiled(text, snapshot.schema, snapshot.settings, snapshot.today)
    except CrmError as error:
        inner = error.problem
        message = _("the condition {key} of {role} is invalid: {message}").format(
            key=key, role=printable(role), message=inner.message
        )
        problem = _problem(snapshot, role, key, message, inner.hint, text)
        place = problem.place
        if inner.place.column and place.column > 1 and place.end_column - place.column == len(text):
            start = place.column - 1
            place = place._replace(column=start + inner.place.column, end_column=start + inner.place.end_column)
        yield problem._replace(place=place)


def _problem(snapshot: Snapshot, role: str, key: str, message: str, hint: str, entry: str = "") -> Problem:
    """A problem of a setting of a role, at the entry if it stands on the same line."""
    line, column, excerpt = snapshot.settings.access_at.get(role, {}).get(key, (0, 0, ""))
    place = Place(SETTINGS, line, column, line, column + len(key or role), join((ACCESS, role, *filter(None, (key,)))))
    start = next((at for quote in "\"'" if (at := excerpt.find(f"{quote}{entry}{quote}", column)) >= 0), -1)
    if entry and start >= 0:
        place = place._replace(column=start + 2, end_column=start + 2 + len(entry))
    return Problem("access-right", message, place, hint, excerpt=excerpt)
