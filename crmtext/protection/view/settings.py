"""The settings of a view: names and days that reading commands need, and nothing about what is hidden."""

from __future__ import annotations

import json
import tomllib
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from crmtext.checks.scope import declared
from crmtext.checks.table import CHECKS
from crmtext.i18n import _
from crmtext.protection.view.visible import ID
from crmtext.settings import PRODUCT_FIELDS, table_name

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping

#: The settings that a view takes over, by table. Rules, filters and access rights stay in the store.
_TAKEN: Mapping[str, tuple[str, ...]] = {
    "store": ("name", "schema_version", "language", "timezone", "currency"),
    "followup": (
        "stale_days", "satisfaction_days", "case_days", "answer_days", "contract_days", "pool_days", "holidays",
        "workdays",
    ),
    "opportunities": ("probability",),
    "rfm": ("mode", "window_days", "split", "recency", "frequency", "monetary"),
}  # fmt: skip
#: Tables that are taken over whole.
_WHOLE = ("regions",)
#: Tables that say something only beside a field.
_BESIDE = {"opportunities": "opportunities", "rfm": "transactions"}
_MEMBER, _PRODUCT = ("name", "role", "active", "pool"), ("name", "category", "aliases")
#: The rules that are checked in a view. The others are about what people enter, which is checked in the store.
_CHECKED = frozenset({"unique-id", "file-name", "reference"})


def text(raw: bytes, role: str, fields: Collection[str]) -> str:
    """Return the text of a view's `crmtext.toml`, made from the store's; `fields` are the paths that the view shows."""
    data = tomllib.loads(raw.decode("utf-8-sig"))
    lines = [
        "# "
        + _("A view for the role {role}, made by crmtext role-view. Changes here are overwritten.").format(role=role),
        f"view = {_value(role)}",
    ]
    for table, names in _TAKEN.items():
        if _BESIDE.get(table, ID) not in fields:
            continue
        lines += _table(table, {name: data[table][name] for name in names if name in data.get(table, {})})
    for table in _WHOLE:
        lines += _table(table, data.get(table, {}))
    for handle, given in data.get("team", {}).items():
        # Readers are recognized by their addresses; those of others aren't needed.
        names = (*_MEMBER, "email") if given.get("role") == role else _MEMBER
        lines += _table(f"team.{table_name(handle)}", {name: given[name] for name in names if name in given})
    has_products = any(path.rpartition(".")[2] in PRODUCT_FIELDS for path in fields)
    for code, given in data.get("products", {}).items() if has_products else ():
        lines += _table(
            f"products.{table_name(code)}", {name: given[name] for name in _PRODUCT if name in given}, always=True
        )
    lines += _table("check", {"ignore": _not_checked()})
    return "\n".join(lines) + "\n"


def _not_checked() -> list[str]:
    return sorted({rule for name in CHECKS for rule in declared(name).rules} - _CHECKED)


def _table(name: str, entries: Mapping[str, Any], *, always: bool = False) -> Iterator[str]:
    if entries or always:
        yield from ("", f"[{name}]", *(f"{table_name(key)} = {_value(value)}" for key, value in entries.items()))


def _value(value: Any) -> str:
    """A value as TOML."""
    if isinstance(value, dict):
        return f"{{ {', '.join(f'{table_name(key)} = {_value(below)}' for key, below in value.items())} }}"
    if isinstance(value, list):
        return f"[{', '.join(map(_value, value))}]"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, date | datetime):
        return value.isoformat()
    # TOML's escapes are those of JSON, and the reader rejects control characters.
    return json.dumps(value, ensure_ascii=False) if isinstance(value, str) else str(value)
