"""Arithmetic on numbers, on dates and days, and on texts, with a limit to the result's size."""

from __future__ import annotations

import operator
from datetime import date, timedelta
from decimal import Context, Decimal, DecimalException, localcontext
from typing import TYPE_CHECKING, Any

from crmtext.i18n import _
from crmtext.query.filter import kinds
from crmtext.query.filter.budget import LARGEST_NUMBER
from crmtext.query.filter.kinds import Part
from crmtext.query.filter.literals import fit

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from crmtext.query.filter.kinds import Frame
    from crmtext.query.filter.names import Names
    from crmtext.query.filter.syntax import Node

_EXACT = Context(prec=50)
_SIGNS: Mapping[str, Callable[[Any, Any], Any]] = {
    "+": operator.add, "-": operator.sub, "*": operator.mul, "/": operator.truediv, "//": operator.floordiv,
    "%": operator.mod,
}  # fmt: skip
_DIVISIONS = ("/", "//", "%")
_DAYS = 4_000_000


def calculate(node: Node, sign: str, left: Part, right: Part, names: Names) -> Part:
    """Return the part for `left sign right`. Raises CrmError if the sign does not work on these types."""
    for part in (left, right):
        _reject_several(part, sign, names)
    if "number" in (left.type.kind, right.type.kind) and "text" in (left.type.kind, right.type.kind):
        left, right = (fit(part, kinds.NUMBER, names) if part.constant else part for part in (left, right))
    both = (left.type.kind, right.type.kind)
    size = left.size + right.size + 1
    if set(both) <= {"number", "any"}:
        if sign in _DIVISIONS and right.constant and right.get(()) == 0:
            raise names.source.wrong(right.node, _("division by zero"))
        return Part(kinds.NUMBER, _numbers(node, sign, left, right, names), node, size=size)
    if both == ("text", "text") and sign == "+":
        return Part(kinds.TEXT, _texts(left, right, names), node, size=size)
    if sign in "+-" and both in {("date", "number"), ("number", "date")} and (sign, both[1]) != ("-", "date"):
        return Part(kinds.DATE, _moved(node, sign, left, right, names), node, size=size)
    if both == ("date", "date") and sign == "-":
        return Part(kinds.NUMBER, _between(left, right), node, size=size)
    message = _("'{sign}' can't be used between {one} and {two}").format(
        sign=sign, one=kinds.in_words(left.type), two=kinds.in_words(right.type)
    )
    raise names.source.wrong(node, message, _("for example: next_due <= today + 3"))


def _reject_several(part: Part, sign: str, names: Names) -> None:
    if part.type.many:
        name = names.source.text_of(part.node)
        message = _("'{name}' has several values; '{sign}' takes one").format(name=name, sign=sign)
        raise names.source.wrong(part.node, message, _("use: {form}").format(form=f"max({name})"))
    if part.type.kind == "sums":
        form = f"{part.type.name}.{names.terms.settings.currency}"
        message = _("'{name}' is a sum for each currency").format(name=part.type.name)
        raise names.source.wrong(part.node, message, _("use: {form}").format(form=form))


def _numbers(node: Node, sign: str, left: Part, right: Part, names: Names) -> Callable[[Frame], Any]:
    one, two, apply = left.get, right.get, _SIGNS[sign]

    def result(frame: Frame) -> Any:
        a, b = kinds.number(one(frame)), kinds.number(two(frame))
        if a is None or b is None or (b == 0 and sign in _DIVISIONS):
            return None
        try:
            with localcontext(_EXACT):
                number = apply(Decimal(a), Decimal(b))
        except DecimalException:
            return None
        if not abs(number) < LARGEST_NUMBER:
            raise names.source.wrong(node, _("the result is too large"))
        return number

    return result


def _texts(left: Part, right: Part, names: Names) -> Callable[[Frame], Any]:
    one, two = left.get, right.get

    def result(frame: Frame) -> Any:
        a, b = one(frame), two(frame)
        if a is None or b is None:
            return None
        names.budget.text(len(a) + len(b))
        return a + b

    return result


def _moved(node: Node, sign: str, left: Part, right: Part, names: Names) -> Callable[[Frame], Any]:
    when, days = (left.get, right.get) if left.type.kind == "date" else (right.get, left.get)

    def result(frame: Frame) -> Any:
        a, b = when(frame), days(frame)
        if a is None or b is None or isinstance(a, bool):
            return None
        try:
            day = date.fromisoformat(a)
        except ValueError:
            return None
        try:
            if abs(b) <= _DAYS:
                return (day + timedelta(days=int(b) * (-1 if sign == "-" else 1))).isoformat()
        except OverflowError:
            pass
        raise names.source.wrong(node, _("the date is not between the years 1 and 9999"))

    return result


def _between(left: Part, right: Part) -> Callable[[Frame], Any]:
    one, two = left.get, right.get

    def result(frame: Frame) -> Any:
        a, b = one(frame), two(frame)
        try:
            return (date.fromisoformat(a) - date.fromisoformat(b)).days
        except (TypeError, ValueError):
            return None

    return result


def negative(node: Node, part: Part, names: Names) -> Part:
    """Return the part for a number with a minus before it."""
    _reject_several(part, "-", names)
    if part.type.kind not in ("number", "any"):
        raise names.source.wrong(node, _("'-' works only on numbers"))
    get = part.get

    def result(frame: Frame) -> Any:
        number = kinds.number(get(frame))
        return None if number is None else -number

    return Part(kinds.NUMBER, result, node, constant=part.constant)
