"""Charts of tables of figures."""

from __future__ import annotations

from crmtext.figures.tables import Column, FigureTable, Row
from crmtext.reports.drawing import draw


def test_the_legend_keeps_the_order_of_a_key_that_some_rows_lack() -> None:
    pairs = [("a", "0-30"), ("a", "over 90"), ("b", "0-30"), ("b", "61-90"), ("b", "over 90"), ("c", "not due")]
    rows = [Row(pair, {"n": 1}) for pair in pairs]
    columns = (Column("owner", "Owner"), Column("age", "Age"))
    (drawing,) = draw(FigureTable("t", "T", "", columns, (Column("n", "N", "number"),), rows, {}, chart="stacked"))
    assert drawing.legend == ("not due", "0-30", "61-90", "over 90")


def test_a_chart_shows_the_measure_that_is_chosen() -> None:
    measures = (Column("n", "N", "number"), Column("m", "M", "number"))
    table = FigureTable("t", "T", "", (Column("k", "K"),), measures, [Row(("a",), {"n": 1, "m": -2})], {}, chart="bars")
    assert [drawing.title for drawing in (*draw(table), *draw(table._replace(charted="m")))] == ["T: N", "T: M"]
