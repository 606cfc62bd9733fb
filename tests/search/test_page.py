"""The text of a page's rows."""

from __future__ import annotations

import stores

from crmtext.search import page
from crmtext.search.entries import Reader

SNAPSHOT = stores.snapshot(
    stores.record(
        "001",
        "蘇州Müller电子（上海）",
        '    phones: ["021-6258 1234转802"]\n    emails: [Zhang@shili.example]\n    birthday: 1990-05-01\n',
        tags="[重点, VIP]",
        notes='"旧编号 11010519491231002X"  # crmtext: not-a-card 旧系统的编号',
        interactions="[{date: 2026-05-01, by: lilei, channel: phone, summary: 谈 报价}, "
        "{date: 2026-06-01, by: lilei, channel: visit, summary: 看现场, details: 三樓}]",
    )
)
CUSTOMER = SNAPSHOT.customers[0]
READER = Reader.of(SNAPSHOT)


def test_a_row_has_names_readings_contacts_numbers_and_tags() -> None:
    assert page.row_text(CUSTOMER, READER).splitlines() == [
        "c20240501001",
        "苏州muller电子(上海)",
        "苏州muller电子上海",
        "苏州mueller电子(上海)",
        "张三",
        "02162581234802",
        "02162581234",
        "zhang@shili.example",
        "suzhoumullerdianzishanghai",
        "zhangsan",
        "szmullerdzsh",
        "zs",
        "重点",
        "vip",
    ]


def test_passages_are_newest_first_and_hide_secret_numbers() -> None:
    assert page.passages(CUSTOMER, READER) == (
        ("2026-06-01", "看现场\n三楼"),
        ("2026-05-01", "谈报价"),
        ("", "旧编号******************"),
    )


def test_pairs_are_those_of_characters_in_the_text() -> None:
    assert dict(zip(*[iter(page.pairs("苏a楼"))] * 2, strict=True)) == {"蘇": "苏", "囌": "苏", "甦": "苏", "樓": "楼"}
