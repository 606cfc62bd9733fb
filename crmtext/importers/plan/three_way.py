"""Decide on the changes of a customer of the store: theirs, ours, and the value that the source had before.

The value that the newest import of the source wrote is the base. Only values of the files' columns take part: an empty
cell, a default and a guess contradict nothing.
"""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Any, NamedTuple

from crmtext.importers.incoming import Incoming
from crmtext.importers.joining.ids import comparable
from crmtext.importers.joining.shape import is_empty
from crmtext.importers.plan import next_steps
from crmtext.importers.plan.items import (
    equal,
    places,
    plain,
    same_people,
    with_our_names,
    without_repeated_street,
)
from crmtext.text.edit.operations import Append, Delete, Set
from crmtext.text.pointer import escape, parent, split, without_places
from crmtext.values.external_ids import FIELD, ids_of

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping, Sequence

    from crmtext.importers.plan.bases import Base
    from crmtext.importers.plan.items import Keys
    from crmtext.schema import Field, Schema
    from crmtext.text.edit.operations import Operation

#: Fields of the customer that only a customer without them gets.
_ONLY_IF_EMPTY = frozenset({"sources"})
#: Lists whose items are reported if they are gone from the source. Interactions are a log, and stay.
_REPORTED = frozenset({"contacts", "opportunities", "transactions", "cases", "needs"})
_TALKS = "interactions"


class Difference(NamedTuple):
    """A field on which the store and the files disagree. None stands for a missing value."""

    #: Its path, such as `contacts[张三].title`.
    field: str
    pointer: str
    ours: Any
    theirs: Any
    base: Any
    #: The edit that takes the files' side.
    operation: Operation


class Gone(NamedTuple):
    """An item that an import of the source wrote, and that is missing in the files now."""

    field: str
    pointer: str


class Decided(NamedTuple):
    """The edits of a record, the differences to decide on, and the items that are gone from the source."""

    operations: tuple[Operation, ...] = ()
    differences: tuple[Difference, ...] = ()
    gone: tuple[Gone, ...] = ()
    #: Contacts of the store and of the file that are one person, with the names of both.
    same: tuple[tuple[str, str], ...] = ()


class Scope(NamedTuple):
    """The part of a customer that the files describe."""

    #: The lists that their columns fill.
    lists: Collection[str] = ()
    #: Whether all values of the customer could be read: only then a missing one is gone.
    whole: bool = True
    #: Whether what is gone from the source is deleted.
    deletes: bool = False


_ALL = Scope()


class _Decider:
    def __init__(self, incoming: Incoming, scope: Scope) -> None:
        self._assumed, self._scope, self._cleared = incoming.assumed, scope, incoming.cleared
        self._columns = incoming.columns
        self.operations: list[Operation] = []
        self.differences: list[Difference] = []
        self.gone: list[Gone] = []
        self.same: list[tuple[str, str]] = []

    @cached_property
    def _fields(self) -> Collection[str]:
        """The fields of the columns, without groups and kinds of addresses; needed for what differs only."""
        return {without_places(column.rpartition("|")[2]) for column in self._columns}

    def record(
        self, ours: Mapping[str, Any], theirs: Mapping[str, Any], base: Base, pointer: str, shown: str, field: Field
    ) -> None:
        order = tuple(field.by_key)
        for key, value in theirs.items():
            here, name = f"{pointer}/{escape(key)}", f"{shown}.{key}" if shown else key
            child, have = field.by_key.get(key), ours.get(key)
            if is_empty(have) and not self._is_assumed(child, key):
                self._missing(value, base.child(key), here, name, child, order)
            elif is_empty(have) or (key in _ONLY_IF_EMPTY and not pointer):
                continue
            elif key == FIELD:
                self._ids(have, value, here)
            elif isinstance(value, dict) and isinstance(have, dict) and child is not None:
                if not self._as_a_whole(have, value, base.child(key), here, child):
                    self.record(have, value, base.child(key), here, name, child)
            elif isinstance(value, list) and isinstance(have, list):
                # Most lists have nothing new, and comparing their items takes much longer.
                if value != have:
                    self._list(have, value, base.child(key), here, name, child)
            elif not equal(have, value) and self._takes_part(child, key, base.child(key)):
                self._value(have, value, base.child(key), name, Set(here, value))

    def _value(self, ours: Any, theirs: Any, base: Base, name: str, operation: Set) -> None:
        """Decide about a value that differs."""
        last = base.last()
        if last and equal(last.value, theirs):
            return
        if last and equal(last.value, ours):
            self.operations.append(operation)
        else:
            self._differ(name, operation.pointer, ours, theirs, last.value if last else None, operation)

    def _differ(self, name: str, pointer: str, ours: Any, theirs: Any, base: Any, operation: Operation) -> None:
        self.differences.append(Difference(name, pointer, ours, theirs, base, operation))

    def _missing(
        self, value: Any, base: Base, pointer: str, name: str, field: Field | None, order: Sequence[str]
    ) -> None:
        """Decide about a value that the record lacks: new in the source, or taken away here."""
        last = base.last()
        if last is None or last.value is None:
            self.operations.append(Set(pointer, value, order))
        elif isinstance(value, list):
            self._list([], value, base, pointer, name, field)
        elif isinstance(value, dict) and field is not None:
            self.record({}, value, base, pointer, name, field)
        else:
            self._value(None, value, base, name, Set(pointer, value, order))

    def _as_a_whole(self, ours: Any, theirs: Any, base: Base, pointer: str, field: Field) -> bool:
        """Take a value that one cell gives as a whole, such as a budget, if nobody changed it here."""
        if ours == theirs or field.path.replace("[]", "") not in self._fields:
            return bool(ours == theirs)
        last = base.last()
        if last and last.value == ours:
            self.operations.append(Set(pointer, theirs))
        return bool(last and last.value in (ours, theirs))

    def _takes_part(self, field: Field | None, key: str, base: Base) -> bool:
        """Whether a value contradicts another one: a default and a guess don't.

        A value that is no column's own, such as notes of several, does if an import wrote it before.
        """
        path = field.path if field else f"custom.{key}"
        if self._is_assumed(field, key):
            return False
        return "[]" in path or path in self._fields or base.last() is not None

    def _is_assumed(self, field: Field | None, key: str) -> bool:
        """Whether a default or a guess says so, which is for new customers and entries only."""
        return (field.path if field else f"custom.{key}") in self._assumed

    def _ids(self, have: Any, new: Mapping[str, Any], pointer: str) -> None:
        for system, ids in new.items():
            known = ids_of(have.get(system) if isinstance(have, dict) else None)
            forms = {*map(comparable, known)}
            if more := [id_ for id_ in ids_of(ids) if comparable(id_) not in forms]:
                texts = [*known, *more]
                self.operations.append(Set(f"{pointer}/{escape(system)}", texts if len(texts) > 1 else texts[0]))

    def _list(self, have: list[Any], new: list[Any], base: Base, pointer: str, shown: str, field: Field | None) -> None:
        if any(isinstance(item, dict) for item in (*have, *new)):
            self._items(have, new, base, pointer, shown, field)
            return
        ours, theirs = {plain(item) for item in have}, {plain(item) for item in new}
        more = [item for item in new if plain(item) not in ours and base.has(item) is not True]
        former = [
            at for at, item in enumerate(have)
            if self._scope.whole and plain(item) not in theirs and base.has(item)
        ]  # fmt: skip
        self.operations.extend(Append(pointer, item) for item in more[len(former) :])
        self.operations.extend(Set(f"{pointer}/{at}", item) for at, item in zip(former, more, strict=False))
        self.operations.extend(Delete(f"{pointer}/{at}") for at in former[len(more) :])

    def _items(
        self, have: list[Any], new: list[Any], base: Base, pointer: str, shown: str, field: Field | None
    ) -> None:
        keys, every = self._keys(field), new
        new, known, bases = self._matched(have, new, base, shown, keys)
        taken = {*known.values()}
        further = [at for at in range(len(have)) if at not in taken]
        main = keys[0] if keys else ()
        if len(keys) > 1 and not keys[1]:
            known |= self._replaced(have, new, bases, known, further, pointer, field)
        if shown == _TALKS and self._scope.whole:
            before = {at: bases[number] for number, at in (*known.items(), *enumerate(further, len(new)))}
            moved = next_steps.moved(have, new, every, known, before)
            self.operations.extend(Delete(f"{pointer}/{at}/next") for at in moved)
        for number, item in enumerate(new):
            at = known.get(number)
            if at in further:
                continue
            if at is None:
                self._absent(item, bases[number], pointer, f"{shown}[{_label(item, main, number)}]", field)
            elif field and isinstance(mine := have[at], dict):
                label = _label(mine, main, at)
                self._clear(mine, item, bases[number], f"{pointer}/{at}", f"{shown}[{label}]", field)
                says = without_repeated_street(mine, item) if pointer == "/addresses" else item
                self.record(mine, says, bases[number], f"{pointer}/{at}", f"{shown}[{label}]", field)
        if shown in _REPORTED and self._scope.whole:
            left = [pair for pair in zip(further, bases[len(new) :], strict=True) if pair[0] not in known.values()]
            for at, its in left:
                self._report(have[at], its, f"{pointer}/{at}", f"{shown}[{_label(have[at], main, at)}]", field)

    def _matched(
        self, have: list[Any], new: list[Any], base: Base, shown: str, keys: Keys
    ) -> tuple[list[Any], dict[int, int], list[Base]]:
        """The new items, which ones are here, and the bases of all of them, then of those that are here alone."""
        if shown == _TALKS:
            new = next_steps.without_known(have, new, base)
        known = places(have, new, keys)
        people = same_people(have, new, known) if shown == "contacts" else {}
        known |= people
        taken = {*known.values()}
        bases = base.items([*new, *(item for at, item in enumerate(have) if at not in taken)], keys)
        if people:
            self.same.extend((str(have[mine]["name"]), str(new[number]["name"])) for number, mine in people.items())
            names = {number: bases[number].child("name").last() for number in people}
            renamed = [number for number, last in names.items() if last is None or last.value != new[number]["name"]]
            new = with_our_names(have, new, people, renamed)
        return new, known, bases

    def _keys(self, field: Field | None) -> list[Sequence[str]]:
        """The keys of a list's items: that of the schema, and that without what isn't in the files."""
        if field is None:
            return []
        # A file has one address of a kind: another one of that kind is the same one, so differences are conflicts.
        key = tuple(field.mark("x-key") or (("kind",) if field.child("kind") else ()))
        sure = tuple(name for name in key if f"{field.path}[].{name}" not in self._assumed)
        return [key, sure] if sure != key else [key]

    def _replaced(
        self,
        have: list[Any],
        new: list[Any],
        bases: list[Base],
        known: Mapping[int, int],
        further: list[int],
        pointer: str,
        field: Field | None,
    ) -> dict[int, int]:
        """Replace items that are named by their own values, such as a budget, by what the source has instead."""
        coming = [number for number in range(len(new)) if number not in known]
        gone = [
            at
            for at, its in zip(further, bases[len(new) :], strict=True)
            if its.last() and self.is_unchanged(have[at], its, field, strict=True)
        ]
        pairs = dict(zip(coming, gone, strict=False))
        self.operations.extend(Set(f"{pointer}/{at}", new[number]) for number, at in pairs.items())
        return pairs

    def _absent(self, item: Any, base: Base, pointer: str, shown: str, field: Field | None) -> None:
        """Decide about an item that the record lacks: new, or removed here."""
        last = base.last()
        if last is None or last.value is None or not isinstance(item, dict):
            self.operations.append(Append(pointer, item))
        elif not self.is_unchanged(item, base, field):
            self._differ(shown, pointer, None, item, last.value, Append(pointer, item))

    def is_unchanged(self, value: Any, base: Base, field: Field | None, *, strict: bool = False) -> bool:
        """Whether a value is all what the source said before; if strict, what wasn't in its files, too."""
        if isinstance(value, dict):
            below = field.by_key if field else {}
            return all(
                (not strict and self._is_assumed(below.get(key), key))
                or self.is_unchanged(one, base.child(key), below.get(key), strict=strict)
                for key, one in value.items()
            )
        if isinstance(value, list):
            if not any(isinstance(item, dict) for item in value):
                return all(base.has(item) for item in value)
            bases = base.items(value, self._keys(field))
            return all(
                (last := its.last()) is not None
                and last.value is not None
                and self.is_unchanged(item, its, field, strict=strict)
                for item, its in zip(value, bases, strict=True)
            )
        last = base.last()
        return last is not None and equal(last.value, value)

    def _report(self, item: Any, base: Base, pointer: str, shown: str, field: Field | None) -> None:
        """Report an item that the source wrote and lacks now, and delete it if that is wanted and nobody changed it."""
        last = base.last()
        if last is None or last.value is None:
            return
        self.gone.append(Gone(shown, pointer))
        if self._scope.deletes and self.is_unchanged(item, base, field, strict=True):
            self.operations.append(Delete(pointer))
        elif self._scope.deletes:
            self._differ(shown, pointer, item, None, last.value, Delete(pointer))

    def cleared(self, ours: Mapping[str, Any], base: Base, schema: Schema) -> None:
        """Take away the values whose cells are just `-`, if the source wrote them."""
        for path, _item in self._cleared:
            keys = path.split(".", 1) if path.startswith("custom.") else path.split(".")
            have: Any = ours
            its, field = base, schema.root.child(keys[0])
            if field and field.kind == "list" and field.item and field.item.kind == "map":
                continue
            for key in keys:
                have, its = have.get(key) if isinstance(have, dict) else None, its.child(key)
            pointer = "".join(f"/{escape(key)}" for key in keys)
            if isinstance(have, list):
                self.operations.extend(Delete(f"{pointer}/{at}") for at, one in enumerate(have) if its.has(one))
            elif not is_empty(have):
                self._take_away(have, its, pointer, path)

    def _clear(self, mine: Any, item: Any, base: Base, pointer: str, shown: str, field: Field) -> None:
        """The same for the values of an item."""
        names = (
            {comparable(text) for ids in (item.get(FIELD) or {}).values() for text in ids_of(ids)}
            if isinstance(item, dict)
            else set()
        )
        names |= {str(value) for value in item.values() if isinstance(value, str)}
        for path, whose in self._cleared:
            top, _dot, key = path.partition(".")
            if field.path == f"{top}" and key in mine and (not whose or comparable(whose) in names or whose in names):
                self._take_away(mine[key], base.child(key), f"{pointer}/{escape(key)}", f"{shown}.{key}")

    def _take_away(self, have: Any, base: Base, pointer: str, shown: str) -> None:
        last = base.last()
        if last is None or last.value is None:
            return
        if last.value == have:
            self.operations.append(Delete(pointer))
        else:
            self._differ(shown, pointer, have, None, last.value, Delete(pointer))


def decide(schema: Schema, data: Mapping[str, Any], incoming: Incoming, base: Base, scope: Scope = _ALL) -> Decided:
    """Return what the files change in a record, what needs a decision, and what is gone from the source."""
    decider = _Decider(incoming, scope)
    lacking: dict[str, Any] = {
        name: [] for name in scope.lists if data.get(name) and name not in incoming.data and name in _REPORTED
    }
    theirs = {**incoming.data, **lacking}
    theirs.pop("id", None)
    decider.record(data, theirs, base, "", "", schema.root)
    if incoming.cleared:
        decider.cleared(data, base, schema)
    return Decided(tuple(decider.operations), tuple(decider.differences), tuple(decider.gone), tuple(decider.same))


def ordered(operations: Iterable[Operation], data: Mapping[str, Any]) -> list[Operation]:
    """Return operations in an order in which none moves the place of another: what goes, goes last, from the end."""
    wanted = [*operations]
    going = [one for one in wanted if isinstance(one, Delete)]
    rest = [one for one in wanted if not isinstance(one, Delete)]
    growing = {one.pointer for one in rest if isinstance(one, Append)}
    whole = []
    for holder in {parent(one.pointer) for one in going} - growing - {""}:
        # A list or group of which nothing is left goes as a whole.
        have: Any = data
        for step in split(holder):
            have = have[int(step)] if isinstance(have, list) else have.get(step)
        set_there = any(one.pointer.startswith(f"{holder}/") for one in rest)
        if len(have) == sum(parent(one.pointer) == holder for one in going) and not set_there:
            whole.append(holder)
    going = [one for one in going if parent(one.pointer) not in whole]
    going += [Delete(holder) for holder in whole]
    return [*rest, *sorted(going, key=lambda one: [_step(step) for step in split(one.pointer)], reverse=True)]


def is_unchanged(schema: Schema, data: Mapping[str, Any], base: Base, assumed: frozenset[str] = frozenset()) -> bool:
    """Whether all values of a customer are what its source said before."""
    return _Decider(Incoming({}, [], assumed=assumed), Scope()).is_unchanged(data, base, schema.root)


def _step(step: str) -> tuple[int, str]:
    return (int(step), "") if step.isdecimal() else (-1, step)


def _label(item: Any, keys: Sequence[str], number: int) -> str:
    return str(item.get(keys[0], number)) if keys and isinstance(item, dict) else str(number)
