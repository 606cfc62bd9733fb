"""What is wrong with follow-up rules, holidays and workdays."""

from __future__ import annotations

import pytest

from crmtext.settings import read_around

RULES = """\
[[followup.rules]]
every_days = 30
channel = ["visit", 5]
say = ""

[[followup.rules]]
name = "quarterly"
every_days = -1

[[followup.rules]]
name = "quarterly"
where = 3

[[followup.rules]]
name = ""
every_days = true
colour = "red"
"""
EXAMPLE = 'for example: [[followup.rules]], and below it name = "…" and every_days = 30'
SHOWN = "for an example, see crmtext.toml of a new store: crmtext init"
DAYS = """\
[followup]
holidays = [
    "2026-05-05/2026-05-01", 2026-12-25, "10-01",  # three
    '2026-10-01/2027-10-07',
    "2026-12-24/2026-12-26", 2026-02-01T10:00:00,
]
workdays = ["2026-10-10", "2026-10-09", "2026-12-26", "2026-10-10", "2026-10-17/2026-10-18", "Samstag"]
"""
A_DAY = "write 2026-12-25, or 2026-10-01/2026-10-07 for several days"
EACH = "write each day, such as 2026-10-10"


def problems(text: str) -> list[tuple[str, str, str]]:
    """Place, message and hint of each problem."""
    return [(f"{p.place.line}:{p.place.column}", p.message, p.hint) for p in read_around(text.encode())[1]]


def test_each_mistake_of_a_rule_is_reported_at_its_line() -> None:
    assert problems(RULES) == [
        ("3:1", "channel must be text or a list of texts, not ['visit', 5]", SHOWN),
        ("4:1", "say is empty", "write a value, or delete it"),
        ("1:3", "a follow-up rule has no name", EXAMPLE),
        ("8:1", "every_days must be a whole number, not -1", SHOWN),
        ("12:1", "where must be text, not 3", SHOWN),
        ("10:3", "the follow-up rule 'quarterly' has no every_days", EXAMPLE),
        ("11:1", "two follow-up rules have the name 'quarterly'", "rename one of them"),
        ("15:1", "name is empty", "write a value, or delete it"),
        ("16:1", "every_days must be a whole number, not True", SHOWN),
        ("17:1", "unknown setting 'followup.rules.colour'", "one of: name, every_days, where, channel, say"),
    ]


@pytest.mark.parametrize("rules", ["5", "[5]", "{ name = 'a', every_days = 3 }"])
def test_rules_are_tables(rules: str) -> None:
    message = "a follow-up rule is a table in two pairs of brackets: [[followup.rules]]"
    assert problems(f"[followup]\nrules = {rules}\n") == [("2:1", message, EXAMPLE)]


def test_each_mistake_of_the_calendar_is_reported_at_its_entry() -> None:
    assert problems(DAYS) == [
        ("3:6", "'2026-05-05/2026-05-01' is not a day", A_DAY),
        ("3:43", "'10-01' is not a day", A_DAY),
        ("4:6", "a holiday of 372 days: 2026-10-01/2027-10-07", "check the year"),
        ("5:6", "2026-12-25 is a holiday twice: 2026-12-25 and 2026-12-24/2026-12-26", "list each day once"),
        ("2:1", "'2026-02-01 10:00:00' is not a day", A_DAY),
        (
            "7:28",
            "2026-10-09 is not a Saturday or Sunday",
            "Monday to Friday are working days anyway; delete it",
        ),
        (
            "7:42",
            "2026-12-26 is both a workday and a holiday: 2026-12-24/2026-12-26",
            "remove it from one of the two",
        ),
        ("7:56", "2026-10-10 is a workday twice", "list each day once"),
        ("7:70", "'2026-10-17/2026-10-18' is not a day", EACH),
        ("7:95", "'Samstag' is not a day", EACH),
    ]
