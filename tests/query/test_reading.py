"""What an expression reads, and how each comparison in it came out for a customer."""

from __future__ import annotations

from typing import Any

import pytest
import stores

from crmtext.figures.rules import NAMES
from crmtext.query import filter as query_filter
from crmtext.query.listing import terms

RECORD = """\
  - {name: 李四, role: purchaser}
needs:
  - {kind: purchase, description: 网关, status: open, budget: {basis: to-confirm}}
  - {kind: purchase, description: 传感器, status: met}
transactions:
  - {date: 2026-05-01, amount: 212000.5}
interactions:
  - {date: 2026-11-01, by: lilei, channel: visit, summary: 谈 MQTT, next: {action: 回复, due: 2026-11-21}}
  - {date: 2026-11-02, by: lilei, channel: phone, summary: 回电}
"""
NOW = stores.snapshot(stores.record("001", "a", RECORD, tags="[VIP, 冷链]", priority="key"))


def compiled(where: str) -> query_filter.Filter:
    return query_filter.compiled(where, terms(NOW, NAMES))


@pytest.mark.parametrize(
    ("where", "expected"),
    [
        ("status == 'active' and 客户价值 != 'low'", "status classification.value"),
        ("monetary.CNY >= 2 or open_value", "monetary.CNY open_value"),
        ("not (today + 3 < next_due)", "today next_due"),
        ("any(needs, status == 'open' and budget.basis == 'stated')", "needs needs.status needs.budget.basis"),
        ("count(contacts, customer.status == 'lead') > 1", "contacts status"),
        ("contacts[0].role == 'purchaser' or needs[-1].kind", "contacts.role needs.kind"),
        ("customer.get('classification').get('value') == 'low'", "classification.value"),
        ("classification|length > 1 or customer.keys()|length > 2", "classification customer"),
        ("opportunities|map(attribute='amount')|sum > 5", "opportunities"),
        ("(contacts|first).role == 'purchaser'", "contacts.role contacts"),
        ("'VIP' in tags and 'a' not in 标签", "tags:vip tags:a"),
        ("tags == 'a' or count(tags) > 1 or name in tags", "tags tags name tags"),
        ("priority is none or tags is defined", "priority tags"),
        ("status in ['active', 'lead'] or custom.国家 == '德国'", "status custom.国家"),
    ],
)
def test_the_names_that_an_expression_reads(where: str, expected: str) -> None:
    reads = compiled(where).reads()
    assert " ".join(":".join(filter(None, (read.name, read.text))) for read in reads) == expected


def shown(outcome: query_filter.Outcome) -> Any:
    """An outcome as nested tuples: the word or the comparison, whether it holds, and the parts."""
    if outcome.comparison is None:
        return outcome.word, outcome.holds, [shown(part) for part in outcome.parts]
    values = [(one.text, str(one.value), one.items) for one in outcome.comparison.operands]
    return outcome.comparison.sign, outcome.holds, values


@pytest.mark.parametrize(
    ("where", "expected"),
    [
        (
            "monetary.CNY >= '20万' or open_value.CNY > 5",
            (
                "or", True,
                [
                    (">=", True, [("monetary.CNY", "212000.5", None), ("'20万'", "200000", None)]),
                    (">", False, [("open_value.CNY", "None", None), ("5", "5", None)]),
                ],
            ),
        ),
        ("not tags", ("not", False, [("", True, [("tags", "['VIP', '冷链']", None)])])),
        ("'vip' in tags", ("in", True, [("'vip'", "vip", None), ("tags", "['VIP', '冷链']", None)])),
        ("any(needs, status == 'open')", ("", True, [("any(needs, status == 'open')", "True", (1, 2))])),
        (
            "count(interactions, channel == 'visit') >= 2",
            (">=", False, [("count(interactions, channel == 'visit')", "1", (1, 2)), ("2", "2", None)]),
        ),
        ("优先级 == '重点'", ("==", True, [("优先级", "key", None), ("'重点'", "key", None)])),
        (
            "next_due <= today + 1",
            ("<=", True, [("next_due", "2026-11-21", None), ("today + 1", "2026-11-21", None)]),
        ),
        ("owner == none", ("==", False, [("owner", "lilei", None), ("none", "None", None)])),
    ],
)  # fmt: skip
def test_each_comparison_tells_its_values(where: str, expected: Any) -> None:
    (customer,) = NOW.customers
    row = NAMES.of(NOW)(customer)
    test = compiled(where)
    assert shown(test.outcome(row)) == expected
    assert test.outcome(row).holds is test.matches(row)


@pytest.mark.parametrize(
    "where",
    [
        "classification.value|default('low') == 'low'", "classification.value|lower == 'low'",
        "'low' in [classification.value, 'x']", "any(needs, customer.classification.value == 'low')",
        "count(needs, value == 'low') > 1", "all(needs, any(contacts, customer.get('classification').value == 'low'))",
        "needs|selectattr('kind', 'eq', classification.value)|list|length > 1", "等级 is none", "value in ['low']",
        "not (status == 'lead' and value is defined)", "1 < 2 and 客户级别 != 'A'", "value.startswith('l')",
        "(value|upper) + 'x' == 'LOWx'", "classification['value'] == 'low'",
    ],
)  # fmt: skip
def test_a_field_is_read_in_whatever_form_it_is_written(where: str) -> None:
    assert "classification.value" in {read.name for read in compiled(where).reads()}


@pytest.mark.parametrize(
    "where",
    [
        "tags == 'a'", "tags[0] == 'a'", "tags|first == 'a'", "tags|join(',') == 'a'", "tags.count('a') > 0",
        "'a' in tags|list", "name in tags", "tags|length > 1", "count(tags) > 1", "max(tags) == 'a'", "tags",
        "not tags", "tags is none", "any(needs, description in customer.tags)",
    ],
)  # fmt: skip
def test_tags_are_read_as_a_whole_unless_one_is_looked_for(where: str) -> None:
    assert ("tags", "") in {(read.name, read.text) for read in compiled(where).reads()}
