"""References that follow a rename or a merge: they need no right of their own."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Any, NamedTuple

from crmtext.problem import CrmError
from crmtext.record.change.references import Referring, follow, pointers_to, removals
from crmtext.text.edit.operations import Append, Insert, Set
from crmtext.text.edit.rewrite import rewrite
from crmtext.text.pointer import get, parent
from crmtext.text.read.load import parse_text
from crmtext.unite.unite import Decided, unite

if TYPE_CHECKING:
    from collections.abc import Container, Mapping

    from crmtext.protection.policy.records import Record
    from crmtext.schema import Schema
    from crmtext.text.document import Document

_MERGED_FROM = "merged_from"


def ids(record: Record) -> tuple[str, ...]:
    """Return the record's id, and those of the customers who were merged into it."""
    former = (record.data or {}).get(_MERGED_FROM)
    return (record.id, *(map(str, former) if isinstance(former, list) else ()))


class Following(NamedTuple):
    """The ids of customers who have a new id, because they were renamed or merged into another one."""

    #: The new id for each old one.
    new: Mapping[str, str]
    #: The ids that were merged into a customer, by the customer's id.
    merged: Mapping[str, frozenset[str]]


def data(old: Record, new: Record, following: Following, schema: Schema) -> Mapping[str, Any]:
    """Return the old record's data with the references that follow, as `rename` and `merge` change them.

    References that the new record doesn't change are left as they are, and those of invalid records.
    """
    if not all(schema.validator.valid(record.data) for record in (old, new)):
        return old.data or {}
    document, merged = old.document, following.merged.get(new.id, frozenset())
    try:
        if merged:
            gone = {*ids(old), new.id, *merged}
            if not _references(new.document, gone, schema):
                document = _without(document, gone, schema)
        for target, gone in _targets(document, following, schema).items():
            pointers = pointers_to(document, gone, schema)
            if target != new.id and pointers and not pointers_to(new.document, gone, schema):
                document = follow(Referring(document, pointers), target, schema).after or document
    except CrmError:
        document, merged = old.document, frozenset()
    return _with_merged(document.data, new, merged)


def _targets(document: Document, following: Following, schema: Schema) -> Mapping[str, set[str]]:
    """The ids that a record refers to and that have a new one, by the new one."""
    targets: defaultdict[str, set[str]] = defaultdict(set)
    for pointer in pointers_to(document, following.new, schema):
        id_ = get(document.data, pointer)
        targets[following.new[id_]].add(id_)
    return targets


def _references(document: Document, gone: set[str], schema: Schema) -> tuple[str, ...]:
    """The pointers of the references to some ids, without those in `merged_from`."""
    pointers = pointers_to(document, gone, schema)
    return tuple(pointer for pointer in pointers if parent(pointer) != f"/{_MERGED_FROM}")


def _without(document: Document, gone: set[str], schema: Schema) -> Document:
    """The record without references to these ids: after a merge they would refer to itself."""
    pointers = _references(document, gone, schema)
    if not pointers:
        return document
    return parse_text(rewrite(document.text, removals(Referring(document, pointers), schema)), document.path)


def _with_merged(before: Mapping[str, Any], new: Record, merged: Container[str]) -> Mapping[str, Any]:
    """The data with the ids in `merged_from` that the new record names because of the merge."""
    now, was = ids(new)[1:], before.get(_MERGED_FROM, [])
    more = [id_ for id_ in now if id_ in merged and id_ not in was] if isinstance(was, list) else []
    return {**before, _MERGED_FROM: [*was, *more]} if more else before


def holds(kept: Record, other: Record, schema: Schema) -> bool:
    """Whether a record has all that another one adds to it, as after a merge: a further merge would add nothing."""
    if kept.data is None or other.data is None or not {*ids(other)} <= {*ids(kept)[1:]}:
        return False
    if not all(schema.validator.valid(record.data) for record in (kept, other)):
        return False
    try:
        theirs = _without(other.document, {*ids(kept)}, schema).data
    except CrmError:
        return False
    return not any(_adds(operation, other) for operation in unite(schema, kept.data, theirs, Decided()).operations)


def _adds(operation: object, other: Record) -> bool:
    """Whether an operation adds something of the other record; its names become aliases anyway."""
    if isinstance(operation, Append) and operation.pointer == "/aliases":
        return operation.value in ((other.data or {}).get("aliases") or ())
    if isinstance(operation, Set):
        return operation.pointer != f"/{_MERGED_FROM}"
    return isinstance(operation, Append | Insert)
