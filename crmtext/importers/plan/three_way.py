"""Decide on the changes of a customer of the store: theirs, ours, and the value that the source had before.

The value that the newest import of the source wrote is the base. Only values of the files' columns take part: an empty
cell, a default and a guess contradict nothing.
"""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Any

from crmtext.importers.incoming import Incoming
from crmtext.importers.joining.ids import comparable
from crmtext.importers.joining.shape import is_empty
from crmtext.importers.mapping import SHEET_SOURCE
from crmtext.importers.plan import cleared, next_steps
from crmtext.importers.plan.amounts import Amount
from crmtext.importers.plan.decided import Decided, Difference, Gone, Scope
from crmtext.importers.plan.items import (
    equal,
    plain,
    same_budget,
    same_people,
    says_more,
    with_our_names,
    without_repeated_street,
)
from crmtext.importers.plan.masked import without_masked
from crmtext.importers.plan.renamed_items import with_renamed
from crmtext.text.edit.operations import Append, Delete, Set
from crmtext.text.pointer import escape, last, without_places
from crmtext.values.external_ids import FIELD, ids_of

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    from crmtext.importers.plan.base import Base, Last
    from crmtext.importers.plan.items import Keys
    from crmtext.schema import Field, Schema
    from crmtext.text.edit.operations import Operation

#: Fields of the customer that only a customer without them gets.
_ONLY_IF_EMPTY = frozenset({"sources"})
#: Lists whose items are reported if they are gone from the source. Interactions are a log, and stay.
_REPORTED = frozenset({"contacts", "opportunities", "transactions", "cases", "needs"})
_TALKS = "interactions"
_ALL = Scope()


class _Decider:
    def __init__(self, incoming: Incoming, scope: Scope) -> None:
        self._assumed, self._scope = incoming.assumed, scope
        self._cleared = () if scope.fills or scope.asks else incoming.cleared
        #: By field: what further rows of one customer say.
        self._otherwise = incoming.otherwise
        self._columns = incoming.columns
        self.operations: list[Operation] = []
        self.differences: list[Difference] = []
        self.gone: list[Gone] = []
        self.same: list[tuple[str, str]] = []
        self.outvoted: list[tuple[str, int]] = []

    @cached_property
    def _fields(self) -> Collection[str]:
        """The fields of the columns, without groups and kinds of addresses; needed for what differs only."""
        return {without_places(column.rpartition("|")[2]) for column in self._columns}

    def record(
        self, ours: Mapping[str, Any], theirs: Mapping[str, Any], base: Base, pointer: str, shown: str, field: Field
    ) -> None:
        order = tuple(field.by_key)
        whole = bool(field.money) and field.path.replace("[]", "") in self._fields
        together = order if whole else field.money
        if not theirs.keys().isdisjoint(together):
            self._amount(ours, theirs, base, pointer, shown, field, together)
        for key, value in theirs.items():
            here, name = f"{pointer}/{escape(key)}", f"{shown}.{key}" if shown else key
            child, have = field.by_key.get(key), ours.get(key)
            if key in together:
                continue
            if not is_empty(have):
                if key == FIELD:
                    self._ids(have, value, here)
                elif pointer or key not in _ONLY_IF_EMPTY:
                    self._both(have, value, base.child(key), here, name, child)
            elif not self._is_assumed(child, key):
                self._missing(value, base.child(key), here, name, child, order)

    def _both(self, ours: Any, theirs: Any, base: Base, pointer: str, name: str, field: Field | None) -> None:
        """Decide about a value that both have."""
        if isinstance(theirs, dict) and isinstance(ours, dict) and field is not None:
            self.record(ours, theirs, base, pointer, name, field)
        elif isinstance(theirs, list) and isinstance(ours, list):
            # Most lists have nothing new, and comparing their items takes much longer.
            if theirs != ours:
                self._list(ours, theirs, base, pointer, name, field)
        elif not equal(ours, theirs) and self._takes_part(field, last(pointer), base):
            self._value(ours, theirs, base, name, Set(pointer, theirs))

    def _value(self, ours: Any, theirs: Any, base: Base, name: str, operation: Set) -> None:
        """Decide about a value that differs."""
        last = base.last(theirs)
        says = (theirs, *self._otherwise.get(name, ()))
        if (last and any(equal(last.value, one) for one in says)) or self._is_outvoted(ours, base, name):
            return
        if last and equal(last.value, ours) and not (self._scope.asks and not is_empty(ours)):
            self.operations.append(operation)
        else:
            self._differ(name, operation.pointer, ours, theirs, last, operation)

    def _is_outvoted(self, ours: Any, base: Base, name: str) -> bool:
        """Whether another row of the customer says what counts, and this one never did."""
        if self._scope.fills and not is_empty(ours):
            return True
        at = next((at for at, other in enumerate(base.earlier) if other is not None), None)
        if (at is None and not base.later) or base.is_own:
            return False
        if at is not None and equal(base.earlier[at], ours):
            self.outvoted.append((name, at))
        return at is not None or any(equal(other, ours) for other in base.later)

    def _differ(self, name: str, pointer: str, ours: Any, theirs: Any, last: Last | None, *edits: Operation) -> None:
        value, age = last or (None, None)
        self.differences.append(Difference(name, pointer, ours, theirs, value, edits, age))

    def _missing(
        self, value: Any, base: Base, pointer: str, name: str, field: Field | None, order: Sequence[str]
    ) -> None:
        """Decide about a value that the record lacks: new in the source, or taken away here."""
        last = base.last(value)
        if last is None or last.value is None:
            # A value that an earlier row has, too, was taken away here.
            if all(other is None for other in base.earlier):
                self.operations.append(Set(pointer, value, order))
        elif isinstance(value, list):
            self._list([], value, base, pointer, name, field)
        elif isinstance(value, dict) and field is not None:
            self.record({}, value, base, pointer, name, field)
        else:
            self._value(None, value, base, name, Set(pointer, value, order))

    def _amount(
        self,
        ours: Mapping[str, Any],
        theirs: Mapping[str, Any],
        base: Base,
        pointer: str,
        shown: str,
        field: Field,
        keys: Sequence[str],
    ) -> None:
        """Decide about an amount with all that belongs to it, as one value."""
        children = {key: base.child(key) for key in keys}
        code = next(key for key in keys if field.by_key[key].definition == "currency")
        was = {key: value for key, its in children.items() if (value := its.written(theirs.get(key))) is not None}
        mine = {key: ours[key] for key in keys if not is_empty(ours.get(key))}
        assumed = {key for key in keys if (mine or was) and self._is_assumed(field.by_key[key], key)}
        new = {key: theirs[key] for key in keys if key in theirs and key not in assumed}
        amount = Amount(mine, new, was, code, is_assumed=code in assumed).settled() if new else None
        main = next((key for key in keys if key in new and key != code), code)
        if amount is None or not self._takes_part(field.by_key[main], main, children[main]):
            return
        edits = [
            Set(f"{pointer}/{key}", amount.new[key], tuple(field.by_key)) if key in amount.new
            else Delete(f"{pointer}/{key}")
            for key in keys if mine.get(key) != amount.new.get(key)
        ]  # fmt: skip
        its = children[main]
        if amount.is_taken and not (mine and (self._scope.fills or self._scope.asks)):
            if was or mine or all(other is None for other in its.earlier):
                self.operations.extend(edits)
        elif not self._is_outvoted(mine.get(main), its, f"{shown}.{main}"):
            age = min((last.age for key in keys if (last := children[key].last(theirs.get(key)))), default=None)
            name, place = (shown, pointer) if field.is_range else (f"{shown}.{main}", f"{pointer}/{main}")
            sides: list[Any] = [side or None for side in (mine, amount.new, was)]
            if not field.is_range and not any(code in side for side in (mine, amount.new, was)):
                sides = [side and side.get(main) for side in sides]
            self.differences.append(Difference(name, place, sides[0], sides[1], sides[2], tuple(edits), age))

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
        have = have if isinstance(have, dict) else {}
        for system, ids in new.items():
            known = ids_of(have.get(system))
            if not known and SHEET_SOURCE.fullmatch(system):
                # A sheet whose header has changed has another name, but the same ids.
                known = [id_ for name in have if SHEET_SOURCE.fullmatch(name) for id_ in ids_of(have[name])]
            forms = {*map(comparable, known)}
            if more := [id_ for id_ in ids_of(ids) if comparable(id_) not in forms]:
                texts = [*(known if system in have else ()), *more]
                self.operations.append(Set(f"{pointer}/{escape(system)}", texts if len(texts) > 1 else texts[0]))

    def _list(self, have: list[Any], new: list[Any], base: Base, pointer: str, shown: str, field: Field | None) -> None:
        if any(isinstance(item, dict) for item in (*have, *new)):
            self._items(have, new, base, pointer, shown, field)
            return
        ours, theirs = {plain(item) for item in have}, {plain(item) for item in new}
        whole = self._has_all(field, shown)
        former = [at for at, item in enumerate(have) if whole and plain(item) not in theirs and base.lost(item)]
        more = [item for item in new if plain(item) not in ours and not base.had(item)]
        if more:
            kept = [item for at, item in enumerate(have) if at not in former]
            more = [item for item in more if not any(says_more(item, other) for other in kept)]
        self.operations.extend(Append(pointer, item) for item in more[len(former) :])
        self.operations.extend(Set(f"{pointer}/{at}", item) for at, item in zip(former, more, strict=False))
        self.operations.extend(Delete(f"{pointer}/{at}") for at in former[len(more) :])

    def _has_all(self, field: Field | None, shown: str) -> bool:
        """Whether the files have all of a list, so that what they lack is gone from the source."""
        return self._scope.whole and (field.path.replace("[]", "") if field else shown) not in self._scope.partly

    def _items(
        self, have: list[Any], new: list[Any], base: Base, pointer: str, shown: str, field: Field | None
    ) -> None:
        keys, every = self._keys(field), new
        new, known, bases = self._matched(have, new, base, shown, keys)
        taken = {*known.values()}
        further = [at for at in range(len(have)) if at not in taken]
        main = keys[0] if keys else ()
        if len(keys) > 1 and not keys[1] and self._has_all(field, shown):
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
                self._item(mine, item, bases[number], f"{pointer}/{at}", f"{shown}[{label}]", field)
        if shown in _REPORTED and self._scope.complete:
            left = [pair for pair in zip(further, bases[len(new) :], strict=True) if pair[0] not in known.values()]
            for at, its in left:
                self._report(have[at], its, f"{pointer}/{at}", f"{shown}[{_label(have[at], main, at)}]", field)

    def _matched(
        self, have: list[Any], new: list[Any], base: Base, shown: str, keys: Keys
    ) -> tuple[list[Any], dict[int, int], list[Base]]:
        """The new items, which ones are here, and the bases of all of them, then of those that are here alone."""
        if shown == _TALKS:
            new = next_steps.without_known(have, new, base)
        known = base.places(have, new, keys)
        people = same_people(have, new, known) if shown == "contacts" else {}
        known |= people
        taken = {*known.values()}
        left = {at: item for at, item in enumerate(have) if at not in taken}
        bases = with_renamed(left, new, known, base.items([*new, *left.values()], keys), keys)
        if people:
            self.same.extend((str(have[mine]["name"]), str(new[number]["name"])) for number, mine in people.items())
            names = {number: bases[number].child("name").last() for number in people}
            renamed = [number for number, last in names.items() if last is None or last.value != new[number]["name"]]
            new = with_our_names(have, new, people, renamed)
        return new, known, bases

    def _item(self, ours: Mapping[str, Any], theirs: Any, base: Base, pointer: str, shown: str, field: Field) -> None:
        """Decide about an item that both have."""
        for key in cleared.of_item(self._cleared, ours, theirs, field):
            self._take_away(ours[key], base.child(key), f"{pointer}/{escape(key)}", f"{shown}.{key}")
        says = without_repeated_street(ours, theirs) if pointer.startswith("/addresses/") else theirs
        self.record(ours, says, base, pointer, shown, field)

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
            if its.is_own and not any(its.others) and self.is_unchanged(have[at], its, field, strict=True)
        ]
        pairs = dict(zip(coming, gone, strict=False))
        self.operations.extend(
            Set(f"{pointer}/{at}", new[number])
            for number, at in pairs.items()
            if not same_budget(have[at], new[number])
        )
        return pairs

    def _absent(self, item: Any, base: Base, pointer: str, shown: str, field: Field | None) -> None:
        """Decide about an item that the record lacks: new, or removed here."""
        last = base.last()
        if last is None or last.value is None or not isinstance(item, dict):
            self.operations.append(Append(pointer, item))
        elif not self.is_unchanged(item, base, field):
            self._differ(shown, pointer, None, item, last, Append(pointer, item))

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
        last = base.last(value)
        return last is not None and equal(last.value, value)

    def _report(self, item: Any, base: Base, pointer: str, shown: str, field: Field | None) -> None:
        """Report an item that the source wrote and lacks now, and delete it if that is wanted and nobody changed it."""
        last = base.last()
        if not base.is_own or last is None or last.value is None or any(base.others):
            return
        self.gone.append(Gone(shown, pointer))
        if self._scope.deletes and self.is_unchanged(item, base, field, strict=True):
            self.operations.append(Delete(pointer))
        elif self._scope.deletes:
            self._differ(shown, pointer, item, None, last, Delete(pointer))

    def clear(self, ours: Mapping[str, Any], theirs: Mapping[str, Any], base: Base, schema: Schema) -> None:
        """Take away the values whose cells are just `-`, if the source wrote them."""
        for one in cleared.of_record(self._cleared, ours, theirs, base, schema):
            if one.base is None:
                self.operations.append(Delete(one.pointer))
            else:
                self._take_away(one.have, one.base, one.pointer, one.shown)

    def _take_away(self, have: Any, base: Base, pointer: str, shown: str) -> None:
        last = base.last()
        if last is None or last.value is None or any(equal(other, have) for other in base.others):
            return
        if last.value == have:
            self.operations.append(Delete(pointer))
        else:
            self._differ(shown, pointer, have, None, last, Delete(pointer))


def decide(schema: Schema, data: Mapping[str, Any], incoming: Incoming, base: Base, scope: Scope = _ALL) -> Decided:
    """Return what the files change in a record, what needs a decision, and what is gone from the source."""
    decider = _Decider(incoming, scope)
    lacking: dict[str, Any] = {
        name: [] for name in scope.lists if data.get(name) and name not in incoming.data and name in _REPORTED
    }
    given = without_masked(schema, data, incoming.data)
    theirs = {**given, **lacking}
    theirs.pop("id", None)
    decider.record(data, theirs, base, "", "", schema.root)
    if incoming.cleared:
        decider.clear(data, theirs, base, schema)
    return Decided(
        tuple(decider.operations), tuple(decider.differences), tuple(decider.gone), tuple(decider.same),
        tuple(decider.outvoted), masked=given is not incoming.data,
    )  # fmt: skip


def is_unchanged(schema: Schema, data: Mapping[str, Any], base: Base, assumed: frozenset[str] = frozenset()) -> bool:
    """Whether all values of a customer are what its source said before."""
    return _Decider(Incoming({}, [], assumed=assumed), Scope()).is_unchanged(data, base, schema.root)


def _label(item: Any, keys: Sequence[str], number: int) -> str:
    return str(item.get(keys[0], number)) if keys and isinstance(item, dict) else str(number)
