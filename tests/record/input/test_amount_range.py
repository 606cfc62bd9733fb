"""Amounts from … to, as customers say them."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING

import customers
import pytest
import stores
from hypothesis import given
from hypothesis import strategies as st

from crmtext.problem import CrmError
from crmtext.record import set as record_set
from crmtext.record.append import run as append
from crmtext.record.change.write import WriteOptions
from crmtext.record.input import amount_range
from crmtext.schema import Schema
from crmtext.store import Store
from crmtext.values.money import show

if TYPE_CHECKING:
    from pathlib import Path

BUDGET = Schema.shipped().by_path["needs[].budget"]


def ends(typed: str) -> tuple[object, object] | None:
    """What a text says of the least and the most; None where it is not understood. Its words are kept as they are."""
    fields = amount_range.read(BUDGET, typed, "CNY")
    if fields is None:
        return None
    assert fields["text"] == " ".join(typed.split())
    return fields.get("min"), fields.get("max")


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ("预算50万-80万", (500000, 800000)),
        ("预算：50 万 至 80 万", (500000, 800000)),
        ("预算是50万左右", (500000, 500000)),
        ("50-80万", (500000, 800000)),
        ("5000-1万", (5000, 10000)),
        ("50-80万元人民币", (500000, 800000)),
        ("500-800k CNY", (500000, 800000)),
        ("RMB 500-800k", (500000, 800000)),
        ("５０－８０万块", (500000, 800000)),
        ("50万——80万", (500000, 800000)),
        ("10,001-781.25万", (10001, 7812500)),
        ("50万到80万之间", (500000, 800000)),
        ("大约50-80万", (500000, 800000)),
        ("五十到八十万", (500000, 800000)),
        ("一百二十万以内", (None, 1200000)),
        ("约50万", (500000, 500000)),
        ("~50万", (500000, 500000)),
        ("50万内", (None, 500000)),
        ("不超过80万", (None, 800000)),
        ("不到80万", (None, 800000)),
        ("超过50万", (500000, None)),
        ("50万起", (500000, None)),
        ("50万+", (500000, None)),
        ("3百万", (3000000, 3000000)),
        ("3千万-5千万", (30000000, 50000000)),
        ("500-800k", (500000, 800000)),
        ("20k–30k", (20000, 30000)),
        ("1.5-2m", (1500000, 2000000)),
        ("About 500K", (500000, 500000)),
        ("between 50k and 80k", (50000, 80000)),
        ("from 50k to 80k", (50000, 80000)),
        ("from 50k", (50000, None)),
        ("up to 80k", (None, 80000)),
        ("at least 50k", (50000, None)),
        ("no more than 80k", (None, 80000)),
        ("budget 500k", (500000, 500000)),
    ],
)
def test_a_budget_is_read_as_customers_say_it_and_their_words_are_kept(
    typed: str, expected: tuple[object, object]
) -> None:
    assert ends(typed) == expected


@pytest.mark.parametrize(
    "typed",
    ["看情况", "上百万", "几十万", "50万多", "半百万", "一万五", "二百五", "3千-5千万", "500-1千万", "50 80", "1,2万",
     "50万，80万", "50%", "50万/年", "-50万", "50万-", "无上限", "预算", "1e5", "50万/80万",
     "10-20-30万", "50万以上80万以下", "5-3万", "50k and 80k"],
)  # fmt: skip
def test_what_is_no_amount_or_may_be_two_is_refused(tmp_path: Path, typed: str) -> None:
    store = Store(stores.made(tmp_path, stores.record(more="needs: [{description: x}]\n")))
    with pytest.raises(CrmError) as caught:
        record_set.run(store, "C20240501001", [f"needs.budget={typed}"], WriteOptions())
    assert caught.value.problem.rule == "wrong-type"
    assert caught.value.problem.message == f"'{typed}' is neither an amount nor a range"
    assert "use an amount or a range, such as 50k-80k" in caught.value.problem.hint
    assert caught.value.problem.hint.endswith("to keep the exact words: budget.text=…")


@pytest.mark.parametrize(
    ("typed", "budget"),
    [
        ("20k–30k EUR", {"min": 20000, "max": 30000, "currency": "EUR", "text": "20k–30k EUR"}),
        ("20-30k EUR", {"min": 20000, "max": 30000, "currency": "EUR", "text": "20-30k EUR"}),
        ("€20k-€30k", {"min": 20000, "max": 30000, "currency": "EUR", "text": "€20k-€30k"}),
        ("about 50k EUR", {"min": 50000, "max": 50000, "currency": "EUR", "text": "about 50k EUR"}),
        ("€ 5,000", {"min": 5000, "max": 5000, "currency": "EUR", "text": "€ 5,000"}),
        ("60.000 €", {"min": 60000, "max": 60000, "currency": "EUR", "text": "60.000 €"}),
        ("up to 1.5m USD", {"max": 1500000, "currency": "USD", "text": "up to 1.5m USD"}),
        ("10万美元以内", {"max": 100000, "currency": "USD", "text": "10万美元以内"}),
        ("50万元", {"min": 500000, "max": 500000, "text": "50万元"}),
        ("tbd", {"basis": "to-confirm"}),
    ],
)
def test_the_currency_of_a_budget_is_kept_beside_it(tmp_path: Path, typed: str, budget: dict[str, object]) -> None:
    store = Store(stores.made(tmp_path, stores.record()))
    append(store, "C20240501001", "needs", ["description=x", f"budget={typed}"], WriteOptions())
    assert customers.data(store, stores.path())["needs"] == [{"description": "x", "budget": budget}]


def test_a_budget_has_one_currency(tmp_path: Path) -> None:
    store = Store(stores.made(tmp_path, stores.record()))
    for words in (
        ["budget=20k EUR", "budget.currency=USD"],
        ["budget.currency=USD", "budget=20k EUR"],
        ["budget=$5k-5k EUR"],
    ):
        with pytest.raises(CrmError) as caught:
            append(store, "C20240501001", "needs", ["description=x", *words], WriteOptions())
        assert caught.value.problem.rule == "amount-currency"
    append(store, "C20240501001", "needs", ["description=x", "budget=20k EUR"], WriteOptions())
    record_set.run(store, "C20240501001", ["needs.budget=30k"], WriteOptions())
    assert customers.data(store, stores.path())["needs"][0]["budget"] == {
        "min": 30000, "max": 30000, "currency": "EUR", "text": "30k",
    }  # fmt: skip
    record_set.run(store, "C20240501001", ["needs.budget=20万元"], WriteOptions())
    assert customers.data(store, stores.path())["needs"][0]["budget"] == {
        "min": 200000, "max": 200000, "currency": "CNY", "text": "20万元",
    }  # fmt: skip


def test_words_go_with_their_amount_and_what_was_said_before_it_stays(tmp_path: Path) -> None:
    store = Store(stores.made(tmp_path, stores.record()))
    append(store, "C20240501001", "needs", ["description=x", "budget.basis=明确", "budget=50万左右"], WriteOptions())
    assert customers.data(store, stores.path())["needs"][0]["budget"] == {
        "basis": "stated",
        "min": 500000,
        "max": 500000,
        "text": "50万左右",
    }
    record_set.run(store, "C20240501001", ["needs.budget=600000"], WriteOptions())
    assert customers.data(store, stores.path())["needs"][0]["budget"] == {
        "basis": "stated",
        "min": 600000,
        "max": 600000,
    }


@given(st.integers(1, 10**5), st.integers(1, 10**5), st.sampled_from(["-", "～", " 到 ", " to ", "–"]))
def test_a_range_of_shown_amounts_is_read_as_these_amounts(low: int, high: int, between: str) -> None:
    for language, unit in (("zh", 10_000), ("en", 7)):
        shown = [show(amount * unit, "CNY", language) for amount in (low, high)]
        assert ends(between.join(shown)) == (low * unit, high * unit)


@given(st.text(st.sampled_from("约五十百千万亿k0123456789-~.,至以内上下起多几 元"), max_size=8))
def test_whatever_is_typed_is_a_range_of_numbers_or_nothing(typed: str) -> None:
    with suppress(CrmError):
        fields = amount_range.read(BUDGET, typed, "CNY") or {}
        assert all(type(fields[key]) in (int, float) for key in ("min", "max") if key in fields)


@given(
    st.sampled_from(["50万", "50-80万", "约50万", "up to 80k", "五十万"]),
    st.text("多几余半吧?x年%", min_size=1, max_size=3),
)
def test_an_amount_with_a_word_of_doubt_is_not_understood(typed: str, doubt: str) -> None:
    assert (amount_range.read(BUDGET, typed + doubt, "CNY"), amount_range.read(BUDGET, doubt + typed, "CNY")) == (
        None,
        None,
    )
