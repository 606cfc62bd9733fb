"""Examine the day of the impact assessment in `privacy/pipia.md`, and that of the last review of `PRIVACY.md`."""

from __future__ import annotations

import re
from datetime import date, timedelta
from typing import TYPE_CHECKING

from crmtext.i18n import _
from crmtext.layout import ASSESSMENT, PRIVACY_PAGE, shipped
from crmtext.setup.doctor.finding import Finding, State
from crmtext.terminal.quoting import quoted
from crmtext.values import lazy

if TYPE_CHECKING:
    from collections.abc import Iterator

    from crmtext.setup.doctor.patient import Patient
    from crmtext.store import Store

_NAME = "assessment"
#: A page that is older than this is due again.
_YEAR = timedelta(days=366)
#: A line of a page that says its day: `- Date: 2026-11-29`, `- 最近复核日期：2026年11月29日`.
_LINE = lazy.pattern(
    r"^[-+* ]*(?:date|last reviewed|日期|最近复核日期)[* ]*[:：][* ]*(.*?)[* ]*\r?$", re.MULTILINE | re.IGNORECASE
)
_DAY = lazy.pattern(r"([0-9]{4})[-/.年]([0-9]{1,2})[-/.月]([0-9]{1,2})日?")


def examine(patient: Patient) -> Iterator[Finding]:
    """Yield a finding for each page that is missing, has no day, or is older than a year."""
    if patient.store is None:
        return
    for path in (ASSESSMENT, PRIVACY_PAGE):
        yield _finding(patient.store, path)


def _finding(store: Store, path: str) -> Finding:
    raw = store.read_file(path)
    if raw is None:
        message = _("'{path}' is missing").format(path=path)
        copy = f"mkdir -p {path.rpartition('/')[0] or '.'} && cp {quoted(str(shipped(path)))} {path}"
        return Finding(_NAME, State.WARNING, message, _("fill in the template: {command}").format(command=copy))
    # The languages of a page may have been reviewed on two days.
    day = max((day for day in days(raw.decode("utf-8-sig", "replace")) if day <= store.today), default=None)
    if day is None:
        message = _("'{path}' has no date yet").format(path=path)
        return Finding(
            _NAME,
            State.WARNING,
            message,
            _("fill it in, and write the date as: {line}").format(line="- Date: 2026-11-29"),
        )
    if store.today - day > _YEAR:
        message = _("'{path}' is of {date}, more than a year ago").format(path=path, date=day)
        return Finding(_NAME, State.WARNING, message, _("go through it again, and change its date"))
    return Finding(_NAME, State.FINE, _("'{path}' is of {date}").format(path=path, date=day))


def days(text: str) -> Iterator[date]:
    """Yield the days that the lines with the date of a page say; none for the template that `init` writes."""
    for match in _LINE.finditer(text):
        if number := _DAY.fullmatch(match[1]):
            try:
                yield date(*map(int, number.groups()))
            except ValueError:
                # No day of the calendar.
                continue
