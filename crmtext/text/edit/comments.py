"""The comments of a text, and the entry each one belongs to."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple

from crmtext.text.edit.source import nodes
from crmtext.values import lazy

if TYPE_CHECKING:
    from collections.abc import Iterator

    from crmtext.text.edit.source import Source
    from crmtext.text.tree import Node

_HEADER = lazy.pattern(r"[|>][-+0-9]*+[ \t]+(#[^\n]*+)")


@dataclass(slots=True)
class Entry:
    """An entry of a map or an item of a list with its comments; a blank line is an empty one."""

    key: Node | None
    value: Node
    start: int
    column: int
    parent: Entry | None = None
    #: Above it.
    lead: list[str] = field(default_factory=list)
    #: After it, or after its key if the value is on lines of its own.
    beside: list[str] = field(default_factory=list)
    #: Below it, indented deeper.
    inner: list[str] = field(default_factory=list)
    #: At the end of the map or list that is its value.
    foot: list[str] = field(default_factory=list)
    children: list[Entry] = field(default_factory=list)

    @property
    def nests(self) -> bool:
        """Whether its value is a non-empty map or list."""
        return bool(self.children)

    @property
    def in_flow(self) -> bool:
        """Whether it is inside brackets or braces."""
        return self.parent is not None and self.parent.value.style == "flow"


class Comment(NamedTuple):
    """A comment; `column` is None if it isn't the first thing on its line."""

    start: int
    text: str
    column: int | None


def outline(source: Source, root: Node) -> tuple[Entry, list[str]]:
    """Return the entries of a text with their comments, and the comments above all of them.

    A blank line at the end of the latter separates them from the first entry.
    """
    top = Entry(None, root, -1, -1)
    rows = list(_filled(source, top))
    head: list[str] = []
    ends = frozenset(source.line_start(node.end) for node in nodes(root) if node.style in {"literal", "folded"})
    for comment in comments(source, root):
        _attach(comment, rows, top, head, blank=_follows_blank(source, comment.start, ends))
    for entry in rows:
        if not entry.in_flow and source.begins_line(entry.start) and _follows_blank(source, entry.start, ends):
            entry.lead.append("")
    if head and rows[0].lead[-1:] == [""]:
        head.append("")
    for entry in (top, *rows):
        # A blank line separates two entries; above the first one it has no meaning.
        if entry.children and entry.children[0].lead[:1] == [""]:
            del entry.children[0].lead[0]
    return top, head


def comments(source: Source, root: Node) -> Iterator[Comment]:
    """Return all comments in the order of the text."""
    at, text = 0, source.text
    for leaf in sorted((node for node in nodes(root) if node.kind == "scalar"), key=lambda node: node.start):
        yield from _between(source, at, leaf.start)
        if leaf.style in {"literal", "folded"} and (header := _HEADER.match(text, leaf.start)):
            yield Comment(header.start(1), header[1].rstrip(), None)
        at = max(at, leaf.end)
    yield from _between(source, at, len(text))


def _between(source: Source, start: int, end: int) -> Iterator[Comment]:
    """The comments between two scalars, where only marks, blanks and comments can be."""
    while (start := source.text.find("#", start, end)) >= 0:
        stop = source.line_end(start)
        column = source.column(start) if source.begins_line(start) else None
        yield Comment(start, source.text[start:stop].rstrip(), column)
        start = stop


def _filled(source: Source, entry: Entry) -> Iterator[Entry]:
    """Add an entry's children and theirs; return all of them in the order of the text."""
    node = entry.value
    for index, value in enumerate(node.children):
        start = source.extent(node, index)[0]
        child = Entry(node.keys[index] if node.keys else None, value, start, source.column(start), entry)
        entry.children.append(child)
        yield child
        yield from _filled(source, child)


def _attach(comment: Comment, rows: list[Entry], top: Entry, head: list[str], *, blank: bool) -> None:
    at = next((number for number, entry in enumerate(rows) if entry.start > comment.start), len(rows))
    before, after = (rows[at - 1] if at else None), (rows[at] if at < len(rows) else None)
    if before is None:
        head += [*([""] if blank and head and comment.column is not None else []), comment.text]
    elif comment.column is None:
        _owner(before, comment.start).beside.append(comment.text)
    else:
        _home(before, after, comment, top).extend(["", comment.text] if blank else [comment.text])


def _owner(entry: Entry, at: int) -> Entry:
    """The entry of a comment on the same line: after a closing bracket, the entry of the brackets."""
    while entry.in_flow and entry.parent is not None and entry.parent.value.end <= at:
        entry = entry.parent
    return entry


def _home(before: Entry, after: Entry | None, comment: Comment, top: Entry) -> list[str]:
    """The list that a comment on a line of its own goes to."""
    holder = _owner(before, comment.start)
    if holder.in_flow and holder.parent is not None:
        return after.lead if after is not None and after.parent is holder.parent else holder.parent.foot
    if holder.value.style == "flow" and holder.value.start < comment.start < holder.value.end:
        return after.lead if after is not None and after.parent is holder else holder.foot
    column = comment.column or 0
    if after is not None and column <= after.column:
        return after.lead
    return _end(holder, after, column, top)


def _end(entry: Entry, after: Entry | None, column: int, top: Entry) -> list[str]:
    """The list for a comment that is indented deeper than the next entry: the end of a map, list or value."""
    if column > entry.column and not entry.nests:
        return entry.inner
    while entry.parent is not None and (column < entry.column or entry.in_flow):
        entry = entry.parent
    home = entry.parent or top
    return after.lead if after is not None and after.parent is home else home.foot


def _follows_blank(source: Source, at: int, ends: frozenset[int]) -> bool:
    """Whether the line before is blank and isn't the end of a block scalar."""
    start = source.line_start(at)
    before = source.line_start(start - 1) if start else 0
    return start > 0 and before not in ends and not source.text[before:start].strip()
