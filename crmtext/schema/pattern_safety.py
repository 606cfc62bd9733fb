"""Regular expressions that a team's schema brings along: rejected where matching could take forever."""

from __future__ import annotations

import re
from functools import cache
from typing import Any

from crmtext.i18n import _
from crmtext.schema.pattern_ambiguity import Cost, TooLargeError, UnknownError, Work, cost
from crmtext.terminal.width import clip

#: The longest pattern, and the longest one with its counted repetitions written out.
_LONGEST, _LARGEST = 2000, 5000
#: What repeats without a bound, as re writes it.
_ENDLESS = 2**31
#: So much of a pattern is quoted.
_QUOTED = 80
#: In how many ways repetitions with a bound may share one text; by what power of its length the time may grow; and how
#: many repetitions without a bound may follow each other directly.
_MOST_WAYS, _MOST_DEGREE, _MOST_ADJACENT = 1000, 3, 2


def fault(pattern: str, work: Work) -> tuple[str, str] | None:
    """Why a pattern cannot be used, and what to do about it; None if it can."""
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
        found = cost(parsed, work)
    except (re.error, RecursionError, OverflowError) as error:
        said = str(error).partition(" at position")[0]
        message = _("the pattern '{pattern}' is not a valid regular expression: {said}").format(
            pattern=shown, said=said
        )
        return message, _("check for an unclosed bracket or a missing backslash")
    except TooLargeError:
        return too_large
    except UnknownError:
        message = _("the pattern '{pattern}' uses lookaround or a backreference").format(pattern=shown)
        return message, _("don't use (?=…), (?!…), (?<…) or \\1; for rules over several fields, use if and then")
    return _slow(found, shown)


def _slow(found: Cost, shown: str) -> tuple[str, str] | None:
    if found.exponential:
        message = _("the pattern '{pattern}' can be very slow: a repeated part can match the same text in two ways")
        hint = _("don't nest repetitions: a+ instead of (a+)+, [ab]* instead of (a|[ab])*")
    elif found.ways > _MOST_WAYS:
        message = _(
            "the pattern '{pattern}' can be very slow: its repetitions can share the same text in too many ways"
        )
        hint = _(
            "put a character between them that neither matches, or combine them: a{2,200} instead of a{1,100}a{1,100}"
        )
    elif found.degree > _MOST_DEGREE or found.adjacent > _MOST_ADJACENT:
        message = _("the pattern '{pattern}' can be very slow: too many unlimited repetitions match the same text")
        hint = _("exclude the separator: [^,]*,[^,]*,[^,]* instead of .*,.*,.*")
    else:
        return None
    return message.format(pattern=shown), hint


@cache
def _cost(pattern: str) -> Cost:
    return cost(_parsed(pattern), Work())


def steps(pattern: str, length: int) -> int:
    """The most steps, up to a small factor, that Python takes to search a text of this length."""
    return _cost(pattern).steps(length)


def _parsed(pattern: str) -> Any:
    # re's own parser is not public, but has been the same since Python 2; only it sees groups as re does.
    from re import _parser  # type: ignore[attr-defined]

    return _parser.parse(pattern)


def _size(parsed: Any) -> int:
    """How long a pattern is with its counted repetitions written out, as the machine that matches it does."""
    total = 0
    for name, argument in parsed:
        inner = sum(map(_size, _parts(argument))) or 1
        least, most = (int(argument[0]), int(argument[1])) if str(name).endswith("_REPEAT") else (1, 1)
        total += inner * max(least, most if most < _ENDLESS else 1, 1)
    return total


def _parts(argument: Any) -> list[Any]:
    """The patterns right below a node."""
    if hasattr(argument, "getwidth"):
        return [argument]
    return [part for below in argument for part in _parts(below)] if isinstance(argument, tuple | list) else []
