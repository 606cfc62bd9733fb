"""Problems of `[followup]`: its rules, holidays and workdays."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from crmtext.i18n import _
from crmtext.settings import rule_tables
from crmtext.settings.problems import entry_problem, wrong_type
from crmtext.terminal.width import printable
from crmtext.values.workdays import Days, days

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from crmtext.problem import Problem

#: A longer holiday has a wrong year.
_LONGEST = 100
_SATURDAY = 5


def problems(text: str, content: Mapping[str, Any]) -> Iterator[Problem]:
    """Yield the problems of the rules and of the calendar."""
    if "rules" in content:
        yield from rule_tables.problems(text, content["rules"], rule_tables.FOLLOW_UP)
    lists = {key: content[key] for key in ("holidays", "workdays") if key in content}
    wrong = {key for key, value in lists.items() if not _is_list_of_days(value)}
    for key in sorted(wrong):
        yield wrong_type(text, key, "followup", lists[key], _("a list of days"))
    holidays, workdays = (
        () if key in wrong else tuple(map(str, lists.get(key, ()))) for key in ("holidays", "workdays")
    )
    if holidays or workdays:
        yield from _calendar(text, holidays, workdays)


def _is_list_of_days(value: Any) -> bool:
    """Whether it is a list of texts, or of TOML's own dates."""
    return isinstance(value, list) and all(isinstance(item, str | date) for item in value)


def _calendar(text: str, holidays: tuple[str, ...], workdays: tuple[str, ...]) -> Iterator[Problem]:
    #: The entry that lists each day.
    free: dict[date, str] = {}
    yield from _holidays(text, holidays, free)
    yield from _workdays(text, workdays, free)


def _holidays(text: str, entries: tuple[str, ...], free: dict[date, str]) -> Iterator[Problem]:
    for number, entry in enumerate(entries):
        period = _days(entry)
        if period is None:
            message = _not_a_day(entry)
            hint = _("write 2026-12-25, or 2026-10-01/2026-10-07 for several days")
            yield entry_problem(text, "holidays", "followup", entries, number, message, hint)
            continue
        if period.length > _LONGEST:
            message = _("a holiday of {n} days: {value}").format(n=period.length, value=entry)
            yield entry_problem(text, "holidays", "followup", entries, number, message, _("check the year"))
            continue
        every = [period.first + timedelta(n) for n in range(period.length)]
        if twice := next((day for day in every if day in free), None):
            message = _("{day} is a holiday twice: {one} and {other}")
            message = message.format(day=twice, one=free[twice], other=entry)
            yield entry_problem(text, "holidays", "followup", entries, number, message, _("list each day once"))
        free.update((day, free.get(day, entry)) for day in every)


def _workdays(text: str, entries: tuple[str, ...], free: Mapping[date, str]) -> Iterator[Problem]:
    for number, entry in enumerate(entries):
        period = _days(entry)
        day = period.first if period and period.length == 1 else None
        if day is None:
            message, hint = _not_a_day(entry), _("write each day, such as 2026-10-10")
        elif day.weekday() < _SATURDAY:
            message = _("{day} is not a Saturday or Sunday").format(day=day)
            hint = _("Monday to Friday are working days anyway; delete it")
        elif day in free:
            message = _("{day} is both a workday and a holiday: {value}").format(day=day, value=free[day])
            hint = _("remove it from one of the two")
        elif entry in entries[:number]:
            message, hint = _("{day} is a workday twice").format(day=day), _("list each day once")
        else:
            continue
        yield entry_problem(text, "workdays", "followup", entries, number, message, hint)


def _days(entry: str) -> Days | None:
    try:
        return days(entry)
    except ValueError:
        return None


def _not_a_day(entry: str) -> str:
    return _("'{value}' is not a day").format(value=printable(entry[:40]))
