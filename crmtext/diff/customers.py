"""The customers that differ between two snapshots, and how."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

from crmtext.merge.compare import Change, Item, compare
from crmtext.snapshot import claimed_id
from crmtext.wording.values import customer_name

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from crmtext.merge.matching import Keys
    from crmtext.schema import Schema
    from crmtext.snapshot import Snapshot
    from crmtext.text.document import Document

#: Told last, in this order: they are what people look for, and the longest.
LAST = ("contacts", "interactions")


@dataclass(frozen=True)
class Difference:
    """One customer on both sides; None on the side where there is none."""

    before: Document | None
    after: Document | None
    changes: tuple[Change, ...]

    @property
    def data(self) -> Mapping[str, Any]:
        """The record as it is now, or as it was."""
        found: Mapping[str, Any] = (self.after or self.before).data  # type: ignore[union-attr]  # one is there
        return found

    @property
    def path(self) -> str:
        """Where the record is now, or was."""
        return (self.after or self.before).path  # type: ignore[union-attr]  # one is there

    @property
    def old_path(self) -> str:
        """Where the record was, if it was somewhere else."""
        return self.before.path if self.before and self.before.path != self.path else ""

    @property
    def id(self) -> str:
        """The customer's id."""
        return str(self.data.get("id", ""))

    @property
    def name(self) -> str:
        """What people call the customer."""
        return customer_name(self.after or self.before)  # type: ignore[arg-type]  # one is there

    @property
    def kind(self) -> str:
        """`added`, `removed`, `changed`, `renamed` where only the path is another, `text-only` where no data is."""
        if self.before is None or self.after is None:
            return "added" if self.before is None else "removed"
        if self.changes:
            return "changed"
        return "renamed" if self.old_path else "text-only"

    @cached_property
    def told(self) -> tuple[Change, ...]:
        """The changes as they are told: a list that begins or ends is its items."""
        return tuple(each for change in self.changes for each in _told(change))

    @property
    def interactions(self) -> int:
        """How many interactions were added, changed or removed; those of a customer who came or went do not count."""
        if self.before is None or self.after is None:
            return 0
        return len({each.path[1] for each in self.told if of_interaction(each)})

    @property
    def fields(self) -> int:
        """How many other values changed."""
        if self.before is None or self.after is None:
            return 0
        return sum(not of_interaction(each) for each in self.told)


def of_interaction(change: Change) -> bool:
    """Whether a change is about one interaction."""
    return change.path[0] == "interactions" and len(change.path) > 1


def _told(change: Change) -> Iterator[Change]:
    """The items of a list of maps that was added or removed whole; else the change itself."""
    values = change.after if change.kind == "added" else change.before if change.kind == "removed" else None
    if not isinstance(values, list) or not values or not all(isinstance(value, dict) for value in values):
        yield change
        return
    for index, value in enumerate(values):
        if change.kind == "added":
            yield Change("added", (*change.path, Item(None, index)), None, value)
        else:
            yield Change("removed", (*change.path, Item(index, None)), value)


@dataclass(frozen=True)
class Comparison:
    """Two snapshots held against each other; of each, only what differs needs to be there."""

    old: Snapshot
    new: Snapshot

    @cached_property
    def differences(self) -> tuple[Difference, ...]:
        """The customers that differ, by id."""
        found = (self._difference(before, after) for before, after in self._pairs())
        return tuple(sorted((each for each in found if each), key=lambda each: (each.id, each.path)))

    @cached_property
    def unreadable(self) -> tuple[str, ...]:
        """The records that cannot be compared, because one side of them does not parse."""
        sides = (self.old, self.new)
        return tuple(sorted({each.path for side in sides for each in side.broken if not _readable(each)}))

    def _pairs(self) -> Iterator[tuple[Document | None, Document | None]]:
        """Both sides of each customer, by id; two records with one id by path; then who goes on under another id."""
        olds, news = _by_id(self._records(self.old)), _by_id(self._records(self.new))
        gone: list[Document] = []
        come: list[Document] = []
        for claimed in olds.keys() | news.keys():
            pairs, left, new = _paired(olds.get(claimed, []), news.get(claimed, []))
            yield from pairs
            gone += left
            come += new
        for one in gone:
            heir = next((each for each in come if _goes_on(one, each)), None)
            if heir is not None:
                come.remove(heir)
            yield one, heir
        yield from ((None, one) for one in come)

    def _records(self, side: Snapshot) -> tuple[Document, ...]:
        every = (*(each.document for each in side.customers), *filter(_readable, side.broken))
        return tuple(each for each in every if each.path not in self.unreadable)

    def _difference(self, before: Document | None, after: Document | None) -> Difference | None:
        if before and after and before.text == after.text and before.path == after.path:
            return None
        schema = self.new.schema
        old, new = (dict(each.data) if each else {} for each in (before, after))
        return Difference(before, after, ordered(compare(old, new, self._keys), schema))

    @cached_property
    def _keys(self) -> Keys:
        return keys(self.new.schema)


def keys(schema: Schema) -> Keys:
    """The keys that tell the items of each list apart."""
    return {field.path: tuple(field.mark("x-key")) for field in schema.marked("x-key")}


def ordered(changes: Iterable[Change], schema: Schema) -> tuple[Change, ...]:
    """The changes in the schema's order of keys, then contacts, then interactions."""
    order = [field.key for field in schema.fields if field.key not in LAST]
    ranks = {key: rank for rank, key in enumerate(order)} | {key: len(order) + 1 + n for n, key in enumerate(LAST)}
    return tuple(sorted(changes, key=lambda each: ranks.get(str(each.path[0]), len(order))))


def _readable(document: Document) -> bool:
    return isinstance(document.data, dict)


def _by_id(documents: Iterable[Document]) -> dict[str, list[Document]]:
    found: dict[str, list[Document]] = defaultdict(list)
    for each in documents:
        found[claimed_id(each)].append(each)
    return found


def _paired(
    olds: Sequence[Document], news: Sequence[Document]
) -> tuple[list[tuple[Document, Document]], list[Document], list[Document]]:
    """The records of one id on both sides, and what is left of each side."""
    there = {each.path: each for each in news}
    pairs = [(each, there[each.path]) for each in olds if each.path in there]
    kept = {each.path for each, _other in pairs}
    left, new = [each for each in olds if each.path not in kept], [each for each in news if each.path not in kept]
    moved = list(zip(left, new, strict=False))
    return pairs + moved, left[len(moved) :], new[len(moved) :]


def _goes_on(one: Document, other: Document) -> bool:
    """Whether a customer goes on under another id: of the same name, and with most keys the same."""
    return bool(one.data.get("name") == other.data.get("name") and _alike(one.data, other.data))


def _alike(one: Mapping[str, Any], other: Mapping[str, Any]) -> bool:
    names = {*one, *other}
    same = [name for name in names if name in one and name in other and one[name] == other[name]]
    return 2 * len(same) >= len(names)
