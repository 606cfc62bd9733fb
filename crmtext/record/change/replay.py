"""Apply a draft's operations to another text of the record, where list entries may have other numbers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from crmtext.i18n import _
from crmtext.problem import CrmError, Place, cannot
from crmtext.text.edit.rewrite import Append, Insert, Operation, Remark, rewrite
from crmtext.text.pointer import child, join, split
from crmtext.text.read.load import parse

if TYPE_CHECKING:
    from crmtext.record.change.draft import Draft
    from crmtext.schema import Schema
    from crmtext.text.document import Document


def apply(draft: Draft, there: Document, schema: Schema) -> Document:
    """Return another text of a record after the draft's operations.

    Raises CrmError if they touch something that differs between the texts: the two changes can't be separated there.
    """
    path, here = draft.path, draft.before
    if here is None or draft.after is None or not draft.operations or there.data is None:
        raise conflict_error(path)
    for operation in draft.operations:
        moved = _moved(operation, here.data, there.data, path)
        here, there = _after(here, operation, schema), _after(there, moved, schema)
        if here.data is None or there.data is None:
            raise conflict_error(path)
    # A draft may hold more changes than its operations.
    if here.text != draft.after.text:
        raise conflict_error(path)
    return there


def _after(document: Document, operation: Operation, schema: Schema) -> Document:
    return parse(rewrite(document.text, [operation], dates=schema.dates).encode(), document.path)


def conflict_error(path: str) -> CrmError:
    """Error for a record whose uncommitted edits overlap with the change."""
    message = _("'{path}' has uncommitted changes that this change depends on").format(path=path)
    return cannot("uncommitted-changes", message, _("commit them first, or use --no-commit"), Place(path))


def _moved(operation: Operation, here: Any, there: Any, path: str) -> Operation:
    """Return the operation with the pointer and number that it has in the other data."""
    if isinstance(operation, Remark):
        return operation
    steps: list[str] = []
    for step in split(operation.pointer):
        number = _number(here, there, step, path) if isinstance(here, list) else None
        here, there = child(here, step), child(there, str(number) if number is not None else step)
        steps.append(step if number is None else str(number))
    if isinstance(operation, Append):
        same = isinstance(there, list) or there is None is here
    elif isinstance(operation, Insert):
        same = isinstance(here, list) and isinstance(there, list)
    else:
        same = here == there and type(here) is type(there)
    if not same:
        raise conflict_error(path)
    moved = operation._replace(pointer=join(steps))
    return moved._replace(number=_place(here, there, moved.number, path)) if isinstance(moved, Insert) else moved


def _number(here: list[Any], there: Any, step: str, path: str) -> int:
    """Return the number that an item of this list has in the other one."""
    if isinstance(there, list) and step.isdecimal() and int(step) < len(here):
        wanted = here[int(step)]
        if here == there:
            return int(step)
        if here.count(wanted) == 1 == there.count(wanted):
            return there.index(wanted)
    raise conflict_error(path)


def _place(here: list[Any], there: list[Any], index: int, path: str) -> int:
    """Return the number that a new item gets in the other list: beside the same neighbour."""
    if here == there:
        return index
    if index < len(here) and here.count(here[index]) == 1 == there.count(here[index]):
        return there.index(here[index])
    if index and here.count(here[index - 1]) == 1 == there.count(here[index - 1]):
        return there.index(here[index - 1]) + 1
    raise conflict_error(path)
