"""What a part of an expression gives: text, a number, a date …, one or several, known from the schema alone."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Mapping
from datetime import date
from decimal import Decimal
from math import isfinite
from typing import TYPE_CHECKING, Any, NamedTuple

from crmtext.i18n import _

if TYPE_CHECKING:
    from crmtext.query.filter.syntax import Node
    from crmtext.schema import Field

#: What is looked at: the customer's values by name, then the items of the lists that `any` and the like go through.
Frame = tuple[Mapping[str, Any], ...]
Get = Callable[[Frame], Any]


class Type(NamedTuple):
    """What a value is. `any` is known only when it is looked at: what stands below `custom`."""

    #: `text`, `number`, `truth`, `date`, `partial`, `map`, `sums`, `any` or `none`.
    kind: str
    #: What people call it, as it is typed: `opportunities.stage`.
    name: str = ""
    field: Field | None = None
    #: Whether there are any number of them.
    many: bool = False
    #: Of many: whether they are the items of one list of plain values, as `tags` are.
    plain: bool = False
    #: Whether a date without a year is the last such day, not the next.
    past: bool = False

    @property
    def fixed(self) -> bool:
        """Whether it is one of the schema's fixed values."""
        return self.kind == "text" and self.field is not None and bool(self.field.choices)

    @property
    def handle(self) -> bool:
        """Whether it names a colleague."""
        return self.kind == "text" and self.field is not None and bool(self.field.mark("x-handle"))

    @property
    def one(self) -> Type:
        """One of many."""
        return self._replace(many=False, plain=False)


class Part(NamedTuple):
    """A part of an expression that has been checked: what it gives, and how."""

    type: Type
    get: Get
    node: Node
    #: Of a constant, and of values in brackets.
    constant: bool = False
    items: tuple[Part, ...] = ()
    #: What holds of each customer for whom it is true: a name, and the values that it may have; none for a name alone.
    must: tuple[tuple[str, tuple[str, ...]], ...] = ()
    #: How many steps it takes, where no list is long.
    size: int = 1


NUMBER, TEXT, TRUTH, DATE, NONE, ANY = map(Type, ("number", "text", "truth", "date", "none", "any"))


def _spec_kind(field: Field) -> str:
    spec = field.resolved
    if field.kind in ("map", "list", "date", "number"):
        return field.kind
    if field.kind == "integer":
        return "number"
    if field.kind == "boolean":
        return "truth"
    if spec.get("format") == "date-time":
        return "date"
    named = spec.get("type", "string")
    kinds = {named} if isinstance(named, str) else {*named}
    if kinds == {"string", "integer"} and "minimum" in spec:
        return "partial"
    return "text" if kinds <= {"string"} or field.choices else "any"


def of(field: Field, name: str) -> Type:
    """What the values of a field are, under the name that it was typed with."""
    kind = _spec_kind(field)
    past = bool(field.mark("x-past"))
    if kind != "list":
        return Type(kind, name, field, past=past)
    item = field.item
    if item is None:
        return Type("any", name, field, many=True, plain=True)
    inner = of(item, name)
    return inner._replace(many=True, plain=inner.kind != "map")


def said(kind: Type) -> str:
    """What a value is, in words."""
    if kind.many and kind.kind == "map":
        return _("a list of items")
    return {
        "text": _("text"), "number": _("a number"), "truth": _("true or false"), "date": _("a date"),
        "partial": _("a date"), "map": _("a group of fields"), "sums": _("a sum for each currency"),
        "none": _("nothing"), "any": _("a value"),
    }[kind.kind]  # fmt: skip


def number(value: Any) -> int | Decimal | None:
    """A number of a record, exact; None for what is none."""
    if isinstance(value, bool):
        return None
    if isinstance(value, int | Decimal):
        return value
    return Decimal(str(value)) if isinstance(value, float) and isfinite(value) else None


def _day(value: Any) -> str | bool | None:
    """A date as it is compared; a date-time counts as its day."""
    if isinstance(value, bool):
        return value
    return value.isoformat()[:10] if isinstance(value, date) else str(value)[:10]


def _text(value: Any) -> str | None:
    return value if isinstance(value, str) else None if isinstance(value, dict | list) else str(value)


#: How the values of records and computed names are taken, by kind.
TAKEN: Mapping[str, Callable[[Any], Any]] = {
    "number": number,
    "date": _day,
    "partial": _day,
    "text": _text,
    "truth": lambda value: value if isinstance(value, bool) else None,
    "map": lambda value: value if isinstance(value, dict) else None,
    "sums": lambda value: value,
    "any": lambda value: number(value) if isinstance(value, float) else value,
}


def fold(text: str) -> str:
    """Text as `in` compares it: without case and full-width forms."""
    return text.casefold() if text.isascii() else unicodedata.normalize("NFKC", text).casefold()


def truth_of(part: Part) -> Get:
    """Whether there is a value that is not empty, zero or false."""
    get, type_ = part.get, part.type
    if type_.kind == "truth" and not type_.many:
        return lambda frame: get(frame) is True
    if type_.many or type_.kind == "any":
        return lambda frame: _any(get(frame))
    if type_.kind == "sums":
        return lambda frame: any((get(frame) or {}).values())
    return lambda frame: bool(get(frame))


def _any(value: Any) -> bool:
    return any(value) if isinstance(value, list) else bool(value)
