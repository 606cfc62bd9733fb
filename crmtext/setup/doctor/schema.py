"""Examine the team's schema against the shipped one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from crmtext.i18n import _, plural
from crmtext.setup.doctor.finding import Finding, State
from crmtext.setup.upgrade import versions

if TYPE_CHECKING:
    from collections.abc import Iterator

    from crmtext.setup.doctor.patient import Patient


def examine(patient: Patient) -> Iterator[Finding]:
    """Yield whether the schema is valid, and whether the shipped one has changes it lacks."""
    if patient.store is None:
        return
    schemas = versions(patient.store)
    if schemas is None:
        yield Finding("schema", State.FINE, _("the shipped one"))
        return
    news, own = len(schemas.news.wanted), len(schemas.team)
    if news:
        message = plural(
            "the shipped schema has {n} change that yours lacks",
            "the shipped schema has {n} changes that yours lacks",
            news,
        )
        yield Finding("schema", State.WARNING, message, "crmtext schema upgrade")
    else:
        text = plural("{n} change by your team", "{n} changes by your team", own)
        yield Finding("schema", State.FINE, text if own else _("the shipped one"))
