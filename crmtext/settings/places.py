"""Where tables and settings stand in `crmtext.toml`, also in one that cannot be read."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

from crmtext.values import lazy

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

_STEP = r"(?:\"(?:\\.|[^\"\\\n])*\"|'[^'\n]*'|[\w-]+)"
_NAME = rf"{_STEP}(?:[ \t]*\.[ \t]*{_STEP})*"
_HEAD = lazy.pattern(r"[ \t]*\[+[ \t]*([^\]\n]*?)[ \t]*\]")
_ENTRY = lazy.pattern(rf"[ \t]*({_NAME})[ \t]*=")
#: What a value is made of, as far as it tells where the value ends.
_PART = lazy.pattern(
    r'(?s:"""(?:\\.|[^\\])*?"{3,5}|' + r"'''.*?'{3,5})" + rf"|{_STEP}|#[^\n]*|[\[{{\]}}\n]|[^\"'#\w\[{{\]}}\n-]+|[\"']"
)


class Named(NamedTuple):
    """The line that begins a table or a setting, the column of its name, and the name's steps."""

    line: int
    column: int
    steps: tuple[str, ...]
    text: str


def place(text: str, table: str, key: str) -> tuple[int, int, str]:
    """The line, the column and the text of the line of a key, or of the nearest table or key that holds it."""
    wanted = (*steps(table), *((key,) if key else ()))
    for length in range(len(wanted), 0, -1):
        if each := _first(text).get(wanted[:length]):
            inside = _inline(each.text[each.column - 1 :], wanted[length:])
            return each.line, each.column + inside, each.text.rstrip("\r")
    return 1, 1, ""


def line_of(text: str, name: str) -> int:
    """The line where a setting stands, by its dotted name."""
    return place(text, name, "")[0]


def named_at(text: str, line: int) -> tuple[str, ...]:
    """The name of the table or setting that a line begins; nothing where it begins none."""
    return next((each.steps for each in _named(text) if each.line == line), ())


def steps(dotted: str) -> tuple[str, ...]:
    """The parts of a dotted name, quotes taken off."""
    return tuple(part.strip("\"' \t") for part in re.findall(r"\"[^\"]*\"|'[^']*'|[^.]+", dotted))


@lru_cache(maxsize=1)
def _first(text: str) -> Mapping[tuple[str, ...], Named]:
    """By each name, and each beginning of one, where it stands first."""
    found: dict[tuple[str, ...], Named] = {}
    for each in _named(text):
        for length in range(1, len(each.steps) + 1):
            found.setdefault(each.steps[:length], each)
    return found


def _named(text: str) -> Iterator[Named]:
    """The tables and settings in their order; lines of a value that has several begin none."""
    inside: tuple[str, ...] = ()
    number, at = 1, 0
    while at < len(text):
        end = start = at
        if head := _HEAD.match(text, at):
            inside = steps(head[1])
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
    """Where a value ends; of one whose bracket is not closed, before the next setting."""
    depth = 0
    while at < len(text) and (part := _PART.match(text, at)):
        if part[0] == "\n" and (depth <= 0 or _ENTRY.match(text, part.end())):
            break
        depth += (part[0] in "[{") - (part[0] in "]}")
        at = part.end()
    return at


def _inline(line: str, rest: tuple[str, ...]) -> int:
    """How far on in a line a key stands that is written in braces; 0 where it is not there."""
    match = re.search(rf"(?<![\w-]){re.escape(rest[-1])}[\"']?[ \t]*=", line) if rest else None
    return match.start() if match else 0
