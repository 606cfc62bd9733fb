"""Records as rows of tables."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from crmtext.exporters.tables import Shape, Table


class Row(NamedTuple):
    """A row of a table."""

    #: The number of its table.
    table: int
    #: The cells of the table's links.
    links: tuple[Any, ...]
    #: The values by the path of their column.
    values: dict[str, Any]


class _Node:
    """A shape with the path of its column, so that the hot loop builds no path of a known field."""

    __slots__ = ("below", "path", "prefix", "table")

    def __init__(self, shape: Shape, path: str, numbers: Mapping[int, int]) -> None:
        self.path = path
        self.prefix = f"{path}." if path and shape.kind == "map" else ""
        #: The number of the table of a list; 0 for other values.
        self.table = numbers.get(id(shape), 0) if shape.kind == "list" else 0
        #: The parts of a map; None for other values.
        self.below: dict[str, _Node] | None = None
        if shape.kind == "map" or not path:
            self.below = {key: _Node(part, f"{self.prefix}{key}", numbers) for key, part in (shape.parts or {}).items()}


class Splitter:
    """Splits records into the rows of tables."""

    def __init__(self, tables: Sequence[Table]) -> None:
        numbers = {id(table.shape): number for number, table in enumerate(tables)}
        self._tables = tables
        self._roots = [_Node(table.shape, "", numbers) for table in tables]

    def customer(self, record: Mapping[str, Any]) -> dict[str, Any]:
        """Return the values of a record's row in the table of customers, by column."""
        values: dict[str, Any] = {}
        _flatten(record, self._roots[0], values, [])
        return values

    def entry(self, table: int, item: Mapping[str, Any]) -> dict[str, Any]:
        """Return the values of an entry of a list, by column."""
        values: dict[str, Any] = {}
        _flatten(item, self._roots[table], values, [])
        return values

    def rows(self, record: Mapping[str, Any]) -> Iterator[Row]:
        """Yield the rows of a record: its own, then those of its lists."""
        values: dict[str, Any] = {}
        lists: list[tuple[int, list[Any]]] = []
        _flatten(record, self._roots[0], values, lists)
        yield Row(0, (), values)
        for table, items in lists:
            yield from self._entries(table, items, record["id"], None)

    def _entries(self, number: int, items: Sequence[Any], customer: str, parent: int | None) -> Iterator[Row]:
        table, root = self._tables[number], self._roots[number]
        for at, item in enumerate(items, start=1):
            values: dict[str, Any] = {}
            inner: list[tuple[int, list[Any]]] = []
            links: tuple[Any, ...] = (customer,)
            if len(table.links) > 1 + table.shape.may_be_text:
                links += (at if parent is None else parent,)
            if isinstance(item, dict):
                _flatten(item, root, values, inner)
            if table.shape.may_be_text:
                links += (None if isinstance(item, dict) else item,)
            yield Row(number, links, values)
            for below, entries in inner:
                yield from self._entries(below, entries, customer, at)


def _flatten(data: Mapping[str, Any], node: _Node, values: dict[str, Any], lists: list[tuple[int, list[Any]]]) -> None:
    """Put the values of a map into their columns, and its lists of entries beside: the hot loop of an export."""
    below, prefix = node.below or {}, node.prefix
    for key, value in data.items():
        part = below.get(key)
        if part is None:
            values[prefix + key] = value
        elif part.below is not None and value and isinstance(value, dict):
            _flatten(value, part, values, lists)
        elif part.table and value and isinstance(value, list):
            lists.append((part.table, value))
        else:
            values[part.path] = value
