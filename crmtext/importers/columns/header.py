"""The header of a sheet: which row it is, and the names of its columns."""

from __future__ import annotations

import re
from collections import Counter
from datetime import date, datetime, time
from typing import TYPE_CHECKING, NamedTuple

from crmtext.importers.columns.headers import norm, numbered, plain
from crmtext.text.secret_numbers import masked

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Sequence

    from crmtext.importers.sheet import Cell, Row, Sheet, Span

#: The last columns of a file with rejected rows, in both languages. They belong to no header.
REJECTED = (("row", "reason", "fix"), ("行号", "原因", "改法"))
#: How many rows with text are searched for the header.
_LOOKED_AT = 30
_LONG = 40
_DATA = re.compile(
    r"[+＋]?[\d０-９][\d０-９\s.,:/+%()（）年月日-]*(?:[万亿元kKwW]\w*)?|[¥￥$€][\d., ]+|\S+@\S+\.\S+|https?://\S+"
)
_IDENTIFIER = re.compile(r"[A-Za-z_]\w*", re.ASCII)
_CAMEL = re.compile(r"[a-z0-9][A-Z]|_")


class Head(NamedTuple):
    """A header: its first row's number, the columns' names, their groups, and where the data begins in the rows."""

    row: int
    #: Empty for a column without a name; with stars for the number of an ID or a card, which no plan shows.
    names: tuple[str, ...]
    #: The parent of each column in a header of two rows; empty without one.
    groups: tuple[str, ...]
    start: int


class _Known:
    """Decides whether a cell is the name of a column."""

    def __init__(self, names: Collection[str]) -> None:
        self.names = names

    def __call__(self, cell: Cell) -> bool:
        return isinstance(cell, str) and bool(cell) and (norm(cell) in self.names or numbered(cell) in self.names)


def find(sheet: Sheet, names: Collection[str], row: int = 0) -> Head | None:
    """Return the header of a sheet; None if no row looks like one. `row` is its number, if it is known."""
    known = _Known(names)
    at = _at_number(sheet.rows, row) if row else _best(sheet.rows, known)
    if at is None:
        return None
    if not row and at and _is_parent(sheet, at - 1, known):
        at -= 1
    upper = sheet.rows[at]
    lower = _child(sheet, at, known)
    start = at + (1 if lower is None else 2)
    columns = [*_named(upper, lower, sheet.merged)]
    while columns and not columns[-1][0]:
        columns.pop()
    if tuple(norm(name) for name, _group in columns[-3:]) in REJECTED and len(columns) > len(REJECTED[0]):
        del columns[-3:]
    if start < len(sheet.rows) and _is_identifiers([name for name, _group in columns], sheet.rows[start], known):
        start += 1
    names_, groups = ([masked(pair[at]) for pair in columns] for at in (0, 1))
    return Head(upper.number, _unique(names_), tuple(groups), start)


def text(cell: Cell) -> str:
    """A cell as text."""
    return "" if cell is None else cell.strip() if isinstance(cell, str) else str(cell)


def filled(row: Row) -> int:
    """How many cells of a row have a value."""
    return sum(1 for cell in row.cells if cell is not None and (not isinstance(cell, str) or cell.strip()))


def has_value(row: Row) -> bool:
    """Whether any cell of a row has a value."""
    return any(cell is not None and (not isinstance(cell, str) or cell.strip()) for cell in row.cells)


def looks_like_data(cell: Cell) -> bool:
    """Whether a cell is a date, a number, a phone number, an address or a sentence rather than a name."""
    if isinstance(cell, (int, float, date, datetime, time)):
        return True
    written = text(cell)
    return len(written) > _LONG or bool(written and _DATA.fullmatch(written))


def _at_number(rows: Sequence[Row], number: int) -> int | None:
    return next((at for at, row in enumerate(rows) if row.number == number), None)


def _best(rows: Sequence[Row], known: _Known) -> int | None:
    """The position of the row that is most like a header."""
    best, best_score, seen, width = None, 0, 0, 0
    for at, row in enumerate(rows):
        count = filled(row)
        if not count:
            continue
        seen += 1
        width = max(width, count)
        names = sum(map(known, row.cells))
        score = names - sum(map(looks_like_data, row.cells))
        if names >= min(2, count) and names > 0 and score > best_score and (count > 1 or _is_narrow(rows)):
            best, best_score = at, score
        if seen == _LOOKED_AT:
            break
    return best


def _is_narrow(rows: Sequence[Row]) -> bool:
    """Whether a sheet has one column only."""
    return all(filled(row) <= 1 for row in rows[:_LOOKED_AT])


def _is_parent(sheet: Sheet, at: int, known: _Known) -> bool:
    """Whether the row at a position is the upper row of a header whose lower row follows."""
    return _child(sheet, at, known) is not None and filled(sheet.rows[at]) > 1


def _child(sheet: Sheet, at: int, known: _Known) -> Row | None:
    """The lower row of a header of two rows; None if the row has no parents of several columns."""
    if at + 1 >= len(sheet.rows) or sheet.rows[at + 1].number != sheet.rows[at].number + 1:
        return None
    upper, lower = sheet.rows[at], sheet.rows[at + 1]
    parents = [span for span in sheet.merged if _is_parent_span(span, upper)]
    if parents and filled(upper) > 1:
        split = all(filled_between(lower, span.first_column, span.last_column) > 1 for span in parents)
        return lower if split and not any(map(looks_like_data, lower.cells)) else None
    return lower if _splits_without_merging(upper, lower, known) else None


def _is_parent_span(span: Span, row: Row) -> bool:
    return span.first_row == span.last_row == row.number and span.last_column > span.first_column


def filled_between(row: Row, first: int, last: int) -> int:
    """How many cells from one column to another, counted from 1, have a value."""
    return sum(1 for cell in row.cells[first - 1 : last] if text(cell))


def _splits_without_merging(upper: Row, lower: Row, known: _Known) -> bool:
    """Whether a text file holds a header of two rows: names stand below the empty cells right of a parent only."""
    if any(map(looks_like_data, lower.cells)) or sum(map(known, lower.cells)) < 2:
        return False
    parents, alone, above = 0, 0, ""
    for at in range(max(len(upper.cells), len(lower.cells))):
        over, under = _cell(upper, at), _cell(lower, at)
        if not over and under:
            if not above:
                return False
            parents += 1
        alone += bool(over and not under and known(over))
        above = (over if under else "") if over else above
    return parents > 0 and alone > 0


def _cell(row: Row, at: int) -> str:
    return text(row.cells[at]) if at < len(row.cells) else ""


def _named(upper: Row, lower: Row | None, merged: tuple[Span, ...]) -> Iterator[tuple[str, str]]:
    """The name and the group of each column."""
    if lower is None:
        yield from ((plain(text(cell)), "") for cell in upper.cells)
        return
    spans = [span for span in merged if _is_parent_span(span, upper)]
    above = ""
    for at in range(max(len(upper.cells), len(lower.cells))):
        over, under = plain(_cell(upper, at)), plain(_cell(lower, at))
        inside = next((span for span in spans if span.first_column <= at + 1 <= span.last_column), None)
        if inside:
            above = plain(_cell(upper, inside.first_column - 1))
        elif over or spans:
            above = over
        if under and above and (inside or not spans):
            yield f"{above}/{under}", above
        else:
            yield over or under, ""


def _unique(names: list[str]) -> tuple[str, ...]:
    """Names with ` (2)` after the second of equal ones."""
    seen: Counter[str] = Counter()
    unique = []
    for name in names:
        seen[name] += bool(name)
        unique.append(f"{name} ({seen[name]})" if seen[name] > 1 else name)
    return tuple(unique)


def _is_identifiers(names: list[str], row: Row, known: _Known) -> bool:
    """Whether a row below a Chinese header repeats it as identifiers: `Customername`, `MobilePhone`."""
    if all(name.isascii() for name in names):
        return False
    cells = [text(cell) for cell in row.cells if text(cell)]
    if len(cells) < 2 or len(cells) * 5 < sum(map(bool, names)) * 4 or len(set(cells)) < len(cells):
        return False
    likely = sum(1 for cell in cells if known(cell) or _CAMEL.search(cell))
    return all(map(_IDENTIFIER.fullmatch, cells)) and likely * 2 >= len(cells)
