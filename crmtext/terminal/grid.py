"""Tables as text, without boxes; folded to a terminal's width, unfolded elsewhere."""

from __future__ import annotations

from itertools import zip_longest
from typing import TYPE_CHECKING

import click

from crmtext.terminal.width import display_width, printable, wrap
from crmtext.values import lazy

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from crmtext.answer import Column, Table

#: Between two columns.
_GAP = "  "
#: The least width of a folded column: three Chinese characters.
_NARROWEST = 6
#: Parts that are never split: a word of a head, and a number, amount or date in text.
_WORD, _NUMBER = lazy.pattern(r"[!-~]+"), lazy.pattern(r"[A-Z]{0,3}[!-@¥€£−]*\d[!-@¥€£−]*[万亿]?")


def draw(table: Table, *, color: bool = False, width: int = 0) -> str:
    """Return the table as lines that fit the width, if given. Empty if there are no rows."""
    if not table.rows:
        return ""
    labels = tuple(column.label for column in table.columns)
    head, *body = aligned(table.columns, (labels, *table.rows), width=width)
    heads = (click.style(line, bold=True) if color else line for line in head)
    return "".join(f"{line}\n" for line in (*heads, *(line for lines in body for line in lines)))


def aligned(columns: Sequence[Column], rows: Iterable[Sequence[str]], *, width: int = 0) -> Iterator[tuple[str, ...]]:
    """Yield the lines of each row, whose cells are as wide as their column's widest one or folded to fit the width."""
    # Measure each cell once: a list may have thousands.
    measured = [[(cell, display_width(cell)) for cell in _printable(row)] for row in rows]
    widths = [max(width for _cell, width in column) for column in zip(*measured, strict=True)]
    if width and _together(widths) > width:
        widths = fit_widths(widths, columns, width, _least(columns, measured))
    for row in measured:
        yield tuple(_lines(row, widths, columns))


def _printable(row: Iterable[str]) -> Iterator[str]:
    return (printable(cell, keep="") for cell in row)


def fit_widths(widths: Sequence[int], columns: Sequence[Column], width: int, least: Sequence[int] = ()) -> list[int]:
    """Return the widths with the widest flexible columns narrowed until all fit or none can shrink further.

    `least` has the width that each column keeps, so that a table may be wider than the terminal.
    """
    result, least = list(widths), least or [_NARROWEST] * len(widths)
    while _together(result) > width:
        flexible = [at for at, column in enumerate(columns) if not column.fixed and result[at] > least[at]]
        if not flexible:
            break
        result[max(flexible, key=result.__getitem__)] -= 1
    return result


def _together(widths: Sequence[int]) -> int:
    return sum(widths) + len(_GAP) * (len(widths) - 1)


def _least(columns: Sequence[Column], rows: Sequence[Sequence[tuple[str, int]]]) -> list[int]:
    """The widths in which no number, amount or date is split; the first row is the head."""
    result = []
    for column, ((head, _size), *cells) in zip(columns, zip(*rows, strict=True), strict=True):
        parts = [_NARROWEST, *map(display_width, _WORD.findall(head))] if column.right else [_NARROWEST]
        if column.right:
            parts += (size for _cell, size in cells)
        else:
            parts += (display_width(part) for cell, _size in cells for part in _NUMBER.findall(cell))
        result.append(max(parts))
    return result


def _lines(row: Sequence[tuple[str, int]], widths: Sequence[int], columns: Sequence[Column]) -> Iterator[str]:
    if all(size <= width for (_cell, size), width in zip(row, widths, strict=True)):
        yield _joined(row, widths, columns)
        return
    folded = [
        ((cell, size),) if size <= width else [(part, display_width(part)) for part in wrap(cell, width)]
        for (cell, size), width in zip(row, widths, strict=True)
    ]
    for parts in zip_longest(*folded, fillvalue=("", 0)):
        yield _joined(parts, widths, columns)


def _joined(row: Sequence[tuple[str, int]], widths: Sequence[int], columns: Sequence[Column]) -> str:
    """The line of cells that fit, each padded to its column's width."""
    padded = (
        " " * (width - size) + cell if column.right else cell + " " * (width - size)
        for (cell, size), width, column in zip(row, widths, columns, strict=True)
    )
    return _GAP.join(padded).rstrip()
