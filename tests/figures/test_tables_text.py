"""Tables of figures as text, Markdown, CSV and JSON: the same figures in each."""

from __future__ import annotations

import re
from datetime import date
from decimal import Decimal
from fractions import Fraction

from crmtext.cli.framework.render import as_text, to_json
from crmtext.exporters.delimited import comma_separated
from crmtext.figures.tables import Column, FigureList, FigureTable, Row
from crmtext.figures.tables_cells import percent, word
from crmtext.figures.tables_text import as_markdown, grid, notes, terminal
from crmtext.figures.tables_values import list_document, sheet, table_document, values_table
from crmtext.i18n import speaking
from crmtext.wording import numbers

STATUS = Column("status", "Status", word={"active": "Active", "lost": "Lost"}.get)
DEALS = FigureTable(
    "deals",
    "Deals",
    "Deals closed",
    (STATUS,),
    (
        Column("revenue", "Revenue", "money"),
        Column("satisfaction", "Satisfaction", "average"),
        Column("average_order", "Average order", "averages"),
        Column("close_days", "Close days", "days"),
        Column("answer_rate", "Answer rate", "answers"),
        Column("win_rate", "Win rate", "wins"),
    ),
    (
        Row(
            ("active",),
            {
                "revenue": {"CNY": Decimal("1234567.895"), "USD": Decimal(-50)},
                "satisfaction": {"average": Fraction(13, 3), "n": 3},
                "average_order": {"CNY": {"average": Decimal("1000.005"), "n": 2}},
                "close_days": {"median": Decimal("2.5"), "p90": 9, "n": 4},
                "answer_rate": {"attempts": 3, "no_answer": 1, "rate": Fraction(2, 3)},
                "win_rate": {
                    "won": 2,
                    "lost": 1,
                    "rate": Fraction(2, 3),
                    "amount": {"CNY": {"won": Decimal(500000), "lost": Decimal(0), "rate": Fraction(1)}},
                },
            },
        ),
        Row(
            (None,),
            {
                "revenue": {},
                "satisfaction": {"average": None, "n": 0},
                "average_order": {},
                "close_days": {"median": None, "n": 0},
                "answer_rate": {"attempts": 0, "no_answer": 0, "rate": None},
                "win_rate": {"won": 0, "lost": 0, "rate": None, "amount": {}},
            },
        ),
    ),
    {},
)
MONTHS = FigureTable(
    "months",
    "Months",
    "Customers by month",
    (),
    (Column("customers", "Customers", "number"), Column("rate", "Loss rate", "rate", base="customers")),
    (
        Row((), {"customers": 1250, "rate": Fraction(1, 8)}, "2026-10", {"customers": 1300, "rate": Fraction(1, 16)}),
        Row((), {"customers": 8, "rate": Fraction(1, 8)}, "2026-11", {"customers": 2, "rate": None}),
        Row((), {"customers": 0, "rate": None}, None),
    ),
    {"customers": 1258, "rate": None},
    {"customers": 1302, "rate": None},
    period="month",
    so_far="2026-11",
    overlap=True,
    without_amount=2,
    data_since=date(2026, 10, 3),
    compare=date(2026, 11, 22),
    compare_commit="0123456789",
    notes=("split by the median",),
)
IDLE = FigureList(
    "idle",
    "Idle deals",
    "Deals without a contact",
    (Column("amount", "Amount", "money"), Column("last", "Last contact", "date"), Column("stale", "Stale", "truth")),
    (
        {"id": "C1", "name": "=A|B", "amount": {"CNY": Decimal(100)}, "last": date(2026, 11, 2), "stale": True},
        {"id": "C2", "name": "云帆", "amount": None, "last": None, "stale": False},
    ),
)


def test_every_kind_of_value_in_a_terminal() -> None:
    assert [line.split("  ") for line in _squeezed(as_text(terminal(DEALS, {})))] == [
        [
            *("Status", "Revenue CNY", "Revenue USD", "Satisfaction", "Average order", "Close days", "Answer rate"),
            *("Win rate", "Win rate CNY"),
        ],
        [
            *("Active", "¥1,234,567.90", "−$50", "4.33 (n=3)", "¥1,000 (n=2)", "2.5 (p90 9, n=4)", "67% (2/3)"),
            *("67% (2/3)", "100% (¥500,000/¥500,000)"),
        ],
        ["not set", "¥0", "$0", "–", "–", "–", "–", "–", "–"],
    ]


def _squeezed(text: str) -> list[str]:
    return [re.sub(" {2,}", "  ", line) for line in text.splitlines()]


def test_changes_and_the_current_period() -> None:
    assert as_markdown(MONTHS) == (
        "| Period | Customers | 2026-11-22 | Change | Loss rate | 2026-11-22 | Change |\n"
        "| --- | ---: | ---: | ---: | ---: | ---: | ---: |\n"
        "| 2026-10 | 1,250 | 1,300 | −50 | 12.5% | 6.2% | +6.2 pp |\n"
        "| 2026-11 (so far) | 8 | 2 | +6 | 12% | – | – |\n"
        "| no date | 0 | – | – | – | – | – |\n"
        "| **Total** | **1,258** | **1,302** | **−44** | **–** | **–** | **–** |\n"
    )
    assert notes(MONTHS) == (
        "split by the median",
        "data since 2026-10-03",
        "a customer can be in several rows, so the rows can add up to more than the total",
        "2 items without an amount are in no sum",
    )
    with speaking("zh"):
        assert as_markdown(MONTHS) == (
            "| 期间 | Customers | 2026-11-22 | 变化 | Loss rate | 2026-11-22 | 变化 |\n"
            "| --- | ---: | ---: | ---: | ---: | ---: | ---: |\n"
            "| 2026-10 | 1,250 | 1,300 | −50 | 12.5% | 6.2% | +6.2 个百分点 |\n"
            "| 2026-11（截至今日） | 8 | 2 | +6 | 12% | – | – |\n"
            "| 无日期 | 0 | – | – | – | – | – |\n"
            "| **合计** | **1,258** | **1,302** | **−44** | **–** | **–** | **–** |\n"
        )
        assert notes(MONTHS)[1:] == (
            "数据自 2026-10-03 起",
            "同一客户可能出现在多行，各行之和可能大于合计",
            "2 项没有金额，未计入合计",
        )


def test_in_a_wide_table_changes_are_in_brackets() -> None:
    columns = (Column("customers", "Customers", "number"), Column("value", "Value", "money"))
    months = MONTHS._replace(
        measures=columns,
        rows=(
            Row((), {"customers": 8, "value": {"CNY": Decimal(120), "EUR": Decimal(7)}}, "2026-10",
                {"customers": 9, "value": {"CNY": Decimal(100), "EUR": Decimal(7)}}),
            Row((), {"customers": 2, "value": {}}, "2026-11", None),
        ),
        total={},
    )  # fmt: skip
    assert as_markdown(months) == (
        "| Period | Customers | Value CNY | Value EUR |\n"
        "| --- | ---: | ---: | ---: |\n"
        "| 2026-10 | 8 (−1) | ¥120 (+¥20) | €7 |\n"
        "| 2026-11 (so far) | 2 | ¥0 | €0 |\n"
    )
    assert notes(months)[1] == "in brackets: the change since 2026-11-22"


def crossed(*rows: tuple[tuple[str | None, ...], str | None, int], total: int, period: str = "") -> FigureTable:
    by = (Column("status", "Status"), Column("owner", "Owner"))[: 1 if period else 2]
    every = [Row(group, {"customers": n}, when) for group, when, n in rows]
    measures = (Column("customers", "Customers", "number"),)
    return FigureTable("stats", "", "", by, measures, every, {"customers": total}, period=period)


def test_a_figure_by_two_keys_has_the_values_of_the_second_as_columns() -> None:
    rows = ((("lead", "lilei"), None, 1000), (("lead", None), None, 2), (("lost", "lilei"), None, 3))
    table = crossed(*rows, total=1005)
    assert as_markdown(table) == (
        "| Status (Customers) | lilei | not set | Total |\n"
        "| --- | ---: | ---: | ---: |\n"
        "| lead | 1,000 | 2 | 1,002 |\n"
        "| lost | 3 | 0 | 3 |\n"
        "| **Total** | **1,003** | **2** | **1,005** |\n"
    )
    # A customer in several rows would be in a sum twice.
    assert as_markdown(table._replace(overlap=True)).splitlines()[2:] == ["| lead | 1,000 | 2 |", "| lost | 3 | – |"]
    many = [(("lead", f"colleague {n}"), None, 1) for n in range(9)]
    assert as_markdown(crossed(*many, total=9)).startswith("| Status | Owner | Customers |")


def test_moments_are_rows_and_are_not_summed() -> None:
    rows = ((("lead",), "2026-10", 4), (("lost",), "2026-10", 1), (("lead",), "2026-11", 5), (("lost",), "2026-11", 2))
    assert as_markdown(crossed(*rows, total=7, period="month")) == (
        "| Period (Customers) | lead | lost | Total |\n"
        "| --- | ---: | ---: | ---: |\n"
        "| 2026-10 | 4 | 1 | 5 |\n"
        "| 2026-11 | 5 | 2 | 7 |\n"
    )
    assert as_markdown(crossed(*rows, total=12, period="month")).endswith("| **Total** | **9** | **3** | **12** |\n")


def test_a_figure_of_two_values_is_marked() -> None:
    assert [head.name for head, cell in zip(grid(DEALS).heads, grid(DEALS).rows[0], strict=True) if cell.few] == [
        "average_order_CNY"
    ]


def test_a_column_for_each_currency_and_number_in_csv() -> None:
    assert comma_separated(values_table(DEALS)).text == (
        "status,revenue_CNY,revenue_USD,satisfaction,satisfaction_n,average_order_CNY,average_order_CNY_n,"
        "close_days,close_days_p90,close_days_n,answer_rate,answer_rate_attempts,answer_rate_no_answer,"
        "win_rate,win_rate_won,win_rate_lost,win_rate_CNY,win_rate_CNY_won,win_rate_CNY_lost\r\n"
        "active,1234567.9,-50,4.3333,3,1000,2,2.5,9,4,0.6667,3,1,0.6667,2,1,1,500000,0\r\n"
        ",0,0,,0,,,,,0,,0,0,,0,0,,,\r\n"
    )


def test_changes_and_customers_in_csv() -> None:
    assert comma_separated(values_table(MONTHS)).text == (
        "period,customers,customers_before,customers_change,rate,rate_before,rate_change\r\n"
        "2026-10,1250,1300,-50,0.125,0.0625,0.0625\r\n"
        "2026-11,8,2,6,0.125,,\r\n"
        ",0,,,,,\r\n"
    )
    assert comma_separated(values_table(IDLE)).text == (
        "id,name,amount_CNY,last,stale\r\nC1,'=A|B,100,2026-11-02,true\r\nC2,云帆,,,false\r\n"
    )


def test_headers_for_people_have_labels() -> None:
    assert [part.label for part in sheet(MONTHS).parts] == [
        "Period",
        *("Customers", "Customers on 2026-11-22", "Customers: change"),
        *("Loss rate", "Loss rate on 2026-11-22", "Loss rate: change"),
    ]


def test_json_has_values() -> None:
    document = table_document(DEALS)
    assert document["rows"][0] == {
        "group": {"status": "active"},
        "period": None,
        "values": {
            "revenue": {"CNY": Decimal("1234567.9"), "USD": -50},
            "satisfaction": {"average": Decimal("4.3333"), "n": 3},
            "average_order": {"CNY": {"average": 1000, "n": 2}},
            "close_days": {"median": Decimal("2.5"), "p90": 9, "n": 4},
            "answer_rate": {"attempts": 3, "no_answer": 1, "rate": Decimal("0.6667")},
            "win_rate": {
                "won": 2,
                "lost": 1,
                "rate": Decimal("0.6667"),
                "amount": {"CNY": {"won": 500000, "lost": 0, "rate": 1}},
            },
        },
    }
    assert '"CNY": 1234567.9,' in to_json(document)
    assert table_document(MONTHS) == {
        "by": [],
        "measures": ["customers", "rate"],
        "period": "month",
        "since": None,
        "until": None,
        "rows": [
            {
                "group": {},
                "period": "2026-10",
                "values": {"customers": 1250, "rate": Decimal("0.125")},
                "before": {"customers": 1300, "rate": Decimal("0.0625")},
            },
            {
                "group": {},
                "period": "2026-11",
                "values": {"customers": 8, "rate": Decimal("0.125")},
                "before": {"customers": 2, "rate": None},
            },
            {"group": {}, "period": None, "values": {"customers": 0, "rate": None}, "before": None},
        ],
        "total": {"customers": 1258, "rate": None},
        "total_before": {"customers": 1302, "rate": None},
        "overlap": True,
        "without_amount": 2,
        "data_since": date(2026, 10, 3),
        "compare": {"date": date(2026, 11, 22), "commit": "0123456789"},
    }
    assert list_document(IDLE) == [
        {"id": "C1", "name": "=A|B", "amount": {"CNY": 100}, "last": "2026-11-02", "stale": True},
        {"id": "C2", "name": "云帆", "amount": None, "last": None, "stale": False},
    ]


def test_a_list_names_its_customers() -> None:
    assert as_markdown(IDLE) == (
        "| ID | Customer | Amount | Last contact | Stale |\n"
        "| --- | --- | ---: | --- | --- |\n"
        "| C1 | =A\\|B | ¥100 | 2026-11-02 | yes |\n"
        "| C2 | 云帆 |  |  |  |\n"
    )


def test_a_table_without_groups_is_its_total() -> None:
    total = MONTHS._replace(rows=(), period="", compare=None)
    assert as_text(terminal(total, {})) == "Customers  Loss rate\n    1,258          –\n"
    assert [row["values"] for row in table_document(total)["rows"]] == [{"customers": 1258, "rate": None}]


def test_percentages_round_half_to_even() -> None:
    shares = (Fraction(1, 8), Fraction(5, 1000), Fraction(15, 1000), Fraction(1, 3))
    assert [percent(share, 99) for share in shares] == ["12%", "0%", "2%", "33%"]
    assert [percent(share, 100) for share in shares] == ["12.5%", "0.5%", "1.5%", "33.3%"]


def test_a_change_of_an_item_shows_both_moments() -> None:
    part = FigureList(
        "changed",
        "Changed deals",
        "",
        (
            Column("stage", "Stage", "change", {"proposal": "Proposal", "won": "Won"}.get),
            Column("amount", "Amount", "change", numbers.sums),
        ),
        (
            {
                "id": "C1",
                "name": "云帆",
                "stage": {"before": "proposal", "after": "won"},
                "amount": {"before": {"CNY": Decimal("10.005")}, "after": {"USD": Decimal(20)}},
            },
            {
                "id": "C2",
                "name": "海洋",
                "stage": {"before": None, "after": "won"},
                "amount": {"before": {"CNY": Decimal(5)}, "after": {"CNY": Decimal(5)}},
            },
        ),
    )
    assert [[cell.text for cell in row] for row in grid(part).rows] == [
        ["C1", "云帆", "Proposal → Won", "¥10 → $20"],
        ["C2", "海洋", "– → Won", "¥5"],
    ]
    assert [(one.name, one.kind) for one in sheet(part).parts[2:]] == [
        ("stage_before", "text"),
        ("stage_after", "text"),
        ("amount_before_CNY", "number"),
        ("amount_after_CNY", "number"),
        ("amount_after_USD", "number"),
    ]
    assert values_table(part).rows == (
        ("C1", "云帆", "proposal", "won", "10", "", "20"),
        ("C2", "海洋", "", "won", "5", "5", ""),
    )
    assert list_document(part)[0]["amount"] == {"before": {"CNY": 10}, "after": {"USD": 20}}


def test_no_amounts_are_a_dash_and_amounts_below_zero_have_a_minus_sign() -> None:
    money = Column("revenue", "Revenue", "money")
    none = FigureTable("t", "T", "", (STATUS,), (money,), (Row(("active",), {"revenue": {}}),), {"revenue": {}})
    assert [[cell.text for cell in row] for row in (*grid(none).rows, grid(none).total)] == [
        ["Active", "–"],
        ["Total", "–"],
    ]
    words = [word(money, value) for value in ({}, {"CNY": Decimal(0)}, {"CNY": Decimal(-5), "USD": Decimal(1)})]
    assert words == ["–", "¥0", "−¥5 + $1"]
    assert word(Column("n", "N", "number"), -1200) == "−1,200"
