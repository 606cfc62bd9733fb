"""The report of receivables on hand-made customers."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING

from stores import TODAY, record, snapshot

from crmtext.figures.stats.engine import stats
from crmtext.figures.stats.query import Query
from crmtext.figures.tables_text import as_markdown
from crmtext.figures.tables_values import list_document, table_document, values_table
from crmtext.i18n import speaking
from crmtext.reports.context import Context
from crmtext.reports.named.receivables import report

if TYPE_CHECKING:
    from crmtext.figures.tables import FigureList, FigureTable

#: Unpaid: due today, in the future, 30, 31, 60, 61, 90 and 91 days ago, without due date, a refund, and in dollars.
#: Paid, or in the future: neither counts.
LILEI = record(
    "001",
    "云帆科技有限公司",
    """credit: {limit: 1000}
transactions:
  - {date: "2026-08-01", amount: 100, order_no: S-0, payment_due: "2026-11-20"}
  - {date: "2026-08-01", amount: 200, order_no: S-1, payment_due: "2026-11-21"}
  - {date: "2026-08-01", amount: 300, invoice_no: F-30, payment_due: "2026-10-21"}
  - {date: "2026-08-01", amount: 400, payment_due: "2026-10-20"}
  - {date: "2026-08-01", amount: 500.5, payment_due: "2026-09-21"}
  - {date: "2026-08-01", amount: 600, payment_due: "2026-09-20"}
  - {date: "2026-08-01", amount: 700, payment_due: "2026-08-22"}
  - {date: "2026-08-01", amount: 800, payment_due: "2026-08-21"}
  - {date: "2026-11-20", amount: 10}
  - {date: "2026-09-21", amount: -0.5}
  - {date: "2026-09-01", amount: 77, currency: USD}
  - {date: "2026-09-01", amount: 5000, paid: "2026-11-20"}
""",
)
HANMEI = record(
    "002",
    "海洋仪器",
    """credit: {limit: 50, currency: USD}
transactions:
  - {date: "2026-01-01", amount: 51, currency: USD}
  - {date: "2026-11-21", amount: 9000}
""",
    owner="hanmei",
)
#: Within the limit, and without a limit.
FINE = record(
    "003", "金诚贸易", 'credit: {limit: 9}\ntransactions: [{date: "2026-01-01", amount: 9}]\n', owner="hanmei"
)
NOTHING = record("004", "新客户", owner="hanmei")


def parts(*texts: str, **more: str) -> tuple[FigureTable, FigureList, FigureList]:
    """The parts of the report of these records."""
    _ages, by_age, open_, over = report(Context(snapshot(*texts), date(2025, 12, 1), TODAY, **more)).parts
    return by_age, open_, over  # type: ignore[return-value]  # as the next test shows


def test_money_that_customers_owe_by_owner_and_age() -> None:
    by_age = parts(LILEI, HANMEI, FINE, NOTHING)[0]
    assert values_table(by_age).rows == (
        ("lilei", "not-due", "300", "0", "0"),
        ("lilei", "0-30", "310", "0", "1"),
        ("lilei", "31-60", "900", "0", "1"),
        ("lilei", "61-90", "1300", "77", "1"),
        ("lilei", "over-90", "800", "0", "0"),
        ("hanmei", "over-90", "9", "51", "2"),
    )
    assert table_document(by_age)["total"] == {"receivable": {"CNY": Decimal(3619), "USD": 128}, "without_due": 5}


def test_money_that_customers_owe_by_age_alone() -> None:
    """Without transactions that have no due date, what is late adds up to the measure."""
    now = snapshot(LILEI, HANMEI, FINE)
    ages = report(Context(now, date(2025, 12, 1), TODAY)).parts[0]
    assert values_table(ages).rows == (
        ("not-due", "300", "0", "0"),
        ("0-30", "310", "0", "1"),
        ("31-60", "900", "0", "1"),
        ("61-90", "1300", "77", "1"),
        ("over-90", "809", "51", "2"),
    )
    undated = sum(map(Decimal, ("10", "-0.5", "9")))
    late = stats(now, Query(measures=("overdue_receivable",))).total["overdue_receivable"]
    assert late == {"CNY": sum(map(Decimal, ("310", "900", "1300", "809"))) - undated}


def test_a_transaction_of_today_without_a_due_date_counts_from_its_day() -> None:
    by_age = parts(record("001", "云帆", f"transactions: [{{date: {TODAY}, amount: 5}}]\n"))[0]
    assert values_table(by_age).rows == (("lilei", "0-30", "5", "1"),)


def test_each_payment_that_is_open() -> None:
    open_ = list_document(parts(LILEI, HANMEI)[1])
    assert [(one["id"][-3:], one["amount"], one["days_late"]) for one in open_] == [
        ("002", {"USD": 51}, None),
        ("001", {"CNY": 800}, 91),
        ("001", {"CNY": 700}, 90),
        ("001", {"USD": 77}, None),
        ("001", {"CNY": 600}, 61),
        ("001", {"CNY": Decimal("500.5")}, 60),
        ("001", {"CNY": Decimal("-0.5")}, None),
        ("001", {"CNY": 400}, 31),
        ("001", {"CNY": 300}, 30),
        ("001", {"CNY": 100}, None),
        ("001", {"CNY": 10}, None),
        ("001", {"CNY": 200}, None),
    ]
    assert open_[8] == {
        "id": "C20240501001",
        "name": "云帆科技有限公司",
        "owner": "lilei",
        "order": "F-30",
        "date": "2026-08-01",
        "amount": {"CNY": 300},
        "payment_due": "2026-10-21",
        "days_late": 30,
    }


def test_customers_above_their_credit_limit_in_its_currency() -> None:
    over = parts(LILEI, HANMEI, FINE, NOTHING)[2]
    assert over.urgent
    assert list_document(over) == [
        {
            "id": "C20240501001",
            "name": "云帆科技有限公司",
            "owner": "lilei",
            "receivable": {"CNY": 3610},
            "limit": {"CNY": 1000},
            "over": {"CNY": 2610},
        },
        {
            "id": "C20240501002",
            "name": "海洋仪器",
            "owner": "hanmei",
            "receivable": {"USD": 51},
            "limit": {"USD": 50},
            "over": {"USD": 1},
        },
    ]


def test_one_colleague_one_condition_and_nobody() -> None:
    assert values_table(parts(LILEI, HANMEI, FINE, owner="hanmei")[0]).rows == (("hanmei", "over-90", "9", "51", "2"),)
    assert values_table(parts(LILEI, FINE, where="name == '金诚贸易'")[0]).rows == (("hanmei", "over-90", "9", "1"),)
    by_age, open_, over = parts()
    assert (by_age.rows, by_age.total, open_.items, over.items) == (
        [],
        {"receivable": {}, "without_due": 0},
        [],
        [],
    )


def test_the_report_in_words() -> None:
    with speaking("zh"):
        by_age, open_, over = parts(HANMEI, FINE)
        assert as_markdown(by_age).splitlines() == [
            "| 负责人 | 账龄（天） | 应收 CNY | 应收 USD | 无应收日期 |",
            "| --- | --- | ---: | ---: | ---: |",
            r"| 韩梅 | 超过 90 天 | ¥9 | \$51 | 2 |",
            r"| **合计** |  | **¥9** | **\$51** | **2** |",
        ]
        assert as_markdown(over).splitlines() == [
            "| 编号 | 客户 | 负责人 | 应收 | 信用额度 | 超出额度 |",
            "| --- | --- | --- | ---: | ---: | ---: |",
            r"| C20240501002 | 海洋仪器 | 韩梅 | \$51 | \$50 | \$1 |",
        ]
        assert open_.about == "每笔未付款的交易，逾期最久的在前；没有应收日期的不算逾期。"
