"""Differences of two schemas, and their merge into a third one."""

from __future__ import annotations

from collections.abc import Mapping
from enum import Enum, auto
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator


class Absent(Enum):
    """The marker for a missing value."""

    ABSENT = auto()


ABSENT = Absent.ABSENT


class Change(NamedTuple):
    """One differing value. Steps are keys; a condition in a list has its rule's name in brackets."""

    steps: tuple[str, ...]
    before: Any
    after: Any

    @property
    def where(self) -> str:
        """The path as text."""
        return "/".join(self.steps)

    @property
    def kind(self) -> str:
        """`added`, `removed` or `changed`."""
        return "added" if self.before is ABSENT else "removed" if self.after is ABSENT else "changed"


class Merge(NamedTuple):
    """The changes that a team's schema takes over, and those it rejects because the team changed the same value."""

    wanted: tuple[Change, ...]
    kept: tuple[Change, ...]


def changes(old: Any, new: Any, steps: tuple[str, ...] = ()) -> Iterator[Change]:
    """Return the smallest differing values in the order of the new schema, removed ones last."""
    before, after = keyed(old), keyed(new)
    if before is None or after is None or isinstance(old, list) is not isinstance(new, list):
        if old != new:
            yield Change(steps, old, new)
        return
    for key in (*after, *(key for key in before if key not in after)):
        yield from changes(before.get(key, ABSENT), after.get(key, ABSENT), (*steps, key))


def merge(base: Any, ours: Any, theirs: Any) -> Merge:
    """Return the changes from `base` to `theirs` that `ours` takes over."""
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
    return Merge(tuple(change for change in wanted if change.before != change.after), tuple(kept))


def keyed(value: Any) -> Mapping[str, Any] | None:
    """A map, or a list of conditions as a map by rule name; None for any other value."""
    if isinstance(value, Mapping):
        return value
    if isinstance(value, list) and value and all(isinstance(item, dict) and "x-rule" in item for item in value):
        return {f"[{condition['x-rule']}]": condition for condition in value}
    return None


def lookup(data: Any, steps: Iterable[str]) -> Any:
    """The value at a path; `ABSENT` if missing."""
    for step in steps:
        data = (keyed(data) or {}).get(step, ABSENT)
    return data


def apply_changes(data: Any, wanted: Iterable[Change]) -> Any:
    """Return the data with these changes applied."""
    for change in wanted:
        data = _with(data, change.steps, change.after)
    return data


def _with(data: Any, steps: tuple[str, ...], value: Any) -> Any:
    if not steps:
        return value
    entries = dict(keyed(data) or {})
    new = _with(entries.get(steps[0], {}), steps[1:], value)
    entries = {key: item for key, item in {**entries, steps[0]: new}.items() if item is not ABSENT}
    return list(entries.values()) if isinstance(data, list) else entries


def _is_list_of_words(value: Any) -> bool:
    return isinstance(value, list) and all(isinstance(word, str) for word in value)


def _joined(base: list[str], ours: list[str], theirs: list[str]) -> list[str]:
    """Our list with what they added to the base, and without what they removed from it."""
    kept = [word for word in ours if word in theirs or word not in base]
    return kept + [word for word in theirs if word not in base and word not in kept]
