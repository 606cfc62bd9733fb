"""Tables of figures with each kind of chart, and a page of them."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import TYPE_CHECKING

from report_site import TODAY, site

from crmtext.figures.tables import Column, FigureList, FigureTable, Row
from crmtext.reports.context import Context, Report
from crmtext.reports.environment import Pages
from crmtext.reports.view import view
from crmtext.snapshot import Snapshot

if TYPE_CHECKING:
    Table = FigureTable | FigureList

STAGES = ("Discovery", "Qualified", "方案报价", "Negotiation")
MONTHS = tuple(f"{year}-{month:02}" for year, month in ((2025, 12), *((2026, month) for month in range(1, 12))))
DEALS, MONEY = Column("deals", "Deals", "number"), Column("value", "Value", "money")

BY_STAGE = FigureTable(
    "by_stage",
    "Deals by stage",
    "Open deals and their amounts.",
    (Column("stage", "Stage"),),
    (MONEY, DEALS),
    [
        Row((stage,), {"value": {"CNY": Decimal(400_000 - 150_000 * at), "USD": Decimal(at)}, "deals": at})
        for at, stage in enumerate(STAGES)
    ],
    {"value": {"CNY": Decimal(700_000), "USD": Decimal(6)}, "deals": 6},
    chart="bars",
    without_amount=1,
)
BY_MONTH = FigureTable(
    "by_month",
    "Won and lost",
    "",
    (),
    (DEALS._replace(name="won", label="Won"), DEALS._replace(name="lost", label="Lost")),
    [Row((), {"won": at % 5, "lost": at % 3}, month) for at, month in enumerate(MONTHS)],
    {"won": 21, "lost": 12},
    period="month",
    so_far="2026-11",
    chart="stacked",
)
SCORES = BY_MONTH._replace(
    name="scores",
    label="Satisfaction",
    measures=(Column("score", "Score", "average"),),
    rows=[
        Row((), {"score": {"average": None if at == 4 else Fraction(3 + at % 3), "n": at % 4}}, month)
        for at, month in enumerate(MONTHS)
    ],
    total={"score": {"average": Fraction(4), "n": 20}},
    chart="lines",
)
MATRIX = FigureTable(
    "matrix",
    "Value by lifecycle",
    "",
    (Column("value", "Value"), Column("lifecycle", "Lifecycle")),
    (Column("customers", "Customers", "number"),),
    [
        Row((value, cycle), {"customers": 7 * row + column})
        for row, value in enumerate(("High", "Low", None))
        for column, cycle in enumerate(("Potential", "New"))
    ],
    {"customers": 45},
    chart="heat",
)
IDLE = FigureList(
    "idle",
    "Idle deals",
    "Deals without a contact.",
    (MONEY, Column("last", "Last contact", "date")),
    ({"id": "C1", "name": "<b>A|B</b>", "value": {"CNY": Decimal(100)}, "last": date(2026, 11, 2)},),
    urgent=True,
)
FUNNEL = BY_STAGE._replace(name="funnel", label="Funnel", measures=(DEALS,), chart="funnel")
COLUMNS = BY_MONTH._replace(name="columns", label="Won", measures=BY_MONTH.measures[:1], chart="bars")


def page(lang: str = "en", form: str = "html") -> str:
    """A page of a report with all tables above."""
    now = site(lang=lang)
    snapshot = Snapshot("worktree", now.schema, now.settings, TODAY, (), (), ())
    context = Context(snapshot, date(2025, 12, 1), TODAY)
    parts: tuple[Table, ...] = (BY_STAGE, IDLE, BY_MONTH, SCORES, MATRIX, FUNNEL, COLUMNS)
    shown = view("all", "All", Report(parts, ("3 deals are late",)), context)
    return Pages(form, now, {"report"}).page("report", {"report": shown, "linked": True})
