"""Values as people type them, read by the schema's kinds."""

from __future__ import annotations

from typing import TYPE_CHECKING

import customers as stores
import pytest

from crmtext.problem import CrmError
from crmtext.record.input import arguments, path, values
from crmtext.schema import Schema
from crmtext.settings import Settings
from crmtext.settings import read as read_settings

if TYPE_CHECKING:
    from pathlib import Path

    from crmtext.text.edit.emit import Value


def read(folder: Path, key: str, typed: str) -> Value:
    store = stores.store(folder)
    return values.read(path.resolve(store.schema, stores.document().data, key).field, typed, store)


@pytest.mark.parametrize(
    ("key", "typed", "meant"),
    [
        ("status", "合作中", "active"),
        ("status", "意向", "prospect"),
        *(
            ("status", typed, meant)
            for typed, meant in (
                ("潜在", "lead"),
                ("签约", "active"),
                ("成交", "active"),
                ("暂停", "paused"),
                ("流失", "lost"),
            )
        ),
        *(
            ("interactions[0].channel", typed, meant)
            for typed, meant in (
                ("phone call", "phone"),
                ("meeting", "visit"),
                ("video call", "online-meeting"),
                ("企业微信", "wechat"),
                ("企微", "wechat"),
                ("钉钉", "social"),
                ("飞书", "social"),
                ("饭局", "visit"),
                ("接待", "visit"),
                ("上门", "visit"),
                ("面谈", "visit"),
                ("移交", "handover"),
            )
        ),
        *(
            ("preferences.channel", typed, meant)
            for typed, meant in (
                ("企业微信", "wechat"),
                ("钉钉", "social"),
                ("饭局", "visit"),
            )
        ),
        ("preferences.do_not_contact", "企业微信、上门", ["wechat", "visit"]),
        ("interactions[0].outcome", "有意向", "positive"),
        ("interactions[0].direction", "呼入", "in"),
        ("type", "公司", "company"),
        ("type", "单位", "company"),
        ("status", " Active ", "active"),
        ("owner", "韩梅", "hanmei"),
        ("owner", "hanmei@example.com", "hanmei"),
        ("collaborators", "韩梅、李雷", ["hanmei", "lilei"]),
        ("needs[0].budget.min", "50万", 500000),
        ("needs[0].budget", "50万-80万", {"min": 500000, "max": 800000, "text": "50万-80万"}),
        ("needs[0].budget", "50～80万", {"min": 500000, "max": 800000, "text": "50～80万"}),
        ("needs[0].budget", "1,000 - 2,500.50", {"min": 1000, "max": 2500.5, "text": "1,000 - 2,500.50"}),
        ("needs[0].budget", "80万以内", {"max": 800000, "text": "80万以内"}),
        ("needs[0].budget", "至少 5w", {"min": 50000, "text": "至少 5w"}),
        ("needs[0].budget", "50万", {"min": 500000, "max": 500000, "text": "50万"}),
        ("needs[0].budget", "500000", {"min": 500000, "max": 500000}),
        ("needs[0].budget", "1,234.50", {"min": 1234.5, "max": 1234.5}),
        ("needs[0].budget", "待确认", {"basis": "to-confirm"}),
        ("needs[0].budget", "预算待确认", {"basis": "to-confirm"}),
        ("needs[0].budget.min", "￥1,234.50", 1234.5),
        ("opportunities[0].probability", "70%", 70),
        ("company.employees", "260", 260),
        ("needs[0].expected_by", "5月10日", "2027-05-10"),
        ("needs[0].expected_by", "+3d", "2026-11-23"),
        ("cooperation.since", "5月20日", "2026-05-20"),
        ("transactions[0].currency", "RMB", "CNY"),
        ("transactions[0].currency", "人民币", "CNY"),
        ("transactions[0].currency", "￥", "CNY"),
        ("transactions[0].currency", "cny", "CNY"),
        ("opportunities[0].currency", "NT$", "TWD"),
        ("needs[0].budget.currency", "美元", "USD"),
        ("transactions[0].amount", "RMB 500", 500),
        ("transactions[0].amount", "5万元人民币", 50000),
        ("company.founded", "2009", 2009),
        ("company.founded", "2009年5月", "2009-05"),
        ("person.birth_date", "--05-12", "--05-12"),
        ("contacts[0].primary", "是", True),
        ("contacts[0].primary", "no", False),
        ("contacts[0].left", "是", True),
        ("contacts[0].left", "昨天", "2026-11-19"),
        ("tags", "vip", ["vip"]),
        ("tags", "vip，老客户；SMT", ["vip", "老客户", "SMT"]),
        ("tags", '["a, b", c]', ["a, b", "c"]),
        ("preferences.do_not_contact", "短信,电话", ["sms", "phone"]),
        ("uscc", "91310114mamh92912r", "91310114MAMH92912R"),
        ("needs[0].budget.currency", "usd", "USD"),
        ("contacts[0].phones", "021-5555 0180转802", ["021-5555 0180转802"]),
        ("name", "  某某  公司 ", "某某  公司"),
        ("relations[0].id", "武汉合作", "C20250101AAAA"),
        ("relations[0].id", "C20250101AAAA", "C20250101AAAA"),
        ("merged_from", "C20200101GONE", ["C20200101GONE"]),
        ("custom.年产量", "500", 500),
        ("custom.比例", "1.5", 1.5),
        ("custom.工号", "007", "007"),
        ("custom.单号", "12345678901234567890", "12345678901234567890"),
        ("custom.审厂", "true", True),
        ("custom.审厂", "是", "是"),
        ("custom.设备", "[A, B]", ["A", "B"]),
        ("external_ids.erp", "10027", "10027"),
    ],
)
def test_a_typed_value_means_what_the_schema_knows(tmp_path: Path, key: str, typed: str, meant: Value) -> None:
    value = read(tmp_path, key, typed)
    assert (value, type(value)) == (meant, type(meant))


@pytest.mark.parametrize(
    ("key", "typed", "rule"),
    [
        ("status", "合伙", "unknown-value"),
        ("owner", "王大锤", "team-member"),
        ("needs[0].budget.min", "五十万左右", "amount-format"),
        ("company.employees", "2.5", "wrong-type"),
        ("needs[0].expected_by", "近期", "date-format"),
        ("contacts[0].primary", "也许", "wrong-type"),
        ("contacts[0].left", "也许", "date-format"),
        ("contacts", "张三", "wrong-type"),
        ("cooperation", "2024", "wrong-type"),
        ("relations[0].id", "没有这家", "no-customer"),
        ("tags", "[a", "wrong-form"),
        ("tags", "  ", "empty-value"),
    ],
)
def test_what_can_mean_nothing_is_refused(tmp_path: Path, key: str, typed: str, rule: str) -> None:
    with pytest.raises(CrmError) as caught:
        read(tmp_path, key, typed)
    assert caught.value.problem.rule == rule
    assert caught.value.problem.hint


@pytest.mark.parametrize(
    ("key", "typed", "hint"),
    [
        ("company.employees", "两百", "use a whole number, such as 120"),
        ("opportunities[0].probability", "高", "use a number from 0 to 100, without %"),
        ("opportunities[0].amount", "五十万", "use one number: 50000, 50k, 1234.50"),
    ],
)
def test_a_number_in_words_is_told_what_the_key_takes(tmp_path: Path, key: str, typed: str, hint: str) -> None:
    with pytest.raises(CrmError) as caught:
        read(tmp_path, key, typed)
    problem = caught.value.problem
    assert (problem.rule, problem.message, problem.hint) == (
        "amount-format",
        f"'{typed}' is not a number in digits",
        hint,
    )


def test_me_is_who_git_says_types(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import subprocess

    subprocess.run(["git", "init", "-q", str(tmp_path)], check=True)
    assert read(tmp_path, "owner", "me") == "lilei"


@pytest.mark.parametrize(
    ("typed", "hint"),
    [("合做中", "did you mean 'active'?"), ("actve", "did you mean 'active'?")],
)
def test_of_three_chinese_characters_one_may_be_wrong(typed: str, hint: str) -> None:
    with pytest.raises(CrmError) as caught:
        arguments.choice(Schema.shipped(), "status", typed)
    assert caught.value.problem.hint == hint


@pytest.mark.parametrize(
    ("email", "handle"),
    [("lilei@example.com", "lilei"), ("Li.Lei@example.com", "li.lei"), ("李雷@example.com", "李雷")],
)
def test_who_is_not_on_the_team_is_told_lines_that_can_be_pasted(email: str, handle: str) -> None:
    with pytest.raises(CrmError) as caught:
        arguments.me(("李雷", email), Settings())
    lines = caught.value.problem.hint.partition("\n")[2]
    assert arguments.me(("", email), read_settings(lines.encode())) == handle
