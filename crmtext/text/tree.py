"""YAML text as a tree of nodes with positions."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from crmtext.text.pointer import last, parent, split
from crmtext.text.read.events import Event, events, shift

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

#: PyYAML's styles of a scalar, and our names for them.
_STYLES = {None: "plain", "": "plain", "'": "single", '"': "double", "|": "literal", ">": "folded"}
_BLOCK = frozenset({"literal", "folded"})
#: Deeper than any file that people write, and far from Python's recursion limit.
_DEEPEST = 64


@dataclass(slots=True)
class Node:
    """A piece of YAML text and its meaning.

    `start` and `end` are offsets in characters, tag and anchor included; `end` is where the content ends,
    not where the next node begins. A map has as many `keys` as `children`; a list has children only.
    """

    #: `map`, `list`, `scalar` or `alias`.
    kind: str
    start: int
    end: int
    line: int
    column: int
    #: `plain`, `single`, `double`, `literal` or `folded` for scalars, `flow` or `block` for maps and lists.
    style: str
    #: The text of a scalar after quotes and escapes, the name of an alias.
    value: str = ""
    tag: str | None = None
    anchor: str | None = None
    keys: Sequence[Node] = ()
    children: Sequence[Node] = ()

    @property
    def plain(self) -> bool:
        """Whether it is a scalar whose type depends on its text."""
        return self.style == "plain" and self.tag is None

    @property
    def empty(self) -> bool:
        """Whether the text is empty, as after a bare `key:`."""
        return self.start == self.end and self.kind == "scalar"

    def holding(self, keys: Sequence[Node], children: Sequence[Node]) -> Node:
        """The same map or list with other entries."""
        own = self.line, self.column, self.style, self.value, self.tag, self.anchor
        return Node(self.kind, self.start, self.end, *own, keys, children)


def compose(text: str) -> Node | None:
    """The tree of the first document, or None; later documents are parsed but left out."""
    roots = compose_all(text)
    return roots[0] if roots else None


def documents(text: str) -> int:
    """How many documents the text holds."""
    return len(compose_all(text))


def parsed(text: str) -> tuple[Node, ...] | None:
    """The trees of all documents; None if the text is not YAML."""
    import yaml

    try:
        return compose_all(text)
    except yaml.YAMLError:
        return None


def compose_all(text: str) -> tuple[Node, ...]:
    """The trees of all documents. Raises yaml.YAMLError, also for a text nested more than 64 levels deep."""
    import yaml

    builder, by, styles = _Builder(text), shift(text), _STYLES
    handle: dict[object, Callable[[Event], None]] = {
        yaml.AliasEvent: builder.alias,
        yaml.MappingStartEvent: partial(builder.open, "map"),
        yaml.SequenceStartEvent: partial(builder.open, "list"),
        yaml.MappingEndEvent: builder.close,
        yaml.SequenceEndEvent: builder.close,
    }
    scalar = yaml.ScalarEvent
    for event in events(text):
        kind = type(event)
        if kind is scalar:
            # By far the most frequent event: no call that isn't needed.
            begin = event.start_mark
            start, stop, style = begin.index + by, event.end_mark.index + by, styles[event.style]
            own = style, event.value, event.tag, event.anchor
            node = Node("scalar", start, stop, begin.line + 1, begin.column + 1, *own)
            if start == stop or style in _BLOCK:
                builder.settle(node)
            builder.row.append(node)
        elif kind in handle:
            handle[kind](event)
    return tuple(builder.roots)


def find(root: Node | None, pointer: str) -> Node | None:
    """The node at a JSON pointer; the first one if a key is duplicated."""
    node = root
    for token in split(pointer):
        if node is None:
            return None
        node = child(node, token)
    return node


def find_key(root: Node | None, pointer: str) -> Node | None:
    """The key of the map entry at a JSON pointer."""
    holder = find(root, parent(pointer)) if pointer else None
    if holder is None or holder.kind != "map":
        return None
    at = index_of(holder, last(pointer))
    return None if at is None else holder.keys[at]


def child(node: Node, token: str) -> Node | None:
    """The value of this key in a map, or the item with this number in a list."""
    at = index_of(node, token)
    return None if at is None else node.children[at]


def last_leaf(node: Node) -> Node:
    """The node that ends where this one ends."""
    while node.children:
        node = node.children[-1]
    return node


def index_of(node: Node, token: str) -> int | None:
    """The index among a node's children of this key or item number."""
    if node.kind == "map":
        return next((i for i, key in enumerate(node.keys) if key.value == token and key.kind == "scalar"), None)
    if node.kind == "list" and token.isascii() and token.isdigit() and int(token) < len(node.children):
        return int(token)
    return None


def position(text: str, offset: int) -> tuple[int, int]:
    """The line and column, from 1, of an offset; a byte order mark takes no column."""
    start = text.rfind("\n", 0, offset) + 1
    mark = start == 0 and offset > 0 and text.startswith("\ufeff")
    return text.count("\n", 0, offset) + 1, offset - start + 1 - mark


class _Builder:
    """Builds the tree from the parser's events."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.shift = shift(text)
        self.roots: list[Node] = []
        #: The open maps and lists, each with the row of nodes it belongs to.
        self.stack: list[tuple[Node, list[Node]]] = []
        #: Where the next node goes: the nodes so far of the innermost open map or list.
        self.row = self.roots

    def settle(self, node: Node) -> None:
        """Move the end of a block scalar, or the place of an empty one, to where people see it."""
        if node.style in _BLOCK:
            node.end = _block_end(self.text, node)
        else:
            self._pull_back(node)

    def alias(self, event: Event) -> None:
        begin, end = event.start_mark, event.end_mark.index + self.shift
        node = Node("alias", begin.index + self.shift, end, begin.line + 1, begin.column + 1, "plain", event.anchor)
        self.row.append(node)

    def open(self, kind: str, event: Event) -> None:
        if len(self.stack) >= _DEEPEST:
            import yaml

            raise yaml.MarkedYAMLError(problem="nested too deep", problem_mark=event.start_mark)
        begin, end = event.start_mark, event.end_mark.index + self.shift
        own = "flow" if event.flow_style else "block", "", event.tag, event.anchor
        node = Node(kind, begin.index + self.shift, end, begin.line + 1, begin.column + 1, *own)
        self.row.append(node)
        self.stack.append((node, self.row))
        self.row = []

    def close(self, event: Event) -> None:
        mark, row = event.end_mark, self.row
        node, self.row = self.stack.pop()
        node.keys, node.children = (row[::2], row[1::2]) if node.kind == "map" else ((), row)
        # The parser ends a block at the next token, past comments; `a: 1` inside `[a: 1 ]` too.
        if node.style == "flow" and self.text[mark.index + self.shift - 1] in "]}":
            node.end = mark.index + self.shift
        elif row:
            node.end = row[-1].end

    def _pull_back(self, node: Node) -> None:
        """Move the missing value of `? key` or `{key}` from the next token back to the end of its key."""
        if not self.stack or self.stack[-1][0].kind != "map" or len(self.row) % 2 == 0:
            return
        if self.text[node.start - 1 : node.start] != ":":
            key = self.row[-1]
            node.start = node.end = key.end
            node.line, node.column = position(self.text, key.end)


def _block_end(text: str, node: Node) -> int:
    """The end of a block scalar: before its last line break; blank lines count only if `+` keeps them."""
    header, *body = text[node.start : node.end].split("\n")
    if "+" not in header.partition("#")[0]:
        indent = _indent(node.value, body)
        while body and not body[-1].strip(" \r") and len(body[-1].rstrip("\r")) <= indent:
            body.pop()
    elif body and not body[-1]:
        body.pop()
    if not body:
        header = header.partition(" #")[0].rstrip()
    return node.start + len("\n".join([header, *body]).removesuffix("\r"))


def _indent(value: str, body: list[str]) -> int:
    """The indentation of a block scalar's text."""
    first = len(value) - len(value.lstrip("\n"))
    if first == len(value) or first >= len(body):
        return max(map(len, body), default=0)
    line, own = body[first], value[first:]
    return (len(line) - len(line.lstrip(" "))) - (len(own) - len(own.lstrip(" ")))
