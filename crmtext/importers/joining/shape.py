"""The values of a row in the shape of a record: its own fields, and the entries of its lists."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from crmtext.schema import Field, Schema

_FIELD = re.compile(r"(?:(?P<group>[^|]*)\|)?(?P<path>.+)", re.DOTALL)
_KIND = re.compile(r"(\w+)\[(\w+)\]\.?(.*)", re.DOTALL)


class Shaped(NamedTuple):
    """The values of a row."""

    #: The customer's own fields.
    data: dict[str, Any]
    #: Entries of lists, by list and by group.
    items: dict[str, dict[str, dict[str, Any]]]
    #: Values by names that begin with `@`.
    special: dict[str, Any]
    #: Values without a place, as lines `column: value`.
    rest: list[str]

    def entries(self, name: str) -> Iterator[dict[str, Any]]:
        """The row's entries of a list."""
        yield from self.items.get(name, {}).values()


class _Way(NamedTuple):
    group: str
    #: The list whose entry holds the value; empty if the customer itself does.
    list: str
    #: The keys below, each with its field; None below open fields. A special value has no keys.
    steps: tuple[tuple[str, Field | None], ...]
    #: The key, if a value that is no list just goes there; else empty.
    key: str


class Shaper:
    """Shapes rows by one schema; what a field's name means is worked out once."""

    def __init__(self, schema: Schema) -> None:
        self._root = schema.root
        self._ways: dict[str, _Way] = {}

    def shape(self, values: Mapping[str, Any], columns: Mapping[str, str]) -> Shaped:
        """Return the values in the shape of a record, without empty ones."""
        shaped = Shaped({}, {}, {}, [])
        ways = self._ways
        for field, value in values.items():
            if not value and is_empty(value):
                continue
            group, list_, steps, key = ways.get(field) or ways.setdefault(field, self._way(field))
            if not steps:
                shaped.special[field] = value
                continue
            holder = shaped.data
            if list_:
                holder = shaped.items.setdefault(list_, {}).setdefault(group, {})
            if key and type(value) is not list:
                holder[key] = value
            elif left := _put(holder, steps, value):
                column = columns.get(field) or field
                shaped.rest.extend(f"{column}: {text}" for text in left)
        return shaped

    def _way(self, name: str) -> _Way:
        if name.startswith("@"):
            return _Way("", "", (), "")
        match = _FIELD.fullmatch(name)
        group, path = (match["group"] or "", match["path"]) if match else ("", name)
        kind = ""
        if at := _KIND.fullmatch(path):
            kind, path = at[2], f"{at[1]}.{at[3]}".rstrip(".")
        keys = path.split(".", 1) if path.startswith(("custom.", "external_ids.")) else path.split(".")
        steps: list[tuple[str, Field | None]] = []
        field: Field | None = self._root
        for key in keys:
            field = field.child(key) if field else None
            steps.append((key, field))
        if not _is_list_of_maps(steps[0][1]):
            return _Way(group, "", tuple(steps), _single_key(steps))
        below = tuple(steps[1:]) or ((self._main(steps[0][1]), None),)
        return _Way(f"{group}|{kind}" if kind else group, keys[0], below, _single_key(below))

    def _main(self, field: Field | None) -> str:
        if field is not None and field.key == "addresses":
            return "street"
        main = field.main if field else None
        return main.key if main else "text"


def is_empty(value: Any) -> bool:
    """Whether a value says nothing."""
    # Nought and no say something.
    return not value and value != 0


def kind_of(group: str) -> str:
    """Return the kind in the group of an address, such as `office`; empty if it has none."""
    return group.rpartition("|")[2] if "|" in group else ""


def line(text: object) -> str:
    """Return a text on one line."""
    return " ".join(str(text).split())


def texts(value: Any) -> list[str]:
    """The texts in a value."""
    if isinstance(value, dict):
        return [text for one in value.values() for text in texts(one)]
    return [text for one in value for text in texts(one)] if isinstance(value, list) else [line(value)]


def _single_key(steps: Sequence[tuple[str, Field | None]]) -> str:
    """The key of a field that holds one value and lies directly in its holder; empty for others."""
    (key, field), *below = steps
    return "" if below or (field and field.kind in ("list", "map")) else key


def _is_list_of_maps(field: Field | None) -> bool:
    return bool(field and field.kind == "list" and field.item and field.item.kind == "map")


def _put(holder: dict[str, Any], steps: tuple[tuple[str, Field | None], ...], value: Any) -> list[str]:
    """Put a value at its place; returns the texts that don't fit there."""
    (key, field), below = steps[0], steps[1:]
    if below:
        if not _is_list_of_maps(field):
            return _put(holder.setdefault(key, {}), below, value)
        entries = holder.setdefault(key, [])
        values = value if isinstance(value, list) else [value]
        entries.extend({} for _missing in range(len(values) - len(entries)))
        return [text for entry, one in zip(entries, values, strict=False) for text in _put(entry, below, one)]
    if field is None:
        holder[key] = value
        return []
    if field.kind == "list":
        return _put_list(holder, key, field, value)
    if field.kind == "map":
        holder.setdefault(key, {}).update(value if isinstance(value, dict) else {_text_key(field): str(value)})
        return []
    return _put_scalar(holder, key, field, value)


def _put_list(holder: dict[str, Any], key: str, field: Field, value: Any) -> list[str]:
    have = holder.setdefault(key, [])
    for one in value if isinstance(value, list) else [value]:
        main = field.item.main if field.item and field.item.kind == "map" else None
        entry = {main.key: one} if main and not isinstance(one, dict) else one
        if not is_empty(entry) and entry not in have:
            have.append(entry)
    return []


def _put_scalar(holder: dict[str, Any], key: str, field: Field, value: Any) -> list[str]:
    if not isinstance(value, list):
        holder[key] = value
        return []
    values = list(dict.fromkeys(one for one in value if not is_empty(one)))
    if len(values) == 1 or (key == "name" and field.path == "contacts[].name"):
        holder[key] = values[0] if len(values) == 1 else values
        return []
    if field.definition == "text":
        holder[key] = "\n".join(map(str, values))
    elif field.definition == "line" and field.path != "name":
        holder[key] = " / ".join(map(line, values))
    elif values:
        holder[key] = values[0]
        # A domain beside a website says the same.
        return [str(one) for one in values[1:] if key != "website" or str(one).casefold() not in values[0].casefold()]
    return []


def _text_key(field: Field) -> str:
    return "text" if field.child("text") else next((child.key for child in field.children), field.key)
