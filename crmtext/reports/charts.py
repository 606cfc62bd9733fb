"""Positions and sizes of chart marks; the templates draw them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

WIDTH = 1000.0
#: The share of its place that a column fills.
_FILLED = 0.72


@dataclass(frozen=True, slots=True)
class Segment:
    """A part of a stacked bar."""

    key: str
    count: int
    x: float
    width: float


@dataclass(frozen=True, slots=True)
class Bar:
    """A column of a series; `height` is its share of the highest in percent, `y` the rest above it."""

    label: str
    count: int
    x: float
    y: float
    width: float
    height: float


def stacked(counts: Mapping[str, int], whole: int) -> tuple[Segment, ...]:
    """Return the segments of a bar in the given order; `whole` would fill the width."""
    parts, x = [], 0.0
    for key, count in counts.items():
        width = WIDTH * count / whole if whole else 0.0
        if count:
            parts.append(Segment(key, count, round(x, 1), round(width, 1)))
        x += width
    return tuple(parts)


def columns(series: Iterable[tuple[str, int]]) -> tuple[Bar, ...]:
    """Return the columns of a series; the highest has full height."""
    points = tuple(series)
    highest = max((count for _, count in points), default=0) or 1
    step = WIDTH / (len(points) or 1)
    width = round(step * _FILLED, 1)
    shares = (round(100 * count / highest, 1) for _, count in points)
    return tuple(
        Bar(label, count, round(at * step, 1), round(100 - share, 1), width, max(share, 1))
        for at, ((label, count), share) in enumerate(zip(points, shares, strict=True))
    )


def per_week(days: Iterable[date], today: date, weeks: int = 12) -> tuple[tuple[str, int], ...]:
    """Return how many of the days are in each of the last weeks, named by their Mondays, the current week last."""
    last = today - timedelta(days=today.weekday())
    counts = {last - timedelta(weeks=back): 0 for back in range(weeks - 1, -1, -1)}
    for day in days:
        monday = day - timedelta(days=day.weekday())
        if monday in counts and day <= today:
            counts[monday] += 1
    return tuple((monday.isoformat(), count) for monday, count in counts.items())


def per_month(days: Iterable[date], today: date, months: int = 12) -> tuple[tuple[str, int], ...]:
    """Return how many of the days are in each of the last months, the current month last."""
    current = today.year * 12 + today.month - 1
    counts = {current - back: 0 for back in range(months - 1, -1, -1)}
    for day in days:
        month = day.year * 12 + day.month - 1
        if month in counts and day <= today:
            counts[month] += 1
    return tuple((f"{month // 12}-{month % 12 + 1:02}", count) for month, count in counts.items())
