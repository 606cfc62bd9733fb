"""Working days: Monday to Friday without holidays, and weekend days that are worked."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from datetime import date, timedelta
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable

_LAST = date.max.toordinal()
_SATURDAY = 5


class Days(NamedTuple):
    """A period of days, both included."""

    first: date
    last: date

    @property
    def length(self) -> int:
        """The number of days."""
        return (self.last - self.first).days + 1


def days(written: str) -> Days:
    """Return the days of `2026-10-01` or `2026-10-01/2026-10-07`. Raises ValueError for another form."""
    first, _slash, last = written.partition("/")
    period = Days(_day(first), _day(last if _slash else first))
    if period.length < 1:
        raise ValueError(written)
    return period


def _day(written: str) -> date:
    day = date.fromisoformat(written)
    # Python also reads 20261001 and 2026-W40-4.
    if str(day) != written:
        raise ValueError(written)
    return day


def is_weekend(day: date) -> bool:
    """Whether a day is a Saturday or a Sunday."""
    return day.weekday() >= _SATURDAY


def later(day: date, count: int) -> date | None:
    """Return the day some days later; None if it is beyond the calendar."""
    return date.fromordinal(day.toordinal() + count) if day.toordinal() + count <= _LAST else None


class WorkingDays:
    """A calendar with holidays, each a day or a period, and with weekend days that are worked."""

    def __init__(self, holidays: Iterable[str] = (), workdays: Iterable[str] = ()) -> None:
        off = {period.first + timedelta(n) for period in map(days, holidays) for n in range(period.length)}
        worked = {days(written).first for written in workdays}
        self._off = sorted(day.toordinal() for day in off if not is_weekend(day))
        self._worked = sorted(day.toordinal() for day in worked if is_weekend(day))

    def after(self, day: date, count: int) -> date | None:
        """Return the day some working days later; None if it is beyond the calendar.

        With a count of 0 it is the day itself, or the first working day after it.
        """
        wanted = self._until(day.toordinal()) + count if count else self._until(day.toordinal() - 1) + 1
        at = bisect_left(range(_LAST + 1), wanted, key=self._until)
        return date.fromordinal(at) if at <= _LAST else None

    def _until(self, ordinal: int) -> int:
        """How many working days there are up to a day; the first day of all is a Monday."""
        weeks, rest = divmod(ordinal, 7)
        ordinary = weeks * 5 + min(rest, 5)
        return ordinary - bisect_right(self._off, ordinal) + bisect_right(self._worked, ordinal)
