"""Columns and values for the lists of reports: labels, words, and no sensitive fields."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any

from crmtext.figures.rules import NAMES
from crmtext.figures.tables import Column
from crmtext.i18n import _
from crmtext.query import columns, path
from crmtext.query.listing import terms
from crmtext.values.standards import industry
from crmtext.wording import labels

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from crmtext.model import Customer
    from crmtext.snapshot import Snapshot

#: The kind of a column by the kind of a field or computed name; others are text.
_KINDS = {"date": "date", "number": "decimal", "integer": "number", "sums": "money", "truth": "truth"}


class Shown:
    """The columns and values of one snapshot in the current language."""

    def __init__(self, snapshot: Snapshot) -> None:
        self._snapshot = snapshot
        self._person = cache(lambda handle: labels.person(snapshot.settings, handle))
        self._field = cache(lambda *keys: labels.find(snapshot.schema, *keys))

    def column(self, *keys: str, name: str = "", label: str = "") -> Column:
        """Return the column of a field at a path of keys, through lists; its name is the last key."""
        field = self._field(*keys)
        named, kind = name or keys[-1], _KINDS.get(field.kind, "text") if field else "text"
        return Column(named, label or labels.key_label(field, keys[-1]), kind, self._word(*keys))

    def place(self, *keys: str) -> Callable[[str], tuple[int, str]]:
        """Return a function from a value of a field to its place among the field's values; others come last."""
        field = self._field(*keys)
        places = {choice.value: place for place, choice in enumerate(field.choices if field else ())}
        return lambda value: (places.get(value, len(places)), value)

    def person(self, name: str = "owner", label: str = "") -> Column:
        """Return a column of colleagues, by default that of the customer's owner."""
        return Column(name, label or labels.heading(self._snapshot.schema, "owner"), "text", self._person)

    def state(self) -> Column:
        """Return the column of the states of what is due."""
        words = {"overdue": _("overdue"), "today": _("today"), "coming": _("upcoming"), "undated": _("no date")}
        return Column("state", _("State"), word=lambda state: words[state])

    def computed(self, name: str) -> Column:
        """Return the column of a computed name."""
        resolved = path.resolve(name, terms(self._snapshot, NAMES))
        word = columns.word(resolved.type, self._snapshot) if resolved.type.fixed else None
        return Column(name, _(NAMES[name].label), _KINDS.get(NAMES[name].kind, "text"), word)

    def is_public(self, *keys: str) -> bool:
        """Whether the schema has a field at a path of keys that pages may show."""
        field = self._field(*keys)
        return field is not None and not (field.mark("x-sensitive") or (field.item and field.item.mark("x-sensitive")))

    def value(self, data: Mapping[str, Any], *keys: str) -> Any:
        """Return the value of the last key in a map at a path of keys; None if pages must not show it."""
        value = data.get(keys[-1])
        if value is None:
            return None
        return value if self.is_public(*keys) else None

    def _word(self, *keys: str) -> Callable[[Any], str] | None:
        field = self._field(*keys)
        if field is None:
            return None
        if choices := (field.item or field).choices:
            by_value = {choice.value: choice.label for choice in choices}
            return lambda value: joined(value, by_value)
        if field.mark("x-handle"):
            return self._person
        if field.path == "industry":
            return lambda code: " ".join(filter(None, (code, industry(code))))
        return joined if field.kind == "list" else None


def joined(value: str | Iterable[str], words: Mapping[str, str] = {}) -> str:
    """Return one text, or several in one; `words` has the labels of values."""
    values = (value,) if isinstance(value, str) else value
    return _(", ").join(words.get(one, str(one)) for one in values)


def who(customer: Customer) -> dict[str, Any]:
    """Return what each item of a list has of its customer."""
    return {"id": customer.id, "name": customer.name, "owner": customer.owner}
