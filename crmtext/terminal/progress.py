"""How reading code lets whoever waits see how far it is: it hands on what it goes through, and knows no terminal."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Any, TypeVar

T = TypeVar("T")

#: Goes through something while somebody watches: the items, what they are (a message id), how many (0: not known).
Watch = Callable[[Iterable[Any], str, int], Iterator[Any]]


def unwatched(items: Iterable[T], _what: str = "", _total: int = 0) -> Iterator[T]:
    """Go through the items with nobody watching."""
    yield from items
