"""The settings of a view: what reading needs, and nothing about what is hidden."""

from __future__ import annotations

import tomllib
from datetime import date

import stores

from crmtext import settings
from crmtext.protection.view import settings as view_settings

SETTINGS = (
    stores.TEAM.replace("[store]", '[store]\nname = "示例\\"客户库\\""\nschema_version = 3\nlanguage = "zh"')
    + """
[team."wang.fang"]
name = "王芳"
email = ["wangfang@example.com", "fang@example.com"]
role = "support"
key = "age1qyqszqgpqyqszqgpqyqszqgpqyqszqgpqyqszqgpqyqszqgpqyqs3290gq"

[team.pool]
name = "公海"
pool = true

[products.TH-200]
name = "温湿度传感器"
aliases = ["TH200"]

[followup]
stale_days = { high = 10 }
holidays = [2026-10-01, "2026-12-25"]

[[followup.rules]]
name = "大客户"
every_days = 7
where = "classification.value == 'high'"

[views]
rich = "monetary.CNY > 100000"

[access.support]
see = ["name"]

[check]
ignore = ["no-contact"]
"""
)

FIELDS = ("id", "name", "cooperation.products")


def test_tables_about_hidden_fields_are_left_out() -> None:
    more = SETTINGS + "\n[rfm]\nwindow_days = 100\n\n[opportunities]\nprobability = { won = 90 }\n"
    tables = ("products", "rfm", "opportunities")
    shown = {
        fields: [name for name in tables if name in tomllib.loads(view_settings.text(more.encode(), "support", fields))]
        for fields in (("id",), ("id", "transactions"), ("id", "opportunities", "cases[].product"))
    }
    assert list(shown.values()) == [[], ["rfm"], ["products", "opportunities"]]


def test_a_view_says_whose_it_is_and_keeps_names_and_days() -> None:
    data = tomllib.loads(view_settings.text(SETTINGS.encode(), "support", FIELDS))
    assert data.pop("check")["ignore"]
    assert data == {
        "view": "support",
        "store": {"name": '示例"客户库"', "schema_version": 3, "language": "zh", "timezone": "Asia/Shanghai"},
        "followup": {"stale_days": {"high": 10}, "holidays": [date(2026, 10, 1), "2026-12-25"]},
        "team": {
            "lilei": {"name": "李雷", "role": "sales"},
            "hanmei": {"name": "韩梅", "role": "sales"},
            "liuyang": {"name": "刘洋", "active": False},
            "wang.fang": {
                "name": "王芳",
                "role": "support",
                "email": ["wangfang@example.com", "fang@example.com"],
            },
            "pool": {"name": "公海", "pool": True},
        },
        "products": {"TH-200": {"name": "温湿度传感器", "aliases": ["TH200"]}},
    }


def test_it_is_valid_and_names_no_rule_that_checks_the_files() -> None:
    text = view_settings.text(SETTINGS.encode(), '支持 "一"', FIELDS)
    read = settings.read(text.encode())
    assert read.view == '支持 "一"'
    assert read.access is None
    assert not {"unique-id", "file-name", "reference"} & {*read.ignore}
    assert {"likely-duplicate", "masked-value", "no-contact", "interaction-changed"} <= {*read.ignore}


def test_the_role_of_a_view_is_a_text() -> None:
    for wrong in ("view = 1", "view = true", "[view]\nrole = 'x'"):
        _settings, problems = settings.read_around(wrong.encode())
        assert [(problem.rule, problem.place.line) for problem in problems] == [("settings", 1)]
