"""The changes of records: of whole ones, by their ids, and of the fields of those that stay."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, NamedTuple

from crmtext.diff.customers import has_new_id, keys, paired
from crmtext.protection.policy import followed
from crmtext.protection.policy.change import ADDED, CHANGED, FIELD, RECORD, Change
from crmtext.protection.policy.values import changed, paths
from crmtext.settings.access import RECORD_RIGHTS

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from crmtext.protection.policy.records import Record
    from crmtext.schema import Field, Schema

_ADD, _MOVE, _RENAME, _REMOVE = RECORD_RIGHTS
#: How many new records with the name of a removed one are compared with it.
_MOST_ALIKE = 20


class _Pairs(NamedTuple):
    """The records of both sides: those that stay, those that were merged into another one, the removed and the new."""

    kept: list[tuple[Record, Record]]
    merged: list[tuple[Record, Record]]
    removed: list[Record]
    added: list[Record]


def changes(olds: Sequence[Record], news: Sequence[Record], schema: Schema) -> Iterator[Change]:
    """Yield the changes from the old versions of records to the new ones."""
    pairs = _pairs(olds, news, schema)
    following = _following(pairs)
    for old, new in pairs.kept:
        yield from _kept(old, new, following, schema)
    for old, new in pairs.merged:
        # Its fields are judged as changes of the record that it was merged into.
        yield Change(RECORD, _RENAME, new.path, before=old, after=new, pointer="/merged_from")
    for old in pairs.removed:
        yield Change(RECORD, _REMOVE, old.path, before=old)
    for new in pairs.added:
        yield from _added(new, schema)


def _following(pairs: _Pairs) -> followed.Following | None:
    """The ids that have a new one; None if there are none."""
    new_ids = {old.id: new.id for old, new in pairs.kept if old.id and new.id and old.id != new.id}
    merged: defaultdict[str, frozenset[str]] = defaultdict(frozenset)
    for old, new in pairs.merged:
        merged[new.id] |= {*followed.ids(old)}
        new_ids.update(dict.fromkeys(followed.ids(old), new.id))
    return followed.Following(new_ids, merged) if new_ids else None


def _kept(old: Record, new: Record, following: followed.Following | None, schema: Schema) -> Iterator[Change]:
    if old.path != new.path:
        yield Change(RECORD, _MOVE, new.path, before=old, after=new)
    if old.data is None or new.data is None:
        yield Change(FIELD, CHANGED, new.path, (), ((),), whole=True, before=old, after=new)
        return
    if old.id != new.id:
        yield Change(RECORD, _RENAME, new.path, before=old, after=new, pointer="/id")
    before = followed.data(old, new, following, schema) if following else old.data
    for change in changed({**before, "id": new.id}, new.data, keys(schema)):
        yield Change(
            FIELD, change.kind, new.path, change.path, change.values, before=old, after=new, pointer=change.pointer
        )


def _added(new: Record, schema: Schema) -> Iterator[Change]:
    """Yield the changes of a new record: itself, and its fields without the required ones, which each record has."""
    yield Change(RECORD, _ADD, new.path, after=new)
    if new.data is None:
        yield Change(FIELD, ADDED, new.path, (), ((),), whole=True, after=new)
        return
    for name, value in new.data.items():
        values = tuple(path for path in dict.fromkeys(paths(value, (name,))) if not _is_required(schema.root, path))
        if values:
            yield Change(FIELD, ADDED, new.path, (name,), values, after=new, pointer=f"/{name}")


def _is_required(field: Field, path: Sequence[str]) -> bool:
    for step in path:
        below = field.child(step)
        if below is None or step not in field.resolved.get("required", ()):
            return False
        field = below
    return True


def _pairs(olds: Sequence[Record], news: Sequence[Record], schema: Schema) -> _Pairs:
    """Pair the records of both sides: by id; by `merged_from`; by file; and by content, if the id is another one."""
    by_id: defaultdict[str, tuple[list[Record], list[Record]]] = defaultdict(lambda: ([], []))
    for side, records in enumerate((olds, news)):
        for record in records:
            by_id[record.id][side].append(record)
    kept: list[tuple[Record, Record]] = []
    gone, come = by_id.pop("", ([], []))
    for one, other in by_id.values():
        pairs, left, new = paired(one, other)
        kept += pairs
        gone += left
        come += new
    merged, gone = _merged(gone, kept, come, schema)
    there = {record.path: record for record in come}
    same_file = [(record, there[record.path]) for record in gone if record.path in there]
    renamed = _renamed(
        [record for record in gone if record.path not in there],
        [record for record in come if record.path not in {old.path for old, _new in same_file}],
    )
    kept += same_file + renamed
    stay = {id(record) for pair in kept for record in pair}
    return _Pairs(
        kept,
        merged,
        [record for record in gone if id(record) not in stay],
        [record for record in come if id(record) not in stay],
    )


def _merged(
    gone: list[Record], kept: Sequence[tuple[Record, Record]], come: Sequence[Record], schema: Schema
) -> tuple[list[tuple[Record, Record]], list[Record]]:
    """Return the removed records that another one names as merged into it and holds, and the other removed ones."""
    homes: dict[str, Record] = {}
    for new in (*(new for _old, new in kept), *come):
        former = new.data.get("merged_from") if new.data else None
        homes.update((str(id_), new) for id_ in (former if isinstance(former, list) else ()))
    merged = [(old, homes[old.id]) for old in gone if old.id in homes and followed.holds(homes[old.id], old, schema)]
    apart = {id(old) for old, _new in merged}
    return merged, [old for old in gone if id(old) not in apart]


def _renamed(gone: Sequence[Record], come: Sequence[Record]) -> list[tuple[Record, Record]]:
    """Pair the records whose content is the same under another id: equal ones, then similar ones."""
    new_ones: defaultdict[str, list[Record]] = defaultdict(list)
    for new in reversed([new for new in come if new.data is not None]):
        new_ones[_content(new)].append(new)
    pairs = [(old, equal.pop()) for old in gone if old.data is not None and (equal := new_ones.get(_content(old)))]
    paired_ones = {id(record) for pair in pairs for record in pair}
    by_name: defaultdict[str, list[Record]] = defaultdict(list)
    for new in come:
        if new.data is not None and id(new) not in paired_ones:
            by_name[str(new.data.get("name"))].append(new)
    for old in gone:
        if old.data is None or id(old) in paired_ones:
            continue
        alike = by_name.get(str(old.data.get("name")), [])
        for new in [new for new in alike[:_MOST_ALIKE] if has_new_id(old.data, new.data or {})][:1]:
            alike.remove(new)
            pairs.append((old, new))
    return pairs


def _content(record: Record) -> str:
    """All data of a record but its id, as a text that is equal for equal data."""
    return repr(sorted((name, value) for name, value in (record.data or {}).items() if name != "id"))
