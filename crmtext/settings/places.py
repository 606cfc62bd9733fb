"""The places of tables and settings in `crmtext.toml`, also if it is not valid TOML."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

from crmtext.values import lazy

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

_STEP = r"(?:\"(?:\\.|[^\"\\\n])*\"|'[^'\n]*'|[\w-]+)"
_NAME = rf"{_STEP}(?:[ \t]*\.[ \t]*{_STEP})*"
_HEAD = lazy.pattern(r"[ \t]*+\[++[ \t]*+([^\]\n]*+)\]")
_ENTRY = lazy.pattern(rf"[ \t]*({_NAME})[ \t]*=")
#: The parts of a value that are needed to find its end.
_PART = lazy.pattern(
    r'(?s:"""(?:\\.|[^\\])*?"{3,5}|' + r"'''.*?'{3,5})"
    # A quote without its end ends with the line.
    r'|"(?:\\.|[^"\\\n])*+"?|' + r"'[^'\n]*+'?|[\w-]+|#[^\n]*|[\[{\]}\n]|[^\"'#\w\[{\]}\n-]+|\\"
)


class Named(NamedTuple):
    """The first line of a table or setting, with the column and the parts of its name."""

    line: int
    column: int
    steps: tuple[str, ...]
    text: str


def place(text: str, table: str, key: str) -> tuple[int, int, str]:
    """Return line, column and text of the line of a setting, or of the nearest table or setting around it."""
    wanted = (*steps(table), *((key,) if key else ()))
    for length in range(len(wanted), 0, -1):
        if named := _first(text).get(wanted[:length]):
            inside = _inline(named.text[named.column - 1 :], wanted[length:])
            return named.line, named.column + inside, named.text.rstrip("\r")
    return 1, 1, ""


def line_of(text: str, name: str) -> int:
    """Return the line of a setting by its dotted name."""
    return place(text, name, "")[0]


def named_at(text: str, line: int) -> tuple[str, ...]:
    """Return the name of the table or setting that starts on a line; empty if none does."""
    return next((named.steps for named in _named(text) if named.line == line), ())


def steps(dotted: str) -> tuple[str, ...]:
    """Return the parts of a dotted name without quotes."""
    return tuple(part.strip("\"' \t") for part in re.findall(r"\"[^\"]*\"|'[^']*'|[^.]+", dotted))


@lru_cache(maxsize=1)
def _first(text: str) -> Mapping[tuple[str, ...], Named]:
    """The first place of each name and of each prefix of a name."""
    first: dict[tuple[str, ...], Named] = {}
    for named in _named(text):
        for length in range(1, len(named.steps) + 1):
            first.setdefault(named.steps[:length], named)
    return first


def _named(text: str) -> Iterator[Named]:
    """The tables and settings in order, those of a list with their number; further lines of a value are skipped."""
    inside: tuple[str, ...] = ()
    #: How many tables of a list there were: [[followup.rules]].
    counts: dict[tuple[str, ...], int] = {}
    number, at = 1, 0
    while at < len(text):
        end = start = at
        if head := _HEAD.match(text, at):
            inside = steps(head[1])
            if head[0].lstrip().startswith("[["):
                place_in_list = counts.get(inside, 0)
                counts[inside] = place_in_list + 1
                inside = (*inside, str(place_in_list))
            yield Named(number, head.start(1) - at + 1, inside, _line(text, at))
            end = head.end()
        elif entry := _ENTRY.match(text, at):
            yield Named(number, entry.start(1) - at + 1, (*inside, *steps(entry[1])), _line(text, at))
            end = _value_end(text, entry.end())
        at = text.find("\n", end) + 1 or len(text)
        number += text.count("\n", start, at)


def _line(text: str, at: int) -> str:
    end = text.find("\n", at)
    return text[at : end if end >= 0 else None]


def _value_end(text: str, at: int) -> int:
    """The end of a value; if its bracket is not closed, the start of the next setting."""
    depth = 0
    while at < len(text) and (part := _PART.match(text, at)):
        if part[0] == "\n" and (depth <= 0 or _ENTRY.match(text, part.end())):
            break
        depth += (part[0] in "[{") - (part[0] in "]}")
        at = part.end()
    return at


def _inline(line: str, rest: tuple[str, ...]) -> int:
    """The offset of a key in an inline table; 0 if it is missing."""
    match = re.search(rf"(?<![\w-]){re.escape(rest[-1])}[\"']?[ \t]*=", line) if rest else None
    return match.start() if match else 0
