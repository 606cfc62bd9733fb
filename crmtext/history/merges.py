"""The decisions of a merge commit: changes that no side had, and changes of a side that it dropped."""

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

#: A place in a record: keys, and the identifying values of list items.
Place = tuple[str, ...]


class PlacedChange(NamedTuple):
    """A change with its place, which is the same in every version of the record."""

    place: Place
    change: Change


class Version(NamedTuple):
    """A commit on the way: the commits before it, as bits, and its changes."""

    past: int
    changes: tuple[PlacedChange, ...]


def placed(difference: Difference, keys: Keys) -> tuple[PlacedChange, ...]:
    """Return the changes of a difference with their places."""
    return tuple(PlacedChange(_place(change, difference, keys), change) for change in difference.expanded)


def decisions(
    differences: Sequence[Difference], parents: Sequence[int], versions: Sequence[Version], keys: Keys
) -> tuple[Difference, ...]:
    """Return what a merge decided, from its difference to each parent; parents are numbers of versions.

    A change against one parent is the merge's own if no other parent has the same value. It is a choice if only commits
    of that parent touched the place: the merge dropped their value. All other changes only combine the sides.
    """
    against = [placed(difference, keys) for difference in differences]
    own_changes: list[list[PlacedChange]] = [[] for _difference in differences]
    for side, changes in enumerate(against):
        for change in changes:
            taken = [n for n in range(len(against)) if not any(_related(change, other) for other in against[n])]
            own = not taken and not any(_related(change, other) for before in own_changes[:side] for other in before)
            if own or (taken and _is_dropped(change, parents[side], [parents[n] for n in taken], versions)):
                own_changes[side].append(change)
    return tuple(
        replace(difference, changes=tuple(change.change for change in changes))
        for difference, changes in zip(differences, own_changes, strict=True)
        if changes
    )


def _is_dropped(change: PlacedChange, side: int, taken: Iterable[int], versions: Sequence[Version]) -> bool:
    """Whether the place was changed by commits in the past of a side, but not of the sides whose value was taken."""
    past = versions[side].past
    for number in taken:
        past &= ~versions[number].past
    return any(
        past >> number & 1 and any(_touches(earlier, change) for earlier in version.changes)
        for number, version in enumerate(versions)
    )


def _touches(earlier: PlacedChange, later: PlacedChange) -> bool:
    """Whether an earlier change is about the same value."""
    if _is_item(earlier) and _is_item(later) and earlier.place == later.place and earlier.change.kind == "added":
        # Two entries of the same day may have the same identifying values.
        return later.change.kind == "removed" and earlier.change.after == later.change.before
    return _overlap(earlier.place, later.place)


def _related(one: PlacedChange, other: PlacedChange) -> bool:
    """Whether changes against two parents are about the same value."""
    if _is_item(one) and _is_item(other) and one.place == other.place and one.change.kind == other.change.kind:
        return (one.change.before, one.change.after) == (other.change.before, other.change.after)
    return _overlap(one.place, other.place)


def _overlap(one: Place, other: Place) -> bool:
    return one[: len(other)] == other[: len(one)]


def _is_item(placed_change: PlacedChange) -> bool:
    """Whether a whole list item was added or removed."""
    return isinstance(placed_change.change.path[-1], Item) and placed_change.change.kind in ("added", "removed")


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
    # A new order changes no item.
    return (*steps, "order") if change.kind == "moved" else tuple(steps)


def _identity(value: Any, names: Iterable[str]) -> str:
    """Return the values that identify an item in all versions: its external ids, else its key."""
    if isinstance(value, dict) and isinstance(ids := value.get("external_ids"), dict) and ids:
        return repr(sorted(ids.items(), key=repr))
    known = [value[name] for name in names if name in value] if isinstance(value, dict) else []
    return repr(known or value)
