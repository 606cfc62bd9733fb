"""The formats of values, shared by both validators."""

from __future__ import annotations

from datetime import date, datetime
from functools import lru_cache
from typing import TYPE_CHECKING

from crmtext.values import lazy

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

# The useful part of RFC 5321, with letters of any script. Dots may be anywhere before the @: such addresses exist.
_EMAIL = lazy.pattern(r"[^\s@\"(),:;<>\[\]\\]{1,64}@(?:[^\W_](?:[\w-]{0,61}[^\W_])?\.)+[^\W\d_][\w-]{0,61}[^\W_]\Z")
_DATE = lazy.pattern(r"[0-9]{4}-[0-9]{2}-[0-9]{2}\Z")
_MOMENT = lazy.pattern(
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}[Tt][0-9]{2}:[0-9]{2}(?::[0-9]{2}(?:\.[0-9]+)?)?(?:[Zz]|[+-][0-9]{2}:[0-9]{2})\Z"
)
_URI = lazy.pattern(r"[A-Za-z][A-Za-z0-9+.-]*:[^\s<>\"{}|\\^`]+\Z")


def is_date(value: object) -> bool:
    """Whether a text is a calendar day as 2024-05-01 (RFC 3339 full-date)."""
    return not isinstance(value, str) or _is_day(value)


# Many records hold the same days.
@lru_cache(maxsize=1 << 12)
def _is_day(text: str) -> bool:
    if not _DATE.match(text):
        return False
    try:
        date.fromisoformat(text)
    except ValueError:
        return False
    return True


def is_moment(value: object) -> bool:
    """Whether a text is a time with an offset (RFC 3339 date-time)."""
    if not isinstance(value, str):
        return True
    if not _MOMENT.match(value):
        return False
    try:
        datetime.fromisoformat(value.upper())
    except ValueError:
        return False
    return True


def is_email(value: object) -> bool:
    """Whether a text can be an e-mail address, international ones included."""
    return not isinstance(value, str) or (len(value) <= 254 and _EMAIL.match(value) is not None)


def is_uri(value: object) -> bool:
    """Whether a text is a URI with a scheme."""
    return not isinstance(value, str) or _URI.match(value) is not None


FORMATS: Mapping[str, Callable[[object], bool]] = {
    "date": is_date,
    "date-time": is_moment,
    "email": is_email,
    "uri": is_uri,
}
