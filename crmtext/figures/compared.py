"""Tables with the values of an earlier moment beside their own."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from crmtext.figures.tables import Row
from crmtext.values.money import total

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date

    from crmtext.figures.tables import Column, FigureTable


def joined(now: FigureTable, then: FigureTable | None, day: date, commit: str) -> FigureTable:
    """Return a table with the values of the same groups and periods at the end of an earlier day.

    Groups that are gone are listed, too, in the periods shown; `then` is None if the table wasn't there. A table of
    differences stays as it is.
    """
    if now.is_change:
        return now
    old = {(row.group, row.period): row.values for row in then.rows} if then else {}
    nothing = _nothing(now.measures) if now.exhaustive else {}
    periods = {row.period for row in now.rows} if now.period else {None}
    # In periods that the earlier moment doesn't have nothing is known.
    known = {period for _group, period in old} if now.exhaustive else set()
    rows = [
        row._replace(before=old.pop((row.group, row.period), nothing if row.period in known else None))
        for row in now.rows
    ]
    rows += (Row(group, nothing, period, values) for (group, period), values in old.items() if period in periods)
    whole = then.total if then else None
    past = {row.period for row in then.rows} if then and now.period else set()
    # Of other periods altogether, the totals are of as many days; else those of the rows shown.
    if past & periods and past - periods:
        whole = _sums(now.measures, [row.before for row in rows if row.before]) if now.additive else None
    return now._replace(rows=rows, total_before=whole, compare=day, compare_commit=commit)


def _sums(measures: tuple[Column, ...], values: Sequence[Mapping[str, Any]]) -> Mapping[str, Any]:
    """The sums of the periods shown, where the earlier moment's total has others, too; means and shares have none."""
    sums: dict[str, Any] = dict.fromkeys((column.name for column in measures), None)
    for column in measures:
        every = [value[column.name] for value in values if value.get(column.name) is not None]
        if column.kind == "number":
            sums[column.name] = sum(every)
        elif column.kind == "money":
            sums[column.name] = total(pair for amounts in every for pair in amounts.items())
    return sums


def _nothing(measures: tuple[Column, ...]) -> Mapping[str, Any]:
    """The values of a group without members."""
    zeros: Mapping[str, Any] = {"number": 0, "money": {}}
    return {column.name: zeros[column.kind] for column in measures if column.kind in zeros}
