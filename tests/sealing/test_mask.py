"""Masked records: every marked field, free text, stores with an older schema; and that they can't be written."""

from __future__ import annotations

import json
from typing import Any

import pytest

from crmtext import layout
from crmtext.record.change.draft import Draft, draft
from crmtext.schema import Schema
from crmtext.sealing.mask import MaskedDocument, Masking
from crmtext.text.read.load import parse

PERSON = """\
id: C20240501K7QM
name: 陈小明
short_name: 小明
aliases: [陈老师]
type: person
status: active
owner: lilei
phones: ["13800138000", 010-62581234]
emails: [chenxiaoming@example.com]
addresses:
  - {kind: home, province: 上海市, city: 上海市, district: 浦东新区, street: 张江路1号}
uscc: 92310115MA1K35JJ4L
person: {birth_date: 1990-05-01, home_address: 上海市浦东新区张江路1号, company: 示例公司}
contacts:
  - name: 欧阳娜娜
    phones: ["+86 139 0013 9000"]
    wechat: nana_oy
    social: {qq: "12345678", vk: nana}
    birthday: --03-08
billing:
  {title: 陈小明, tax_number: 92310115MA1K35JJ4L, bank: 某银行, address: 上海市浦东新区张江路1号, phone: 021-62581234}
interactions:
  - {date: 2024-05-02, by: lilei, channel: phone, contact: 欧阳娜娜,
     summary: 和欧阳娜娜谈了，手机 13900139000, details: 陈小明在场}
consents:
  - {date: 2024-05-02, basis: consent, contact: 欧阳娜娜}
custom: {家里电话: 13700137000, 备用: "微信 nana_oy"}
notes: |
  陈老师住张江路1号，邮箱 chenxiaoming@example.com
"""
MASKED = {
    "id": "C20240501K7QM",
    "name": "陈*",
    "short_name": "小*",
    "aliases": ["陈*"],
    "type": "person",
    "status": "active",
    "owner": "lilei",
    "phones": ["138****8000", "010-****34"],
    "emails": ["c***@example.com"],
    "addresses": [{"kind": "home", "province": "上海市", "city": "上海市", "district": "浦东新区", "street": "***"}],
    "uscc": "9****************L",
    "person": {"birth_date": "1990", "home_address": "上海市浦东新区***", "company": "示例公司"},
    "contacts": [
        {
            "name": "欧阳*",
            "phones": ["139****9000"],
            "wechat": "n***y",
            "social": {"qq": "1***8", "vk": "n***a"},
            "birthday": "***",
        }
    ],
    "billing": {
        "title": "陈*",
        "tax_number": "9****************L",
        "bank": "***",
        "address": "上海市浦东新区***",
        "phone": "021-****34",
    },
    "interactions": [
        {
            "date": "2024-05-02",
            "by": "lilei",
            "channel": "phone",
            "contact": "欧阳*",
            "summary": "和欧阳*谈了，手机 139****9000",
            "details": "陈*在场",
        }
    ],
    "consents": [{"date": "2024-05-02", "basis": "consent", "contact": "欧阳*"}],
    "custom": {"家里电话": "137****7000", "备用": "微信 n***y"},
    "notes": "陈*住***，邮箱 c***@example.com\n",
}
COMPANY = """\
id: C20240501K7QN
name: 上海示例电子有限公司
type: company
status: lead
owner: lilei
uscc: 91310115MA1K35JJ4L
billing: {title: 上海示例电子有限公司, tax_number: 11010519491231002X}
company: {legal_representative: 王五}
"""


def old_schema(version: int) -> Schema:
    return Schema.read(layout.shipped(f"schema/history/{version}.json").read_bytes())


def masked(text: str, schema: Schema | None = None) -> Any:
    schema = schema or Schema.shipped()
    return Masking(schema).document(parse(text.encode(), "records/C.yaml")).data


def test_every_mark_of_a_person_is_masked_and_free_text_too() -> None:
    assert masked(PERSON) == MASKED


def test_a_company_and_its_code_are_shown_but_no_persons_number() -> None:
    assert masked(COMPANY) == {
        "id": "C20240501K7QN",
        "name": "上海示例电子有限公司",
        "type": "company",
        "status": "lead",
        "owner": "lilei",
        "uscc": "91310115MA1K35JJ4L",
        "billing": {"title": "上海示例电子有限公司", "tax_number": "1****************X"},
        "company": {"legal_representative": "王*"},
    }


@pytest.mark.parametrize("version", [1, 2])
def test_an_older_schema_of_a_team_is_masked_by_the_marks_of_the_shipped_one(version: int) -> None:
    assert masked(PERSON, old_schema(version)) == MASKED


def test_a_field_of_a_team_with_the_form_of_a_phone_number_is_masked_whatever_the_version() -> None:
    data = json.loads(layout.shipped("schema/history/2.json").read_bytes())
    data["properties"]["hotline"] = {"$ref": "#/definitions/phone", "title": "Hotline", "x-title-zh": "热线"}
    data["properties"]["secret"] = {"type": "string", "title": "Secret", "x-title-zh": "秘密", "x-sensitive": True}
    schema = Schema.read(json.dumps(data).encode())
    shown = masked(COMPANY + 'hotline: "13800138000"\nsecret: 保密\n', schema)
    assert (shown["hotline"], shown["secret"]) == ("138****8000", "***")


def test_masking_a_record_twice_changes_nothing() -> None:
    masking = Masking(Schema.shipped())
    assert masking.data(MASKED) == MASKED


def test_only_the_keys_asked_for_are_masked_and_returned() -> None:
    data = parse(PERSON.encode(), "records/C.yaml").data
    assert Masking(Schema.shipped()).data(data, {"name", "notes"}) == {key: MASKED[key] for key in ("name", "notes")}


def test_a_commit_message_is_masked_by_the_record() -> None:
    data = parse(PERSON.encode(), "records/C.yaml").data
    shown = Masking(Schema.shipped()).text("陈小明: 电话改为 13800138000", data)
    assert shown == "陈*: 电话改为 138****8000"


def test_the_text_of_a_masked_record_is_its_data_without_comments() -> None:
    raw = COMPANY + 'phones: ["13800138000"]  # 王五的手机\n'
    document = Masking(Schema.shipped()).document(parse(raw.encode(), "records/C.yaml"))
    assert parse(document.text.encode(), "records/C.yaml").data == document.data
    assert "王五" not in document.text
    assert "13800138000" not in document.text


def test_a_masked_record_cannot_be_written() -> None:
    schema = Schema.shipped()
    document = parse(PERSON.encode(), "records/C.yaml")
    hidden = Masking(schema).document(document)
    assert isinstance(hidden, MaskedDocument)
    with pytest.raises(TypeError, match="masked"):
        draft(hidden, (), schema)
    with pytest.raises(TypeError, match="masked"):
        _ = Draft(document, hidden).part


def test_a_number_of_the_record_that_no_pattern_knows_is_masked_in_its_texts() -> None:
    assert masked(COMPANY + 'phones: ["62581234"]\nnotes: 总机 62581234\n')["notes"] == "总机 625****34"


def test_a_key_of_a_teams_own_field_that_names_a_contact_is_masked_and_keys_stay_different() -> None:
    more = "contacts: [{name: 张三}, {name: 张四}]\ncustom: {张三: 1, 张四: 2}\n"
    assert masked(COMPANY + more)["custom"] == {"张*": 1, "张**": 2}
