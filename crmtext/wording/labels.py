"""Labels of keys, values and people, from the schema and the team list."""

from __future__ import annotations

from typing import TYPE_CHECKING

from crmtext.i18n import _

if TYPE_CHECKING:
    from collections.abc import Mapping

    from crmtext.schema import Field, Schema
    from crmtext.settings import Settings


def find(schema: Schema, *keys: str) -> Field | None:
    """Return the field at a path of keys, through lists; None if the schema has none."""
    field: Field | None = schema.root
    for key in keys:
        field = field.child(key) if field else None
    return field


def heading(schema: Schema, *keys: str) -> str:
    """Return the label of the key at a path."""
    return key_label(find(schema, *keys), keys[-1])


def key_label(field: Field | None, key: str) -> str:
    """Return the label of a key; the key itself if the schema does not have it."""
    return field.label if field else key


def full_label(schema: Schema, path: str) -> str:
    """Return a field's label after those of all blocks and lists around it: `Address` alone is unclear."""
    steps = path.split(".")
    ways = (".".join(steps[:count]).removesuffix("[]") for count in range(1, len(steps) + 1))
    return " · ".join(schema.by_path[way].label for way in ways)


def choice_label(field: Field | None, value: str) -> str:
    """Return the label of a choice; the value itself if the schema has no label for it."""
    choices = field.choices if field else ()
    return next((choice.label for choice in choices if choice.value == value), value)


def labelled(label: str, text: str) -> str:
    """Return a value after its label."""
    return _("{label}: {value}").format(label=label, value=text)


def children(field: Field | None) -> Mapping[str, Field]:
    """Return the fields of a map, or of the maps in a list, in the schema's order."""
    return field.by_key if field else {}


def required(field: Field | None) -> frozenset[str]:
    """Return the required keys of a map, or of the maps in a list."""
    return frozenset((field.item or field).resolved.get("required", ())) if field else frozenset()


def person(settings: Settings, handle: str) -> str:
    """Return a team member's name, marked if they have left; for anyone else the handle."""
    member = settings.team.get(handle)
    if member is None or not member.has_left:
        return settings.shown(handle)
    return _("{name} (has left)").format(name=member.shown)
