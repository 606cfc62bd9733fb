"""The days within which a case is dealt with."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from crmtext.settings import Settings

#: The kind of a case with which a person asks for their data, or asks to have it corrected or erased.
REQUEST = "request"


def days_for(kind: str, settings: Settings) -> int:
    """Return the days after which a case of this kind is due, if no due date is given."""
    return settings.request_days if kind == REQUEST else settings.case_days
