"""Days as people type them: `2024-05-01`, `5月10日`, `下周五`, `+3d`, `tomorrow`."""

from __future__ import annotations

import calendar
import re
import unicodedata
from collections.abc import Callable, Iterable
from datetime import date, timedelta

from crmtext.i18n import _
from crmtext.problem import CrmError, usage

_DAYS = {
    "大前天": -3, "前天": -2, "昨天": -1, "昨日": -1, "yesterday": -1, "今天": 0, "今日": 0, "today": 0,
    "明天": 1, "明日": 1, "tomorrow": 1, "后天": 2, "大后天": 3,
}  # fmt: skip
_WEEKDAYS = {"一": 0, "二": 1, "三": 2, "四": 3, "五": 4, "六": 5, "日": 6, "天": 6} | {
    name[:length].lower(): number
    for number, name in enumerate(("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"))
    for length in (3, 4, 5, len(name))
}
_DIGITS = {"〇": 0, "零": 0, "一": 1, "二": 2, "两": 2, "三": 3, "四": 4, "五": 5, "六": 6, "七": 7, "八": 8, "九": 9}
_NUMBER = r"\d+|[零一二两三四五六七八九十]+"
_UNITS = {
    "d": "day", "day": "day", "days": "day", "天": "day", "日": "day",
    "w": "week", "week": "week", "weeks": "week", "周": "week", "星期": "week", "礼拜": "week",
    "m": "month", "month": "month", "months": "month", "月": "month",
    "quarter": "quarter", "quarters": "quarter", "季度": "quarter",
    "y": "year", "year": "year", "years": "year", "年": "year",
}  # fmt: skip
_MONTHS = {"month": 1, "quarter": 3, "year": 12}

Reader = Callable[[re.Match[str], date, bool], date]
Form = tuple[str, Reader]


def parse(text: str, today: date, *, past: bool = False) -> date:
    """The day that the text means. Without a year it is the next such day, with `past` the latest one."""
    return _read(text, today, _FORMS, _("say one day: 2024-05-01, 5月10日, 下周五, friday, tomorrow, +3d"), past=past)


def since(text: str, today: date) -> date:
    """The first day of the time that the text means, up to today: `3d`, `两周`, `last week`, `本月`, `monday`."""
    return _read(text, today, (*_FORMS, *_SPANS), stretches(), past=True)


def until(text: str, today: date) -> date:
    """The last day of the time that the text means, today at the latest: `last week` is as it was on its Sunday."""
    return _read(text, today, (*_FORMS, *_ENDS), stretches(), past=True)


def stretches() -> str:
    """How a day or a stretch of time may be said."""
    return _("say a day or how long: 2024-05-01, monday, 昨天, last week, 上周, this month, 3d, 两周, 1个月")


def _read(text: str, today: date, forms: Iterable[Form], hint: str, *, past: bool) -> date:
    compact = re.sub(r"\s+", " ", unicodedata.normalize("NFKC", text).strip().lower())
    try:
        for pattern, read in forms:
            # Compiled here, and kept by `re`: all of them together take longer than the start of Python.
            if match := re.fullmatch(pattern, compact):
                return read(match, today, past)
    except (KeyError, ValueError, OverflowError):
        raise _no_date(text, _("there is no such day")) from None
    raise _no_date(text, hint)


def _no_date(text: str, hint: str) -> CrmError:
    return usage("date-format", _("'{value}' is not a date").format(value=text), hint)


def _number(text: str) -> int:
    if text.isdigit():
        return int(text)
    tens, ten, ones = text.rpartition("十")
    return (_DIGITS[tens] if tens else 1) * 10 * bool(ten) + (_DIGITS[ones] if ones else 0)


def _full(match: re.Match[str], _today: date, _past: bool) -> date:
    return date(*(int(part) for part in match.groups()))


def _chinese(match: re.Match[str], today: date, past: bool) -> date:
    year, month, day = match.groups()
    if year:
        digits = "".join(str(_DIGITS.get(digit, digit)) for digit in year)
        return date(int(digits), _number(month), _number(day))
    return _nearest(_number(month), _number(day), today, past=past)


def _month_and_day(match: re.Match[str], today: date, past: bool) -> date:
    return _nearest(int(match[1]), int(match[2]), today, past=past)


def _nearest(month: int, day: int, today: date, *, past: bool) -> date:
    date(2000, month, day)  # a leap year: refuses what no year has
    # Eight years: 29 February 1896 was followed by one in 1904.
    for distance in range(9):
        year = today.year - distance if past else today.year + distance
        if day == 29 and month == 2 and not calendar.isleap(year):
            continue
        found = date(year, month, day)
        if (found <= today) if past else (found >= today):
            return found
    raise ValueError(month, day)


def _named(match: re.Match[str], today: date, _past: bool) -> date:
    return today + timedelta(days=_DAYS[match[0]])


def _weekday(match: re.Match[str], today: date, past: bool) -> date:
    which, name = match["which"] or "", match["name"]
    if which:
        weeks = which.count("下") - which.count("上") + (which == "next ") - (which == "last ")
        return today + timedelta(days=_WEEKDAYS[name] - today.weekday(), weeks=weeks)
    ahead = (_WEEKDAYS[name] - today.weekday()) % 7
    return today + timedelta(days=ahead - 7 if past and ahead else ahead)


def _distance(match: re.Match[str], today: date, _past: bool) -> date:
    back = match["sign"] == "-" if "sign" in match.groupdict() else match["way"] in {"前", "之前", "以前", "ago"}
    count = _number(match["count"]) * (-1 if back else 1)
    return _on(today, count, _UNITS[match["unit"]])


def _on(today: date, count: int, unit: str) -> date:
    if unit in _MONTHS:
        return _months_on(today, count * _MONTHS[unit])
    return today + timedelta(days=count * (7 if unit == "week" else 1))


def _months_on(today: date, count: int) -> date:
    year, month = divmod(today.year * 12 + today.month - 1 + count, 12)
    return date(year, month + 1, min(today.day, calendar.monthrange(year, month + 1)[1]))


def _end_of_month(match: re.Match[str], today: date, _past: bool) -> date:
    which = match["which"] or ""
    month = _months_on(today.replace(day=1), which.count("下") - which.count("上"))
    return month.replace(day=calendar.monthrange(month.year, month.month)[1])


def _end_of_named_month(match: re.Match[str], today: date, past: bool) -> date:
    """The last day of a month by its number: the next one, with `past` the latest."""
    month = _number(match["month"])
    years = (today.year + distance for distance in ((0, -1) if past else (0, 1)))
    ends = (date(year, month, calendar.monthrange(year, month)[1]) for year in years)
    return next(end for end in ends if (end <= today if past else end >= today))


def _ago(match: re.Match[str], today: date, _past: bool) -> date:
    return _on(today, -_number(match["count"]), _UNITS[match["unit"]])


def _beginning(match: re.Match[str], today: date, _past: bool) -> date:
    """The first day of this week, month, quarter or year, or of one before."""
    which, unit = match["which"], _UNITS[match["unit"]]
    back = which.count("上") + (which in ("last ", "去"))
    if unit == "week":
        return today - timedelta(days=today.weekday(), weeks=back)
    first = {"month": today.month, "quarter": today.month - (today.month - 1) % 3, "year": 1}[unit]
    return _months_on(today.replace(month=first, day=1), -back * _MONTHS[unit])


def _ending(match: re.Match[str], today: date, past: bool) -> date:
    """The last day of such a stretch."""
    return min(today, _on(_beginning(match, today, past), 1, _UNITS[match["unit"]]) - timedelta(days=1))


_WEEKDAY_NAMES = "|".join(sorted((name for name in _WEEKDAYS if name.isascii()), key=len, reverse=True))
_UNIT_NAMES = "|".join(sorted(_UNITS, key=len, reverse=True))
_COUNT = r"\d{1,3}|[一二两三四五六七八九十]+"
_FORMS: tuple[Form, ...] = (
    (r"(\d{4})([-/.])(\d{1,2})\2(\d{1,2})", lambda m, _t, _p: date(int(m[1]), int(m[3]), int(m[4]))),
    (r"(\d{4})(\d\d)(\d\d)", _full),
    (rf"(?:([\d〇零一二三四五六七八九]{{4}}) ?年 ?)?({_NUMBER}) ?月 ?({_NUMBER}) ?[日号]?", _chinese),
    (r"(\d{1,2})-(\d{1,2})", _month_and_day),
    ("|".join(_DAYS), _named),
    (r"(?P<which>[上下]{1,3}个?|[这本])?(?:周|星期|礼拜)(?P<name>[一二三四五六日天])", _weekday),
    (rf"(?P<which>next |last |this )?(?P<name>{_WEEKDAY_NAMES})", _weekday),
    (r"(?P<sign>[+-])(?P<count>\d{1,5})(?P<unit>[dwmy天周月年])", _distance),
    (
        rf"(?P<count>{_NUMBER}) ?个?(?P<unit>{_UNIT_NAMES}) ?(?P<way>之?[前后]|以[前后]|ago)",
        _distance,
    ),
    (rf"(?P<way>in) (?P<count>{_NUMBER}) (?P<unit>{_UNIT_NAMES})", _distance),
    (r"(?P<which>[上下这本]个?)?月[底末]|end of month", _end_of_month),
    (rf"(?P<month>{_NUMBER}) ?月[底末]", _end_of_named_month),
    (r"年底", lambda _m, t, _p: date(t.year, 12, 31)),
)
#: Stretches of time: `5月`, `5日` and `2024年` are none, but a month, a day of one and a year.
_SPANS: tuple[Form, ...] = (
    (r"(?P<which>last |this )(?P<unit>week|month|quarter|year)", _beginning),
    (r"(?P<which>上{1,3}|[本这去今])个?(?P<unit>周|星期|礼拜|月|季度|年)", _beginning),
    (rf"(?:last |past |最近|过去|近)?(?P<count>{_COUNT})(?: ?个| ?(?![月日]))(?P<unit>{_UNIT_NAMES})", _ago),
)
_ENDS: tuple[Form, ...] = tuple((form, _ending if read is _beginning else read) for form, read in _SPANS)
