"""Changes of data: each with its path as in patterns, and the paths of all values in it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from crmtext.merge.compare import Item, compare
from crmtext.protection.policy.patterns import ITEM
from crmtext.text.pointer import join

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from crmtext.merge.compare import Change
    from crmtext.merge.matching import Keys
    from crmtext.protection.policy.patterns import Path


class ValueChange(NamedTuple):
    """A value that was added, changed or removed."""

    kind: str
    path: Path
    values: tuple[Path, ...]
    #: The pointer in the new data; of a removed value, to what held it.
    pointer: str


def changed(old: Mapping[str, Any], new: Mapping[str, Any], keys: Keys) -> Iterator[ValueChange]:
    """Yield the changes from one map to another; the order of lists is free."""
    for change in compare(old, new, keys):
        if change.kind != "moved":
            yield _value_change(change)


def _value_change(change: Change) -> ValueChange:
    path = tuple(ITEM if isinstance(step, Item) else step for step in change.path)
    values = dict.fromkeys(paths(change.before, path) if change.kind != "added" else ())
    values.update(dict.fromkeys(paths(change.after, path) if change.kind != "removed" else ()))
    steps: list[str | int] = []
    for step in change.path:
        at = step.new if isinstance(step, Item) else step
        if at is not None:
            steps.append(at)
    if change.kind == "removed" and not isinstance(change.path[-1], Item):
        steps.pop()
    return ValueChange(change.kind, path, tuple(values), join(steps))


def paths(value: Any, path: Path = ()) -> Iterator[Path]:
    """Yield the path of each value in some data, of an empty list or map as well; a path may come more than once."""
    if isinstance(value, dict) and value:
        for key, below in value.items():
            yield from paths(below, (*path, str(key)))
    elif isinstance(value, list) and value:
        for below in value:
            yield from paths(below, (*path, ITEM))
    else:
        yield path
