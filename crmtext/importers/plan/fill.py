"""Fill a customer of the store from the files: empty fields and new list items; other differences are conflicts."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from crmtext.importers.joining.ids import comparable
from crmtext.text.edit.operations import Append, Set
from crmtext.text.pointer import escape
from crmtext.values import lazy, phones
from crmtext.values.folding import folded

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from crmtext.importers.incoming import Incoming
    from crmtext.schema import Field, Schema
    from crmtext.text.edit.operations import Operation

_KIND = lazy.pattern(r"\[[^\]]*\]")
#: Fields of the customer that only a customer without them gets.
_ONLY_IF_EMPTY = frozenset({"sources"})


class Difference(NamedTuple):
    """A field that the store and the file have with different values."""

    #: Its path, such as `contacts[张三].title`.
    field: str
    pointer: str
    ours: Any
    theirs: Any


class Filled(NamedTuple):
    """The operations that fill a record, and the fields that differ."""

    operations: tuple[Operation, ...]
    differences: tuple[Difference, ...]


class _Filler:
    def __init__(self, schema: Schema, incoming: Incoming) -> None:
        self._schema = schema
        self._assumed = incoming.assumed
        #: The fields of the columns, without groups and kinds of addresses.
        self._fields = {_KIND.sub("", column.rpartition("|")[2]) for column in incoming.columns}
        self.operations: list[Operation] = []
        self.differences: list[Difference] = []

    def fill(self, ours: Mapping[str, Any], theirs: Mapping[str, Any], pointer: str, shown: str, field: Field) -> None:
        order = tuple(field.by_key)
        for key, value in theirs.items():
            here, name = f"{pointer}/{escape(key)}", f"{shown}.{key}" if shown else key
            child = field.by_key.get(key)
            have = ours.get(key)
            if have is None or have in ("", [], {}):
                if not self._is_assumed(child, key):
                    self.operations.append(Set(here, value, order))
            elif key in _ONLY_IF_EMPTY and not pointer:
                continue
            elif key == "external_ids":
                self._ids(have, value, here)
            elif isinstance(value, dict) and isinstance(have, dict) and child is not None:
                self.fill(have, value, here, name, child)
            elif isinstance(value, list) and isinstance(have, list):
                self._list(have, value, here, name, child)
            elif not _equal(have, value) and self._is_from_file(child, key):
                self.differences.append(Difference(name, here, have, value))

    def _is_from_file(self, field: Field | None, key: str) -> bool:
        """Whether a column says so; a default or a guess doesn't contradict the store."""
        path = field.path if field else f"custom.{key}"
        return not self._is_assumed(field, key) and ("[]" in path or path in self._fields)

    def _is_assumed(self, field: Field | None, key: str) -> bool:
        """Whether a default or a guess says so, which is for new customers and entries only."""
        return (field.path if field else f"custom.{key}") in self._assumed

    def _ids(self, have: Any, new: Mapping[str, Any], pointer: str) -> None:
        for system, id_ in new.items():
            known = have.get(system) if isinstance(have, dict) else None
            texts = known if isinstance(known, list) else [known] if known else []
            if not texts:
                self.operations.append(Set(f"{pointer}/{escape(system)}", id_))
            elif comparable(str(id_)) not in [comparable(str(text)) for text in texts]:
                self.operations.append(Set(f"{pointer}/{escape(system)}", [*texts, id_]))

    def _list(self, have: list[Any], new: list[Any], pointer: str, shown: str, field: Field | None) -> None:
        if not any(isinstance(item, dict) for item in (*have, *new)):
            known = {_plain(item) for item in have}
            self.operations.extend(Append(pointer, item) for item in new if _plain(item) not in known)
            return
        # A file has one address of a kind: another one of that kind is the same one, so differences are conflicts.
        keys = tuple(field.mark("x-key") or (("kind",) if field.child("kind") else ())) if field else ()
        left = dict(enumerate(have))
        for item in new:
            at = _place(left, item, keys)
            if at is None:
                self.operations.append(Append(pointer, item))
            else:
                mine = left.pop(at)
                label = str(mine.get(keys[0], at)) if keys else str(at)
                if field and isinstance(mine, dict):
                    self.fill(mine, item, f"{pointer}/{at}", f"{shown}[{label}]", field)


def fill(schema: Schema, data: Mapping[str, Any], incoming: Incoming) -> Filled:
    """Return what the files add to a record."""
    filler = _Filler(schema, incoming)
    theirs = {key: value for key, value in incoming.data.items() if key != "id"}
    filler.fill(data, theirs, "", "", schema.root)
    return Filled(tuple(filler.operations), tuple(filler.differences))


def _place(left: Mapping[int, Any], item: Any, keys: Sequence[str]) -> int | None:
    """The number of the item that is the same thing; by external id, then by key."""
    if not isinstance(item, dict):
        return next((at for at, mine in left.items() if _equal(mine, item)), None)
    for at, mine in left.items():
        if isinstance(mine, dict) and _share_id(mine, item):
            return at
    wanted = [_plain(item.get(key)) for key in keys]
    for at, mine in left.items():
        if not isinstance(mine, dict) or _other_id(mine, item):
            continue
        if (keys and any(wanted) and [_plain(mine.get(key)) for key in keys] == wanted) or mine == item:
            return at
    return None


def _ids_of(item: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    for system, value in (item.get("external_ids") or {}).items():
        for text in value if isinstance(value, list) else [value]:
            yield system, comparable(str(text))


def _share_id(one: Mapping[str, Any], other: Mapping[str, Any]) -> bool:
    return not {*_ids_of(one)}.isdisjoint(_ids_of(other))


def _other_id(one: Mapping[str, Any], other: Mapping[str, Any]) -> bool:
    """Whether both have an id of one system, and not the same."""
    systems = {system for system, _id in _ids_of(one)} & {system for system, _id in _ids_of(other)}
    return bool(systems) and not _share_id(one, other)


def _plain(value: Any) -> Any:
    """A value for comparison: texts without case and width, phone numbers as digits."""
    if not isinstance(value, str):
        return str(value) if isinstance(value, dict | list) else value
    digits = phones.split(value)[0]
    return digits if len(digits) >= 7 and _is_number(value) else folded(value)


def _is_number(text: str) -> bool:
    """Whether a text has the form of a phone number."""
    return all(sign in "+-() 0123456789" for sign in text)


def _equal(one: Any, other: Any) -> bool:
    return bool(one == other) or (isinstance(one, str) and isinstance(other, str) and _plain(one) == _plain(other))
