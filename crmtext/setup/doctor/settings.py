"""Examine the store's settings."""

from __future__ import annotations

from typing import TYPE_CHECKING

from crmtext.i18n import _, plural
from crmtext.setup.doctor.finding import Finding, State
from crmtext.store import Store
from crmtext.values import clock

if TYPE_CHECKING:
    from collections.abc import Iterator

    from crmtext.setup.doctor.patient import Patient


def examine(patient: Patient) -> Iterator[Finding]:
    """Yield whether there is a store with valid settings, a team and a time zone."""
    store = patient.store or Store.find(patient.folder)
    settings = store.settings
    if settings.view:
        about = _("{folder}, a view for the role {role}").format(folder=store.root, role=settings.view)
        yield Finding("settings", State.FINE, about)
        return
    if not settings.team:
        hint = _('add to crmtext.toml: [team.HANDLE] with name = "…" and email = "…"')
        yield Finding("settings", State.WARNING, _("the team list is empty"), hint)
        return
    if not settings.timezone:
        line = f'timezone = "{clock.of_machine() or "Asia/Shanghai"}"'
        hint = _("add to [store] in crmtext.toml: {line}").format(line=line)
        yield Finding("settings", State.WARNING, _("no time zone is set: each machine uses its own"), hint)
    team = plural("{n} colleague", "{n} colleagues", len(settings.team))
    yield Finding("settings", State.FINE, _("{folder}, {team}").format(folder=store.root, team=team))
