"""A text under edit: its tree, its lines, and the positions of an entry's parts."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

from crmtext.i18n import _
from crmtext.problem import Edit
from crmtext.text.edit import block_marks
from crmtext.text.edit.emit import edit_error, key_path
from crmtext.text.edit.style import Style, detect
from crmtext.text.pointer import parent, split
from crmtext.text.read.scalars import resolve
from crmtext.text.tree import Node, compose_all, last_leaf
from crmtext.values import lazy

_COLON = lazy.pattern(r"[ \t]*+:")


class Spot(NamedTuple):
    """The end of a pointer: the last existing node on the way, and the missing keys."""

    pointer: str
    node: Node
    #: The nodes above, outermost first, each with the index of the next node among its children.
    above: tuple[tuple[Node, int], ...]
    #: The pointer of the node without numbers, as `interactions[].date`.
    path: str
    missing: tuple[str, ...] = ()

    @property
    def parent(self) -> Node | None:
        """The map or list that contains the node."""
        return self.above[-1][0] if self.above else None

    @property
    def number(self) -> int:
        """The index of the node among its parent's children."""
        return self.above[-1][1]

    def up(self) -> Spot:
        """The spot of the parent."""
        (holder, _index), path = self.above[-1], self.path
        short = path.removesuffix("[]") if holder.kind == "list" else path.rpartition(".")[0]
        return Spot(parent(self.pointer), holder, self.above[:-1], short)


@dataclass(frozen=True)
class Source:
    """A text and its tree, read once for all edits of a command."""

    text: str
    root: Node | None
    dates: frozenset[str] = frozenset()

    @cached_property
    def style(self) -> Style:
        """The style of the file."""
        return detect(self.text, self.root, self.dates)

    @cached_property
    def aliases(self) -> frozenset[str]:
        """The anchors that aliases refer to."""
        if self.root is None or "*" not in self.text:
            return frozenset()
        return frozenset(node.value for node in nodes(self.root) if node.kind == "alias")

    def line_start(self, at: int) -> int:
        """The start of an offset's line, after a byte order mark."""
        start = self.text.rfind("\n", 0, at) + 1
        return 1 if start == 0 and self.text.startswith("\ufeff") else start

    def line_end(self, at: int) -> int:
        """The end of an offset's line, before its line break."""
        end = self.text.find("\n", at)
        if end < 0:
            return len(self.text)
        return end - 1 if self.text[at:end].endswith("\r") else end

    def next_line(self, at: int) -> int:
        """The start of the line after an offset's line; the end of the text if that is the last."""
        end = self.text.find("\n", at)
        return len(self.text) if end < 0 else end + 1

    def column(self, at: int) -> int:
        """The number of columns before an offset."""
        return at - self.line_start(at)

    def begins_line(self, at: int) -> bool:
        """Whether only blanks come before an offset on its line."""
        return not self.text[self.line_start(at) : at].strip(" ")

    def behind(self, end: int, column: int) -> int:
        """The offset for a new line after this content: after comments indented deeper than this column."""
        at = self.next_line(end)
        while at < len(self.text):
            line = self.text[at : self.line_end(at)]
            if not line.lstrip(" ").startswith("#") or len(line) - len(line.lstrip(" ")) <= column:
                break
            at = self.next_line(at)
        return at

    def own(self, node: Node) -> int:
        """The offset of a node's text after its tag and anchor."""
        return block_marks.own(self.text, node)

    def dash(self, node: Node, index: int) -> int:
        """The offset of the dash of a block list's item."""
        at = block_marks.dash(self.text, node, index)
        if at is None:
            raise edit_error(_("the list is written in a form that can't be edited here"))
        return at

    def style_of_item(self, node: Node, index: int) -> Style:
        """The style of the file, with the gap after the dash of this item of a block list."""
        dash = self.dash(node, index)
        gap = node.children[index].start - dash - 1
        plain = 0 < gap <= 8 and not self.text[dash + 1 : dash + 1 + gap].strip(" ")
        return self.style._replace(gap=gap) if plain else self.style

    def colon(self, key: Node) -> int:
        """The offset after the colon of a key."""
        match = _COLON.match(self.text, key.end)
        if not match or key.kind != "scalar" or self.text[self.line_start(key.start) : key.start].endswith("? "):
            raise edit_error(
                _("the field '{key}' is written in a form that can't be edited here").format(key=key.value)
            )
        return match.end()

    def extent(self, node: Node, index: int) -> tuple[int, int]:
        """The start and end of an entry or an item, dash and key included."""
        value = node.children[index]
        if node.kind == "map":
            return node.keys[index].start, max(node.keys[index].end, value.end)
        start = self.dash(node, index) if node.style == "block" else value.start
        return start, max(start + (node.style == "block"), value.end)

    def parts_with_blanks(self, node: Node) -> bool:
        """Whether most items of a block list follow an empty line, and none of them would keep it as its own."""
        starts = [self.dash(node, index) for index in range(1, len(node.children))]
        parted = sum(1 for start in starts if self._below_blank(start))
        return parted * 2 > len(starts) and not any(_keeps(self, last_leaf(item)) for item in node.children)

    def _below_blank(self, at: int) -> bool:
        """Whether the line above an offset's line, and above the comments there, is empty."""
        line = "#"
        while line.startswith("#") and (at := self.line_start(at)) > 0:
            at -= 1
            line = self.text[self.line_start(at) : at].strip()
        return not line

    def lines(self, at: int, lines: tuple[str, ...], *, closed: bool) -> list[Edit]:
        """Insert lines before the one that begins here; `closed` if the last one needs its line break."""
        newline = self.style.newline
        body = newline.join(lines)
        if at < len(self.text) or self.text.endswith("\n") or not self.text:
            return [Edit(at, at, body + newline)]
        return [*self._seal(), Edit(at, at, newline + body + newline * closed)]

    def _seal(self) -> list[Edit]:
        """The edit that keeps the value of a final block scalar without a line break when lines are added after it."""
        node = last_leaf(self.root) if self.root else None
        if node is None or node.style not in {"literal", "folded"} or node.value.endswith("\n"):
            return []
        header = re.compile(r"[|>]([0-9]?)([-+]?)").match(self.text, self.own(node))
        return [Edit(header.start(2), header.end(2), "-")] if header else []


def read(text: str, dates: frozenset[str] = frozenset()) -> Source:
    """Return the text ready for edits; raise CrmError if it doesn't parse or has several documents."""
    import yaml

    try:
        roots = compose_all(text)
    except yaml.YAMLError as error:
        raise edit_error(_("the file can't be read"), _("run `crmtext check` and fix the file first")) from error
    if len(roots) > 1:
        raise edit_error(_("the file contains more than one document"))
    return Source(text, roots[0] if roots else None, dates)


def walk(source: Source, pointer: str) -> Spot:
    """Follow a pointer. Raise CrmError at a duplicate key, an alias or a node shared by one."""
    node, steps = source.root, split(pointer)
    above: list[tuple[Node, int]] = []
    path = ""
    if node is None:
        return Spot(pointer, Node("scalar", 0, 0, 0, 0, "plain"), (), "", steps)
    _not_shared(source, node)
    for number, step in enumerate(steps):
        index = _index(node, step)
        if index is None:
            return Spot(pointer, node, tuple(above), path, steps[number:])
        above.append((node, index))
        path = f"{path}[]" if node.kind == "list" else key_path(path, step)
        node = node.children[index]
        _not_shared(source, node)
    return Spot(pointer, node, tuple(above), path)


def unshared(source: Source, node: Node) -> None:
    """Raise CrmError if part of a node is used elsewhere by an alias."""
    if any(below.anchor in source.aliases for below in nodes(node) if below.anchor):
        raise edit_error(_("this value is used elsewhere in the file through its anchor"))


def is_null(node: Node) -> bool:
    """Whether the node is a plain null, written or empty."""
    return node.kind == "scalar" and node.plain and resolve(node.value) is None


def nodes(root: Node) -> list[Node]:
    """The node and all below it, keys included."""
    below = [root]
    for node in below:
        below += node.keys
        below += node.children
    return below


def _keeps(source: Source, node: Node) -> bool:
    """Whether empty lines after a value are part of it: `|+`."""
    return node.style in {"literal", "folded"} and "+" in source.text[source.own(node) :][:3]


def _index(node: Node, step: str) -> int | None:
    if node.kind == "map":
        indexes = [i for i, key in enumerate(node.keys) if key.value == step and key.kind == "scalar"]
        if len(indexes) > 1:
            raise edit_error(_("duplicate field '{key}'").format(key=step), _("remove one of the two first"))
        return indexes[0] if indexes else None
    if node.kind == "list":
        if step.isascii() and step.isdigit() and int(step) < len(node.children):
            return int(step)
        raise edit_error(_("the list has no item '{step}'").format(step=step))
    if is_null(node):
        return None
    raise edit_error(_("'{key}' can't be added below a single value").format(key=step))


def _not_shared(source: Source, node: Node) -> None:
    if node.kind == "alias" or (node.anchor and node.anchor in source.aliases):
        raise edit_error(_("this value is used elsewhere in the file through its anchor"))
