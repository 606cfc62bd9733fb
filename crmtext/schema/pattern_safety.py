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
    too_large = _("the pattern '{pattern}' counts too far").format(pattern=shown), _("bound lengths with maxLength")
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
        message = _("the pattern '{pattern}' is not a regular expression: {said}").format(pattern=shown, said=said)
        return message, _("look for a bracket that is not closed, or a missing backslash")
    except TooLargeError:
        return too_large
    except UnknownError:
        message = _("the pattern '{pattern}' looks ahead or back, or repeats what a group found").format(pattern=shown)
        return message, _("write it without (?=…), (?!…), (?<…) and \\1; rules of several fields are if and then")
    return _slow(found, shown)


def _slow(found: Cost, shown: str) -> tuple[str, str] | None:
    if found.exponential:
        message = _(
            "the pattern '{pattern}' can take forever to match: a repetition repeats what can match in two ways"
        )
        hint = _("write it without a repetition inside a repetition: a+ for (a+)+, [ab]* for (a|[ab])*")
    elif found.ways > _MOST_WAYS:
        message = _("the pattern '{pattern}' can take forever to match: repetitions can share a text in too many ways")
        hint = _("put a sign between them that neither matches, or make one of them: a{2,200} for a{1,100}a{1,100}")
    elif found.degree > _MOST_DEGREE or found.adjacent > _MOST_ADJACENT:
        message = _(
            "the pattern '{pattern}' can take forever to match: too many repetitions without end match one text"
        )
        hint = _("say what stands between them: [^,]*,[^,]*,[^,]* for .*,.*,.*")
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
