"""The current date and time in the store's time zone."""

from __future__ import annotations

import os
from datetime import UTC, date, datetime, timedelta, timezone, tzinfo
from pathlib import Path
from typing import TYPE_CHECKING

from crmtext.i18n import _
from crmtext.problem import usage

if TYPE_CHECKING:
    from collections.abc import Mapping

#: The first time zone to begin a day.
_FIRST = timezone(timedelta(hours=14))
#: The zones of servers and containers, which tell nothing about their users.
_NOWHERE = frozenset({
    "UTC", "UCT", "Zulu", "Universal", "GMT", "Greenwich", "GMT0", "GMT+0", "GMT-0", "Factory", "localtime",
    "posixrules",
})  # fmt: skip


def now(zone: str | None = None) -> datetime:
    """The current time in a time zone, by default the system's; `CRMTEXT_TODAY` sets the day, at noon."""
    place = time_zone(zone)
    if fixed := os.environ.get("CRMTEXT_TODAY"):
        try:
            day = date.fromisoformat(fixed)
        except ValueError:
            raise usage(
                "date-format",
                _("CRMTEXT_TODAY is '{value}', which is not a date").format(value=fixed),
                _("use the form 2024-05-01"),
            ) from None
        return datetime(day.year, day.month, day.day, 12, tzinfo=place or UTC)
    return datetime.now(place).astimezone(place)


def end_of_day(moment: float, zone: str | None = None) -> float:
    """The end of a moment's day in a time zone; without a zone, the next start of a day in any zone.

    A day set by `CRMTEXT_TODAY` has no end.
    """
    if os.environ.get("CRMTEXT_TODAY"):
        return float("inf")
    days = (datetime.fromtimestamp(moment, place) for place in ((time_zone(zone),) if zone else (None, _FIRST)))
    starts = (day.replace(hour=0, minute=0, second=0, microsecond=0) for day in days)
    return min((start + timedelta(days=1)).timestamp() for start in starts)


def latest(today: date, zone: str = "") -> date:
    """The last day that isn't in the future: without a time zone, a day that has begun anywhere.

    A `today` set by the user is returned unchanged.
    """
    if zone or os.environ.get("CRMTEXT_TODAY") or today != datetime.now().astimezone().date():
        return today
    return max(today, datetime.now(_FIRST).date())


def of_machine(environment: Mapping[str, str] = os.environ, root: Path = Path("/")) -> str:
    """The name of the machine's time zone; empty if it tells nothing about the users' location."""
    named = environment.get("TZ")
    if named is None:
        named = _zone_in(os.path.realpath(root / "etc/localtime")) or _first_line(root / "etc/timezone")
    name = _zone_in(named) or named.removeprefix(":")
    return name if name.removeprefix("Etc/") not in _NOWHERE and is_zone(name) else ""


def _zone_in(path: str) -> str:
    name = path.rpartition("/zoneinfo/")[2] if "/zoneinfo/" in path else ""
    return name.removeprefix("posix/").removeprefix("right/")


def _first_line(file_name: Path) -> str:
    try:
        with file_name.open(encoding="utf-8", errors="replace") as file:
            return file.readline(200).strip()
    except OSError:
        return ""


def is_zone(name: str) -> bool:
    """Whether this is the name of a time zone."""
    from zoneinfo import ZoneInfo

    try:
        ZoneInfo(name)
    except (ValueError, OSError, KeyError):
        return False
    return bool(name)


def time_zone(zone: str | None = None) -> tzinfo | None:
    """The time zone of this name; without a name None, which means the system's."""
    if not zone:
        return None
    from zoneinfo import ZoneInfo

    return ZoneInfo(zone)


def today(zone: str | None = None) -> date:
    """The current day in a time zone."""
    return now(zone).date()


def day_of(moment: int, zone: tzinfo | None) -> date:
    """The day of a moment (seconds since 1970) in a time zone; `date.max` if it is out of range."""
    try:
        return datetime.fromtimestamp(moment, zone).date()
    except (OverflowError, ValueError, OSError):
        return date.max
