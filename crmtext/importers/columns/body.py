"""The rows below a header: data, totals, footers, and sub-forms whose parents stand in merged cells above."""

from __future__ import annotations

import re
from itertools import pairwise
from typing import TYPE_CHECKING, NamedTuple

from crmtext.importers.columns.header import Head, filled, has_value, text
from crmtext.importers.mapping import LeftOut
from crmtext.importers.sheet import Row

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from crmtext.importers.sheet import Cell, Sheet, Span

_TOTAL = re.compile(
    r"(?:合\s*计|总\s*计|小\s*计|共\s*计|总\s*数|.{1,12}(?:小计|合计)|(?:grand |sub-?)?totals?|sum|summe|gesamt)"
    r"\s*[:：]?|(?:合计|总计|共计?)\s*[:：]?\s*\d+.{0,6}",
    re.IGNORECASE,
)
_COUNT = re.compile(
    r"[¥￥$€]?\s*-?[\d,.]+\s*(?:[家个位条户人笔项万元亿%]+|rows?|customers?|records?)?|[-—/]+", re.IGNORECASE
)
#: A footer has at most this many cells in a row; narrower sheets have none.
_FOOTER, _WIDE = 2, 4


class Body(NamedTuple):
    """The rows of data, and those that are left out."""

    rows: tuple[Row, ...]
    left_out: tuple[LeftOut, ...]


def read(sheet: Sheet, head: Head) -> Body:
    """Return the rows below a header."""
    below = sheet.rows[head.start :]
    ends = _footer(below, sum(map(bool, head.names)))
    left_out = [LeftOut(row.number, "footer") for row in below[ends:] if has_value(row)]
    rows = []
    for row in _with_parents(sheet, head, below[:ends]):
        if not has_value(row):
            continue
        if _is_total(row, len(head.names)):
            left_out.append(LeftOut(row.number, "total"))
        else:
            rows.append(row)
    return Body(tuple(rows), tuple(sorted(left_out)))


def _footer(rows: Sequence[Row], width: int) -> int:
    """The position of the empty row before a footer; the number of rows if there is none."""
    if width < _WIDE:
        return len(rows)
    end = len(rows)
    while end and filled(rows[end - 1]) <= _FOOTER:
        end -= 1
    # The rows from `end` on are short. The footer begins after the first gap among them.
    tail = rows[max(end - 1, 0) :]
    for at, (row, following) in enumerate(pairwise(tail)):
        if not filled(row) or following.number > row.number + 1:
            return max(end - 1, 0) + at + (1 if filled(row) else 0)
    return len(rows)


def _is_total(row: Row, width: int) -> bool:
    """Whether a row sums up others: a word such as 合计 first, and only numbers and counts beside it."""
    first = next((cell for cell in row.cells if text(cell)), None)
    if width < 2 or not isinstance(first, str) or not _TOTAL.fullmatch(first.strip()):
        return False
    _first, *others = (cell for cell in row.cells if text(cell))
    return all(not isinstance(cell, str) or _COUNT.fullmatch(cell.strip()) for cell in others)


def _with_parents(sheet: Sheet, head: Head, rows: Sequence[Row]) -> Iterator[Row]:
    """The rows, with cells that are merged with those above filled from them."""
    spans = sorted((span for span in sheet.merged if span.last_row > span.first_row), reverse=True)
    active: list[tuple[Span, Row]] = []
    grouped = [at for at, group in enumerate(head.groups) if group]
    parents = [at for at, group in enumerate(head.groups) if not group and head.names[at]]
    above: Row | None = None
    if not spans and not grouped:
        yield from rows
        return
    for row in rows:
        cells = list(row.cells)
        active = [(span, top) for span, top in active if span.last_row >= row.number]
        for span, top in active:
            for at in range(span.first_column - 1, min(span.last_column, len(head.names))):
                cells += [None] * (at + 1 - len(cells))
                cells[at] = cells[at] if text(cells[at]) else _at(top, at)
        while spans and spans[-1].first_row <= row.number:
            if (span := spans.pop()).first_row == row.number:
                active.append((span, row))
        if grouped and above and _only(row, grouped) and not any(text(_at(row, at)) for at in parents):
            cells += [None] * (len(head.names) - len(cells))
            for at in parents:
                cells[at] = _at(above, at)
        full = Row(row.number, tuple(cells)) if cells != [*row.cells] else row
        if has_value(full):
            above = full
        yield full


def _only(row: Row, columns: Sequence[int]) -> bool:
    return any(text(_at(row, at)) for at in columns)


def _at(row: Row, at: int) -> Cell:
    return row.cells[at] if at < len(row.cells) else None
