"""Fields that belong to a status, a stage and the like: a merge takes them from the side whose value it takes."""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING, Any, NamedTuple

from crmtext.record.change.draft import errors
from crmtext.record.change.steps import removal
from crmtext.record.input import list_items, path
from crmtext.record.satisfaction import kept_as_feedback
from crmtext.text.edit.rewrite import Set, rewrite
from crmtext.text.pointer import NEW, get
from crmtext.text.read.load import parse_text

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
        for pointer in [f"/{name}/{number}" for number in range(len(data.get(name) or ()))] if name else [""]:
            places = [f"{_same_item(pointer, data, side, schema)}/{key}" for side in sides]
            base, ours, theirs = (get(side, place) for side, place in zip(sides, places, strict=True))
            if ours == theirs or base in (ours, theirs):
                continue
            value = get(data, f"{pointer}/{key}")
            if value in (ours, theirs):
                side = 1 if value == ours else 2
                yield f"{pointer}/{key}", sides[side], places[side]


def _same_item(pointer: str, data: Mapping[str, Any], side: Mapping[str, Any], schema: Schema) -> str:
    """Return the pointer that an entry of the merged list has on a side; one past the end if the side lacks it."""
    if not pointer:
        return ""
    name, number = pointer.split("/")[1:]
    field = schema.by_path[name]
    wanted = list_items.identity(field, data[name][int(number)])
    numbers = [at for at, item in enumerate(side.get(name) or ()) if list_items.identity(field, item) == wanted]
    return f"/{name}/{numbers[0]}" if len(numbers) == 1 else f"/{name}/{NEW}"


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
