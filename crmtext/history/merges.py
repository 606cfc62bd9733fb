"""What a merge decided: the changes that no side had, and those of a side that were not taken."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any, NamedTuple

from crmtext.merge.compare import Item
from crmtext.text.pointer import NEW, child

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from crmtext.diff.customers import Difference
    from crmtext.merge.compare import Change
    from crmtext.merge.matching import Keys

#: A place in a record: keys, and of list items what tells them from others.
Place = tuple[str, ...]


class Told(NamedTuple):
    """A change, and its place in every version of the record."""

    place: Place
    change: Change


class Version(NamedTuple):
    """A commit on the way: which commits are before it, as bits, and what it told."""

    past: int
    told: tuple[Told, ...]


def told(difference: Difference, keys: Keys) -> tuple[Told, ...]:
    """The changes of a difference with their places."""
    return tuple(Told(_place(change, difference, keys), change) for change in difference.told)


def decided(
    differences: Sequence[Difference], parents: Sequence[int], versions: Sequence[Version], keys: Keys
) -> tuple[Difference, ...]:
    """What a merge decided, from what differs between it and each parent; parents are numbers of versions.

    A change against one parent is the merge's own where no other parent has the same value. It is a choice where the
    commits of that parent alone touched the place: what they said was not taken. Anything else only brings together.
    """
    against = [told(each, keys) for each in differences]
    found: list[list[Told]] = [[] for _each in differences]
    for side, changes in enumerate(against):
        for one in changes:
            taken = [n for n in range(len(against)) if not any(_related(one, each) for each in against[n])]
            own = not taken and not any(_related(one, each) for before in found[:side] for each in before)
            if own or (taken and _is_dropped(one, parents[side], [parents[n] for n in taken], versions)):
                found[side].append(one)
    return tuple(
        replace(difference, changes=tuple(each.change for each in changes))
        for difference, changes in zip(differences, found, strict=True)
        if changes
    )


def _is_dropped(one: Told, side: int, taken: Iterable[int], versions: Sequence[Version]) -> bool:
    """Whether commits that are in the past of a side, and of none whose value was taken, touched the place."""
    past = versions[side].past
    for number in taken:
        past &= ~versions[number].past
    return any(
        past >> number & 1 and any(_touches(each, one) for each in version.told)
        for number, version in enumerate(versions)
    )


def _touches(earlier: Told, one: Told) -> bool:
    """Whether an earlier change is about the same value."""
    if _is_item(earlier) and _is_item(one) and earlier.place == one.place and earlier.change.kind == "added":
        # Two entries of one day may be alike in all that tells entries apart.
        return one.change.kind == "removed" and earlier.change.after == one.change.before
    return _overlap(earlier.place, one.place)


def _related(one: Told, other: Told) -> bool:
    """Whether changes against two parents are about the same value."""
    if _is_item(one) and _is_item(other) and one.place == other.place and one.change.kind == other.change.kind:
        return (one.change.before, one.change.after) == (other.change.before, other.change.after)
    return _overlap(one.place, other.place)


def _overlap(one: Place, other: Place) -> bool:
    return one[: len(other)] == other[: len(one)]


def _is_item(each: Told) -> bool:
    """Whether a whole item of a list came or went."""
    return isinstance(each.change.path[-1], Item) and each.change.kind in ("added", "removed")


def _place(change: Change, difference: Difference, keys: Keys) -> Place:
    sides = [document.data if document else None for document in (difference.before, difference.after)]
    steps: list[str] = []
    at = ""
    for step in change.path:
        if isinstance(step, Item):
            sides = [child(side, NEW if number is None else number) for side, number in zip(sides, step, strict=True)]
            value = sides[0] if step.new is None else sides[1]
            steps.append(_identity(value, keys.get(at, ())))
            at += "[]"
        else:
            sides = [child(side, step) for side in sides]
            steps.append(step)
            at = f"{at}.{step}" if at else step
    # Another order is no value of the list's items.
    return (*steps, "order") if change.kind == "moved" else tuple(steps)


def _identity(value: Any, names: Iterable[str]) -> str:
    """What tells an item from others in all versions."""
    known = [value[name] for name in names if name in value] if isinstance(value, dict) else []
    return repr(known or value)
