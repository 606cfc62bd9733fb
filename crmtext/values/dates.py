"""Dates as users type them: `2024-05-01`, `5月10日`, `下周五`, `+3d`, `tomorrow`, `6月底前`, `by end of June`."""

from __future__ import annotations

import calendar
import re
import unicodedata
from collections.abc import Callable, Iterable
from datetime import date, timedelta

from crmtext.i18n import _
from crmtext.problem import CrmError, usage
from crmtext.values.durations import months_later

_DAYS = {
    "大前天": -3, "前天": -2, "昨天": -1, "昨日": -1, "yesterday": -1, "今天": 0, "今日": 0, "today": 0,
    "明天": 1, "明日": 1, "tomorrow": 1, "后天": 2, "大后天": 3,
}  # fmt: skip
_WEEKDAYS = {"一": 0, "二": 1, "三": 2, "四": 3, "五": 4, "六": 5, "日": 6, "天": 6} | {
    name[:length].lower(): number
    for number, name in enumerate(("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"))
    for length in (3, 4, 5, len(name))
}
_MONTH_NAMES = {name.lower(): number for number, name in enumerate(calendar.month_name) if name}
_MONTH_NAMES |= {name[:3]: number for name, number in _MONTH_NAMES.items()} | {"sept": 9}
_YEARS = {"前": -2, "去": -1, "今": 0, "明": 1, "后": 2}
_DIGITS = {"〇": 0, "零": 0, "一": 1, "二": 2, "两": 2, "三": 3, "四": 4, "五": 5, "六": 6, "七": 7, "八": 8, "九": 9}
_WORDS = {
    "a": 1, "an": 1, "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8, "nine": 9,
    "ten": 10, "eleven": 11, "twelve": 12,
}  # fmt: skip
_NUMBER = r"\d+|[零一二两三四五六七八九十]+"
_UNITS = {
    "d": "day", "day": "day", "days": "day", "天": "day", "日": "day",
    "w": "week", "week": "week", "weeks": "week", "周": "week", "星期": "week", "礼拜": "week",
    "m": "month", "month": "month", "months": "month", "月": "month",
    "quarter": "quarter", "quarters": "quarter", "季度": "quarter", "q": "quarter",
    "y": "year", "year": "year", "years": "year", "年": "year",
}  # fmt: skip
_MONTHS = {"month": 1, "quarter": 3, "year": 12}
_LETTERS = {"day": "d", "week": "w", "month": "m", "year": "y"}

#: Converts a match to a day; None if it isn't one.
Reader = Callable[[re.Match[str], date, bool], date | None]
Form = tuple[str, Reader]


def parse(text: str, today: date, *, past: bool = False) -> date:
    """Return the day of a text. Without a year it is the next such day, with `past` the latest one.

    A deadline means its last day: `6月底前`, `by friday`, `3天内`; with `past` it is rejected.
    """
    hint = _("use one day: 2024-05-01, 10 May, next friday, tomorrow, +3d")
    compact = _compact(text)
    if (length := re.fullmatch(_SO_MANY, compact)) and (letter := _LETTERS.get(_UNITS[length["unit"]])):
        hint = _("use: {form}").format(form=f"{'-' if past else '+'}{_number(length['count'])}{letter}")
    elif days := _either(compact, today, past=past):
        known = _(", ").join(sorted(day.isoformat() for day in days))
        hint = _("day and month are ambiguous; use one of: {values}").format(values=known)
    elif re.search(_SEVERAL, compact):
        hint = _("that can be several days; use one day: 2024-05-01, next friday, +1w, or end of May for its last day")
    return _read(text, today, _FORMS if past else (*_FORMS, *_DEADLINES), hint, past=past)


def since(text: str, today: date) -> date:
    """Return the first day of a past period: `3d`, `两周`, `last week`, `本月`, `monday`."""
    return _read(text, today, (*_FORMS, *_STARTS), period_hint(), past=True)


def until(text: str, today: date) -> date:
    """Return the last day of a period, today at the latest: of `last week` its Sunday."""
    return _read(text, today, (*_FORMS, *_ENDS), period_hint(), past=True)


def period_hint() -> str:
    """The hint that shows the forms of days and periods."""
    return _("use a day or a period: 2024-05-01, 2024-05, 2024-Q2, monday, last week, this month, 3d, 2 weeks")


def _read(text: str, today: date, forms: Iterable[Form], hint: str, *, past: bool) -> date:
    try:
        day = _matched(_compact(text), today, forms, past=past)
    except (KeyError, ValueError, OverflowError):
        raise _no_date(text, _("this date does not exist")) from None
    if day is None:
        raise _no_date(text, hint)
    return day


def _compact(text: str) -> str:
    return re.sub(r"\s+", " ", unicodedata.normalize("NFKC", text).strip().lower())


def _matched(compact: str, today: date, forms: Iterable[Form], *, past: bool) -> date | None:
    for pattern, read in forms:
        # Compiled one by one, and cached by `re`: compiling all takes longer than starting Python.
        if match := re.fullmatch(pattern, compact):
            return read(match, today, past)
    return None


def _no_date(text: str, hint: str) -> CrmError:
    return usage("date-format", _("'{value}' is not a date").format(value=text), hint)


def _number(text: str) -> int:
    if text.isdigit() or text in _WORDS:
        return _WORDS.get(text) or int(text)
    tens, ten, ones = text.rpartition("十")
    return (_DIGITS[tens] if tens else 1) * 10 * bool(ten) + (_DIGITS[ones] if ones else 0)


def _full(match: re.Match[str], _today: date, _past: bool) -> date:
    return date(*(int(part) for part in match.groups()))


def _chinese(match: re.Match[str], today: date, past: bool) -> date:
    year, month, day = match.groups()
    if year:
        return date(_year(year, today), _number(month), _number(day))
    return _nearest(_number(month), _number(day), today, past=past)


def _day_first(match: re.Match[str], today: date, past: bool) -> date | None:
    """The day of `5.12.` or `5.12.2026`: with a point after both, the month is always second."""
    return _on_day(match, today, past, 1, 2)


def _day_or_month_first(match: re.Match[str], today: date, past: bool) -> date | None:
    days = _either(match[0], today, past=past)
    return days.pop() if len(days) == 1 else None


def _either(compact: str, today: date, *, past: bool) -> set[date]:
    """The possible days of two numbers with a slash between them."""
    match = re.fullmatch(_SLASHES, compact)
    days = (_on_day(match, today, past, day, month) for day, month in ((1, 2), (2, 1))) if match else ()
    return {day for day in days if day}


def _on_day(match: re.Match[str], today: date, past: bool, day: int, month: int) -> date | None:
    """The date of these groups' day and month; None if there is no such date."""
    try:
        if match["year"]:
            return date(int(match["year"]), int(match[month]), int(match[day]))
        return _nearest(int(match[month]), int(match[day]), today, past=past)
    except ValueError:
        return None


def _month_and_day(match: re.Match[str], today: date, past: bool) -> date:
    return _nearest(int(match[1]), int(match[2]), today, past=past)


def _nearest(month: int, day: int, today: date, *, past: bool) -> date:
    date(2000, month, day)  # a leap year: raises ValueError for a day that no year has
    # Eight years: 29 February 1896 was followed by one in 1904.
    for distance in range(9):
        year = today.year - distance if past else today.year + distance
        if day == 29 and month == 2 and not calendar.isleap(year):
            continue
        candidate = date(year, month, day)
        if (candidate <= today) if past else (candidate >= today):
            return candidate
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
        return months_later(today, count * _MONTHS[unit])
    return today + timedelta(days=count * (7 if unit == "week" else 1))


def _year(text: str, today: date) -> int:
    """A year in digits, or a word such as 明年 by its first character."""
    if text in _YEARS:
        return today.year + _YEARS[text]
    return int("".join(str(_DIGITS.get(digit, digit)) for digit in text))


def _english(match: re.Match[str], today: date, past: bool) -> date:
    month, day = _MONTH_NAMES[match["name"]], int(match["day"])
    return date(int(match["year"]), month, day) if match["year"] else _nearest(month, day, today, past=past)


def _end(match: re.Match[str], today: date, _past: bool) -> date:
    """The last day of this month, quarter or year, or of one before or after."""
    months = _MONTHS[_UNITS[match["unit"]]]
    which = match.groupdict().get("which") or ""
    steps = which.count("下") - which.count("上") + (which == "next ") - (which == "last ")
    return _last_day(today.year, today.month - (today.month - 1) % months + months - 1 + steps * months)


def _end_of_named(match: re.Match[str], today: date, past: bool) -> date:
    """The last day of a month or quarter by number or name, or of a year; without a year the nearest one."""
    parts = {key: text for key, text in match.groupdict().items() if text}
    if "quarter" in parts:
        month = 3 * _number(parts["quarter"])
    else:
        month = _MONTH_NAMES[parts["name"]] if "name" in parts else _number(parts.get("month", "12"))
    date(2000, month, 1)  # raises ValueError for a month that no year has
    if "year" in parts:
        return _last_day(_year(parts["year"], today), month)
    ends = (_last_day(today.year + distance, month) for distance in ((0, -1) if past else (0, 1)))
    return next(end for end in ends if (end <= today if past else end >= today))


def _last_day(year: int, month: int) -> date:
    """The last day of a month; month 13 is in the next year."""
    years, month = divmod(year * 12 + month - 1, 12)
    return date(years, month + 1, calendar.monthrange(years, month + 1)[1])


def _by(match: re.Match[str], today: date, past: bool) -> date | None:
    """The day of a deadline; None for a past one such as 上周五前."""
    rest = next(text for text in match.groups() if text)
    return None if re.match("[上去前昨]|last ", rest) else _matched(rest, today, _ENDED, past=past)


def _within(match: re.Match[str], today: date, _past: bool) -> date:
    return _on(today, _number(match["count"]), _UNITS[match["unit"]])


def _ago(match: re.Match[str], today: date, _past: bool) -> date:
    return _on(today, -_number(match["count"]), _UNITS[match["unit"]])


def _beginning(match: re.Match[str], today: date, _past: bool) -> date:
    """The first day of this week, month, quarter or year, or of one before."""
    which, unit = match["which"], _UNITS[match["unit"]]
    back = which.count("上") + (which[:4] in ("last", "去"))
    if unit == "week":
        return today - timedelta(days=today.weekday(), weeks=back)
    first = {"month": today.month, "quarter": today.month - (today.month - 1) % 3, "year": 1}[unit]
    return months_later(today.replace(month=first, day=1), -back * _MONTHS[unit])


def _ending(match: re.Match[str], today: date, past: bool) -> date:
    """The last day of such a period."""
    return min(today, _on(_beginning(match, today, past), 1, _UNITS[match["unit"]]) - timedelta(days=1))


def _first_of_named(match: re.Match[str], today: date, _past: bool) -> date:
    """The first day of a week, month, quarter or year by number or name; without a year, the latest that has begun."""
    parts = {key: text for key, text in match.groupdict().items() if text}
    if "week" in parts:
        return date.fromisocalendar(int(parts["year"]), int(parts["week"]), 1)
    month = 3 * _number(parts["quarter"]) - 2 if "quarter" in parts else _number(parts.get("month", "1"))
    month = _MONTH_NAMES[parts["name"]] if "name" in parts else month
    if "year" in parts:
        return date(_year(parts["year"], today), month, 1)
    first = date(today.year, month, 1)
    return first if first <= today else date(today.year - 1, month, 1)


def _last_of_named(match: re.Match[str], today: date, past: bool) -> date:
    """The last day of such a period."""
    parts, first = match.groupdict(), _first_of_named(match, today, past)
    if parts.get("week"):
        return min(today, first + timedelta(days=6))
    months = 3 if parts.get("quarter") else 1 if parts.get("month") or parts.get("name") else 12
    return min(today, _last_day(first.year, first.month + months - 1))


_WEEKDAY_NAMES = "|".join(sorted((name for name in _WEEKDAYS if name.isascii()), key=len, reverse=True))
_UNIT_NAMES = "|".join(sorted(_UNITS, key=len, reverse=True))
_ENGLISH = "|".join(sorted(_WORDS, key=len, reverse=True))
_COUNT = rf"\d{{1,3}}|[一二两三四五六七八九十]+|(?:{_ENGLISH})(?= )"
_SLASHES = r"(\d{1,2})/(\d{1,2})(?:/(?P<year>\d{4}))?"
#: A count and its unit: `6月` is June and `三季度` the third quarter, `6个月` and `三个季度` are counts.
_SO_MANY = rf"(?P<count>{_COUNT}) ?(?:个|(?!月|季度))(?P<unit>{_UNIT_NAMES})"
_MONTH = "|".join(sorted(_MONTH_NAMES, key=len, reverse=True))
_FOUR = r"[\d〇零一二三四五六七八九]{4}"
_IN_YEAR = rf"(?:(?P<year>{_FOUR}|[今明后去前]) ?年 ?)?"
_EARLY: tuple[Form, ...] = (
    (r"(\d{4})([-/.])(\d{1,2})\2(\d{1,2})", lambda m, _t, _p: date(int(m[1]), int(m[3]), int(m[4]))),
    (r"(\d{4})(\d\d)(\d\d)", _full),
    (rf"(?:({_FOUR}|[今明后去前]) ?年 ?)?({_NUMBER}) ?月 ?({_NUMBER}) ?[日号]?", _chinese),
    (r"(\d{1,2})-(\d{1,2})", _month_and_day),
    (r"(\d{1,2})\. ?(\d{1,2})\.(?: ?(?P<year>\d{4}))?", _day_first),
    (_SLASHES, _day_or_month_first),
    (rf"(?P<name>{_MONTH})\.? (?P<day>\d{{1,2}})(?:st|nd|rd|th)?(?:,? (?P<year>\d{{4}}))?", _english),
    (rf"(?P<day>\d{{1,2}})(?:st|nd|rd|th)?(?: of)? (?P<name>{_MONTH})\.?(?:,? (?P<year>\d{{4}}))?", _english),
    ("|".join(_DAYS), _named),
    (r"(?P<which>[上下]{1,3}个?|[这本])?(?:周|星期|礼拜)(?P<name>[一二三四五六日天])", _weekday),
    (rf"(?P<which>next |last |this )?(?P<name>{_WEEKDAY_NAMES})", _weekday),
)
_LAST: tuple[Form, ...] = (
    (r"(?P<which>[上下]{1,2}个?|[这本]个?)?(?P<unit>月|季度|年)[底末]", _end),
    (r"(?:the )?end of (?P<which>this |next |last |the )?(?P<unit>month|quarter|year)", _end),
    (r"(?:this )?(?P<unit>month|quarter|year)[- ]end", _end),
    (r"eo(?P<unit>[mqy])", _end),
    (rf"{_IN_YEAR}(?P<month>{_NUMBER}) ?月份?[底末]", _end_of_named),
    (rf"{_IN_YEAR}第?(?P<quarter>[1-4一二三四]) ?季度[底末]", _end_of_named),
    (rf"{_IN_YEAR}q(?P<quarter>[1-4]) ?[底末]", _end_of_named),
    (rf"(?P<year>{_FOUR}|[今明后去前]) ?年 ?年?[底末]", _end_of_named),
    (rf"(?:the )?end of (?P<name>{_MONTH})(?:,? (?P<year>\d{{4}}))?", _end_of_named),
    (r"(?:the )?end of q(?P<quarter>[1-4])(?:,? (?P<year>\d{4}))?", _end_of_named),
    (r"(?:the )?end of (?P<year>\d{4})", _end_of_named),
)
_ENDED = (*_EARLY, *_LAST)
_FORMS: tuple[Form, ...] = (
    *_EARLY,
    (r"(?P<sign>[+-])(?P<count>\d{1,5})(?P<unit>[dwmy天周月年])", _distance),
    # `5日前` may be before the fifth, or five days ago.
    (rf"(?!.*日 ?[之以]?前){_SO_MANY} ?(?P<way>之?[前后]|以[前后]|ago|from (?:now|today))", _distance),
    (rf"(?P<way>in) (?P<count>{_COUNT}) (?P<unit>{_UNIT_NAMES})", _distance),
    *_LAST,
)
#: Deadlines. In Chinese the day itself is included; `before friday` is ambiguous.
_DEADLINES: tuple[Form, ...] = (
    (r"(?:by|no later than|on or before|until) (.+)|before ((?:the )?end of .+|eo[mqy])", _by),
    (r"(?:在|于|最晚|最迟|不晚于) ?(.+?) ?(?:之前|以前|前)?|(.+?) ?(?:之前|以前|前)", _by),
    (r"(?P<which>[这本]个?)?(?P<unit>月|季度|年)[之以]?内", _end),
    (rf"{_IN_YEAR}(?P<month>{_NUMBER}) ?月份?[之以]?内", _end_of_named),
    (rf"{_IN_YEAR}第?(?P<quarter>[1-4一二三四]) ?季度[之以]?内", _end_of_named),
    (rf"(?P<year>{_FOUR}|[今明]) ?年[之以]?内", _end_of_named),
    (rf"{_SO_MANY} ?[之以]?内", _within),
    (rf"within (?P<count>{_COUNT}) (?P<unit>{_UNIT_NAMES})", _within),
)
#: Texts that mean more than one day, or an uncertain one.
_SEVERAL = (
    r"旬|[年月]初|[年月]中|半年|周末|工作日|左右|上下|约|内$|季度?前?$|\d[月年]份?前?$|[前后]$|^\d{4}-\d\d$|[上下本]个?[周月]$"
    r"|\b(?:early|mid|late|around|about|before|end|h[12]|q[1-4]|weekend|week|month|quarter|year)\b"
    rf"|^(?:by )?(?:{_MONTH})(?: \d{{4}})?$"
)
#: Periods: `5月`, `5日` and `2024年` aren't, but a month, a day of one and a year.
_SPANS: tuple[Form, ...] = (
    (r"(?P<which>last[ -]|this[ -])(?P<unit>week|month|quarter|year)", _beginning),
    (r"(?P<which>上{1,3}|[本这去今])个?(?P<unit>周|星期|礼拜|月|季度|年)", _beginning),
    (rf"(?:last |past |最近|过去|近)?(?P<count>{_COUNT})(?: ?个| ?(?!月|日|季度))(?P<unit>{_UNIT_NAMES})", _ago),
)
#: Weeks, months, quarters and years by number or name: `2026-W48`, `2026-11`, `11月`, `Q3 2026`, `2026`.
_NAMED_SPANS = (
    r"(?P<year>\d{4})-w(?P<week>\d\d)",
    r"(?P<year>\d{4})-(?P<month>\d\d)",
    rf"{_IN_YEAR}(?P<month>{_NUMBER}) ?月份?",
    rf"(?P<name>{_MONTH})(?:,? (?P<year>\d{{4}}))?",
    r"(?P<year>\d{4})[- ]?q(?P<quarter>[1-4])",
    r"q(?P<quarter>[1-4])(?: (?P<year>\d{4}))?",
    rf"{_IN_YEAR}第?(?P<quarter>[1-4一二三四]) ?季度",
    rf"(?P<year>{_FOUR}) ?年?",
    r"(?P<year>前) ?年",
)
_STARTS: tuple[Form, ...] = (*_SPANS, *((form, _first_of_named) for form in _NAMED_SPANS))
_ENDS: tuple[Form, ...] = (
    *((form, _ending if read is _beginning else read) for form, read in _SPANS),
    *((form, _last_of_named) for form in _NAMED_SPANS),
)
