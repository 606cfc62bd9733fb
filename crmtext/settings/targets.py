"""Targets: `[[targets]]` of the settings, and their problems."""

from __future__ import annotations

import re
from calendar import monthrange
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Any, NamedTuple

from crmtext.i18n import _
from crmtext.problem import CrmError
from crmtext.settings.problems import setting_problem, wrong_type
from crmtext.terminal.width import printable
from crmtext.values.did_you_mean import did_you_mean, nearest
from crmtext.values.money import decimal
from crmtext.values.standards import currencies

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from crmtext.problem import Problem

TARGETS = "targets"
#: The measures that a target can be set for: amounts of money, and numbers.
MONEY, NUMBERS = ("revenue", "paid_amount", "won_amount"), ("new", "signed", "followups")
_REQUIRED = ("measure", "period", "amount")
_KEYS = ("measure", "period", "owner", "amount")
_PERIOD = re.compile(r"(\d{4})(?:-(?:Q([1-4])|(0[1-9]|1[0-2])))?", re.ASCII)


class Target(NamedTuple):
    """A target of a colleague or of the team."""

    measure: str
    #: As written: `2026`, `2026-Q4` or `2026-11`.
    period: str
    amount: Decimal
    #: The handle; empty for the team.
    owner: str = ""
    #: The currency as written; empty for the store's, and for a number.
    currency: str = ""

    @property
    def is_money(self) -> bool:
        """Whether it is an amount of money."""
        return self.measure in MONEY

    @property
    def days(self) -> tuple[date, date]:
        """The first and the last day of the period."""
        return days_of(self.period) or (date.min, date.max)

    @property
    def name(self) -> str:
        """Measure, period, and owner and currency if given: no two targets have the same."""
        return " ".join(filter(None, (self.measure, self.period, self.owner, self.currency)))


def days_of(period: str) -> tuple[date, date] | None:
    """Return the first and last day of a year, a quarter or a month; None for any other text."""
    match = _PERIOD.fullmatch(period)
    if not match or not int(match[1]):
        return None
    year = int(match[1])
    first, last = (int(match[2]) * 3 - 2, int(match[2]) * 3) if match[2] else (int(match[3] or 1), int(match[3] or 12))
    return date(year, first, 1), date(year, last, monthrange(year, last)[1])


def home_currency(data: Mapping[str, Any]) -> str:
    """Return the store's currency in the data of a settings file."""
    store = data.get("store")
    given = store.get("currency") if isinstance(store, dict) else None
    return given if isinstance(given, str) else "CNY"


def target(given: Mapping[str, Any], home: str) -> Target:
    """Return a target from its table in the settings, which has no problem; `home` is the store's currency."""
    amount, currency = _amount(given["measure"], given["amount"], home) or (Decimal(0), "")
    return Target(given["measure"], given["period"], amount, given.get("owner", ""), currency)


def problems(text: str, targets: Any, data: Mapping[str, Any]) -> Iterator[Problem]:
    """Yield the problems of the targets; `data` is the whole file's."""
    if not isinstance(targets, list) or not all(isinstance(given, dict) for given in targets):
        message = _("a target is a table in two pairs of brackets: [[targets]]")
        yield setting_problem(text, TARGETS, "", message, _example())
        return
    names: set[str] = set()
    team, home = data.get("team"), home_currency(data)
    handles = tuple(team) if isinstance(team, dict) else ()
    for number, given in enumerate(targets):
        table = f"{TARGETS}.{number}"
        faults = (*_types(text, table, given), *_values(text, table, given, handles, home))
        yield from faults
        if not faults:
            name = target(given, home).name.removesuffix(f" {home}")
            if name in names:
                message = _("two targets for {name}").format(name=name)
                yield setting_problem(text, "measure", table, message, _("delete one of them"))
            names.add(name)


def _types(text: str, table: str, given: Mapping[str, Any]) -> Iterator[Problem]:
    for key, value in given.items():
        if key not in _KEYS:
            hint = did_you_mean(nearest(key, _KEYS), _("one of: {values}").format(values=", ".join(_KEYS)))
            message = _("unknown setting '{key}'").format(key=f"{TARGETS}.{printable(key)}")
            yield setting_problem(text, key, table, message, hint)
        elif key == "amount" and isinstance(value, int | float) and not isinstance(value, bool):
            hint = _('put it in quotes: amount = "{value}"').format(value=value)
            yield wrong_type(text, key, table, value, _("text"))._replace(hint=hint)
        elif not isinstance(value, str):
            yield wrong_type(text, key, table, value, _("text"))._replace(hint=_example())
    for key in _REQUIRED:
        if key not in given:
            yield setting_problem(text, "", table, _("a target has no {key}").format(key=key), _example())


def _values(text: str, table: str, given: Mapping[str, Any], team: tuple[str, ...], home: str) -> Iterator[Problem]:
    measure, period, owner, amount = (given.get(key) for key in _KEYS)
    if isinstance(measure, str) and measure not in (*MONEY, *NUMBERS):
        known = (*MONEY, *NUMBERS)
        message = _("unknown measure '{value}' of a target").format(value=printable(measure))
        hint = did_you_mean(nearest(measure, known), _("one of: {values}").format(values=", ".join(known)))
        yield setting_problem(text, "measure", table, message, hint)
    if isinstance(period, str) and days_of(period) is None:
        message = _("'{value}' is not a period").format(value=printable(period))
        yield setting_problem(text, "period", table, message, _("write 2026, 2026-Q4 or 2026-11"))
    if isinstance(owner, str) and owner not in team:
        message = _("unknown owner '{value}' of a target").format(value=printable(owner))
        hint = did_you_mean(nearest(owner, team), _("one of: {values}").format(values=", ".join(team)))
        yield setting_problem(text, "owner", table, message, hint if team else _("leave it out for the team"))
    if isinstance(measure, str) and isinstance(amount, str) and _amount(measure, amount, home) is None:
        message = _("'{value}' is not an amount above zero").format(value=printable(amount))
        if measure in NUMBERS:
            message = _("'{value}' is not a whole number above zero").format(value=printable(amount))
        hint = _('for example: amount = "{value}"').format(value="20" if measure in NUMBERS else "300000")
        yield setting_problem(text, "amount", table, message, hint)


def _amount(measure: str, written: str, home: str) -> tuple[Decimal, str] | None:
    """The amount and its currency, empty if none is written; None if it isn't one above zero."""
    number, code = currencies.of_amount(written, home)
    try:
        amount = decimal(number)
    except CrmError:
        return None
    if measure in NUMBERS and (code or amount != int(amount)):
        return None
    return (amount, code) if amount > 0 else None


def _example() -> str:
    return _('for example: [[targets]], and below it measure = "revenue", period = "2026-Q4", amount = "300000"')
