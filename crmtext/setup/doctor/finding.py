"""What an examination has found."""

from __future__ import annotations

from enum import StrEnum
from typing import NamedTuple

from crmtext.i18n import _


class State(StrEnum):
    """How it stands: an error keeps something from working, a warning is worth a thought."""

    FINE = "fine"
    WARNING = "warning"
    ERROR = "error"

    @property
    def label(self) -> str:
        """What it is called in the language in use; in JSON it is its value."""
        return {State.FINE: _("ok"), State.WARNING: _("warning"), State.ERROR: _("error")}[self]


class Finding(NamedTuple):
    """One finding; `mend` is the command that mends it, or what to do where there is none."""

    name: str
    state: State
    message: str
    mend: str = ""
