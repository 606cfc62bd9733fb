"""Comparison of a text with a tree by its events, without building a second tree."""

from __future__ import annotations

from typing import TYPE_CHECKING

from crmtext.text.read.events import Event, events
from crmtext.text.read.scalars import meaning

if TYPE_CHECKING:
    from crmtext.text.tree import Node


def holds(text: str, wanted: Node) -> bool:
    """Whether the text is one document with this data, in this order; False if it doesn't parse."""
    import yaml

    # The nodes still expected, last first; None is the end of a map or a list.
    waiting: list[Node | None] = [wanted]
    documents = 0
    scalar, ends = yaml.ScalarEvent, {yaml.MappingEndEvent, yaml.SequenceEndEvent}
    begins = {yaml.MappingStartEvent: "map", yaml.SequenceStartEvent: "list", yaml.AliasEvent: "alias"}
    try:
        for event in events(text):
            kind = type(event)
            if kind is scalar:
                if not waiting or (node := waiting.pop()) is None or node.kind != "scalar":
                    return False
                # Both plain, or both not, and the same letters: the same value.
                same = event.value == node.value and (not event.style) is (node.style == "plain")
                if event.tag != node.tag or event.anchor != node.anchor or not (same or _means(event, node)):
                    return False
            elif kind in ends:
                if not waiting or waiting.pop() is not None:
                    return False
            elif kind in begins:
                if not waiting or (node := waiting.pop()) is None or not _begins(event, node, begins[kind], waiting):
                    return False
            else:
                documents += kind is yaml.DocumentStartEvent
    except yaml.YAMLError:
        return False
    return documents == 1 and not waiting


def _means(event: Event, node: Node) -> bool:
    return meaning(event.value, plain=not event.style and event.tag is None) == meaning(node.value, plain=node.plain)


def _begins(event: Event, node: Node, kind: str, waiting: list[Node | None]) -> bool:
    """Whether the expected map, list or alias begins here; its content is expected next."""
    if node.kind != kind:
        return False
    if kind == "alias":
        return bool(event.anchor == node.value)
    if event.anchor != node.anchor or event.tag != node.tag:
        return False
    waiting.append(None)
    if kind == "list":
        waiting += reversed(node.children)
        return True
    for key, value in zip(reversed(node.keys), reversed(node.children), strict=True):
        waiting += (value, key)
    return True
