"""Reader for records with one entry a line, as most are: several times as fast as libyaml.

It returns the same data as the strict loader; all other YAML is left to that one.
"""

from __future__ import annotations

from functools import lru_cache
from math import isfinite
from sys import intern
from typing import TYPE_CHECKING, Any

from crmtext.text.read.scalars import STARTS, resolve
from crmtext.values import lazy

if TYPE_CHECKING:
    from collections.abc import Iterator

_KEY = r"[^\W\d][\w-]{0,60}"
#: The beginning of a map entry, up to its colon; the dash of a list may come first.
_HEAD = lazy.pattern(rf"( *+)(- )?({_KEY})")
#: A token inside brackets: punctuation, a key with its colon, a quoted text, or plain text without special characters.
_PART = lazy.pattern(
    rf"""(\ *+(?:([\[\]{{}},])|({_KEY}):(?=\ )|("[^"\\]*")|('[^']*')"""
    r"""|([^-?:,\[\]{}\#&*!|>'"%@`\ ][^,\[\]{}:\#?]*)))"""
)
_Part = tuple[str, str, str, str, str, str]
#: The first characters of values that aren't plain text.
_SIGNS = frozenset("-?:,[]{}#&*!|>'\"%@` ")
#: The beginnings of list items with a closing sign: a colon inside doesn't make a key.
_CLOSED = ("- {", "- [", '- "', "- '")
#: Deeper records are left to the strict loader, which reports the limit.
_DEEPEST = 10
_DEEPEST_BRACKETS = 2
#: No number as short as this loses a digit.
_SHORT = 15


class _RareError(Exception):
    """Only the strict loader can read this text."""


def read(text: str) -> dict[str, Any] | None:
    """Return the data of a simple text without problems; None if only the strict loader can read it."""
    if "\t" in text or " \n" in text or " \r" in text or text[-1:] == " ":
        return None
    try:
        return _lines(text.replace("\r\n", "\n").split("\n")) or None
    except _RareError:
        return None


def _lines(lines: list[str]) -> dict[str, Any]:  # noqa: C901, PLR0912 - the hot loop: no avoidable calls
    root: dict[str, Any] = {}
    # The innermost map or list that is open, the column of its entries, and those around it.
    holder: Any = root
    level = 0
    around: list[tuple[Any, int]] = []
    #: The key whose value is in the lines below.
    waiting = ""
    for line in lines:
        head, colon, written = line.partition(": ")
        spot = _spot(head) if colon else _spot(line[:-1]) if line[-1:] == ":" else _item(line)
        if spot is None:
            if (start := line.lstrip(" ")[:3])[:1] in ("", "#"):
                continue
            if start not in _CLOSED or (spot := _item(line)) is None:
                raise _RareError
        dash, column, key = spot
        at = column if dash < 0 else dash
        if waiting:
            # A list may stand in the column of the map that holds it.
            if at < level or (at == level and dash < 0) or len(around) > _DEEPEST:
                raise _RareError
            around.append((holder, level))
            holder[waiting] = {} if dash < 0 else []
            holder, level, waiting = holder[waiting], at, ""
        else:
            while level > at or (level == at and (type(holder) is list) is (dash < 0)):
                if not around:
                    raise _RareError
                holder, level = around.pop()
            if level != at:
                raise _RareError
        if not key:
            holder.append(_scalar(line[dash + 2 :]))
            continue
        if dash >= 0:
            around.append((holder, level))
            holder.append({})
            holder, level = holder[-1], column
        if key in holder:
            raise _RareError
        if colon:
            holder[key] = _scalar(written)
        else:
            waiting = key
    if waiting:
        raise _RareError
    return root


@lru_cache(maxsize=2048)
def _spot(head: str) -> tuple[int, int, str] | None:
    """The columns of a dash (-1 if none) and of the key, and the key; None if this doesn't begin an entry."""
    match = _HEAD.fullmatch(head)
    if match is None or not isinstance(resolve(match[3]), str):
        return None
    column = match.end(1)
    # All records share the same few keys: keep one copy of each.
    return (column, column + 2, intern(match[3])) if match[2] else (-1, column, intern(match[3]))


def _item(line: str) -> tuple[int, int, str] | None:
    """The same for a list item that isn't a map: its key is empty."""
    bare = line.lstrip(" ")
    column = len(line) - len(bare)
    return (column, column + 2, "") if bare[:2] == "- " else None


def _scalar(written: str) -> Any:
    """The value after a colon or a dash."""
    first = written[0]
    if first in _SIGNS:
        return _signed(written)
    if ": " in written or " #" in written or written[-1] == ":":
        raise _RareError
    # Most values that may be numbers are dates; no number has these two hyphens.
    if first not in STARTS or written[4:8:3] == "--":
        return written
    value = resolve(written)
    if isinstance(value, str):
        return value
    if value is None or len(written) > _SHORT or not isfinite(value):
        raise _RareError
    return value


def _signed(written: str) -> Any:
    """The value of a quoted text, or of a map or list in brackets."""
    first = written[0]
    if first == " ":
        return _scalar(written.lstrip(" "))
    if first in "[{":
        return _bracketed(written)
    inner = written[1:-1]
    if first not in "\"'" or len(written) == 1 or written[-1] != first or first in inner or "\\" in inner:
        raise _RareError
    return inner


def _bracketed(written: str) -> Any:
    """The map or list in brackets on one line."""
    parts = _PART.findall(written)
    if sum(len(part[0]) for part in parts) != len(written):
        raise _RareError
    ahead = iter(parts)
    value = _inside(next(ahead), ahead, 0)
    if next(ahead, None) is not None:
        raise _RareError
    return value


def _inside(part: _Part, ahead: Iterator[_Part], depth: int) -> Any:
    """The value that begins with this token."""
    _whole, sign, _key, double, single, plain = part
    if sign in ("[", "{") and depth <= _DEEPEST_BRACKETS:
        return _items(ahead, depth + 1) if sign == "[" else _entries(ahead, depth + 1)
    if double or single:
        return (double or single)[1:-1]
    if not plain:
        raise _RareError
    return _scalar(plain.rstrip(" "))


def _items(ahead: Iterator[_Part], depth: int) -> list[Any]:
    items: list[Any] = []
    part = _next(ahead)
    while part[1] != "]":
        items.append(_inside(part, ahead, depth))
        part = _after(_next(ahead), "]", ahead)
    return items


def _entries(ahead: Iterator[_Part], depth: int) -> dict[str, Any]:
    entries: dict[str, Any] = {}
    part = _next(ahead)
    while part[1] != "}":
        key = intern(part[2])
        if not key or key in entries or not isinstance(resolve(key), str):
            raise _RareError
        entries[key] = _inside(_next(ahead), ahead, depth)
        part = _after(_next(ahead), "}", ahead)
    return entries


def _after(part: _Part, closing: str, ahead: Iterator[_Part]) -> _Part:
    """The closing bracket, or the token after the comma between two entries."""
    if part[1] == closing:
        return part
    following = _next(ahead)
    if part[1] != "," or following[1] == closing:
        raise _RareError
    return following


def _next(ahead: Iterator[_Part]) -> _Part:
    part = next(ahead, None)
    if part is None:
        raise _RareError
    return part
