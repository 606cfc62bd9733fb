"""JSON pointers (RFC 6901): the place of a value in data, as `/contacts/0/name`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from crmtext.values import lazy

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

_PLACE = lazy.pattern(r"\[[^\]]*\]")

#: The step that means the item after the last one.
NEW = "-"


def escape(key: str | int) -> str:
    """A key as one step of a pointer."""
    return str(key).replace("~", "~0").replace("/", "~1")


def split(pointer: str) -> tuple[str, ...]:
    """The keys and numbers along a pointer."""
    if not pointer:
        return ()
    return tuple(step.replace("~1", "/").replace("~0", "~") for step in pointer[1:].split("/"))


def join(steps: Iterable[str | int]) -> str:
    """The pointer made of these keys and numbers."""
    return "".join(f"/{escape(step)}" for step in steps)


def parent(pointer: str) -> str:
    """The pointer of the map or list that holds a value."""
    return pointer.rpartition("/")[0]


def without_places(path: str) -> str:
    """A path as users type it without what stands in brackets: `contacts.title` for `contacts[0].title`."""
    return _PLACE.sub("", path) if "[" in path else path


def last(pointer: str) -> str:
    """The key or number that a pointer ends with; empty for the root."""
    return "".join(split(pointer)[-1:])


def upwards(pointer: str) -> Iterator[str]:
    """The pointer and those of its parents, innermost first, without the root."""
    while pointer:
        yield pointer
        pointer = parent(pointer)


def get(data: Any, pointer: str | Iterable[str | int]) -> Any:
    """The value at a pointer or a series of steps; None if missing."""
    for step in split(pointer) if isinstance(pointer, str) else pointer:
        data = child(data, step)
    return data


def child(data: Any, step: str | int) -> Any:
    """The value of a key, or the item with a number; None if missing."""
    if isinstance(data, dict):
        return data.get(step)
    step = str(step)
    # Python does not convert more than 4,300 digits.
    number = int(step) if step.isascii() and step.isdecimal() and len(step) < 10 else -1
    return data[number] if isinstance(data, list) and 0 <= number < len(data) else None
