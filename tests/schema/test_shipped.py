"""The shipped schema: records it accepts and rejects, the same in every validator, and its names in both languages."""

from __future__ import annotations

import json
import re
from collections import Counter
from typing import TYPE_CHECKING, Any

import jsonschema
import jsonschema_rs
import pytest

from crmtext import layout
from crmtext.text.read.load import parse_text

if TYPE_CHECKING:
    from collections.abc import Iterator

SCHEMA: dict[str, Any] = json.loads(layout.shipped(layout.SCHEMA).read_bytes())

USEFUL = """\
id: C20240501K7QM
name: 上海示例电子有限公司
type: company
status: prospect
owner: lilei
"""

FITS = {
    "useful": "",
    "a number of the team's own": "id: C20240501001",
    "person": "{type: person, person: {gender: female, birth_date: --05-01, company: 示例, company_id: C20240501001}}",
    "person born in a year": "{type: person, person: {birth_date: 1990, education: master}}",
    "company founded in a month": "company: {size: small, employees: 12, founded: 1990-05, legal_representative: 王五}",
    "founded in a quoted year": 'company: {founded: "1990"}',
    "institution with company block": "{type: institution, company: {size: large}}",
    "active": "{status: active, cooperation: {since: 2024-05-01, satisfaction: {score: 5, by: lilei}}}",
    "paused": "{status: paused, cooperation: {since: 2024-05-01, paused_reason: 预算冻结}}",
    "lost": "{status: lost, churn: {date: 2024-05-01, category: contact-left, reason: 离职, win_back: a}}",
    "contracts": "cooperation: {contracts: [{number: HT-1, from: 2024-05-01, to: 2030-01-01, amount: 0.5}]}",
    "contact": 'contacts: [{name: 张三, role: decision-maker, phones: ["1380"], social: {qq: "1", vk: a}}]',
    "contact who left, day unknown": "contacts: [{name: 张三, left: true, primary: true}]",
    "contact who left": "contacts: [{name: 张三, left: 2024-05-01, preferred_channel: sms, birthday: 1990-05}]",
    "budget": "needs: [{description: 采购, budget: {basis: stated, min: 500000, max: 800000.5, currency: CNY}}]",
    "budget to confirm": "needs: [{description: 采购, status: open, budget: {basis: to-confirm, text: 面议}}]",
    "need of several lines": 'needs: [{description: "第一行\\n第二行", long_term: true, confirmed: 2024-05-01}]',
    "interaction": "interactions: [{date: 2024-05-01, by: lilei, channel: sms, summary: a, next: {action: 回访}}]",
    "opportunity": "opportunities: [{title: 扩容, stage: negotiation, amount: 5, probability: 100}]",
    "opportunity won": "opportunities: [{title: 扩容, stage: won, closed: 2024-05-01}]",
    "refund": "transactions: [{date: 2024-05-01, amount: -10.5, items: [{product: a, quantity: 2}], rating: 1}]",
    "case open": "cases: [{opened: 2024-05-01, kind: repair, summary: a, status: open, priority: key}]",
    "case closed": "cases: [{opened: 2024-05-01, kind: repair, summary: 报修, status: closed, closed: 2024-05-02}]",
    "address": 'addresses: [{kind: registered, country: CN, region_code: "310115", postcode: "010000"}]',
    "feedback": "feedback: [{date: 2024-05-01, kind: survey, score: 3, text: 满意}]",
    "consent": "consents: [{date: 2024-05-01, basis: consent, purposes: [回访], channels: [sms, email]}]",
    "relation": "relations: [{id: C20240501001, kind: parent}]",
    "preferences": "preferences: {payment_method: 月结 60 天, do_not_contact: [sms], channel: wechat}",
    "references": "{merged_from: [C20240501001], not_duplicate_of: [C20240501002, C20240501003]}",
    "rest": "{verified: {date: 2024-05-01, by: lilei}, retention: {until: 2030-01-01}, external_ids: {erp: A-1}}",
    "custom": "{custom: {时区: Asia/Shanghai, n: 1, ok: true, 列表: [a, 2, false]}}",
    "websites": "website: https://例子.中国/a?b",
    "short website": "website: www.example.com",
    "credit code": "uscc: 91310115MA1K4BCD5X",
    "source": "sources: [{channel: cold-call, date: 2024-05-01}, {channel: website}]",
    "external ids": "external_ids: {zoho: [zcrm_101, zcrm_207], hubspot: '7001'}",
    "external ids of items": (
        "{contacts: [{name: a, external_ids: {k3: '1'}}], opportunities: [{title: a, stage: won, closed: 2024-05-01,"
        " external_ids: {k3: [a, b]}}], transactions: [{date: 2024-05-01, amount: 1, external_ids: {k3: a}}]}"
    ),
    "fixed classification": "classification: {value: high, fixed: true}",
    "relation in another store": "relations: [{id: C20240501001, kind: partner, store: 华东}]",
    "need with the customer's words": "needs: [{description: a, product: 探头, expected_text: 2024年6月底前}]",
    "case with product and cause": (
        "cases: [{opened: 2024-05-01, kind: repair, summary: a, status: open, product: 探头, cause: 松动}]"
    ),
    "feedback on a product": "feedback: [{date: 2024-05-01, kind: praise, product: 探头}]",
    "next step at a time": (
        "interactions: [{date: 2024-05-01, by: lilei, channel: sms, summary: a,"
        " next: {action: 回访, due: 2024-05-10, time: 14:00, channel: visit}}]"
    ),
    "opportunity lost": (
        "opportunities: [{title: a, stage: lost, closed: 2024-05-01, need: 扩容, lost_category: budget-cancelled}]"
    ),
    "credit": "credit: {rating: AA, limit: 500000, currency: CNY, terms_days: 30, reviewed: 2024-05-01}",
    "payment due": "transactions: [{date: 2024-05-01, amount: 1, payment_due: 2030-05-31}]",
    "promotions": "preferences: {promotions: [满减, {name: 以旧换新, reaction: 积极, date: 2024-05-01}]}",
    "cooperation since a year": "{status: active, cooperation: {since: 1990}}",
    "cooperation since a month": "{status: active, cooperation: {since: 1990-05}}",
    "empty lists and blocks": "{tags: [], contacts: [], preferences: {}}",
}

#: change to the useful record → each error's pointer and keyword
REFUSED: dict[str, tuple[str, list[tuple[str, str]]]] = {
    "required keys": ("{id: , name: , type: , status: , owner: }", [("", "required")] * 5),
    "unknown key": ("phone: 1", [("", "additionalProperties")]),
    "unknown key below": ("contacts: [{name: 张三, mobile: x}]", [("/contacts/0", "additionalProperties")]),
    "id in small letters": ("id: C20240501k7qm", [("/id", "pattern")]),
    "id with a tail": ("id: C20240501001-示例", [("/id", "pattern")]),
    "name of two lines": ('name: "上海\\n示例"', [("/name", "pattern")]),
    "empty name": ('name: ""', [("/name", "minLength")]),
    "label for a type": ("type: 企业", [("/type", "enum")]),
    "label for a status": ("status: 合作中", [("/status", "enum")]),
    "owner by full name": ("owner: Li Lei", [("/owner", "pattern")]),
    "tag twice": ("tags: [vip, vip]", [("/tags", "uniqueItems")]),
    "tags as text": ("tags: vip", [("/tags", "type")]),
    "phone as a number": ("phones: [13800138000]", [("/phones/0", "type")]),
    "postcode as a number": ("addresses: [{postcode: 200000}]", [("/addresses/0/postcode", "type")]),
    "region code too short": ('addresses: [{region_code: "3101"}]', [("/addresses/0/region_code", "pattern")]),
    "country by name": ("addresses: [{country: 中国}]", [("/addresses/0/country", "pattern")]),
    "slashed date": ("verified: {date: 2024/5/1}", [("/verified/date", "pattern")]),
    "vague date": ("verified: {date: 近期}", [("/verified/date", "pattern")]),
    "full-width date": ("verified: {date: ２０２４-０５-０１}", [("/verified/date", "pattern")]),
    "thirteenth month": ("company: {founded: 1990-13}", [("/company/founded", "pattern")]),
    "founded too early": ("company: {founded: 19}", [("/company/founded", "minimum")]),
    "cooperation since a day without a year": ("cooperation: {since: --05-01}", [("/cooperation/since", "pattern")]),
    "time without a minute": (
        (
            "interactions: [{date: 2024-05-01, by: a, channel: sms, summary: a, next: {action: a, due: 2024-05-02,"
            " time: 14点}}]"
        ),
        [("/interactions/0/next/time", "pattern")],
    ),
    "time without a day": (
        "interactions: [{date: 2024-05-01, by: a, channel: sms, summary: a, next: {action: a, time: 14:00}}]",
        [("/interactions/0/next", "required")],
    ),
    "external id as a number": ("external_ids: {k3: 101}", [("/external_ids/k3", "type")]),
    "external ids without one": ("external_ids: {k3: []}", [("/external_ids/k3", "minItems")]),
    "promotion without a name": (
        "preferences: {promotions: [{reaction: 好}]}",
        [("/preferences/promotions/0", "required")],
    ),
    "days to pay below zero": ("credit: {terms_days: -1}", [("/credit/terms_days", "minimum")]),
    "credit code with an O": ("uscc: 9131011500000000OX", [("/uscc", "pattern")]),
    "website that runs code": ("website: 'javascript:alert(1)'", [("/website", "pattern")]),
    "employees in words": ("company: {employees: 约 100}", [("/company/employees", "type")]),
    "contact without a name": ("contacts: [{title: 采购}]", [("/contacts/0", "required")]),
    "contact who left soon": ("contacts: [{name: 张三, left: soon}]", [("/contacts/0/left", "pattern")]),
    "contact consent in words": ("contacts: [{name: 张三, consent: maybe}]", [("/contacts/0/consent", "type")]),
    "account as a number": ("contacts: [{name: 张三, social: {qq: 10001}}]", [("/contacts/0/social/qq", "type")]),
    "score of six": ("feedback: [{date: 2024-05-01, kind: survey, score: 6}]", [("/feedback/0/score", "maximum")]),
    "half a score": ("feedback: [{date: 2024-05-01, kind: survey, score: 2.5}]", [("/feedback/0/score", "type")]),
    "probability over 100": (
        "opportunities: [{title: a, stage: proposal, probability: 120}]",
        [("/opportunities/0/probability", "maximum")],
    ),
    "amount as text": ("transactions: [{date: 2024-05-01, amount: 5万}]", [("/transactions/0/amount", "type")]),
    "budget below zero": ("needs: [{description: a, budget: {min: -1}}]", [("/needs/0/budget/min", "minimum")]),
    "currency sign": (
        "transactions: [{date: 2024-05-01, amount: 5, currency: ￥}]",
        [("/transactions/0/currency", "pattern")],
    ),
    "interaction without what matters": (
        "interactions: [{date: 2024-05-01, channel: phone}]",
        [("/interactions/0", "required")] * 2,
    ),
    "summary of two lines": (
        'interactions: [{date: 2024-05-01, by: lilei, channel: phone, summary: "a\\nb"}]',
        [("/interactions/0/summary", "pattern")],
    ),
    "next step without action": (
        "interactions: [{date: 2024-05-01, by: a, channel: phone, summary: a, next: {due: 2024-05-02}}]",
        [("/interactions/0/next", "required")],
    ),
    "relation to no id": ("relations: [{id: 母公司, kind: parent}]", [("/relations/0/id", "pattern")]),
    "map in custom": ("custom: {a: {b: 1}}", [("/custom/a", "type")]),
    "list in a list in custom": ("custom: {a: [[1]]}", [("/custom/a/0", "type")]),
    "way of contact unknown": ("preferences: {do_not_contact: [fax]}", [("/preferences/do_not_contact/0", "enum")]),
    "id of another system as a number": ("external_ids: {erp: 1}", [("/external_ids/erp", "type")]),
}

#: rule → a change that breaks it alone, and where that is found
FIRES: dict[str, tuple[str, list[tuple[str, str]]]] = {
    "active-without-since": ("{status: active, cooperation: {products: [a]}}", [("/cooperation", "required")]),
    "satisfaction-while-not-active": (
        "cooperation: {satisfaction: {score: 3}}",
        [("/cooperation/satisfaction", "false")],
    ),
    "person-block-of-non-person": ("person: {gender: male}", [("/person", "false")]),
    "company-block-of-person": ("{type: person, company: {size: micro}}", [("/company", "false")]),
    "budget-amount-while-to-confirm": (
        "needs: [{description: a, budget: {basis: to-confirm, min: 1}}]",
        [("/needs/0/budget/min", "false")],
    ),
    "next-time-due": (
        "interactions: [{date: 2024-05-01, by: a, channel: sms, summary: a, next: {action: a, time: 14:00}}]",
        [("/interactions/0/next", "required")],
    ),
    "opportunity-closed-date": ("opportunities: [{title: a, stage: lost}]", [("/opportunities/0", "required")]),
    "case-closed-date": (
        "cases: [{opened: 2024-05-01, kind: repair, summary: a, status: closed}]",
        [("/cases/0", "required")],
    ),
}

#: rule → changes with the deciding key missing or wrong: that is said, and nothing of the rule
SILENT: dict[str, list[str]] = {
    "active-without-since": ["status: 合作中", "status: "],
    "satisfaction-while-not-active": [
        "{status: 意向, cooperation: {satisfaction: {score: 3}}}",
        "{status: , cooperation: {satisfaction: {score: 3}}}",
    ],
    "person-block-of-non-person": ["{type: 企业, person: {gender: male}}", "{type: , person: {gender: male}}"],
    "company-block-of-person": ["{type: 个人, company: {size: micro}}", "{type: , company: {size: micro}}"],
    "budget-amount-while-to-confirm": [
        "needs: [{description: a, budget: {basis: 待确认, min: 1}}]",
        "needs: [{description: a, budget: {min: 1}}]",
    ],
    "next-time-due": ["interactions: [{date: 2024-05-01, by: a, channel: sms, summary: a, next: {action: a}}]"],
    "opportunity-closed-date": ["opportunities: [{title: a, stage: 输单}]", "opportunities: [{title: a}]"],
    "case-closed-date": [
        "cases: [{opened: 2024-05-01, kind: repair, summary: a}]",
        "cases: [{opened: 2024-05-01, kind: repair, summary: a, status: 已关闭}]",
    ],
}


def record(change: str) -> dict[str, Any]:
    """The useful record with top-level keys changed; one without a value is taken away."""
    data: dict[str, Any] = {**parse_text(USEFUL).data, **(parse_text(change).data if change else {})}
    return {key: value for key, value in data.items() if value is not None}


def place(error: Any, data: Any) -> str:
    """The pointer of an error. For a `false` schema jsonschema leaves the last step out: it is found by the value."""
    steps = list(error.absolute_path)
    if error.validator is None:
        for step in steps:
            data = data[step]
        steps += [key for key, value in data.items() if value is error.instance]
    return "".join(f"/{step}" for step in steps)


def errors_by(validator: Any, data: Any) -> list[tuple[str, str]]:
    """Pointer and keyword of every error."""
    return sorted((place(error, data), error.validator or "false") for error in validator(SCHEMA).iter_errors(data))


def agreed(data: Any) -> list[tuple[str, str]]:
    """The errors, which must be the same under both drafts and stand where the fast validator finds them too."""
    errors = errors_by(jsonschema.Draft7Validator, data)
    assert errors_by(jsonschema.Draft202012Validator, data) == errors
    fast = jsonschema_rs.validator_for(SCHEMA)
    places = {"".join(f"/{step}" for step in error.instance_path) for error in fast.iter_errors(data)}
    assert places == {pointer for pointer, _keyword in errors}
    assert fast.is_valid(data) == (not errors)
    return errors


def nodes(node: Any = SCHEMA, where: str = "") -> Iterator[tuple[str, dict[str, Any]]]:
    """Every object of the schema that is a schema itself, with its place."""
    yield where, node
    for name in ("items", "additionalProperties", "if", "then"):
        if isinstance(node.get(name), dict):
            yield from nodes(node[name], f"{where}/{name}")
    for name in ("properties", "definitions"):
        for key, below in node.get(name, {}).items():
            if isinstance(below, dict):
                yield from nodes(below, f"{where}/{name}/{key}")
    for index, below in enumerate(node.get("allOf", ())):
        yield from nodes(below, f"{where}/allOf/{index}")


def fields() -> Iterator[tuple[str, dict[str, Any]]]:
    """Every key of a record."""
    for where, node in nodes():
        if "/if" not in where and "/then" not in where:
            for key, spec in node.get("properties", {}).items():
                yield f"{where}/properties/{key}", spec


def names(key: str, node: dict[str, Any]) -> set[str]:
    """Everything that a person may type for a key, letter case put aside."""
    return {name.casefold() for name in (key, node["title"], node["x-title-zh"], *node.get("x-synonyms", ()))}


def twice(groups: Iterator[set[str]]) -> list[str]:
    """The names that stand in more than one of the groups."""
    return sorted(name for name, count in Counter(name for group in groups for name in group).items() if count > 1)


@pytest.mark.parametrize("change", FITS.values(), ids=FITS)
def test_a_right_record_fits(change: str) -> None:
    assert agreed(record(change)) == []


@pytest.mark.parametrize(("change", "errors"), [*REFUSED.values(), *FIRES.values()], ids=[*REFUSED, *FIRES])
def test_a_wrong_record_has_one_problem_at_its_place(change: str, errors: list[tuple[str, str]]) -> None:
    assert agreed(record(change)) == errors


def test_every_conditional_rule_has_its_cases() -> None:
    rules = sorted(node["x-rule"] for _where, node in nodes() if "x-rule" in node)
    assert rules == sorted(FIRES) == sorted(SILENT)


@pytest.mark.parametrize(("rule", "change"), [(rule, change) for rule, changes in SILENT.items() for change in changes])
def test_a_rule_is_silent_when_what_decides_is_missing_or_wrong(rule: str, change: str) -> None:
    for error in jsonschema.Draft7Validator(SCHEMA).iter_errors(record(change)):
        node: Any = SCHEMA
        for step in error.absolute_schema_path:
            assert not isinstance(node, dict) or node.get("x-rule") != rule
            node = node.get(step) if isinstance(node, dict) else node[step]


def test_a_record_has_the_keys_of_its_blocks_in_order() -> None:
    order = list(SCHEMA["properties"])
    assert SCHEMA["required"] == ["id", "name", "type", "status", "owner"]
    assert [key for key in order if key in SCHEMA["required"]] == SCHEMA["required"]
    assert [order.index(key) for key in ("contacts", "needs", "interactions", "cooperation")] == sorted(
        order.index(key) for key in ("contacts", "needs", "interactions", "cooperation")
    )


def test_every_key_has_its_names_in_both_languages() -> None:
    for where, node in fields():
        heading = f"**{node['title']}** {node['x-title-zh']} — "
        assert node["markdownDescription"].startswith(heading), where
        assert re.search(r"[\u4e00-\u9fff]", node["x-title-zh"] + node["markdownDescription"]), where


def test_every_value_of_an_enumeration_has_its_names_in_both_languages() -> None:
    for where, node in nodes():
        if "enum" in node and "/if" not in where:
            labels = node["x-enum-labels"]
            assert list(labels) == node["enum"], where
            assert node["markdownEnumDescriptions"] == [f"**{label['en']}** {label['zh']}" for label in labels.values()]
            assert set(node.get("x-value-synonyms", {})) <= set(node["enum"]), where


def test_no_name_means_two_keys_of_one_block() -> None:
    for where, node in nodes():
        if "/if" not in where and "/then" not in where:
            assert (where, twice(names(key, spec) for key, spec in node.get("properties", {}).items())) == (where, [])


def test_no_name_means_two_values_of_one_enumeration() -> None:
    for where, node in nodes():
        labels, synonyms = node.get("x-enum-labels", {}), node.get("x-value-synonyms", {})
        groups = (
            {value.casefold(), *map(str.casefold, labels[value].values()), *map(str.casefold, synonyms.get(value, ()))}
            for value in labels
        )
        assert (where, twice(groups)) == (where, [])


def test_every_pattern_is_anchored_explained_and_understood_by_editors() -> None:
    for where, node in nodes():
        if "pattern" in node:
            pattern = node["pattern"]
            re.compile(pattern)
            assert (pattern[0], pattern[-1]) == ("^", "$"), where
            assert not re.search(r"\(\?|\\[AZzdDwWsSbBpPk]|[*+?}]\+", pattern), where
            assert "patternErrorMessage" in node, where
            assert set(node["x-hint"]) == {"en", "zh"}, where


def test_what_identifies_an_item_is_a_key_of_it() -> None:
    lists = {where.rpartition("/")[2]: node for where, node in fields() if "x-key" in node}
    assert [name for name, node in lists.items() if not set(node["x-key"]) <= set(node["items"]["properties"])] == []
    assert set(lists) >= {"contacts", "interactions", "opportunities", "transactions", "cases", "relations"}


def test_a_snippet_fills_in_what_an_item_must_have() -> None:
    for where, node in nodes():
        if where.endswith("/items") and "properties" in node:
            (snippet,) = node["defaultSnippets"]
            assert set(node.get("required", ())) <= set(snippet["body"]) <= set(node["properties"]), where


def test_what_is_private_is_marked_so() -> None:
    marked = {
        where.replace("/properties/", ".").replace("/items", "[]").lstrip(".")
        for where, node in fields()
        if node.get("x-sensitive")
    }
    assert marked == {"person.birth_date", "person.home_address", "contacts[].birthday", "billing.bank"}


def test_past_dates_are_distinguished_from_planned_ones() -> None:
    plans = {
        where.rpartition("/")[2]
        for where, node in fields()
        if node.get("$ref") == "#/definitions/date" and not node.get("x-past")
    }
    assert plans == {"expected_by", "due", "expected_close", "payment_due", "from", "to", "until"}
