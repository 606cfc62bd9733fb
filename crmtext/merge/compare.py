"""The difference of two values as data: what was added, removed, changed or moved, and where."""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING, Any, NamedTuple

from crmtext.merge.matching import match
from crmtext.merge.trees import Tree, same
from crmtext.text.tree import Node

if TYPE_CHECKING:
    from collections.abc import Hashable, Iterable, Iterator, Sequence

    from crmtext.merge.matching import Keys

#: Data has no place in a text.
_NOWHERE = Node("scalar", 0, 0, 0, 0, "plain")


class Item(NamedTuple):
    """A step into a list: the item's number before and after, None on the side where it is not."""

    old: int | None
    new: int | None


Step = str | Item


class Change(NamedTuple):
    """One change at a path. `moved` is at a list: `after` has the old numbers of what stays, in the new order."""

    #: `added`, `removed`, `changed` or `moved`.
    kind: str
    path: tuple[Step, ...]
    before: Any = None
    after: Any = None


def compare(old: object, new: object, keys: Keys) -> tuple[Change, ...]:
    """The changes that make the one value the other; `keys` tell the items of its lists apart."""
    if isinstance(old, dict) and isinstance(new, dict):
        return tuple(_records(old, new, keys))
    return tuple(_compare(_tree(old), _tree(new), (), "", keys))


def _records(old: dict[str, Any], new: dict[str, Any], keys: Keys) -> Iterator[Change]:
    # Most keys of most records stay as they are, or are lists that became longer, and a tree takes longer to grow than
    # a text to compare.
    for name in [*old, *(name for name in new if name not in old)]:
        if name not in new:
            yield Change("removed", (name,), old[name])
        elif name not in old:
            yield Change("added", (name,), None, new[name])
        elif _is_begun_by(old[name], new[name]):
            more = range(len(old[name]), len(new[name]))
            yield from (Change("added", (name, Item(None, index)), None, new[name][index]) for index in more)
        elif not _alike(old[name], new[name]):
            yield from _compare(_tree(old[name]), _tree(new[name]), (name,), name, keys)


def _is_begun_by(old: object, new: object) -> bool:
    """Whether a list has the items of another one and then more: each of those is the one that it was."""
    return isinstance(old, list) and isinstance(new, list) and len(old) < len(new) and _alike(old, new[: len(old)])


def _alike(old: object, new: object) -> bool:
    """Whether two values are written alike, which not all equal ones are: 1 and 1.0."""
    return old == new if type(old) is type(new) is str else repr(old) == repr(new)


def apply(changes: Iterable[Change], data: Any) -> Any:
    """The value after the changes."""
    wanted = tuple(changes)
    if whole := [each for each in wanted if not each.path and each.kind == "changed"]:
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
    # What is only perhaps the same item is told as one that went and one that came.
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
    found = dict(data)
    for step, below in _by_step(changes):
        name, last = str(step), below[-1]
        if len(last.path) == 0 and last.kind == "removed":
            del found[name]
        elif len(last.path) == 0 and last.kind in ("added", "changed"):
            found[name] = last.after
        else:
            found[name] = apply(below, data[name])
    return found


def _apply_to_list(changes: Sequence[Change], data: list[Any]) -> list[Any]:
    items = dict(enumerate(data))
    arrived: dict[int, Any] = {}
    order: Iterable[int] | None = None
    for each in changes:
        if not each.path:
            order = each.after
    for step, below in _by_step(each for each in changes if each.path):
        if not isinstance(step, Item):
            continue
        if step.old is None:
            arrived[step.new or 0] = below[0].after
        elif step.new is None:
            del items[step.old]
        else:
            items[step.old] = apply(below, data[step.old])
    found = [items[index] for index in (order if order is not None else sorted(items))]
    for index in sorted(arrived):
        found.insert(index, arrived[index])
    return found


def _by_step(changes: Iterable[Change]) -> Iterator[tuple[Step, tuple[Change, ...]]]:
    """The changes below each step, their paths shortened by it."""
    for step, group in groupby(changes, key=lambda each: each.path[0]):
        yield step, tuple(Change(each.kind, each.path[1:], each.before, each.after) for each in group)


class _Data(NamedTuple):
    """A value, and the same as a tree that can be matched."""

    data: Any
    tree: Tree

    def entry(self, name: str) -> _Data:
        return _Data(self.data[name], self.tree.entries[name])

    def item(self, index: int) -> _Data:
        return _Data(self.data[index], self.tree.items[index])


def _tree(data: object) -> _Data:
    return _Data(data, _grown(data))


def _grown(data: object) -> Tree:
    if isinstance(data, dict):
        entries = {name: _grown(value) for name, value in data.items()}
        content: Hashable = frozenset((name, tree.content) for name, tree in entries.items())
        return Tree("map", ("map", content), _NOWHERE, entries, ())
    if isinstance(data, list):
        items = tuple(map(_grown, data))
        return Tree("list", ("list", tuple(item.content for item in items)), _NOWHERE, {}, items)
    kind = "number" if isinstance(data, int | float) and not isinstance(data, bool) else type(data).__name__
    return Tree("leaf", ("leaf", kind, data), _NOWHERE, {}, ())
