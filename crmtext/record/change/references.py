"""Which records refer to a customer, and how such references follow it or go."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from crmtext.record.change.draft import Draft, draft
from crmtext.record.change.steps import taken
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
    """A record that refers to a customer, and where."""

    document: Document
    pointers: tuple[str, ...]


def to(snapshot: Snapshot, ids: Container[str], apart: str) -> tuple[Referring, ...]:
    """The records that refer to one of the ids, broken ones included; not the one at the path `apart`."""
    others = _others(snapshot, apart)
    found = (Referring(each, tuple(_pointers(snapshot.schema, each, ids))) for each in others)
    return tuple(sorted((each for each in found if each.pointers), key=lambda each: each.document.path))


def twin(snapshot: Snapshot, id_: str, apart: str) -> Document | None:
    """Another record that has this id, as after two branches made one each."""
    return next((each for each in _others(snapshot, apart) if claimed_id(each) == id_), None)


def follow(found: Referring, new: str, schema: Schema) -> Draft:
    """The record referring to the customer's new id."""
    return draft(found.document, [Set(pointer, new) for pointer in found.pointers], schema)


def drop(found: Referring, schema: Schema) -> Draft:
    """The record without its references, and without the entries that are nothing without them."""
    document, done = found.document, list[Operation]()
    for pointer in reversed(found.pointers):
        operation = taken(document, _whole(schema, pointer))
        document = parse_text(rewrite(document.text, [operation]), document.path)
        done.append(operation)
    return draft(found.document, done, schema)


def _others(snapshot: Snapshot, apart: str) -> Iterator[Document]:
    documents = (*(each.document for each in snapshot.customers), *snapshot.broken)
    return (each for each in documents if each.path != apart)


def _pointers(schema: Schema, document: Document, ids: Container[str]) -> Iterator[str]:
    for field in schema.marked("x-reference"):
        yield from (pointer for pointer, value in schema.values(document.data, field.path) if value in ids)


def _whole(schema: Schema, pointer: str) -> str:
    """What goes with a reference: the entry of a list that needs it, else the reference alone."""
    above = parent(pointer)
    return above if schema.required(pointer) and split(above)[-1:] and split(above)[-1].isdigit() else pointer
