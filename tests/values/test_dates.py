"""Days as people type them."""

from __future__ import annotations

import calendar
import re
from contextlib import suppress
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crmtext.i18n import speaking
from crmtext.problem import CrmError, Exit
from crmtext.values.dates import parse, since, until

#: A Friday.
TODAY = date(2026, 11, 20)


@pytest.mark.parametrize(
    "text",
    ["2024-05-01", "2024-5-1", "2024/5/1", "2024.5.1", "20240501", "2024年5月1日", "2024 年 5 月 1 号",
     "二〇二四年五月一日", "２０２４－０５－０１", " 2024-05-01 "],
)  # fmt: skip
def test_a_whole_date_is_read_in_every_common_form(text: str) -> None:
    assert parse(text, TODAY) == date(2024, 5, 1)


@pytest.mark.parametrize(
    ("text", "coming", "latest"),
    [
        ("5月10日", "2027-05-10", "2026-05-10"),
        ("5-10", "2027-05-10", "2026-05-10"),
        ("12-31", "2026-12-31", "2025-12-31"),
        ("11月20日", "2026-11-20", "2026-11-20"),
        ("2-29", "2028-02-29", "2024-02-29"),
        ("十二月二十五号", "2026-12-25", "2025-12-25"),
        ("周五", "2026-11-20", "2026-11-20"),
        ("fri", "2026-11-20", "2026-11-20"),
        ("星期一", "2026-11-23", "2026-11-16"),
        ("礼拜天", "2026-11-22", "2026-11-15"),
        ("Tuesday", "2026-11-24", "2026-11-17"),
    ],
)
def test_a_day_without_a_year_is_the_next_one_or_with_past_the_latest(text: str, coming: str, latest: str) -> None:
    assert (parse(text, TODAY).isoformat(), parse(text, TODAY, past=True).isoformat()) == (coming, latest)


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("今天", "2026-11-20"),
        ("明天", "2026-11-21"),
        ("后天", "2026-11-22"),
        ("昨天", "2026-11-19"),
        ("前天", "2026-11-18"),
        ("today", "2026-11-20"),
        ("Tomorrow", "2026-11-21"),
        ("yesterday", "2026-11-19"),
        ("下周三", "2026-11-25"),
        ("下个星期三", "2026-11-25"),
        ("下下周五", "2026-12-04"),
        ("本周一", "2026-11-16"),
        ("上周一", "2026-11-09"),
        ("next friday", "2026-11-27"),
        ("last monday", "2026-11-09"),
        ("this sunday", "2026-11-22"),
        ("+3d", "2026-11-23"),
        ("-2w", "2026-11-06"),
        ("+1m", "2026-12-20"),
        ("+1y", "2027-11-20"),
        ("3天后", "2026-11-23"),
        ("两周后", "2026-12-04"),
        ("三个月之后", "2027-02-20"),
        ("十二天后", "2026-12-02"),
        ("3天前", "2026-11-17"),
        ("in 3 days", "2026-11-23"),
        ("in two weeks", "2026-12-04"),
        ("in a week", "2026-11-27"),
        ("a month from now", "2026-12-20"),
        ("two weeks ago", "2026-11-06"),
        ("5.12.", "2026-12-05"),
        ("5. 12. 2026", "2026-12-05"),
        ("31.12.2026", "2026-12-31"),
        ("31/12/2026", "2026-12-31"),
        ("12/31/2026", "2026-12-31"),
        ("5/5/2026", "2026-05-05"),
        ("in 2 quarters", "2027-05-20"),
        ("一个季度前", "2026-08-20"),
        ("2 weeks ago", "2026-11-06"),
        ("月底", "2026-11-30"),
        ("下月底", "2026-12-31"),
        ("6月底", "2027-06-30"),
        ("11 月末", "2026-11-30"),
        ("二月底", "2027-02-28"),
        ("年底", "2026-12-31"),
        ("end of month", "2026-11-30"),
        ("EOM", "2026-11-30"),
        ("month-end", "2026-11-30"),
        ("end of next quarter", "2027-03-31"),
        ("EOQ", "2026-12-31"),
        ("eoy", "2026-12-31"),
        ("上个月底", "2026-10-31"),
        ("下下月底", "2027-01-31"),
        ("2024年6月底", "2024-06-30"),
        ("2024 年 2 月末", "2024-02-29"),
        ("二〇二四年六月底", "2024-06-30"),
        ("明年6月底", "2027-06-30"),
        ("去年年底", "2025-12-31"),
        ("2025年底", "2025-12-31"),
        ("三季度末", "2027-09-30"),
        ("2025年第一季度末", "2025-03-31"),
        ("Q1末", "2027-03-31"),
        ("季度末", "2026-12-31"),
        ("end of June", "2027-06-30"),
        ("the end of Feb 2024", "2024-02-29"),
        ("end of Q3 2025", "2025-09-30"),
        ("end of 2025", "2025-12-31"),
        ("June 30", "2027-06-30"),
        ("30th of June 2025", "2025-06-30"),
        ("Sept. 1st, 2025", "2025-09-01"),
        ("明年5月1日", "2027-05-01"),
        ("3日后", "2026-11-23"),
    ],
)
def test_a_day_relative_to_today(text: str, day: str) -> None:
    assert parse(text, TODAY).isoformat() == day


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("2024年6月底前", "2024-06-30"),
        ("6月底之前", "2027-06-30"),
        ("月底前", "2026-11-30"),
        ("下个月底以前", "2026-12-31"),
        ("今年年底前", "2026-12-31"),
        ("明年底前", "2027-12-31"),
        ("下周五前", "2026-11-27"),
        ("5月10日前", "2027-05-10"),
        ("2024-06-30前", "2024-06-30"),
        ("最晚下周五", "2026-11-27"),
        ("在6月底前", "2027-06-30"),
        ("by end of June 2024", "2024-06-30"),
        ("before the end of June", "2027-06-30"),
        ("before EOM", "2026-11-30"),
        ("by Friday", "2026-11-20"),
        ("no later than 2026-12-01", "2026-12-01"),
        ("by June 30, 2025", "2025-06-30"),
        ("本月内", "2026-11-30"),
        ("6月内", "2027-06-30"),
        ("三季度内", "2027-09-30"),
        ("三个季度内", "2027-08-20"),
        ("2025年内", "2025-12-31"),
        ("三天之内", "2026-11-23"),
        ("3个月内", "2027-02-20"),
        ("within 2 weeks", "2026-12-04"),
    ],
)
def test_a_deadline_is_its_last_day_and_nothing_has_happened_by_one(text: str, day: str) -> None:
    assert parse(text, TODAY).isoformat() == day
    with pytest.raises(CrmError, match="is not a date"):
        parse(text, TODAY, past=True)


@pytest.mark.parametrize(
    "text",
    ["2024年6月中旬", "6月上旬前", "上半年", "6月初", "年中", "6月前", "6月之后", "三季度前", "2024年前", "5日前",
     "周末前", "下周", "下个月", "上周五前", "去年底前", "before friday", "mid June", "early July", "June", "June 2025",
     "end of week", "Q3", "三季度", "6月30日左右", "约5月10日", "5个工作日内"],
)  # fmt: skip
def test_text_for_several_days_is_rejected_with_a_form_for_one(text: str) -> None:
    with pytest.raises(CrmError) as refusal:
        parse(text, TODAY)
    expected = "that can be several days; use one day: 2024-05-01, next friday, +1w, or end of May for its last day"
    assert refusal.value.problem.hint == expected


@given(st.integers(1900, 2100), st.integers(1, 12), st.dates(date(1900, 1, 1), date(2100, 1, 1)))
def test_the_end_of_a_month_is_its_last_day_in_all_forms_whatever_today_is(year: int, month: int, today: date) -> None:
    last = date(year, month, calendar.monthrange(year, month)[1])
    name = calendar.month_name[month]
    forms = (
        f"{year}年{month}月底",
        f"{year}年{month:02}月末前",
        f"end of {name} {year}",
        f"by {name[:3]} {last.day}, {year}",
    )
    assert {parse(form, today) for form in forms} == {last}
    assert parse(f"{month}月底", today).month == parse(f"end of {name}", today, past=True).month == month


@given(
    st.sampled_from(
        ["2024年6月底前", "6月底", "5月10日", "下周五前", "by end of June 2024", "June 30", "3天内", "年底"]
    ),
    st.text("约近左右旬吧概初或?~xz", min_size=1, max_size=3),
)
def test_a_day_with_a_word_of_doubt_is_no_day(text: str, doubt: str) -> None:
    for doubtful in (text + doubt, doubt + text):
        with pytest.raises(CrmError, match="is not a date"):
            parse(doubtful, TODAY)


@pytest.mark.parametrize(
    ("text", "first"),
    [
        ("3d", "2026-11-17"),
        ("3天", "2026-11-17"),
        ("1w", "2026-11-13"),
        ("2 weeks", "2026-11-06"),
        ("两周", "2026-11-06"),
        ("两个星期", "2026-11-06"),
        ("最近三天", "2026-11-17"),
        ("last 10 days", "2026-11-10"),
        ("1m", "2026-10-20"),
        ("1个月", "2026-10-20"),
        ("一个季度", "2026-08-20"),
        ("1y", "2025-11-20"),
        ("last week", "2026-11-09"),
        ("上周", "2026-11-09"),
        ("上上周", "2026-11-02"),
        ("this week", "2026-11-16"),
        ("这周", "2026-11-16"),
        ("本星期", "2026-11-16"),
        ("last month", "2026-10-01"),
        ("上个月", "2026-10-01"),
        ("本月", "2026-11-01"),
        ("this quarter", "2026-10-01"),
        ("上季度", "2026-07-01"),
        ("Last Year", "2025-01-01"),
        ("去年", "2025-01-01"),
        ("今年", "2026-01-01"),
        ("monday", "2026-11-16"),
        ("上周一", "2026-11-09"),
        ("5月10日", "2026-05-10"),
        ("昨天", "2026-11-19"),
        ("-7d", "2026-11-13"),
        ("3天前", "2026-11-17"),
        ("2024-05-01", "2024-05-01"),
        ("last-week", "2026-11-09"),
        ("2026-W46", "2026-11-09"),
        ("2026-10", "2026-10-01"),
        ("10月", "2026-10-01"),
        ("12月份", "2025-12-01"),
        ("sep 2025", "2025-09-01"),
        ("2026-Q3", "2026-07-01"),
        ("q4", "2026-10-01"),
        ("去年三季度", "2025-07-01"),
        ("2025", "2025-01-01"),
        ("前年", "2024-01-01"),
    ],
)
def test_a_stretch_of_time_up_to_today_has_a_first_day(text: str, first: str) -> None:
    assert since(text, TODAY).isoformat() == first


@pytest.mark.parametrize(
    ("text", "last"),
    [
        ("1w", "2026-11-13"),
        ("两周", "2026-11-06"),
        ("上周", "2026-11-15"),
        ("上个月", "2026-10-31"),
        ("last quarter", "2026-09-30"),
        ("去年", "2025-12-31"),
        ("本月", "2026-11-20"),
        ("this week", "2026-11-20"),
        ("上周一", "2026-11-09"),
        ("昨天", "2026-11-19"),
        ("last-week", "2026-11-15"),
        ("2026-W46", "2026-11-15"),
        ("2026-02", "2026-02-28"),
        ("11月", "2026-11-20"),
        ("sep", "2026-09-30"),
        ("2026-Q3", "2026-09-30"),
        ("2025年", "2025-12-31"),
        ("2026", "2026-11-20"),
    ],
)
def test_a_stretch_of_time_up_to_today_has_a_last_day(text: str, last: str) -> None:
    assert until(text, TODAY).isoformat() == last


def test_a_quarter_and_a_month_before_the_first_of_a_year_are_in_the_year_before() -> None:
    january = date(2026, 1, 31)
    assert [since(text, january) for text in ("last quarter", "last month")] == [date(2025, 10, 1), date(2025, 12, 1)]


@pytest.mark.parametrize("text", ["5日", "2024d", "weeks", "last", "上", "近期", "v1", "next week", ""])
def test_text_that_is_neither_a_day_nor_a_period_is_rejected_with_the_known_forms(text: str) -> None:
    with pytest.raises(CrmError) as refusal:
        since(text, TODAY)
    known = "use a day or a period: 2024-05-01, 2024-05, 2024-Q2, monday, last week, this month, 3d, 2 weeks"
    assert refusal.value.problem.hint == known


@pytest.mark.parametrize("text", ["999y", "十十天", "2024-13", "2024-W60"])
def test_a_period_before_the_first_day_is_rejected(text: str) -> None:
    with pytest.raises(CrmError, match="is not a date"):
        since(text, date(900, 1, 1))


def test_a_month_on_from_its_last_day_is_the_last_day_of_the_next() -> None:
    assert parse("+1m", date(2024, 1, 31)) == date(2024, 2, 29)


def test_a_leap_day_is_found_across_a_century_without_one() -> None:
    assert parse("2-29", date(2096, 3, 1)) == date(2104, 2, 29)


@pytest.mark.parametrize(
    "text",
    ["", "近期", "尽快", "上月", "soon", "asap", "24/5/1", "32/13/2026", "31.2.", "2024-05", "5月", "十十天后", "+3",
     "2024-05/01", "tomorrow morning", "周八"],
)  # fmt: skip
def test_vague_and_ambiguous_words_are_rejected_with_what_to_write(text: str) -> None:
    with pytest.raises(CrmError) as refusal:
        parse(text, TODAY)
    problem = refusal.value.problem
    assert (refusal.value.exit_code, problem.rule) == (Exit.USAGE, "date-format")
    assert "2024-05-01" in problem.hint or text == "十十天后"


@pytest.mark.parametrize(
    ("text", "past", "hint"),
    [
        ("5/12/2026", False, "day and month are ambiguous; use one of: 2026-05-12, 2026-12-05"),
        ("5/12", False, "day and month are ambiguous; use one of: 2026-12-05, 2027-05-12"),
        ("2 weeks", False, "use: +2w"),
        ("two weeks", True, "use: -2w"),
        ("两周", False, "use: +2w"),
        ("3天", False, "use: +3d"),
    ],
)
def test_a_form_that_means_several_days_names_those_that_mean_one(text: str, past: bool, hint: str) -> None:
    with pytest.raises(CrmError) as refusal:
        parse(text, TODAY, past=past)
    assert refusal.value.problem.hint == hint
    for word in re.findall(r"[+-]\d\w|\d{4}-\d\d-\d\d", hint):
        parse(word, TODAY)


def test_examples_of_days_are_in_the_language_in_use() -> None:
    for text in ("soon", "next week"):
        with pytest.raises(CrmError) as refusal:
            parse(text, TODAY)
        assert refusal.value.problem.hint.isascii()
        with speaking("zh"), pytest.raises(CrmError) as refusal:
            parse(text, TODAY)
        assert "下周五" in refusal.value.problem.hint


@pytest.mark.parametrize("text", ["2023-02-29", "13-40", "2-30", "2024年13月1日", "+99999y", "00000000"])
def test_days_that_no_calendar_has_are_rejected(text: str) -> None:
    with pytest.raises(CrmError) as refusal:
        parse(text, TODAY)
    assert refusal.value.problem.hint == "this date does not exist"


@given(st.dates(date(1900, 1, 1), date(2100, 1, 1)))
def test_every_day_is_read_back_from_all_its_forms(day: date) -> None:
    year, month, number = day.year, day.month, day.day
    forms = (day.isoformat(), f"{year}/{month}/{number}", f"{year}年{month}月{number}日", f"{day:%Y%m%d}")
    assert {parse(form, TODAY) for form in forms} == {day}


@given(st.dates(date(1900, 1, 1), date(2100, 1, 1)), st.integers(1, 12), st.integers(1, 28))
def test_a_month_and_day_lie_within_a_year_on_the_side_asked_for(today: date, month: int, day: int) -> None:
    text = f"{month}月{day}日"
    coming, latest = parse(text, today), parse(text, today, past=True)
    assert today <= coming < today + timedelta(days=366)
    assert today - timedelta(days=366) < latest <= today
    assert {(result.month, result.day) for result in (coming, latest)} == {(month, day)}


@given(st.text(max_size=12))
def test_any_text_is_a_day_or_rejected(text: str) -> None:
    with suppress(CrmError):
        assert isinstance(parse(text, TODAY), date)
