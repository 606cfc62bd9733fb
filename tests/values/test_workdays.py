"""Working days, against a walk from day to day."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crmtext.values.workdays import Days, WorkingDays, days, later

#: The National Day of 2026 as a team writes it: a week off, and two weekend days that are worked.
NATIONAL_DAY = WorkingDays(["2026-10-01/2026-10-07"], ["2026-09-27", "2026-10-10"])
JANUARY = st.dates(date(2026, 1, 1), date(2026, 1, 31))


@pytest.mark.parametrize(
    ("day", "count", "expected"),
    [
        ("2026-09-25", 1, "2026-09-27"),
        ("2026-09-26", 1, "2026-09-27"),
        ("2026-09-27", 1, "2026-09-28"),
        ("2026-09-30", 1, "2026-10-08"),
        ("2026-10-03", 2, "2026-10-09"),
        ("2026-10-09", 1, "2026-10-10"),
        ("2026-10-10", 1, "2026-10-12"),
        ("2026-10-10", 0, "2026-10-10"),
        ("2026-10-11", 0, "2026-10-12"),
        ("2026-10-05", 0, "2026-10-08"),
    ],
)
def test_holidays_are_skipped_and_worked_weekend_days_count(day: str, count: int, expected: str) -> None:
    assert NATIONAL_DAY.after(date.fromisoformat(day), count) == date.fromisoformat(expected)


@given(
    st.lists(st.tuples(JANUARY, st.integers(0, 9)), max_size=3), st.lists(JANUARY, max_size=4), JANUARY,
    st.integers(0, 40),
)  # fmt: skip
def test_working_days_are_those_of_a_walk(
    holidays: list[tuple[date, int]], workdays: list[date], day: date, count: int
) -> None:
    calendar = WorkingDays(
        [f"{first}/{first + timedelta(more)}" if more else str(first) for first, more in holidays], map(str, workdays)
    )
    off = {first + timedelta(n) for first, more in holidays for n in range(more + 1)}

    def is_working(here: date) -> bool:
        return here in workdays if here.weekday() > 4 else here not in off

    at, left = day - timedelta(1), count + is_working(day) if count else 1
    while left:
        at += timedelta(1)
        left -= is_working(at)
    assert calendar.after(day, count) == at


def test_the_calendar_ends_with_its_last_day() -> None:
    assert WorkingDays().after(date(9999, 12, 30), 1) == date(9999, 12, 31)
    assert WorkingDays().after(date(9999, 12, 31), 1) is None
    assert WorkingDays().after(date(2026, 1, 1), 10**40) is None
    assert later(date(2026, 1, 31), 1) == date(2026, 2, 1)
    assert later(date(2026, 1, 31), 10**40) is None


def test_days_are_written_as_one_day_or_a_period() -> None:
    assert days("2026-10-01") == Days(date(2026, 10, 1), date(2026, 10, 1))
    assert days("2026-10-01/2026-10-07").length == 7


@pytest.mark.parametrize(
    "written",
    ["", "2026-10", "20261001", "2026-W40-4", "2026-02-30", "2026-10-07/2026-10-01", "2026-10-01/", "/2026-10-01",
     "2026-10-01/2026-10-02/2026-10-03", "2026-10-01 / 2026-10-02", "10-01"],
)  # fmt: skip
def test_other_forms_are_no_days(written: str) -> None:
    with pytest.raises(ValueError):
        days(written)
