"""Where a new entry goes in a list: in the order of dates where it has one, else to the end."""

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
    """The operation that puts an entry into a list behind all that are not younger."""
    field = schema.at(pointer)
    key = _day_key(field) if field else ""
    found = get(document.data, pointer)
    given = found if isinstance(found, list) else []
    day = str(item.get(key, ""))
    days = [str(each.get(key, ""))[:10] if isinstance(each, Mapping) else "" for each in given]
    index = next((i for i in range(len(days), 0, -1) if days[i - 1] <= day), 0) if day else len(days)
    if index < len(days):
        return Insert(pointer, index, dict(item))
    return Append(pointer, dict(item), path.order(schema, document.data, pointer))


def sorted_item(item: Mapping[str, Any], field: Field) -> dict[str, Any]:
    """The entry with its keys, and those below, in the schema's order; keys that it does not have stay behind."""
    keys = [child.key for child in field.children]
    ordered = sorted(item, key=lambda key: keys.index(key) if key in keys else len(keys))
    below = ((key, item[key], field.child(key)) for key in ordered)
    return {
        key: sorted_item(value, child) if isinstance(value, Mapping) and child else value for key, value, child in below
    }


def _day_key(field: Field) -> str:
    """The key that says when an entry happened: a required date that cannot lie in the future."""
    item = field.item
    required = item.resolved.get("required", ()) if item else ()
    dated = (child.key for child in (item.children if item else ()) if child.kind == "date" and child.mark("x-past"))
    return next((key for key in dated if key in required), "")
