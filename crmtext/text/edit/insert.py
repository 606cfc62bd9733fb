"""Edits that add: an item to a list, an entry to a map."""

from __future__ import annotations

from typing import TYPE_CHECKING

from crmtext.i18n import _
from crmtext.problem import Edit
from crmtext.text.edit import emit
from crmtext.text.edit.emit import edit_error
from crmtext.text.edit.operations import nested, place
from crmtext.text.edit.replace import replace
from crmtext.text.edit.source import is_null
from crmtext.values import lazy

if TYPE_CHECKING:
    from collections.abc import Sequence

    from crmtext.text.edit.emit import Value
    from crmtext.text.edit.source import Source, Spot
    from crmtext.text.tree import Node

_COMMA = lazy.pattern(r"\s*+,")


def insert_item(source: Source, spot: Spot, index: int, value: Value) -> list[Edit]:
    """Add an item to the list at a spot; a null or empty brackets there become a list."""
    node = spot.node
    if is_null(node):
        return replace(source, spot, [value])
    if node.kind != "list":
        raise edit_error(_("this is not a list"))
    if not 0 <= index <= len(node.children):
        raise edit_error(_("the list has no item '{step}'").format(step=index))
    if node.style == "block":
        return _block_item(source, spot, index, value)
    if not node.children and _wants_lines(spot, value):
        return replace(source, spot, [value])
    return _between(source, node, index, emit.inline(value, f"{spot.path}[]", source.style))


def insert_entry(source: Source, spot: Spot, value: Value, order: Sequence[str]) -> list[Edit]:
    """Add the missing entry of a spot, with the maps above it, to the existing map."""
    key, *below = spot.missing
    if any(step.isdigit() for step in below):
        raise edit_error(_("this is not a list"))
    node, value = spot.node, nested(below, value)
    if source.root is None or (not spot.above and node.empty):
        first, *rest = emit.entry(key, value, 0, key, source.style)
        return source.lines(len(source.text), (first, *rest), closed=emit.ends_open(value))
    if is_null(node) or (node.kind == "map" and not node.children and _wants_lines(spot, {key: value})):
        return replace(source, spot, {key: value})
    if node.kind != "map":
        raise edit_error(_("'{key}' can't be added here: not a group of fields").format(key=key))
    index = place([name.value for name in node.keys], key, order)
    if node.style == "flow":
        name = emit.scalar(key, flow=True, quote=source.style.quote)
        text = emit.inline(value, emit.key_path(spot.path, key), source.style)
        return _between(source, node, index, f"{name}: {text}")
    return _block_entry(source, spot, index, key, value)


def _block_item(source: Source, spot: Spot, index: int, value: Value) -> list[Edit]:
    node, beside = spot.node, max(index - 1, 0)
    dash = source.dash(node, beside)
    column, style = source.column(dash), source.style_of_item(node, beside)
    lines = emit.item(value, column, f"{spot.path}[]", style)
    parting = [""] if source.parts_with_blanks(node) else []
    if index == 0:
        return [Edit(dash, dash, style.newline.join((*lines, *parting, " " * column)))]
    at = source.behind(source.extent(node, beside)[1], column)
    return source.lines(at, (*parting, " " * column + lines[0], *lines[1:]), closed=emit.ends_open(value))


def _block_entry(source: Source, spot: Spot, index: int, key: str, value: Value) -> list[Edit]:
    node, beside = spot.node, max(index - 1, 0)
    start, end = source.extent(node, beside)
    source.colon(node.keys[beside])
    column = source.column(start)
    lines = emit.entry(key, value, column, emit.key_path(spot.path, key), source.style)
    at = source.behind(end, column)
    return source.lines(at, (" " * column + lines[0], *lines[1:]), closed=emit.ends_open(value))


def _between(source: Source, node: Node, index: int, new: str) -> list[Edit]:
    """Put new text into brackets or braces, on a line of its own if its neighbour has one."""
    if not node.children:
        inside = source.own(node) + 1, node.end - 1
        if source.text[slice(*inside)].strip():
            raise edit_error(_("there is a comment between the brackets"))
        return [Edit(*inside, new)]
    start, end = source.extent(node, min(index, len(node.children) - 1))
    own_line = source.begins_line(start)
    indent = source.style.newline + " " * source.column(start)
    if index < len(node.children):
        return [Edit(start, start, f"{new},{indent if own_line else ' '}")]
    return _last(source, end, new, indent if own_line else " ")


def _last(source: Source, end: int, new: str, gap: str) -> list[Edit]:
    """Put new text after the last item, before a comment only on the same line; a trailing comma is kept."""
    comma = _COMMA.match(source.text, end)
    end, new = (comma.end(), f"{gap}{new},") if comma else (end, gap + new)
    mark = "" if comma else ","
    line_end = source.line_end(end)
    if gap == " " or not source.text[end:line_end].lstrip().startswith("#"):
        return [Edit(end, end, mark + new)]
    return [Edit(end, end, mark), Edit(line_end, line_end, new)]


def _wants_lines(spot: Spot, value: Value) -> bool:
    """Whether a value for empty brackets goes on lines of its own: flow style is kept only inside flow style."""
    in_block = spot.parent is None or spot.parent.style == "block"
    return in_block and (emit.is_block(value) or emit.fits_literal(value))
