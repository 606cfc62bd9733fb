"""Times of day as users write them: `14:00`, `9:30`, `2 pm`, `下午2点半`."""

from __future__ import annotations

import re
import unicodedata
from typing import TYPE_CHECKING

from crmtext.i18n import _
from crmtext.problem import usage
from crmtext.values import lazy

if TYPE_CHECKING:
    from crmtext.problem import CrmError

_BEFORE_NOON = ("凌晨", "早上", "早晨", "清晨", "上午", "am")
_AFTER_NOON = ("中午", "下午", "傍晚", "晚上", "pm")
_HALF = "|".join((*_BEFORE_NOON, *_AFTER_NOON)).replace("am", r"a\.?m\.?").replace("pm", r"p\.?m\.?")
_CLOCK = lazy.pattern(
    rf"(?P<half>{_HALF})?\s*(?P<hour>\d{{1,2}})(?::(?P<minute>\d{{2}})(?::\d{{2}}(?:\.\d+)?)?)?\s*(?P<after>a\.?m\.?|p\.?m\.?)?",
    re.IGNORECASE,
)
_CHINESE = lazy.pattern(
    rf"(?P<half>{_HALF})?\s*(?P<hour>\d{{1,2}}|十[一二]?|[一二两三四五六七八九])\s*[点时](?:钟|整)?"
    r"(?:(?P<minute>\d{1,2})分?|(?P<part>半|一刻|三刻))?"
)
_NUMBERS = {name: number for number, name in enumerate("一二三四五六七八九十", 1)} | {"两": 2, "十一": 11, "十二": 12}
_PARTS = {"半": 30, "一刻": 15, "三刻": 45}
#: Hours up to this one, said without a half of the day, may be in either half.
_EITHER = 8


def parse(typed: str) -> str:
    """Return a time as 14:00. Raises CrmError if the text is none, or may be two."""
    text = unicodedata.normalize("NFKC", typed).strip()
    match = _CLOCK.fullmatch(text) or _CHINESE.fullmatch(text)
    if match is None:
        raise _no_time(typed)
    parts = match.groupdict()
    half = (parts["half"] or parts.get("after") or "").casefold().replace(".", "")
    is_chinese = "part" in parts
    if not (is_chinese or half or parts["minute"]):
        raise _no_time(typed)
    hour = int(parts["hour"]) if parts["hour"].isdecimal() else _NUMBERS[parts["hour"]]
    minute = int(parts["minute"] or _PARTS.get(parts.get("part") or "", 0))
    if is_chinese and not half and hour <= _EITHER:
        raise usage(
            "wrong-form",
            _("'{value}' can be {first} or {second}").format(
                value=typed, first=f"{hour:02}:{minute:02}", second=f"{hour + 12:02}:{minute:02}"
            ),
            _("use a time such as 14:00"),
        )
    if half in _AFTER_NOON and hour < 12 and not (half == "中午" and hour > 2):
        hour += 12
    elif half in _BEFORE_NOON and hour == 12:
        hour = 0
    if hour > 23 or minute > 59:
        raise _no_time(typed)
    return f"{hour:02}:{minute:02}"


def _no_time(typed: str) -> CrmError:
    return usage("wrong-form", _("'{value}' is not a time").format(value=typed), _("use a time such as 14:00"))
