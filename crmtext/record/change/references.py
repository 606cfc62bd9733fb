"""References to a customer: find, redirect and remove them."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from crmtext.record.change.draft import Draft, draft
from crmtext.record.change.steps import removal
from crmtext.snapshot import claimed_id
from crmtext.text.edit.rewrite import Operation, Set, rewrite
from crmtext.text.pointer import parent, split
from crmtext.text.read.load import parse_text

if TYPE_CHECKING:
    from collections.abc import Container, Iterator

    from crmtext.schema import Schema
    from crmtext.snapshot import Snapshot
    from crmtext.text.document import Document


class Referring(NamedTuple):
    """A record that refers to a customer, and the pointers of its references."""

    document: Document
    pointers: tuple[str, ...]


def referring_to(snapshot: Snapshot, ids: Container[str], apart: str) -> tuple[Referring, ...]:
    """Return the records that refer to one of the ids, broken ones included, without the one at the path `apart`."""
    schema, referring = snapshot.schema, []
    paths = [field.path for field in schema.marked("x-reference")]
    for document in _others(snapshot, apart):
        values = (pair for path in paths for pair in schema.values(document.data, path))
        if pointers := tuple(pointer for pointer, value in values if value in ids):
            referring.append(Referring(document, pointers))
    return tuple(sorted(referring, key=lambda record: record.document.path))


def with_same_id(snapshot: Snapshot, id_: str, apart: str) -> Document | None:
    """Return another record with this id, as two branches may both have made one; None if there is none."""
    return next((document for document in _others(snapshot, apart) if claimed_id(document) == id_), None)


def follow(record: Referring, new: str, schema: Schema) -> Draft:
    """Return the draft of the record with references to the customer's new id."""
    return draft(record.document, [Set(pointer, new) for pointer in record.pointers], schema)


def drop(record: Referring, schema: Schema) -> Draft:
    """Return the draft of the record without the references and without entries that require them."""
    document, done = record.document, list[Operation]()
    for pointer in reversed(record.pointers):
        operation = removal(document, _whole(schema, pointer))
        document = parse_text(rewrite(document.text, [operation]), document.path)
        done.append(operation)
    return draft(record.document, done, schema)


def _others(snapshot: Snapshot, apart: str) -> Iterator[Document]:
    documents = (*(customer.document for customer in snapshot.customers), *snapshot.broken)
    return (document for document in documents if document.path != apart)


def _whole(schema: Schema, pointer: str) -> str:
    """Return the pointer of what to remove with a reference: the list entry that requires it, else the reference."""
    above = parent(pointer)
    return above if schema.required(pointer) and split(above)[-1:] and split(above)[-1].isdigit() else pointer
