"""Customers and values in a few words for one line, without sensitive values."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

from crmtext.i18n import _
from crmtext.terminal.width import clip
from crmtext.text.secret_numbers import in_prose

if TYPE_CHECKING:
    from crmtext.schema import Field, Schema
    from crmtext.settings import Settings
    from crmtext.text.document import Document
    from crmtext.wording.sections import Entry

_WIDTH = 40


def customer_name(document: Document) -> str:
    """Return the customer's short name, else name, id or path."""
    data = document.data if isinstance(document.data, Mapping) else {}
    return str(data.get("short_name") or data.get("name") or data.get("id") or document.path)


def hidden() -> str:
    """Return the text in place of a value that must not be shown."""
    return _("(not shown)")


def without_hidden(value: Any, field: Field | None, instead: str | None) -> Any:
    """Return the value with its sensitive parts replaced by `instead`."""
    if field is not None and field.mark("x-sensitive"):
        return instead
    if isinstance(value, Mapping):
        return {
            key: without_hidden(child, field.child(key) if field else None, instead) for key, child in value.items()
        }
    if isinstance(value, list | tuple):
        return [without_hidden(child, field.item if field else None, instead) for child in value]
    return instead if isinstance(value, str) and any(in_prose(value)) else value


def discreet(value: Any, pointer: str, schema: Schema) -> Any:
    """Return the value at a pointer of a record with null for its sensitive parts."""
    return None if schema.sensitive(pointer) else without_hidden(value, schema.at(pointer), None)


def value_text(value: Any, field: Field | None, settings: Settings, width: int | None = _WIDTH) -> str:
    """Return a value on one line, shortened."""
    # Imported late: `log` shows no values and must start fast.
    from crmtext.wording.sections import Book, entry

    shown = without_hidden(value, field, hidden())
    if field is not None and field.is_range and isinstance(shown, Mapping) and "text" in shown:
        # The text of an amount repeats the numbers.
        amounts = {key: part for key, part in shown.items() if key != "text"}
        shown = amounts if {"min", "max"}.intersection(shown) else shown if amounts else shown["text"]
    text = _on_a_line(entry(field.key if field else "", shown, field, Book(settings, {})))
    return text if width is None else clip(text, width)


def texts(data: Mapping[str, Any], field: Field | None, settings: Settings) -> dict[str, str]:
    """Return the text of each key of a map on one line; amounts in the currency beside them."""
    from crmtext.wording.sections import Book, entries

    shown = without_hidden(data, field, hidden())
    return {part.key: _on_a_line(part) for part in entries(shown, field, Book(settings, {}))}


def joined(parts: Iterable[str]) -> str:
    """Return statements joined to one line."""
    return _("; ").join(parts)


def few(words: Iterable[str], most: int) -> list[str]:
    """Return the first of some texts, with a mark if there are more."""
    every = list(words)
    return every if len(every) <= most else [*every[:most], "…"]


def _on_a_line(part: Entry) -> str:
    from crmtext.wording.sections import flat

    return _(", ").join(" ".join(cell.text.split()) for cell in flat(part))
