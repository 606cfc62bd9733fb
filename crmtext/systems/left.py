"""The values that no column of a system took, by field: those that bind everyone first, then the rest."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

from crmtext.exporters.headers import BETWEEN
from crmtext.i18n import _, bracketed, plural

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from crmtext.schema import Schema
    from crmtext.systems.rows import Source

#: Fields that bind everyone who works with the customer in the other system, too, the strictest first.
_BINDING = (
    "preferences.do_not_contact", "contacts[].opted_out", "consents", "contacts[].consent", "retention",
    "preferences",
)  # fmt: skip


class Left:
    """Counts values that went into no file."""

    def __init__(self, schema: Schema, lists: Iterable[str]) -> None:
        self._schema = schema
        self._places = {path: number for number, path in enumerate(schema.by_path)}
        #: The lists whose entries have rows of their own.
        self._lists = frozenset(lists)
        self._values: Counter[str] = Counter()
        self._customers: Counter[str] = Counter()
        #: The customers of a part of a record, such as all that have anything left in `interactions`.
        self._holders: Counter[str] = Counter()
        #: How many of the values stand in a file in part or in another form.
        self._changed: Counter[str] = Counter()

    def count(self, source: Source) -> None:
        """Count what was not taken of a customer."""
        paths = [*self._untaken(source, source.record, (), "")]
        self._values.update(paths)
        self._customers.update({*paths})
        self._holders.update({_group(path) for path in paths})

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
            self._changed[path] += place in source.changed
            yield path

    def binding(self) -> list[str]:
        """Return a line for each field that binds everyone, such as the channels a customer must not be reached by."""
        return [self._total(group) for group in _BINDING if group in self._holders]

    def has(self, field: str) -> bool:
        """Whether a value of a field has no place."""
        return field in self._values

    def lines(self) -> list[str]:
        """Return a line for each other field: its label, and how many values and customers have no place."""
        paths = (path for path in self._values if _group(path) not in _BINDING)
        return [self._line(path) for path in sorted(paths, key=self._order)]

    def summary(self, most: int) -> list[str]:
        """Return at most so many lines for the other fields: parts of a record, those with the most values first."""
        groups = sorted((group for group in self._holders if group not in _BINDING), key=self._order)
        if len(groups) > most:
            sums = {group: sum(self._values[path] for path in self._within(group)) for group in groups}
            first = sorted(groups, key=lambda group: -sums[group])[: most - 1]
            rest = plural("and {n} more", "and {n} more", len(groups) - len(first))
            return [*map(self._total, first), rest]
        return [*map(self._total, groups)]

    @property
    def size(self) -> tuple[int, int]:
        """How many other fields there are, and how many values they have."""
        counts = [count for path, count in self._values.items() if _group(path) not in _BINDING]
        return len(counts), sum(counts)

    def _within(self, group: str) -> list[str]:
        return [path for path in self._values if _group(path) == group]

    def _total(self, group: str) -> str:
        """The line of a part of a record; if only one of its fields is left, of that."""
        paths = self._within(group)
        if len(paths) == 1:
            return self._line(paths[0])
        values = plural("{n} value", "{n} values", sum(self._values[path] for path in paths))
        fields = plural("{n} field", "{n} fields", len(paths))
        return self._counted(self._label(group), bracketed(values, fields), self._holders[group])

    def _line(self, path: str) -> str:
        count, changed = self._values[path], self._changed[path]
        values = plural("{n} value", "{n} values", count)
        line = self._counted(self._label(path), values, self._customers[path])
        if not changed:
            return line
        if changed == count:
            return bracketed(line, _("in another form"))
        return bracketed(line, plural("{n} in another form", "{n} in another form", changed))

    def _counted(self, label: str, values: str, holders: int) -> str:
        customers = plural("{n} customer", "{n} customers", holders)
        return _("{label}: {values}, {customers}").format(label=label, values=values, customers=customers)

    def _order(self, path: str) -> tuple[int, str]:
        return self._places.get(path, len(self._places)), path

    def _label(self, path: str) -> str:
        labels: list[str] = []
        steps = path.split(".", 1) if path.startswith(("custom.", "external_ids.")) else path.split(".")
        for number, step in enumerate(steps):
            field = self._schema.by_path.get(".".join(steps[: number + 1]).removesuffix("[]"))
            labels.append(field.label if field else step.removesuffix("[]"))
        return BETWEEN.join(labels)


def _group(path: str) -> str:
    """The part of a record that a field belongs to: what binds everyone by itself, else its first key."""
    binding = (one for one in _BINDING if path == one or path.startswith((f"{one}.", f"{one}[")))
    return next(binding, path.partition(".")[0].removesuffix("[]"))
