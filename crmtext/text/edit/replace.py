"""Edits that replace a value or a key."""

from __future__ import annotations

from typing import TYPE_CHECKING

from crmtext.i18n import _
from crmtext.problem import Edit
from crmtext.text.edit import emit
from crmtext.text.edit.emit import edit_error
from crmtext.text.edit.source import unshared
from crmtext.values import lazy

if TYPE_CHECKING:
    from crmtext.text.edit.emit import Value
    from crmtext.text.edit.source import Source, Spot
    from crmtext.text.tree import Node

_QUOTES = {"single": "'", "double": '"'}
_HEADER_COMMENT = lazy.pattern(r"[|>][-+0-9]*+([ \t]+#[^\r\n]*+)")


def replace(source: Source, spot: Spot, value: Value) -> list[Edit]:
    """Replace the value at a spot; comments beside it stay."""
    node, parent = spot.node, spot.parent
    unshared(source, node)
    if node.anchor:
        raise edit_error(_("this value has an anchor"))
    if parent is None:
        return _root(source, node, value)
    if parent.style == "flow":
        return _in_flow(source, spot, parent, value)
    start, lines = _new_lines(source, spot, parent, value)
    if emit.ends_open(value) and source.line_end(node.end) == len(source.text):
        lines = (*lines[:-1], lines[-1] + source.style.newline)
    if node.empty:
        # After a bare colon or dash; further lines go below a comment there.
        return [Edit(start, start, lines[0]), *_rest(source, source.line_end(start), lines)]
    if source.line_start(node.start) > start:
        return _below(source, spot, start, lines)
    return _beside(source, node, start, lines)


def rename(source: Source, spot: Spot, new_key: str) -> list[Edit]:
    """Replace the key of the value at a spot."""
    parent = spot.parent
    if parent is None or parent.kind != "map":
        raise edit_error(_("only fields can be renamed"))
    if any(key.value == new_key for key in parent.keys):
        raise edit_error(_("the field '{key}' already exists").format(key=new_key), _("choose another name"))
    key = parent.keys[spot.number]
    if key.kind != "scalar" or key.anchor or key.tag or key.style not in {"plain", *_QUOTES}:
        raise edit_error(_("the field '{key}' is written in a form that can't be edited here").format(key=key.value))
    if key.style in _QUOTES:
        return [Edit(key.start, key.end, emit.quoted(new_key, _QUOTES[key.style], keep=True))]
    flow = parent.style == "flow"
    return [Edit(key.start, key.end, emit.scalar(new_key, flow=flow, quote=source.style.quote))]


def _root(source: Source, node: Node, value: Value) -> list[Edit]:
    if not emit.is_block(value):
        return [Edit(node.start, node.end, emit.inline(value, "", source.style))]
    lines = emit.block(value, 0, "", source.style)
    return [Edit(node.start, node.end, source.style.newline.join(lines))]


def _in_flow(source: Source, spot: Spot, parent: Node, value: Value) -> list[Edit]:
    node = spot.node
    if isinstance(value, str) and node.style in _QUOTES:
        new = emit.quoted(value, _QUOTES[node.style], keep=True)
    else:
        new = emit.inline(value, spot.path, source.style)
    if node.empty and parent.kind == "map":
        mark = " " if source.text[node.start - 1] == ":" else ": "
        return [Edit(node.start, node.end, mark + new)]
    return [Edit(node.start, node.end, new)]


def _new_lines(source: Source, spot: Spot, parent: Node, value: Value) -> tuple[int, tuple[str, ...]]:
    """The offset after the colon or dash, and the lines to write there."""
    node, style = spot.node, source.style
    if parent.kind == "map":
        key = parent.keys[spot.number]
        start = source.colon(key)
        lines = emit.after_key(value, source.column(key.start), spot.path, style)
    else:
        dash = source.dash(parent, spot.number)
        start = dash + 1
        style = source.style_of_item(parent, spot.number)
        first, *rest = emit.item(value, source.column(dash), spot.path, style)
        lines = (first[1:], *rest)
    if node.kind == "map" and node.style == "flow" and emit.fits_braces(value, source.column(start), spot.path, style):
        return start, (" " + emit.inline(value, spot.path, style),)
    if isinstance(value, str) and node.style in _QUOTES and not emit.fits_literal(value):
        return start, (" " + emit.quoted(value, _QUOTES[node.style], keep=True),)
    return start, lines


def _beside(source: Source, node: Node, start: int, lines: tuple[str, ...]) -> list[Edit]:
    """Replace a value that begins on the line of its key or dash."""
    first = lines[0].lstrip(" ")
    start = node.start if first else start
    if node.style in {"literal", "folded"}:
        comment = _HEADER_COMMENT.match(source.text, source.own(node))
        first += comment[1] if comment else ""
        return [Edit(start, node.end, source.style.newline.join((first, *lines[1:])))]
    return [Edit(start, node.end, first), *_rest(source, source.line_end(node.end), lines)]


def _below(source: Source, spot: Spot, start: int, lines: tuple[str, ...]) -> list[Edit]:
    """Replace a value that begins on a line below its key or dash, by whole lines."""
    node = spot.node
    begin, end = source.line_start(node.start), source.line_end(node.end)
    head = Edit(start, start, lines[0])
    if lines[1:]:
        return [head, Edit(begin, end, source.style.newline.join(lines[1:]))]
    before = begin - 1 - (source.text[begin - 2 : begin] == "\r\n")
    return [head, Edit(before, end, "")]


def _rest(source: Source, at: int, lines: tuple[str, ...]) -> list[Edit]:
    return [Edit(at, at, "".join(source.style.newline + line for line in lines[1:]))] if lines[1:] else []
