"""Edits for operations that change nothing else; verified before they are returned."""

from __future__ import annotations

from itertools import groupby, pairwise
from typing import TYPE_CHECKING

from crmtext.i18n import _
from crmtext.problem import CrmError, Edit
from crmtext.text.edit.emit import edit_error
from crmtext.text.edit.expected import after
from crmtext.text.edit.insert import insert_entry, insert_item
from crmtext.text.edit.operations import Append, Delete, Insert, Operation, Remark, Rename, Set
from crmtext.text.edit.refine import refine
from crmtext.text.edit.remove import remove
from crmtext.text.edit.replace import rename, replace
from crmtext.text.edit.source import Source, read, walk
from crmtext.text.edit.verify import holds

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from collections.abc import Set as AbstractSet

    from crmtext.text.tree import Node

__all__ = ["Append", "Delete", "Insert", "Operation", "Remark", "Rename", "Set", "apply", "edits", "rewrite"]


def rewrite(text: str, operations: Iterable[Operation], *, dates: AbstractSet[str] = frozenset()) -> str:
    """Return the text after these operations, in order; see `edits`."""
    return apply(text, edits(text, operations, dates=dates))


def edits(text: str, operations: Iterable[Operation], *, dates: AbstractSet[str] = frozenset()) -> tuple[Edit, ...]:
    """Return the edits for these operations, in order.

    `dates` are the paths, as `interactions[].date`, whose dates are written without quotes. The edited text has been
    parsed and holds exactly the expected data; otherwise a CrmError with the rule `edit-refused` is raised.
    """
    source = read(text, frozenset(dates))
    finer, wanted = refine(source.root, operations)
    try:
        return _verified(source, finer, wanted)
    except CrmError:
        if len(finer) == 1:
            raise
    # Operations that overlap depend on each other: apply them one by one.
    edited = text
    for operation in finer:
        now = read(edited, source.dates)
        edited = apply(edited, _verified(now, (operation,), after(now.root, operation)))
    return _difference(text, edited)


def apply(text: str, changes: Iterable[Edit]) -> str:
    """Return the text with the edits applied; those at the same offset in the order given."""
    parts: list[str] = []
    done = 0
    for change in sorted(changes, key=lambda change: (change.start, change.end)):
        parts += (text[done : change.start], change.new)
        done = change.end
    return "".join((*parts, text[done:]))


def _verified(source: Source, operations: Iterable[Operation], wanted: Node | None) -> tuple[Edit, ...]:
    changes = _tidy([edit for operation in _in_text_order(operations) for edit in _make(source, operation)])
    overlap = any(one.end > other.start for one, other in pairwise(changes))
    if overlap or wanted is None or not holds(apply(source.text, changes), wanted):
        raise edit_error(_("the change would affect other data in the file"))
    return changes


def _in_text_order(operations: Iterable[Operation]) -> Iterator[Operation]:
    """The operations, but of items inserted one after another at the same number, the last one comes first."""
    for _place, same_place in groupby(
        operations, lambda step: (step.pointer, step.number) if isinstance(step, Insert) else (step.pointer, id(step))
    ):
        yield from reversed([*same_place])


def _make(source: Source, operation: Operation) -> list[Edit]:
    spot = walk(source, operation.pointer)
    if spot.missing and not isinstance(operation, Append | Set):
        raise edit_error(_("'{key}' does not exist").format(key=operation.pointer))
    match operation:
        case Append(_pointer, value, order) if spot.missing:
            edits_ = insert_entry(source, spot, [value], order)
        case Append(_pointer, value):
            edits_ = insert_item(source, spot, len(spot.node.children), value)
        case Set(_pointer, value, order):
            edits_ = insert_entry(source, spot, value, order) if spot.missing else replace(source, spot, value)
        case Insert(_pointer, number, value):
            edits_ = insert_item(source, spot, number, value)
        case Delete():
            edits_ = remove(source, spot)
        case Rename(_pointer, new_key):
            edits_ = rename(source, spot, new_key)
        case Remark(lines):
            edits_ = source.lines(len(source.text), lines, closed=False)
    return edits_


def _tidy(changes: Iterable[Edit]) -> tuple[Edit, ...]:
    """The edits in the order of the text, merged at the same offset, without empty ones."""
    tidy: list[Edit] = []
    for edit in sorted(changes, key=lambda edit: (edit.start, edit.end)):
        if tidy and tidy[-1].end == tidy[-1].start == edit.start:
            tidy.append(Edit(edit.start, edit.end, tidy.pop().new + edit.new))
        else:
            tidy.append(edit)
    return tuple(edit for edit in tidy if edit.start != edit.end or edit.new)


def _difference(before: str, text: str) -> tuple[Edit, ...]:
    """The edits between two texts, by lines."""
    from difflib import SequenceMatcher

    old, new = before.splitlines(keepends=True), text.splitlines(keepends=True)
    starts = [0]
    for line in old:
        starts.append(starts[-1] + len(line))
    matcher = SequenceMatcher(None, old, new, autojunk=False)
    return tuple(
        Edit(starts[a], starts[b], "".join(new[c:d])) for tag, a, b, c, d in matcher.get_opcodes() if tag != "equal"
    )
