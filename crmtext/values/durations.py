"""Lengths of time as settings write them, such as `36m` and `10y`, counted by the calendar."""

from __future__ import annotations

import calendar
from datetime import date, timedelta
from typing import NamedTuple

from crmtext.values import lazy

_DURATION = lazy.pattern(r"([0-9]{1,4})([dwmy])")
_MONTHS = {"m": 1, "y": 12}
_DAYS = {"d": 1, "w": 7}


class Duration(NamedTuple):
    """A number of days (d), weeks (w), months (m) or years (y)."""

    number: int
    unit: str

    def after(self, day: date) -> date:
        """Return the day that is this much later, at most the last one of the calendar.

        The 31st plus a month is the last day of the next month, and 29 February plus a year is 28 February.
        """
        try:
            if self.unit in _MONTHS:
                return months_later(day, self.number * _MONTHS[self.unit])
            return day + timedelta(self.number * _DAYS[self.unit])
        except (ValueError, OverflowError):
            return date.max


def duration(text: str) -> Duration | None:
    """Return the length of time that a text such as `36m` means; None for any other text."""
    match = _DURATION.fullmatch(text)
    return Duration(int(match[1]), match[2]) if match else None


def months_later(day: date, count: int) -> date:
    """Return the same day so many months later, or the last day of that month if it has no such day.

    Raises ValueError beyond the calendar.
    """
    year, month = divmod(day.year * 12 + day.month - 1 + count, 12)
    return date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))


def last_day_of(written: object) -> date | None:
    """Return the last day that a date can mean: 31 December 2024 for `2024`; None if it is in no calendar."""
    text = str(written)[: len("2024-05-01")]
    try:
        if len(text) == len("2024"):
            return date(int(text), 12, 31)
        if len(text) == len("2024-05"):
            return months_later(date.fromisoformat(f"{text}-01"), 1) - timedelta(1)
        return date.fromisoformat(text)
    except ValueError:
        return None
