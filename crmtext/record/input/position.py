"""Position of a new entry in a list: by date if entries have one, else at the end."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from crmtext.record.input import path
from crmtext.text.edit.rewrite import Append, Insert, Operation
from crmtext.text.pointer import get

if TYPE_CHECKING:
    from crmtext.schema import Field, Schema
    from crmtext.text.document import Document


def place(document: Document, pointer: str, item: Mapping[str, Any], schema: Schema) -> Operation:
    """Return the operation that adds an entry after all entries of the same or an earlier date."""
    field = schema.at(pointer)
    key = _day_key(field) if field else ""
    value = get(document.data, pointer)
    given = value if isinstance(value, list) else []
    day = str(item.get(key, ""))
    days = [str(entry.get(key, ""))[:10] if isinstance(entry, Mapping) else "" for entry in given]
    index = next((i for i in range(len(days), 0, -1) if days[i - 1] <= day), 0) if day else len(days)
    if index < len(days):
        return Insert(pointer, index, dict(item))
    return Append(pointer, dict(item), path.order(schema, document.data, pointer))


def sorted_item(item: Mapping[str, Any], field: Field) -> dict[str, Any]:
    """Return the entry with its keys, and those of maps in it, in the schema's order; unknown keys come last."""
    keys = [child.key for child in field.children]
    ordered = sorted(item, key=lambda key: keys.index(key) if key in keys else len(keys))
    below = ((key, item[key], field.child(key)) for key in ordered)
    return {
        key: sorted_item(value, child) if isinstance(value, Mapping) and child else value for key, value, child in below
    }


def _day_key(field: Field) -> str:
    """Return the key of an entry's date: a required date that cannot lie in the future; empty if there is none."""
    item = field.item
    required = item.resolved.get("required", ()) if item else ()
    dated = (child.key for child in (item.children if item else ()) if child.kind == "date" and child.mark("x-past"))
    return next((key for key in dated if key in required), "")
