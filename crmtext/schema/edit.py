"""Edits in the text of a schema: the rest stays as the team wrote it."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from crmtext.problem import Edit
from crmtext.schema.changes import ABSENT, Change, apply_changes, keyed, lookup
from crmtext.text.edit.rewrite import apply
from crmtext.values import lazy

if TYPE_CHECKING:
    from collections.abc import Iterable

_DECODER = json.JSONDecoder()
_BLANK = lazy.pattern(r"[ \t\r\n]*")


@dataclass(frozen=True, slots=True)
class Span:
    """The offsets of a value; where its entries are asked for, the start of each and the span of its value."""

    start: int
    end: int
    entries: dict[str, tuple[int, Span]] = field(default_factory=dict)


def splice(text: str, wanted: Iterable[Change], source: str) -> str:
    """Return the text with these changes, new parts formatted as in the source; reformat everything if that fails."""
    changes = tuple(wanted)
    data = apply_changes(json.loads(text), changes)
    new = text
    for change in changes:
        new = apply(new, (_edit(new, change, source),))
    if json.loads(new) == data:
        return new
    return json.dumps(data, ensure_ascii=False, indent=2) + "\n"


def _edit(text: str, change: Change, source: str) -> Edit:
    holder, last = _span(text, change.steps[:-1]), change.steps[-1]
    if change.after is ABSENT:
        return _removed(holder, last)
    if change.before is not ABSENT:
        span = holder.entries[last][1]
        return Edit(span.start, span.end, _written(change, source, _margin(text, span.start)))
    return _added(text, holder, change, source)


def _removed(holder: Span, key: str) -> Edit:
    names = list(holder.entries)
    at = names.index(key)
    start, value = holder.entries[key]
    if at + 1 < len(names):
        return Edit(start, holder.entries[names[at + 1]][0], "")
    return Edit(holder.entries[names[at - 1]][1].end if at else start, value.end, "")


def _added(text: str, holder: Span, change: Change, source: str) -> Edit:
    """The edit that adds an entry after its predecessor in the source that is present."""
    key = change.steps[-1]
    name = "" if key.startswith("[") else f"{json.dumps(key, ensure_ascii=False)}: "
    first = min((start for start, _value in holder.entries.values()), default=holder.start + 1)
    apart = text[holder.start + 1 : first]
    entry = name + _written(change, source, _margin(text, first))
    order = list(keyed(lookup(json.loads(source), change.steps[:-1])) or {})
    before = [other for other in order[: order.index(key)] if other in holder.entries] if key in order else []
    behind = before[-1] if before else next(reversed(holder.entries), "") if key.startswith("[") else ""
    if behind:
        end = holder.entries[behind][1].end
        return Edit(end, end, f",{apart or ' '}{entry}")
    return Edit(first, first, f"{entry},{apart or ' '}" if holder.entries else entry)


def _written(change: Change, source: str, margin: str) -> str:
    """A value as formatted in the source, with another margin; on one line if the source lacks it."""
    if lookup(json.loads(source), change.steps) != change.after:
        return json.dumps(change.after, ensure_ascii=False)
    span = _span(source, change.steps)
    first, *rest = source[span.start : span.end].split("\n")
    theirs = _margin(source, span.start)
    return "\n".join([first, *(margin + line.removeprefix(theirs) for line in rest)])


def _margin(text: str, at: int) -> str:
    """The indentation of an offset's line."""
    start = text.rfind("\n", 0, at) + 1
    return text[start : _BLANK.match(text, start).end()]  # type: ignore[union-attr]  # it matches the empty text too


def _span(text: str, steps: Iterable[str]) -> Span:
    """The span of the value that the steps lead to, with those of its entries."""
    span = _scan(text, _skip(text, 0))
    for step in steps:
        span = _scan(text, span.entries[step][1].start)
    return span


def _scan(text: str, start: int) -> Span:
    """The span of the value at an offset, with those of its entries; what these hold is passed over."""
    if text[start] not in "{[":
        return Span(start, _DECODER.raw_decode(text, start)[1])
    entries: dict[str, tuple[int, Span]] = {}
    at = _skip(text, start + 1)
    while text[at] not in "}]":
        begin, key = at, ""
        if text[start] == "{":
            key, at = _DECODER.raw_decode(text, at)
            at = _skip(text, _skip(text, at) + 1)
        value, end = _DECODER.raw_decode(text, at)
        entries[key or _named(value, len(entries))] = begin, Span(at, end)
        at = _skip(text, end)
        at = _skip(text, at + 1) if text[at] == "," else at
    return Span(start, at + 1, entries)


def _named(item: Any, index: int) -> str:
    """The name of a list item: of a condition its rule, of others their number."""
    return f"[{item['x-rule']}]" if isinstance(item, dict) and "x-rule" in item else str(index)


def _skip(text: str, at: int) -> int:
    return _BLANK.match(text, at).end()  # type: ignore[union-attr]  # it matches nothing, too
