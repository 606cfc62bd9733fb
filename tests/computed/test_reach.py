from __future__ import annotations

from datetime import date
from itertools import product
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crmtext.computed.reach import (
    DO_NOT_CONTACT,
    NO_CONSENT,
    channels_of,
    holds,
    is_marketing,
    may_be_contacted,
    not_by,
    rule_against,
)
from crmtext.model import Customer
from crmtext.schema import Schema
from crmtext.settings import Settings, read
from crmtext.text.read.load import parse_text

TODAY = date(2024, 6, 15)
HEAD = "id: C20240501K7QM\nname: 王芳\ntype: {type}\nstatus: lead\nowner: lilei\n"
STRICT = read(b'[privacy]\nrequire_consent = ["sms", "email"]\n')
WITHDRAWN = "{date: 2024-01-01, basis: consent, channels: [sms], withdrawn: 2024-05-01}"
#: Consents, and the rule against marketing to the customer by sms.
CONSENTS = [
    ("", NO_CONSENT),
    ("{date: 2024-01-01, basis: consent, channels: [sms]}", ""),
    ("{date: 2024-06-15, basis: consent, channels: [sms]}", ""),
    ("{date: 2024-06-16, basis: consent, channels: [sms]}", NO_CONSENT),
    ("{date: 2024-01-01, basis: consent, channels: [email]}", NO_CONSENT),
    ("{date: 2024-01-01, basis: consent}", NO_CONSENT),
    ("{date: 2024-01-01, basis: contract, channels: [sms]}", NO_CONSENT),
    ("{date: 2024-01-01, basis: consent, channels: [sms], contact: 王芳}", ""),
    ("{date: 2024-01-01, basis: consent, channels: [sms], contact: 李强}", NO_CONSENT),
    ("{date: 2024-01-01, basis: consent, channels: [sms], withdrawn: 2024-06-15}", DO_NOT_CONTACT),
    ("{date: 2024-01-01, basis: consent, channels: [sms], withdrawn: 2024-06-16}", ""),
    ("{date: 2024-01-01, basis: consent, withdrawn: 2024-05-01}", NO_CONSENT),
    ("{date: 2024-01-01, basis: consent, channels: [sms], contact: 王 芳, withdrawn: 2024-05-01}", DO_NOT_CONTACT),
    ("{date: 2024-01-01, basis: consent, channels: [sms], contact: 李强, withdrawn: 2024-05-01}", NO_CONSENT),
    (f"{WITHDRAWN}, {{date: 2024-05-01, basis: consent, channels: [sms]}}", ""),
    (f"{WITHDRAWN}, {{date: 2024-04-30, basis: consent, channels: [sms]}}", DO_NOT_CONTACT),
]


def customer(more: str, kind: str = "person") -> Customer:
    document = parse_text(HEAD.format(type=kind) + more, "records/C20240501K7QM.yaml")
    assert not Schema.shipped().problems(document)
    return Customer(document)


@pytest.mark.parametrize(("consents", "rule"), CONSENTS)
def test_marketing_to_a_person_needs_a_consent_that_holds(consents: str, rule: str) -> None:
    data = customer(f"consents: [{consents}]\n" if consents else "").data
    assert rule_against(data, "sms", TODAY, STRICT, marketing=True) == rule


@pytest.mark.parametrize(("consents", "rule"), CONSENTS)
def test_without_marketing_only_a_withdrawal_counts(consents: str, rule: str) -> None:
    data = customer(f"consents: [{consents}]\n" if consents else "").data
    expected = rule if rule == DO_NOT_CONTACT else ""
    assert rule_against(data, "sms", TODAY, STRICT, marketing=False) == expected
    assert rule_against(data, "sms", TODAY, Settings(), marketing=True) == expected


def test_a_channel_without_the_setting_needs_no_consent() -> None:
    assert rule_against(customer("").data, "phone", TODAY, STRICT, marketing=True) == ""


def test_a_company_needs_no_consent_and_each_contact_needs_their_own() -> None:
    people = "contacts: [{name: 张三}, {name: 李四}]\n"
    consents = "consents: [{date: 2024-01-01, basis: consent, channels: [sms], contact: 张三},"
    consents += " {date: 2024-01-01, basis: consent, channels: [sms]}]\n"
    data = customer(people + consents, "company").data
    rules = [rule_against(data, "sms", TODAY, STRICT, name, marketing=True) for name in ("", "张三", "李四", "王五")]
    assert rules == ["", "", NO_CONSENT, NO_CONSENT]


@pytest.mark.parametrize(
    ("kind", "own", "contact"),
    [("person", ("sms", "phone"), ("sms", "email")), ("company", ("sms",), ("sms", "email"))],
)
def test_channels_of_the_customer_hold_for_contacts_and_a_person_is_their_own_contact(
    kind: str, own: tuple[str, ...], contact: tuple[str, ...]
) -> None:
    preferences = "preferences: {do_not_contact: [sms]}\n"
    contacts = "contacts: [{name: 王芳, opted_out: [phone]}, {name: 李四, opted_out: [email]}]\n"
    data = customer(preferences + contacts, kind).data
    assert (not_by(data, TODAY), not_by(data, TODAY, "李四")) == (own, contact)


def test_what_a_contact_withdrew_does_not_concern_the_others() -> None:
    contacts = "contacts: [{name: 张三}, {name: 李四}]\n"
    consents = (
        "consents: [{date: 2024-01-01, basis: consent, channels: [sms], contact: 张三, withdrawn: 2024-02-01},"
        " {date: 2024-01-01, basis: consent, channels: [wechat], withdrawn: 2024-02-01}]\n"
    )
    data = customer(contacts + consents, "company").data
    assert [not_by(data, TODAY, name) for name in ("", "张三", "李四")] == [("wechat",), ("wechat", "sms"), ("wechat",)]


@pytest.mark.parametrize(
    ("more", "expected"),
    [
        ("", True),
        ("preferences: {do_not_contact: [sms]}\n", False),
        ("preferences: {do_not_contact: [phone]}\n", True),
        ("contacts: [{name: 张三, opted_out: [sms]}]\n", True),
        ("contacts: [{name: 张三}]\npreferences: {do_not_contact: [sms]}\n", False),
    ],
)
def test_a_company_may_be_contacted_if_itself_or_someone_there_may(more: str, *, expected: bool) -> None:
    assert may_be_contacted(customer(more, "company"), "sms", TODAY, Settings(), marketing=True) == expected


def test_a_person_without_consent_may_be_contacted_through_a_contact_with_one() -> None:
    consent = "consents: [{date: 2024-01-01, basis: consent, channels: [sms], contact: 张三}]\n"
    here, left = (customer(f"contacts: [{{name: 张三{more}}}]\n{consent}") for more in ("", ", left: 2024-06-01"))
    answers = [may_be_contacted(one, "sms", TODAY, STRICT, marketing=True) for one in (here, left)]
    assert answers == [True, False]


@pytest.mark.parametrize(
    ("purpose", "marketing", "channels"),
    [
        ("短信营销", True, ("sms",)),
        ("电话销售", True, ("phone",)),
        ("邮件营销和短信群发", True, ("sms", "email")),
        ("E-mail newsletter, spring", True, ("email",)),
        ("Text campaign", True, ("sms",)),
        ("emailing all customers", False, ("email",)),
        ("emails", False, ("email",)),
        ("phones", False, ("phone",)),
        ("context of the audit", False, ()),
        ("给会计师事务所审计", False, ()),
        ("上门维修", False, ("visit",)),
        ("做marketing", True, ()),
        ("emailing", False, ("email",)),
    ],
)
def test_purposes_name_marketing_and_channels(purpose: str, marketing: bool, channels: tuple[str, ...]) -> None:
    assert (is_marketing(purpose), channels_of(purpose, Schema.shipped())) == (marketing, channels)


CHANNELS = ("phone", "sms", "email", "wechat", "visit")
NAMES = ("", "王芳", "张三", "李四")
days = st.dates(date(2024, 6, 1), date(2024, 6, 30))
some = st.lists(st.sampled_from(CHANNELS), unique=True)
consent = st.fixed_dictionaries(
    {"date": days.map(str), "basis": st.sampled_from(["consent", "contract"])},
    optional={"contact": st.sampled_from(NAMES[1:]), "channels": some, "withdrawn": days.map(str)},
)
records = st.fixed_dictionaries(
    {
        "type": st.sampled_from(["person", "company"]),
        "name": st.just("王芳"),
        "preferences": st.fixed_dictionaries({}, optional={"do_not_contact": some}),
        "contacts": st.lists(
            st.fixed_dictionaries({"name": st.sampled_from(NAMES[1:])}, optional={"opted_out": some}), max_size=3
        ),
        "consents": st.lists(consent, max_size=4),
    }
)
settings = st.builds(lambda channels: Settings(require_consent=tuple(channels)), some)


def plainly(data: dict[str, Any], channel: str, today: date, settings: Settings, name: str, *, marketing: bool) -> str:
    """The rule as docs/privacy.md says it, one sentence after the other."""
    person = data["type"] == "person"
    aliases = {"", "王芳"} if person and name in ("", "王芳") else {name}
    if channel in data["preferences"].get("do_not_contact", []):
        return DO_NOT_CONTACT
    for one in data["contacts"]:
        if one["name"] in aliases and channel in one.get("opted_out", []):
            return DO_NOT_CONTACT
    for holder in ({"", "王芳"} if person else {""}), aliases:
        own = [one for one in data["consents"] if one.get("contact", "") in holder]
        for one in own:
            if channel in one.get("channels", []) and one.get("withdrawn", "9999") <= str(today):
                again = (
                    other
                    for other in own
                    if channel in other.get("channels", [])
                    and one["withdrawn"] <= other["date"] <= str(today) < other.get("withdrawn", "9999")
                )
                if not any(again):
                    return DO_NOT_CONTACT
    if not (marketing and channel in settings.require_consent and (person or name)):
        return ""
    agreed = any(
        one.get("contact", "") in aliases
        and one["basis"] == "consent"
        and channel in one.get("channels", [])
        and one["date"] <= str(today) < one.get("withdrawn", "9999")
        for one in data["consents"]
    )
    return "" if agreed else NO_CONSENT


@given(records, days, settings)
def test_every_answer_equals_that_of_the_plain_words(data: dict[str, Any], today: date, settings: Settings) -> None:
    for channel, name, marketing in product(CHANNELS, NAMES, (False, True)):
        expected = plainly(data, channel, today, settings, name, marketing=marketing)
        assert rule_against(data, channel, today, settings, name, marketing=marketing) == expected


@given(records, days, settings)
def test_a_withdrawal_never_allows_more(data: dict[str, Any], today: date, settings: Settings) -> None:
    free = {"", NO_CONSENT, DO_NOT_CONTACT}
    for at, one in enumerate(data["consents"]):
        gone = {**data, "consents": [*data["consents"]]}
        gone["consents"][at] = {**one, "withdrawn": str(today)}
        if holds(one, today):
            for channel, name in product(CHANNELS, NAMES):
                before = rule_against(data, channel, today, settings, name, marketing=True)
                after = rule_against(gone, channel, today, settings, name, marketing=True)
                assert {before, after} <= free
                assert not (before and not after)
