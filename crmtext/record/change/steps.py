"""A step of a change: what it does to a record, and how that is said."""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING, Any, NamedTuple

from crmtext.record.input import path
from crmtext.text.edit.operations import nested
from crmtext.text.edit.rewrite import Append, Delete, Operation, Set
from crmtext.text.tree import escape, split

if TYPE_CHECKING:
    from collections.abc import Mapping

    from crmtext.record.input.path import Key
    from crmtext.store import Store
    from crmtext.text.document import Document


class Step(NamedTuple):
    """What an assignment does to a record, and how that is said; no operation if it is so already."""

    operations: tuple[Operation, ...] = ()
    said: str = ""
    #: The place that was assigned; none for what follows from that.
    key: Key | None = None


def put(
    key: Key, value: Any, document: Document, store: Store, beside: Mapping[str, Any] = MappingProxyType({})
) -> tuple[Operation, ...]:
    """What gives a place its value, and other keys of its map theirs; a new item of a list is begun with them."""
    above, new, below = key.pointer.partition(f"/{path.NEW}/")
    order = path.order(store.schema, document.data, above)
    if not new:
        holder = key.pointer.rpartition("/")[0]
        more = (Set(f"{holder}/{escape(name)}", each, order) for name, each in beside.items())
        return (Set(above, value, order), *more)
    *steps, last = split(f"/{below}")
    return (Append(above, nested(steps, {last: value, **beside}), order),)


def taken(document: Document, pointer: str) -> Delete:
    """The operation that takes a value away, and the map or list that would be left empty, but no item of a list."""
    steps_, data = split(pointer), document.data
    holders = [data]
    for step in steps_[:-1]:
        data = data[int(step)] if isinstance(data, list) else data[step]
        holders.append(data)
    at = pointer
    while len(holders) > 1 and len(holders[-1]) == 1 and not isinstance(holders[-2], list):
        holders.pop()
        at = at.rpartition("/")[0]
    return Delete(at)
