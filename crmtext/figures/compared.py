"""Tables with the values of an earlier moment beside their own."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from crmtext.figures.tables import Row

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

    from crmtext.figures.tables import Column, FigureTable


def joined(now: FigureTable, then: FigureTable | None, day: date, commit: str) -> FigureTable:
    """Return a table with the values of the same groups and periods at the end of an earlier day.

    Groups that are gone are listed, too, in the periods shown; `then` is None if the table wasn't there.
    """
    old = {(row.group, row.period): row.values for row in then.rows} if then else {}
    nothing = _nothing(now.measures) if now.exhaustive else {}
    before = nothing if then and now.exhaustive else None
    periods = {row.period for row in now.rows} if now.period else {None}
    rows = [row._replace(before=old.pop((row.group, row.period), before)) for row in now.rows]
    rows += (Row(group, nothing, period, values) for (group, period), values in old.items() if period in periods)
    total = then.total if then else None
    return now._replace(rows=rows, total_before=total, compare=day, compare_commit=commit)


def _nothing(measures: tuple[Column, ...]) -> Mapping[str, Any]:
    """The values of a group without members."""
    zeros: Mapping[str, Any] = {"number": 0, "money": {}}
    return {column.name: zeros[column.kind] for column in measures if column.kind in zeros}
