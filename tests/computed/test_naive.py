"""Figures of random records, against a second calculation that walks through the days and sums fractions."""

from __future__ import annotations

import json
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from itertools import pairwise
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from crmtext.computed import COMPUTED, compute
from crmtext.model import Customer
from crmtext.settings import read
from crmtext.text.read.load import parse_text

TODAY = date(2024, 6, 15)
SETTINGS = read(
    b'[store]\ncurrency = "EUR"\n[opportunities]\nprobability = { discovery = 5 }\n[products.A1]\naliases = ["Alpha"]\n'
)
CHANCES = {"discovery": 5, "qualified": 30, "proposal": 50, "negotiation": 75}
#: Few days far apart, so that ties are common and every limit is met: 14, 30, 90 and 365 days.
DAYS = st.sampled_from([0, 0, 1, 13, 14, 15, 29, 30, 31, 60, 89, 90, 91, 180, 364, 365, 366, 500, 731]).flatmap(
    lambda days: st.sampled_from([TODAY - timedelta(days), TODAY - timedelta(days), TODAY + timedelta(days)])
)
DAY = DAYS.map(str)
AMOUNT = st.sampled_from([-20, -0.5, 0, 0.1, 0.2, 100, 333.33, 12000])
CURRENCY = st.sampled_from(["CNY", "EUR", "RMB"])


def some(required: dict[str, Any], **optional: Any) -> Any:
    """A list of maps with these fields."""
    return st.lists(st.fixed_dictionaries(required, optional=optional), max_size=6)


RECORD = st.fixed_dictionaries(
    {"status": st.sampled_from(["lead", "prospect", "active", "paused", "lost"])},
    optional={
        "transactions": some(
            {"date": DAY, "amount": AMOUNT},
            currency=CURRENCY,
            items=some({"product": st.sampled_from(["A1", "alpha", "B", "C", "D"])}),
        ),
        "opportunities": some(
            {"title": st.just("t"), "stage": st.sampled_from([*CHANCES, "won", "lost"])},
            amount=AMOUNT.filter(lambda amount: amount >= 0),
            currency=CURRENCY,
            probability=st.sampled_from([0, 33, 100]),
            expected_close=DAY,
        ),
        "interactions": some(
            {
                "date": DAY,
                "by": st.just("lilei"),
                "channel": st.sampled_from(["phone", "visit", "email", "wechat", "sms", "social", "note", "handover"]),
                "summary": st.just("s"),
            },
            direction=st.sampled_from(["in", "out"]),
            outcome=st.sampled_from(["positive", "negative", "no-answer"]),
        ),
        "cooperation": st.fixed_dictionaries(
            {"since": st.one_of(DAY, DAY.map(lambda day: day[:7]), DAY.map(lambda day: day[:4]))},
            optional={
                "satisfaction": st.fixed_dictionaries({"score": st.integers(1, 5)}, optional={"date": DAY}),
            },
        ),
        "feedback": some(
            {"date": DAY, "kind": st.sampled_from(["survey", "survey", "praise"])}, score=st.integers(1, 5)
        ),
    },
)


def past(record: dict[str, Any], key: str) -> list[tuple[date, dict[str, Any]]]:
    """The items of a list up to today with their days."""
    dated = ((date.fromisoformat(item["date"]), item) for item in record.get(key, ()))
    return [(day, item) for day, item in dated if day <= TODAY]


def by_currency(items: list[tuple[dict[str, Any], Fraction]]) -> dict[str, Fraction]:
    sums: dict[str, Fraction] = {}
    for item, amount in items:
        code = item.get("currency", "EUR").replace("RMB", "CNY")
        sums[code] = sums.get(code, Fraction(0)) + amount
    return sums


def money(item: dict[str, Any]) -> Fraction:
    return Fraction(str(item["amount"]))


def purchases(record: dict[str, Any]) -> dict[str, Any]:
    """The figures of transactions."""
    items = past(record, "transactions")
    bought = [(day, item) for day, item in items if item["amount"] > 0]
    year = [TODAY - timedelta(days) for days in range(365)]
    days = [day for day in (date(2020, 1, 1) + timedelta(n) for n in range(3000)) if day in {day for day, _ in bought}]
    gaps = sorted((b - a).days for a, b in pairwise(days))
    middle = Fraction(gaps[(len(gaps) - 1) // 2] + gaps[len(gaps) // 2], 2) if gaps else None
    rhythm = middle if len(days) > 2 else None
    counts = by_currency([(item, Fraction(1)) for _day, item in bought])
    products: dict[str, set[date]] = {}
    for day, item in bought:
        for line in item.get("items", ()):
            products.setdefault("A1" if line["product"] == "alpha" else line["product"], set()).add(day)
    ranked = sorted(sorted(products), key=lambda name: (len(products[name]), max(products[name])), reverse=True)
    return {
        "transaction_count": len(items),
        "transaction_sum": by_currency([(item, money(item)) for _day, item in items]),
        "last_transaction": max((day for day, _item in items), default=None),
        "average_order": {
            code: amount / counts[code]
            for code, amount in by_currency([(item, money(item)) for _day, item in bought]).items()
        },
        "top_products": ranked[:3],
        "recency": (TODAY - days[-1]).days if days else None,
        "frequency": len({*days} & {*year}),
        "monetary": by_currency([(item, money(item)) for day, item in items if day in year]),
        "transaction_interval": middle,
        "next_purchase": None if rhythm is None else days[-1] + timedelta(round(rhythm)),
        "behind": None
        if rhythm is None
        else Fraction((TODAY - days[-1]).days) > rhythm + min(max(rhythm / 2, Fraction(14)), Fraction(30)),
    }


def deals(record: dict[str, Any]) -> dict[str, Any]:
    """The figures of opportunities."""
    open_ = [item for item in record.get("opportunities", ()) if item["stage"] in CHANCES and "amount" in item]
    ahead = [item for item in open_ if item.get("expected_close", "") >= str(TODAY) and record["status"] != "lost"]
    chances = [(item, money(item) * item.get("probability", CHANCES[item["stage"]]) / 100) for item in ahead]
    return {
        "open_value": by_currency([(item, money(item)) for item in open_]),
        "weighted_value": by_currency(chances),
    }


def contact(record: dict[str, Any]) -> dict[str, Any]:
    """The figures of interactions."""
    reached = []
    for day, item in past(record, "interactions"):
        sent = item.get("direction") == "out" and item["channel"] in ("email", "wechat", "sms", "social")
        silent = item["channel"] in ("note", "handover") or item.get("outcome") == "no-answer"
        if not (sent or silent or (item["channel"] == "sms" and "direction" not in item)):
            reached.append((day, item))
    last = max((day for day, _item in reached), default=None)
    outcome = [item.get("outcome") for day, item in reached if day == last][-1:]
    since = None if last is None else (TODAY - last).days
    window = [(item["channel"], day) for day, item in reached if day > TODAY - timedelta(365)]
    counts = {name: sum(one == name for one, _day in window) for name, _day in window}
    tops = [name for name in counts if counts[name] == max(counts.values())]
    newest = max((day for name, day in window if name in tops), default=None)
    close = [
        date.fromisoformat(deal["expected_close"])
        for deal in record.get("opportunities", ())
        if deal["stage"] in ("proposal", "negotiation") and "expected_close" in deal
    ]
    near = any(TODAY - timedelta(30) <= day <= TODAY + timedelta(90) for day in close)
    return {
        "last_contact": last,
        "days_since_contact": since,
        "main_channel": min((name for name, day in window if name in tops and day == newest), default=None),
        "high_intent": (since is not None and since <= 29 and near)
        or (record["status"] in ("lead", "prospect") and since is not None and since <= 30 and outcome == ["positive"]),
    }


def profile(record: dict[str, Any], days: int) -> dict[str, Any]:
    """Lifecycle and satisfaction; `days` is the number of purchase days."""
    status, cooperation = record["status"], record.get("cooperation", {})
    since = "-".join([*cooperation.get("since", "9999").split("-"), "01", "01"][:3])
    old = date.fromisoformat(since) < TODAY - timedelta(365) or days >= 2
    surveys = [(day, item) for day, item in past(record, "feedback") if item["kind"] == "survey" and "score" in item]
    current = cooperation.get("satisfaction", {})
    score = current.get("score") if "date" not in current else None
    for day in (date(2020, 1, 1) + timedelta(n) for n in range((TODAY - date(2020, 1, 1)).days + 1)):
        scores = [item["score"] for when, item in surveys if when == day]
        score = min(scores, default=score)
        score = current["score"] if current.get("date") == str(day) else score
    return {
        "lifecycle": {"lost": "lost", "lead": "potential", "prospect": "potential"}.get(
            status, "existing" if old else "new"
        ),
        "satisfaction": score,
    }


def exact(value: Any) -> Any:
    """Sums and other decimals as fractions."""
    if isinstance(value, dict):
        return {key: exact(amount) for key, amount in value.items()}
    return Fraction(value) if isinstance(value, Decimal) else value


@given(RECORD)
def test_figures_of_random_records_equal_a_naive_calculation(record: dict[str, Any]) -> None:
    fields = {"id": "C20240501K7QM", "name": "A", "type": "company", "owner": "lilei", **record}
    document = parse_text("".join(f"{key}: {json.dumps(value)}\n" for key, value in fields.items()))
    assert document.problems == ()
    figures = compute(Customer(document), TODAY, SETTINGS)
    bought = purchases(record)
    days = {day for day, item in past(record, "transactions") if item["amount"] > 0}
    expected = {**bought, **deals(record), **contact(record), **profile(record, len(days))}
    average = figures.pop("average_order")
    assert {code: round(Fraction(amount), 9) for code, amount in average.items()} == {
        code: round(amount, 9) for code, amount in expected.pop("average_order").items()
    }
    assert {name: exact(figures[name]) for name in expected} == expected
    assert {*expected} < {*COMPUTED}
