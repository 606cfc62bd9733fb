"""Charts of tables of figures: their marks, and the same figures as text."""

from __future__ import annotations

import re

import figure_tables
import pytest

from crmtext.figures.tables_text import grid
from crmtext.i18n import speaking
from crmtext.reports.drawing import WIDTH, Box, draw, sparkline


def test_bars_are_as_long_as_their_numbers_one_chart_for_each_currency() -> None:
    yuan, dollars = draw(figure_tables.BY_STAGE)
    assert (yuan.title, dollars.title) == ("Deals by stage: Value CNY", "Deals by stage: Value USD")
    assert yuan.text == "Discovery: ¥400,000, Qualified: ¥250,000, 方案报价: ¥100,000, Negotiation: −¥50,000"
    zero = yuan.boxes[-1].x + yuan.boxes[-1].width
    # The bar of a refund lies on the other side of zero.
    assert [box.x for box in yuan.boxes[:3]] == [zero] * 3
    widths = [box.width for box in yuan.boxes]
    assert [round(width / widths[3]) for width in widths] == [8, 5, 2, 1]
    assert [box.title for box in dollars.boxes] == [f"{stage}: ${at}" for at, stage in enumerate(figure_tables.STAGES)]


def test_columns_of_months_have_the_year_once() -> None:
    (chart,) = draw(figure_tables.COLUMNS)
    assert [word.text for word in chart.words if word.kind == "axis"] == [
        *("12", "2025", "01", "2026", "02", "03", "04", "05", "06", "07", "08", "09", "10", "11"),
    ]
    assert [word.text for word in chart.words if word.kind == "value"] == [str(at % 5) for at in range(12)]
    assert chart.boxes[-1].title == "2026-11 (so far): 1"


def test_measures_are_stacked_and_named() -> None:
    (chart,) = draw(figure_tables.BY_MONTH)
    assert (chart.legend, chart.title) == (("Won", "Lost"), "Won and lost: Won, Lost")
    # Each column has its sum.
    assert [word.text for word in chart.words if word.kind == "value"] == [str(at % 5 + at % 3) for at in range(12)]
    of_march = [box for box in chart.boxes if box.title.startswith("2026-03")]
    assert [(box.title, box.tone) for box in of_march] == [("2026-03 · Won: 3", 1)]
    of_april = [box for box in chart.boxes if box.title.startswith("2026-04")]
    assert [(box.title, box.tone) for box in of_april] == [("2026-04 · Won: 4", 1), ("2026-04 · Lost: 1", 2)]
    assert of_april[1].y < of_april[0].y


def test_a_line_is_broken_where_a_value_is_missing() -> None:
    (chart,) = draw(figure_tables.SCORES)
    assert [len(line.points.split()) for line in chart.lines] == [4, 7]
    assert len(chart.dots) == 11
    assert "2026-04 Score: –" not in chart.text


def test_fields_of_a_heat_map_are_darker_the_larger_their_number() -> None:
    (chart,) = draw(figure_tables.MATRIX)
    assert [(box.title, box.opacity) for box in chart.boxes if box.title.startswith("not set")] == [
        ("not set · Potential: 14", 0.94),
        ("not set · New: 15", 1.0),
    ]


def test_a_funnel_is_centred() -> None:
    (chart,) = draw(figure_tables.FUNNEL)
    middles = {round(box.x + box.width / 2) for box in chart.boxes}
    assert len(middles) == 1


def test_every_mark_is_inside_its_chart() -> None:
    tables = (getattr(figure_tables, name) for name in ("BY_STAGE", "COLUMNS", "BY_MONTH", "MATRIX", "FUNNEL"))
    boxes = [(chart, box) for table in tables for chart in draw(table) for box in chart.boxes]
    assert [box for chart, box in boxes if not _inside(box, chart.height)] == []


def _inside(box: Box, height: float) -> bool:
    return box.x >= 0 and box.x + box.width <= WIDTH + 0.1 and box.y >= 0 and box.y + box.height <= height + 0.1


def test_without_figures_there_is_no_chart() -> None:
    assert draw(figure_tables.BY_STAGE._replace(rows=[])) == ()
    assert draw(figure_tables.BY_STAGE._replace(chart="")) == ()
    assert draw(figure_tables.MATRIX._replace(by=(), rows=[])) == ()


def test_a_sparkline_has_its_numbers_as_text() -> None:
    chart = sparkline([1, None, 3, 2], "trend")
    assert (chart.title, chart.text, len(chart.lines)) == ("trend", "1, –, 3, 2", 1)
    assert sparkline([], "empty").lines == ()


@pytest.mark.parametrize("lang", ["en", "zh"])
@pytest.mark.parametrize("form", ["html", "markdown"])
def test_a_page_has_every_cell_of_its_tables(lang: str, form: str) -> None:
    with speaking(lang):
        page = figure_tables.page(lang, form)
        assert page == figure_tables.page(lang, form)
        cells = [cell.text for row in grid(figure_tables.SCORES).rows for cell in row]
    text = re.sub(r"\\", "", page)
    assert [cell for cell in cells if cell not in text] == []
    assert "<b>A" not in page
    if form == "html":
        assert page.count("<svg") == page.count("<desc>") == 7
        # The list to act on comes before the tables, and what is urgent before that.
        places = [page.index(part) for part in ("3 deals are late", 'id="idle"', 'id="by_stage"', 'id="scores"')]
        assert places == sorted(places)
        assert re.findall(r"https?://", page) == []
