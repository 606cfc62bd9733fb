"""The schema as a data dictionary: fields with their labels, kinds and choices."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any, NamedTuple

from crmtext.i18n import pick
from crmtext.values import lazy

Spec = Mapping[str, Any]
_WORD = lazy.pattern(r"\w+")
#: The numbers of an amount.
_AMOUNT = frozenset({"amount", "limit", "min", "max"})


def _typed(label: str, written: str) -> str:
    return label if not label.isascii() and _WORD.fullmatch(label) else written


class Choice(NamedTuple):
    """A value of an enumeration with its labels and synonyms."""

    value: str
    labels: Mapping[str, str]
    synonyms: tuple[str, ...] = ()

    @property
    def label(self) -> str:
        """Its label in the current language."""
        return pick(self.labels) or self.value

    @property
    def typed(self) -> str:
        """The name that users type for it: its label if that is one Chinese word, else the value."""
        return _typed(self.label, self.value)

    def names(self) -> Iterator[str]:
        """All names that users may type for it."""
        yield self.value
        yield from self.labels.values()
        yield from self.synonyms


@dataclass(frozen=True)
class Field:
    """A field of a record, by its path from the top; `[]` stands for a list's items (`contacts[].title`)."""

    path: str
    spec: Spec
    definitions: Spec
    #: Whether a map or list around it is marked as sensitive.
    in_sensitive: bool = False

    @cached_property
    def key(self) -> str:
        """The last step of its path, as written in a file."""
        return self.path.removesuffix("[]").rpartition(".")[2]

    @cached_property
    def resolved(self) -> Spec:
        """Its schema with local references resolved; values beside a reference win."""
        spec = self.spec
        while "$ref" in spec:
            target = self.definitions[spec["$ref"].rpartition("/")[2]]
            spec = {**target, **{k: v for k, v in spec.items() if k != "$ref"}}
        return spec

    @property
    def definition(self) -> str:
        """The schema definition that it uses, such as `currency`; empty if none."""
        return str(self.spec.get("$ref", "")).rpartition("/")[2]

    @cached_property
    def labels(self) -> Mapping[str, str]:
        """Its labels by language."""
        return {"en": self.resolved.get("title", self.key), "zh": self.resolved.get("x-title-zh", self.key)}

    @property
    def label(self) -> str:
        """Its label in the current language."""
        return pick(self.labels)

    @property
    def typed(self) -> str:
        """The name that users type for it: its label if that is one Chinese word, else the key."""
        return _typed(self.label, self.key)

    @property
    def hint(self) -> str:
        """The schema's hint for a wrong value; empty if it has none."""
        return pick(self.resolved.get("x-hint", {}))

    @property
    def synonyms(self) -> tuple[str, ...]:
        """Other names of the field."""
        return tuple(self.resolved.get("x-synonyms", ()))

    def names(self) -> Iterator[str]:
        """All names that users may type for it."""
        yield self.key
        yield from self.labels.values()
        yield from self.synonyms

    @cached_property
    def choices(self) -> tuple[Choice, ...]:
        """The values of an enumeration in the schema's order; empty for other kinds."""
        labels = self.resolved.get("x-enum-labels", {})
        synonyms = self.resolved.get("x-value-synonyms", {})
        values = [value for value in self.resolved.get("enum", ()) if isinstance(value, str)]
        return tuple(Choice(v, labels.get(v, {"en": v}), tuple(synonyms.get(v, ()))) for v in values)

    @cached_property
    def kind(self) -> str:
        """`text`, `date`, `number`, `integer`, `boolean`, `list` or `map`; `text` if it may be either text or a map."""
        spec = self.resolved
        if isinstance(spec.get("type"), list) and "object" in spec["type"]:
            return "text"
        if "properties" in spec or spec.get("type") == "object":
            return "map"
        if spec.get("format") == "date":
            return "date"
        kinds = {"array": "list", "number": "number", "integer": "integer", "boolean": "boolean"}
        named = spec.get("type")
        return kinds.get(named if isinstance(named, str) else "", "text")

    @property
    def is_partial(self) -> bool:
        """Whether it is a date of which month and day may be missing."""
        named = self.resolved.get("type")
        return isinstance(named, list) and {*named} == {"string", "integer"} and "minimum" in self.resolved

    @property
    def is_past(self) -> bool:
        """Whether it is the date of a past event."""
        return bool(self.mark("x-past")) and (self.kind == "date" or self.is_partial)

    @cached_property
    def children(self) -> tuple[Field, ...]:
        """The fields of a map in the schema's order."""
        properties = self.resolved.get("properties", {})
        prefix = f"{self.path}." if self.path else ""
        sensitive = bool(self.mark("x-sensitive"))
        return tuple(Field(prefix + key, spec, self.definitions, sensitive) for key, spec in properties.items())

    @cached_property
    def by_key(self) -> Mapping[str, Field]:
        """The fields of this map, or of this list's maps, by key."""
        here = self.item if self.kind == "list" and self.item else self
        return {field.key: field for field in here.children}

    @cached_property
    def ranks(self) -> Mapping[str, int]:
        """The places of the keys of this map in the order of the schema."""
        return {key: place for place, key in enumerate(self.by_key)}

    @cached_property
    def item(self) -> Field | None:
        """The field of a list's items."""
        items = self.resolved.get("items")
        sensitive = bool(self.mark("x-sensitive"))
        return Field(self.path + "[]", items, self.definitions, sensitive) if isinstance(items, dict) else None

    def child(self, key: str) -> Field | None:
        """The field of a key of this map, or of this list's maps."""
        return self.by_key.get(key)

    def named(self, typed: str) -> Field | None:
        """The field of this map for a typed key, label or synonym; None if none or several match."""
        wanted = typed.strip().casefold()
        ways: tuple[Iterator[Field], ...] = (
            (child for child in self.children if child.key.casefold() == wanted),
            (child for child in self.children if wanted in (name.casefold() for name in child.labels.values())),
            (child for child in self.children if wanted in (name.casefold() for name in child.synonyms)),
        )
        for way in ways:
            fields = tuple(way)
            if fields:
                return fields[0] if len(fields) == 1 else None
        return None

    @cached_property
    def main(self) -> Field | None:
        """The field that a single text fills, in a map or a list's maps: a need's description."""
        here = self.item or self
        keys, required = self.mark("x-key") or (), here.resolved.get("required", ())
        for names in (required, keys if len(keys) > 1 or not required else ()):
            for child in here.children:
                free = child.kind == "text" and child.resolved.get("type") == "string" and not child.choices
                if child.key in names and free and not child.mark("x-handle") and not child.mark("x-reference"):
                    return child
        return None

    @cached_property
    def is_range(self) -> bool:
        """Whether users can type a range for this field: it has `min` and `max`."""
        return {"min", "max"} <= {child.key for child in self.children}

    @cached_property
    def money(self) -> tuple[str, ...]:
        """The keys of this map, or of this list's maps, that are one amount: numbers, currency, and a range's text."""
        fields = self.by_key.values()
        keys = [field.key for field in fields if field.key in _AMOUNT or field.definition == "currency"]
        has_currency = any(field.definition == "currency" for field in fields)
        return (*keys, *(["text"] if self.is_range else [])) if has_currency else ()

    def mark(self, name: str) -> Any:
        """The value of an `x-` mark; None if absent. A field below a sensitive one is sensitive, too."""
        return True if self.in_sensitive and name == "x-sensitive" else self.resolved.get(name)

    def walk(self) -> Iterator[Field]:
        """This field and all fields below it."""
        yield self
        if self.item:
            yield from self.item.walk()
        for child in self.children:
            yield from child.walk()
