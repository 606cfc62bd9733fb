"""The values that no column of a system took, by field."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

from crmtext.i18n import _, plural

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from crmtext.schema import Schema
    from crmtext.systems.rows import Source

_BETWEEN = " · "


class Left:
    """Counts values that went into no file."""

    def __init__(self, schema: Schema, lists: Iterable[str]) -> None:
        self._schema = schema
        #: The lists whose entries have rows of their own.
        self._lists = frozenset(lists)
        self._values: Counter[str] = Counter()
        self._customers: Counter[str] = Counter()

    def count(self, source: Source) -> None:
        """Count what was not taken of a customer."""
        paths = [*self._untaken(source, source.record, (), "")]
        self._values.update(paths)
        self._customers.update({*paths})

    def _untaken(self, source: Source, value: Any, place: tuple[str | int, ...], path: str) -> Iterator[str]:
        if place in source.taken or place == ("id",):
            return
        if isinstance(value, dict) and value:
            for key, one in value.items():
                yield from self._untaken(source, one, (*place, key), f"{path}.{key}" if path else key)
        elif isinstance(value, list) and value:
            if path not in self._lists and len(place) == 1 and isinstance(value[0], dict):
                yield from (path for _entry in value)
                return
            for number, one in enumerate(value):
                below = f"{path}[]" if isinstance(one, dict) else path
                yield from self._untaken(source, one, (*place, number), below)
        elif value not in (None, "", [], {}):
            yield path

    def lines(self) -> list[str]:
        """Return a line for each field: its label, and how many values and customers have no place."""
        order = {path: number for number, path in enumerate(self._schema.by_path)}
        paths = sorted(self._values, key=lambda path: (order.get(path, len(order)), path))
        return [self._line(path) for path in paths]

    def _line(self, path: str) -> str:
        values = plural("{n} value", "{n} values", self._values[path])
        customers = plural("{n} customer", "{n} customers", self._customers[path])
        return _("{label}: {values}, {customers}").format(label=self._label(path), values=values, customers=customers)

    def _label(self, path: str) -> str:
        labels: list[str] = []
        steps = path.split(".", 1) if path.startswith(("custom.", "external_ids.")) else path.split(".")
        for number, step in enumerate(steps):
            field = self._schema.by_path.get(".".join(steps[: number + 1]).removesuffix("[]"))
            labels.append(field.label if field else step.removesuffix("[]"))
        return _BETWEEN.join(labels)
