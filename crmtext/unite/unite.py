"""Unite the data of two records: what the kept one takes over, and what both have with different values."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from crmtext.record.input import path
from crmtext.record.input.position import place
from crmtext.text.document import Document
from crmtext.text.edit.operations import Append, Insert, Operation, Set
from crmtext.text.pointer import escape, last
from crmtext.values import phones
from crmtext.values.external_ids import FIELD, placed
from crmtext.values.folding import plain
from crmtext.values.same_items import Identity, identity, pairs

if TYPE_CHECKING:
    from collections.abc import Callable, Container, Mapping, Sequence

    from crmtext.schema import Field, Schema

#: The statuses of which the further one is the customer's; the others are decided by the user.
_STEPS = ("lead", "prospect", "active")
_NOTES = "notes"
_CONSENT = "consent"
_NOTHING: tuple[object, ...] = (None, "", [], {})
_NAMES = ("name", "short_name")
#: These are combined by rules of their own.
_APART = frozenset({"id", "name", "merged_from", "aliases"})


class Difference(NamedTuple):
    """A place of the kept record where the other one has a different value."""

    pointer: str
    kept: Any
    other: Any


class Decided(NamedTuple):
    """Pointers of the kept record about which the user has decided."""

    #: The user set a value there, which stays.
    typed: Container[str] = ()
    #: The other record's value is taken.
    other: Container[str] = ()


class United(NamedTuple):
    """The operations on the kept record that add the other one, and the places where they differ."""

    operations: tuple[Operation, ...]
    differences: tuple[Difference, ...]
    #: How many contacts of the other record lose the mark as primary contact, because the kept one has one.
    primary: int = 0


def unite(
    schema: Schema,
    kept: Mapping[str, Any],
    other: Mapping[str, Any],
    decided: Decided,
    names: Sequence[str] = (),
) -> United:
    """Return how the kept record takes over the other one; `names` are further names that the customer had."""
    uniting = _Uniting(schema, kept, decided)
    uniting.map(kept, {key: value for key, value in other.items() if key not in _APART}, "", schema.root)
    uniting.names(kept, other, names)
    former = [*kept.get("merged_from", ()), other["id"], *other.get("merged_from", ())]
    uniting.put("/merged_from", list(dict.fromkeys(map(str, former))))
    return United(tuple(uniting.operations), tuple(uniting.differences), uniting.primary)


def differences(schema: Schema, one: Mapping[str, Any], other: Mapping[str, Any]) -> tuple[Difference, ...]:
    """Return where two records have different values that can't both stay."""
    return unite(schema, one, other, Decided()).differences


def further(one: str, other: str) -> str:
    """Return the further one of two statuses; empty if the user has to decide."""
    return max(one, other, key=_STEPS.index) if {one, other} <= {*_STEPS} else one if one == other else ""


def same(one: Any, other: Any) -> bool:
    """Whether two values are the same, apart from width, case and blanks of texts."""
    if isinstance(one, bool) or isinstance(other, bool):
        return one is other
    if isinstance(one, str) and isinstance(other, str):
        return one == other or plain(one) == plain(other)
    return bool(one == other) or (not isinstance(one, dict | list) and f"{one}" == f"{other}")


class _Uniting:
    def __init__(self, schema: Schema, kept: Mapping[str, Any], decided: Decided) -> None:
        self._schema, self._kept, self._decided = schema, kept, decided
        self._has_primary = any(_leads(contact) for contact in kept.get("contacts", ()))
        self.operations: list[Operation] = []
        self.differences: list[Difference] = []
        self.primary = 0

    def put(self, pointer: str, value: Any) -> None:
        self.operations.append(Set(pointer, value, path.order(self._schema, self._kept, pointer)))

    def map(self, ours: Mapping[str, Any], theirs: Mapping[str, Any], pointer: str, field: Field | None) -> None:
        """Add what a map of the other record has."""
        for key, value in theirs.items():
            here, have = f"{pointer}/{escape(key)}", ours.get(key)
            child = field.child(key) if field else None
            if value in _NOTHING:
                continue
            if here in self._decided.typed:
                if not same(have, value):
                    self.differences.append(Difference(here, have, value))
            elif key == "primary" and value is True is not have and pointer.startswith("/contacts/"):
                self._primary(here)
            elif have in _NOTHING:
                self.put(here, value)
            elif isinstance(have, dict) and isinstance(value, dict) and not _contradicts(child, have, value):
                if key == FIELD:
                    self._external_ids(have, value, here)
                else:
                    self.map(have, value, here, child)
            elif isinstance(have, list) and isinstance(value, list):
                self._list(have, value, here, child)
            else:
                self._value(have, value, here)

    def _value(self, have: Any, value: Any, pointer: str) -> None:
        """Add a value beside one of the kept record: notes are joined, the further status wins."""
        if last(pointer) == _NOTES and isinstance(have, str) and isinstance(value, str):
            if plain(value) not in plain(have):
                self.put(pointer, f"{have.rstrip()}\n{value.strip()}\n")
        elif last(pointer) == _CONSENT and have is not value and isinstance(have, bool) and isinstance(value, bool):
            # The stricter one wins: a no to one of us is a no to all.
            if have:
                self.put(pointer, False)
        elif pointer == "/status" and (to := further(str(have), str(value))):
            if to != have:
                self.put(pointer, to)
        elif pointer != "/short_name" and not same(have, value):
            self.differences.append(Difference(pointer, have, value))
            if pointer in self._decided.other:
                self.put(pointer, value)

    def names(self, kept: Mapping[str, Any], other: Mapping[str, Any], names: Sequence[str]) -> None:
        """Add the names of the other record to the aliases."""
        known = {plain(str(name)) for name in (*map(kept.get, _NAMES), *kept.get("aliases", ())) if name}
        if not kept.get("short_name") and other.get("short_name"):
            known.add(plain(str(other["short_name"])))
        for name in (*names, *map(other.get, _NAMES), *other.get("aliases", ())):
            if name and plain(str(name)) not in known:
                known.add(plain(str(name)))
                self._append("/aliases", name)

    def _append(self, pointer: str, value: Any) -> None:
        self.operations.append(Append(pointer, value, path.order(self._schema, self._kept, pointer)))

    def _primary(self, pointer: str) -> None:
        """Only one contact is the primary one: the kept record's, if it has one."""
        if self._has_primary:
            self.primary += 1
        else:
            self._has_primary = True
            self.put(pointer, True)

    def _external_ids(self, have: Mapping[str, Any], new: Mapping[str, Any], pointer: str) -> None:
        for system, given in new.items():
            mine = [id_ for _system, id_, _steps in placed({system: have.get(system)})]
            every = list(dict.fromkeys((*mine, *(id_ for _system, id_, _steps in placed({system: given})))))
            if every != mine:
                self.put(f"{pointer}/{escape(system)}", every[0] if len(every) == 1 else every)

    def _list(self, have: Sequence[Any], new: Sequence[Any], pointer: str, field: Field | None) -> None:
        if not any(isinstance(item, dict) for item in (*have, *new)):
            known = {_comparable(item, field) for item in have}
            for item in new:
                if (form := _comparable(item, field)) not in known:
                    known.add(form)
                    self._append(pointer, item)
            return
        partner = _partners(have, new, tuple(field.mark("x-key") or ()) if field else ())
        added = []
        for at, item in enumerate(new):
            if at not in partner:
                added.append(self._new_item(item, pointer))
            elif isinstance(item, dict):
                self.map(have[partner[at]], item, f"{pointer}/{partner[at]}", field.item if field else None)
        self.operations.extend(_placed(self._schema, pointer, have, added))

    def _new_item(self, item: Any, pointer: str) -> Any:
        if pointer != "/contacts" or not isinstance(item, dict) or not _leads(item):
            return item
        if self._has_primary:
            self.primary += 1
            return {key: value for key, value in item.items() if key != "primary"}
        self._has_primary = True
        return item


def _leads(contact: Any) -> bool:
    return isinstance(contact, dict) and bool(contact.get("primary")) and not contact.get("left")


def _contradicts(field: Field | None, one: Mapping[str, Any], other: Mapping[str, Any]) -> bool:
    """Whether two maps differ whose values belong together, such as an amount and its currency, a score and its day."""
    if field is None or any(child.kind in ("map", "list") for child in field.children):
        return False
    if not any(child.kind == "date" or child.definition == "currency" for child in field.children):
        return False
    return any(not same(one[key], value) for key, value in other.items() if key in one)


def _comparable(item: Any, field: Field | None) -> tuple[str, Any]:
    if isinstance(item, str):
        is_phone = field is not None and field.item is not None and field.item.definition == "phone"
        return "text", phones.split(item) if is_phone else plain(item)
    return type(item).__name__, item


def _partners(have: Sequence[Any], new: Sequence[Any], key: Sequence[str]) -> dict[int, int]:
    """Return the kept items that are the same things as the new ones, by the new ones' numbers.

    They share an external id, else the key, else all their data, else one of them only says more.
    """
    partner = pairs([identity(item, key) for item in new], [identity(item, key) for item in have])

    def more(fits: Callable[[Sequence[Any], Sequence[Any]], Mapping[int, int]]) -> None:
        coming = [at for at in range(len(new)) if at not in partner]
        left = [at for at in range(len(have)) if at not in {*partner.values()}]
        matches = fits([new[at] for at in coming], [have[at] for at in left])
        partner.update({coming[one]: left[two] for one, two in matches.items()})

    more(lambda some, others: pairs(*([Identity(key=repr(item)) for item in items] for items in (some, others))))
    if not key:
        more(_fuller)
    return partner


def _fuller(new: Sequence[Any], have: Sequence[Any]) -> dict[int, int]:
    partner: dict[int, int] = {}
    for at, item in enumerate(new):
        for place_, other in enumerate(have):
            if place_ not in partner.values() and _one_says_more(item, other):
                partner[at] = place_
                break
    return partner


def _one_says_more(one: Any, other: Any) -> bool:
    """Whether one map has all entries of the other, and more than one in common."""
    if not isinstance(one, dict) or not isinstance(other, dict):
        return False
    shorter, longer = sorted((one, other), key=len)
    return len(shorter) > 1 and all(key in longer and same(value, longer[key]) for key, value in shorter.items())


def _placed(schema: Schema, pointer: str, have: Sequence[Any], added: Sequence[Any]) -> list[Operation]:
    """Return the operations that add items to a list: by date if its items have one.

    New items between others come last, from the back, so that none changes the number of another.
    """
    top, *below = pointer.strip("/").split("/")
    if below:
        return [Append(pointer, item) for item in added]
    data: dict[str, list[Any]] = {top: [*have]}
    operations = [place(Document("", "", data), pointer, item, schema) for item in added if isinstance(item, dict)]
    inner = [operation for operation in operations if isinstance(operation, Insert)]
    outer: list[Operation] = [operation for operation in operations if not isinstance(operation, Insert)]
    numbered = sorted(enumerate(inner), key=lambda pair: (pair[1].number, _day(pair[1].value), pair[0]))
    outer.sort(key=lambda operation: _day(getattr(operation, "value", None)))
    return [*outer, *(operation for _at, operation in reversed(numbered))]


def _day(item: Any) -> str:
    return str(item.get("date") or item.get("opened") or "") if isinstance(item, dict) else ""
