"""The difference of two values as data: additions, removals, changes and moves, with their paths."""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING, Any, NamedTuple

from crmtext.merge.matching import match
from crmtext.merge.trees import Tree, same
from crmtext.text.tree import Node

if TYPE_CHECKING:
    from collections.abc import Hashable, Iterable, Iterator, Sequence

    from crmtext.merge.matching import Keys

#: Data has no position in a text.
_NOWHERE = Node("scalar", 0, 0, 0, 0, "plain")


class Item(NamedTuple):
    """A step into a list: the item's number before and after, None on the side that lacks it."""

    old: int | None
    new: int | None


Step = str | Item


class Change(NamedTuple):
    """A change at a path. For `moved`, at a list, `after` has the old numbers of the kept items, in the new order."""

    #: `added`, `removed`, `changed` or `moved`.
    kind: str
    path: tuple[Step, ...]
    before: Any = None
    after: Any = None


def compare(old: object, new: object, keys: Keys) -> tuple[Change, ...]:
    """Return the changes from one value to the other; `keys` identify the items of lists."""
    if isinstance(old, dict) and isinstance(new, dict):
        return tuple(_records(old, new, keys))
    return tuple(_compare(_tree(old), _tree(new), (), "", keys))


def matched(old: Sequence[Any], new: Sequence[Any], key: Sequence[str]) -> dict[int, int]:
    """Return the items that are the same in two lists, as numbers before and after."""
    if len(old) <= len(new) and _alike(old, new[: len(old)]):
        return dict(zip(range(len(old)), range(len(old)), strict=True))
    pairs = match(tuple(map(_build, old)), tuple(map(_build, new)), key)
    return {pair.old: pair.new for pair in pairs if pair.sure}


def _records(old: dict[str, Any], new: dict[str, Any], keys: Keys) -> Iterator[Change]:
    # Most values are unchanged or lists that got longer, and building a tree takes longer than comparing texts.
    for name in [*old, *(name for name in new if name not in old)]:
        if name not in new:
            yield Change("removed", (name,), old[name])
        elif name not in old:
            yield Change("added", (name,), None, new[name])
        elif _got_longer(old[name], new[name]):
            more = range(len(old[name]), len(new[name]))
            yield from (Change("added", (name, Item(None, index)), None, new[name][index]) for index in more)
        elif not _alike(old[name], new[name]):
            yield from _compare(_tree(old[name]), _tree(new[name]), (name,), name, keys)


def _got_longer(old: object, new: object) -> bool:
    """Whether a list only got more items at its end."""
    return isinstance(old, list) and isinstance(new, list) and len(old) < len(new) and _alike(old, new[: len(old)])


def _alike(old: object, new: object) -> bool:
    """Whether two values are written the same way; equal ones may not be, as 1 and 1.0."""
    return old == new if type(old) is type(new) is str else repr(old) == repr(new)


def apply(changes: Iterable[Change], data: Any) -> Any:
    """Return the value after the changes."""
    wanted = tuple(changes)
    if whole := [change for change in wanted if not change.path and change.kind == "changed"]:
        return whole[0].after
    if isinstance(data, dict):
        return _apply_to_map(wanted, data)
    return _apply_to_list(wanted, data) if isinstance(data, list) else data


def _compare(old: _Data, new: _Data, path: tuple[Step, ...], at: str, keys: Keys) -> Iterator[Change]:
    if same(old.tree, new.tree):
        return
    if old.tree.kind == new.tree.kind == "map":
        yield from _maps(old, new, path, at, keys)
    elif old.tree.kind == new.tree.kind == "list":
        yield from _lists(old, new, path, at, keys)
    else:
        yield Change("changed", path, old.data, new.data)


def _maps(old: _Data, new: _Data, path: tuple[Step, ...], at: str, keys: Keys) -> Iterator[Change]:
    names = [*old.data, *(name for name in new.data if name not in old.data)]
    for name in names:
        here = (*path, name)
        if name not in new.data:
            yield Change("removed", here, old.data[name])
        elif name not in old.data:
            yield Change("added", here, None, new.data[name])
        else:
            yield from _compare(old.entry(name), new.entry(name), here, f"{at}.{name}" if at else name, keys)


def _lists(old: _Data, new: _Data, path: tuple[Step, ...], at: str, keys: Keys) -> Iterator[Change]:
    pairs = match(old.tree.items, new.tree.items, keys.get(at, ()))
    # Uncertain pairs are reported as a removed and an added item.
    lasting = {pair.old: pair.new for pair in pairs if pair.sure}
    arrived = set(lasting.values())
    for index, item in enumerate(old.data):
        if index in lasting:
            one, other = old.item(index), new.item(lasting[index])
            yield from _compare(one, other, (*path, Item(index, lasting[index])), f"{at}[]", keys)
        else:
            yield Change("removed", (*path, Item(index, None)), item)
    for index, item in enumerate(new.data):
        if index not in arrived:
            yield Change("added", (*path, Item(None, index)), None, item)
    order = [was for was, _is in sorted(lasting.items(), key=lambda pair: pair[1])]
    if order != sorted(order):
        yield Change("moved", path, None, tuple(order))


def _apply_to_map(changes: Sequence[Change], data: dict[str, Any]) -> dict[str, Any]:
    result = dict(data)
    for step, below in _by_step(changes):
        name, last = str(step), below[-1]
        if len(last.path) == 0 and last.kind == "removed":
            del result[name]
        elif len(last.path) == 0 and last.kind in ("added", "changed"):
            result[name] = last.after
        else:
            result[name] = apply(below, data[name])
    return result


def _apply_to_list(changes: Sequence[Change], data: list[Any]) -> list[Any]:
    items = dict(enumerate(data))
    arrived: dict[int, Any] = {}
    order: Iterable[int] | None = None
    for change in changes:
        if not change.path:
            order = change.after
    for step, below in _by_step(change for change in changes if change.path):
        if not isinstance(step, Item):
            continue
        if step.old is None:
            arrived[step.new or 0] = below[0].after
        elif step.new is None:
            del items[step.old]
        else:
            items[step.old] = apply(below, data[step.old])
    result = [items[index] for index in (order if order is not None else sorted(items))]
    for index in sorted(arrived):
        result.insert(index, arrived[index])
    return result


def _by_step(changes: Iterable[Change]) -> Iterator[tuple[Step, tuple[Change, ...]]]:
    """The changes below each step, with paths relative to it."""
    for step, group in groupby(changes, key=lambda change: change.path[0]):
        yield step, tuple(Change(change.kind, change.path[1:], change.before, change.after) for change in group)


class _Data(NamedTuple):
    """A value, also as a tree for matching."""

    data: Any
    tree: Tree

    def entry(self, name: str) -> _Data:
        return _Data(self.data[name], self.tree.entries[name])

    def item(self, index: int) -> _Data:
        return _Data(self.data[index], self.tree.items[index])


def _tree(data: object) -> _Data:
    return _Data(data, _build(data))


def _build(data: object) -> Tree:
    if isinstance(data, dict):
        entries = {name: _build(value) for name, value in data.items()}
        content: Hashable = frozenset((name, tree.content) for name, tree in entries.items())
        return Tree("map", ("map", content), _NOWHERE, entries, ())
    if isinstance(data, list):
        items = tuple(map(_build, data))
        return Tree("list", ("list", tuple(item.content for item in items)), _NOWHERE, {}, items)
    kind = "number" if isinstance(data, int | float) and not isinstance(data, bool) else type(data).__name__
    return Tree("leaf", ("leaf", kind, data), _NOWHERE, {}, ())
