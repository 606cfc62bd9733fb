"""Headers of columns and titles of tables: names, or labels in a language; and back."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from crmtext.exporters.tables import CUSTOMER, CUSTOMERS, ENTRY, WORDS
from crmtext.i18n import N_, _, speaking, translations

if TYPE_CHECKING:
    from collections.abc import Mapping

    from crmtext.exporters.tables import Table

#: Between the labels of a map and of its part.
BETWEEN = " · "
#: The headers of what no field has. That of the customer is never translated: by it, an import knows our own exports.
_LINKS: Mapping[str, str] = {ENTRY: N_("No."), WORDS: N_("Text")}
_ALL = N_("Customers")
#: Longer headers are no columns.
_LONGEST = 200


class Headers:
    """The headers of a table: the paths of its columns, or their labels in the current language."""

    def __init__(self, table: Table, *, labels: bool) -> None:
        self._table = table
        self._by_path = _labels(table) if labels else {}

    def of(self, path: str) -> str:
        """Return the header of a column."""
        if not self._by_path or path in (CUSTOMER, "id" if self._table.name == CUSTOMERS else ""):
            return path
        if path in _LINKS and path in self._table.links:
            return _(_LINKS[path])
        if path in self._by_path:
            return self._by_path[path]
        map_ = self._table.holder(path)
        return f"{self._by_path[map_]}{BETWEEN}{path[len(map_) + 1 :]}" if map_ in self._by_path else path


def paths(table: Table, name: str = "") -> Paths:
    """Return the columns of a table by their headers: names, or with a language, its labels and names."""
    if not name:
        return Paths(table, {})
    with speaking(name):
        return Paths(table, {label: path for path, label in _labels(table).items()} | {_(_LINKS[p]): p for p in _LINKS})


class Paths:
    """The columns of a table by their headers."""

    def __init__(self, table: Table, by_label: Mapping[str, str]) -> None:
        self._table, self._by_label = table, by_label

    def of(self, header: str) -> str:
        """Return the column with a header; empty if the table can't have it."""
        if header in self._table.links or header in self._table.shapes:
            return header
        if len(header) > _LONGEST:
            return ""
        if header in self._by_label:
            return self._by_label[header]
        ends = [at for at in range(len(header)) if header.startswith(BETWEEN, at)]
        for end in reversed(ends):
            map_ = self._by_label.get(header[:end])
            path = f"{map_}.{header[end + len(BETWEEN) :]}"
            if map_ and self._table.shape_of(path) and path not in self._table.shapes:
                return path
        return header if self._table.shape_of(header) else ""

    @property
    def has_labels(self) -> bool:
        """Whether headers are labels."""
        return bool(self._by_label)

    def is_known(self, header: str) -> bool:
        """Whether a header is that of a field or a link; open maps have any others."""
        return header in self._table.links or header in self._table.shapes or header in self._by_label


def title(table: Table, *, labels: bool) -> str:
    """Return the title of a table: its name, or its labels in the current language."""
    if not labels:
        return table.name
    if table.within is None:
        return _(_ALL)
    labelled = _labels(table.within)
    own = table.name if table.within.within is None else table.name.removeprefix(f"{table.within.name}.")
    above = [] if table.within.within is None else [title(table.within, labels=True)]
    return BETWEEN.join([*above, labelled.get(own, own)])


def titles(table: Table) -> frozenset[str]:
    """Return all titles of a table: its name, and its labels in each language."""
    every = {table.name}
    for name in translations(_ALL):
        with speaking(name):
            every.add(title(table, labels=True))
    return frozenset(every)


def _labels(table: Table) -> dict[str, str]:
    """The labels of columns and of the maps around them; a path where two have the same label."""
    labels: dict[str, str] = {}
    for path, shape in table.shapes.items():
        above, _dot, key = path.rpartition(".")
        label = shape.field.label if shape.field else key
        labels[path] = f"{labels[above]}{BETWEEN}{label}" if above else label
    taken = Counter(labels.values())
    taken.update([*table.shapes])
    taken.update([CUSTOMER, *(_(word) for word in _LINKS.values())])
    return {path: label if taken[label] == 1 else path for path, label in labels.items()}
