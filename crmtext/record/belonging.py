"""Fields that belong to a status, a stage and the like: a merge takes them from the side whose value it takes."""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING, Any, NamedTuple

from crmtext.record.change.draft import errors
from crmtext.record.change.steps import removal
from crmtext.record.input import path
from crmtext.record.satisfaction import kept_as_feedback
from crmtext.text.edit.rewrite import Set, rewrite
from crmtext.text.pointer import NEW, get
from crmtext.text.read.load import parse_text
from crmtext.values.same_items import identity, pairs

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from crmtext.problem import Problem
    from crmtext.schema import Schema
    from crmtext.store import Store
    from crmtext.text.document import Document
    from crmtext.text.edit.rewrite import Operation

#: By field, the fields for when and why it got its value; for a list, fields of the same entry.
BELONGING: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "status": ("cooperation.since", "cooperation.paused_reason", "cooperation.satisfaction", "churn"),
        "type": ("person", "company"),
        "opportunities[].stage": ("closed", "lost_category", "lost_reason"),
        "cases[].status": ("closed", "resolution"),
    }
)


class Sides(NamedTuple):
    """The data of a record before two people changed it, and on each side."""

    base: Mapping[str, Any]
    ours: Mapping[str, Any]
    theirs: Mapping[str, Any]


def belonging(pointer: str) -> tuple[str, ...]:
    """Return the pointers of the fields that belong to the field at a pointer."""
    above, _slash, key = pointer.rpartition("/")
    steps = above.split("/")
    head = f"{steps[1]}[].{key}" if len(steps) == 3 and steps[2].isdigit() else pointer.removeprefix("/")
    return tuple(f"{above}/{path.replace('.', '/')}" for path in BELONGING.get(head, ()))


def with_belonging(document: Document, sides: Sides, store: Store) -> tuple[Document, tuple[str, ...]]:
    """Return the merged record with the fields that belong to the chosen values, and the pointers of changed ones."""
    changed: list[str] = []
    for pointer, chosen, there in _choices(document.data, sides, store.schema):
        for at, below in zip(belonging(pointer), belonging(there), strict=True):
            wanted, have = get(chosen, below), get(document.data, at)
            if wanted != have:
                document = _with_value(document, at, wanted, store)
                changed.append(at)
    return document, tuple(changed)


def without_stray_satisfaction(document: Document, store: Store, known: Iterable[Problem]) -> Document:
    """Turn a satisfaction that the status forbids into feedback, unless a side had that error already."""
    stray = "satisfaction-while-not-active"
    before, now = ({problem.rule for problem in some} for some in (known, errors(document, store.schema)))
    if stray in now - before:
        return _rewritten(document, kept_as_feedback(document, store))
    return document


def _choices(data: Mapping[str, Any], sides: Sides, schema: Schema) -> Iterator[tuple[str, Mapping[str, Any], str]]:
    """Yield the fields that both sides changed differently: pointer, data of the chosen side, pointer in that."""
    for field in BELONGING:
        name, _list, key = field.rpartition("[].")
        for pointer, there in _places(name, data, sides, schema):
            places = [f"{place}/{key}" for place in there]
            base, ours, theirs = (get(side, place) for side, place in zip(sides, places, strict=True))
            if ours == theirs or base in (ours, theirs):
                continue
            value = get(data, f"{pointer}/{key}")
            if value in (ours, theirs):
                side = 1 if value == ours else 2
                yield f"{pointer}/{key}", sides[side], places[side]


def _places(name: str, data: Mapping[str, Any], sides: Sides, schema: Schema) -> Iterator[tuple[str, list[str]]]:
    """Yield the pointer of each entry of a merged list, and its pointers on the sides; one past the end if missing."""
    if not name:
        yield "", [""] * len(sides)
        return
    key = schema.by_path[name].mark("x-key") or ()
    merged, *rows = ([identity(item, key) for item in side.get(name) or ()] for side in (data, *sides))
    numbers = [pairs(merged, row) for row in rows]
    for number in range(len(merged)):
        yield f"/{name}/{number}", [f"/{name}/{there.get(number, NEW)}" for there in numbers]


def _with_value(document: Document, pointer: str, value: Any, store: Store) -> Document:
    if value is not None:
        operation: Operation = Set(pointer, value, path.order(store.schema, document.data, pointer))
        return _rewritten(document, (operation,))
    if pointer == "/cooperation/satisfaction":
        return _rewritten(document, kept_as_feedback(document, store))
    return _rewritten(document, (removal(document, pointer),))


def _rewritten(document: Document, operations: Iterable[Operation]) -> Document:
    wanted = tuple(operations)
    return parse_text(rewrite(document.text, wanted), document.path) if wanted else document
