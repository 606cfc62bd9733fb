"""The pages of measures, and where a name is also that of something else."""

from __future__ import annotations

import pytest

from crmtext import explain
from crmtext.answer import Table, Text
from crmtext.figures.stats.measures import MEASURES
from crmtext.i18n import speaking
from crmtext.schema import Schema

SCHEMA = Schema.shipped()


def test_a_page_in_the_language_in_use() -> None:
    with speaking("zh"):
        answer = explain.explain(SCHEMA, "成交额")
    assert isinstance(answer, Text)
    assert answer.text == (
        "revenue  Revenue 成交额\n"
        "  按交易日期统计的全部交易金额之和，含退款\n"
        "\n"
        "  按币种的合计；按日期统计事件\n"
        "  别名：销售额、成交金额\n"
        "\n"
        "示例\n"
        "    crmtext stats --measure revenue --by owner\n"
    )
    assert (answer.document["measure"], answer.document["of"], answer.document["items"]) == (
        "revenue",
        "events",
        "transactions",
    )


@pytest.mark.parametrize("typed", ["measures", "指标"])
def test_the_list_of_all_measures(typed: str) -> None:
    answer = explain.explain(SCHEMA, typed)
    assert isinstance(answer, Table)
    assert [row[0] for row in answer.rows] == list(MEASURES)


@pytest.mark.parametrize(
    ("typed", "page", "note"),
    [
        ("revenue", "revenue  Revenue 成交额", ""),
        ("transactions", "transactions  Transactions 交易记录", "measure 'transactions': the number of transactions"),
        ("average_order", "average_order  Average order", "measure 'average_order': the mean amount"),
        ("refunds", "refunds  Refunds 退款额", ""),
    ],
)
def test_a_field_or_computed_name_comes_first(typed: str, page: str, note: str) -> None:
    answer = explain.explain(SCHEMA, typed)
    assert isinstance(answer, Text)
    assert answer.text.startswith(page)
    assert (note in answer.note) if note else answer.note == ""
