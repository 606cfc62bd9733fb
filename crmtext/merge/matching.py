"""Matching the items of two lists, for merges and comparisons."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import Counter
from dataclasses import dataclass, field
from difflib import SequenceMatcher
from typing import TYPE_CHECKING, NamedTuple

from crmtext.merge.trees import same
from crmtext.values.external_ids import FIELD
from crmtext.values.same_items import Identity, pairs

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping, Sequence

    from crmtext.merge.trees import Tree

    #: The keys that identify a list's items, by its path, as `contacts` or `transactions[].items`.
    Keys = Mapping[str, Sequence[str]]
    #: Returns the values that identify an item.
    _Identities = Callable[[Tree], Iterable[Hashable]]

#: The keys for lists without a schema, if all items have one and no two share it.
USUAL = (("id",), ("uid",), ("key",), ("name",))

#: Maps that share this part of their entries are versions of one map.
_ALIKE = 0.5
#: The most comparisons in a search for similar items.
_MANY = 40_000
#: The most possible pairs of equal items for which their order is considered.
_MANY_EQUAL = 1_000_000


class Pair(NamedTuple):
    """Item `old` of one list is item `new` of the other; not `sure` if only its neighbours or similarity say so."""

    old: int
    new: int
    sure: bool = True


@dataclass(slots=True)
class _Rest:
    """The unmatched items of two lists, and the pairs so far."""

    old: Sequence[Tree]
    new: Sequence[Tree]
    pairs: list[Pair] = field(default_factory=list)
    #: The numbers of items, in order; dicts, because removal from a long list is slow.
    old_left: dict[int, None] = field(default_factory=dict)
    new_left: dict[int, None] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.old_left, self.new_left = dict.fromkeys(range(len(self.old))), dict.fromkeys(range(len(self.new)))

    def take(self, old: int, new: int, *, sure: bool = True) -> None:
        self.pairs.append(Pair(old, new, sure))
        del self.old_left[old], self.new_left[new]


def match(old: Sequence[Tree], new: Sequence[Tree], key: Sequence[str] = ()) -> tuple[Pair, ...]:
    """Return the pairs of two lists in the old order.

    They share an external id, else have the same key, are equal, similar, or the only ones, or have the same
    neighbours. Scalars match only if equal.
    """
    rest = _Rest(old, new)
    known = key
    key = key or usual_key(old, new)
    _take_pairs(rest, lambda tree: identified(tree, key))
    _equal(rest)
    _alike(rest, key)
    _only(rest, known)
    _neighbours(rest, key)
    return tuple(sorted(rest.pairs))


def usual_key(*lists: Iterable[Tree]) -> Sequence[str]:
    """Return the key that identifies all items of these lists; empty if there is none."""
    rows = [tuple(row) for row in lists]
    if not any(rows):
        return ()
    return next((key for key in USUAL if all(_is_identified(row, key) for row in rows)), ())


def _is_identified(row: Sequence[Tree], key: Sequence[str]) -> bool:
    identities = [identity(tree, key) for tree in row]
    return None not in identities and len(set(identities)) == len(identities)


def identity(tree: Tree, key: Sequence[str]) -> Hashable | None:
    """Return an item's values of the key, some perhaps missing; None if all are."""
    if tree.kind != "map":
        return None
    parts = tuple(None if (part := tree.entries.get(name)) is None else part.content for name in key)
    return parts if any(part is not None for part in parts) else None


def external_ids(tree: Tree) -> frozenset[tuple[str, Hashable]]:
    """Return the item's ids in other systems, each with the system's name."""
    systems = tree.entries.get(FIELD)
    if systems is None:
        return frozenset()
    ids = ((system, id_) for system, given in systems.entries.items() for id_ in given.items or (given,))
    return frozenset((system, id_.content) for system, id_ in ids if id_.kind == "leaf" and not id_.null)


def identified(tree: Tree, key: Sequence[str]) -> Identity:
    """Return an item's external ids and key."""
    return Identity(external_ids(tree), identity(tree, key) if key else None, tree.content)


def similarity(one: Tree, other: Tree) -> float:
    """Return the share of the entries of two maps that are equal in both."""
    names = {*one.entries, *other.entries}
    return len(_agreeing(one, other, names)) / (len(names) or 1)


def _agreeing(one: Tree, other: Tree, names: Iterable[str]) -> list[str]:
    return [
        name
        for name in names
        if name in one.entries and name in other.entries and same(one.entries[name], other.entries[name])
    ]


def _take_pairs(rest: _Rest, known: Callable[[Tree], Identity]) -> None:
    """Pair the unmatched items that are the same things."""
    olds, news = [*rest.old_left], [*rest.new_left]
    same_things = pairs([known(rest.old[at]) for at in olds], [known(rest.new[at]) for at in news])
    for one, other in same_things.items():
        rest.take(olds[one], news[other])


def _equal(rest: _Rest) -> None:
    """Pair items with the same data: those that keep their order, then moved ones."""
    old = [rest.old[index].content for index in rest.old_left]
    new = [rest.new[index].content for index in rest.new_left]
    olds, news = tuple(rest.old_left), tuple(rest.new_left)
    many = Counter(new)
    if sum(many[content] for content in old) <= _MANY_EQUAL:
        for a, b, size in SequenceMatcher(None, old, new, autojunk=False).get_matching_blocks():
            for step in range(size):
                rest.take(olds[a + step], news[b + step])
    _take_pairs(rest, lambda tree: Identity(key=tree.content))


def _alike(rest: _Rest, key: Sequence[str]) -> None:
    """Pair similar maps, the most similar first."""
    if len(rest.old_left) * len(rest.new_left) > _MANY:
        return
    for share, _distance, old, new in sorted(_scores(rest), reverse=True):
        if share >= _ALIKE and old in rest.old_left and new in rest.new_left:
            rest.take(old, new, sure=_still_the_same(rest.old[old], rest.new[new], key))


def _scores(rest: _Rest) -> Iterator[tuple[float, int, int, int]]:
    for old in rest.old_left:
        for new in rest.new_left:
            if rest.old[old].kind == rest.new[new].kind == "map":
                yield similarity(rest.old[old], rest.new[new]), -abs(old - new), old, new


def _still_the_same(old: Tree, new: Tree, key: Sequence[str]) -> bool:
    """Whether a similar map is the same one by its other entries.

    A contact who left and the successor share title and department; notes about one must not end up with the other.
    """
    if not key:
        return True
    if 2 * len(_agreeing(old, new, key)) > len(key):
        return True
    others = {*old.entries, *new.entries} - set(key)
    return len(others) > 0 and len(_agreeing(old, new, others)) == len(others)


def _only(rest: _Rest, key: Sequence[str]) -> None:
    """Pair the only items of both lists, if they are maps.

    The pair isn't sure if the schema's key differs and other values do too: it may be a new item.
    """
    if len(rest.old) == len(rest.new) == len(rest.old_left) == 1 and rest.old[0].kind == rest.new[0].kind == "map":
        old, new = rest.old[0], rest.new[0]
        others = {*old.entries} & {*new.entries} - set(key)
        rest.take(0, 0, sure=not key or len(_agreeing(old, new, others)) == len(others))


def _neighbours(rest: _Rest, key: Sequence[str]) -> None:
    """Pair a removed and an added item between the same neighbours."""
    if key:
        return
    there = {pair.old: pair.new for pair in rest.pairs}
    gaps = _gaps(there, rest)
    left = Counter(gaps.values())
    free = tuple(rest.new_left)
    for old, gap in gaps.items():
        low, high = gap
        first = bisect_right(free, low)
        if left[gap] != 1 or bisect_left(free, high) - first != 1:
            continue
        new = free[first]
        if new in rest.new_left and rest.old[old].kind == rest.new[new].kind != "leaf":
            rest.take(old, new, sure=False)


def _gaps(there: Mapping[int, int], rest: _Rest) -> dict[int, tuple[int, int]]:
    """The new list's items between which each unpaired item was."""
    below: dict[int, int] = {}
    high = len(rest.new)
    for index in range(len(rest.old) - 1, -1, -1):
        high = there.get(index, high)
        below[index] = high
    gaps: dict[int, tuple[int, int]] = {}
    low = -1
    for index in range(len(rest.old)):
        if index in rest.old_left:
            gaps[index] = low, below[index]
        low = there.get(index, low)
    return gaps
