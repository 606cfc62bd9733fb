"""The words of the schema and of the team for keys, values and people."""

from __future__ import annotations

from typing import TYPE_CHECKING

from crmtext.i18n import _

if TYPE_CHECKING:
    from collections.abc import Mapping

    from crmtext.schema import Field, Schema
    from crmtext.settings import Settings


def find(schema: Schema, *keys: str) -> Field | None:
    """The field at a path of keys, lists passed through."""
    field: Field | None = schema.root
    for key in keys:
        field = field.child(key) if field else None
    return field


def heading(schema: Schema, *keys: str) -> str:
    """What people call the key at a path."""
    return key_label(find(schema, *keys), keys[-1])


def key_label(field: Field | None, key: str) -> str:
    """What people call a key; the key itself where the schema does not know it."""
    return field.label if field else key


def choice_label(field: Field | None, value: str) -> str:
    """What people call a value of an enumeration; the value itself where the schema has no word for it."""
    choices = field.choices if field else ()
    return next((choice.label for choice in choices if choice.value == value), value)


def labelled(label: str, text: str) -> str:
    """A value behind its label."""
    return _("{label}: {value}").format(label=label, value=text)


def children(field: Field | None) -> Mapping[str, Field]:
    """The keys of a map, or of the maps in a list, in the schema's order."""
    return field.by_key if field else {}


def required(field: Field | None) -> frozenset[str]:
    """The keys that a map, or each map in a list, must have."""
    return frozenset((field.item or field).resolved.get("required", ())) if field else frozenset()


def person(settings: Settings, handle: str) -> str:
    """The name of a team member, marked when they have left; the handle of anyone else."""
    member = settings.team.get(handle)
    if member is None or member.active:
        return settings.shown(handle)
    return _("{name} (has left)").format(name=member.shown)
