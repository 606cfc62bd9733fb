"""What differs between two schemas, and what a third one has to take over of it."""

from __future__ import annotations

from collections.abc import Mapping
from enum import Enum, auto
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator


class Absent(Enum):
    """Stands for a value that is not there."""

    ABSENT = auto()


ABSENT = Absent.ABSENT


class Change(NamedTuple):
    """One value that differs. A step is a key; a condition in a list goes by its rule's name in brackets."""

    steps: tuple[str, ...]
    before: Any
    after: Any

    @property
    def where(self) -> str:
        """The place, for people."""
        return "/".join(self.steps)

    @property
    def kind(self) -> str:
        """`added`, `removed` or `changed`."""
        return "added" if self.before is ABSENT else "removed" if self.after is ABSENT else "changed"


class Merge(NamedTuple):
    """What a team's schema has to take over, and what it does not because the team has changed the same thing."""

    wanted: tuple[Change, ...]
    kept: tuple[Change, ...]


def changes(old: Any, new: Any, steps: tuple[str, ...] = ()) -> Iterator[Change]:
    """Each smallest value that differs, in the order of the new schema, what was removed last."""
    before, after = keyed(old), keyed(new)
    if before is None or after is None or isinstance(old, list) is not isinstance(new, list):
        if old != new:
            yield Change(steps, old, new)
        return
    for key in (*after, *(key for key in before if key not in after)):
        yield from changes(before.get(key, ABSENT), after.get(key, ABSENT), (*steps, key))


def merge(base: Any, ours: Any, theirs: Any) -> Merge:
    """What `ours` has to take over of what became of `base` in `theirs`."""
    wanted, kept = [], []
    for change in changes(base, theirs):
        mine = lookup(ours, change.steps)
        if mine == change.after:
            continue
        if keyed(lookup(ours, change.steps[:-1])) is None:
            kept.append(change)
        elif mine == change.before:
            wanted.append(change)
        elif all(map(_is_list_of_words, (change.before, mine, change.after))):
            wanted.append(Change(change.steps, mine, _joined(change.before, mine, change.after)))
        else:
            kept.append(Change(change.steps, mine, change.after))
    return Merge(tuple(each for each in wanted if each.before != each.after), tuple(kept))


def keyed(value: Any) -> Mapping[str, Any] | None:
    """A map, or a list of conditions by their rules' names; None for all that is one value."""
    if isinstance(value, Mapping):
        return value
    if isinstance(value, list) and value and all(isinstance(each, dict) and "x-rule" in each for each in value):
        return {f"[{each['x-rule']}]": each for each in value}
    return None


def lookup(data: Any, steps: Iterable[str]) -> Any:
    """The value at a place; `ABSENT` where there is none."""
    for step in steps:
        data = (keyed(data) or {}).get(step, ABSENT)
    return data


def applied(data: Any, wanted: Iterable[Change]) -> Any:
    """The data with these changes made."""
    for change in wanted:
        data = _with(data, change.steps, change.after)
    return data


def _with(data: Any, steps: tuple[str, ...], value: Any) -> Any:
    if not steps:
        return value
    found = dict(keyed(data) or {})
    new = _with(found.get(steps[0], {}), steps[1:], value)
    found = {key: item for key, item in {**found, steps[0]: new}.items() if item is not ABSENT}
    return list(found.values()) if isinstance(data, list) else found


def _is_list_of_words(value: Any) -> bool:
    return isinstance(value, list) and all(isinstance(each, str) for each in value)


def _joined(base: list[str], ours: list[str], theirs: list[str]) -> list[str]:
    """Our list with what they added to the base, and without what they removed from it."""
    kept = [each for each in ours if each in theirs or each not in base]
    return kept + [each for each in theirs if each not in base and each not in kept]
