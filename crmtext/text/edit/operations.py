"""The operations on a record: five at a JSON pointer, and comments at the end."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Sequence

    from crmtext.text.edit.emit import Value


class Append(NamedTuple):
    """Add an item at the end of a list; a missing list is created."""

    pointer: str
    value: Value
    #: The order of the keys beside a new list.
    order: Sequence[str] = ()


class Insert(NamedTuple):
    """Add an item to a list so that it gets this number."""

    pointer: str
    number: int
    value: Value


class Set(NamedTuple):
    """Set the value of a key or an item; a missing key is added, with the maps above it."""

    pointer: str
    value: Value
    #: The order of the keys: a new one goes after its predecessor that is present, else to the end.
    order: Sequence[str] = ()


class Delete(NamedTuple):
    """Remove a key with its value, or an item."""

    pointer: str


class Rename(NamedTuple):
    """Change the key of a map's entry."""

    pointer: str
    new_key: str


class Remark(NamedTuple):
    """Add comment lines, each with its `#`, at the end of the file."""

    lines: tuple[str, ...]
    #: The whole file.
    pointer: str = ""


Operation = Append | Insert | Set | Delete | Rename | Remark


def place(keys: Sequence[str], key: str, order: Sequence[str]) -> int:
    """The index of a new key among those present."""
    if key in order:
        for before in reversed(order[: order.index(key)]):
            if before in keys:
                return keys.index(before) + 1
    return len(keys)


def nested(keys: Sequence[str], value: Value) -> Value:
    """The value wrapped in maps with these keys, outermost first."""
    for key in reversed(keys):
        value = {key: value}
    return value
