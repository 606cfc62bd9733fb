"""Items of a list that were renamed in the store: all but their key is what the source said before."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

from crmtext.importers.joining.draft import reached
from crmtext.importers.plan.base import Base
from crmtext.importers.plan.items import equal

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from crmtext.importers.plan.items import Keys

#: As many values besides the key make an item the same one: a stage alone says little.
_ENOUGH = 2


def with_renamed(
    left: Mapping[int, Any], new: Sequence[Any], known: dict[int, int], bases: Sequence[Base], keys: Keys
) -> list[Base]:
    """Add the renamed items to those that are known, and return the bases of the new items, then of those left of ours.

    Only pairs that no other item contests count; people share a number or address, too, because a successor has the
    title and the department.
    """
    key, coming = keys[0] if keys else (), [number for number in range(len(new)) if number not in known]
    if not (key and left and coming):
        return [*bases]
    mine, ours = [*bases[: len(new)]], dict(zip(left, bases[len(new) :], strict=True))
    were = {number: was for number in coming if isinstance(was := mine[number].written(), dict)}
    former = {at: _before(item, ours[at]) for at, item in left.items()} if were else {}
    pairs = [(number, at) for number, was in were.items() for at, item in former.items() if _is_same(item, was, key)]
    numbers, places = Counter(number for number, _at in pairs), Counter(at for _number, at in pairs)
    for number, at in pairs:
        if numbers[number] == places[at] == 1:
            known[number] = at
            mine[number] = _joined(mine[number], ours.pop(at))
    return [*mine, *ours.values()]


def _joined(new: Base, ours: Base) -> Base:
    """The base of a renamed item: what imports wrote under both names."""
    return Base(sorted((*new.sides, *ours.sides), key=lambda side: side.age), new.earlier, new.later)


def _before(item: Any, base: Base) -> Any:
    """An item before the source changed it under its present name; None if the source made it."""
    wrote = [side for side in base.sides if side.wrote]
    return wrote[-1].before if wrote else item


def _is_same(item: Any, was: dict[str, Any], key: Sequence[str]) -> bool:
    if not isinstance(item, dict) or all(equal(item.get(name), was.get(name)) for name in key):
        return False
    others = (item.keys() | was.keys()) - {*key}
    if len(others) < _ENOUGH or not all(equal(item.get(name), was.get(name)) for name in others):
        return False
    return "name" not in key or bool(reached(item) & reached(was))
