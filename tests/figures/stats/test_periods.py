"""Periods of the calendar: their names, first and last days."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from crmtext.figures.stats.periods import UNITS, Period, name_of, period_of, periods, shifted

MONDAY = date(2026, 11, 30)


@pytest.mark.parametrize(
    ("day", "unit", "name", "first", "last"),
    [
        ("2026-11-30", "day", "2026-11-30", "2026-11-30", "2026-11-30"),
        ("2027-01-03", "week", "2026-W53", "2026-12-28", "2027-01-03"),
        ("2024-02-01", "month", "2024-02", "2024-02-01", "2024-02-29"),
        ("2026-12-31", "month", "2026-12", "2026-12-01", "2026-12-31"),
        ("2026-05-31", "quarter", "2026-Q2", "2026-04-01", "2026-06-30"),
        ("2026-05-31", "year", "2026", "2026-01-01", "2026-12-31"),
        ("9999-12-31", "quarter", "9999-Q4", "9999-10-01", "9999-12-31"),
        ("9999-12-31", "week", "9999-W52", "9999-12-27", "9999-12-31"),
        ("0001-01-01", "year", "0001", "0001-01-01", "0001-12-31"),
    ],
)
def test_the_period_of_a_day(day: str, unit: str, name: str, first: str, last: str) -> None:
    ends = date.fromisoformat(first), date.fromisoformat(last)
    assert period_of(date.fromisoformat(day), unit) == Period(name, *ends, ends[1])


@pytest.mark.parametrize("unit", UNITS)
def test_periods_follow_each_other_and_have_their_days(unit: str) -> None:
    every = periods(unit, MONDAY)
    assert len(every) == 12
    assert [one.first for one in every[1:]] == [one.last + timedelta(1) for one in every[:-1]]
    for one in every:
        days = (one.last - one.first).days
        assert {name_of(f"{one.first + timedelta(n)}", unit) for n in range(days + 1)} == {one.name}
    assert every[-1].last == MONDAY


def test_the_first_and_the_last_are_cut() -> None:
    since, until = date(2026, 9, 10), date(2026, 10, 5)
    assert periods("month", MONDAY, since, until) == (
        Period("2026-09", since, date(2026, 9, 30), date(2026, 9, 30)),
        Period("2026-10", date(2026, 10, 1), until, until),
    )
    assert shifted(periods("month", MONDAY, since), "month", date(2025, 11, 20)) == (
        Period("2025-09", date(2025, 9, 10), date(2025, 9, 30), date(2025, 9, 30)),
        Period("2025-10", date(2025, 10, 1), date(2025, 10, 31), date(2025, 10, 31)),
        Period("2025-11", date(2025, 11, 1), date(2025, 11, 20), date(2025, 11, 30)),
    )
    assert periods("month", MONDAY, MONDAY + timedelta(1)) == ()
    assert shifted((), "month", MONDAY) == ()
