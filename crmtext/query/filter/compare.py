"""Comparisons: which types can be compared, by the schema, and how their values compare."""

from __future__ import annotations

import operator
from collections.abc import Callable, Mapping
from contextlib import suppress
from decimal import Decimal
from itertools import islice
from typing import TYPE_CHECKING, Any

from crmtext.i18n import _
from crmtext.problem import CrmError
from crmtext.query.filter import kinds
from crmtext.query.filter.kinds import Part, Type, fold
from crmtext.query.filter.literals import Loose, day, fit
from crmtext.values.money import decimal

if TYPE_CHECKING:
    from collections.abc import Iterator

    from crmtext.query.filter.kinds import Frame, Get
    from crmtext.query.filter.names import Names
    from crmtext.query.filter.syntax import Node
    from crmtext.schema import Field

Test = Callable[[Any, Any], bool]
SIGNS: Mapping[str, Test] = {
    "==": operator.eq, "<": operator.lt, "<=": operator.le, ">": operator.gt, ">=": operator.ge,
}  # fmt: skip
_OPPOSITES = {"!=": "==", "not in": "in"}
#: Fields that the index of records can look up.
_INDEXED = frozenset({"status", "owner", "type", "id"})
_DAY = 10
#: How many fields of a block a hint names.
_MOST = 6


def compare(node: Node, sign: str, left: Part, right: Part, names: Names) -> Part:
    """Return the part of a comparison. Raises CrmError if the two can't be compared."""
    if sign in _OPPOSITES:
        same = compare(node, _OPPOSITES[sign], left, right, names).get
        return _truth(node, left, right, lambda frame: not same(frame))
    if sign == "in":
        return _contained(node, left, right, names)
    for one, other in ((left, right), (right, left)):
        if one.type.kind == "none":
            return _missing(node, sign, other, names)
    return _ordered(node, sign, left, right, names)


def _truth(node: Node, left: Part, right: Part, get: Get) -> Part:
    return Part(kinds.TRUTH, get, node, size=left.size + right.size + 1)


def _missing(node: Node, sign: str, part: Part, names: Names) -> Part:
    if sign != "==":
        raise names.source.wrong(
            node,
            _("'{sign}' compares two values").format(sign=sign),
            _("use: {form}").format(form=f"{names.source.text_of(part.node)} == none"),
        )
    get = part.get
    if part.type.many or part.type.kind in ("sums", "map"):
        return Part(kinds.TRUTH, lambda frame: not get(frame), node, size=part.size + 1)
    return Part(kinds.TRUTH, lambda frame: get(frame) is None, node, size=part.size + 1)


def _ordered(node: Node, sign: str, left: Part, right: Part, names: Names, *, folded: bool = False) -> Part:
    """Return a comparison of single values; of several values, any may match."""
    for one, other in ((left, right), (right, left)):
        _reject_group(node, sign, one, other, names)
    left, right = fit(left, right.type, names), fit(right, left.type, names)
    kind = _common(left, right, names)
    if sign != "==":
        _reject_order(node, sign, left, right, kind, names)
    if kind == "text" and folded:
        test: Test = _same_folded
    else:
        test = {"date": _by_day(sign), "any": _loosely(sign)}.get(kind, SIGNS[sign])
    if sign != "==":
        return _truth(node, left, right, any_pair(left, right, test, names))
    either = any_pair(kinds.with_former_ids(left), kinds.with_former_ids(right), test, names)
    return _truth(node, left, right, either)._replace(must=_must(left, right))


def _must(left: Part, right: Part) -> tuple[tuple[str, tuple[str, ...]], ...]:
    """The fact that a field of the customer has this one value, for the index; empty if the index can't use it."""
    if right.constant and left.must and left.type.name in _INDEXED and right.type.kind == "text":
        return ((left.type.name, (str(right.get(())),)),)
    return ()


def _reject_group(node: Node, sign: str, part: Part, other: Part, names: Names) -> None:
    """Raise CrmError for anything but a value: a list of items, a block of fields, a sum, values in brackets."""
    source, type_ = names.source, part.type
    if part.constant and type_.many:
        form = f"{source.text_of(other.node)} in {source.text_of(part.node)}"
        raise source.wrong(
            part.node, _("'{sign}' compares with one value").format(sign=sign), _("use: {form}").format(form=form)
        )
    if type_.kind == "map":
        raise no_value(part, other, sign, names)
    if type_.kind == "sums":
        form = f"{type_.name}.{names.terms.settings.currency}"
        message = _("'{name}' is a sum for each currency").format(name=type_.name)
        form = source.text[node.start : part.node.start] + form + source.text[part.node.end : node.end]
        raise source.wrong(part.node, message, _("use: {form}").format(form=form))


def no_value(part: Part, other: Part, sign: str, names: Names) -> CrmError:
    """Return the error for a list of items or a block in place of a value, with the field that was likely meant."""
    type_, source = part.type, names.source
    child = _nearest(type_, other, sign, names)
    message = _("'{name}' is {kind}, not a value").format(name=type_.name, kind=kinds.in_words(type_))
    if not child:
        named = (f"{type_.name}.{path}" for path, _field in _values(type_.field, ""))
        known = _(", ").join(islice(named, _MOST))
        return source.wrong(part.node, message, _("choose one: {keys}").format(keys=known or f"{type_.name}.…"))
    path, text = f"{type_.name}.{child}", source.text_of(other.node)
    form = f"{text} in {path}" if sign == "in" else f"{path} {sign} {text}"
    return source.wrong(part.node, message, _("use: {form}").format(form=form))


def _nearest(type_: Type, other: Part, sign: str, names: Names) -> str:
    """The path below an item or block to the field that the other value most likely belongs to; empty if none."""
    fields = list(_values(type_.field, ""))
    value = other.get(()) if other.constant and not other.items else None
    wanted = [{"number": "number", "date": "date"}.get(other.type.kind, "text")]
    if isinstance(value, str):
        for path, field in fields:
            if any(fold(value) in map(fold, choice.names()) for choice in field.choices):
                return path
        # An amount or a day in quotes is compared as such; only `==` and `in` may also compare it as text.
        wanted = [*_meanings(value, names), *(["text"] if sign in ("==", "in") else [])]
    outer = names.terms.schema.by_path.get(type_.field.path.removesuffix("[]")) if type_.field else None
    keys = [*reversed(outer.mark("x-key") or ()), "max"] if outer else ["max"]
    for kind in wanted:
        paths = [
            path
            for path, field in fields
            if kinds.of(field, "").kind in ((kind, "partial") if kind == "date" else (kind,))
            and not field.choices
            and not field.mark("x-handle")
            and field.definition != "currency"
        ]
        if paths:
            return next((path for path in keys if path in paths), paths[0])
    return ""


def _meanings(text: str, names: Names) -> Iterator[str]:
    """The kinds other than text that a text can mean."""
    for kind, read in (("number", decimal), ("date", lambda typed: day(typed, kinds.DATE, names))):
        with suppress(CrmError):
            read(text)
            yield kind


def _values(above: Field | None, prefix: str) -> Iterator[tuple[str, Field]]:
    """The fields with values below a block or a list's items, with their paths; direct children first."""
    fields = above.by_key.values() if above else ()
    yield from ((f"{prefix}{field.key}", field) for field in fields if kinds.of(field, "").kind != "map")
    for field in fields:
        if field.kind == "map":
            yield from _values(field, f"{prefix}{field.key}.")


def _common(left: Part, right: Part, names: Names) -> str:
    """The kind that both are compared as. Raises CrmError if they have different kinds."""
    one, two = left.type, right.type
    both = {one.kind, two.kind}
    if "any" in both:
        return "any"
    if both <= {"date", "partial"}:
        return "date"
    if both == {"date", "truth"} and any(_may_be_truth(type_) for type_ in (one, two)):
        return "date"
    if len(both) == 1:
        return one.kind
    source = names.source
    message = _("{left} is {one}, but {right} is {two}").format(
        left=source.text_of(left.node),
        one=kinds.in_words(one),
        right=source.text_of(right.node),
        two=kinds.in_words(two),
    )
    path, value = (left, right) if not left.constant else (right, left)
    raise source.wrong(value.node, message, _right_form(path, value, names))


def _may_be_truth(type_: Type) -> bool:
    named = type_.field.resolved.get("type") if type_.field else ""
    return type_.kind == "date" and isinstance(named, list) and "boolean" in named


def _right_form(path: Part, value: Part, names: Names) -> str:
    """A hint that shows a comparison with a value of the path's kind."""
    name, typed = names.source.text_of(path.node), names.source.text_of(value.node)
    if path.type.fixed and path.type.field:
        form = f"{name} == '{path.type.field.choices[0].value}'"
    else:
        form = {
            "text": f"{name} == '{typed.strip(chr(39))}'",
            "date": f"{name} < today - {typed}" if value.type.kind == "number" else f"{name} == '2026-05-01'",
            "partial": f"{name} >= 2010", "truth": f"{name} == true",
        }.get(path.type.kind, f"{name} > 1000")  # fmt: skip
    return _("use: {form}").format(form=form)


def _reject_order(node: Node, sign: str, left: Part, right: Part, kind: str, names: Names) -> None:
    unordered = (side for side in (left, right) if side.type.fixed or (kind == "truth" and not side.constant))
    part = next(unordered, None)
    if part is None and kind != "truth":
        return
    at = part or left
    name = names.source.text_of(at.node)
    if kind == "truth":
        raise names.source.wrong(
            node,
            _("'{sign}' can't compare true with false").format(sign=sign),
            _("use: {form}").format(form=f"{name} == true"),
        )
    values = [choice.value for choice in at.type.field.choices] if at.type.field else []
    message = _("the values of '{name}' have no order").format(name=at.type.name)
    raise names.source.wrong(node, message, _("use: {form}").format(form=f"{name} in {values[:2]}"))


def any_pair(left: Part, right: Part, test: Test, names: Names) -> Get:
    """Return whether the test holds for the two values, or for any of several. A missing value never matches."""
    one, two, spend = left.get, right.get, names.budget.spend

    def single(frame: Frame) -> bool:
        a, b = one(frame), two(frame)
        return a is not None and b is not None and test(a, b)

    def several(frame: Frame) -> bool:
        some, others = one(frame), two(frame)
        some = some if left.type.many else () if some is None else (some,)
        others = others if right.type.many else () if others is None else (others,)
        spend(len(some) * len(others))
        return any(test(a, b) for a in some if a is not None for b in others if b is not None)

    return several if left.type.many or right.type.many else single


def _same_folded(a: str, b: str) -> bool:
    return a == b or fold(a) == fold(b)


def order_of_days(a: str, b: str) -> int | None:
    """Compare partial dates at the precision that both have: -1, 0 or 1; None if they share no part."""
    if a.startswith("--") or b.startswith("--"):
        a, b = (day[2:] if day.startswith("--") else day[5:] for day in (a, b))
        if len(a) != len("05-01") or len(b) != len(a):
            return None
    length = min(len(a), len(b))
    a, b = a[:length], b[:length]
    return (a > b) - (a < b)


def _by_day(sign: str) -> Test:
    simply = SIGNS[sign]

    def test(a: Any, b: Any) -> bool:
        if isinstance(a, bool) or isinstance(b, bool):
            return sign == "==" and a is b
        if len(a) == _DAY == len(b):
            return simply(a, b)
        order = order_of_days(a, b)
        return order is not None and simply(order, 0)

    return test


def _loosely(sign: str) -> Test:
    """Return a test of values whose kind the schema doesn't say; values of different kinds are never equal."""
    simply = SIGNS[sign]

    def test(a: Any, b: Any) -> bool:
        if isinstance(a, list) or isinstance(b, list):
            some, others = (operand if isinstance(operand, list) else [operand] for operand in (a, b))
            return any(test(one, other) for one in some for other in others)
        a, b = _plain(a, b), _plain(b, a)
        if isinstance(a, bool) or isinstance(b, bool):
            return sign == "==" and a is b
        if isinstance(a, int | Decimal) and isinstance(b, int | Decimal):
            return simply(a, b)
        return isinstance(a, str) and isinstance(b, str) and simply(a, b)

    return test


def _plain(value: Any, other: Any) -> Any:
    """Return a value with several meanings in the kind of the other value."""
    if isinstance(value, float):
        return kinds.number(value)
    if not isinstance(value, Loose):
        return value
    if isinstance(other, int | float | Decimal) and not isinstance(other, bool) and value.amount is not None:
        return value.amount
    dated = isinstance(other, str) and len(other) == len(value.day) == _DAY and other[4] == other[7] == "-"
    return value.day if dated else value.text


def _contained(node: Node, left: Part, right: Part, names: Names) -> Part:
    """Whether a value is in a text, in values in brackets, or among several."""
    source, type_ = names.source, right.type
    if "none" in (left.type.kind, type_.kind):
        part, other = (left, right) if left.type.kind == "none" else (right, left)
        hint = _("use: {form}").format(form=f"{source.text_of(other.node)} == none")
        raise source.wrong(part.node, _("'in' takes a value"), hint)
    if right.constant and type_.many:
        return _one_of(node, left, right, names)
    if type_.kind in ("map", "sums") and not type_.many:
        return _key_in(node, left, right, names)
    if type_.kind == "map":
        raise no_value(right, left, "in", names)
    if type_.kind not in ("text", "any") or type_.fixed or (type_.plain and type_.kind == "text"):
        return _ordered(node, "==", left, right, names, folded=True)
    return _in_text(node, left, right, names)


def _in_text(node: Node, left: Part, right: Part, names: Names) -> Part:
    """Whether a text contains another one; a value whose kind the schema doesn't say may also be a list."""
    source, type_ = names.source, right.type
    _reject_group(node, "in", left, right, names)
    left, right = fit(left, type_, names, within=True), fit(right, left.type, names)
    if {left.type.kind, type_.kind} - {"text", "any"}:
        message = _("{left} is {one}, but {right} is {two}").format(
            left=source.text_of(left.node),
            one=kinds.in_words(left.type),
            right=source.text_of(right.node),
            two=kinds.in_words(type_),
        )
        form = f"'{source.text_of(left.node)}' in {source.text_of(right.node)}"
        raise source.wrong(left.node, message, _("use: {form}").format(form=form))
    spend, equal = names.budget.spend, _loosely("==")

    def within(a: Any, b: Any) -> bool:
        spend(1 + len(b) // 256)
        return fold(a) in fold(b)

    def loosely(a: Any, b: Any) -> bool:
        if isinstance(b, list) or type_.plain:
            several = b if isinstance(b, list) else [b]
            return any(equal(a, item) or _both_text(a, item, _same_folded) for item in several)
        return _both_text(a, b, within) or (not isinstance(b, str) and equal(a, b))

    test = loosely if "any" in (left.type.kind, type_.kind) else within
    return _truth(node, left, right, any_pair(left, right, test, names))


def _both_text(a: Any, b: Any, test: Test) -> bool:
    a, b = (operand.text if isinstance(operand, Loose) else operand for operand in (a, b))
    return isinstance(a, str) and isinstance(b, str) and test(a, b)


def _one_of(node: Node, left: Part, right: Part, names: Names) -> Part:
    """Whether a value equals one of those in brackets."""
    _reject_group(node, "in", left, right, names)
    comparisons = [
        _missing(node, "==", left, names)
        if item.type.kind == "none"
        else _ordered(node, "==", left, item, names, folded=True)
        for item in right.items
    ]
    tests = tuple(comparison.get for comparison in comparisons)
    part = _truth(node, left, right, lambda frame: any(test(frame) for test in tests))._replace(
        size=sum(comparison.size for comparison in comparisons) + 1
    )
    if not (left.type.fixed or left.type.handle):
        return part
    fixed = tuple(value for comparison in comparisons for _name, values in comparison.must for value in values)
    return part._replace(must=((left.type.name, fixed),)) if fixed and len(fixed) == len(comparisons) else part


def _key_in(node: Node, left: Part, right: Part, names: Names) -> Part:
    """Whether a block with free names has this one."""
    type_ = right.type
    if (
        type_.kind == "map"
        and type_.field
        and type_.field.children
        and not isinstance(type_.field.resolved.get("additionalProperties"), dict)
    ):
        raise no_value(right, left, "in", names)
    if left.type.kind not in ("text", "any") or left.type.many:
        raise names.source.wrong(
            left.node, _("'in' takes a name here"), _("use: {form}").format(form=f"'CNY' in {type_.name}")
        )
    return _truth(node, left, right, any_pair(left, right, lambda a, b: a in b, names))
