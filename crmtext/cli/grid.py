"""Tables as text: no boxes, a calm header line; folded to a terminal's width, as wide as they are elsewhere."""

from __future__ import annotations

from itertools import zip_longest
from typing import TYPE_CHECKING

import click

from crmtext import cells

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from crmtext.answer import Column, Table

#: Between two columns.
_GAP = "  "
#: No column is folded to less than three Chinese characters.
_NARROWEST = 6


def draw(table: Table, *, color: bool = False, width: int = 0) -> str:
    """The table in lines, to fit this many columns; as wide as it needs without. Nothing if there are no rows."""
    if not table.rows:
        return ""
    labels = tuple(column.label for column in table.columns)
    rows = [tuple(cells.printable(cell, keep="") for cell in row) for row in table.rows]
    widths = [max(map(cells.width, column)) for column in zip(labels, *rows, strict=True)]
    if width:
        widths = fitted(widths, table.columns, width)
    head = (click.style(line, bold=True) if color else line for line in _lines(labels, widths, table.columns))
    body = (line for row in rows for line in _lines(row, widths, table.columns))
    return "".join(f"{line}\n" for line in (*head, *body))


def fitted(widths: Sequence[int], columns: Sequence[Column], width: int) -> list[int]:
    """The widths with the widest columns that may be folded made narrower, until all fit or none can give more."""
    found = list(widths)
    while sum(found) + len(_GAP) * (len(found) - 1) > width:
        flexible = [at for at, column in enumerate(columns) if not column.fixed and found[at] > _NARROWEST]
        if not flexible:
            break
        found[max(flexible, key=found.__getitem__)] -= 1
    return found


def _lines(row: Sequence[str], widths: Sequence[int], columns: Sequence[Column]) -> Iterator[str]:
    folded = [
        (cell,) if cells.width(cell) <= size else cells.wrap(cell, size) for cell, size in zip(row, widths, strict=True)
    ]
    for parts in zip_longest(*folded, fillvalue=""):
        padded = (
            cells.pad(part, size, right=column.right) for part, size, column in zip(parts, widths, columns, strict=True)
        )
        yield _GAP.join(padded).rstrip()
