"""Which items of two lists are the same things: by their ids in other systems, else by the key of the list."""

from __future__ import annotations

from collections import defaultdict, deque
from typing import TYPE_CHECKING, Any, NamedTuple

from crmtext.values.external_ids import FIELD, placed

if TYPE_CHECKING:
    from collections.abc import Callable, Container, Hashable, Iterable, Iterator, Sequence


class Identity(NamedTuple):
    """An item's external ids and key."""

    #: Its external ids, each with the system.
    ids: frozenset[tuple[str, Hashable]] = frozenset()
    #: Its values of the list's key; None if it has none of them.
    key: Hashable | None = None
    #: All its data: of several items that fit, an equal one is taken.
    content: Hashable = None


def identity(item: Any, key: Sequence[str]) -> Identity:
    """Return the identity of an item of a record."""
    if not isinstance(item, dict):
        return Identity()
    ids = frozenset((system, id_) for system, id_, _steps in placed(item.get(FIELD)))
    values = tuple(f"{item[name]}" if name in item else None for name in key)
    return Identity(ids, values if any(value is not None for value in values) else None, repr(item))


def are_two(one: Identity, other: Identity) -> bool:
    """Whether items are different things: both have ids of one system, and none in common."""
    if not one.ids or not other.ids or not one.ids.isdisjoint(other.ids):
        return False
    return not {system for system, _id in one.ids}.isdisjoint(system for system, _id in other.ids)


def pairs(old: Sequence[Identity], new: Sequence[Identity]) -> dict[int, int]:
    """Return the items of both lists that are the same things, as numbers: those that share an external id first.

    Items with the same key are the same, unless they are two by their external ids.
    """
    known: dict[int, int] = {}
    taken: set[int] = set()
    for values in (_ids, _key):
        news = _grouped(new, values, taken)
        for value, ours in _grouped(old, values, known).items() if news else ():
            left = [at for at in ours if at not in known]
            waiting = [at for at in news.get(value, ()) if at not in taken]
            for one, other in _fitting(old, new, left, waiting) if left and waiting else ():
                known[one] = other
                taken.add(other)
    return known


def _ids(item: Identity) -> Iterable[Hashable]:
    return item.ids


def _key(item: Identity) -> Iterable[Hashable]:
    return () if item.key is None else (item.key,)


def _grouped(
    items: Sequence[Identity], values: Callable[[Identity], Iterable[Hashable]], without: Container[int]
) -> dict[Hashable, list[int]]:
    groups: dict[Hashable, list[int]] = defaultdict(list)
    for number, item in enumerate(items):
        for value in values(item) if number not in without else ():
            groups[value].append(number)
    return groups


def _fitting(
    old: Sequence[Identity], new: Sequence[Identity], olds: Sequence[int], news: Sequence[int]
) -> Iterator[tuple[int, int]]:
    """Pair the items of a group: equal ones, then in order."""
    taken: set[int] = set()
    if len(olds) > 1 or len(news) > 1:
        equal: dict[Hashable, deque[int]] = defaultdict(deque)
        for at in news:
            equal[new[at].content].append(at)
        equal.pop(None, None)
        twins = {at: equal[old[at].content].popleft() for at in olds if equal.get(old[at].content)}
        yield from twins.items()
        olds = [at for at in olds if at not in twins]
        taken = {*twins.values()}
    waiting = deque(at for at in news if at not in taken)
    for at in olds:
        place = next((place for place, other in enumerate(waiting) if not are_two(old[at], new[other])), None)
        if place is not None:
            yield at, waiting[place]
            del waiting[place]
