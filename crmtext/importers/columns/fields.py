"""Fields as users type them in `--map` and `--default`: a name, a label or a path, in either language."""

from __future__ import annotations

import re
import unicodedata
from typing import TYPE_CHECKING

from crmtext.exporters.headers import BETWEEN
from crmtext.i18n import _
from crmtext.importers.columns.headers import norm, plain
from crmtext.importers.columns.names import SEALED, Names
from crmtext.importers.mapping import SPECIAL
from crmtext.problem import CrmError, usage
from crmtext.values.did_you_mean import did_you_mean, nearest
from crmtext.values.external_ids import FIELD as EXTERNAL_IDS

if TYPE_CHECKING:
    from collections.abc import Sequence

    from crmtext.schema import Schema
    from crmtext.schema.dictionary import Field

_POSITION = re.compile(r"\[\d*\]")
_KIND = re.compile(r"addresses\[([\w-]+)\]\.(\w+)")
#: A name in `custom`: it begins with a letter, and no tool reads it as a path.
_CUSTOM = re.compile(r"[^\W\d_][^\x00-\x1f\x7f.\[\]\\\"'`<>{}$|]{0,59}")
_NEVER = frozenset({"constructor", "prototype", "proto", "tostring", "valueof", "hasownproperty"})


def field_path(schema: Schema | Names, kind: str, typed: str) -> str:
    """Return the path of a typed field on a sheet of an object. Raises CrmError if it is unknown or fits several."""
    names = schema if isinstance(schema, Names) else Names(schema)
    wanted = _POSITION.sub("", unicodedata.normalize("NFC", typed)).strip()
    if wanted in SPECIAL or wanted in SEALED:
        return wanted
    if match := _KIND.fullmatch(wanted):
        kinds = {choice.value for choice in names.fields["addresses.kind"].choices} if names.fields else set()
        if match[1] in kinds and f"addresses.{match[2]}" in names.fields:
            return wanted
    head, dot, rest = wanted.partition(".")
    if dot and norm(head) in ("custom", "自定义"):
        return f"custom.{custom_name(rest)}"
    if dot and (ids := names.schema.root.named(head)) and ids.path == EXTERNAL_IDS:
        return f"{EXTERNAL_IDS}.{custom_name(rest)}"
    path = _by_steps(names, wanted) if dot else _by_name(names, kind, wanted)
    field = names.fields.get(path or wanted.rpartition(".")[0])
    if field and field.kind == "map" and not (field.children or field.is_range):
        raise _without_name(field)
    if not path:
        if holder := next((one for one in names.schema.fields if one.children and _is_named(one, wanted)), None):
            raise _several(wanted, [typed_path(names, child.path) for child in holder.children])
        known = [*names.fields, *SPECIAL, *(name for field in names.fields.values() for name in field.labels.values())]
        message = _("unknown field '{field}'").format(field=wanted[:80])
        near = nearest(wanted, known, loose=True)
        raise usage("unknown-field", message, did_you_mean(near, _("see: crmtext explain")))
    return path


def typed_path(schema: Schema | Names, path: str) -> str:
    """Return a field's path as users type it in the current language: `联系人.电话`."""
    names = schema if isinstance(schema, Names) else Names(schema)
    if path.startswith("addresses[") or path not in names.fields:
        return path
    parts = path.split(".")
    return ".".join(names.fields[".".join(parts[: length + 1])].typed for length in range(len(parts)))


def labelled(names: Names, header: str, part: str = "") -> str:
    """Return the field of a header as our workbooks label parts: `企业信息 · 员工人数`; empty if it is none.

    With the name of a list, the header is one of its entries' fields.
    """
    head, between, rest = header.partition(BETWEEN)
    if not between:
        return ""
    own = names.schema.by_path.get("custom")
    if not part and own and _is_named(own, head):
        return f"custom.{rest}" if can_be_custom(rest) else ""
    path = _by_steps(names, ".".join([*([part] if part else []), *header.split(BETWEEN)]))
    return path if path in names.fields else ""


def custom_name(header: str) -> str:
    """Return the name of an own field for a header. Raises CrmError if the header can't name one."""
    name = plain(header)
    if not can_be_custom(name):
        message = _("'{name}' can't name an own field").format(name=name[:40])
        raise usage("custom-name", message, _("use a name of up to 60 letters, such as: custom.region"))
    return name


def can_be_custom(name: str) -> bool:
    """Whether a text can name an own field."""
    return bool(_CUSTOM.fullmatch(name)) and norm(name) not in _NEVER and ".." not in name


def _is_named(field: Field, typed: str) -> bool:
    return typed == field.path or norm(typed) in map(norm, field.labels.values())


def _several(typed: str, ways: Sequence[str]) -> CrmError:
    message = _("'{field}' fits {count} fields").format(field=typed, count=len(ways))
    return usage("several-fields", message, _("one of: {values}").format(values=_(", ").join(ways)))


def _without_name(field: Field) -> CrmError:
    """The error for a field that holds values by names of their own, such as `external_ids`."""
    if field.path == EXTERNAL_IDS:
        message = _("external ids are kept by system: {field}.SYSTEM").format(field=field.typed)
        return usage("unknown-field", message, _("for example: {command}").format(command=f"{field.typed}.erp"))
    if field.path == "custom":
        message = _("'{field}' needs a name: {field}.NAME").format(field=field.typed)
        return usage("unknown-field", message, _("for example: {command}").format(command=f"{field.typed}.region"))
    message = _("no column can be written to '{field}'").format(field=field.path.replace("[]", ""))
    return usage("unknown-field", message, _("these ids come from the id column of the entries' own sheet"))


def _by_name(names: Names, kind: str, typed: str) -> str:
    """The field with this path or name."""
    if typed in names.fields and (path := names.leaf(typed)):
        return path
    wanted = norm(typed)
    own = next((field for field in names.schema.fields if wanted in map(norm, field.labels.values())), None)
    if own and kind in ("customers", "leads") and (path := names.leaf(own.path)):
        return path
    meanings = names.meanings(kind, wanted) or (names.meanings("customers", wanted) if kind != "customers" else ())
    if len(meanings) > 1:
        raise _several(typed, [typed_path(names, meaning.field) for meaning in meanings])
    return "" if not meanings or meanings[0].field == "@row" else meanings[0].field


def _by_steps(names: Names, typed: str) -> str:
    """The field at the end of a path of names."""
    here: Field | None = names.schema.root
    for step in typed.split("."):
        holder = here.item if here and here.kind == "list" and here.item else here
        here = holder.named(step) if holder else None
        if here is None and holder is not None:
            wanted = norm(step)
            fitting = [field for field in holder.children if wanted in map(norm, field.names())]
            here = fitting[0] if len(fitting) == 1 else None
        if here is None:
            return ""
    path = here.path.replace("[]", "") if here else ""
    return names.leaf(path.replace("addresses.", "addresses[office].")) if path else ""
