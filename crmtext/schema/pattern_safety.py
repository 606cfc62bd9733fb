"""Regular expressions of a team's schema: rejected if matching could take forever."""

from __future__ import annotations

import re
from functools import cache
from typing import Any

from crmtext.i18n import _
from crmtext.schema.pattern_ambiguity import Cost, TooLargeError, UnknownError, Work, cost
from crmtext.terminal.width import clip

#: The longest pattern, as written and with its counted repetitions expanded.
_LONGEST, _LARGEST = 2000, 5000
#: An unbounded repetition in re's parser.
_ENDLESS = 2**31
#: The most characters quoted of a pattern.
_QUOTED = 80
#: The most ways in which bounded repetitions may share one text; the highest power of its length in the time; and the
#: most unbounded repetitions that may follow each other directly.
_MOST_WAYS, _MOST_DEGREE, _MOST_ADJACENT = 1000, 3, 2


def fault(pattern: str, work: Work) -> tuple[str, str] | None:
    """Return the message and hint for an unusable pattern; None if it is usable."""
    shown = clip(pattern, _QUOTED)
    too_large = (
        _("a repetition count in the pattern '{pattern}' is too large").format(pattern=shown),
        _("limit the length with maxLength"),
    )
    if len(pattern) > _LONGEST:
        return too_large
    try:
        re.compile(pattern)
        parsed = _parsed(pattern)
        if _size(parsed) > _LARGEST:
            return too_large
        result = cost(parsed, work)
    except (re.error, RecursionError, OverflowError) as error:
        reason = str(error).partition(" at position")[0]
        message = _("the pattern '{pattern}' is not a valid regular expression: {said}").format(
            pattern=shown, said=reason
        )
        return message, _("check for an unclosed bracket or a missing backslash")
    except TooLargeError:
        return too_large
    except UnknownError:
        message = _("the pattern '{pattern}' uses lookaround or a backreference").format(pattern=shown)
        return message, _("don't use (?=…), (?!…), (?<…) or \\1; for rules over several fields, use if and then")
    return _slow(result, shown)


def _slow(result: Cost, shown: str) -> tuple[str, str] | None:
    if result.exponential:
        message = _("the pattern '{pattern}' can be very slow: a repeated part can match the same text in two ways")
        hint = _("don't nest repetitions: a+ instead of (a+)+, [ab]* instead of (a|[ab])*")
    elif result.ways > _MOST_WAYS:
        message = _(
            "the pattern '{pattern}' can be very slow: its repetitions can share the same text in too many ways"
        )
        hint = _(
            "put a character between them that neither matches, or combine them: a{2,200} instead of a{1,100}a{1,100}"
        )
    elif result.degree > _MOST_DEGREE or result.adjacent > _MOST_ADJACENT:
        message = _("the pattern '{pattern}' can be very slow: too many unlimited repetitions match the same text")
        hint = _("exclude the separator: [^,]*,[^,]*,[^,]* instead of .*,.*,.*")
    else:
        return None
    return message.format(pattern=shown), hint


@cache
def _cost(pattern: str) -> Cost:
    return cost(_parsed(pattern), Work())


def steps(pattern: str, length: int) -> int:
    """Return the most steps, up to a small factor, of Python's search in a text of this length."""
    return _cost(pattern).steps(length)


def _parsed(pattern: str) -> Any:
    # re's parser isn't public, but has been stable since Python 2, and only it parses groups exactly as re does.
    from re import _parser  # type: ignore[attr-defined]

    return _parser.parse(pattern)


def _size(parsed: Any) -> int:
    """The length of a pattern with its counted repetitions expanded, as the matcher does."""
    total = 0
    for name, argument in parsed:
        inner = sum(map(_size, _parts(argument))) or 1
        least, most = (int(argument[0]), int(argument[1])) if str(name).endswith("_REPEAT") else (1, 1)
        total += inner * max(least, most if most < _ENDLESS else 1, 1)
    return total


def _parts(argument: Any) -> list[Any]:
    """The patterns directly below a node."""
    if hasattr(argument, "getwidth"):
        return [argument]
    return [part for below in argument for part in _parts(below)] if isinstance(argument, tuple | list) else []
