"""Examine who may change what: whether the settings say it, how committers are known, and members without rights."""

from __future__ import annotations

from typing import TYPE_CHECKING

from crmtext.i18n import _
from crmtext.setup.doctor.finding import Finding, State

if TYPE_CHECKING:
    from collections.abc import Iterator

    from crmtext.settings import Settings
    from crmtext.setup.doctor.patient import Patient

_NAME = "rights"


def examine(patient: Patient) -> Iterator[Finding]:
    """Yield a finding for each gap in the access rights."""
    if patient.settings is None:
        return
    faults = [*_faults(patient.settings)]
    yield from faults
    if not faults:
        yield Finding(_NAME, State.FINE, _("every role of the team has its rights"))


def _faults(settings: Settings) -> Iterator[Finding]:
    access, members = (
        settings.access,
        [member for member in settings.team.values() if member.active and not member.pool],
    )
    if access is None:
        message = _("everyone who may push may change everything: crmtext.toml has no [access]")
        yield Finding(_NAME, State.WARNING, message, _("see docs/security.md, Access rights"))
        return
    if access.identity == "trust":
        message = _('the committer\'s address is believed: identity = "trust" guards against mistakes only')
        fix = _('in crmtext.toml, [access]: identity = "signed", or "pusher" on a server of your own')
        yield Finding(_NAME, State.WARNING, message, fix)
    for role in sorted({member.role for member in members} - access.roles.keys()):
        names = ", ".join(member.handle for member in members if member.role == role)
        shown = _("the role '{role}' has no table in [access]").format(role=role) if role else _("no role")
        message = _("{what}: {names} may change nothing").format(what=shown, names=names)
        yield Finding(_NAME, State.WARNING, message, f"[access.{role}]" if role else '[team.HANDLE] role = "…"')
    unsigned = [member.handle for member in members if not member.signing] if access.identity == "signed" else []
    if unsigned:
        message = _("no signing key is known of {names}: their commits are rejected").format(names=", ".join(unsigned))
        yield Finding(_NAME, State.WARNING, message, '[team.HANDLE] signing = ["ssh-ed25519 …"]')
