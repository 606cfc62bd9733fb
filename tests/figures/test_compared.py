"""Tables with the values of an earlier moment beside their own."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from fractions import Fraction

from crmtext.figures.compared import joined
from crmtext.figures.tables import Column, FigureTable, Row

DAY = date(2026, 11, 25)
COLUMNS = (Column("deals", "Deals", "number"), Column("sum", "Sum", "money"), Column("rate", "Rate", "rate"))


def values(deals: int, amount: int) -> dict[str, object]:
    return {"deals": deals, "sum": {"CNY": Decimal(amount)}, "rate": Fraction(1, deals)}


def months(rows: dict[str, dict[str, object]], total: dict[str, object]) -> FigureTable:
    every = [Row((), figures, name) for name, figures in rows.items()]
    return FigureTable("by_month", "By month", "", (), COLUMNS, every, total, period="month")


def test_the_total_compared_with_is_of_the_periods_shown() -> None:
    now = months({"2026-11": values(2, 20), "2026-12": values(3, 30)}, values(5, 50))
    then = months({"2025-12": values(9, 90), "2026-11": values(1, 10)}, values(10, 100))
    table = joined(now, then, DAY, "0123456789")
    assert [(row.period, row.before) for row in table.rows] == [("2026-11", values(1, 10)), ("2026-12", None)]
    assert table.total_before == {"deals": 1, "sum": {"CNY": Decimal(10)}, "rate": None}


def test_the_total_compared_with_of_other_periods_altogether_is_of_all_of_them() -> None:
    now = months({"2026-12": values(3, 30)}, values(3, 30))
    then = months({"2026-11": values(1, 10)}, values(1, 10))
    table = joined(now, then, DAY, "0123456789")
    assert [(row.period, row.before) for row in table.rows] == [("2026-12", None)]
    assert table.total_before == values(1, 10)


def test_a_group_that_is_gone_is_shown() -> None:
    now = FigureTable("t", "", "", (Column("owner", ""),), COLUMNS, [Row(("lilei",), values(1, 1))], values(1, 1))
    then = now._replace(rows=[Row(("hanmei",), values(2, 2)), Row(("lilei",), values(3, 3))], total=values(5, 5))
    table = joined(now, then, DAY, "")
    assert [(row.group, row.values, row.before) for row in table.rows] == [
        (("lilei",), values(1, 1), values(3, 3)),
        (("hanmei",), {}, values(2, 2)),
    ]
    assert table.total_before == values(5, 5)


def test_a_group_without_a_row_has_none_if_the_table_lists_every_group() -> None:
    whole = FigureTable("t", "", "", (Column("owner", ""),), COLUMNS, [Row(("lilei",), values(1, 1))], values(1, 1))
    now = whole._replace(exhaustive=True)
    then = now._replace(rows=[Row(("hanmei",), values(2, 2))], total=values(2, 2))
    none = {"deals": 0, "sum": {}}
    assert [(row.group, row.values, row.before) for row in joined(now, then, DAY, "").rows] == [
        (("lilei",), values(1, 1), none),
        (("hanmei",), none, values(2, 2)),
    ]
    # Of a month that had not begun, nothing was known.
    later = months({"2026-11": values(2, 20), "2026-12": values(3, 30)}, values(5, 50))._replace(exhaustive=True)
    before = joined(later, months({"2026-11": values(1, 1)}, values(1, 1)), DAY, "").rows
    assert [row.before for row in before] == [values(1, 1), None]
