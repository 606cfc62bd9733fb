"""Fill a customer of the store from the files: empty fields and new list items; other differences are conflicts."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from crmtext.importers.joining.draft import reached
from crmtext.importers.joining.ids import comparable
from crmtext.text.edit.operations import Append, Set
from crmtext.text.pointer import escape
from crmtext.values import lazy, phones
from crmtext.values.external_ids import FIELD, ids_of, placed
from crmtext.values.folding import folded
from crmtext.values.same_items import Identity, pairs

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from crmtext.importers.incoming import Incoming
    from crmtext.schema import Field, Schema
    from crmtext.text.edit.operations import Operation

_KIND = lazy.pattern(r"\[[^\]]*\]")
#: Words in brackets after a name: 陈刚（采购）.
_ADDITION = lazy.pattern(r"(.+?)\s*[(（\[【]([^()（）\[\]【】]+)[)）\]】]\s*")
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
    #: Contacts of the store and of the file that are one person, with the names of both.
    same: tuple[tuple[str, str], ...] = ()


class _Filler:
    def __init__(self, schema: Schema, incoming: Incoming) -> None:
        self._schema = schema
        self._assumed = incoming.assumed
        #: The fields of the columns, without groups and kinds of addresses.
        self._fields = {_KIND.sub("", column.rpartition("|")[2]) for column in incoming.columns}
        self.operations: list[Operation] = []
        self.differences: list[Difference] = []
        self.same: list[tuple[str, str]] = []

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
            elif key == FIELD:
                self._ids(have, value, here)
            elif isinstance(value, dict) and isinstance(have, dict) and child is not None:
                self.fill(have, value, here, name, child)
            elif isinstance(value, list) and isinstance(have, list):
                # Most lists have nothing new, and comparing their items takes much longer.
                if value != have:
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
        for system, ids in new.items():
            known = ids_of(have.get(system) if isinstance(have, dict) else None)
            forms = {*map(comparable, known)}
            if more := [id_ for id_ in ids_of(ids) if comparable(id_) not in forms]:
                texts = [*known, *more]
                self.operations.append(Set(f"{pointer}/{escape(system)}", texts if len(texts) > 1 else texts[0]))

    def _list(self, have: list[Any], new: list[Any], pointer: str, shown: str, field: Field | None) -> None:
        if not any(isinstance(item, dict) for item in (*have, *new)):
            known = {_plain(item) for item in have}
            self.operations.extend(Append(pointer, item) for item in new if _plain(item) not in known)
            return
        # A file has one address of a kind: another one of that kind is the same one, so differences are conflicts.
        keys = tuple(field.mark("x-key") or (("kind",) if field.child("kind") else ())) if field else ()
        places = _places(have, new, keys)
        people = _same_people(have, new, places) if pointer == "/contacts" else {}
        for number, item in enumerate(new):
            at = places.get(number)
            if number in people:
                at = people[number]
                item = self._as_ours(have[at], item)  # noqa: PLW2901 - the same person under the store's name
            if at is None:
                self.operations.append(Append(pointer, item))
            elif field and isinstance(mine := have[at], dict):
                label = str(mine.get(keys[0], at)) if keys else str(at)
                self.fill(mine, item, f"{pointer}/{at}", f"{shown}[{label}]", field)

    def _as_ours(self, mine: Mapping[str, Any], item: Mapping[str, Any]) -> Mapping[str, Any]:
        """A person of the file under the store's name; the words in brackets are the title if there is none."""
        self.same.append((str(mine["name"]), str(item["name"])))
        title = _parted(mine["name"])[1] or _parted(item["name"])[1]
        more = {} if mine.get("title") or item.get("title") else {"title": title}
        return {**item, "name": mine["name"], **more}


def fill(schema: Schema, data: Mapping[str, Any], incoming: Incoming) -> Filled:
    """Return what the files add to a record."""
    filler = _Filler(schema, incoming)
    theirs = {key: value for key, value in incoming.data.items() if key != "id"}
    filler.fill(data, theirs, "", "", schema.root)
    return Filled(tuple(filler.operations), tuple(filler.differences), tuple(filler.same))


def _places(have: Sequence[Any], new: Sequence[Any], keys: Sequence[str]) -> dict[int, int]:
    """The numbers of the items that are the same things, by the numbers of the new ones.

    Items match by external id, then by key, else if they are equal.
    """
    places = pairs([Identity(_ids(item)) for item in new], [Identity(_ids(item)) for item in have])
    taken = {*places.values()}
    coming = [number for number in range(len(new)) if number not in places]
    left = [at for at in range(len(have)) if at not in taken]
    # Only items without a pair are compared by their texts, which takes ten times as long.
    more = pairs([_identity(new[at], keys) for at in coming], [_identity(have[at], keys) for at in left])
    places |= {coming[number]: left[at] for number, at in more.items()}
    taken = {*places.values()}
    left = [at for at in left if at not in taken]
    for number in coming:
        item = new[number]
        if number not in places and (at := next((at for at in left if _equal(have[at], item)), None)) is not None:
            left.remove(at)
            places[number] = at
    return places


def _same_people(have: Sequence[Any], new: Sequence[Any], places: Mapping[int, int]) -> dict[int, int]:
    """The contacts that are one person with a shared number: one of the names has words in brackets after it."""
    left = [at for at, mine in enumerate(have) if at not in places.values() and isinstance(mine, dict)]
    same: dict[int, int] = {}
    for number, item in enumerate(new):
        if number in places or not left or not (numbers := reached(item)):
            continue
        bare, addition = _parted(item.get("name"))
        for at in left:
            own, other = _parted(have[at].get("name"))
            if own == bare and bool(addition) != bool(other) and reached(have[at]) & numbers:
                if not (_ids(item) and _ids(have[at])):
                    same[number] = at
                    left.remove(at)
                break
    return same


def _parted(name: Any) -> tuple[str, str]:
    """A name for comparison, without the words in brackets after it, and these words."""
    match = _ADDITION.fullmatch(str(name))
    return (folded(match[1]), match[2].strip()) if match else (folded(str(name)), "")


def _ids(item: Any) -> frozenset[tuple[str, str]]:
    systems = item.get(FIELD) if isinstance(item, dict) else None
    return frozenset((system, comparable(id_)) for system, id_, _steps in placed(systems))


def _identity(item: Any, keys: Sequence[str]) -> Identity:
    """An item's external ids and key, in a form for comparison."""
    values = tuple(_plain(item.get(key)) for key in keys) if isinstance(item, dict) else ()
    return Identity(_ids(item), values if any(values) else None)


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
