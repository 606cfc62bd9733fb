"""Regular expressions that a team's schema brings along: refused where matching could take forever."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from crmtext.cells import clip
from crmtext.i18n import _

if TYPE_CHECKING:
    from collections.abc import Iterator

#: What repeats without a bound, by re's own names for it.
_REPEATS = ("MAX_REPEAT", "MIN_REPEAT")
#: More often than this is without end: within a repetition, and for one that holds another.
_MANY, _FEW = 100, 5
#: How large a pattern may be, and how re writes a repetition without end.
_LARGEST, _ENDLESS = 5000, 2**31
#: So much of a pattern is quoted.
_QUOTED = 80
#: More repetitions without end must not follow each other.
_IN_A_ROW = 2
#: How many steps of Python's own matching take less than a second or two.
_STEPS = 30_000_000


def fault(pattern: str) -> tuple[str, str] | None:
    """Why a pattern cannot be used, and what to do about it; None if it can."""
    # re's own parser is not public, but has been the same since Python 2; only it sees groups as re does.
    from re import _parser  # type: ignore[attr-defined]

    try:
        re.compile(pattern)
        parsed = _parser.parse(pattern)
    except (re.error, RecursionError, OverflowError) as error:
        said = str(error).partition(" at position")[0]
        message = _("the pattern '{pattern}' is not a regular expression: {said}").format(
            pattern=clip(pattern, _QUOTED), said=said
        )
        return message, _("look for a bracket that is not closed, or a missing backslash")
    if _size(parsed) > _LARGEST:
        message = _("the pattern '{pattern}' counts too far").format(pattern=clip(pattern, _QUOTED))
        return message, _("bound lengths with maxLength")
    if _runs_on(parsed) or any(_is_endless(inner) for inner in _repeated(parsed, _FEW)):
        message = _("the pattern '{pattern}' can take forever to match").format(pattern=clip(pattern, _QUOTED))
        return message, _("write it without a repetition inside a repetition")
    return None


def _size(parsed: Any) -> int:
    """How long a pattern is with its counted repetitions written out, as the machine that matches it does."""
    total = 0
    for name, argument in parsed:
        inner = sum(map(_size, _parts(argument))) or 1
        least, most = (int(argument[0]), int(argument[1])) if str(name) in _REPEATS else (1, 1)
        total += inner * max(least, most if most < _ENDLESS else 1, 1)
    return total


def dear(pattern: str, length: int) -> bool:
    """Whether Python could take seconds to search a text of this length: each repetition tries every length of it."""
    from re import _parser  # type: ignore[attr-defined]

    free = sum(1 for _inner in _repeated(_parser.parse(pattern), _MANY)) + (not pattern.startswith("^"))
    return bool(length**free > _STEPS)


def _runs_on(parsed: Any) -> bool:
    """Whether three repetitions without end follow each other directly: they can share one text in too many ways."""
    row = 0
    for name, argument in parsed:
        row = row + 1 if str(name) in _REPEATS and int(argument[1]) > _MANY else 0
        if row > _IN_A_ROW:
            return True
    return any(_runs_on(part) for _name, argument in parsed for part in _parts(argument))


def _is_endless(inner: Any) -> bool:
    """Whether what is repeated holds a repetition of its own, or branches that may begin alike."""
    if next(_repeated(inner, _MANY), None) is not None:
        return True
    if len(inner) and all(name in _REPEATS and argument[0] != argument[1] for name, argument in _ungrouped(inner)):
        return True
    for name, argument in _nodes(inner):
        if name == "BRANCH":
            firsts = [str(branch[0]) if len(branch) else "" for branch in argument[1]]
            literal = all(first.startswith("(LITERAL") for first in firsts)
            if not literal or len(set(firsts)) < len(firsts):
                return True
    return False


def _repeated(parsed: Any, more_than: int) -> Iterator[Any]:
    """What is repeated more often than that."""
    for name, argument in _nodes(parsed):
        if name in _REPEATS and int(argument[1]) > more_than:
            yield argument[2]


def _nodes(parsed: Any) -> Iterator[tuple[str, Any]]:
    """Every node of a parsed pattern, as its operation's name and its argument."""
    for operation, argument in parsed:
        yield str(operation), argument
        yield from _below(argument)


def _ungrouped(parsed: Any) -> Iterator[tuple[str, Any]]:
    """The nodes of a pattern, groups opened."""
    for operation, argument in parsed:
        if str(operation) == "SUBPATTERN":
            yield from _ungrouped(argument[-1])
        else:
            yield str(operation), argument


def _parts(argument: Any) -> Iterator[Any]:
    """The patterns right below a node."""
    if hasattr(argument, "getwidth"):
        yield argument
    elif isinstance(argument, tuple | list):
        for part in argument:
            yield from _parts(part)


def _below(argument: Any) -> Iterator[tuple[str, Any]]:
    if hasattr(argument, "getwidth"):
        yield from _nodes(argument)
    elif isinstance(argument, tuple | list):
        for part in argument:
            yield from _below(part)
