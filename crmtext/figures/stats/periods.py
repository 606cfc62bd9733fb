"""Periods of the calendar: days, ISO weeks, months, quarters and years."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING, NamedTuple

from crmtext.i18n import N_, _, translations
from crmtext.problem import usage
from crmtext.values.did_you_mean import did_you_mean, nearest

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

#: The units with their labels.
UNITS: Mapping[str, str] = {
    "day": N_("day"), "week": N_("week"), "month": N_("month"), "quarter": N_("quarter"), "year": N_("year"),
}  # fmt: skip
#: How many periods are shown by default, the current one included.
_MOST = 12
_DAY = timedelta(days=1)


class Period(NamedTuple):
    """A period by name, such as `2026-11-30`, `2026-W49`, `2026-11`, `2026-Q4` or `2026`; without name, any days."""

    name: str
    first: date
    #: The last day, today at the latest.
    last: date
    #: The last day of partial dates in it: a current period ends today, but contains all of its month.
    whole: date


def unit_of(typed: str) -> str:
    """Return the unit for a name or label. Raises CrmError for an unknown one."""
    names = {name.casefold(): unit for unit, label in UNITS.items() for name in (unit, *translations(label).values())}
    if unit := names.get(typed.strip().casefold()):
        return unit
    known = _("one of: {values}").format(values=_(", ").join(UNITS))
    message = _("unknown period '{name}'").format(name=typed)
    raise usage("unknown-period", message, did_you_mean(nearest(typed, UNITS), known))


def name_of(day: str, unit: str) -> str:
    """Return the name of the period that a day is in."""
    if unit == "day":
        return day
    if unit == "month":
        return day[:7]
    if unit == "year":
        return day[:4]
    if unit == "quarter":
        return f"{day[:4]}-Q{(int(day[5:7]) + 2) // 3}"
    year, week, _weekday = date.fromisoformat(day).isocalendar()
    return f"{year:04}-W{week:02}"


def period_of(day: date, unit: str) -> Period:
    """Return the period that a day is in."""
    if unit == "day":
        first = last = day
    elif unit == "week":
        first = date.fromordinal(max(day.toordinal() - day.weekday(), 1))
        last = date.fromordinal(min(day.toordinal() - day.weekday() + 6, date.max.toordinal()))
    else:
        months = {"month": 1, "quarter": 3, "year": 12}[unit]
        first = date(day.year, day.month - (day.month - 1) % months, 1)
        year, month = divmod(first.year * 12 + first.month - 1 + months, 12)
        last = date(year, month + 1, 1) - _DAY if year <= date.max.year else date.max
    return Period(name_of(day.isoformat(), unit), first, last, last)


def periods(unit: str, today: date, since: date | None = None, until: date | None = None) -> tuple[Period, ...]:
    """Return the periods from one day to another, oldest first: by default the last 12 that have begun by today.

    The first and last one are cut to these days. Without a unit, all days are one period.
    """
    is_open = until is None or until >= today
    end = today if until is None else min(until, today)
    if not unit:
        return (Period("", since or date.min, end, date.max if is_open else end),)
    return _back(unit, end, since, None if since else _MOST, is_open=is_open)


def shifted(now: Sequence[Period], unit: str, until: date, *, is_open: bool = True) -> tuple[Period, ...]:
    """Return as many periods that end on a day, the first one cut as that of the others is.

    Without a unit, it is the same number of days; all days remain all days up to that day. If the end is open, the last
    period lacks only the future of that day.
    """
    if not now:
        return ()
    first, last = now[0].first, now[-1].last
    if not unit:
        start = date.fromordinal(max(until.toordinal() - (last - first).days, 1)) if first > date.min else first
        return (Period("", start, until, date.max if is_open else until),)
    before = _back(unit, until, None, len(now), is_open=is_open)
    cut = first - period_of(first, unit).first
    return (before[0]._replace(first=min(before[0].first + cut, before[0].last)), *before[1:])


def _back(unit: str, end: date, since: date | None, most: int | None, *, is_open: bool) -> tuple[Period, ...]:
    """The periods up to a day, from another one on or so many; of an open end, the last one lacks only the future."""
    result: list[Period] = []
    day: date | None = end
    while day and (since is None or day >= since) and (most is None or len(result) < most):
        period = period_of(day, unit)
        last = min(period.last, end)
        whole = period.last if is_open else last
        result.append(Period(period.name, max(period.first, since or period.first), last, whole))
        day = period.first - _DAY if period.first > date.min else None
    return tuple(reversed(result))
