"""The shape of records as tables: the customers, and one table a list, linked by `customer_id`.

Every exporter of rows and the import of our own exports use it, so that what goes out comes back.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from crmtext.schema import Schema
    from crmtext.schema.dictionary import Field

#: Columns that no field has: the customer of an entry; the number of an entry that has lists of its own, from 1; the
#: words of an entry that is a text where others are maps.
CUSTOMER, ENTRY, WORDS = "customer_id", "entry", "text"
#: The table with a row for each customer.
CUSTOMERS = "customers"


@dataclass(frozen=True, slots=True)
class Shape:
    """The kind of a value: how it is written in a cell, or that its parts have columns or a table of their own."""

    #: `text`, `date`, `choice`, `number`, `boolean`, `texts`, `id` (a text or several), `open` (any), `map` or `list`.
    kind: str
    field: Field | None = None
    #: The parts of a map, or of the maps in a list.
    parts: Mapping[str, Shape] | None = None
    #: The shape of all further parts of a map; None if it has none.
    further: Shape | None = None
    #: Whether the entries of a list may be texts, too.
    may_be_text: bool = False


#: A value that no field describes.
OPEN = Shape("open")


@dataclass(frozen=True)
class Table:
    """A table: the customers, or the entries of a list."""

    #: `customers`, or the list's path: `contacts`, `cooperation.contracts`, `transactions.items`.
    name: str
    shape: Shape
    #: The table whose entries have this list; None for that of the customers.
    within: Table | None = None
    #: Whether its entries have lists that are tables.
    has_tables: bool = False

    @cached_property
    def links(self) -> tuple[str, ...]:
        """The columns that are no fields; they come first."""
        if self.within is None:
            return ()
        numbered = self.has_tables or self.within.within is not None
        return (CUSTOMER, *([ENTRY] if numbered else []), *([WORDS] if self.shape.may_be_text else []))

    @cached_property
    def shapes(self) -> Mapping[str, Shape]:
        """Its fields by their path in a row, in the schema's order, maps before their parts."""
        return dict(_shapes(self.shape, ""))

    @cached_property
    def columns(self) -> tuple[str, ...]:
        """The paths of its fields that have a column; those of open maps are not known beforehand."""
        return tuple(path for path, shape in self.shapes.items() if shape.kind not in ("map", "list"))

    @cached_property
    def required(self) -> tuple[str, ...]:
        """The columns that every row has."""
        field = self.shape.field
        spec = (field.item or field).resolved if field else {}
        names = spec.get("required", ())
        return tuple(path for path in self.columns if path in names)

    def shape_of(self, path: str) -> Shape | None:
        """The shape of the values in a column; None if the table can't have it."""
        if shape := self.shapes.get(path):
            return shape
        holder = self.shapes.get(self.holder(path), self.shape)
        return holder.further if holder.kind == "map" or holder is self.shape else None

    def ordered(self, used: Iterable[str]) -> tuple[str, ...]:
        """The columns in the schema's order; those of open maps by name, in the place of their map."""
        place = {path: number for number, path in enumerate(self.shapes)}
        last = len(place)

        def key(path: str) -> tuple[int, str]:
            return (place[path], "") if path in place else (place.get(self.holder(path), last), path)

        return tuple(sorted(used, key=key))

    def holder(self, path: str) -> str:
        """Return the map that has a part; empty for the row itself. The name of a part of an open map may hold dots."""
        steps = path.split(".")
        ways = (".".join(steps[:length]) for length in range(len(steps) - 1, 0, -1))
        return next((way for way in ways if way in self.shapes), "")


def _shapes(shape: Shape, path: str) -> Iterator[tuple[str, Shape]]:
    for key, part in (shape.parts or {}).items():
        below = f"{path}.{key}" if path else key
        yield below, part
        if part.kind == "map":
            yield from _shapes(part, below)


def tables(schema: Schema) -> tuple[Table, ...]:
    """Return the tables of a schema: that of the customers, then each one after the one that it belongs to."""
    customers = Table(CUSTOMERS, _shape(schema.root, 0))
    return (customers, *_below(customers, customers.shape, ""))


def _below(holder: Table, shape: Shape, path: str) -> Iterator[Table]:
    for key, part in (shape.parts or {}).items():
        below = f"{path}.{key}" if path else key
        if part.kind == "map":
            yield from _below(holder, part, below)
        elif part.kind == "list":
            name = below if holder.within is None else f"{holder.name}.{below}"
            table = Table(name, part, holder, _has_lists(part))
            yield table
            yield from _below(table, part, "")


def _has_lists(shape: Shape) -> bool:
    parts = (shape.parts or {}).values()
    return any(part.kind == "list" or (part.kind == "map" and _has_lists(part)) for part in parts)


def _shape(field: Field, depth: int) -> Shape:
    spec = field.resolved
    kind: Any = spec.get("type")
    if kind == "object" or (kind is None and spec.get("properties")):
        return Shape("map", field, *_inside(field, depth))
    if kind == "array":
        return _list(field, depth)
    if kind == "string":
        is_choice = field.choices and len(field.choices) == len(spec["enum"])
        return Shape("choice" if is_choice else "date" if spec.get("format") == "date" else "text", field)
    if kind in ("number", "integer", "boolean"):
        return Shape("boolean" if kind == "boolean" else "number", field)
    if isinstance(kind, list) and {*kind} == {"string", "array"} and field.item:
        return Shape("id" if field.item.resolved.get("type") == "string" else "open", field)
    return Shape("open", field)


def _inside(field: Field, depth: int) -> tuple[dict[str, Shape], Shape | None]:
    """The parts of a map, and the shape of the values whose names the schema leaves open."""
    parts = {child.key: _shape(child, depth) for child in field.children}
    more = field.resolved.get("additionalProperties", True)
    if not isinstance(more, dict):
        return parts, OPEN if more else None
    further = _shape(type(field)(f"{field.path}.*", more, field.definitions), depth)
    return parts, OPEN if further.kind in ("map", "list") else further


def _list(field: Field, depth: int) -> Shape:
    item = field.item
    kind: Any = item.resolved.get("type") if item else None
    if kind == "string":
        return Shape("texts", field)
    may_be_text = isinstance(kind, list) and {*kind} == {"string", "object"}
    # An entry has one number, so that lists in a list's lists have no table.
    if item and item.children and depth < 2 and (kind == "object" or may_be_text):
        return Shape("list", field, *_inside(item, depth + 1), may_be_text)
    return Shape("open", field)
