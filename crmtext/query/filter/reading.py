"""Find the names that an expression reads, and for one customer the value of each comparison."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from crmtext.problem import Place
from crmtext.query.filter import syntax
from crmtext.query.filter.kinds import fold
from crmtext.query.filter.literals import fit
from crmtext.query.filter.outcome import Comparison, Operand, Outcome, Read

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from crmtext.query.filter.check import Checker
    from crmtext.query.filter.kinds import Frame, Part, Type
    from crmtext.query.filter.names import Scope
    from crmtext.query.filter.syntax import Node

_POSITION = re.compile(r"\[-?\d+\]")


def names(tree: Node, checker: Checker) -> tuple[Read, ...]:
    """Return every name that an expression reads, in the order of the text."""
    return tuple(_names(tree, checker, checker.names.root()))


def _names(node: Node, checker: Checker, scope: Scope) -> Iterator[Read]:
    if _is_path(node):
        yield Read(_POSITION.sub("", checker.of(node, scope).type.name), "", _place(node))
        base = node
        while isinstance(base, syntax.Step | syntax.Index | syntax.Method) and _is_path(base):
            base = base.of if isinstance(base, syntax.Method) else base.above
        if not isinstance(base, syntax.Name):
            yield from _names(base, checker, scope)
    elif looked := _looked_for(node, checker, scope):
        yield looked
    elif isinstance(node, syntax.Call) and len(node.arguments) > 1:
        of = checker.of(node.arguments[0], scope)
        yield from _names(node.arguments[0], checker, scope)
        for argument in node.arguments[1:]:
            yield from _names(argument, checker, scope.inside(of.type.one))
    else:
        for inner in _inner(node):
            yield from _names(inner, checker, scope)


def _is_path(node: Node) -> bool:
    """Whether it is a name, or a step of a path, of which `block.get('name')` is one."""
    is_get = isinstance(node, syntax.Method) and node.name == "get" and len(node.arguments) == 1
    return is_get or isinstance(node, syntax.Name | syntax.Step | syntax.Index)


def _looked_for(node: Node, checker: Checker, scope: Scope) -> Read | None:
    """The name that `'text' in name` reads, where the name is a list of plain values."""
    if not isinstance(node, syntax.Compare) or node.sign not in ("in", "not in"):
        return None
    if not isinstance(node.left, syntax.Constant) or not isinstance(node.left.value, str):
        return None
    right = checker.of(node.right, scope)
    path = isinstance(node.right, syntax.Name | syntax.Step)
    return Read(right.type.name, fold(node.left.value), _place(node)) if path and right.type.plain else None


def _place(node: Node) -> Place:
    return Place("", 1, node.start + 1, 1, node.end + 1)


def _inner(node: Node) -> Iterator[Node]:
    """The nodes that a node is made of."""
    for attribute in ("above", "of", "left", "right"):
        if isinstance(part := getattr(node, attribute, None), syntax.Node):
            yield part
    for attribute in ("items", "parts", "arguments"):
        yield from getattr(node, attribute, ())
    if isinstance(node, syntax.Piped):
        yield from (argument for _name, argument in node.named)


def outcome(tree: Node, checker: Checker, values: Mapping[str, Any]) -> Outcome:
    """Return how an expression came out for a customer's values by name."""
    return _outcome(tree, checker, checker.names.root(), (values,))


def _outcome(node: Node, checker: Checker, scope: Scope, frame: Frame) -> Outcome:
    if isinstance(node, syntax.Joined):
        parts = tuple(_outcome(part, checker, scope, frame) for part in node.parts)
        holds = (any if node.word == "or" else all)(part.holds for part in parts)
        return Outcome(node.word, holds, parts)
    if isinstance(node, syntax.Not):
        inner = _outcome(node.of, checker, scope, frame)
        return Outcome("not", not inner.holds, (inner,))
    holds = bool(checker.truth(node, scope).get(frame))
    text = checker.names.source.text_of(node)
    if not isinstance(node, syntax.Compare):
        return Outcome("", holds, (), Comparison(text, "", (_operand(node, checker, scope, frame),), holds))
    parts_ = checker.of(node.left, scope), checker.of(node.right, scope)
    sides = zip((node.left, node.right), parts_, reversed(parts_), strict=True)
    operands = tuple(_operand(side, checker, scope, frame, other.type) for side, _part, other in sides)
    return Outcome("", holds, (), Comparison(text, node.sign, operands, holds))


def _operand(node: Node, checker: Checker, scope: Scope, frame: Frame, other: Type | None = None) -> Operand:
    part = checker.of(node, scope)
    if other is not None and part.constant and not part.items:
        part = _fitted(part, other, checker)
    items = _counted(node, checker, scope, frame) if isinstance(node, syntax.Call) else None
    return Operand(checker.names.source.text_of(node), part.type, part.get(frame), part.constant, items)


def _fitted(part: Part, other: Type, checker: Checker) -> Part:
    """The constant as it is compared; text that is looked for inside a text stays as it is."""
    fitted = fit(part, other, checker.names, within=True)
    return fitted._replace(type=other.one if other.fixed else fitted.type)


def _counted(node: syntax.Call, checker: Checker, scope: Scope, frame: Frame) -> tuple[int, int] | None:
    """Of how many items of a list a condition holds, and how many there are."""
    if len(node.arguments) < 2:
        return None
    of = checker.of(node.arguments[0], scope)
    holds, items = checker.truth(node.arguments[1], scope.inside(of.type.one)), of.get(frame)
    return sum(bool(holds.get((*frame, item))) for item in items), len(items)
