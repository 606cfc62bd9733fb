"""Expressions: what they can say of a customer, and that they can do nothing else."""

from __future__ import annotations

from typing import Any

import pytest

from crmtext.expression import compile_
from crmtext.problem import CrmError, Exit

NAMES = ("status", "owner", "name", "tags", "days_since_contact", "open_value", "classification", "opportunities")
VALUES: dict[str, Any] = {
    "status": "active",
    "owner": "lilei",
    "name": "华东精密",
    "tags": ("vip", "冷链"),
    "days_since_contact": 31,
    "open_value": {"CNY": 500, "EUR": 20},
    "classification": {"value": "high"},
    "opportunities": [{"stage": "won", "amount": 5}, {"stage": "lost", "amount": 7}],
}


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("status == 'active' and 'vip' in tags and days_since_contact > 30", True),
        ("status == 'lost' or owner == 'lilei'", True),
        ("not (status == 'active')", False),
        ("'冷链' in tags", True),
        ("'冷' in tags", False),
        ("'精密' in name", True),
        ("name.startswith('华东')", True),
        ("classification.value == 'high'", True),
        ("open_value.CNY > 400 and open_value['EUR'] < 30", True),
        ("days_since_contact * 2 - 2 == 60", True),
        ("tags|length == 2 and tags|first == 'vip'", True),
        ("opportunities|selectattr('stage', 'eq', 'won')|map(attribute='amount')|sum == 5", True),
        ("days_since_contact in [30, 31]", True),
        ("status", True),
    ],
)
def test_an_expression_asks_about_values(source: str, expected: bool) -> None:
    assert compile_(source, NAMES)(VALUES) is expected


@pytest.mark.parametrize(
    "source", ["days_since_contact > 30", "'vip' in tags", "classification.value > 3", "open_value.CNY > 1", "1 / 0"]
)
def test_what_is_not_there_answers_no(source: str) -> None:
    assert compile_(source, NAMES)({}) is False


#: Each reaches for more than the values, or for time and memory without end.
FORBIDDEN = [
    "''.__class__.__mro__",
    "''['__class__']",
    "tags['__class__']",
    "tags.append('x')",
    "open_value.pop('CNY')",
    "name.format(name)",
    "name.center(999999999)",
    "name|center(999999999)",
    "name|attr('__class__')",
    "tags|map('attr', '__class__')|list",
    "tags|map('center', 999999999)|list",
    "'x' * 99999999999",
    "99999999999 * 'x'",
    "[0] * 99999999999",
    "'%999999999d' % 1",
    "9 ** 9 ** 9 ** 9",
    "range(9999999999)",
    "lipsum(n=9999999)",
    "cycler",
    "self",
    "dict(a=1)",
    "(1).__class__",
    "namespace()",
]


@pytest.mark.parametrize("source", FORBIDDEN)
def test_an_expression_cannot_reach_beyond_the_values(source: str) -> None:
    with pytest.raises(CrmError) as caught:
        compile_(source, NAMES)(VALUES)
    assert (caught.value.problem.rule, caught.value.exit_code) == ("expression", Exit.USAGE)


def test_the_values_stay_as_they_are() -> None:
    values = {"tags": ["vip"]}
    for source in ("tags.append('x')", "tags.clear()", "tags.pop()"):
        with pytest.raises(CrmError) as caught:
            compile_(source, NAMES)(values)
        assert caught.value.problem.rule == "expression"
    assert values == {"tags": ["vip"]}


@pytest.mark.parametrize(
    ("source", "message", "hint"),
    [
        (
            "status = 'active'",
            "'status = 'active'' is not an expression: '=' stands where it should end",
            "two equals signs compare: owner == 'lilei'",
        ),
        (
            "stattus == 'active'",
            "'stattus' is neither a key nor a computed name",
            "did you mean 'status'?",
        ),
        ("status == activ", "'activ' is neither a key nor a computed name", "text stands in quotes: owner == 'lilei'"),
        (
            "open_value > 400",
            "'open_value > 400' cannot be worked out: '>' not supported between instances of 'dict' and 'int'",
            "sums are by currency: open_value.CNY > 100000",
        ),
        (
            "2 ** 3",
            "an expression may not use **",
            "for instance: status == 'active' and days_since_contact > 30",
        ),
    ],
)
def test_a_wrong_expression_is_told_with_what_was_meant(source: str, message: str, hint: str) -> None:
    with pytest.raises(CrmError) as caught:
        compile_(source, NAMES)(VALUES)
    assert (caught.value.problem.message, caught.value.problem.hint) == (message, hint)


@pytest.mark.parametrize("source", ["", " ", "a }} {{ b", "status; owner", "{% if 1 %}", "(" * 1500, "x" * 3000, "\0"])
def test_what_is_no_expression_is_refused_in_words(source: str) -> None:
    with pytest.raises(CrmError) as caught:
        compile_(source, NAMES)
    assert caught.value.problem.rule == "expression"


@pytest.mark.parametrize(
    ("source", "said"),
    [
        ("foo ==", "'foo ==' is not an expression: something is missing in it"),
        ("status is", "'status is' is not an expression: something is missing in it"),
        ("status == “active”", "'status == “active”' is not an expression: '“' does not belong there"),
    ],
)
def test_a_slip_is_told_without_words_of_the_parser(source: str, said: str) -> None:
    with pytest.raises(CrmError) as caught:
        compile_(source, {"status", "foo"})
    assert caught.value.problem.message == said
