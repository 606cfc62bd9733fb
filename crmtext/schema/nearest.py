"""The nearest known key or value for a mistyped one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from crmtext.i18n import _
from crmtext.text.pointer import escape, parent
from crmtext.values.did_you_mean import did_you_mean, nearest

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from crmtext.schema import Schema
    from crmtext.schema.dictionary import Choice


#: The most names to search: a record may hold many mistakes.
_MOST = 600


def choice(typed: str, choices: Iterable[Choice], *, loose: bool = False) -> str:
    """Return the value of the nearest value, label or synonym; empty if none is near."""
    values = {name: entry.value for entry in choices for name in reversed([*entry.names()])}
    near = _among(typed, values, loose=loose)
    return values[near] if near else ""


def _among(typed: str, known: Mapping[str, object], *, loose: bool) -> str:
    return typed if typed in known else nearest(typed, known, loose=loose) if len(known) <= _MOST else ""


def key(typed: str, schema: Schema, pointer: str) -> str:
    """Return the pointer of the nearest key to one typed at a pointer; empty if none is near."""
    return key_and_hint(typed, schema, pointer)[0]


def key_and_hint(typed: str, schema: Schema, pointer: str, *, loose: bool = False) -> tuple[str, str]:
    """Return the pointer of the nearest key (empty if none), and a hint."""
    above = parent(pointer)
    here = schema.at(above)
    siblings = here.children if here else ()
    by_name = {name: field for field in siblings for name in field.names()}
    if near := _among(typed, by_name, loose=loose):
        meant = by_name[near]
        return f"{above}/{escape(meant.key)}", did_you_mean(meant.typed if loose else meant.key)
    holder = schema.at(parent(above))
    if loose and holder and holder.kind == "list" and (main := holder.main) and typed in _main_texts(schema):
        return f"{above}/{escape(main.key)}", did_you_mean(main.typed)
    homes = [
        field.path.rpartition(".")[0] for field in schema.by_path.values() if field.key == typed and "." in field.path
    ]
    if homes:
        named = (schema.typed(home).removesuffix("[0]") if loose else home for home in dict.fromkeys(homes[:3]))
        quoted = _(", ").join(_("'{value}'").format(value=home) for home in named)
        return "", _("'{key}' belongs in {homes}").format(key=typed, homes=quoted)
    if here is not None and above == "":
        return "", _("put fields that the schema does not have under 'custom:'")
    known = (field.typed if loose else field.key for field in siblings)
    return "", _("known fields: {keys}").format(keys=_(", ").join(known))


def _main_texts(schema: Schema) -> set[str]:
    """The names of the main texts of all lists: `summary` in a list without one means its own main text."""
    lists = (field.main for field in schema.by_path.values() if field.kind == "list")
    return {name for main in lists if main for name in main.names()}
