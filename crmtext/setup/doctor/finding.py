"""Findings of examinations."""

from __future__ import annotations

from enum import StrEnum
from typing import NamedTuple

from crmtext.i18n import _


class State(StrEnum):
    """The state of a finding: an error keeps something from working, a warning doesn't."""

    FINE = "fine"
    WARNING = "warning"
    ERROR = "error"

    @property
    def label(self) -> str:
        """The word in the language in use; JSON uses the value."""
        return {State.FINE: _("ok"), State.WARNING: _("warning"), State.ERROR: _("error")}[self]


class Finding(NamedTuple):
    """One finding; `fix` is the command that fixes it, or else what to do."""

    name: str
    state: State
    message: str
    fix: str = ""
