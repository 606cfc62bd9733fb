"""Types of an expression's parts, taken from the schema: text, number, date …, one or several."""

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

#: The customer's values by name, then the current items of the lists that `any`, `all` and `count` walk.
Frame = tuple[Mapping[str, Any], ...]
Get = Callable[[Frame], Any]


class Type(NamedTuple):
    """The type of a value. Values below `custom` are `any`: the schema doesn't say their kind."""

    #: `text`, `number`, `truth`, `date`, `partial`, `map`, `sums`, `any` or `none`.
    kind: str
    #: The path as typed: `opportunities.stage`.
    name: str = ""
    field: Field | None = None
    #: Whether there can be several values.
    many: bool = False
    #: Whether several values are the items of one list of plain values, as `tags` are.
    plain: bool = False
    #: Whether a date without a year means the last such day, not the next.
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
        """The type of one of several values."""
        return self._replace(many=False, plain=False)


class Part(NamedTuple):
    """A checked part of an expression: its type, and the function that returns its value."""

    type: Type
    get: Get
    node: Node
    #: Whether it is a constant, or values in brackets; `items` are the latter.
    constant: bool = False
    items: tuple[Part, ...] = ()
    #: Facts about every matching customer: a name with its possible values; without values if it just has one.
    must: tuple[tuple[str, tuple[str, ...]], ...] = ()
    #: Steps that it takes, long lists apart.
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
    if field.is_partial:
        return "partial"
    return "text" if kinds <= {"string"} or field.choices else "any"


def of(field: Field, name: str) -> Type:
    """Return the type of a field, under the name it was typed with."""
    kind = _spec_kind(field)
    past = bool(field.mark("x-past"))
    if kind != "list":
        return Type(kind, name, field, past=past)
    item = field.item
    if item is None:
        return Type("any", name, field, many=True, plain=True)
    inner = of(item, name)
    return inner._replace(many=True, plain=inner.kind != "map")


def in_words(kind: Type) -> str:
    """Return the type as words for messages."""
    if kind.many and kind.kind == "map":
        return _("a list of items")
    return {
        "text": _("text"), "number": _("a number"), "truth": _("true or false"), "date": _("a date"),
        "partial": _("a date"), "map": _("a group of fields"), "sums": _("a sum for each currency"),
        "none": _("nothing"), "any": _("a value"),
    }[kind.kind]  # fmt: skip


def number(value: Any) -> int | Decimal | None:
    """Return an exact number; None if the value is not a number."""
    if isinstance(value, bool):
        return None
    if isinstance(value, int | Decimal):
        return value
    return Decimal(str(value)) if isinstance(value, float) and isfinite(value) else None


def _day(value: Any) -> str | bool | None:
    """Return a date in the form that is compared; a date-time counts as its day."""
    if isinstance(value, bool):
        return value
    return value.isoformat()[:10] if isinstance(value, date) else str(value)[:10]


def _text(value: Any) -> str | None:
    return value if isinstance(value, str) else None if isinstance(value, dict | list) else str(value)


#: Converts the values of records and computed names, by kind.
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
    """Fold case and full-width forms, as `in` compares."""
    return text.casefold() if text.isascii() else unicodedata.normalize("NFKC", text).casefold()


def truth_of(part: Part) -> Get:
    """Return whether the value is not empty, zero or false."""
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


def with_former_ids(part: Part) -> Part:
    """Return the customer's id together with the ids of records that were merged into it; any other part as it is."""
    if part.must != (("id", ()),):
        return part
    return part._replace(
        type=part.type._replace(many=True),
        get=lambda frame: [frame[0].get("id"), *map(str, frame[0].get("merged_from") or ())],
    )
