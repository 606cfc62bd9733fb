"""Edits that remove an entry of a map or an item of a list."""

from __future__ import annotations

from typing import TYPE_CHECKING

from crmtext.i18n import _
from crmtext.problem import Edit
from crmtext.text.edit.emit import edit_error
from crmtext.text.edit.replace import replace
from crmtext.text.edit.source import unshared
from crmtext.text.tree import last_leaf
from crmtext.values import lazy

if TYPE_CHECKING:
    from crmtext.text.edit.source import Source, Spot
    from crmtext.text.tree import Node

_COMMA = lazy.pattern(r"\s*+,")


def remove(source: Source, spot: Spot) -> list[Edit]:
    """Remove the node at a spot with its key or dash; the last one leaves `{}` or `[]`."""
    parent = spot.parent
    if parent is None:
        raise edit_error(_("an edit can't remove or rename the whole file"))
    unshared(source, spot.node)
    if parent.kind == "map":
        unshared(source, parent.keys[spot.number])
    if len(parent.children) == 1:
        return replace(source, spot.up(), {} if parent.kind == "map" else [])
    if parent.style == "flow":
        return _from_flow(source, parent, spot.number)
    if parent.kind == "map":
        source.colon(parent.keys[spot.number])
    start, end = source.extent(parent, spot.number)
    if source.begins_line(start):
        return [_lines(source, parent, spot.number, source.behind(end, source.column(start)))]
    if spot.number == 0:
        return [_first_behind_dash(source, start, end, source.extent(parent, 1)[0])]
    raise edit_error(_("the line of this entry contains other entries"))


def _from_flow(source: Source, parent: Node, index: int) -> list[Edit]:
    start, end = source.extent(parent, index)
    last = index + 1 == len(parent.children)
    before = source.extent(parent, index - 1)[1] if index else start
    if own := _own_lines(source, start, end):
        comma = source.text.find(",", before, start)
        needless = last and "," not in source.text[end : own.end].partition("#")[0]
        return [Edit(comma, comma + 1, ""), own] if needless else [own]
    cut = (before, end) if last else (start, source.extent(parent, index + 1)[0])
    if last and index and (trailing := _COMMA.match(source.text, end)):
        # A trailing comma is kept: it stays after the previous item.
        cut = (source.text.index(",", before, start) + 1, trailing.end())
    if "#" in source.text[end : cut[1]] or "#" in source.text[cut[0] : start]:
        raise edit_error(_("there is a comment between the brackets"))
    return [Edit(*cut, "")]


def _own_lines(source: Source, start: int, end: int) -> Edit | None:
    """The removal of an item's lines inside brackets; None if it shares them with others or a bracket."""
    rest = source.text[end : source.line_end(end)].lstrip().removeprefix(",").lstrip()
    if not source.begins_line(start) or (rest and not rest.startswith("#")):
        return None
    return Edit(source.line_start(start), source.next_line(end), "")


def _lines(source: Source, parent: Node, index: int, end: int) -> Edit:
    """The removal of whole lines; a text without a line break at its end gets none."""
    begin = source.line_start(source.extent(parent, index)[0])
    if parent.kind == "list" and source.parts_with_blanks(parent):
        # Remove the empty line before it too; for the first item, the one after it.
        above, below = source.line_start(max(begin - 1, 0)), source.next_line(end)
        if index:
            begin = begin if source.text[above:begin].strip() else above
        elif not source.text[end:below].strip():
            end = below
    if end < len(source.text) or source.text.endswith("\n") or not index:
        return Edit(begin, end, "")
    before = last_leaf(parent.children[index - 1])
    if before.style in {"literal", "folded"} and before.value.endswith("\n"):
        # That line break is part of the previous value.
        return Edit(begin, end, "")
    return Edit(begin - 1 - (source.text[begin - 2 : begin] == "\r\n"), end, "")


def _first_behind_dash(source: Source, start: int, end: int, following: int) -> Edit:
    """The removal of the first entry in `- name: x`: the next moves up to the dash unless comments come between."""
    if not source.text[source.line_end(end) : following].strip():
        return Edit(start, following, "")
    return Edit(len(source.text[:start].rstrip(" ")), source.line_end(end), "")
