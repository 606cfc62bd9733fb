"""The expected tree after an operation, without text; edits are verified against it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from crmtext.i18n import _
from crmtext.text.edit.emit import Value, Written, edit_error, scalar
from crmtext.text.edit.operations import Append, Delete, Insert, Operation, Remark, Rename, Set, place
from crmtext.text.edit.source import is_null
from crmtext.text.pointer import split
from crmtext.text.read.scalars import meaning
from crmtext.text.tree import Node, index_of


def after(root: Node | None, operation: Operation) -> Node:
    """Return the tree after an operation; the given tree isn't modified."""
    steps = split(operation.pointer)
    if not steps and isinstance(operation, Delete | Rename):
        raise edit_error(_("an edit can't remove or rename the whole file"))
    match operation:
        case Remark():
            if root is None:
                raise edit_error(_("the file is empty"))
            return root
        case Set(_pointer, value, order):
            return _along(root, steps, order, lambda _old: node_of(value))
        case Append(_pointer, value, order):
            return _along(root, steps, order, lambda old: _added(old, None, value))
        case Insert(_pointer, number, value):
            return _along(root, steps, (), lambda old: _added(old, number, value))
        case Delete():
            return _along(root, steps[:-1], (), lambda old: _without(old, steps[-1]))
        case Rename(_pointer, new_key):
            return _along(root, steps[:-1], (), lambda old: _renamed(old, steps[-1], new_key))


def same(one: Node, other: Node) -> bool:
    """Whether two trees have the same data, in the same order, with the same tags and anchors."""
    waiting = [(one, other)]
    while waiting:
        a, b = waiting.pop()
        if a is b:
            continue
        if (a.kind, a.tag, a.anchor, len(a.children)) != (b.kind, b.tag, b.anchor, len(b.children)):
            return False
        if a.kind == "scalar" and meaning(a.value, plain=a.plain) != meaning(b.value, plain=b.plain):
            return False
        if a.kind == "alias" and a.value != b.value:
            return False
        waiting += zip(a.keys, b.keys, strict=True)
        waiting += zip(a.children, b.children, strict=True)
    return True


def node_of(value: Value) -> Node:
    """The tree of new data, without positions."""
    if isinstance(value, Written):
        return value.node
    if isinstance(value, str):
        return _node("scalar", "double", value)
    if value is None or isinstance(value, int | float):
        return _node("scalar", "plain", scalar(value))
    if isinstance(value, Mapping):
        node = _node("map", "flow")
        node.keys = [node_of(key) for key in value]
        node.children = [node_of(below) for below in value.values()]
        return node
    node = _node("list", "flow")
    node.children = [node_of(below) for below in value]
    return node


def _along(
    node: Node | None, steps: tuple[str, ...], order: Sequence[str], change: Callable[[Node | None], Node]
) -> Node:
    """The tree with the node at the end of the steps changed; missing maps on the way are added."""
    if not steps:
        return change(node)
    if node is None or is_null(node):
        node = _node("map", "flow")
    index = index_of(node, steps[0])
    children, keys = list(node.children), list(node.keys)
    if index is None:
        index = place([key.value for key in keys], steps[0], order)
        keys.insert(index, node_of(steps[0]))
        children.insert(index, _along(None, steps[1:], order, change))
    else:
        children[index] = _along(children[index], steps[1:], order, change)
    return node.holding(keys, children)


def _added(old: Node | None, index: int | None, value: Value) -> Node:
    node = _node("list", "flow") if old is None or is_null(old) else old
    children = list(node.children)
    children.insert(len(children) if index is None else index, node_of(value))
    return node.holding(node.keys, children)


def _without(old: Node | None, step: str) -> Node:
    index, node = _entry(old, step)
    keys = [*node.keys[:index], *node.keys[index + 1 :]]
    return node.holding(keys, [*node.children[:index], *node.children[index + 1 :]])


def _renamed(old: Node | None, step: str, new_key: str) -> Node:
    index, node = _entry(old, step)
    return node.holding([*node.keys[:index], node_of(new_key), *node.keys[index + 1 :]], node.children)


def _entry(old: Node | None, step: str) -> tuple[int, Node]:
    index = index_of(old, step) if old else None
    if old is None or index is None:
        raise edit_error(_("'{key}' does not exist").format(key=step))
    return index, old


def _node(kind: str, style: str, value: str = "") -> Node:
    return Node(kind, 0, 0, 0, 0, style, value)
