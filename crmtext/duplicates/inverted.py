"""An inverted index: the customers that share a value, by that value."""

from __future__ import annotations

from typing import TYPE_CHECKING, Generic, TypeVar

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

K = TypeVar("K")
V = TypeVar("V")

#: A phone number or domain of more customers than this belongs to an agent and proves nothing.
MOST_IN_COMMON = 20


class Inverted(Generic[K, V]):
    """Members by their keys: who shares a key is found without comparing all with all."""

    def __init__(self) -> None:
        self._members: dict[K, list[V]] = {}

    def add(self, member: V, keys: Iterable[K]) -> None:
        """Add a member with its keys."""
        for key in keys:
            self._members.setdefault(key, []).append(member)

    def having(self, key: K) -> Sequence[V]:
        """Return the members with a key, in the order in which they were added."""
        return self._members.get(key, ())

    def shared(self) -> Iterator[tuple[K, Sequence[V]]]:
        """Yield the keys of more than one member, with these members."""
        return ((key, members) for key, members in self._members.items() if len(members) > 1)
