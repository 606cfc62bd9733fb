"""Decisions about the merged record, made on data alone, without text."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING

from crmtext.merge.lists import row
from crmtext.merge.matching import external_ids
from crmtext.merge.trees import Tree, same
from crmtext.values.customer_ids import is_derived

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from crmtext.merge.lists import Slot
    from crmtext.merge.matching import Keys


#: The fields that identify a customer.
_IDENTITY = ("id", "name")


class Why(StrEnum):
    """The reason why a value can't be decided."""

    CHANGED = "changed"  # both sides changed it
    ADDED = "added"  # both sides added it
    DELETED_HERE = "deleted-here"  # ours deleted a value that theirs changed
    DELETED_THERE = "deleted-there"
    REORDERED = "reordered"
    STRANGERS = "strangers"  # not two versions of one record at all
    RULE = "rule"  # together the changes break a rule of the schema
    WRITING = "writing"  # decided, but there is no safe way to write it
    UNREADABLE = "unreadable"  # a side isn't a YAML map


@dataclass(frozen=True, slots=True, eq=False)
class Decision:
    """A merged value and its three versions: taken from a side, combined from below, or left to the user."""

    base: Tree | None
    ours: Tree | None
    theirs: Tree | None
    #: The side whose value is taken whole; None without `why` and `kind` means a deleted value.
    taken: Tree | None = None
    #: `map` or `list` if it is combined from `entries` or `items`.
    kind: str = ""
    entries: Mapping[str, Decision] = field(default_factory=dict)
    items: tuple[Decision, ...] = ()
    #: The items in the other possible order.
    other: tuple[Decision, ...] = ()
    why: Why | None = None

    @property
    def gone(self) -> bool:
        """Whether the value is deleted."""
        return self.taken is None and not self.kind and self.why is None

    @property
    def below(self) -> Iterator[tuple[str, Decision]]:
        """The decisions below this one, by key or number."""
        yield from self.entries.items()
        yield from ((str(index), item) for index, item in enumerate(self.items))


def decide(base: Tree | None, ours: Tree | None, theirs: Tree | None, keys: Keys) -> Decision:
    """Return the merge of three versions of a record; `keys` identify the items of its lists."""
    draft = Decision(base, ours, theirs)
    if _settled(draft) is None and _strangers(base, ours, theirs):
        return Decision(base, ours, theirs, why=Why.STRANGERS)
    return _value(draft, "", keys)


def inside(decision: Decision, path: str, keys: Keys) -> Decision | None:
    """Return a value taken whole as a combination instead; None if that differs."""
    if decision.taken is None or decision.taken.kind == "leaf":
        return None
    combined = _combined(decision, path, keys)
    return combined if combined is not None and fits(decision.taken, combined) else None


def conflicts(decision: Decision, steps: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], Decision]]:
    """Return the conflicts with the keys and numbers that lead to each."""
    if decision.why is not None:
        yield steps, decision
    for step, below in decision.below:
        yield from conflicts(below, (*steps, step))


def fits(tree: Tree | None, decision: Decision, *, theirs: bool = False) -> bool:
    """Whether a value matches a decision; a conflict matches our value, or `theirs`."""
    if decision.why is not None:
        return same(tree, decision.theirs if theirs else decision.ours)
    if not decision.kind:
        return same(tree, decision.taken)
    if tree is None or tree.kind != decision.kind:
        return False
    if decision.kind == "map":
        return tree.entries.keys() <= decision.entries.keys() and all(
            fits(tree.entries.get(name), below, theirs=theirs) for name, below in decision.entries.items()
        )
    return any(_fits_list(tree, order, theirs=theirs) for order in (decision.items, decision.other))


def _fits_list(tree: Tree, order: Sequence[Decision], *, theirs: bool) -> bool:
    there = [item for item in order if item.why is None or (item.theirs if theirs else item.ours) is not None]
    return len(tree.items) == len(there) and all(
        fits(item, wanted, theirs=theirs) for item, wanted in zip(tree.items, there, strict=True)
    )


def _value(draft: Decision, path: str, keys: Keys) -> Decision:
    settled = _settled(draft)
    if settled is not None:
        return settled
    base, ours, theirs = draft.base, draft.ours, draft.theirs
    if ours is None or theirs is None:
        return Decision(base, ours, theirs, why=Why.DELETED_HERE if ours is None else Why.DELETED_THERE)
    combined = _combined(draft, path, keys)
    return combined or Decision(base, ours, theirs, why=Why.ADDED if base is None else Why.CHANGED)


def _settled(draft: Decision) -> Decision | None:
    """The decision if both sides agree or only one changed anything; else None."""
    base, ours, theirs = draft.base, draft.ours, draft.theirs
    if same(ours, theirs) or same(theirs, base):
        return Decision(base, ours, theirs, ours)
    return Decision(base, ours, theirs, theirs) if same(ours, base) else None


def _combined(draft: Decision, path: str, keys: Keys) -> Decision | None:
    """The combination of two maps or two lists; None if the sides differ in kind."""
    ours, theirs = draft.ours, draft.theirs
    if ours is None or theirs is None or ours.kind != theirs.kind or ours.kind == "leaf":
        return None
    if (ours.node.tag, ours.node.anchor) != (theirs.node.tag, theirs.node.anchor):
        return None
    base = draft.base if draft.base is not None and draft.base.kind == ours.kind else None
    if base is None and draft.base is not None and not draft.base.null:
        return None
    if ours.kind == "map":
        return Decision(base, ours, theirs, kind="map", entries=_entries(base, ours, theirs, path, keys))
    return _list(base, ours, theirs, path, keys)


def _entries(base: Tree | None, ours: Tree, theirs: Tree, path: str, keys: Keys) -> dict[str, Decision]:
    """The entries in our order, each new one of theirs after its predecessor there."""
    names, before = list(ours.entries), ""
    for name in theirs.entries:
        if name not in ours.entries:
            names.insert(names.index(before) + 1 if before else 0, name)
        before = name
    values = {}
    for name in names:
        was = base.entries.get(name) if base is not None else None
        below = f"{path}.{name}" if path else name
        values[name] = _value(Decision(was, ours.entries.get(name), theirs.entries.get(name)), below, keys)
    return {name: value for name, value in values.items() if not value.gone}


def _list(base: Tree | None, ours: Tree, theirs: Tree, path: str, keys: Keys) -> Decision:
    laid = row(base.items if base is not None else (), ours.items, theirs.items, keys.get(path, ()))
    if laid.reordered:
        return Decision(base, ours, theirs, why=Why.REORDERED)
    decided = {id(slot): _slot(slot, f"{path}[]", keys) for slot in laid.slots}
    twice = _too_often(list(decided.values()), ours, theirs)
    items = tuple(item for slot in laid.slots if (item := decided[id(slot)]) not in twice)
    other = tuple(item for slot in laid.other if (item := decided[id(slot)]) not in twice)
    return Decision(base, ours, theirs, kind="list", items=items, other=other)


def _slot(slot: Slot, path: str, keys: Keys) -> Decision:
    draft = Decision(slot.base, slot.ours, slot.theirs)
    settled = _settled(draft)
    if settled is None and not slot.sure and slot.ours is not None and slot.theirs is not None:
        # It may be another item in the old one's place: changes to the old one don't belong to it.
        return Decision(slot.base, slot.ours, slot.theirs, why=Why.CHANGED)
    return settled or _value(draft, path, keys)


def _too_often(items: Sequence[Decision], ours: Tree, theirs: Tree) -> list[Decision]:
    """Items that one side added and the other made from an old item: keep an item only as often as one side has it."""
    most = Counter(tree.content for tree in ours.items) | Counter(tree.content for tree in theirs.items)
    have = Counter(item.taken.content for item in items if item.taken is not None)
    surplus = []
    for item in items:
        content = item.taken.content if item.taken is not None else None
        if content is not None and item.base is None and have[content] > most[content]:
            have[content] -= 1
            surplus.append(item)
    return surplus


def _strangers(base: Tree | None, ours: Tree | None, theirs: Tree | None) -> bool:
    """Whether these are records of two customers in one file: both new, or one seen as the other's rename."""
    if ours is None or theirs is None:
        return False
    if base is not None:
        # git sees a new record as a rename of an old one if they look alike.
        return any(
            len(_different(base, side, _IDENTITY)) == len(_IDENTITY) and not _share_ids(base, side)
            for side in (ours, theirs)
        )
    if not _different(ours, theirs, ("id",)) and (_share_ids(ours, theirs) or _is_derived(ours)):
        # Two colleagues imported the same customer.
        return False
    shared = [name for name, tree in ours.entries.items() if tree.kind == "leaf" and name in theirs.entries]
    return bool(_different(ours, theirs, _IDENTITY)) or 2 * len(_different(ours, theirs, shared)) >= (len(shared) or 1)


def _share_ids(one: Tree, other: Tree) -> bool:
    return not external_ids(one).isdisjoint(external_ids(other))


def _is_derived(record: Tree) -> bool:
    id_ = record.entries.get("id")
    return id_ is not None and is_derived(id_.node.value)


def _different(one: Tree, other: Tree, names: Iterable[str]) -> list[str]:
    both = [name for name in names if name in one.entries and name in other.entries]
    return [name for name in both if not same(one.entries[name], other.entries[name])]
