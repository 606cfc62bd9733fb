from __future__ import annotations

import calendar
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crmtext.values.durations import Duration, duration, last_day_of

AFTER = {
    ("36m", "2023-01-31"): "2026-01-31",
    ("1m", "2023-01-31"): "2023-02-28",
    ("1m", "2024-01-31"): "2024-02-29",
    ("1m", "2024-02-29"): "2024-03-29",
    ("12m", "2024-02-29"): "2025-02-28",
    ("1y", "2024-02-29"): "2025-02-28",
    ("4y", "2024-02-29"): "2028-02-29",
    ("1m", "2023-12-31"): "2024-01-31",
    ("11m", "2024-03-31"): "2025-02-28",
    ("10y", "2016-11-30"): "2026-11-30",
    ("90d", "2024-12-01"): "2025-03-01",
    ("2w", "2024-02-20"): "2024-03-05",
    ("0y", "2024-02-29"): "2024-02-29",
    ("9999y", "2024-02-29"): "9999-12-31",
    ("9999d", "9990-01-01"): "9999-12-31",
    ("1m", "9999-12-31"): "9999-12-31",
}
LAST = {
    "2024": "2024-12-31",
    "2024-02": "2024-02-29",
    "2023-02": "2023-02-28",
    "2024-12": "2024-12-31",
    "2024-05-01": "2024-05-01",
    "2024-05-01T10:00:00+08:00": "2024-05-01",
    "2024-02-31": "None",
    "--05-01": "None",
    "": "None",
}


@pytest.mark.parametrize(("given_", "day"), AFTER, ids=" after ".join)
def test_months_and_years_are_counted_by_the_calendar(given_: str, day: str) -> None:
    length = duration(given_)
    assert length
    assert str(length.after(date.fromisoformat(day))) == AFTER[given_, day]


@pytest.mark.parametrize("text", ["", "m", "36", "36 m", "36M", "-1m", "1.5y", "12345d", "٣m", "36m after", "3months"])
def test_any_other_text_is_no_duration(text: str) -> None:
    assert duration(text) is None


@pytest.mark.parametrize("text", LAST)
def test_a_date_without_day_or_month_ends_with_its_last_day(text: str) -> None:
    assert str(last_day_of(text)) == LAST[text]


def test_a_year_may_be_a_number() -> None:
    assert last_day_of(2024) == date(2024, 12, 31)


days = st.dates(date(1900, 1, 1), date(2900, 12, 31))


@given(days, st.integers(0, 1200))
def test_months_reach_the_right_month_and_never_pass_its_end(day: date, count: int) -> None:
    later = Duration(count, "m").after(day)
    assert (later.year * 12 + later.month) - (day.year * 12 + day.month) == count
    assert later.day == min(day.day, calendar.monthrange(later.year, later.month)[1])


@given(days, st.integers(0, 100))
def test_a_year_is_twelve_months_and_a_week_seven_days(day: date, count: int) -> None:
    assert Duration(count, "y").after(day) == Duration(12 * count, "m").after(day)
    assert Duration(count, "w").after(day) == Duration(7 * count, "d").after(day) == day + timedelta(7 * count)


@given(days, days, st.integers(0, 1200), st.sampled_from("dwmy"))
def test_a_later_day_never_ends_earlier(one: date, other: date, count: int, unit: str) -> None:
    first, last = sorted((one, other))
    assert Duration(count, unit).after(first) <= Duration(count, unit).after(last)
