"""Examine the user's identity in git and on the team list."""

from __future__ import annotations

from typing import TYPE_CHECKING

from crmtext.git.config import INTRODUCTION, identity
from crmtext.i18n import _
from crmtext.problem import CrmError
from crmtext.record.input.arguments import me
from crmtext.setup.doctor.finding import Finding, State
from crmtext.terminal.quoting import quoted

if TYPE_CHECKING:
    from collections.abc import Iterator

    from crmtext.settings import Settings
    from crmtext.setup.doctor.patient import Patient


def examine(patient: Patient) -> Iterator[Finding]:
    """Yield whether git has an identity, and the team list knows it."""
    if patient.repository is None:
        return
    who = identity(patient.repository)
    if who is None:
        yield Finding("identity", State.ERROR, _("git has no name or e-mail address for you"), INTRODUCTION)
    elif patient.settings is None:
        yield Finding("identity", State.FINE, f"{who[0]} <{who[1]}>")
    else:
        yield _on_the_team(patient.settings, who)


def _on_the_team(settings: Settings, who: tuple[str, str]) -> Finding:
    try:
        handle = me(who, settings)
    except CrmError as error:
        command = f"crmtext sync -m {quoted(f'team: {who[0]}')}"
        push = _("add these lines, then commit and push them: {command}").format(command=command)
        return Finding("identity", State.ERROR, error.problem.message, f"{push}\n{error.problem.hint}")
    if not settings.team[handle].active:
        message = _("{name} is marked as inactive").format(name=settings.shown(handle))
        return Finding("identity", State.WARNING, message, _("in crmtext.toml, set: active = true"))
    return Finding("identity", State.FINE, f"{who[0]} <{who[1]}>: {handle}")
