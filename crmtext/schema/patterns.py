"""Regular expressions that a team's schema brings along: refused where matching could take forever."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from crmtext.i18n import _

if TYPE_CHECKING:
    from collections.abc import Iterator

#: What repeats without a bound, by re's own names for it.
_REPEATS = ("MAX_REPEAT", "MIN_REPEAT")
#: More often than this is without end: within a repetition, and for one that holds another.
_MANY, _FEW = 100, 5


def fault(pattern: str) -> tuple[str, str] | None:
    """Why a pattern cannot be used, and what to do about it; None if it can."""
    # re's own parser is not public, but has been the same since Python 2; only it sees groups as re does.
    from re import _parser  # type: ignore[attr-defined]

    try:
        re.compile(pattern)
        parsed = _parser.parse(pattern)
    except (re.error, RecursionError, OverflowError) as error:
        said = str(error).partition(" at position")[0]
        message = _("the pattern '{pattern}' is not a regular expression: {said}").format(pattern=pattern, said=said)
        return message, _("look for a bracket that is not closed, or a missing backslash")
    if any(_is_endless(inner) for inner in _repeated(parsed, _FEW)):
        message = _("the pattern '{pattern}' can take forever to match").format(pattern=pattern)
        return message, _("write it without a repetition inside a repetition")
    return None


def _is_endless(inner: Any) -> bool:
    """Whether what is repeated holds a repetition of its own, or branches that may begin alike."""
    if next(_repeated(inner, _MANY), None) is not None:
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


def _below(argument: Any) -> Iterator[tuple[str, Any]]:
    if hasattr(argument, "getwidth"):
        yield from _nodes(argument)
    elif isinstance(argument, tuple | list):
        for part in argument:
            yield from _below(part)
