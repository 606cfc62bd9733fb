"""RFM scores, segments and lapsed customers, on stores made by hand and against a second calculation."""

from __future__ import annotations

import json
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from statistics import median
from typing import TYPE_CHECKING, Any, NamedTuple

import pytest
from hypothesis import given
from hypothesis import strategies as st
from stores import TEAM

from crmtext import settings
from crmtext.figures.rfm import Rfm
from crmtext.figures.rules import NAMES
from crmtext.index import lookup
from crmtext.query import listing
from crmtext.schema import Schema
from crmtext.snapshot import Snapshot, build
from crmtext.store import Store

if TYPE_CHECKING:
    from collections.abc import Sequence

    from repos import Repo

TODAY = date(2026, 11, 20)


class Bought(NamedTuple):
    """A transaction, days ago."""

    ago: int
    amount: float
    currency: str = ""


def record(number: int, transactions: Sequence[Bought], **fields: str) -> str:
    """The text of a record with these transactions."""
    lines = [f"id: C2024050100{number:02}", f"name: Customer {number}", "type: company", "status: prospect"]
    lines += [f"{key}: {value}" for key, value in ({"owner": "lilei"} | fields).items()]
    items = [
        {"date": str(TODAY - timedelta(bought.ago)), "amount": bought.amount}
        | ({"currency": bought.currency} if bought.currency else {})
        for bought in transactions
    ]
    return "\n".join(lines) + f"\ntransactions: {json.dumps(items)}\n"


def path(number: int) -> str:
    return f"records/C2024050100{number:02}.yaml"


def snapshot(customers: Sequence[Sequence[Bought]], rfm: str = "") -> Snapshot:
    """A store whose customers have these transactions."""
    files = ((path(number), record(number, bought).encode()) for number, bought in enumerate(customers))
    team = settings.read((TEAM + rfm).encode())
    result = build(files, read="worktree", schema=Schema.shipped(), settings=team, today=TODAY)
    assert result.problems == ()
    return result


def scores(customers: Sequence[Sequence[Bought]], rfm: str = "") -> list[str]:
    """R, F and M score with the segment, `-` for none, of each customer."""
    shot = snapshot(customers, rfm)
    values = map(NAMES.of(shot), shot.customers)
    names = ("r_score", "f_score", "m_score")
    return [
        f"{''.join('-' if row[name] is None else str(row[name]) for name in names)} {row['rfm_segment']}"
        for row in values
    ]


#: Refunds, two purchases on one day, ties, and the edges of limits and window.
EIGHT: tuple[tuple[Bought, ...], ...] = (
    (Bought(0, 100),),
    (Bought(10, 100), Bought(20, 100)),
    (Bought(30, 500), Bought(30, 500)),
    (Bought(31, 1000), Bought(2, -400), Bought(50, 100)),
    (Bought(90, 100), Bought(91, 100), Bought(92, 100), Bought(93, 100)),
    (Bought(91, 800),),
    (Bought(181, 300),),
    (Bought(364, 5000),),
)
#: The day before the window, tomorrow, and refunds and nothing else.
OUTSIDE: tuple[tuple[Bought, ...], ...] = ((Bought(365, 9999),), (Bought(-1, 9999),), (Bought(5, -100),), ())
LIMITS = "[rfm]\nmonetary = { CNY = [200, 300, 1000, 2000] }\n"


@pytest.mark.parametrize(
    ("customers", "rfm", "expected"),
    [
        ((), "", []),
        (EIGHT[:1], "", ["51- few"]),
        (EIGHT[:2], "", ["51- few", "52- few"]),
        (EIGHT[1:], "", ["52- few", "51- few", "42- few", "43- few", "31- few", "21- few", "21- few"]),
        (
            EIGHT + OUTSIDE,
            "",
            ["511 100", "521 110", "514 101", "423 111", "432 010", "314 001", "212 000", "215 001"]
            + ["--- none"] * 4,
        ),
        (
            EIGHT,
            "[rfm]\nsplit = 'mean'\n",
            ["511 100", "521 110", "514 100", "423 110", "432 110", "314 100", "212 000", "215 001"],
        ),
        (
            EIGHT,
            LIMITS,
            ["511 100", "522 110", "514 101", "423 111", "433 010", "313 001", "213 000", "215 001"],
        ),
        (
            EIGHT,
            "[rfm]\nmode = 'rank'\n",
            ["511 100", "441 110", "414 101", "343 111", "252 010", "214 001", "112 000", "115 001"],
        ),
        (
            EIGHT,
            "[rfm]\nwindow_days = 91\nrecency = [1, 10, 11, 12]\n",
            ["51- few", "42- few", "11- few", "12- few", "11- few"] + ["--- none"] * 3,
        ),
        # Dollars are compared with dollars only, and too few have them; R and F are compared among all.
        (
            (*EIGHT, (Bought(1, 10**6, "USD"),), (Bought(1, 9, "USD"), Bought(2, 9, "USD"), Bought(3, 10**6))),
            "",
            ["511 100", "521 110", "514 101", "423 011", "432 010", "314 001", "212 000", "215 001", "51- few",
             "52- few"],
        ),
        # As many purchase days in both: the store's currency is the main one.
        (
            (*EIGHT[:7], (Bought(1, 9, "USD"), Bought(1, 100), Bought(2, 100, "CNY"), Bought(2, 9, "USD"))),
            "",
            ["511 100", "521 110", "515 101", "424 011", "433 011", "314 001", "212 000", "521 110"],
        ),
    ],
    ids=["0", "1", "2", "7", "8", "mean", "limits of money", "rank", "window", "two currencies", "a tie of currencies"],
)  # fmt: skip
def test_scores_and_segments(customers: Sequence[Sequence[Bought]], rfm: str, expected: list[str]) -> None:
    assert scores(customers, rfm) == expected


def test_auto_gives_scores_by_rank_from_25_members_on() -> None:
    everyone = [(Bought(number, 100 * number),) for number in range(1, 26)]
    low, high = ("".join(str(score) * 5 for score in scores) for scores in ("12345", "54321"))
    assert scores(everyone, LIMITS) == [
        f"{r}1{m} {'10'[number >= 12]}0{'01'[number > 12]}" for number, (r, m) in enumerate(zip(high, low, strict=True))
    ]
    assert scores(everyone[:24], LIMITS) == [
        f"51{1 + (number >= 2) + (number >= 3) + (number >= 10) + (number >= 20)} "
        f"{'10'[number > 12]}0{'01'[number > 12]}"
        for number in range(1, 25)
    ]


def test_equal_customers_have_equal_scores_and_none_is_better_than_the_median() -> None:
    assert scores([(Bought(5, 10),)] * 30) == ["111 000"] * 30


def test_lapsed_customers_have_bought_for_more_than_the_median_of_their_currency() -> None:
    shot = snapshot((*EIGHT, (Bought(365, 551),), (Bought(400, 550),), (Bought(400, 9000, "EUR"),)))
    rfm = Rfm.of(shot)
    sums = [NAMES.of(shot)(customer)["transaction_sum"] for customer in shot.customers]
    lapsed = [rfm.lapsed(customer, money) for customer, money in zip(shot.customers, sums, strict=True)]
    assert lapsed == [*[{}] * 8, {"CNY": Decimal(551)}, {}, {}]
    assert (rfm.recency_split, rfm.frequency_split) == (Fraction(121, 2), Fraction(1))
    assert rfm.monetary_split == {"CNY": Fraction(550)}


def test_a_part_of_the_store_has_the_scores_of_the_whole(repo: Repo, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("CRMTEXT_QUICK", raising=False)
    monkeypatch.setattr(lookup, "WORTHWHILE", 0)
    owners = ["lilei", "hanmei"] * 4
    records = (record(number, bought, owner=owners[number]) for number, bought in enumerate(EIGHT))
    files = {path(number): text for number, text in enumerate(records)}
    # A record with errors is in no figure.
    broken = record(9, EIGHT[7]).replace("status: prospect", "status: unknown")
    repo.commit({"crmtext.toml": TEAM, **files, path(9): broken})
    store = Store(repo.path)

    def listed(shot: Snapshot, where: str = "") -> list[str]:
        query = listing.Query(owner=("hanmei",), where=where)
        return [f"{row['m_score']} {row['rfm_segment']}" for row in listing.rows(shot, query, NAMES)]

    part, whole = lookup.listed(store, {"owner": ("hanmei",)}, as_of=TODAY), lookup.snapshot(store)
    assert len(part.customers) == 4
    expected = ["1 110", "3 111", "4 001", "5 001"]
    for shot in (part, part.only(part.customers[1:]), lookup.listed(store, as_of=TODAY)):
        assert listed(shot)[-3:] == expected[-3:]
    assert listed(part, "rfm_segment == 'Big and leaving'") == expected[2:]
    assert len(whole.customers) == 8


AMOUNT = st.sampled_from([-50, -0.1, 0, 0.1, 0.2, 0.3, 10, 20, 300.5])
AGO = st.sampled_from([-1, 0, 1, 2, 29, 30, 31, 89, 90, 91, 180, 364, 365, 800])
TRANSACTIONS = st.lists(st.builds(Bought, AGO, AMOUNT, st.sampled_from(["", "", "CNY", "EUR"])), max_size=5)
MODES = {
    "auto": "",
    "rank": "mode = 'rank'",
    "limits": "mode = 'limits'\nrecency = [1, 29, 90, 180]\nmonetary = { EUR = [0.1, 0.3, 1, 20.5] }",
    "mean": "split = 'mean'\nwindow_days = 90",
}


def simple(customers: Sequence[Sequence[Bought]], mode: str) -> list[str]:
    """The same scores: each customer is compared with each other one."""
    window = 90 if mode == "mean" else 365
    recency = [1, 29, 90, 180] if mode == "limits" else [30, 90, 180, 365]
    members: dict[int, tuple[int, int, str, Fraction]] = {}
    for number, transactions in enumerate(customers):
        here = [bought for bought in transactions if 0 <= bought.ago < window]
        days = {bought.ago for bought in here if bought.amount > 0}
        if days:
            count = {
                code: len({b.ago for b in here if b.amount > 0 and (b.currency or "CNY") == code})
                for code in ("CNY", "EUR")
            }
            main = "EUR" if count["EUR"] > count["CNY"] else "CNY"
            amounts = (Fraction(str(b.amount)) for b in here if (b.currency or "CNY") == main)
            members[number] = (min(days), len(days), main, sum(amounts, Fraction(0)))
    limits = mode == "limits" or (mode != "rank" and len(members) < 25)
    results = []
    for number in range(len(customers)):
        if number not in members:
            results.append("--- none")
            continue
        r, f, main, money = members[number]
        alike = [other for other in members.values() if other[2] == main]
        rank = {
            "r": 1 + 5 * sum(other[0] > r for other in members.values()) // len(members),
            "f": 1 + 5 * sum(other[1] < f for other in members.values()) // len(members),
            "m": 1 + 5 * sum(other[3] < money for other in alike) // len(alike),
        }
        if limits:
            rank["r"] = 5 - sum(r > limit for limit in recency)
            rank["f"] = 1 + sum(f >= limit for limit in (2, 4, 6, 12))
        if mode == "limits" and main == "EUR":
            rank["m"] = 1 + sum(money >= Fraction(limit) for limit in ("0.1", "0.3", "1", "20.5"))
        if len(alike) < 8:
            results.append(f"{rank['r']}{rank['f']}- few")
            continue
        middle: Any = median if mode != "mean" else lambda values: sum(values, Fraction(0)) / len(values)
        better = (
            r < middle([Fraction(other[0]) for other in members.values()]),
            f > middle([Fraction(other[1]) for other in members.values()]),
            money > middle([other[3] for other in alike]),
        )
        results.append(f"{rank['r']}{rank['f']}{rank['m']} {''.join(str(int(one)) for one in better)}")
    return results


@pytest.mark.parametrize("mode", MODES)
@given(customers=st.lists(TRANSACTIONS, max_size=30))
def test_random_stores_have_the_scores_of_a_simple_calculation(
    mode: str, customers: Sequence[Sequence[Bought]]
) -> None:
    assert scores(customers, f"[rfm]\n{MODES[mode]}\n") == simple(customers, mode)


def test_two_purchase_days_make_an_uncertain_interval() -> None:
    shot = snapshot([EIGHT[1], EIGHT[4], EIGHT[0]])
    table = listing.table(shot, listing.Query(columns=("transaction_interval", "next_purchase")), NAMES)
    assert table.rows == (("10?", ""), ("1", "2026-08-23"), ("", ""))
