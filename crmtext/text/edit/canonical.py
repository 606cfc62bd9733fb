"""The canonical form of a text: keys in a given order, block style, two spaces; comments move with their entries.

Written only on request, and verified: the data and all comments are the same.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from typing import TYPE_CHECKING, NamedTuple

from crmtext.i18n import _
from crmtext.text.edit import emit
from crmtext.text.edit.comments import Entry, comments, outline
from crmtext.text.edit.emit import edit_error
from crmtext.text.edit.source import Source, nodes, read
from crmtext.text.edit.style import Style
from crmtext.text.edit.verify import holds
from crmtext.text.read.scalars import Scalar, resolve

if TYPE_CHECKING:
    from collections.abc import Iterable

    from crmtext.text.tree import Node

#: The order of the keys of the map at a path such as `contacts[]`; the record's own path is empty.
Order = Mapping[str, Sequence[str]]
_INDENT = 2


def canonical(text: str, order: Order, *, dates: AbstractSet[str] = frozenset()) -> str:
    """Return the text in canonical form; raise `edit-refused` if that would change data or comments."""
    source = read(text.removeprefix("\ufeff").replace("\r\n", "\n"), frozenset(dates))
    root = source.root
    if root is None or root.kind != "map" or not root.children:
        return source.text
    if any(node.anchor or node.tag or node.kind == "alias" for node in nodes(root)):
        raise edit_error(_("the file uses anchors or tags"))
    top, head = outline(source, root)
    wanted = _sorted(root, "", order)
    for verbatim in (True, False):
        result = _Writer(source, order, Style(dates=source.dates), verbatim=verbatim).text(top, head)
        if holds(result, wanted) and _same_comments(source, root, result):
            return result
    raise edit_error(_("the file can't be reformatted safely"))


def fresh(data: Mapping[str, emit.Value], *, dates: AbstractSet[str] = frozenset()) -> str:
    """Return new data as text in canonical style; keys stay in the order given."""
    return "\n".join(emit.block(data, 0, "", Style(dates=frozenset(dates)))) + "\n"


def _same_comments(source: Source, root: Node, text: str) -> bool:
    other = read(text)
    if other.root is None:
        return False
    return Counter(comment.text for comment in comments(source, root)) == Counter(
        comment.text for comment in comments(other, other.root)
    )


def _sorted(node: Node, path: str, order: Order) -> Node:
    """The tree with the keys of its maps in order."""
    if node.kind == "list":
        return node.holding((), [_sorted(child, f"{path}[]", order) for child in node.children])
    if node.kind != "map":
        return node
    pairs = sorted(zip(node.keys, node.children, strict=True), key=lambda pair: _rank(pair[0], path, order))
    children = [_sorted(child, emit.key_path(path, key.value), order) for key, child in pairs]
    return node.holding([key for key, _child in pairs], children)


def _rank(key: Node | None, path: str, order: Order) -> int:
    """The rank of a key in its map; unknown keys go last and keep their order."""
    known = order.get(path, ())
    return known.index(key.value) if key is not None and key.value in known else len(known)


class _Writer(NamedTuple):
    """Writes entries in canonical style; `verbatim` keeps values as written, quotes included."""

    source: Source
    order: Order
    style: Style
    verbatim: bool

    def text(self, top: Entry, head: list[str]) -> str:
        lines = [*head, *self.block(top, 0, "", above=True)]
        return "\n".join(lines) + "\n"

    def block(self, entry: Entry, column: int, path: str, *, above: bool) -> list[str]:
        """The lines of a map or list in this column; `above`: with the comments above its first entry."""
        lines: list[str] = []
        for number, child in enumerate(self.children(entry, path)):
            if above or number:
                lead = self.lead(child, path, first=number == 0)
                lines += _moved(lead, column)
            lines += self.entry(child, column, path if child.key else f"{path}[]")
        return lines + _moved(entry.foot, column)

    def children(self, entry: Entry, path: str) -> list[Entry]:
        return sorted(entry.children, key=lambda child: _rank(child.key, path, self.order))

    def lead(self, child: Entry, path: str, *, first: bool) -> list[str]:
        """The lines above an entry: those that were there, and comments that have no other place."""
        lines = [*child.lead]
        if child.key is None and child.nests:
            # The first entry begins after the dash, so the comments above it go above the dash.
            own = f"{path}[]"
            below = self.lead(self.children(child, own)[0], own, first=True)
            lines = _before_blank(lines, [*child.beside, *below])
        else:
            lines = _before_blank(lines, [*child.beside[1:], *self.homeless(child)])
        # Lines from two places may have a blank line each.
        lines = [line for number, line in enumerate(lines) if line or not number or lines[number - 1]]
        return lines[1:] if first and lines[:1] == [""] else lines

    def homeless(self, entry: Entry) -> list[str]:
        """Comments inside empty brackets, and those that would become part of the text above them."""
        foot = [] if entry.nests else entry.foot
        return [*foot, *(entry.inner if self.takes_lines(entry.value) else [])]

    def takes_lines(self, node: Node) -> bool:
        return node.kind == "scalar" and len(self.scalar(node, 0, "")) > 1

    def entry(self, entry: Entry, column: int, path: str) -> list[str]:
        beside = f"  {entry.beside[0]}" if entry.beside else ""
        own = emit.key_path(path, entry.key.value) if entry.key else path
        if entry.nests:
            return self.nesting(entry, column, own, beside)
        start = f"{emit.scalar(entry.key.value)}:" if entry.key else "-"
        first, *rest = self.scalar(entry.value, column, own)
        inner = [] if rest else entry.inner
        lines = [f"{' ' * column}{start} {first}".rstrip() + beside, *rest]
        return lines + _moved(inner, column + _INDENT)

    def nesting(self, entry: Entry, column: int, path: str, beside: str) -> list[str]:
        if entry.key:
            below = self.block(entry, column + _INDENT, path, above=True)
            return [f"{' ' * column}{emit.scalar(entry.key.value)}:{beside}", *below]
        first, *rest = self.block(entry, column + _INDENT, path, above=False)
        return [f"{' ' * column}- {first[column + _INDENT :]}", *rest]

    def scalar(self, node: Node, column: int, path: str) -> list[str]:
        """The lines of a value without children: the one after the colon or dash, and those below."""
        if node.kind != "scalar":
            return ["{}" if node.kind == "map" else "[]"]
        lines = self.source.text[node.start : node.end].split("\n")
        if node.style in {"literal", "folded"} and self.verbatim:
            return _reindented(lines, column + _INDENT)
        if len(lines) == 1 and (self.verbatim or not isinstance(_meaning(node), str)):
            return lines
        first, *rest = emit.after_key(_meaning(node), column, path, self.style)
        return [first.removeprefix(" "), *rest]


def _meaning(node: Node) -> Scalar:
    """The value of a scalar."""
    return resolve(node.value) if node.plain else node.value


def _reindented(lines: list[str], column: int) -> list[str]:
    """The lines of a block scalar, in another column."""
    header, *body = lines
    depth = next((len(line) - len(line.lstrip(" ")) for line in body if line.strip()), 0)
    return [header.partition("#")[0].rstrip(), *_moved([line[depth:] for line in body], column)]


def _moved(lines: Iterable[str], column: int) -> list[str]:
    return [" " * column + line if line else "" for line in lines]


def _before_blank(lines: list[str], more: list[str]) -> list[str]:
    """The lines with more comments, before a blank line at the end."""
    if more and lines[-1:] == [""] and len(lines) > 1:
        return [*lines[:-1], *more, ""]
    return [*lines, *more]
