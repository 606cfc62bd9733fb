"""Steps of a change: operations on a record and their text for the summary."""

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
    """The operations of an assignment and their text; no operations if the record has that value already."""

    operations: tuple[Operation, ...] = ()
    text: str = ""
    #: The place that was assigned; None for a step that follows from an assignment.
    key: Key | None = None


def change_text(key: Key, old: Any, new: Any, store: Store) -> str:
    """Return in words how a field changed: set, replaced or removed."""
    if new is None:
        return _("{key} removed").format(key=key.label)
    now = value_text(new, key.field, store.settings)
    if old is None or key.field.mark("x-sensitive"):
        return labelled(key.label, now)
    return _("{key}: {old} → {new}").format(key=key.label, old=value_text(old, key.field, store.settings), new=now)


def put(
    key: Key, value: Any, document: Document, store: Store, beside: Mapping[str, Any] = MappingProxyType({})
) -> tuple[Operation, ...]:
    """Return the operations that set a place and other fields of the same map; a new list entry starts with them."""
    above, new, below = key.pointer.partition(f"/{NEW}/")
    order = path.order(store.schema, document.data, above)
    if not new:
        holder = parent(key.pointer)
        more = (Set(f"{holder}/{escape(name)}", other, order) for name, other in beside.items())
        return (Set(above, value, order), *more)
    *steps, last = split(f"/{below}")
    return (Append(above, nested(steps, {last: value, **beside}), order),)


def removal(document: Document, pointer: str) -> Delete:
    """Return the operation that removes a value and any map or list left empty by it, but no list entry."""
    data = document.data
    for at in upwards(pointer):
        holder = parent(at)
        if not holder or len(get(data, holder)) > 1 or isinstance(get(data, parent(holder)), list):
            break
    return Delete(at)
