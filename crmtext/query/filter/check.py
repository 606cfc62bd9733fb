"""Checks a tree against the schema, and makes it a test over customers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from crmtext.i18n import _
from crmtext.query.filter import arithmetic, filters, functions, kinds, literals, methods, syntax
from crmtext.query.filter.compare import compared
from crmtext.query.filter.kinds import Part, truth_of
from crmtext.values.did_you_mean import did_you_mean, nearest

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from crmtext.query.filter.names import Names, Scope
    from crmtext.query.filter.syntax import Node


class Checker:
    """Finds out what each part of a tree gives. Raises CrmError where that can't be told."""

    def __init__(self, names: Names) -> None:
        self.names = names
        self._ways: Mapping[type[Node], Callable[[Any, Scope], Part]] = {
            syntax.Constant: lambda node, _scope: literals.constant(node, names),
            syntax.Name: lambda node, scope: names.name(node, node.name, scope),
            syntax.Step: lambda node, scope: names.step(node, self.of(node.above, scope), node.name, node.word),
            syntax.Index: lambda node, scope: functions.item(node, self.of(node.above, scope), names),
            syntax.Not: self._not,
            syntax.Joined: self._joined,
            syntax.Compare: lambda node, scope: compared(node, node.sign, *self._two(node, scope), names),
            syntax.Arithmetic: lambda node, scope: arithmetic.worked_out(
                node, node.sign, *self._two(node, scope), names
            ),
            syntax.Negative: lambda node, scope: arithmetic.negative(node, self.of(node.of, scope), names),
            syntax.Many: self._many,
            syntax.Call: lambda node, scope: functions.called(node, scope, self),
            syntax.Method: lambda node, scope: methods.method(node, *self._with_arguments(node, scope), names),
            syntax.Is: lambda node, scope: methods.tested(node, *self._with_arguments(node, scope), names),
            syntax.Piped: self._piped,
        }

    def of(self, node: Node, scope: Scope) -> Part:
        """The checked part that a node is."""
        return self._ways[type(node)](node, scope)

    def _two(self, node: syntax.Compare | syntax.Arithmetic, scope: Scope) -> tuple[Part, Part]:
        return self.of(node.left, scope), self.of(node.right, scope)

    def _with_arguments(
        self, node: syntax.Method | syntax.Piped | syntax.Is, scope: Scope
    ) -> tuple[Part, tuple[Part, ...]]:
        return self.of(node.of, scope), self._every(node.arguments, scope)

    def _piped(self, node: syntax.Piped, scope: Scope) -> Part:
        named = {name: self.of(each, scope) for name, each in node.named}
        return filters.piped(node, *self._with_arguments(node, scope), named, self.names)

    def _not(self, node: syntax.Not, scope: Scope) -> Part:
        inner = self.truth(node.of, scope)
        get = inner.get
        return Part(kinds.TRUTH, lambda frame: not get(frame), node, size=inner.size + 1)

    def _every(self, nodes: tuple[Node, ...], scope: Scope) -> tuple[Part, ...]:
        return tuple(self.of(each, scope) for each in nodes)

    def truth(self, node: Node, scope: Scope) -> Part:
        """The part where true or false is asked for: a name alone is true if it has a value."""
        part = self.of(node, scope)
        if part.constant and part.type.kind != "truth":
            raise self._always(part)
        return part._replace(get=truth_of(part))

    def _always(self, part: Part) -> Exception:
        typed = self.names.source.said(part.node)
        message = _("{value} is not a condition").format(value=typed)
        if part.type.kind == "text":
            return self.names.source.wrong(
                part.node,
                message,
                _("use a comparison: status == {value}, or: status in ['active', {value}]").format(value=typed),
            )
        return self.names.source.wrong(part.node, message)

    def _joined(self, node: syntax.Joined, scope: Scope) -> Part:
        parts = tuple(self.truth(each, scope) for each in node.parts)
        gets = tuple(each.get for each in parts)
        size = sum(each.size for each in parts) + 1
        if node.word == "or":
            return Part(kinds.TRUTH, lambda frame: any(get(frame) for get in gets), node, size=size)
        must = tuple(each for part in parts for each in part.must)
        return Part(kinds.TRUTH, lambda frame: all(get(frame) for get in gets), node, must=must, size=size)

    def _many(self, node: syntax.Many, scope: Scope) -> Part:
        items = self._every(node.items, scope)
        for each in items:
            if each.type.many or each.type.kind in ("map", "sums"):
                raise self.names.source.wrong(each.node, _("only single values are allowed in brackets"), "['a', 'b']")
        several = {each.type.kind for each in items}
        kind = kinds.Type(several.pop() if len(several) == 1 else "any", many=True, plain=True)
        gets = tuple(each.get for each in items)
        return Part(kind, lambda frame: [get(frame) for get in gets], node, constant=True, items=items)

    def unknown_function(self, node: syntax.Call) -> Exception:
        """The error for a function that this language doesn't have."""
        known = _("functions: {names}").format(names=", ".join(functions.NAMES))
        hint = did_you_mean(nearest(node.name, functions.NAMES), known)
        return self.names.source.wrong(
            node, _("{what} is not allowed in an expression").format(what=f"{node.name}(…)"), hint
        )
