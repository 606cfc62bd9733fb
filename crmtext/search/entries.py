"""The values of a record that are searched, each with the forms in which it can be typed."""

from __future__ import annotations

from enum import IntEnum
from functools import cached_property, lru_cache
from typing import TYPE_CHECKING, Any, NamedTuple

from crmtext.i18n import pick
from crmtext.settings import PRODUCT_FIELDS
from crmtext.text import secret_numbers
from crmtext.values.standards import industry

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from crmtext.schema import Field, Schema
    from crmtext.settings import Settings
    from crmtext.snapshot import Snapshot


class Kind(IntEnum):
    """The kinds of values, in the order of a record's text."""

    ID = 0
    NAME = 1
    CONTACT = 2
    PHONE = 3
    EMAIL = 4
    #: Tags, products, segment and industry.
    TOPIC = 5
    OTHER = 6


NAMES = (Kind.NAME, Kind.CONTACT)


class Entry(NamedTuple):
    """One value of a record."""

    kind: Kind
    #: The path of its field, such as `contacts[].name`.
    path: str
    #: The value as written; for an enumeration its label in the current language, the other label and the value.
    forms: tuple[str, ...]
    #: Whether it is the name of a person, which is read differently.
    is_person: bool = False


_KINDS: Mapping[str, Kind] = {
    "id": Kind.ID,
    "merged_from[]": Kind.ID,
    "name": Kind.NAME,
    "short_name": Kind.NAME,
    "aliases[]": Kind.NAME,
    "former_names[]": Kind.NAME,
    "contacts[].name": Kind.CONTACT,
    "tags[]": Kind.TOPIC,
    "industry": Kind.TOPIC,
    "classification.segment": Kind.TOPIC,
}
_KINDS_BY_KEY = {"phone": Kind.PHONE, "phones": Kind.PHONE, "email": Kind.EMAIL, "emails": Kind.EMAIL}

#: Most values with names, and many texts, occur in many records.
_MANY = 1 << 10


class _Node:
    """A place in records: its field, the kind and forms of its values, and the places below it, made on first use."""

    def __init__(self, field: Field | None, path: str, settings: Settings) -> None:
        self._field, self._settings = field, settings
        self.path = path
        self.sensitive = bool(field is not None and field.mark("x-sensitive"))
        self.searched = not self.sensitive and (field is None or not (field.kind == "date" or field.is_partial))
        self.kind = _kind(field, path)
        self.forms = lru_cache(_MANY)(_forms(field, path, settings))
        self.children: dict[str, _Node] = {}

    def below(self, key: str) -> _Node:
        """The place of a key of a map here."""
        child = self._field.by_key.get(key) if self._field else None
        node = _Node(child, f"{self.path}.{key}" if self.path else key, self._settings)
        return self.children.setdefault(key, node)

    @cached_property
    def item(self) -> _Node:
        """The place of the items of a list here."""
        return _Node(self._field.item if self._field else None, f"{self.path}[]", self._settings)

    @property
    def is_free(self) -> bool:
        """Whether the schema doesn't know the field: in a team's own fields, a number is mostly a code."""
        return self._field is None


class Reader:
    """Reads the searched values of records by a schema and the names in the settings."""

    def __init__(self, schema: Schema, settings: Settings) -> None:
        self._root = _Node(schema.root, "", settings)

    @classmethod
    def of(cls, snapshot: Snapshot) -> Reader:
        """The reader for a snapshot's records."""
        return cls(snapshot.schema, snapshot.settings)

    def entries(self, data: Mapping[str, Any]) -> tuple[Entry, ...]:
        """Return the searched values of a record: no sensitive ones, and stars for numbers that must stay secret."""
        entries: dict[Entry, None] = {}
        _add(data, self._root, entries)
        if data.get("type") == "person":
            return tuple(entry._replace(is_person=entry.kind in NAMES) for entry in entries)
        return tuple(entries)


def _add(value: Any, node: _Node, entries: dict[Entry, None]) -> None:
    """Add the values here and below: the hottest loop of a search without an index."""
    if type(value) is str:
        if value and node.searched:
            entries[Entry(node.kind, node.path, node.forms(value), node.kind is Kind.CONTACT)] = None
    elif node.sensitive:
        return
    elif type(value) is dict:
        for key, child in value.items():
            _add(child, node.children.get(key) or node.below(key), entries)
    elif type(value) is list:
        for child in value:
            _add(child, node.item, entries)
    elif type(value) is int and node.is_free:
        entries[Entry(node.kind, node.path, node.forms(str(value)))] = None


def _forms(field: Field | None, path: str, settings: Settings) -> Callable[[str], tuple[str, ...]]:
    """A function that returns the forms of a field's value."""
    key, named = _key(path), _named(field, path, settings)
    return lambda value: tuple(dict.fromkeys(filter(None, (*named(value), _discreet(value, key)))))


def _named(field: Field | None, path: str, settings: Settings) -> Callable[[str], Iterable[str]]:
    """A function that returns the names of a field's value."""
    if field and field.choices:
        names = {choice.value: (pick(choice.labels), *choice.labels.values()) for choice in field.choices}
        return lambda value: names.get(value, ())
    if field and field.mark("x-handle"):
        return lambda handle: (settings.shown(handle),)
    if field and _key(path) in PRODUCT_FIELDS:
        return lambda name: product.names if (product := settings.product(name)) else ()
    return (lambda code: (industry(code),)) if path == "industry" else (lambda _value: ())


def _kind(field: Field | None, path: str) -> Kind:
    if field is None or path in _KINDS:
        return _KINDS.get(path, Kind.OTHER)
    key = _key(path)
    return Kind.TOPIC if key in PRODUCT_FIELDS else _KINDS_BY_KEY.get(key, Kind.OTHER)


def _discreet(value: str, key: str) -> str:
    """The value with stars for numbers that must stay secret; the key may name another kind of number."""
    if secret_numbers.may_contain(value):
        before = f"{key}: "
        value = secret_numbers.masked(before + value)[len(before) :]
    # A zero byte, which no valid record has, would end the text.
    return value.replace("\0", "")


def _key(path: str) -> str:
    return path.removesuffix("[]").rpartition(".")[2]
