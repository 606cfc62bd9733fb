"""Days of cells: ISO, Chinese, American and European notations, serial numbers of spreadsheets, times with a zone."""

from __future__ import annotations

import calendar
import math
import re
from datetime import UTC, date, datetime, time, timedelta, timezone, tzinfo
from typing import TYPE_CHECKING, NamedTuple

from crmtext.i18n import _
from crmtext.importers.values import plain_text
from crmtext.importers.values.outcome import EMPTY, Outcome, Yearless, bad
from crmtext.problem import CrmError
from crmtext.values import dates, lazy, times

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from crmtext.importers.sheet import Cell

#: Day 0 of the serial numbers of spreadsheets, and the first and last one that is a date here: 1954 to 2119.
_ZERO, _FIRST, _LAST = date(1899, 12, 30), 20_000, 80_000
_TIME = lazy.pattern(
    r"[T ,]\s*(?P<half>上午|下午)?\s*(?P<h>\d{1,2})[:：](?P<m>\d{2})(?:[:：](?P<s>\d{2})(?:[.,]\d+)?)?"
    r"\s*(?P<ampm>[AP]\.?M\.?)?\s*(?P<zone>Z|UTC|GMT|\(?(?:UTC|GMT)?[+-]\d{1,2}:?(?:\d{2})?\)?)?$",
    re.IGNORECASE,
)
_ISO = lazy.pattern(r"(\d{4})\s*[-/.年]\s*(\d{1,2})\s*[-/.月]\s*(\d{1,2})\s*[日号]?")
_DIGITS = lazy.pattern(r"(\d{4})(\d\d)(\d\d)")
_TWO_FIRST = lazy.pattern(r"(\d{1,2})([/.-])(\d{1,2})\2(\d{4}|\d{2})")
_MONTHS = {name.lower(): at for at, name in enumerate(calendar.month_name) if name}
_MONTHS |= {name[:3]: at for name, at in _MONTHS.items()} | {"sept": 9}
_NAMES = "|".join(sorted(_MONTHS, key=len, reverse=True))
_MONTH_DAY = lazy.pattern(
    rf"(?P<name>{_NAMES})\.?[ -](?P<day>\d{{1,2}})(?:st|nd|rd|th)?,?[ -](?P<year>\d{{4}}|\d{{2}})", re.IGNORECASE
)
_DAY_MONTH = lazy.pattern(
    rf"(?P<day>\d{{1,2}})(?:st|nd|rd|th|\.)?[ -](?P<name>{_NAMES})\.?,?[ -](?P<year>\d{{4}}|\d{{2}})", re.IGNORECASE
)
_WEEKDAY = lazy.pattern(
    r"(?:(?:mon|tue|wed|thu|fri|sat|sun)[a-z]*,?\s+)|\s*[(（]?(?:星期|周)[一二三四五六日天][)）]?(?=\s|$)",
    re.IGNORECASE,
)
_NO_DAY = lazy.pattern(
    r"0+[-/.]0+[-/.]0+(?:[ T]0+:0+(?::0+)?)?|0+(?:\.0+)?|无|暂无|未知|none|永久|never", re.IGNORECASE
)
_YEARLESS = lazy.pattern(
    rf"\d{{1,2}}\s*月\s*\d{{1,2}}\s*[日号]?|\d{{1,2}}-\d{{1,2}}|(?:{_NAMES})\.? \d{{1,2}}(?:st|nd|rd|th)?"
    rf"|\d{{1,2}}(?:st|nd|rd|th|\.)? (?:{_NAMES})\.?",
    re.IGNORECASE,
)
_WITH_YEAR = lazy.pattern(r".*(?:\d{4}|[〇零一二三四五六七八九]{4}\s*年).*", re.DOTALL)
_STAMP = lazy.pattern(r"1\d{9}(?:\d{3})?(?:\.0)?")


class Order(NamedTuple):
    """Whether the day comes first in a column's dates such as `01/02/2024`; None if nothing decides it."""

    day_first: bool | None = None
    #: Whether the cells of the column say so for certain.
    certain: bool = False


def order_of(cells: Iterable[Cell], *, day_first: bool | None, american: bool) -> Order:
    """Return the order of day and month in a column, by a value above 12, else by the option or the source."""
    has_day = has_month = False
    for cell in cells:
        if isinstance(cell, str) and (match := _TWO_FIRST.match(cell.strip())):
            one, two = int(match[1]), int(match[3])
            # `24/05/01` may begin with the year.
            has_day |= 12 < one <= 31 and two <= 12 and len(match[4]) == 4
            has_month |= 12 < two <= 31 and one <= 12
    if has_day != has_month:
        return Order(has_day, certain=True)
    return Order(day_first if day_first is not None else False if american and not has_day else None)


class Days:
    """Reads the days of one column."""

    def __init__(
        self,
        order: Callable[[], Order],
        *,
        today: date,
        zone: tzinfo | None,
        source_zone: tzinfo | None,
        ambiguous: Callable[[str], Outcome],
    ) -> None:
        self._order, self._today = order, today
        self._zone, self._source = zone, source_zone
        self._ambiguous = ambiguous

    def __call__(self, cell: Cell) -> Outcome:
        """Return the day of a cell."""
        if isinstance(cell, bool):
            return _no_date()
        if isinstance(cell, datetime):
            return _day(self._local(cell))
        if isinstance(cell, date):
            return _day(cell)
        if isinstance(cell, (int, float)):
            return self._number(cell)
        text = plain_text.narrow(plain_text.read(cell).text)
        return self._text(text) if text else EMPTY

    def _number(self, number: float) -> Outcome:
        if number == 0 or math.isnan(number):
            return EMPTY
        if _FIRST <= number < _LAST:
            return _day(_ZERO + timedelta(days=int(number)), _("serial number to date"))
        return self._text(str(int(number)) if abs(number) < 1e15 else str(number))

    def _text(self, text: str) -> Outcome:
        if _NO_DAY.fullmatch(text):
            return EMPTY
        bare = plain_text.whole(text)
        if re.fullmatch(r"\d{5}(?:\.\d+)?", text) and _FIRST <= float(text) < _LAST:
            return _day(_ZERO + timedelta(days=int(float(text))), _("serial number to date"))
        if _STAMP.fullmatch(text):
            seconds = int(bare) / (1000 if len(bare) > 10 else 1)
            return _day(self._local(datetime.fromtimestamp(seconds, UTC)), _("timestamp to date"))
        text = _WEEKDAY.sub("", text).strip()
        clock = _TIME.search(text)
        try:
            result = self._date(text[: clock.start()].strip(" ,") if clock else bare)
            if not isinstance(result, date):
                return result
            return _day(self._local(_at(result, clock))) if clock else _day(result)
        except (ValueError, OverflowError):
            return bad(_("this date does not exist"), _("enter a date such as 2024-05-01"))

    def _date(self, text: str) -> date | Outcome:
        if match := _ISO.fullmatch(text) or _DIGITS.fullmatch(text):
            return date(int(match[1]), int(match[2]), int(match[3]))
        if match := _TWO_FIRST.fullmatch(text):
            return self._two_first(match)
        if match := _MONTH_DAY.fullmatch(text) or _DAY_MONTH.fullmatch(text):
            return date(_year(match["year"]), _MONTHS[match["name"].lower()], int(match["day"]))
        if _WITH_YEAR.fullmatch(text):
            try:
                return dates.parse(text, self._today)
            except CrmError:
                return _no_date()
        return Outcome(Yearless(text)) if _YEARLESS.fullmatch(text) else _no_date()

    def _two_first(self, match: re.Match[str]) -> date | Outcome:
        one, two, year = int(match[1]), int(match[3]), _year(match[4])
        order = self._order()
        if match[2] == ".":
            day_first: bool | None = True
        elif one == two and len(match[4]) == 4:
            day_first = True
        elif two > 12 >= one:
            day_first = False
        elif one > 12 and len(match[4]) == 4:
            day_first = True
        else:
            day_first = order.day_first if one <= 12 or order.day_first else None
        if day_first is None:
            return self._ambiguous(match[0])
        return date(year, two, one) if day_first else date(year, one, two)

    def _local(self, moment: datetime) -> date:
        """The day of a moment in the store's zone; midnight without a zone is a day, not a moment."""
        if moment.tzinfo is None:
            if self._source is None or self._source == self._zone or not (moment.hour or moment.minute):
                return moment.date()
            moment = moment.replace(tzinfo=self._source)
        try:
            return moment.astimezone(self._zone).date()
        except (OverflowError, ValueError, OSError):
            return moment.date()


def _at(day: date, clock: re.Match[str]) -> datetime:
    hour = int(clock["h"])
    half = (clock["ampm"] or clock["half"] or "").upper().replace(".", "")
    if half in ("PM", "下午") and hour < 12:
        hour += 12
    elif half in ("AM", "上午") and hour == 12:
        hour = 0
    moment = datetime(day.year, day.month, day.day, hour, int(clock["m"]), min(int(clock["s"] or 0), 59))
    return moment.replace(tzinfo=_zone(clock["zone"])) if clock["zone"] else moment


def _zone(text: str) -> tzinfo:
    match = re.search(r"([+-])(\d{1,2}):?(\d{2})?", text)
    if not match:
        return UTC
    minutes = int(match[2]) * 60 + int(match[3] or 0)
    return timezone(timedelta(minutes=-minutes if match[1] == "-" else minutes))


def _year(text: str) -> int:
    number = int(text)
    return number if len(text) == 4 else number + (2000 if number < 70 else 1900)


def _day(day: date, why: str = "") -> Outcome:
    return Outcome(day.isoformat(), why) if day.year >= 1000 else _no_date()


def _no_date() -> Outcome:
    return bad(_("not a date"), _("enter a date such as 2024-05-01"))


def time_of(cell: Cell) -> Outcome:
    """Return the time of day of a cell: of a clock, or of a fraction of a day in a spreadsheet."""
    if isinstance(cell, (datetime, time)):
        return Outcome(f"{cell:%H:%M}")
    if isinstance(cell, float) and 0 <= cell < 1:
        minutes = round(cell * 24 * 60) % (24 * 60)
        return Outcome(f"{minutes // 60:02}:{minutes % 60:02}")
    text = plain_text.narrow(plain_text.read(cell).text)
    try:
        return Outcome(times.parse(text)) if text else EMPTY
    except CrmError:
        return bad(_("not a time"), _("enter a time such as 14:30"))


def with_year(text: str, base: date) -> str:
    """Return the next day of this name on or after a day; empty if there is none."""
    try:
        return dates.parse(text, base).isoformat()
    except CrmError:
        return ""
