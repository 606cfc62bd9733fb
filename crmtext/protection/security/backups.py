"""Examine when the last backup was made, and when one was last verified by restoring it, as this clone knows."""

from __future__ import annotations

from typing import TYPE_CHECKING

from crmtext.i18n import _, plural
from crmtext.protection.backup import dates
from crmtext.setup.doctor.finding import Finding, State

if TYPE_CHECKING:
    from collections.abc import Iterator

    from crmtext.setup.doctor.patient import Patient

_NAME = "backups"


def examine(patient: Patient) -> Iterator[Finding]:
    """Yield the age of both, as a warning if it is over the limit of the settings or nothing is known of one."""
    store, settings = patient.store, patient.settings
    if store is None or settings is None or patient.repository is None:
        return
    last = dates.last(store)
    fix = "crmtext backup -o DIR" if settings.backup_to else _('name who can open backups: [backup] to = ["age1…"]')
    if last.backup is None:
        yield Finding(_NAME, State.WARNING, _("this clone knows of no backup"), fix)
        return
    age, limit = last.backup.days(store), settings.backup_days
    message = plural("the last backup is {n} day old", "the last backup is {n} days old", max(age, 0))
    yield Finding(_NAME, *((State.WARNING, message, fix) if age > limit else (State.FINE, message)))
    command = "crmtext backup --verify FILE"
    if last.verified is None:
        yield Finding(_NAME, State.WARNING, _("no backup was verified here by restoring it"), command)
        return
    verified = last.verified.days(store)
    message = plural(
        "a backup was last verified {n} day ago", "a backup was last verified {n} days ago", max(verified, 0)
    )
    yield Finding(_NAME, *((State.WARNING, message, command) if verified > limit else (State.FINE, message)))
