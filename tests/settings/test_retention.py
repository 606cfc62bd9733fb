from __future__ import annotations

import pytest

from crmtext.problem import CrmError
from crmtext.settings import read
from crmtext.settings.retention import RetentionRule, retention_rule
from crmtext.values.durations import Duration

RULES = {
    "36m after churn.date": RetentionRule(Duration(36, "m"), "churn.date"),
    " 2y  after 创建日期 ": RetentionRule(Duration(2, "y"), "创建日期"),
    "730d after interactions.date": RetentionRule(Duration(730, "d"), "interactions.date"),
    "104w after last_contact": RetentionRule(Duration(104, "w"), "last_contact"),
    "never": RetentionRule(None),
    "Never": None,
    "": None,
    "36m": None,
    "36m after": None,
    "36m after ": None,
    "36 m after churn.date": None,
    "36M after churn.date": None,
    "0m after churn.date": None,
    "-1m after churn.date": None,
    "3 years after churn.date": None,
    "36mafterchurn.date": None,
}
WRONG = {
    'lost = "36 months"': (
        "'36 months' is not a retention rule",
        'for example: lost = "36m after churn.date", or "never"',
    ),
    '"合作 中" = "36m"': (
        "'36m' is not a retention rule",
        'for example: lost = "36m after churn.date", or "never"',
    ),
    "lost = 36": (
        "lost must be text, not 36",
        'for example: lost = "36m after churn.date", or "never"',
    ),
    'keep_transactions = "10 years"': (
        "'10 years' is not a period",
        'days, weeks, months or years, for example: keep_transactions = "10y"',
    ),
    "keep_transactions = 10": (
        "keep_transactions must be text, not 10",
        'days, weeks, months or years, for example: keep_transactions = "10y"',
    ),
    'hold = "C20240501K7QM"': (
        "hold must be a list of ids, not 'C20240501K7QM'",
        'hold = ["C20240501K7QM"]',
    ),
    "hold = [20240501]": (
        "hold must be a list of ids, not [20240501]",
        'hold = ["C20240501K7QM"]',
    ),
}


@pytest.mark.parametrize("text", RULES)
def test_a_rule_is_a_period_after_a_date_or_never(text: str) -> None:
    assert retention_rule(text) == RULES[text]


@pytest.mark.parametrize("line", WRONG)
def test_a_mistake_is_named_with_place_and_example(line: str) -> None:
    with pytest.raises(CrmError) as caught:
        read(f"[retention]\n{line}\n".encode())
    problem = caught.value.problem
    assert (problem.rule, problem.place.line, problem.place.column) == ("settings", 2, 1)
    assert (problem.message, problem.hint) == WRONG[line]


def test_a_request_is_due_in_a_day_at_least() -> None:
    with pytest.raises(CrmError) as caught:
        read(b"[privacy]\nrequest_days = 0\n")
    assert f"{caught.value.problem}" == "crmtext.toml:2:1: error: request_days must be at least 1 [settings]"


def test_rules_hold_and_duty_are_read_apart() -> None:
    settings = read(b'[retention]\nkeep_transactions = "30y"\nlost = "36m after churn.date"\nhold = ["C1AAA"]\n')
    given = (settings.retention_rules, settings.keep_transactions, settings.hold)
    assert given == ({"lost": "36m after churn.date"}, "30y", ("C1AAA",))
    assert (read(b"").retention_rules, read(b"").keep_transactions, read(b"").hold) == ({}, "10y", ())
