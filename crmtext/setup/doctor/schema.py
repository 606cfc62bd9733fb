"""The team's schema beside the one that ships with the program."""

from __future__ import annotations

from typing import TYPE_CHECKING

from crmtext.i18n import _, plural
from crmtext.setup.doctor.finding import Finding, State
from crmtext.setup.upgrade import versions

if TYPE_CHECKING:
    from collections.abc import Iterator

    from crmtext.setup.doctor.patient import Patient


def examine(patient: Patient) -> Iterator[Finding]:
    """Whether the schema can be used, and whether the shipped one has something new."""
    if patient.store is None:
        return
    found = versions(patient.store)
    if found is None:
        yield Finding("schema", State.FINE, _("the shipped one"))
        return
    news, own = len(found.news.wanted), len(found.team)
    if news:
        message = plural(
            "the shipped schema has {n} change that yours lacks",
            "the shipped schema has {n} changes that yours lacks",
            news,
        )
        yield Finding("schema", State.WARNING, message, "crmtext schema upgrade")
    else:
        said = plural("{n} change by your team", "{n} changes by your team", own)
        yield Finding("schema", State.FINE, said if own else _("the shipped one"))
