"""Targets and RFM settings: what they are read as, and each mistake with its place."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from crmtext.settings import Target, read, read_around
from crmtext.settings.targets import days_of

TEAM = '[team.lilei]\nname = "李雷"\n'
LIMITS = "recency = [30, 90, 180, 365]"
EXAMPLE = 'for example: [[targets]], and below it measure = "revenue", period = "2026-Q4", amount = "300000"'


def target(measure: str = "revenue", period: str = "2026", amount: str = "5", more: str = "") -> str:
    return f'[[targets]]\nmeasure = "{measure}"\nperiod = "{period}"\namount = "{amount}"\n{more}'


def test_targets_have_exact_amounts() -> None:
    given = TEAM + "".join(
        (
            target("revenue", "2026-Q4", "30万", 'owner = "lilei"\n'),
            target("paid_amount", "2026-11", "1,234.50 EUR"),
            target("won_amount", "2026-Q1", "$5k"),
            target("new", "2026", "12"),
            target("revenue", "2026-Q4", "0.1"),
        )
    )
    assert read(given.encode()).targets == (
        Target("revenue", "2026-Q4", Decimal(300_000), "lilei"),
        Target("paid_amount", "2026-11", Decimal("1234.50"), "", "EUR"),
        Target("won_amount", "2026-Q1", Decimal(5000), "", "USD"),
        Target("new", "2026", Decimal(12)),
        Target("revenue", "2026-Q4", Decimal("0.1")),
    )


@pytest.mark.parametrize(
    ("period", "days"),
    [
        ("2026", (date(2026, 1, 1), date(2026, 12, 31))),
        ("2026-Q4", (date(2026, 10, 1), date(2026, 12, 31))),
        ("2028-02", (date(2028, 2, 1), date(2028, 2, 29))),
        *((text, None) for text in ("2026-Q5", "2026-13", "2026-1", "0000", "26", "", "2026-11-01", "２０２６")),
    ],
)
def test_a_period_is_a_year_a_quarter_or_a_month(period: str, days: tuple[date, date] | None) -> None:
    assert days_of(period) == days


def test_limits_of_money_are_exact() -> None:
    limits = read(b"[rfm]\nmonetary = { CNY = [0, 0.1, 0.30, 5], EUR = [1, 2, 3, 4] }\n").rfm_monetary
    assert limits["CNY"] == (Decimal(0), Decimal("0.1"), Decimal("0.3"), Decimal(5))
    assert list(limits) == ["CNY", "EUR"]


@pytest.mark.parametrize(
    ("text", "line", "message", "hint"),
    [
        ('[rfm]\nmode = "fast"', 2, "unknown value 'fast' for mode", "one of: auto, rank, limits"),
        ('[rfm]\nsplit = "avg"', 2, "unknown value 'avg' for split", "one of: median, mean"),
        ("[rfm]\nwindow_days = 0", 2, "window_days must be at least 1", "a year is 365"),
        ("[rfm]\nrecency = [1, 2, 3]", 2, "recency has 3 limits, and the scores 1 to 5 need 4", LIMITS),
        (
            "[rfm]\nrecency = [1, 2, 2, 3]", 2, "the limits of recency must rise, but 2 follows 2", LIMITS,
        ),
        ("[rfm]\nrecency = [1, 2.5, 3, 4]", 2, "recency must be a list of numbers, not [1, 2.5, 3, 4]", LIMITS),
        ("[rfm]\nfrequency = 3", 2, "frequency must be a list of numbers, not 3", "frequency = [2, 4, 6, 12]"),
        (
            "[rfm]\nmonetary = 5", 2, "monetary must be a table of limits for each currency",
            "monetary = { CNY = [10000, 50000, 100000, 500000] }",
        ),
        (
            "[rfm]\n[rfm.monetary]\nEUR = [1, 2, 3, 4]\nRMB = [1, 2, 3, 4]", 4, "'RMB' is not a currency", "use CNY",
        ),
        (
            "[rfm]\nmonetary = { EUR = [1, 2, inf, 4] }", 2, "EUR must be a list of numbers, not [1, 2, inf, 4]",
            "EUR = [10000, 50000, 100000, 500000]",
        ),
        (
            target() + target("new"), 0, "", "",
        ),
        (target("revnue"), 2, "unknown measure 'revnue' of a target", "did you mean 'revenue'?"),
        (target(period="2026-Q5"), 3, "'2026-Q5' is not a period", "write 2026, 2026-Q4 or 2026-11"),
        (target(more='owner = "lilie"'), 5, "unknown owner 'lilie' of a target", "did you mean 'lilei'?"),
        (target(amount="much"), 4, "'much' is not an amount above zero", 'for example: amount = "300000"'),
        (target(amount="-5"), 4, "'-5' is not an amount above zero", 'for example: amount = "300000"'),
        (target("new", amount="1.5"), 4, "'1.5' is not a whole number above zero", 'for example: amount = "20"'),
        (target("new", amount="5 EUR"), 4, "'5 EUR' is not a whole number above zero", 'for example: amount = "20"'),
        (target().replace('"5"', "5"), 4, "amount must be text, not 5", 'put it in quotes: amount = "5"'),
        (target().replace('"2026"', "2026"), 3, "period must be text, not 2026", EXAMPLE),
        (target(more='ownr = "lilei"'), 5, "unknown setting 'targets.ownr'", "did you mean 'owner'?"),
        ('[[targets]]\nperiod = "2026"\namount = "5"', 1, "a target has no measure", EXAMPLE),
        ('[targets]\nmeasure = "new"', 1, "a target is a table in two pairs of brackets: [[targets]]", EXAMPLE),
        (target() + target(amount="6 CNY"), 6, "two targets for revenue 2026", "delete one of them"),
    ],
)  # fmt: skip
def test_each_mistake_has_its_line_and_hint(text: str, line: int, message: str, hint: str) -> None:
    settings, problems = read_around(f"{text}\n{TEAM}".encode())
    expected = [(line, message, hint)] if message else []
    assert [(problem.place.line, problem.message, problem.hint) for problem in problems] == expected
    # The rest is used: defaults stand in for what is wrong.
    assert (settings.rfm_mode, settings.rfm_window_days, settings.rfm_recency) == ("auto", 365, (30, 90, 180, 365))
    assert settings.targets == (() if message else settings.targets)
