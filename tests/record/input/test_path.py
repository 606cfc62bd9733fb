"""Places in a record as people type them."""

from __future__ import annotations

import pytest
from customers import RECORD, SCHEMA, document

from crmtext.problem import CrmError
from crmtext.record.input.path import Key, order, resolve


def resolved(typed: str, text: str = RECORD) -> Key:
    return resolve(SCHEMA, document(text).data, typed)


@pytest.mark.parametrize(
    ("typed", "pointer"),
    [
        ("status", "/status"),
        ("合作状态", "/status"),
        ("状态", "/status"),
        ("Status", "/status"),
        (" 负责人 ", "/owner"),
        ("contacts[0].title", "/contacts/0/title"),
        ("contacts[1].title", "/contacts/1/title"),
        ("contacts[-1].title", "/contacts/1/title"),
        ("contacts[张三].title", "/contacts/0/title"),
        ("联系人[李四].职位", "/contacts/1/title"),
        ("联系人【李四】。职位", "/contacts/1/title"),
        ("contacts[李].title", "/contacts/1/title"),
        ("contacts[0]", "/contacts/0"),
        ("contacts[0].phones[0]", "/contacts/0/phones/0"),
        ("contacts[0].phones[13800138000]", "/contacts/0/phones/0"),
        ("contacts[2].name", "/contacts/-/name"),
        ("tags[温湿度]", "/tags/1"),
        ("needs.budget.min", "/needs/0/budget/min"),
        ("需求.预算下限", "/needs/0/budget/min"),
        ("interactions[2026-05-01].outcome", "/interactions/0/outcome"),
        ("interactions[微信].outcome", "/interactions/1/outcome"),
        ("interactions[2026-11 韩梅].outcome", None),
        ("interactions[2026-11/hanmei].outcome", "/interactions/1/outcome"),
        ("custom.停车", "/custom/停车"),
        ("custom.a.b[1]", "/custom/a.b[1]"),
        ("custom.a/b~c", "/custom/a~1b~0c"),
        ("external_ids.erp", "/external_ids/erp"),
        ("合作开始日期", "/cooperation/since"),
        ("员工人数", "/company/employees"),
        ("cases.summary", "/cases/-/summary"),
        ("addresses[0].city", "/addresses/-/city"),
    ],
)
def test_a_typed_path_means_a_place(typed: str, pointer: str | None) -> None:
    if pointer is None:
        with pytest.raises(CrmError) as caught:
            resolved(typed)
        assert caught.value.problem.rule == "no-entry"
    else:
        assert resolved(typed).pointer == pointer


@pytest.mark.parametrize(
    ("typed", "rule", "hint"),
    [
        ("prioriy", "unknown-key", "did you mean 'priority'?"),
        ("contacts[0].titel", "unknown-key", "did you mean 'title'?"),
        ("停车", "unknown-key", "put fields that the schema does not have under 'custom:'"),
        ("text", "unknown-key", "choose one: feedback[0].text"),
        (
            "contact",
            "unknown-key",
            "did you mean 'contacts'?\nchoose one:\ninteractions[0].contact  2026-05-01 · lilei",
        ),
        ("预算下限", "unknown-key", "choose one: needs[0].budget.min"),
        ("contacts.title", "several-entries", "contacts[0]  张三\ncontacts[1]  李四"),
        ("contacts[王五].title", "no-entry", "contacts[0]  张三"),
        ("cases[王五].title", "no-entry", "crmtext append CUSTOMER cases"),
        ("interactions[2026].by", "several-entries", "interactions[0]  2026-05-01 · lilei · phone · 客户确认需求细节"),
        ("contacts[9].title", "no-entry", "contacts[0]  张三"),
        ("opportunities[9].stage", "no-entry", "crmtext append CUSTOMER opportunities"),
        ("contacts[0]title", "unknown-key", "contacts[0].title"),
        ("contacts[0].", "unknown-key", "contacts[0].title"),
        ("status.x", "unknown-key", "contacts[0].title"),
        ("status[0]", "unknown-key", "contacts[0].title"),
        ("tags.x", "several-entries", "tags[0]  SMT"),
        ("[0]", "unknown-key", "contacts[0].title"),
        ("", "unknown-key", "give a field"),
    ],
)
def test_a_path_that_means_nothing_says_what_was_near(typed: str, rule: str, hint: str) -> None:
    with pytest.raises(CrmError) as caught:
        resolved(typed)
    assert caught.value.problem.rule == rule
    assert hint in caught.value.problem.hint


def test_a_name_that_several_parts_of_a_record_have_is_not_guessed() -> None:
    with pytest.raises(CrmError) as caught:
        resolved("title")
    assert caught.value.problem.hint == "choose one: person.title, billing.title"


def test_keys_and_labels_of_a_place_are_told() -> None:
    key = resolved("联系人[0].职位")
    assert (key.shown, key.label) == ("contacts[张三].title", "Contacts 张三 · Job title")


def test_the_order_is_that_of_the_first_keys_that_are_missing() -> None:
    record = document().data
    assert order(SCHEMA, record, "/cooperation/contracts/0/number")[:3] == ("id", "name", "short_name")
    assert order(SCHEMA, record, "/contacts/1/title")[:3] == ("name", "gender", "title")
    assert order(SCHEMA, record, "/interactions/0/next/done") == ("action", "due", "time", "channel", "by", "done")
