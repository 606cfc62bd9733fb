"""Who is on a list for a channel: nobody who may not be contacted, in hand-made and in random stores."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

import pytest
import yaml
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from crmtext import settings
from crmtext.computed.reach import DO_NOT_CONTACT, rule_against
from crmtext.exporters.export import Export
from crmtext.exporters.for_channel import for_channel
from crmtext.figures import due
from crmtext.figures.recipients import Recipients, recipients
from crmtext.problem import CrmError
from crmtext.schema import Schema
from crmtext.snapshot import Snapshot, build

if TYPE_CHECKING:
    from collections.abc import Sequence

TODAY = date(2026, 11, 30)
SCHEMA = Schema.shipped()
STRICT = '[privacy]\nrequire_consent = ["email", "sms"]\n'


def snapshot(records: Sequence[dict[str, Any]], rules: str = "") -> Snapshot:
    files = []
    for number, record in enumerate(records):
        whole = {"id": f"C2026010{number}AAA", "name": f"c{number}", "type": "company", "status": "lead", **record}
        whole["owner"] = "lilei"
        files.append((f"records/{whole['id']}.yaml", yaml.safe_dump(whole, allow_unicode=True).encode()))
    taken = build(files, read="worktree", schema=SCHEMA, settings=settings.read(rules.encode()), today=TODAY)
    assert taken.broken == (), taken.problems
    return taken


def listed(channel: str, *records: dict[str, Any], rules: str = "") -> Recipients:
    taken = snapshot(records, rules)
    return recipients(taken, taken.customers, channel)


def short(done: Recipients) -> list[tuple[str, str, str]]:
    return [(one.name, one.contact, one.address) for one in done.listed]


def agreed(channel: str, contact: str = "", **more: str) -> dict[str, Any]:
    named = {"contact": contact} if contact else {}
    return {"date": "2026-01-01", "basis": "consent", "channels": [channel], **named, **more}


def test_a_company_and_its_contacts_are_listed_with_their_first_address() -> None:
    record = {
        "emails": ["a@example.com", "b@example.com"],
        "contacts": [
            {"name": "张三", "emails": ["z@example.com", "y@example.com"]},
            {"name": "李四", "phones": ["13800138000"]},
            {"name": "王五", "emails": ["w@example.com"], "left": "2026-11-01"},
            {"name": "周杰", "emails": ["A@Example.com"]},
        ],
    }
    done = listed("email", record)
    assert short(done) == [("c0", "", "a@example.com"), ("c0", "张三", "z@example.com")]
    assert (done.refused, done.partly, done.without) == ({}, {}, 0)


@pytest.mark.parametrize(
    ("channel", "expected"),
    [
        ("phone", [("", "021-62581234"), ("张三", "010-62581234")]),
        ("sms", [("张三", "13900139000")]),
        ("wechat", [("张三", "zs_88")]),
        ("visit", [("", "上海市 浦东新区 张江路1号")]),
    ],
)
def test_each_channel_has_its_own_addresses(channel: str, expected: list[tuple[str, str]]) -> None:
    record = {
        "phones": ["021-62581234"],
        "addresses": [{"country": "CN", "province": "上海市", "district": "浦东新区", "street": "张江路1号"}],
        "contacts": [{"name": "张三", "phones": ["010-62581234", "13900139000"], "wechat": "zs_88"}],
    }
    assert [(contact, address) for _name, contact, address in short(listed(channel, record))] == expected


def test_those_who_may_not_be_contacted_are_counted_by_rule() -> None:
    mail = {"emails": ["a@example.com"]}
    person = {"type": "person", "status": "lead"}
    done = listed(
        "email",
        {**mail, "preferences": {"do_not_contact": ["email"]}},
        {**person, "emails": ["p@example.com"]},
        {**person, "emails": ["q@example.com"], "consents": [agreed("email")]},
        {**person, "emails": ["r@example.com"], "consents": [agreed("email", withdrawn="2026-02-01")]},
        {
            "emails": ["s@example.com"],
            "contacts": [{"name": "张三", "emails": ["t@example.com"], "opted_out": ["email"]}],
        },
        {"contacts": [{"name": "张三", "emails": ["u@example.com"]}]},
        {"phones": ["13800138000"]},
        rules=STRICT,
    )
    assert short(done) == [("c2", "", "q@example.com"), ("c4", "", "s@example.com")]
    assert (done.refused, done.partly, done.without) == (
        {"do-not-contact": 2, "no-consent": 2},
        {"do-not-contact": 1},
        1,
    )


def test_an_address_that_somebody_rejects_is_left_out_everywhere() -> None:
    rejects = {"contacts": [{"name": "张三", "emails": ["Z@example.com"], "opted_out": ["email"], "left": True}]}
    same = {"emails": ["z@example.com"], "contacts": [{"name": "张三丰", "emails": ["z@example.com", "f@example.com"]}]}
    assert short(listed("email", rejects, same)) == [("c1", "张三丰", "f@example.com")]
    calls = {"contacts": [{"name": "张三", "phones": ["+86 138 0013 8000"], "opted_out": ["phone"]}]}
    assert listed("phone", calls, {"phones": ["13800138000"]}).refused == {"do-not-contact": 2}


def test_a_building_may_be_shared() -> None:
    place = {"addresses": [{"city": "上海市", "street": "张江路1号"}]}
    done = listed("visit", {**place, "preferences": {"do_not_contact": ["visit"]}}, place)
    assert short(done) == [("c1", "", "上海市 张江路1号")]


def test_an_unknown_channel_in_the_settings_stops_it() -> None:
    with pytest.raises(CrmError) as caught:
        listed("email", {}, rules='[privacy]\nrequire_consent = ["e-mail"]\n')
    assert caught.value.problem.rule == "consent-channel"


def test_due_items_say_for_which_rule_they_are_left_out() -> None:
    step = {"date": "2026-11-01", "by": "lilei", "channel": "phone", "summary": "a"}
    step |= {"next": {"action": "b", "due": "2026-11-30"}}
    person = {"type": "person", "interactions": [step]}
    silent = {"type": "person", "interactions": [{key: step[key] for key in step if key != "next"}]}
    taken = snapshot(
        [person, {**person, "preferences": {"do_not_contact": ["sms"]}}, silent],
        STRICT + "[followup]\nstale_days = { default = 7 }\n",
    )
    items = due.items(taken, channel="sms", kinds=("next-step", "rule"))
    found = {(item.customer.id, item.kind): item.refused for item in items}
    # A promised call needs no consent, regular contact does.
    assert found == {
        ("C20260100AAA", "next-step"): "",
        ("C20260101AAA", "next-step"): "do-not-contact",
        ("C20260102AAA", "rule"): "no-consent",
    }


def test_an_export_keeps_only_the_addresses_that_may_be_used() -> None:
    taken = snapshot(
        [
            {"emails": ["a@example.com"], "preferences": {"do_not_contact": ["email"]}},
            {
                "emails": ["b@example.com"],
                "phones": ["021-62581234"],
                "contacts": [
                    {"name": "张三", "emails": ["c@example.com"], "opted_out": ["email"], "phones": ["13800138000"]},
                    {"name": "李四", "emails": ["d@example.com", "C@example.com"]},
                ],
            },
            {"phones": ["13900139000"]},
        ]
    )
    export = for_channel(Export(taken, taken.customers), "email")
    records = [dict(record) for record in export.records()]
    assert [record["id"] for record in records] == ["C20260101AAA", "C20260102AAA"]
    assert records[0]["emails"] == ["b@example.com"]
    assert records[0]["phones"] == ["021-62581234"]
    assert records[0]["contacts"] == [
        {"name": "张三", "opted_out": ["email"], "phones": ["13800138000"]},
        {"name": "李四", "emails": ["d@example.com"]},
    ]
    assert export.refused == ("1 customer left out: not to be contacted by E-mail",)


CHANNELS = ("phone", "sms", "email", "wechat", "visit")
NAMES = ("张三", "李四", "c0")
some = st.lists(st.sampled_from(CHANNELS), unique=True, max_size=3)
emails = st.lists(st.sampled_from([f"{name}@example.com" for name in "abcAB"]), max_size=2, unique=True)
numbers = st.lists(
    st.sampled_from(["13800138000", "+86 138 0013 8000", "138-0013-8000", "021-62581234"]), max_size=2, unique=True
)
days = st.dates(date(2026, 11, 1), date(2026, 11, 30)).map(str)
addresses = {"emails": emails, "phones": numbers}
contacts = st.lists(
    st.fixed_dictionaries(
        {"name": st.sampled_from(NAMES)},
        optional={**addresses, "opted_out": some, "wechat": st.sampled_from("xy"), "left": st.just(True)},
    ),
    max_size=3,
)
consents = st.lists(
    st.fixed_dictionaries(
        {"date": days, "basis": st.sampled_from(["consent", "contract"]), "channels": some},
        optional={"contact": st.sampled_from(NAMES), "withdrawn": days},
    ),
    max_size=3,
)
records = st.fixed_dictionaries(
    {"type": st.sampled_from(["person", "company"]), "contacts": contacts},
    optional={**addresses, "consents": consents, "preferences": st.fixed_dictionaries({"do_not_contact": some})},
)
RULES = st.lists(st.sampled_from(CHANNELS), unique=True).map(
    lambda channels: f"[privacy]\nrequire_consent = {channels}\n"
)


@hypothesis_settings(max_examples=60, deadline=None)
@given(st.lists(records, min_size=1, max_size=4), RULES, st.sampled_from(CHANNELS))
def test_nobody_is_listed_who_may_not_be_contacted(every: list[dict[str, Any]], rules: str, channel: str) -> None:
    taken = snapshot(every, rules)
    done = recipients(taken, taken.customers, channel)
    forms = {"phone": _digits, "sms": _digits}.get(channel, str.casefold)
    key = {"phone": "phones", "sms": "phones", "email": "emails", "wechat": "wechat"}.get(channel)

    def known(person: Any) -> set[str]:
        value = person.get(key, ()) if key else ()
        return {forms(one) for one in ([value] if isinstance(value, str) else value)}

    def rule(data: Any, contact: str) -> str:
        return rule_against(data, channel, TODAY, taken.settings, contact, marketing=True)

    rejected: set[str] = set()
    refused: dict[str, set[str]] = {}
    for customer in taken.customers:
        data = customer.data
        for contact, person in [("", data), *((one["name"], one) for one in data["contacts"])]:
            if broken := rule(data, contact):
                refused.setdefault(customer.id, set()).update(known(person))
                rejected |= known(person) if broken == DO_NOT_CONTACT else set()
    for one in done.listed:
        data = taken.by_id[one.id].data
        assert rule(data, one.contact) == ""
        assert forms(one.address) not in rejected | refused.get(one.id, set())
    # Nobody is listed twice, and everybody is listed, counted as left out, or has no address.
    assert len({(one.id, forms(one.address)) for one in done.listed}) == len(done.listed)
    assert len({one.id for one in done.listed}) + sum(done.refused.values()) + done.without == len(every)
    kept = for_channel(Export(taken, taken.customers), channel)
    for record in kept.records():
        written = set().union(*(known(one) for one in (record, *record["contacts"])))
        assert not written & (rejected | refused.get(record["id"], set()))


def _digits(number: str) -> str:
    digits = "".join(filter(str.isdigit, number))
    return digits.removeprefix("86") if len(digits) == len("8613800138000") else digits
