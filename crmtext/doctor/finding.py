"""What an examination has found."""

from __future__ import annotations

from enum import StrEnum
from typing import NamedTuple


class State(StrEnum):
    """How it stands: an error keeps something from working, a warning is worth a thought."""

    FINE = "fine"
    WARNING = "warning"
    ERROR = "error"


class Finding(NamedTuple):
    """One finding; `mend` is the command that mends it, or what to do where there is none."""

    name: str
    state: State
    message: str
    mend: str = ""
