"""Customers and values in a few words: what commands say on one line, and nothing that must not be shown."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

from crmtext.i18n import _
from crmtext.terminal.width import clip
from crmtext.text.secret_numbers import in_prose

if TYPE_CHECKING:
    from crmtext.schema import Field
    from crmtext.settings import Settings
    from crmtext.text.document import Document
    from crmtext.wording.sections import Entry

_WIDTH = 40


def customer_name(document: Document) -> str:
    """What people call the customer of a record; by its id, or else its path, where it has no name."""
    data = document.data if isinstance(document.data, Mapping) else {}
    return str(data.get("short_name") or data.get("name") or data.get("id") or document.path)


def hidden() -> str:
    """What stands in place of a value that must not be shown."""
    return _("(not shown)")


def without_hidden(value: Any, field: Field | None, instead: str | None) -> Any:
    """The value with something in place of its parts that must not be shown."""
    if field is not None and field.mark("x-sensitive"):
        return instead
    if isinstance(value, Mapping):
        return {key: without_hidden(each, field.child(key) if field else None, instead) for key, each in value.items()}
    if isinstance(value, list | tuple):
        return [without_hidden(each, field.item if field else None, instead) for each in value]
    return instead if isinstance(value, str) and any(in_prose(value)) else value


def value_text(value: Any, field: Field | None, settings: Settings, width: int | None = _WIDTH) -> str:
    """A value on one line, shortened."""
    # Late: `log` says no value, and should not wait for what makes sections.
    from crmtext.wording.sections import Book, entry

    shown = without_hidden(value, field, hidden())
    if field is not None and field.is_range and isinstance(shown, Mapping) and "text" in shown:
        # The words that an amount was made of say nothing new.
        amounts = {key: each for key, each in shown.items() if key != "text"}
        shown = amounts if {"min", "max"}.intersection(shown) else shown if amounts else shown["text"]
    text = _on_a_line(entry(field.key if field else "", shown, field, Book(settings, {})))
    return text if width is None else clip(text, width)


def texts(data: Mapping[str, Any], field: Field | None, settings: Settings) -> dict[str, str]:
    """What stands under each key of a map, on one line; amounts have the currency that stands beside them."""
    from crmtext.wording.sections import Book, entries

    shown = without_hidden(data, field, hidden())
    return {each.key: _on_a_line(each) for each in entries(shown, field, Book(settings, {}))}


def joined(parts: Iterable[str]) -> str:
    """Several things that are said, one after the other."""
    return _("; ").join(parts)


def few(words: Iterable[str], most: int) -> list[str]:
    """The first of some words, with a sign that there are more."""
    every = list(words)
    return every if len(every) <= most else [*every[:most], "…"]


def _on_a_line(made: Entry) -> str:
    from crmtext.wording.sections import flat

    return _(", ").join(" ".join(each.text.split()) for each in flat(made))
