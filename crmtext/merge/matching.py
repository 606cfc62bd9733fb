"""Which item of a list is which item of another: what a merge and a comparison hold against each other."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import Counter, defaultdict, deque
from dataclasses import dataclass, field
from difflib import SequenceMatcher
from typing import TYPE_CHECKING, NamedTuple

from crmtext.merge.trees import same

if TYPE_CHECKING:
    from collections.abc import Hashable, Iterable, Iterator, Mapping, Sequence

    from crmtext.merge.trees import Tree

    #: By the path of a list, as `contacts` or `transactions[].items`, the keys that tell its items apart.
    Keys = Mapping[str, Sequence[str]]

#: What tells items apart where no schema says it, if all of them have it and no two the same.
USUAL = (("id",), ("uid",), ("key",), ("name",))

#: Maps that have this share of their entries in common are one map that was changed.
_ALIKE = 0.5
#: Beyond so many comparisons two lists have too little in common to look for what is alike.
_MANY = 40_000
#: Beyond so many ways to pair what is equal, its order does not count.
_MANY_EQUAL = 1_000_000


class Pair(NamedTuple):
    """Item `old` of one list is item `new` of the other; not `sure` where only its neighbours or looks say so."""

    old: int
    new: int
    sure: bool = True


@dataclass(slots=True)
class _Rest:
    """What is not matched yet of two lists, and the pairs found."""

    old: Sequence[Tree]
    new: Sequence[Tree]
    pairs: list[Pair] = field(default_factory=list)
    #: The numbers of items, in order; dicts, for a list takes long to give up one of thousands.
    old_left: dict[int, None] = field(default_factory=dict)
    new_left: dict[int, None] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.old_left, self.new_left = dict.fromkeys(range(len(self.old))), dict.fromkeys(range(len(self.new)))

    def take(self, old: int, new: int, *, sure: bool = True) -> None:
        self.pairs.append(Pair(old, new, sure))
        del self.old_left[old], self.new_left[new]


def match(old: Sequence[Tree], new: Sequence[Tree], key: Sequence[str] = ()) -> tuple[Pair, ...]:
    """The pairs of two lists in the old one's order: by key, else equal, alike, the only ones, or between the same two.

    Plain values are a set: they are equal or they are not.
    """
    rest = _Rest(old, new)
    known = key
    key = key or usual_key(old, new)
    if key:
        _by_key(rest, key)
    _equal(rest)
    _alike(rest, key)
    _only(rest, known)
    _neighbours(rest, key)
    return tuple(sorted(rest.pairs))


def usual_key(*lists: Iterable[Tree]) -> Sequence[str]:
    """The key that these lists' items are told apart by, judging by themselves; empty if there is none."""
    rows = [tuple(row) for row in lists]
    if not any(rows):
        return ()
    return next((key for key in USUAL if all(_told_apart(row, key) for row in rows)), ())


def _told_apart(row: Sequence[Tree], key: Sequence[str]) -> bool:
    found = [identity(tree, key) for tree in row]
    return None not in found and len(set(found)) == len(found)


def identity(tree: Tree, key: Sequence[str]) -> Hashable | None:
    """What the key says of an item, None if nothing; some of its parts may be missing."""
    if tree.kind != "map":
        return None
    parts = tuple(None if (part := tree.entries.get(name)) is None else part.content for name in key)
    return parts if any(part is not None for part in parts) else None


def similarity(one: Tree, other: Tree) -> float:
    """The share of the entries of two maps that both have and have the same."""
    names = {*one.entries, *other.entries}
    return len(_agreeing(one, other, names)) / (len(names) or 1)


def _agreeing(one: Tree, other: Tree, names: Iterable[str]) -> list[str]:
    return [
        name
        for name in names
        if name in one.entries and name in other.entries and same(one.entries[name], other.entries[name])
    ]


def _by_key(rest: _Rest, key: Sequence[str]) -> None:
    """Items with one identity: equal ones first, then in their order."""
    olds, news = _grouped(rest.old, key), _grouped(rest.new, key)
    for said, ours in olds.items():
        theirs = news.get(said, [])
        _take_equal(rest, ours, theirs)
        left = [old for old in ours if old in rest.old_left], [new for new in theirs if new in rest.new_left]
        for old, new in zip(*left, strict=False):
            rest.take(old, new)


def _take_equal(rest: _Rest, olds: Iterable[int], news: Iterable[int]) -> None:
    """Pair the items that hold the same data, the first with the first."""
    waiting: dict[Hashable, deque[int]] = defaultdict(deque)
    for new in news:
        waiting[rest.new[new].content].append(new)
    for old in tuple(olds):
        if equal := waiting.get(rest.old[old].content):
            rest.take(old, equal.popleft())


def _grouped(row: Sequence[Tree], key: Sequence[str]) -> dict[Hashable, list[int]]:
    found: dict[Hashable, list[int]] = defaultdict(list)
    for index, tree in enumerate(row):
        if (said := identity(tree, key)) is not None:
            found[said].append(index)
    return found


def _equal(rest: _Rest) -> None:
    """Items with the same data: those that stay in order, then those that were moved."""
    old = [rest.old[index].content for index in rest.old_left]
    new = [rest.new[index].content for index in rest.new_left]
    olds, news = tuple(rest.old_left), tuple(rest.new_left)
    many = Counter(new)
    if sum(many[content] for content in old) <= _MANY_EQUAL:
        for a, b, size in SequenceMatcher(None, old, new, autojunk=False).get_matching_blocks():
            for step in range(size):
                rest.take(olds[a + step], news[b + step])
    _take_equal(rest, rest.old_left, tuple(rest.new_left))


def _alike(rest: _Rest, key: Sequence[str]) -> None:
    """Maps that have most in common, the most alike first."""
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
    """Whether a map that looks alike is the same one by what its key leaves of it.

    A contact who left and the one who came share title and department; what a colleague
    notes about the one must not end up with the other.
    """
    if not key:
        return True
    if 2 * len(_agreeing(old, new, key)) > len(key):
        return True
    others = {*old.entries, *new.entries} - set(key)
    return len(others) > 0 and len(_agreeing(old, new, others)) == len(others)


def _only(rest: _Rest, key: Sequence[str]) -> None:
    """The only item of each list is the same one, changed.

    With another value for the schema's key, and others that don't agree either, it may be a new one: only perhaps then.
    """
    if len(rest.old) == len(rest.new) == len(rest.old_left) == 1 and rest.old[0].kind == rest.new[0].kind == "map":
        old, new = rest.old[0], rest.new[0]
        others = {*old.entries} & {*new.entries} - set(key)
        rest.take(0, 0, sure=not key or len(_agreeing(old, new, others)) == len(others))


def _neighbours(rest: _Rest, key: Sequence[str]) -> None:
    """One item out, one in, between the same two."""
    if key:
        return
    there = {pair.old: pair.new for pair in rest.pairs}
    gaps = _gaps(there, rest)
    left = Counter(gaps.values())
    free = tuple(rest.new_left)
    for old, gap in gaps.items():
        low, high = gap
        first = bisect_right(free, low)
        alone = left[gap] == 1 == bisect_left(free, high) - first
        if alone and free[first] in rest.new_left and _changeable(rest.old[old], rest.new[free[first]]):
            rest.take(old, free[first], sure=False)


def _gaps(there: Mapping[int, int], rest: _Rest) -> dict[int, tuple[int, int]]:
    """For each item that has no pair, the items of the new list that stand for its neighbours."""
    below: dict[int, int] = {}
    high = len(rest.new)
    for index in range(len(rest.old) - 1, -1, -1):
        high = there.get(index, high)
        below[index] = high
    found: dict[int, tuple[int, int]] = {}
    low = -1
    for index in range(len(rest.old)):
        if index in rest.old_left:
            found[index] = low, below[index]
        low = there.get(index, low)
    return found


def _changeable(old: Tree, new: Tree) -> bool:
    return old.kind == new.kind != "leaf"
