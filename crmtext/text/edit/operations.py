"""What can be done to a record: five operations, each at a JSON pointer."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Sequence

    from crmtext.text.edit.emit import Value


class Append(NamedTuple):
    """Add an item at the end of a list; the list is begun where there is none."""

    pointer: str
    value: Value
    #: The keys beside a list that is begun, in the order they are to stand in.
    order: Sequence[str] = ()


class Insert(NamedTuple):
    """Add an item to a list so that it gets this number."""

    pointer: str
    number: int
    value: Value


class Set(NamedTuple):
    """Give a value to a key or an item; a key that is not there yet is added, with the maps above it."""

    pointer: str
    value: Value
    #: The keys beside a new one: it goes after the last one before it in this order, else to the end.
    order: Sequence[str] = ()


class Delete(NamedTuple):
    """Take a key with its value, or an item, away."""

    pointer: str


class Rename(NamedTuple):
    """Give an entry of a map another key."""

    pointer: str
    new_key: str


Operation = Append | Insert | Set | Delete | Rename


def place(keys: Sequence[str], key: str, order: Sequence[str]) -> int:
    """The number that a new key gets among those present."""
    if key in order:
        for before in reversed(order[: order.index(key)]):
            if before in keys:
                return keys.index(before) + 1
    return len(keys)


def nested(keys: Sequence[str], value: Value) -> Value:
    """The value inside maps with these keys, outermost first."""
    for key in reversed(keys):
        value = {key: value}
    return value
