"""`any`, `all`, `count`, `min` and `max` over a list, and items by position."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from crmtext.i18n import _
from crmtext.query.filter import kinds
from crmtext.query.filter.kinds import Part

if TYPE_CHECKING:
    from typing import Protocol

    from crmtext.problem import CrmError
    from crmtext.query.filter.kinds import Frame
    from crmtext.query.filter.names import Names, Scope
    from crmtext.query.filter.syntax import Call, Index, Node

    class Checker(Protocol):
        """Check the arguments."""

        names: Names

        def of(self, node: Node, scope: Scope) -> Part:
            """Return the checked part of a node."""

        def truth(self, node: Node, scope: Scope) -> Part:
            """Return the part of a condition."""

        def unknown_function(self, node: Call) -> Exception:
            """Return the error for an unknown function."""


NAMES = ("any", "all", "count", "min", "max")
_FORMS = {
    "any": "any(needs, status == 'open')",
    "all": "all(cases, status == 'closed')",
    "count": "count(interactions, channel == 'visit') >= 3",
    "min": "min(transactions.date)",
    "max": "max(opportunities.amount)",
}


def call(node: Call, scope: Scope, checker: Checker) -> Part:
    """Return the part of a function call. Raises CrmError for an unknown function or wrong arguments."""
    if node.name not in NAMES:
        raise checker.unknown_function(node)
    most = 1 if node.name in ("min", "max") else 2
    least = 1 if node.name in ("count", "min", "max") else 2
    source = checker.names.source
    if not least <= len(node.arguments) <= most:
        message = _("'{name}(…)' takes a list and a condition") if most == 2 else _("'{name}(…)' takes one list")
        raise source.wrong(node, message.format(name=node.name), _("use: {form}").format(form=_FORMS[node.name]))
    part = checker.of(node.arguments[0], scope)
    if not part.type.many or part.constant:
        raise _no_list(node, part, checker.names)
    if most == 1:
        return extreme(node, node.name, part, checker.names)
    if len(node.arguments) == 1:
        return length(node, part)
    if part.type.kind != "map":
        message = _("'{name}' is a list of single values without fields").format(name=part.type.name)
        raise source.wrong(node.arguments[0], message, _("use: {form}").format(form=f"'…' in {part.type.name}"))
    inner = checker.truth(node.arguments[1], scope.inside(part.type.one))
    return _over(node, part, inner, checker.names)


def _over(node: Call, part: Part, inner: Part, names: Names) -> Part:
    get, holds, size, spend = part.get, inner.get, inner.size, names.budget.spend

    def any_(frame: Frame) -> bool:
        items = get(frame)
        spend(len(items) * size)
        return any(holds((*frame, item)) for item in items)

    def all_(frame: Frame) -> bool:
        items = get(frame)
        spend(len(items) * size)
        return all(holds((*frame, item)) for item in items)

    def count(frame: Frame) -> int:
        items = get(frame)
        spend(len(items) * size)
        return sum(1 for item in items if holds((*frame, item)))

    functions = {"any": (any_, kinds.TRUTH), "all": (all_, kinds.TRUTH), "count": (count, kinds.NUMBER)}
    function, type_ = functions[node.name]
    return Part(type_, function, node, size=part.size + size + 1)


def _no_list(node: Call, part: Part, names: Names) -> CrmError:
    name = names.source.text_of(part.node)
    message = _("'{name}' is not a list").format(name=name)
    hint = _("use: {form}").format(form=_FORMS[node.name])
    if node.name in ("min", "max", "count") and not part.constant:
        hint = _("it has one value; use: {name}").format(name=name)
    return names.source.wrong(part.node, message, hint)


def length(node: Node, part: Part) -> Part:
    """Return the part for the number of values."""
    get = part.get
    return Part(kinds.NUMBER, lambda frame: len(get(frame)), node, size=part.size + 1)


def extreme(node: Node, name: str, part: Part, names: Names) -> Part:
    """Return the part for the smallest or largest of several values; missing if there is none."""
    type_, get, spend = part.type, part.get, names.budget.spend
    if type_.kind not in ("number", "date", "partial", "any", "text") or type_.fixed:
        message = _("the values of '{name}' have no order").format(name=type_.name or names.source.text_of(part.node))
        raise names.source.wrong(
            part.node, message, _("use: {form}").format(form=_FORMS[name if name in _FORMS else "max"])
        )
    choose = min if name == "min" else max

    def result(frame: Frame) -> Any:
        values = get(frame)
        spend(len(values))
        if type_.kind == "any":
            values = [value for value in map(kinds.number, values) if value is not None]
        return choose((value for value in values if value is not None and not isinstance(value, bool)), default=None)

    return Part(
        type_.one._replace(kind="number") if type_.kind == "any" else type_.one, result, node, size=part.size + 1
    )


def item(node: Index, part: Part, names: Names) -> Part:
    """Return the part for an item of a list by position. Raises CrmError if it is not a list."""
    get, position = part.get, node.position
    if not part.type.many:
        if part.type.kind != "any":
            name = names.source.text_of(part.node)
            message = _("'{name}' is not a list").format(name=name)
            raise names.source.wrong(node, message, _("it has one value; use: {name}").format(name=name))

        def of_any(frame: Frame) -> Any:
            values = get(frame)
            return _at(values, position) if isinstance(values, list) else None

        return Part(part.type, of_any, node, size=part.size + 1)
    name = f"{part.type.name}[{position}]"
    return Part(part.type.one._replace(name=name), lambda frame: _at(get(frame), position), node, size=part.size + 1)


def _at(values: Any, position: int) -> Any:
    return values[position] if -len(values) <= position < len(values) else None
