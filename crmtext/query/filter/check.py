"""Check a tree against the schema and turn it into a test of customers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from crmtext.i18n import _
from crmtext.query.filter import arithmetic, filters, functions, kinds, literals, methods, syntax
from crmtext.query.filter.compare import compare
from crmtext.query.filter.kinds import Part, truth_of
from crmtext.values.did_you_mean import did_you_mean, nearest

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from crmtext.query.filter.names import Names, Scope
    from crmtext.query.filter.syntax import Node


class Checker:
    """Return the typed part of each node of a tree. Raises CrmError if a node is not valid."""

    def __init__(self, names: Names) -> None:
        self.names = names
        self._ways: Mapping[type[Node], Callable[[Any, Scope], Part]] = {
            syntax.Constant: lambda node, _scope: literals.constant(node, names),
            syntax.Name: lambda node, scope: names.name(node, node.name, scope),
            syntax.Step: lambda node, scope: names.step(node, self.of(node.above, scope), node.name, node.word),
            syntax.Index: lambda node, scope: functions.item(node, self.of(node.above, scope), names),
            syntax.Not: self._not,
            syntax.Joined: self._joined,
            syntax.Compare: lambda node, scope: compare(node, node.sign, *self._two(node, scope), names),
            syntax.Arithmetic: lambda node, scope: arithmetic.calculate(
                node, node.sign, *self._two(node, scope), names
            ),
            syntax.Negative: lambda node, scope: arithmetic.negative(node, self.of(node.of, scope), names),
            syntax.Many: self._many,
            syntax.Call: lambda node, scope: functions.call(node, scope, self),
            syntax.Method: lambda node, scope: methods.method(node, *self._with_arguments(node, scope), names),
            syntax.Is: lambda node, scope: methods.apply_test(node, *self._with_arguments(node, scope), names),
            syntax.Piped: self._piped,
        }

    def of(self, node: Node, scope: Scope) -> Part:
        """Return the checked part of a node."""
        return self._ways[type(node)](node, scope)

    def _two(self, node: syntax.Compare | syntax.Arithmetic, scope: Scope) -> tuple[Part, Part]:
        return self.of(node.left, scope), self.of(node.right, scope)

    def _with_arguments(
        self, node: syntax.Method | syntax.Piped | syntax.Is, scope: Scope
    ) -> tuple[Part, tuple[Part, ...]]:
        return self.of(node.of, scope), self._every(node.arguments, scope)

    def _piped(self, node: syntax.Piped, scope: Scope) -> Part:
        named = {name: self.of(argument, scope) for name, argument in node.named}
        return filters.apply(node, *self._with_arguments(node, scope), named, self.names)

    def _not(self, node: syntax.Not, scope: Scope) -> Part:
        inner = self.truth(node.of, scope)
        get = inner.get
        return Part(kinds.TRUTH, lambda frame: not get(frame), node, size=inner.size + 1)

    def _every(self, nodes: tuple[Node, ...], scope: Scope) -> tuple[Part, ...]:
        return tuple(self.of(node, scope) for node in nodes)

    def truth(self, node: Node, scope: Scope) -> Part:
        """Return the part of a condition: a name alone is true if it has a value."""
        part = self.of(node, scope)
        if part.constant and part.type.kind != "truth":
            raise self._always(part)
        return part._replace(get=truth_of(part))

    def _always(self, part: Part) -> Exception:
        typed = self.names.source.text_of(part.node)
        message = _("{value} is not a condition").format(value=typed)
        if part.type.kind == "text":
            return self.names.source.wrong(
                part.node,
                message,
                _("use a comparison: status == {value}, or: status in ['active', {value}]").format(value=typed),
            )
        return self.names.source.wrong(part.node, message)

    def _joined(self, node: syntax.Joined, scope: Scope) -> Part:
        parts = tuple(self.truth(child, scope) for child in node.parts)
        gets = tuple(part.get for part in parts)
        size = sum(part.size for part in parts) + 1
        if node.word == "or":
            return Part(kinds.TRUTH, lambda frame: any(get(frame) for get in gets), node, size=size)
        must = tuple(fact for part in parts for fact in part.must)
        return Part(kinds.TRUTH, lambda frame: all(get(frame) for get in gets), node, must=must, size=size)

    def _many(self, node: syntax.Many, scope: Scope) -> Part:
        items = self._every(node.items, scope)
        for item in items:
            if item.type.many or item.type.kind in ("map", "sums"):
                raise self.names.source.wrong(item.node, _("only single values are allowed in brackets"), "['a', 'b']")
        several = {item.type.kind for item in items}
        kind = kinds.Type(several.pop() if len(several) == 1 else "any", many=True, plain=True)
        gets = tuple(item.get for item in items)
        return Part(kind, lambda frame: [get(frame) for get in gets], node, constant=True, items=items)

    def unknown_function(self, node: syntax.Call) -> Exception:
        """Return the error for an unknown function."""
        known = _("functions: {names}").format(names=", ".join(functions.NAMES))
        hint = did_you_mean(nearest(node.name, functions.NAMES), known)
        return self.names.source.wrong(
            node, _("{what} is not allowed in an expression").format(what=f"{node.name}(…)"), hint
        )
