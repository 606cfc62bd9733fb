"""Tests and methods of expressions: `owner is none`, `name.startswith('A')`, `custom.get('site')`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from crmtext.i18n import _
from crmtext.query.filter import kinds, single
from crmtext.query.filter.compare import compare
from crmtext.query.filter.kinds import Part
from crmtext.query.filter.syntax import Constant
from crmtext.query.filter.use import Use

if TYPE_CHECKING:
    from collections.abc import Callable

    from crmtext.query.filter.kinds import Frame
    from crmtext.query.filter.names import Names
    from crmtext.query.filter.syntax import Is, Method

_COMPARISONS = {
    "eq": "==", "equalto": "==", "==": "==", "ne": "!=", "!=": "!=", "lt": "<", "lessthan": "<", "<": "<", "le": "<=",
    "<=": "<=", "gt": ">", "greaterthan": ">", ">": ">", "ge": ">=", ">=": ">=", "in": "in",
}  # fmt: skip
_TESTS = ("none", "defined", "undefined", *(name for name in _COMPARISONS if name.isalpha()))
METHODS = ("startswith", "endswith", "lower", "upper", "strip", "count", "get", "keys", "values")


def apply_test(node: Is, part: Part, arguments: tuple[Part, ...], names: Names) -> Part:
    """Return the part for `x is none` and the like. Raises CrmError for an unknown test."""
    return test(Use(node, node.name, part, arguments, {}, names), node.name, part, arguments)


def test(use: Use, name: str, part: Part, arguments: tuple[Part, ...]) -> Part:
    """Return the part for a test of a value. Raises CrmError for an unknown test."""
    if name in _COMPARISONS and len(arguments) == 1:
        return compare(use.node, _COMPARISONS[name], part, arguments[0], use.names)
    if name in ("none", "defined", "undefined") and not arguments:
        nothing = Part(kinds.NONE, lambda _frame: None, Constant(use.node.start, use.node.end, None), constant=True)
        return compare(use.node, "!=" if name == "defined" else "==", part, nothing, use.names)
    raise use.names.source.wrong(
        use.node,
        _("{what} is not allowed in an expression").format(what=f"is {name}"),
        _("tests: {names}").format(names=", ".join(_TESTS)),
    )


def method(node: Method, part: Part, arguments: tuple[Part, ...], names: Names) -> Part:
    """Return the part for a method call. Raises CrmError if the value has no such method."""
    use = Use(node, node.name, part, arguments, {}, names)
    kind, name = part.type.kind, node.name
    if name not in METHODS:
        raise names.source.wrong(
            node,
            _("{what} is not allowed in an expression").format(what=f"{name}(…)"),
            _("methods: {names}").format(names=", ".join(METHODS)),
        )
    if kind in ("text", "any") and not part.type.many and not arguments and name in ("lower", "upper", "strip"):
        return single.of_one(Use(node, {"strip": "trim"}.get(name, name), part, (), {}, names))
    texts = kind in ("text", "any") and not part.type.many and len(arguments) == 1
    if (
        texts
        and name in ("startswith", "endswith", "count")
        and arguments[0].type.kind == "text"
        and not arguments[0].type.many
    ):
        return use.result(kinds.NUMBER if name == "count" else kinds.TRUTH, _of_two_texts(use))
    if kind in ("map", "sums") and not part.type.many and name == "get" and len(arguments) in (1, 2):
        value = names.step(node, part, str(use.constant(0, "key")))
        return value if len(arguments) == 1 else single.default(Use(node, "default", value, arguments[1:], {}, names))
    if kind in ("map", "sums") and not part.type.many and name in ("keys", "values") and not arguments:
        return use.result(_inside(kind, name), lambda frame: list(getattr(part.get(frame) or {}, name)()))
    if part.type.many and name == "count" and len(arguments) == 1:
        return _count_of(use)
    shown = names.source.text_of(part.node)
    raise use.wrong(
        _("'{name}' does not work on {kind}").format(name=f"{name}(…)", kind=kinds.in_words(part.type)),
        f"'…' in {shown}",
    )


def _inside(kind: str, name: str) -> kinds.Type:
    plain = kinds.TEXT if name == "keys" else kinds.NUMBER if kind == "sums" else kinds.ANY
    return plain._replace(many=True, plain=True)


def _of_two_texts(use: Use) -> Callable[[Frame], Any]:
    one, two = use.part.get, use.arguments[0].get
    apply = {"startswith": str.startswith, "endswith": str.endswith, "count": str.count}[use.name]
    spend = use.names.budget.spend

    def result(frame: Frame) -> Any:
        a, b = one(frame), two(frame)
        if not isinstance(a, str) or not isinstance(b, str):
            return None
        spend(1 + len(a) // 64)
        return apply(a, b)

    return result


def _count_of(use: Use) -> Part:
    """Return the part that counts the values equal to one."""
    value = compare(
        use.node, "==", Part(use.part.type.one, lambda frame: frame[-1], use.node), use.arguments[0], use.names
    )
    get, spend = use.part.get, use.names.budget.spend

    def result(frame: Frame) -> int:
        values = get(frame)
        spend(len(values))
        return sum(value.get((*frame, item)) is True for item in values)

    return use.result(kinds.NUMBER, result)
