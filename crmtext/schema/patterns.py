"""Regular expressions that a team's schema brings along: refused where matching could take without end."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from crmtext.i18n import _

#: What repeats without a bound, by re's own names for it.
_REPEATS = ("MAX_REPEAT", "MIN_REPEAT")
_MANY = 100


def fault(pattern: str) -> str:
    """Why a pattern cannot be used, as the rest of a sentence; empty if it can."""
    # re's own parser is not public, but has been the same since Python 2; only it sees groups as re does.
    from re import _parser  # type: ignore[attr-defined]

    try:
        re.compile(pattern)
        parsed = _parser.parse(pattern)
    except (re.error, RecursionError, OverflowError) as error:
        return _("is no regular expression ({said})").format(said=str(error).partition(" at position")[0])
    if any(_is_endless(inner) for _op, inner in _repetitions(parsed)):
        return _("can take without end to match")
    return ""


def _is_endless(inner: Any) -> bool:
    """Whether what is repeated holds a repetition of its own, or branches that may begin alike."""
    if any(True for _repetition in _repetitions(inner)):
        return True
    for name, argument in _nodes(inner):
        if name == "BRANCH":
            firsts = [str(branch[0]) if len(branch) else "" for branch in argument[1]]
            literal = all(first.startswith("(LITERAL") for first in firsts)
            if not literal or len(set(firsts)) < len(firsts):
                return True
    return False


def _repetitions(parsed: Any) -> Iterator[tuple[str, Any]]:
    """Each repetition that has no bound worth the name, with what it repeats."""
    for name, argument in _nodes(parsed):
        if name in _REPEATS and int(argument[1]) > _MANY:
            yield name, argument[2]


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
