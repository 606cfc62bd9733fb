"""Progress callbacks, independent of a terminal."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Any, TypeVar

T = TypeVar("T")

#: Iterates over items and shows progress: the items, their noun (a message id), their number (0 if unknown).
Watch = Callable[[Iterable[Any], str, int], Iterator[Any]]


def unwatched(items: Iterable[T], _what: str = "", _total: int = 0) -> Iterator[T]:
    """Iterate over the items without showing progress."""
    yield from items
