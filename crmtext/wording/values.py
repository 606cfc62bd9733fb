"""What a writing command says it did: customers, values and changes in people's words."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from crmtext.i18n import _, language
from crmtext.problem import CrmError
from crmtext.terminal.width import clip
from crmtext.values import money

if TYPE_CHECKING:
    from crmtext.schema import Field, Schema
    from crmtext.store import Store
    from crmtext.text.document import Document

_WIDTH = 40


def name(document: Document) -> str:
    """What people call the customer of a record."""
    data = document.data
    return str(data.get("short_name") or data.get("name") or data.get("id") or document.path)


def value(field: Field | None, data: Any, store: Store, width: int = _WIDTH) -> str:
    """A value in words, shortened; never one that is sensitive."""
    if field is not None and field.mark("x-sensitive"):
        return "…"
    return clip(_words(field, data, store), width)


def label(schema: Schema, path: str, chosen: str) -> str:
    """What a value of an enumeration is called."""
    return next((each.label for each in schema.by_path[path].choices if each.value == chosen), chosen)


def _words(field: Field | None, data: Any, store: Store) -> str:
    if isinstance(data, bool):
        return _("yes") if data else _("no")
    if isinstance(data, list | tuple):
        return _(", ").join(_words(field.item if field else None, each, store) for each in data)
    if isinstance(data, Mapping):
        return _mapping(field, data, store)
    if field is not None and field.mark("x-handle"):
        return store.settings.shown(str(data))
    choices = field.choices if field else ()
    return next((each.label for each in choices if each.value == data), " ".join(str(data).split()))


def _mapping(field: Field | None, data: Mapping[str, Any], store: Store) -> str:
    if field is not None and field.is_range and {"min", "max"} & {*data}:
        rest = {key: each for key, each in data.items() if key not in ("min", "max", "currency", "text")}
        return _(", ").join(filter(None, (_mapping(field, rest, store), _range(data, store))))
    fields = [(field.child(key) if field else None, each) for key, each in data.items()]
    return _(", ").join(
        "…" if below and below.mark("x-sensitive") else _words(below, each, store) for below, each in fields
    )


def _range(data: Mapping[str, Any], store: Store) -> str:
    """An amount from … to, as people write it: `¥500,000–¥800,000`, `≤ ¥800,000`."""
    currency = str(data.get("currency", store.settings.currency))
    ends = {key: data[key] for key in ("min", "max") if key in data}
    try:
        said = {key: money.show(amount, currency, language()) for key, amount in ends.items()}
    except (CrmError, ArithmeticError, TypeError):
        said = {key: str(amount) for key, amount in ends.items()}
    if len(said) == 1:
        return f"{'≥' if 'min' in said else '≤'} {next(iter(said.values()))}"
    return "–".join(dict.fromkeys(said.values()))
