"""Filters of one value: `name|lower`, `satisfaction|round(1)`, `priority|default('normal')`."""

from __future__ import annotations

from decimal import ROUND_CEILING, ROUND_FLOOR, ROUND_HALF_EVEN, Decimal, DecimalException
from typing import TYPE_CHECKING, Any

from crmtext.i18n import _
from crmtext.problem import CrmError
from crmtext.query.filter import functions, kinds
from crmtext.query.filter.budget import LARGEST_NUMBER
from crmtext.values import money

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from crmtext.query.filter.kinds import Frame, Part
    from crmtext.query.filter.use import Use

TEXT: Mapping[str, Callable[[str], str]] = {"lower": str.lower, "upper": str.upper, "trim": str.strip}
_MOST_PLACES = 15
_ROUNDINGS = {"common": ROUND_HALF_EVEN, "ceil": ROUND_CEILING, "floor": ROUND_FLOOR}


def default(use: Use) -> Part:
    """Return the part for a value with a default."""
    if len(use.arguments) not in (1, 2) or use.part.type.many:
        raise use.wrong(_("'default' takes the value to use if there is none"), "priority|default('normal') == 'key'")
    get, other = use.part.get, use.arguments[0].get
    one, two = use.part.type, use.arguments[0].type
    if "any" not in (one.kind, two.kind) and one.kind != two.kind:
        message = _("{left} is {one}, but {right} is {two}").format(
            left=use.names.source.text_of(use.part.node),
            one=kinds.in_words(one),
            right=use.names.source.text_of(use.arguments[0].node),
            two=kinds.in_words(two),
        )
        raise use.wrong(message)

    def result(frame: Frame) -> Any:
        value = get(frame)
        return other(frame) if value is None else value

    return use.result(one if one.kind != "any" else two._replace(field=None), result)


def length(use: Use) -> Part:
    """Return the part for the number of items or characters."""
    if use.part.type.many:
        return functions.length(use.node, use.part)
    if use.part.type.kind not in ("text", "map", "sums", "any"):
        raise use.wrong(_("'{name}' takes lists or text").format(name="length"), "contacts|length > 2")
    get = use.part.get

    def result(frame: Frame) -> Any:
        value = get(frame)
        return len(value) if isinstance(value, str | dict | list) else None

    return use.result(kinds.NUMBER, result)


def of_one(use: Use) -> Part:
    """Return the part that converts a single value."""
    name, type_ = use.name, use.part.type
    if type_.many:
        shown = use.names.source.text_of(use.part.node)
        raise use.wrong(_("'{name}' takes a single value").format(name=name), f"{shown}|map('{name}')|list")
    wanted = {"lower": ("text",), "upper": ("text",), "trim": ("text",), "abs": ("number",), "round": ("number",)}.get(
        name, ("text", "number", "date", "partial", "truth")
    )
    if type_.kind not in (*wanted, "any"):
        raise use.wrong(_("'{name}' does not work on {kind}").format(name=name, kind=kinds.in_words(type_)))
    get, convert = use.part.get, _converter(use)

    def result(frame: Frame) -> Any:
        value = get(frame)
        return None if value is None else convert(value)

    return use.result(kinds.TEXT if name in (*TEXT, "string") else kinds.NUMBER, result)


def _converter(use: Use) -> Callable[[Any], Any]:
    name, text = use.name, use.names.budget.text
    if name in TEXT:
        change = TEXT[name]

        def changed(value: Any) -> Any:
            if not isinstance(value, str):
                return None
            text(len(value))
            return change(value)

        return changed
    if name == "string":
        return lambda value: f"{value:f}" if isinstance(value, Decimal) else str(value)
    if name == "abs":
        return lambda value: None if (number := kinds.number(value)) is None else abs(number)
    if name == "round":
        places, method = use.constant(0, "precision", 0), use.constant(1, "method", "common")
        if not isinstance(places, int) or abs(places) > _MOST_PLACES or method not in _ROUNDINGS:
            raise use.wrong(_("'round' takes places and 'common', 'ceil' or 'floor'"), "satisfaction|round(1) > 3.5")
        return lambda value: _rounded(value, places, _ROUNDINGS[method])
    return lambda value: _numeric(value, whole=name == "int")


def _rounded(value: Any, places: int, rounding: str) -> Decimal | None:
    number = kinds.number(value)
    try:
        return None if number is None else Decimal(number).quantize(Decimal(1).scaleb(-places), rounding)
    except DecimalException:
        return None


def _numeric(value: Any, *, whole: bool) -> int | Decimal | None:
    """The number of a text; missing if it is none."""
    try:
        number = money.decimal(value) if isinstance(value, str) else kinds.number(value)
    except CrmError:
        return None
    if number is None or not -LARGEST_NUMBER < number < LARGEST_NUMBER:
        return None
    return int(number) if whole else number
