"""Replacement of a whole map or list, reduced to the operations that differ, so that the rest keeps its text."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import takewhile
from typing import TYPE_CHECKING

from crmtext.text.edit.expected import after, node_of, same
from crmtext.text.edit.operations import Append, Delete, Insert, Operation, Set
from crmtext.text.pointer import escape
from crmtext.text.tree import Node, find

if TYPE_CHECKING:
    from collections.abc import Iterable

    from crmtext.text.edit.emit import Value


def refine(root: Node | None, operations: Iterable[Operation]) -> tuple[tuple[Operation, ...], Node | None]:
    """Return the operations with each `Set` of a map or list reduced to the differences, and the final tree."""
    steps: list[Operation] = []
    for operation in operations:
        node = find(root, operation.pointer) if isinstance(operation, Set) else None
        finer = tuple(_finer(node, operation)) if isinstance(operation, Set) and node else (operation,)
        for step in finer:
            root = after(root, step)
        steps += finer
    return tuple(steps), root


def _finer(node: Node, operation: Set) -> Iterator[Operation]:
    value = operation.value
    if same(node, node_of(value)):
        return
    if isinstance(value, Mapping) and _shares_keys(node, value):
        yield from _map(node, operation.pointer, value)
    elif isinstance(value, Sequence) and not isinstance(value, str) and value and node.kind == "list" and node.children:
        yield from _list(node, operation.pointer, value)
    else:
        yield operation


def _map(node: Node, pointer: str, value: Mapping[str, Value]) -> Iterator[Operation]:
    for key, child in zip(node.keys, node.children, strict=True):
        below = f"{pointer}/{escape(key.value)}"
        if key.value in value:
            yield from _finer(child, Set(below, value[key.value]))
    present = [key.value for key in node.keys]
    for name, new in value.items():
        if name not in present:
            yield Set(f"{pointer}/{escape(name)}", new, tuple(value))
    for name in present:
        if name not in value:
            yield Delete(f"{pointer}/{escape(name)}")


def _list(node: Node, pointer: str, value: Sequence[Value]) -> Iterator[Operation]:
    """Keep the common items at both ends; set those between one by one, then add or remove the rest."""
    old, new = node.children, [node_of(item) for item in value]
    head = _common(old, new)
    tail = _common(old[head:][::-1], new[head:][::-1])
    old_end, new_end = len(old) - tail, len(new) - tail
    both = min(old_end, new_end)
    for index in range(head, both):
        yield from _finer(old[index], Set(f"{pointer}/{index}", value[index]))
    for index in range(both, new_end):
        yield Insert(pointer, index, value[index]) if tail else Append(pointer, value[index])
    for index in range(old_end - 1, both - 1, -1):
        yield Delete(f"{pointer}/{index}")


def _common(one: Sequence[Node], other: Sequence[Node]) -> int:
    """The number of equal nodes at the beginning of two lists."""
    return sum(1 for _ in takewhile(lambda pair: same(*pair), zip(one, other, strict=False)))


def _shares_keys(node: Node, value: Mapping[str, Value]) -> bool:
    """Whether a node is a map with unique scalar keys and shares some with a value."""
    names = [key.value for key in node.keys if key.kind == "scalar"]
    return node.kind == "map" and len(set(names)) == len(node.keys) and any(name in value for name in names)
