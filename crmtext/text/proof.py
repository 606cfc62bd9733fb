"""Whether a text holds a tree: read along its events, without a second tree."""

from __future__ import annotations

from typing import TYPE_CHECKING

from crmtext.text.events import Event, events
from crmtext.text.scalars import meaning

if TYPE_CHECKING:
    from crmtext.text.tree import Node


def holds(text: str, wanted: Node) -> bool:
    """Whether the text is one document with this data, in this order; False if it does not parse."""
    import yaml

    # What is still to come, last first; None stands for the end of a map or a list.
    waiting: list[Node | None] = [wanted]
    documents = 0
    try:
        for event in events(text):
            kind = type(event)
            if kind is yaml.ScalarEvent:
                if not _same_scalar(event, waiting.pop() if waiting else None):
                    return False
            elif isinstance(event, yaml.CollectionEndEvent):
                if not waiting or waiting.pop() is not None:
                    return False
            elif isinstance(event, yaml.NodeEvent):
                if not _opens(event, waiting.pop() if waiting else None, waiting):
                    return False
            else:
                documents += kind is yaml.DocumentStartEvent
    except yaml.YAMLError:
        return False
    return documents == 1 and not waiting


def _same_scalar(event: Event, node: Node | None) -> bool:
    if node is None or node.kind != "scalar" or event.tag != node.tag or event.anchor != node.anchor:
        return False
    plain = not event.style and event.tag is None
    if plain == node.plain and event.value == node.value:
        return True
    return meaning(event.value, plain=plain) == meaning(node.value, plain=node.plain)


def _opens(event: Event, node: Node | None, waiting: list[Node | None]) -> bool:
    """Whether a map, list or alias begins here that is wanted; what is wanted inside it comes next."""
    import yaml

    if node is None or event.anchor != (node.value if node.kind == "alias" else node.anchor):
        return False
    if isinstance(event, yaml.AliasEvent):
        return node.kind == "alias"
    if event.tag != node.tag or node.kind != ("map" if isinstance(event, yaml.MappingStartEvent) else "list"):
        return False
    waiting.append(None)
    if node.kind == "list":
        waiting += reversed(node.children)
        return True
    for key, value in zip(reversed(node.keys), reversed(node.children), strict=True):
        waiting += (value, key)
    return True
