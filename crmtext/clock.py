"""What day it is, in the store's time zone."""

from __future__ import annotations

import os
from datetime import UTC, date, datetime, timedelta, tzinfo

from crmtext.i18n import _
from crmtext.problem import usage


def now(zone: str | None = None) -> datetime:
    """The moment in a time zone, the system's when none is named; `CRMTEXT_TODAY` fixes its day, at noon."""
    place = place_of(zone)
    if fixed := os.environ.get("CRMTEXT_TODAY"):
        try:
            day = date.fromisoformat(fixed)
        except ValueError:
            raise usage(
                "date-format",
                _("CRMTEXT_TODAY is '{value}', which is not a date").format(value=fixed),
                _("write it as 2024-05-01"),
            ) from None
        return datetime(day.year, day.month, day.day, 12, tzinfo=place or UTC)
    return datetime.now(place).astimezone(place)


def end_of_day(moment: float, zone: str | None = None) -> float:
    """When the day in a time zone ends in which a moment lies; a day that `CRMTEXT_TODAY` fixes has no end."""
    if os.environ.get("CRMTEXT_TODAY"):
        return float("inf")
    next_day = datetime.fromtimestamp(moment, place_of(zone)).replace(hour=0, minute=0, second=0, microsecond=0)
    return (next_day + timedelta(days=1)).timestamp()


def place_of(zone: str | None = None) -> tzinfo | None:
    """The time zone of this name; None, which stands for the system's, where none is named."""
    if not zone:
        return None
    from zoneinfo import ZoneInfo

    return ZoneInfo(zone)


def today(zone: str | None = None) -> date:
    """The day in a time zone."""
    return now(zone).date()


def day_of(moment: int, zone: tzinfo | None) -> date:
    """The day in a time zone of a moment, seconds since 1970; the last day of all for one that no calendar has."""
    try:
        return datetime.fromtimestamp(moment, zone).date()
    except (OverflowError, ValueError, OSError):
        return date.max
