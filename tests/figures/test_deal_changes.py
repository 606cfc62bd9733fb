"""What became of deals between two moments."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from stores import record, snapshot

from crmtext.computed import deals as deals_of
from crmtext.figures.deal_changes import deal_changes
from crmtext.values.money import total

if TYPE_CHECKING:
    from collections.abc import Sequence

    from crmtext.model import Customer
    from crmtext.snapshot import Snapshot


def store(*deals: str, number: str = "001", **values: str) -> Snapshot:
    """A store with one customer that has these deals."""
    lines = "".join(f"  - {{{deal}}}\n" for deal in deals)
    return snapshot(record(number, more=f"opportunities:\n{lines}" if deals else "", **values))


def changes(then: Snapshot, now: Snapshot, owner: str = "") -> list[tuple[str, tuple[str, ...], dict[str, Decimal]]]:
    """Title, changes and worth of the deals that changed, of one colleague's customers or all."""
    chosen = ([one for one in side.customers if owner in ("", one.owner)] for side in (then, now))
    return [(one.now.data["title"], one.changes, total(one.worth)) for one in deal_changes(then, now, *chosen)]


#: A closed deal has its day.
CLOSED = ", closed: '2026-11-19'"
OPEN = "title: T, stage: proposal, amount: 100, expected_close: '2026-12-10'"
WON, LOST = (OPEN.replace("proposal", stage) + CLOSED for stage in ("won", "lost"))


@pytest.mark.parametrize(
    ("then", "now", "expected"),
    [
        pytest.param([OPEN], [OPEN], None, id="the same"),
        pytest.param([OPEN], [OPEN.replace("12-10", "12-31")], None, id="later in the same month"),
        pytest.param([], [OPEN], (("new",), {"CNY": 100}), id="new"),
        pytest.param([], ["title: T, stage: won, amount: 5" + CLOSED], (("won",), {}), id="new and won at once"),
        pytest.param([OPEN], [WON], (("won",), {"CNY": -100}), id="won"),
        pytest.param([OPEN], [LOST], (("lost",), {"CNY": -100}), id="lost"),
        pytest.param([LOST], [OPEN], (("reopened",), {"CNY": 100}), id="opened again"),
        pytest.param([OPEN], [], (("removed",), {"CNY": -100}), id="removed"),
        pytest.param([WON], [], None, id="a closed one removed"),
        pytest.param([OPEN], [OPEN.replace("proposal", "negotiation")], (("advanced",), {"CNY": 0}), id="advanced"),
        pytest.param([OPEN], [OPEN.replace("proposal", "qualified")], (("back",), {"CNY": 0}), id="moved back"),
        pytest.param([OPEN], [OPEN.replace("2026-12", "2027-01")], (("slipped",), {"CNY": 0}), id="slipped"),
        pytest.param([OPEN], ["title: T, stage: proposal, amount: 100"], (("slipped",), {"CNY": 0}), id="no date now"),
        pytest.param(["title: T, stage: proposal, amount: 100"], [OPEN], (("earlier",), {"CNY": 0}), id="a date now"),
        pytest.param(
            [OPEN.replace("12-10", "11-25")], [OPEN.replace("12-10", "11-19")], (("overdue",), {"CNY": 0}), id="past"
        ),
        pytest.param([OPEN], [OPEN + ", probability: 60"], (("forecast",), {"CNY": 0}), id="another probability"),
        pytest.param([OPEN], [OPEN.replace("100", "70.5")], (("amount",), {"CNY": Decimal("-29.5")}), id="smaller"),
        pytest.param(
            [OPEN], [OPEN + ", currency: USD"], (("amount",), {"CNY": -100, "USD": 100}), id="another currency"
        ),
        pytest.param(
            [OPEN],
            ["title: T, stage: negotiation, amount: 150, expected_close: '2027-02-01'"],
            (("advanced", "slipped", "amount"), {"CNY": 50}),
            id="three changes",
        ),
    ],
)
def test_what_became_of_a_deal(then: list[str], now: list[str], expected: Any) -> None:
    assert changes(store(*then), store(*now)) == ([("T", *expected)] if expected else [])


def test_a_renamed_deal_with_an_external_id_is_the_same_deal() -> None:
    old = OPEN + ", external_ids: {crm: '7'}"
    assert changes(store(old), store(old.replace("title: T", "title: New name"))) == []
    assert [kind for _title, kind, _worth in changes(store(OPEN), store(OPEN.replace("title: T", "title: N")))] == [
        ("new",),
        ("removed",),
    ]


def test_a_handover_brings_deals_to_one_colleague_and_takes_them_from_the_other() -> None:
    then, now = store(OPEN, owner="lilei"), store(OPEN, "title: N, stage: discovery, amount: 1", owner="hanmei")
    assert changes(then, now, "hanmei") == [("T", ("joined",), {"CNY": 100}), ("N", ("new",), {"CNY": 1})]
    assert changes(then, now, "lilei") == [("T", ("left",), {"CNY": -100})]
    assert changes(then, now) == [("N", ("new",), {"CNY": 1})]


def test_deals_of_a_merged_customer_are_followed_and_those_of_a_deleted_one_are_gone() -> None:
    then = snapshot(record("001"), record("002", "别的客户", more=f"opportunities:\n  - {{{OPEN}}}\n"))
    merged = store(WON, merged_from="[C20240501002]")
    assert changes(then, merged) == [("T", ("won",), {"CNY": -100})]
    assert changes(then, snapshot(record("001"))) == [("T", ("removed",), {"CNY": -100})]


CHURN = {"prospect": "", "lost": "churn: {category: price}\n"}
#: Before both moments, between them, and after them.
DAYS = ("2026-11-01", "2026-11-15", "2026-12-01", "2027-01-01")


@st.composite
def deals(draw: st.DrawFn) -> list[str]:
    """Deals with few titles, so that those of two moments are often the same."""
    return [
        f"title: {title}, stage: {draw(st.sampled_from(['discovery', 'negotiation', 'won' + CLOSED, 'lost' + CLOSED]))}"
        + draw(st.sampled_from(["", ", amount: 7", ", amount: 0.5, currency: USD", ", amount: 100"]))
        + draw(st.sampled_from(["", *(f", expected_close: '{day}'" for day in DAYS)]))
        + draw(st.sampled_from(["", ", probability: 20"]))
        for title in draw(st.lists(st.sampled_from("ABC"), unique=True))
    ]


@given(
    st.lists(
        st.tuples(deals(), st.sampled_from(["lilei", "hanmei"]), st.sampled_from(["prospect", "lost"])),
        min_size=4,
        max_size=4,
    ),
    st.data(),
)
def test_the_changes_add_up_to_the_difference_of_the_open_amounts(
    four: Sequence[tuple[list[str], str, str]], data: st.DataObject
) -> None:
    """Two customers at two moments, each with their deals and owner."""
    texts = [
        record(
            number,
            f"客户{number}",
            f"opportunities: [{', '.join(f'{{{deal}}}' for deal in many)}]\n" + CHURN[status],
            owner=owner,
            status=status,
        )
        for number, (many, owner, status) in zip(("001", "002") * 2, four, strict=True)
    ]
    then, now = replace(snapshot(*texts[:2]), today=date(2026, 11, 13)), snapshot(*texts[2:])
    assert not then.broken + now.broken
    owner = data.draw(st.sampled_from(["", "lilei"]))
    chosen = [[one for one in side.customers if owner in ("", one.owner)] for side in (then, now)]
    made = [*deal_changes(then, now, *chosen)]
    for name, of in (("worth", open_value), ("forecast", weighted_value)):
        # A deal that only has another probability, or is past its date now, is a change as well.
        worth = total(pair for change in made for pair in getattr(change, name))
        before, after = (
            total(pair for one in side for pair in of(one, snapshot_).items())
            for side, snapshot_ in zip(chosen, (then, now), strict=True)
        )
        codes = {*worth, *before, *after}
        assert all(worth.get(code, 0) == after.get(code, 0) - before.get(code, 0) for code in codes)


def open_value(customer: Customer, side: Snapshot) -> dict[str, Decimal]:
    return dict(deals_of.open_value(customer, side.settings))


def weighted_value(customer: Customer, side: Snapshot) -> dict[str, Decimal]:
    return dict(deals_of.weighted_value(customer, side.today, side.settings))
