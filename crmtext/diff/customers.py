"""The customers that differ between two snapshots, and how."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any, Protocol, TypeVar

from crmtext.merge.compare import Change, Item, compare
from crmtext.snapshot import claimed_id
from crmtext.wording.values import customer_name

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from crmtext.merge.matching import Keys
    from crmtext.schema import Schema
    from crmtext.snapshot import Snapshot
    from crmtext.text.document import Document

#: Listed last, in this order, because they are the longest.
LAST = ("contacts", "interactions")


@dataclass(frozen=True)
class Difference:
    """One customer on both sides; None on a side that lacks it."""

    before: Document | None
    after: Document | None
    changes: tuple[Change, ...]

    @property
    def data(self) -> Mapping[str, Any]:
        """The record's data now, or before its removal."""
        data: Mapping[str, Any] = (self.after or self.before).data  # type: ignore[union-attr]  # one is there
        return data

    @property
    def path(self) -> str:
        """The record's path now, or before its removal."""
        return (self.after or self.before).path  # type: ignore[union-attr]  # one is there

    @property
    def old_path(self) -> str:
        """The record's old path if it moved; else empty."""
        return self.before.path if self.before and self.before.path != self.path else ""

    @property
    def id(self) -> str:
        """The customer's id."""
        return str(self.data.get("id", ""))

    @property
    def name(self) -> str:
        """The customer's short name."""
        return customer_name(self.after or self.before)  # type: ignore[arg-type]  # one is there

    @property
    def mention(self) -> str:
        """The customer's name where the id isn't shown beside it."""
        return self.name

    @property
    def kind(self) -> str:
        """`added`, `removed`, `changed`, `renamed` if only the path differs, `text-only` if no data differs."""
        if self.before is None or self.after is None:
            return "added" if self.before is None else "removed"
        if self.changes:
            return "changed"
        return "renamed" if self.old_path else "text-only"

    @cached_property
    def expanded(self) -> tuple[Change, ...]:
        """The changes, with a list that was added or removed as its items."""
        return tuple(part for change in self.changes for part in expanded(change))

    @property
    def interactions(self) -> int:
        """Number of interactions added, changed or removed; 0 for a customer that was added or removed."""
        if self.before is None or self.after is None:
            return 0
        return len({change.path[1] for change in self.expanded if of_interaction(change)})

    @property
    def fields(self) -> int:
        """Number of other values that changed."""
        if self.before is None or self.after is None:
            return 0
        return sum(not of_interaction(change) for change in self.expanded)


def of_interaction(change: Change) -> bool:
    """Whether a change is about one interaction."""
    return change.path[0] == "interactions" and len(change.path) > 1


def expanded(change: Change) -> Iterator[Change]:
    """Yield the items of a list of maps that was added or removed; for other changes, the change itself."""
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
    """Two snapshots to compare; they need to contain only the records that differ."""

    old: Snapshot
    new: Snapshot

    @property
    def full(self) -> Comparison:
        """The comparison of the full records; itself, unless it is masked."""
        return self

    def shown(self, difference: Difference) -> Difference:
        """Return a difference of the full records as this comparison shows it."""
        return difference

    def shown_item(self, item: Mapping[str, Any], _path: str, _difference: Difference) -> Mapping[str, Any]:
        """Return an item of a list of a customer as this comparison shows it."""
        return item

    @cached_property
    def differences(self) -> tuple[Difference, ...]:
        """The customers that differ, by id."""
        differences = filter(None, (self._difference(before, after) for before, after in self._pairs()))
        return tuple(sorted(differences, key=lambda difference: (difference.id, difference.path)))

    @cached_property
    def unreadable(self) -> tuple[str, ...]:
        """The records that cannot be compared, because one side does not parse."""
        sides = (self.old, self.new)
        return tuple(sorted({document.path for side in sides for document in side.broken if not _readable(document)}))

    def _pairs(self) -> Iterator[tuple[Document | None, Document | None]]:
        """Yield both sides of each customer: by id; several records of one id by path; then those whose id changed."""
        olds, news = _by_id(self._records(self.old)), _by_id(self._records(self.new))
        gone: list[Document] = []
        come: list[Document] = []
        for claimed in olds.keys() | news.keys():
            pairs, left, new = paired(olds.get(claimed, []), news.get(claimed, []))
            yield from pairs
            gone += left
            come += new
        for one in gone:
            heir = next((document for document in come if has_new_id(one.data, document.data)), None)
            if heir is not None:
                come.remove(heir)
            yield one, heir
        yield from ((None, one) for one in come)

    def _records(self, side: Snapshot) -> tuple[Document, ...]:
        every = (*(customer.document for customer in side.customers), *filter(_readable, side.broken))
        return tuple(document for document in every if document.path not in self.unreadable)

    def _difference(self, before: Document | None, after: Document | None) -> Difference | None:
        if before and after and before.text == after.text and before.path == after.path:
            return None
        schema = self.new.schema
        old, new = (dict(document.data) if document else {} for document in (before, after))
        return Difference(before, after, ordered(compare(old, new, self._keys), schema))

    @cached_property
    def _keys(self) -> Keys:
        return keys(self.new.schema)


def keys(schema: Schema) -> Keys:
    """Return the keys that identify the items of each list."""
    return {field.path: tuple(field.mark("x-key")) for field in schema.marked("x-key")}


def ordered(changes: Iterable[Change], schema: Schema) -> tuple[Change, ...]:
    """Return the changes in the schema's order of fields, then contacts, then interactions."""
    order = [field.key for field in schema.fields if field.key not in LAST]
    ranks = {key: rank for rank, key in enumerate(order)} | {key: len(order) + 1 + n for n, key in enumerate(LAST)}
    return tuple(sorted(changes, key=lambda change: ranks.get(str(change.path[0]), len(order))))


def _readable(document: Document) -> bool:
    return isinstance(document.data, dict)


def _by_id(documents: Iterable[Document]) -> dict[str, list[Document]]:
    by_id: dict[str, list[Document]] = defaultdict(list)
    for document in documents:
        by_id[claimed_id(document)].append(document)
    return by_id


class _HasPath(Protocol):
    @property
    def path(self) -> str: ...


Record = TypeVar("Record", bound=_HasPath)


def paired(
    olds: Sequence[Record], news: Sequence[Record]
) -> tuple[list[tuple[Record, Record]], list[Record], list[Record]]:
    """Return the pairs of records with one id, by path and then in order, and the others of each side."""
    there = {record.path: record for record in news}
    pairs = [(record, there[record.path]) for record in olds if record.path in there]
    kept = {record.path for record, _other in pairs}
    left, new = ([record for record in side if record.path not in kept] for side in (olds, news))
    moved = list(zip(left, new, strict=False))
    return pairs + moved, left[len(moved) :], new[len(moved) :]


def has_new_id(one: Mapping[str, Any], other: Mapping[str, Any]) -> bool:
    """Whether two records are one customer whose id changed: the same name and mostly the same values."""
    if one.get("name") != other.get("name"):
        return False
    same = sum(key in other and value == other[key] for key, value in one.items())
    return bool(2 * same >= len({*one, *other}))
