"""Hints for names typed as groups that are periods, parts of dates, colleagues or measures."""

from __future__ import annotations

from typing import TYPE_CHECKING

from crmtext.figures.stats.measures import find
from crmtext.i18n import _
from crmtext.query import path

if TYPE_CHECKING:
    from crmtext.query.filter.names import Terms

#: Options by the names that people type as a group instead of them.
_INSTEAD = {
    "--period day": ("day", "days", "daily", "日", "天", "每日", "每天"),
    "--period week": ("week", "weeks", "weekly", "周", "每周", "周次"),
    "--period month": ("month", "months", "monthly", "月", "月份", "月度", "每月"),
    "--period quarter": ("quarter", "quarters", "quarterly", "季", "季度", "每季"),
    "--period year": ("year", "years", "yearly", "年", "年份", "年度", "每年"),
    "--by transactions.date:weekday": ("weekday", "weekdays", "星期", "星期几", "周几", "礼拜几"),
    "--by transactions.date:month-of-year": ("month-of-year", "month of the year", "几月"),
    "--by interactions.by": (
        "colleague", "colleagues", "employee", "user", "同事", "员工", "人员",
    ),
    "--by owner": ("salesperson", "seller", "rep", "销售", "销售员"),
}  # fmt: skip
_TYPICAL = ("status", "owner", "opportunities.stage")


def hint(typed: str, terms: Terms, otherwise: str) -> str:
    """Return the hint for an unknown group; `otherwise` is that for an unknown path."""
    wanted = typed.strip().casefold().removeprefix("按").removeprefix("by ")
    if instead := next((form for form, every in _INSTEAD.items() if wanted in every), ""):
        return _("for example: {form}").format(form=instead)
    if name := find(wanted):
        return _("for example: {form}").format(form=f"--measure {name}")
    # All names are too many to read.
    if otherwise == path.every_name(terms):
        return _("for example: {names}; all fields: crmtext explain customer").format(names=_(", ").join(_TYPICAL))
    return otherwise
