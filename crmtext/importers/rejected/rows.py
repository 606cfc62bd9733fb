"""The rows of a sheet that have a reason, and the header above them."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from crmtext.i18n import _
from crmtext.importers.columns.header import REJECTED
from crmtext.importers.columns.headers import norm
from crmtext.importers.sheet import Row

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from crmtext.importers.findings import BadCell
    from crmtext.importers.mapping import Table
    from crmtext.importers.sheet import Cell


class Aside(NamedTuple):
    """A table and its bad cells, by row number."""

    table: Table
    reasons: Mapping[int, Sequence[BadCell]]

    @property
    def header(self) -> tuple[Row, ...]:
        """The rows above the data as the file has them, with the titles of the three last columns."""
        table, titles = self.table, (_("row"), _("reason"), _("fix"))
        rows = table.sheet.rows[: table.start]
        return tuple(
            Row(row.number, _widened(row.cells[: table.width], table.width) + titles)
            if row.number == table.header_row
            else row
            for row in rows
        )

    @property
    def rows(self) -> Iterator[Row]:
        """The rows with their number in the first file, the reason and the fix. Cells without a header follow."""
        width, again = self.table.width, self._is_again
        for row in self.table.rows:
            if row.number not in self.reasons:
                continue
            cells, further = _widened(row.cells[:width], width), row.cells[width:]
            number: Cell = row.number
            if again:
                number, further = (further[:1] or (None,))[0] or number, further[len(REJECTED[0]) :]
            yield Row(row.number, (*cells, number, *self.why(row.number), *further))

    def why(self, row: int) -> tuple[str, str]:
        """Return what is wrong with a row, and how to fix it."""
        cells = self.reasons[row]
        why = _("; ").join(f"{cell.column}: {cell.why}" if cell.column else cell.why for cell in cells)
        return why, _("; ").join(dict.fromkeys(fix for cell in cells if (fix := cell.fix_there or cell.fix)))

    @property
    def _is_again(self) -> bool:
        """Whether the sheet is one of ours, so that its last columns are those of the time before."""
        header = next((row for row in self.table.sheet.rows if row.number == self.table.header_row), Row(0, ()))
        after = header.cells[self.table.width :]
        return tuple(norm(cell) if isinstance(cell, str) else "" for cell in after) in REJECTED


def _widened(cells: tuple[Cell, ...], width: int) -> tuple[Cell, ...]:
    return cells + (None,) * (width - len(cells))
