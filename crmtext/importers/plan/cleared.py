"""Cells that are just `-`: which values they take away."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from crmtext.importers.joining.ids import comparable
from crmtext.importers.plan.items import equal, plain
from crmtext.text.pointer import escape
from crmtext.values import lazy
from crmtext.values.external_ids import FIELD, ids_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from crmtext.importers.plan.base import Base
    from crmtext.importers.plan.items import Keys
    from crmtext.schema import Field, Schema

#: The fields whose cells are just `-`, each with the name or id of the row's own entry.
Cleared = tuple[tuple[str, str], ...]

_ADDRESS = lazy.pattern(r"addresses(?:\[(\w+)\])?\.(\w+)")
#: The kind of an address whose columns name none.
_OFFICE = "office"
#: The fields that alone make no address.
_KEPT = frozenset({"kind", "region_code"})


class Taken(NamedTuple):
    """A value that a cell takes away if the source wrote it."""

    have: Any
    pointer: str
    shown: str
    #: None if it is known that the source wrote it.
    base: Base | None = None


def of_record(
    cleared: Cleared, ours: Mapping[str, Any], theirs: Mapping[str, Any], base: Base, schema: Schema
) -> Iterator[Taken]:
    """Yield the values of a record, without those of its contacts, deals and so on. A value of another row counts."""
    parts: dict[str, list[str]] = {}
    for path in dict.fromkeys(path for path, _item in cleared):
        if match := _ADDRESS.fullmatch(path):
            parts.setdefault(match[1] or _OFFICE, []).append(match[2])
            continue
        keys = path.split(".", 1) if path.startswith("custom.") else path.split(".")
        field = schema.root.child(keys[0])
        if field and field.kind == "list" and field.item and field.item.kind == "map":
            continue
        have: Any = ours
        says: Any = theirs
        its = base
        for key in keys:
            have, says, its = _value(have, key), _value(says, key), its.child(key)
        pointer = "".join(f"/{escape(key)}" for key in keys)
        if isinstance(have, list):
            texts = {plain(text) for text in says or ()}
            gone = (at for at, text in enumerate(have) if plain(text) not in texts and its.lost(text))
            yield from (Taken(have[at], f"{pointer}/{at}", path) for at in gone)
        elif have not in (None, "", {}) and says in (None, "", {}):
            yield Taken(have, pointer, path, its)
    for kind, names in parts.items():
        yield from _of_addresses(kind, names, ours, theirs, base)


def _of_addresses(
    kind: str, names: Iterable[str], ours: Mapping[str, Any], theirs: Mapping[str, Any], base: Base
) -> Iterator[Taken]:
    have = [one if isinstance(one, dict) else {} for one in ours.get("addresses", ())]
    says = {key for one in theirs.get("addresses", ()) if one.get("kind") == kind for key in one}
    keys: Keys = [("kind",)]
    for at, its in enumerate(base.child("addresses").items(have, keys)):
        gone = [key for key in names if key in have[at] and key not in says]
        if have[at].get("kind") != kind or not gone:
            continue
        shown, pointer = f"addresses[{kind}]", f"/addresses/{at}"
        lasts = [its.child(key).last() for key in gone]
        if have[at].keys() - gone <= _KEPT and all(
            last and equal(last.value, have[at][key]) for key, last in zip(gone, lasts, strict=True)
        ):
            yield Taken(have[at], pointer, shown)
        else:
            yield from (Taken(have[at][key], f"{pointer}/{key}", f"{shown}.{key}", its.child(key)) for key in gone)


def of_item(cleared: Cleared, mine: Mapping[str, Any], item: Any, field: Field) -> list[str]:
    """Return the keys of an item of the store that the cells of the same item in the files take away."""
    if not cleared or not isinstance(item, dict):
        return []
    names = {comparable(text) for ids in (item.get(FIELD) or {}).values() for text in ids_of(ids)}
    names |= {str(value) for value in item.values() if isinstance(value, str)}
    own = (path for path, whose in cleared if not whose or comparable(whose) in names or whose in names)
    keys = (path.partition(".")[2] for path in dict.fromkeys(own) if path.partition(".")[0] == field.path)
    return [key for key in keys if key in mine and key not in item]


def _value(data: Any, key: str) -> Any:
    return data.get(key) if isinstance(data, dict) else None
