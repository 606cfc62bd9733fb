"""Amounts of money."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crmtext.problem import CrmError, Exit
from crmtext.values.money import decimal, show, total


@pytest.mark.parametrize(
    ("value", "amount"),
    [
        (12, "12"),
        (0.1, "0.1"),
        ("1,234.50", "1234.5"),
        ("￥1,234.50", "1234.5"),
        ("−€1,200", "-1200"),
        ("-200", "-200"),
        ("¥-200", "-200"),
        ("50万", "500000"),
        ("10.5万元", "105000"),
        ("1.2亿", "120000000"),
        ("50w", "500000"),
        ("50K", "50000"),
        ("人民币5万元", "50000"),
        ("５０万", "500000"),
        ("-300", "-300"),
        ("3百万", "3000000"),
        ("2千万元", "20000000"),
        ("1.5m", "1500000"),
        ("2 million", "2000000"),
        ("1 234 567", "1234567"),
        ("5,0000", "50000"),
    ],
)
def test_an_amount_is_exact_however_it_is_written(value: float | str, amount: str) -> None:
    assert decimal(value) == Decimal(amount)


@pytest.mark.parametrize(
    "text", ["", "面议", "-¥-5", "--5", "50万-80万", "约50万", "1.2.3", "50 80", "1,2", "nan", "inf", "1e5"]
)
def test_text_that_is_not_one_amount_is_rejected(text: str) -> None:
    with pytest.raises(CrmError) as refusal:
        decimal(text)
    assert (refusal.value.exit_code, refusal.value.problem.rule) == (Exit.USAGE, "amount-format")


@pytest.mark.parametrize(
    ("amount", "currency", "english", "chinese"),
    [
        (1_280_000, "CNY", "¥1,280,000", "¥128万"),
        (120_000_000, "CNY", "¥120,000,000", "¥1.2亿"),
        (1_234_567, "CNY", "¥1,234,567", "¥1,234,567"),
        (8_000, "CNY", "¥8,000", "¥8,000"),
        (0, "CNY", "¥0", "¥0"),
        (100, "CNY", "¥100", "¥100"),
        (1234.5, "CNY", "¥1,234.50", "¥1,234.50"),
        (-50_000, "USD", "−$50,000", "−$5万"),
        (1_200, "CHF", "CHF 1,200", "CHF 1,200"),
    ],
)
def test_amounts_are_shown_as_each_language_writes_them(
    amount: float, currency: str, english: str, chinese: str
) -> None:
    assert (show(amount, currency, "en"), show(amount, currency, "zh")) == (english, chinese)


def test_sums_never_cross_currencies() -> None:
    items = [("USD", Decimal(5)), ("CNY", Decimal("0.1")), ("CNY", Decimal("0.2"))]
    assert total(items) == {"CNY": Decimal("0.3"), "USD": Decimal(5)}


@given(st.integers(0, 10**12), st.sampled_from(["en", "zh"]))
def test_what_is_shown_is_read_back_as_the_same_amount(amount: int, language: str) -> None:
    assert decimal(show(amount, "CNY", language)) == amount
