"""Conversion and stays of opportunities, by hand."""

from __future__ import annotations

from datetime import date
from fractions import Fraction

import pytest

from crmtext.figures.stages import Deal, Entry, Moves, Stage, converted_since, stages

TODAY = date(2026, 12, 31)
NONE = {"median": None, "p90": None, "n": 0}


def deal(*entries: str, present: bool = True) -> Deal:
    """A deal of entries such as `proposal 2026-03-01`; without a day, of the first commit."""
    pairs = (entry.partition(" ") for entry in entries)
    stages_ = tuple(Entry(stage, date.fromisoformat(day) if day else None) for stage, _blank, day in pairs)
    return Deal("C1", {"title": "x", "stage": stages_[-1].value}, stages_, TODAY, present)


def days(*values: int, median: Fraction | int) -> dict[str, object]:
    return {"median": median, "p90": max(values), "n": len(values)}


def row(name: str, *deals: Deal) -> Stage:
    return stages(Moves(date(2026, 1, 1), deals), TODAY, (name,))[0]


@pytest.mark.parametrize(
    ("entries", "counts"),
    [
        # Of the last 365 days, and at least 90 days ago.
        (("proposal 2026-01-01",), (1, 0, 0)),
        (("proposal 2025-12-31",), (0, 0, 0)),
        (("proposal 2026-10-02",), (1, 0, 0)),
        (("proposal 2026-10-03",), (0, 0, 0)),
        # Later stages count, also if they are left again; lost ones and a way back don't.
        (("proposal 2026-02-01", "negotiation 2026-12-30", "lost 2026-12-31"), (1, 1, 0)),
        (("proposal 2026-02-01", "won 2026-03-01"), (1, 1, 0)),
        (("proposal 2026-02-01", "lost 2026-03-01"), (1, 0, 0)),
        (("proposal 2026-02-01", "qualified 2026-03-01"), (1, 0, 0)),
        (("negotiation 2026-02-01", "proposal 2026-03-01"), (1, 0, 0)),
        # The first entry only, and no skipped stage.
        (("proposal 2025-02-01", "qualified 2026-02-01", "proposal 2026-03-01"), (0, 0, 0)),
        (("qualified 2026-02-01", "negotiation 2026-03-01"), (0, 0, 0)),
        # Those of the first commit are in no rate.
        (("proposal", "negotiation 2026-03-01"), (0, 0, 1)),
        (("qualified", "proposal 2026-03-01"), (0, 0, 0)),
        (("verbal 2026-02-01", "proposal 2026-03-01"), (1, 0, 0)),
    ],
    ids=lambda value: "-".join(map(str, value)),
)
def test_which_entries_count(entries: tuple[str, ...], counts: tuple[int, int, int]) -> None:
    found = row("proposal", deal(*entries))
    assert (found.entered, found.advanced, found.unknown) == counts


def test_stays_last_from_a_change_to_the_next() -> None:
    twice = deal("proposal 2026-01-01", "qualified 2026-01-11", "proposal 2026-02-01", "lost 2026-03-03")
    unseen = deal("proposal", "negotiation 2026-06-01", "proposal 2026-06-08", "won 2026-06-09")
    back = deal("proposal 2026-05-05", "negotiation 2026-05-04")
    assert row("proposal", twice, unseen, back).stay == days(10, 30, 1, 0, median=Fraction(11, 2))
    assert row("negotiation", unseen, back).stay == days(7, median=7)


def test_open_stays_are_those_of_present_deals() -> None:
    here = deal("qualified 2026-01-01", "proposal 2026-12-01")
    since_ever, gone = deal("proposal"), deal("proposal 2026-01-01", present=False)
    found = row("proposal", here, since_ever, gone)
    assert (found.open, found.stay) == (days(30, median=30), NONE)


def test_nothing_is_known_of_no_commits() -> None:
    assert {one.name for one in stages(Moves(), TODAY)} == {"discovery", "qualified", "proposal", "negotiation"}
    assert row("proposal") == Stage("proposal", 0, 0, 0, NONE, NONE)
    assert (converted_since(Moves()), converted_since(Moves(date(2026, 11, 20)))) == (None, date(2027, 2, 18))
