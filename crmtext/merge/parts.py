"""A block-style text cut into whole lines: each entry and item with its lines and the comments above."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from crmtext.text.edit import block_marks

if TYPE_CHECKING:
    from collections.abc import Iterator

    from crmtext.text.tree import Node


class NoRoomError(Exception):
    """The layout of the texts leaves no place for a change on lines of its own."""


@dataclass(frozen=True, slots=True, eq=False)
class Part:
    """The lines of an entry of a map or an item of a list; at the top, of the whole text."""

    #: The value, and the offset of its key or dash.
    node: Node
    start: int
    #: The column of its key or dash.
    column: int
    #: Comments and blank lines above.
    lead: str
    #: From the key or dash up to the parts inside, or to the end if there are none.
    head: str
    inside: tuple[Part, ...] = ()
    #: Comments and blank lines after the parts inside.
    tail: str = ""

    @property
    def inline(self) -> bool:
        """Whether the first part inside begins on the same line, as in `- name: x`."""
        return bool(self.inside) and bool(self.head) and not self.head.endswith("\n")

    @property
    def body(self) -> str:
        """Its lines without the lead, the first one without indentation."""
        parts = [self.head]
        for number, part in enumerate(self.inside):
            blanks = "" if self.inline and number == 0 else " " * part.column
            parts += (part.lead, blanks, part.body)
        return "".join((*parts, self.tail))

    def at(self, column: int) -> str:
        """Its whole lines, moved to another column. Raises NoRoomError if a line can't move."""
        return " " * column + moved(self.body, column - self.column)

    @property
    def flush(self) -> str:
        """Its lines in the first column."""
        return self.at(0)

    def walk(self) -> Iterator[Part]:
        """This part and all parts inside."""
        yield self
        for part in self.inside:
            yield from part.walk()


def cut(text: str, root: Node) -> Part:
    """Return the parts of a text that ends with a line break."""
    start = _beginning(text, root)
    inside = _inside(text, root, (start, len(text)), inline=False) if root.style == "block" else None
    if inside is None:
        return Part(root, 0, 0, "", text)
    return Part(root, start, 0, text[:start], "", *inside)


def moved(text: str, by: int) -> str:
    """Return lines, all but the first moved by some columns. Raises NoRoomError if one can't move."""
    if not by:
        return text
    first, *rest = text.split("\n")
    return "\n".join((first, *(_moved_line(line, by) for line in rest)))


def shifted(text: str, by: int) -> str:
    """Return comments and blank lines moved by some columns, as far as possible."""
    if not by:
        return text
    rows = text.split("\n")
    return "\n".join(" " * by + row if row and by > 0 else row.removeprefix(" " * -by) for row in rows)


def _moved_line(line: str, by: int) -> str:
    if not line.strip():
        return line
    if by > 0:
        return " " * by + line
    if line[:-by].strip(" "):
        raise NoRoomError
    return line[-by:]


def _beginning(text: str, root: Node) -> int:
    """The offset of the first line for entries: after `---` if there is one."""
    before = text[: root.start]
    at = 0 if before.startswith("---") else before.rfind("\n---") + 1
    return _next_line(text, at) if before[at:].startswith("---") else 0


def _inside(text: str, node: Node, region: tuple[int, int], *, inline: bool) -> tuple[tuple[Part, ...], str] | None:
    """The parts of a block map or list and the text after them; None if they don't begin on lines of their own."""
    starts = _starts(text, node)
    if starts is None or not starts:
        return None
    lines = [_line_start(text, start) for start in starts]
    column = starts[0] - lines[0]
    own = [not text[line:start].strip(" ") for line, start in zip(lines, starts, strict=True)]
    if any(start - line != column for line, start in zip(lines, starts, strict=True)) or not all(own[inline:]):
        return None
    ends = [_next_line(text, _content_end(node, index, start)) for index, start in enumerate(starts)]
    edges = [region[0] if not inline else starts[0]]
    for end, following in zip(ends, (*lines[1:], region[1]), strict=True):
        if end > following:
            return None
        edges.append(_edge(text, end, following, column))
    parts = (
        _part(text, node, index, (edges[index], starts[index], edges[index + 1]), inline=inline and index == 0)
        for index in range(len(starts))
    )
    return tuple(parts), text[edges[-1] : region[1]]


def _part(text: str, node: Node, index: int, places: tuple[int, int, int], *, inline: bool) -> Part:
    begin, start, end = places
    value, line = node.children[index], _line_start(text, start)
    lead, column = "" if inline else text[begin:line], start - line
    if value.style != "block" or not value.children:
        return Part(value, start, column, lead, text[start:end])
    first = block_marks.own(text, value)
    inside_inline = node.kind == "list" and _line_start(text, first) == line
    below = first if inside_inline else _next_line(text, node.keys[index].end if node.kind == "map" else start)
    inside = _inside(text, value, (below, end), inline=inside_inline) if below <= first else None
    if inside is None:
        return Part(value, start, column, lead, text[start:end])
    return Part(value, start, column, lead, text[start:below], *inside)


def _starts(text: str, node: Node) -> list[int] | None:
    if node.kind == "map":
        return [key.start for key in node.keys]
    dashes = [block_marks.dash(text, node, index) for index in range(len(node.children))]
    return [at for at in dashes if at is not None] if None not in dashes else None


def _content_end(node: Node, index: int, start: int) -> int:
    return max(start, node.children[index].end, node.keys[index].end if node.kind == "map" else 0)


def _edge(text: str, start: int, end: int, column: int) -> int:
    """The end of an entry's trailing comments: those indented deeper than the entry."""
    edge = at = start
    while at < end:
        following = _next_line(text, at)
        line = text[at:following]
        bare = line.lstrip(" ")
        if bare.startswith("#") and len(line) - len(bare) > column:
            edge = following
        at = following
    return edge


def _line_start(text: str, at: int) -> int:
    return text.rfind("\n", 0, at) + 1


def _next_line(text: str, at: int) -> int:
    end = text.find("\n", at)
    return len(text) if end < 0 else end + 1
