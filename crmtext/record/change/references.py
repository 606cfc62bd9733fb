"""References to a customer: find, redirect and remove them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from crmtext.checks.reference import leads_elsewhere
from crmtext.i18n import _
from crmtext.problem import CrmError, Problem
from crmtext.record.change.draft import Draft, draft
from crmtext.record.change.steps import removal
from crmtext.snapshot import claimed_id
from crmtext.text.edit.rewrite import Delete, Operation, Set, rewrite
from crmtext.text.pointer import get, parent, split
from crmtext.text.read.load import parse_text

if TYPE_CHECKING:
    from collections.abc import Container, Iterator, Sequence

    from crmtext.schema import Schema
    from crmtext.snapshot import Snapshot
    from crmtext.text.document import Document


class Referring(NamedTuple):
    """A record that refers to a customer, and the pointers of its references."""

    document: Document
    pointers: tuple[str, ...]


def referring_to(snapshot: Snapshot, ids: Container[str], apart: str) -> tuple[Referring, ...]:
    """Return the records that refer to one of the ids, broken ones included, without the one at the path `apart`."""
    every = (Referring(other, pointers_to(other, ids, snapshot.schema)) for other in _others(snapshot, apart))
    return tuple(sorted((record for record in every if record.pointers), key=lambda record: record.document.path))


def pointers_to(document: Document, ids: Container[str], schema: Schema) -> tuple[str, ...]:
    """Return the pointers of a record's references to one of the ids; a relation with `store` leads elsewhere."""
    values = (pair for field in schema.marked("x-reference") for pair in schema.values(document.data, field.path))
    return tuple(
        pointer for pointer, value in values if value in ids and not leads_elsewhere(document.data, pointer, schema)
    )


def with_same_id(snapshot: Snapshot, id_: str, apart: str) -> Document | None:
    """Return another record with this id, as two branches may both have made one; None if there is none."""
    return next((document for document in _others(snapshot, apart) if claimed_id(document) == id_), None)


def follow(record: Referring, new: str, schema: Schema) -> Draft:
    """Return the draft of the record with references to the customer's new id, none of them twice in a list."""
    document = record.document
    operations: list[Operation] = [Set(pointer, new) for pointer in record.pointers]
    try:
        changed = parse_text(rewrite(document.text, operations), document.path).data
        doubles = sorted(_doubles(changed, record.pointers), key=_numbers, reverse=True)
        operations += [Delete(pointer) for pointer in doubles]
        return draft(document, operations, schema)
    except CrmError as error:
        problem = error.problem
        message = _("the reference in {path} could not be updated: {reason}").format(
            path=document.path, reason=problem.message
        )
        raise CrmError(Problem(problem.rule, message, hint=problem.hint), error.exit_code) from None


def _doubles(data: Any, pointers: Sequence[str]) -> set[str]:
    """Return the list entries of these references that are equal to another entry; of equal ones the first stays."""
    entries = {pointer if split(pointer)[-1].isdigit() else parent(pointer) for pointer in pointers}
    numbered = [entry for entry in entries if split(entry)[-1:] and split(entry)[-1].isdigit()]
    doubles = set()
    for entry in numbered:
        above = parent(entry)
        value, items = get(data, entry), get(data, above)
        equal = [f"{above}/{number}" for number, item in enumerate(items) if item == value]
        if entry != equal[0] or not entries.issuperset(equal):
            doubles.add(entry)
    return doubles


def _numbers(pointer: str) -> tuple[int, ...]:
    return tuple(int(step) for step in split(pointer) if step.isdigit())


def drop(record: Referring, schema: Schema) -> Draft:
    """Return the draft of the record without the references and without entries that require them."""
    return draft(record.document, removals(record, schema), schema)


def removals(record: Referring, schema: Schema) -> tuple[Operation, ...]:
    """Return the operations that remove the references and entries that require them."""
    document, done = record.document, list[Operation]()
    for pointer in reversed(record.pointers):
        operation = removal(document, _whole(schema, pointer))
        document = parse_text(rewrite(document.text, [operation]), document.path)
        done.append(operation)
    return tuple(done)


def _others(snapshot: Snapshot, apart: str) -> Iterator[Document]:
    documents = (*(customer.document for customer in snapshot.customers), *snapshot.broken)
    return (document for document in documents if document.path != apart)


def _whole(schema: Schema, pointer: str) -> str:
    """Return the pointer of what to remove with a reference: the list entry that requires it, else the reference."""
    above = parent(pointer)
    return above if schema.required(pointer) and split(above)[-1:] and split(above)[-1].isdigit() else pointer
