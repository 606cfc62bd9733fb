"""What classification rules propose, what they must not read, and that a second run changes nothing."""

from __future__ import annotations

import json
from copy import deepcopy
from dataclasses import replace
from datetime import date
from functools import cache
from typing import TYPE_CHECKING, Any

import pytest
import stores
from hypothesis import given
from hypothesis import strategies as st

from crmtext import settings
from crmtext.figures.classify import Change, Classified, Differences, differences, problems
from crmtext.figures.rules import NAMES
from crmtext.problem import CrmError
from crmtext.schema import Schema
from crmtext.settings.rule_tables import FOLLOW_UP, SETTABLE
from crmtext.snapshot import Snapshot, build
from crmtext.text.document import Document

if TYPE_CHECKING:
    from collections.abc import Mapping

RULES = """\
[[classification.rules]]
name = "big"
where = "monetary.CNY >= 200000 or open_value.CNY >= 500000"
set = { value = "high", priority = "key" }
tags = ["big"]

[[classification.rules]]
name = "cold"
where = "'冷链' in needs.description"
set = { value = "low", segment = "food" }
tags = ["cold-chain", "big"]

[[classification.rules]]
name = "vip"
where = "'vip' in tags"
set.priority = "key"
"""
BIG = "transactions: [{date: 2026-05-01, amount: 250000}]\n"
COLD = "needs: [{kind: purchase, description: 冷链运输}]\n"
HIGH = "classification: {value: high}\n"


def snapshot(*records: str, rules: str = RULES) -> Snapshot:
    return replace(stores.snapshot(*records), settings=settings.read((stores.TEAM + rules).encode()))


def changes(record: str, rules: str = RULES) -> list[tuple[Any, ...]]:
    """The changes of one customer, as tuples."""
    done = differences(snapshot(record, rules=rules)).customers
    return [tuple(change) for one in done for change in one.changes]


@pytest.mark.parametrize(
    ("more", "tags", "expected"),
    [
        ("", "", []),
        # Missing data never matches.
        ("transactions: [{date: 2026-05-01}]\n", "", []),
        (BIG, "", [("value", None, "high", "big"), ("priority", None, "key", "big"), ("tags", None, ["big"], "big")]),
        # The first rule that sets a field wins, even if the record has that value; tags of all rules are added once.
        (
            BIG + COLD + HIGH, "[old]",
            [
                ("priority", None, "key", "big"), ("tags", ["old"], ["old", "big"], "big"),
                ("segment", None, "food", "cold"), ("tags", ["old", "big"], ["old", "big", "cold-chain"], "cold"),
            ],
        ),
        (COLD, "[big, cold-chain]", [("value", None, "low", "cold"), ("segment", None, "food", "cold")]),
        ("", "[VIP]", [("priority", None, "key", "vip")]),
        # A person's choice is kept; tags are added.
        (BIG + "classification: {value: low, fixed: true}\n", "", [("tags", None, ["big"], "big")]),
        (BIG + "classification: {value: low, fixed: true}\n", "[big]", []),
        (
            BIG + "classification: {value: low, fixed: false}\n", "[big]",
            [("value", "low", "high", "big"), ("priority", None, "key", "big")],
        ),
    ],
)  # fmt: skip
def test_what_the_rules_would_change(more: str, tags: str, expected: list[Any]) -> None:
    given_tags = {"tags": tags} if tags else {}
    assert changes(stores.record("001", "a", more, **given_tags)) == expected


def test_differences_list_the_customers_that_differ_and_count_the_others() -> None:
    now = snapshot(
        stores.record("001", "a", BIG), stores.record("002", "b"),
        stores.record("003", "c", COLD + "classification: {fixed: true}\n", tags="[big]"),
    )  # fmt: skip
    one, _two, three = now.customers
    big = tuple(Change(*change) for change in changes(stores.record("001", "a", BIG)))
    cold = (Change("tags", ["big"], ["big", "cold-chain"], "cold"),)
    values = {(None, "high"): 1, (None, None): 2}
    assert differences(now) == Differences((Classified(one, False, big), Classified(three, True, cold)), 1, values)
    assert differences(now, [three]) == Differences((Classified(three, True, cold),), 0, {(None, None): 1})


def test_a_rule_without_a_condition_applies_to_everybody() -> None:
    rules = RULES + '[[classification.rules]]\nname = "rest"\nset.value = "medium"\n'
    assert changes(stores.record("001", "a"), rules) == [("value", None, "medium", "rest")]
    assert differences(snapshot(stores.record("001", "a"), rules="")) == Differences((), 1, {(None, None): 1})


def test_a_wrong_rule_stops_the_comparison() -> None:
    with pytest.raises(CrmError, match="reads value, which it sets"):
        changes(stores.record(), RULES.replace("'vip' in tags", "classification.value == 'high'").replace(
            'set.priority = "key"', 'set.value = "low"'
        ))  # fmt: skip


#: The condition of a follow-up rule, that of a classification rule that sets a value, and what is wrong with it.
CIRCLES = {
    "itself": ("", "value != 'high'", "reads value, which it sets"),
    "the days by value": ("", "stale", "reads stale → stale_days → value, which it sets"),
    "a follow-up rule": ("value == 'high'", "not stale", "reads stale → followup rule 拜访 → value, which it sets"),
    "its day": (
        "'A' in tags", "follow_up_due < today",
        "reads follow_up_due → followup rule 拜访 → 'a' in tags, which it adds",
    ),
    "two steps": (
        "completeness > 3", "stale", "reads stale → followup rule 拜访 → completeness → value, which it sets",
    ),
    "completeness": ("", "completeness > 3", "reads completeness → value, which it sets"),
    "a tag": ("", "'Ａ' in tags", "reads 'a' in tags, which it adds"),
    "another tag": ("", "'b' in tags and 'c' not in tags", ""),
    "tags": ("", "tags|length > 1", "reads tags, which rules add to"),
    "other fields": ("status == 'active'", "stale or lifecycle == 'new' or classification.lifecycle", ""),
}  # fmt: skip


@pytest.mark.parametrize("name", CIRCLES)
def test_a_circle_is_named(name: str) -> None:
    follow_up, where, expected = CIRCLES[name]
    rules = f'[[followup.rules]]\nname = "拜访"\nevery_days = 9\nwhere = "{follow_up}"\n' if follow_up else ""
    rules += f'[[classification.rules]]\nname = "大"\nset.value = "high"\ntags = ["a"]\nwhere = "{where}"\n'
    messages = [problem.message for problem in problems(snapshot(rules=rules))]
    assert messages == ([f"classification rule 大 {expected}"] if expected else [])


def test_no_rule_reads_completeness_whatever_the_rules_set() -> None:
    rules = '[[classification.rules]]\nname = "大"\nset.segment = "x"\nwhere = "completeness > 50"\n'
    (problem,) = problems(snapshot(rules=rules))
    assert problem.message == ("classification rule 大 reads completeness, which depends on fields that rules set")


#: Follow-up rules that read each field that classification rules can set.
READERS = """
[[followup.rules]]
name = "readers"
where = "value == 'high' or priority == 'low' or segment == 'x' or 'x' in tags"
every_days = 1

[[followup.rules]]
name = "all"
every_days = 1000
"""
VALUES: Mapping[str, tuple[object, ...]] = {
    "classification.value": (None, "high", "low"),
    "priority": (None, "key", "low"),
    "classification.segment": (None, "x", "y"),
    "tags": (None, ["x"], ["y", "z"]),
}


def sample(rules: str) -> Snapshot:
    """The customers of the sample, with these rules."""
    records = [(file.name, file.read_bytes()) for file in sorted((stores.ROOT / "records").rglob("*.yaml"))]
    made = settings.read((stores.TEAM + rules).encode())
    return build(records, read="worktree", schema=Schema.shipped(), settings=made, today=date(2026, 11, 20))


def changed(now: Snapshot, field: str, value: object) -> Snapshot:
    """The snapshot with a field of all customers set, or removed."""
    customers = []
    for customer in now.customers:
        data: dict[str, Any] = deepcopy(dict(customer.data))
        block, _dot, name = field.rpartition(".")
        holder = data.setdefault(block, {}) if block else data
        holder.pop(name, None)
        if value is not None:
            holder[name] = value
        customers.append(replace(customer, document=Document(customer.path, customer.document.text, data, ())))
    return replace(now, customers=tuple(customers))


@pytest.mark.parametrize("field", [*SETTABLE.values(), "tags"])
def test_each_computed_name_says_what_it_reads_of_what_rules_set(field: str) -> None:
    now = sample(READERS)
    seen = []
    for value in VALUES[field]:
        then = changed(now, field, value)
        values = NAMES.of(then)
        seen.append({name: [values(customer)[name] for customer in then.customers] for name in NAMES})
    differing = {name for name in NAMES if any(one[name] != seen[0][name] for one in seen)}
    assert differing == {name for name in NAMES if {field, FOLLOW_UP.name} & {*NAMES[name].reads}}


#: Conditions with each computed name, and with the fields that rules may read.
CONDITIONS = [
    *NAMES, "'x' in tags", "'y' in tags", "'z' not in tags", "status == 'active'", "classification", "value == 'high'",
    "segment", "priority == 'key'", "any(needs, customer.value == 'low')", "",
]  # fmt: skip


@given(
    st.lists(
        st.fixed_dictionaries(
            {"where": st.sampled_from(CONDITIONS)},
            optional={
                "set": st.fixed_dictionaries(
                    {}, optional={"value": st.sampled_from(["high", "low"]), "segment": st.sampled_from(["x", "y"])}
                ).filter(bool),
                "tags": st.lists(st.sampled_from(["x", "X", "y"]), min_size=1, max_size=2),
            },
        ).filter(lambda rule: "set" in rule or "tags" in rule),
        min_size=1,
        max_size=3,
    ),
    st.sampled_from(["", READERS, '[[followup.rules]]\nname = "x"\nevery_days = 30\nwhere = "\'x\' in tags"\n']),
)
def test_writing_twice_changes_nothing_more(rules: list[dict[str, Any]], follow_up: str) -> None:
    lines = []
    for number, rule in enumerate(rules):
        sets = "".join(f'set.{key} = "{value}"\n' for key, value in rule.get("set", {}).items())
        tags = f"tags = {json.dumps(rule['tags'])}\n" if "tags" in rule else ""
        where = f'where = "{rule["where"]}"\n' if rule["where"] else ""
        lines.append(f'[[classification.rules]]\nname = "{number}"\n{where}{sets}{tags}')
    made = settings.read((stores.TEAM + follow_up + "".join(lines)).encode())
    now = replace(sample_once(), settings=made)
    if list(problems(now)):
        return
    proposed = {one.customer.id: one.changes for one in differences(now).customers}
    customers = tuple(_with(customer, proposed.get(customer.id, ())) for customer in now.customers)
    assert differences(replace(now, customers=customers)).customers == ()


@cache
def sample_once() -> Snapshot:
    return sample("")


def _with(customer: Any, changes: tuple[Change, ...]) -> Any:
    data: dict[str, Any] = deepcopy(dict(customer.data))
    for change in changes:
        block, _dot, name = SETTABLE.get(change.key, change.key).rpartition(".")
        (data.setdefault(block, {}) if block else data)[name] = change.after
    return replace(customer, document=Document(customer.path, customer.document.text, data, ()))
