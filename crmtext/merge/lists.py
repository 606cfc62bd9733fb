"""Three-way merge of a list: its items and their order."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, NamedTuple

from crmtext.merge.matching import external_ids, identified, match, usual_key
from crmtext.merge.trees import same
from crmtext.values import lazy
from crmtext.values.same_items import are_two

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from crmtext.merge.trees import Tree

_DAY = lazy.pattern(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


class Slot(NamedTuple):
    """One item in each version; not `sure` if one side may have put another item in its place."""

    base: Tree | None
    ours: Tree | None
    theirs: Tree | None
    sure: bool = True


class Row(NamedTuple):
    """The items of the merged list in the order to write, and in the other possible order."""

    slots: tuple[Slot, ...]
    other: tuple[Slot, ...]
    #: Whether both sides put the same items into different orders.
    reordered: bool = False


def row(base: Sequence[Tree], ours: Sequence[Tree], theirs: Sequence[Tree], key: Sequence[str] = ()) -> Row:
    """Return the merged list, without the items that one side deleted and the other left unchanged."""
    key = key or usual_key(base, ours, theirs)
    slots = [slot for slot in _slots(base, ours, theirs, key) if not _gone(slot)]
    mine, other = _order(slots, ours, "ours"), _order(slots, theirs, "theirs")
    was = _order(slots, base, "base")
    kept = {*mine} & {*other} & {*was}
    moved = [[at for at in order if at in kept] != [at for at in was if at in kept] for order in (mine, other)]
    both = all(moved) and [at for at in mine if at in kept] != [at for at in other if at in kept]
    plain = all(slots[at].ours.kind == "leaf" for at in mine)  # type: ignore[union-attr]  # ours has what is in its order
    lead, follow = (other, mine) if moved[1] and not moved[0] else (mine, other)
    first, second = _woven(lead, follow, before=False), _woven(lead, follow, before=True)
    if lead is other:
        first, second = second, first
    if (days := _kept_order((base, ours, theirs), key)) is not None:
        first, second = _sorted(slots, first, days), _sorted(slots, second, days)
        both = False
    return Row(tuple(slots[at] for at in first), tuple(slots[at] for at in second), both and not plain)


def _slots(base: Sequence[Tree], ours: Sequence[Tree], theirs: Sequence[Tree], key: Sequence[str]) -> list[Slot]:
    mine = {pair.old: pair for pair in match(base, ours, key)}
    other = {pair.old: pair for pair in match(base, theirs, key)}
    slots: list[Slot] = []
    for index, tree in enumerate(base):
        pairs = mine.get(index), other.get(index)
        here = ours[pairs[0].new] if pairs[0] else None
        there = theirs[pairs[1].new] if pairs[1] else None
        slots.append(Slot(tree, here, there, all(pair.sure for pair in pairs if pair)))
    new_ours = _others(ours, (pair.new for pair in mine.values()))
    new_theirs = _others(theirs, (pair.new for pair in other.values()))
    return [*slots, *_added(new_ours, new_theirs, key)]


def _others(row: Sequence[Tree], matched: Iterable[int]) -> list[Tree]:
    known = set(matched)
    return [tree for index, tree in enumerate(row) if index not in known]


def _added(ours: list[Tree], theirs: list[Tree], key: Sequence[str]) -> list[Slot]:
    """The new items; those that are equal on both sides, share an external id or have the same key are one."""
    left, slots = list(theirs), []
    twins = (same, _one_id, partial(_one_identity, key=key) if key else _one_fuller)
    for tree in ours:
        twin = next((other for alike in twins for other in left if alike(tree, other)), None)
        if twin is not None:
            left.remove(twin)
        slots.append(Slot(None, tree, twin))
    return slots + [Slot(None, None, tree) for tree in left]


def _one_identity(one: Tree, other: Tree, key: Sequence[str]) -> bool:
    """Whether two new items agree on most of the key and contradict none of it, nor each other's external ids."""
    known, there = identified(one, key), identified(other, key)
    if are_two(known, there) or known.key is None or known.key != there.key:
        return False
    return 2 * sum(name in one.entries for name in key) > len(key)


def _one_id(one: Tree, other: Tree) -> bool:
    """Whether two new items share an external id."""
    return not external_ids(one).isdisjoint(external_ids(other))


def _one_fuller(one: Tree, other: Tree) -> bool:
    """Whether one new map is the other with more entries."""
    shorter, longer = sorted((one, other), key=lambda tree: len(tree.entries))
    return len(shorter.entries) > 1 and all(
        same(tree, longer.entries.get(name)) for name, tree in shorter.entries.items()
    )


def _gone(slot: Slot) -> bool:
    if slot.base is None or (slot.ours is not None and slot.theirs is not None):
        return False
    left = slot.ours or slot.theirs
    return left is None or same(left, slot.base)


def _order(slots: Sequence[Slot], side: Sequence[Tree], name: str) -> list[int]:
    """The numbers of a side's slots, in its order."""
    at = {id(tree): index for index, slot in enumerate(slots) if (tree := getattr(slot, name)) is not None}
    return [at[id(tree)] for tree in side if id(tree) in at]


def _woven(lead: Sequence[int], follow: Sequence[int], *, before: bool) -> list[int]:
    """One order with the other's additions, each after its predecessor there.

    `before` puts them before the first order's own additions at that place.
    """
    woven, known, shared = list(lead), set(lead), set(follow)
    last: int | None = None
    for at in follow:
        if at not in known:
            place = 0 if last is None else woven.index(last) + 1
            while not before and place < len(woven) and woven[place] not in shared:
                place += 1
            woven.insert(place, at)
        last = at
    return woven


def _sorted(slots: Sequence[Slot], order: Sequence[int], kept: _Kept) -> list[int]:
    # A remaining slot has one of the two.
    items = {at: slots[at].ours or slots[at].theirs for at in order}
    return sorted(order, key=lambda at: _day(items[at], kept.name), reverse=kept.newest_first)


class _Kept(NamedTuple):
    """The date order of a list: by which field, and in which direction."""

    name: str
    newest_first: bool


def _kept_order(lists: Iterable[Sequence[Tree]], key: Sequence[str]) -> _Kept | None:
    """The date order that all three versions of a list follow, if any."""
    rows = tuple(lists)
    for name in dict.fromkeys(("date", *key)):
        days = [[_day(tree, name) for tree in row] for row in rows]
        if not all(day for row in days for day in row) or len({day for row in days for day in row}) < 2:
            continue
        for newest_first in (False, True):
            if all(row == sorted(row, reverse=newest_first) for row in days):
                return _Kept(name, newest_first)
    return None


def _day(tree: Tree | None, name: str) -> str:
    """The date in an entry of an item; empty if it isn't a date."""
    value = tree.entries[name].node.value if tree and tree.kind == "map" and name in tree.entries else ""
    return value if _DAY.match(value) else ""
