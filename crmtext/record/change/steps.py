"""A step of a change: what it does to a record, and how that is said."""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING, Any, NamedTuple

from crmtext.i18n import _
from crmtext.record.input import path
from crmtext.text.edit.operations import nested
from crmtext.text.edit.rewrite import Append, Delete, Operation, Set
from crmtext.text.pointer import NEW, escape, get, parent, split, upwards
from crmtext.wording.labels import labelled
from crmtext.wording.values import value_text

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


def changed(key: Key, old: Any, new: Any, store: Store) -> str:
    """A key whose value is another one now, one it did not have, or none."""
    if new is None:
        return _("{key} removed").format(key=key.label)
    now = value_text(new, key.field, store.settings)
    if old is None or key.field.mark("x-sensitive"):
        return labelled(key.label, now)
    return _("{key}: {old} → {new}").format(key=key.label, old=value_text(old, key.field, store.settings), new=now)


def put(
    key: Key, value: Any, document: Document, store: Store, beside: Mapping[str, Any] = MappingProxyType({})
) -> tuple[Operation, ...]:
    """What gives a place its value, and other keys of its map theirs; a new item of a list is begun with them."""
    above, new, below = key.pointer.partition(f"/{NEW}/")
    order = path.order(store.schema, document.data, above)
    if not new:
        holder = parent(key.pointer)
        more = (Set(f"{holder}/{escape(name)}", each, order) for name, each in beside.items())
        return (Set(above, value, order), *more)
    *steps, last = split(f"/{below}")
    return (Append(above, nested(steps, {last: value, **beside}), order),)


def taken(document: Document, pointer: str) -> Delete:
    """The operation that takes a value away, and the map or list that would be left empty, but no item of a list."""
    data = document.data
    for at in upwards(pointer):
        holder = parent(at)
        if not holder or len(get(data, holder)) > 1 or isinstance(get(data, parent(holder)), list):
            break
    return Delete(at)
