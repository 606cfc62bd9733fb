"""A figure by two keys as a matrix: the values of one key are its columns."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from crmtext.figures.tables_cells import MISSING, Cell, Grid, Head, head
from crmtext.figures.tables_values import rows_of
from crmtext.i18n import _, bracketed

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from crmtext.figures.tables import FigureTable
    from crmtext.figures.tables_cells import ShownColumn

#: The most values that have a column each.
_MOST = 8


def crosses(table: FigureTable, shown: Sequence[ShownColumn]) -> bool:
    """Whether a table has one figure by two keys, one of them with few values, and no comparison."""
    if len(shown) != 1 or len(table.by) + bool(table.period) != 2 or table.compare:
        return False
    return 0 < len({row.group[_across(table)] for row in rows_of(table)}) <= _MOST


def matrix(table: FigureTable, one: ShownColumn, words: Sequence[tuple[Cell, ...]]) -> Grid:
    """Return the matrix of such a table; `words` are the keys of each row.

    Periods are rows. There are sums where a customer or item is in one row and column only.
    """
    across, down = _across(table), 0
    values: dict[tuple[Any, Any], Mapping[str, Any]] = {}
    sides: dict[Any, Cell] = {}
    tops: dict[Any, str] = {}
    for row, cells in zip(rows_of(table), words, strict=True):
        side, top = row.period if table.period else row.group[down], row.group[across]
        sides[side] = cells[1 if table.period else 0]
        tops[top] = cells[across].text
        values[side, top] = row.values
    order = table.by[across].order
    places = {top: place for place, top in enumerate(tops)}
    columns = sorted(tops, key=lambda top: (top is None, order(top) if order and top is not None else places[top]))
    sums = _Sums(one, table)
    by = _("Period") if table.period else head(table.by[0]).label
    labels = [*(tops[top] for top in columns), *[_("Total")] * sums.are_known]
    heads = (Head("group", bracketed(by, one.head.label)), *(Head(label, label, right=True) for label in labels))
    lines = {side: [values.get((side, top)) for top in columns] for side in sides}
    rows = [
        (sides[side], *(one.cell(value) if value else sums.nothing for value in line), *sums.cells(line))
        for side, line in lines.items()
    ]
    if not table.total or not sums.are_of(values.values()):
        return Grid(heads, rows)
    last = (cell for column in zip(*lines.values(), strict=True) for cell in sums.cells(column))
    return Grid(heads, rows, (Cell(_("Total")), *last, one.cell(table.total)))


def _across(table: FigureTable) -> int:
    """The place of the key whose values are columns."""
    return 0 if table.period else 1


class _Sums:
    """The sums of rows and columns of a matrix."""

    def __init__(self, one: ShownColumn, table: FigureTable) -> None:
        self._one, self._total = one, table.total
        self.are_known = one.number is not None and one.column.kind in ("number", "money") and not table.overlap

    @property
    def nothing(self) -> Cell:
        """The cell of a row and column without customers or items."""
        return self._one.write(0, {}) if self.are_known else Cell(MISSING)

    def _sum(self, line: Iterable[Mapping[str, Any] | None]) -> Any:
        known = [value for values in line if values and (value := self._one.value(values)) is not None]
        return sum(known) if known else None

    def cells(self, line: Iterable[Mapping[str, Any] | None]) -> Iterator[Cell]:
        """Yield the cell of a sum, if it is known."""
        if self.are_known:
            value = self._sum(line)
            yield Cell(MISSING) if value is None else self._one.write(value, {})

    def are_of(self, every: Iterable[Mapping[str, Any]]) -> bool:
        """Whether the values add up to the total; those of several moments don't."""
        return self.are_known and bool(self._sum(every) == self._one.value(self._total))
