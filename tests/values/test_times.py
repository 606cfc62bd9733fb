"""Times of day as users write them."""

from __future__ import annotations

import pytest

from crmtext.i18n import speaking
from crmtext.problem import CrmError
from crmtext.values import times


@pytest.mark.parametrize(
    ("typed", "time"),
    [
        ("14:00", "14:00"), ("9:30", "09:30"), ("２３：５９", "23:59"), ("0:05", "00:05"),
        ("14:00:30", "14:00"), ("2pm", "14:00"), ("2:30 p.m.", "14:30"), ("12 am", "00:00"),
        ("12pm", "12:00"), ("11 AM", "11:00"), ("下午2点", "14:00"), ("下午两点半", "14:30"),
        ("14点", "14:00"), ("上午9点15分", "09:15"), ("9点一刻", "09:15"), ("晚上八点", "20:00"),
        ("中午12点", "12:00"), ("中午1点", "13:00"), ("中午11点半", "11:30"), ("凌晨12点", "00:00"),
        ("十点", "10:00"), ("下午3:45", "15:45"), ("15时30分", "15:30"), ("10点钟", "10:00"),
    ],
)  # fmt: skip
def test_a_time_is_read(typed: str, time: str) -> None:
    assert times.parse(typed) == time


@pytest.mark.parametrize(
    ("typed", "message", "chinese"),
    [
        ("25:00", "'25:00' is not a time", "“25:00”不是时间"),
        ("14:75", "'14:75' is not a time", "“14:75”不是时间"),
        ("14", "'14' is not a time", "“14”不是时间"),
        ("soon", "'soon' is not a time", "“soon”不是时间"),
        ("下午", "'下午' is not a time", "“下午”不是时间"),
        ("2点", "'2点' can be 02:00 or 14:00", "“2点”可能是 02:00 或 14:00"),
    ],
)
def test_a_text_that_is_no_time_or_may_be_two_is_rejected(typed: str, message: str, chinese: str) -> None:
    for language, text, hint in (("en", message, "use a time such as 14:00"), ("zh", chinese, "请写时间，如 14:00")):
        with speaking(language), pytest.raises(CrmError) as caught:
            times.parse(typed)
        assert (caught.value.problem.message, caught.value.problem.hint) == (text, hint)
