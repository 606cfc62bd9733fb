from __future__ import annotations

import re
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from crmtext import layout
from crmtext.i18n import _, speaking
from crmtext.problem import CrmError, Exit, Place, Problem
from crmtext.settings import (
    ClassificationRule,
    FollowUpRule,
    Member,
    Product,
    Settings,
    Target,
    read,
    read_around,
    settings_fields,
    table_name,
)
from crmtext.settings.access import Access

SHOWN = "for an example, see crmtext.toml of a new store: crmtext init"
RULE = 'for example: [[followup.rules]], and below it name = "…" and every_days = 30'
KEY = "age1qyqszqgpqyqszqgpqyqszqgpqyqszqgpqyqszqgpqyqszqgpqyqs3290gq"
FULL = """\
view = "support"

[store]
name = "示例客户库"
schema_version = 2
language = "zh"
timezone = "Europe/Berlin"
currency = "EUR"
commit = "auto"

[team.lilei]
name = "李雷"
email = ["lilei@example.com", "li.lei@example.com"]
role = "sales"

[team."li.na"]
active = false

[access]
branches = "all"

[products.TH-200]
name = "温湿度传感器"
category = "传感器"
aliases = ["TH200"]

[products."GW-1.0"]

[status.transitions]
lead = ["lost"]

[followup]
stale_days = { high = 7 }
case_days = 3
satisfaction_days = { high = 60 }
answer_days = 2
contract_days = 90
pool_days = 45
holidays = ["2026-10-01/2026-10-07", 2026-12-25]
workdays = ["2026-10-10"]

[[followup.rules]]
name = "重点客户月度拜访"
where = "value == 'high' and status == 'active'"
every_days = 30
channel = "visit"
say = "带上上次的测试报告"

[[followup.rules]]
name = "others"
every_days = 0
channel = ["phone", "wechat"]

[[classification.rules]]
name = "大客户"
where = "monetary.CNY >= 200000"
set = { value = "high", priority = "key" }

[[classification.rules]]
name = "rest"
set.segment = "others"
tags = ["small"]

[opportunities]
probability = { discovery = 5 }

[regions]
"华东" = ["上海", "江苏省"]

[rfm]
mode = "rank"
window_days = 180
split = "mean"
recency = [1, 2, 3, 4]
frequency = [5, 6, 7, 8]
monetary = { EUR = [1, 2, 3, 4.5] }

[[targets]]
measure = "new"
period = "2026-11"
owner = "lilei"
amount = "3"

[sync]
push = "branch"

[retention]
lost = "36m after churn.date"
keep_transactions = "30y"
hold = ["C20240501K7QM"]

[privacy]
require_consent = ["sms"]
request_days = 10

[backup]
to = ["KEY"]
every_days = 7

[check]
ignore = ["phone-form"]
lock_seconds = 0

[views]
mine = "owner == 'lilei'"
""".replace("KEY", KEY)

#: Settings with one mistake; line, column and width; the message; the hint.
WRONG: dict[str, tuple[str, tuple[int, int, int], str, str]] = {
    "an unknown table": ("[stroe]\n", (1, 2, 5), "unknown setting 'stroe'", "did you mean 'store'?"),
    "a key in capitals": (
        "[store]\nCURRENCY = 'EUR'\n",
        (2, 1, 8),
        "unknown setting 'store.CURRENCY'",
        "did you mean 'currency'?",
    ),
    "a table near none": (
        "[qqqqqq]\n",
        (1, 2, 6),
        "unknown setting 'qqqqqq'",
        (
            "one of: access, backup, check, classification, followup, opportunities, privacy, products, regions, "
            "retention, rfm, status, store, sync, targets, team, view, views"
        ),
    ),
    "a province in two regions": (
        '[regions]\n"华东" = ["上海", "江苏省"]\nsouth = ["广东", "江苏"]\n',
        (3, 1, 5),
        "'江苏' is in two regions: 华东 and south",
        "remove it from one of the two",
    ),
    "text for the provinces of a region": (
        '[regions]\nsouth = "广东"\n',
        (2, 1, 5),
        "south must be a list of texts, not '广东'",
        SHOWN,
    ),
    "an unknown key": (
        '\n[store]\n  nmae = "x"\n',
        (3, 3, 4),
        "unknown setting 'store.nmae'",
        "did you mean 'name'?",
    ),
    "a key written with dots": (
        'store.nmae = "x"\n',
        (1, 1, 4),
        "unknown setting 'store.nmae'",
        "did you mean 'name'?",
    ),
    "a value for a table": ("team = 5\n", (1, 1, 4), "[team] must be a table", "put [team] on a line of its own"),
    "a list of tables": ("[[team]]\n", (1, 3, 4), "[team] must be a table", "put [team] on a line of its own"),
    "a number for text": ("[store]\nname = 5\n", (2, 1, 4), "name must be text, not 5", SHOWN),
    "text for a number": (
        '[check]\nlock_seconds = "9"\n',
        (2, 1, 12),
        "lock_seconds must be a whole number, not '9'",
        SHOWN,
    ),
    "a truth for a number": (
        "[check]\nlock_seconds = true\n",
        (2, 1, 12),
        "lock_seconds must be a whole number, not True",
        SHOWN,
    ),
    "a number below zero": (
        "[check]\nlock_seconds = -1\n",
        (2, 1, 12),
        "lock_seconds must be a whole number, not -1",
        SHOWN,
    ),
    "text for a list": ('[check]\nignore = "a"\n', (2, 1, 6), "ignore must be a list of texts, not 'a'", SHOWN),
    "no choice": ('[store]\ncommit = "yes"\n', (2, 1, 6), "unknown value 'yes' for commit", "one of: auto, never"),
    "a list for a choice": (
        "[store]\nlanguage = [1]\n",
        (2, 1, 8),
        "unknown value '[1]' for language",
        "one of: en, zh",
    ),
    "no time zone": (
        '[store]\ntimezone = "../etc"\n',
        (2, 1, 8),
        "unknown value '../etc' for timezone",
        "use a name such as Asia/Shanghai",
    ),
    "no currency": (
        '[store]\ncurrency = "元"\n',
        (2, 1, 8),
        "unknown value '元' for currency",
        "use CNY",
    ),
    "text in braces for a number": (
        '[followup]\nstale_days = { low = 9, high = "7" }\n',
        (2, 25, 4),
        "high must be a whole number, not '7'",
        SHOWN,
    ),
    "a number for a map": ("[followup]\nstale_days = 7\n", (2, 1, 10), "stale_days must be a table, not 7", SHOWN),
    "days below zero": (
        "[followup.stale_days]\nhigh = -7\n",
        (2, 1, 4),
        "high must be a whole number, not -7",
        SHOWN,
    ),
    "numbers for statuses": (
        "[status.transitions]\nlead = [1]\n",
        (2, 1, 4),
        "lead must be a list of texts, not [1]",
        SHOWN,
    ),
    "a rule in one pair of brackets": (
        '[followup.rules]\nname = "a"\n',
        (1, 2, 5),
        "a follow-up rule is a table in two pairs of brackets: [[followup.rules]]",
        RULE,
    ),
    "the second of two rules": (
        '[[followup.rules]]\nname = "a"\nevery_days = 1\n[[followup.rules]]\nname = "b"\nevery_days = "30"\n',
        (6, 1, 10),
        "every_days must be a whole number, not '30'",
        SHOWN,
    ),
    "the second of two holidays": (
        '[followup]\nholidays = [\n  "2026-12-25",\n  "2026-13-25",\n]\n',
        (4, 4, 10),
        "'2026-13-25' is not a day",
        "write 2026-12-25, or 2026-10-01/2026-10-07 for several days",
    ),
    "a day that is no list": (
        '[followup]\nholidays = "2026-12-25"\n',
        (2, 1, 8),
        "holidays must be a list of days, not '2026-12-25'",
        SHOWN,
    ),
    "a number for a view": ("[views]\nmine = 5\n", (2, 1, 4), "mine must be text, not 5", SHOWN),
    "a name for a colleague": (
        '[team]\nlilei = "李雷"\n',
        (2, 1, 5),
        "a colleague is a table: [team.lilei]",
        'add a line below it: name = "…"',
    ),
    "a handle with a dot": (
        '[team.hanmei]\n[team.li.na]\nname = "李娜"\n',
        (2, 2, 7),
        "[team.li.na] is read as two names",
        'quote a handle that contains a dot: [team."li.na"]',
    ),
    "an unknown key of a colleague": (
        '[team."li.na"]\nmail = "a@example.com"\n',
        (2, 1, 4),
        "unknown setting 'team.\"li.na\".mail'",
        "did you mean 'email'?",
    ),
    "a number for an address": ("[team.lilei]\nemail = [5]\n", (2, 1, 5), "email must be text, not [5]", SHOWN),
    "text for a truth": (
        '[team.lilei]\nactive = "no"\n',
        (2, 1, 6),
        "active must be true or false, not 'no'",
        SHOWN,
    ),
}

#: What is no TOML; line and column; the message.
BROKEN: dict[str, tuple[bytes, tuple[int, int], str]] = {
    "no quotes": ("[store]\nname = 示例\n".encode(), (2, 8), "the settings are not valid TOML: Invalid value"),
    "an open quote": (b'[store]\nname = "a', (2, 10), "the settings are not valid TOML: Unterminated string"),
    "a key twice": (
        b"[check]\nlock_seconds = 1\nlock_seconds = 2\n",
        (3, 17),
        "the settings are not valid TOML: Cannot overwrite a value",
    ),
    "not UTF-8": ('[store]\nname = "示例"\n'.encode("gbk"), (2, 10), "crmtext.toml is not UTF-8"),
}


def refused(raw: bytes) -> Problem:
    """Why settings are refused."""
    with pytest.raises(CrmError) as caught:
        read(raw)
    assert caught.value.exit_code == Exit.CANNOT
    return caught.value.problem


def test_an_empty_file_leaves_every_default() -> None:
    settings = read(b"")
    assert settings == Settings()
    assert settings.given == frozenset()
    assert (settings.commit, settings.currency, settings.lock_seconds, settings.ignore) == ("auto", "CNY", 10, ())
    assert dict(settings.stale_days) == {"high": 14, "medium": 30, "low": 90, "default": 30}
    assert settings.transitions["lost"] == ("prospect", "active")


def test_a_full_file_is_read_with_what_it_leaves_out_filled_in() -> None:
    settings = read(FULL.encode())
    assert {field.name: getattr(settings, field.name) for field in settings_fields()} == {
        "name": "示例客户库",
        "schema_version": 2,
        "language": "zh",
        "timezone": "Europe/Berlin",
        "currency": "EUR",
        "commit": "auto",
        "access": Access(branches="all"),
        "team": {
            "lilei": Member("lilei", "李雷", ("lilei@example.com", "li.lei@example.com"), "sales"),
            "li.na": Member("li.na", active=False),
        },
        "products": {
            "TH-200": Product("TH-200", "温湿度传感器", "传感器", ("TH200",)),
            "GW-1.0": Product("GW-1.0"),
        },
        "transitions": {"lead": ("lost",)},
        "stale_days": {"high": 7, "medium": 30, "low": 90, "default": 30},
        "satisfaction_days": {"high": 60, "medium": 180, "low": 365, "default": 180},
        "case_days": 3,
        "answer_days": 2,
        "contract_days": 90,
        "pool_days": 45,
        "holidays": ("2026-10-01/2026-10-07", "2026-12-25"),
        "workdays": ("2026-10-10",),
        "follow_up_rules": (
            FollowUpRule(
                "重点客户月度拜访", 30, "value == 'high' and status == 'active'", ("visit",), "带上上次的测试报告"
            ),
            FollowUpRule("others", 0, "", ("phone", "wechat")),
        ),
        "classification_rules": (
            ClassificationRule("大客户", "monetary.CNY >= 200000", {"value": "high", "priority": "key"}),
            ClassificationRule("rest", "", {"segment": "others"}, ("small",)),
        ),
        "regions": {"华东": ("上海", "江苏省")},
        "probability": {"discovery": 5, "qualified": 30, "proposal": 50, "negotiation": 75},
        "rfm_mode": "rank",
        "rfm_window_days": 180,
        "rfm_split": "mean",
        "rfm_recency": (1, 2, 3, 4),
        "rfm_frequency": (5, 6, 7, 8),
        "rfm_monetary": {"EUR": (Decimal(1), Decimal(2), Decimal(3), Decimal("4.5"))},
        "targets": (Target("new", "2026-11", Decimal(3), "lilei"),),
        "view": "support",
        "push": "branch",
        "retention_rules": {"lost": "36m after churn.date"},
        "keep_transactions": "30y",
        "hold": ("C20240501K7QM",),
        "require_consent": ("sms",),
        "request_days": 10,
        "backup_to": (KEY,),
        "backup_days": 7,
        "ignore": ("phone-form",),
        "lock_seconds": 0,
        "views": {"mine": "owner == 'lilei'"},
    }
    assert settings.given == {field.metadata["name"] for field in settings_fields()}


def test_the_settings_of_the_sample_can_be_read() -> None:
    settings = read((layout.shipped(layout.SETTINGS)).read_bytes())
    assert [*settings.team] == ["lilei", "hanmei", "wangfang", "zhaomin", "liuyang"]
    assert [handle for handle, member in settings.team.items() if not member.active] == ["liuyang"]


@pytest.mark.parametrize(
    ("typed", "handle"),
    [
        ("lilei", "lilei"),
        ("李雷", "lilei"),
        ("LI.LEI@example.com", "lilei"),
        ("li.na", "li.na"),
        ("Lilei", "lilei"),
        ("nobody", None),
        ("", None),
    ],
)
def test_a_colleague_is_found_by_handle_name_or_address(typed: str, handle: str | None) -> None:
    member = read(FULL.encode()).member(typed)
    assert (member.handle if member else None) == handle


@pytest.mark.parametrize(
    ("written", "code"),
    [
        ("TH-200", "TH-200"),
        ("温湿度传感器", "TH-200"),
        ("ｔｈ 200", "TH-200"),
        ("GW-1.0", "GW-1.0"),
        ("GW-10", None),
        ("传感器", None),
        ("", None),
    ],
)
def test_a_product_is_written_by_code_name_or_alias(written: str, code: str | None) -> None:
    product = read(FULL.encode()).product(written)
    assert (product.code if product else None) == code


def test_a_name_that_two_share_finds_nobody() -> None:
    assert read('[team.a]\nname = "李雷"\n[team.b]\nname = "李雷"\n'.encode()).member("李雷") is None


def test_each_follow_up_rule_has_its_place() -> None:
    lines = FULL.split("\n")
    first, second = read(FULL.encode()).rules_at["followup.rules"]
    assert [lines[line - 1] for line, _column, _text in (*first.values(), *second.values())] == [
        'name = "重点客户月度拜访"', "where = \"value == 'high' and status == 'active'\"", 'channel = "visit"',
        'name = "others"', "[[followup.rules]]", 'channel = ["phone", "wechat"]',
    ]  # fmt: skip
    assert second["name"][0] > first["name"][0]


def test_a_handle_is_shown_by_its_name() -> None:
    settings = read(FULL.encode())
    assert [settings.shown(handle) for handle in ("lilei", "li.na", "gone")] == ["李雷", "li.na", "gone"]


@pytest.mark.parametrize(("handle", "name"), [("li-na_2", "li-na_2"), ("li.na", '"li.na"'), ("李娜", '"李娜"')])
def test_a_handle_is_quoted_in_a_table_s_head_where_toml_wants_it(handle: str, name: str) -> None:
    assert table_name(handle) == name
    assert [*read(f"[team.{name}]\n".encode()).team] == [handle]


@pytest.mark.parametrize(("text", "at", "message", "hint"), WRONG.values(), ids=list(WRONG))
def test_a_mistake_is_told_with_its_place_and_the_nearest_right_name(
    text: str, at: tuple[int, int, int], message: str, hint: str
) -> None:
    line, column, width = at
    place = Place("crmtext.toml", line, column, line, column + width)
    excerpt = text.split("\n")[line - 1]
    problem = refused(text.encode())
    assert problem._replace(place=problem.place._replace(pointer="")) == Problem(
        "settings", message, place, hint, excerpt=excerpt
    )


@pytest.mark.parametrize(("raw", "at", "message"), BROKEN.values(), ids=list(BROKEN))
def test_what_is_no_toml_is_told_with_its_place(raw: bytes, at: tuple[int, int], message: str) -> None:
    problem = refused(raw)
    assert (problem.rule, problem.place, problem.message) == ("settings-syntax", Place("crmtext.toml", *at), message)


DEEP = "nested more than 16 levels deep"
DIGITS = "a number has more than 600 digits"


@pytest.mark.parametrize(
    ("text", "at", "message"),
    [
        ("a = 1\nb = " + "[" * 17 + "]" * 17, (2, 21), DEEP),
        ("a = [" + "[[1], # [[[\n" * 20, (15, 2), DEEP),
        ("a = " + "{b = " * 17 + "1" + "}" * 17, (1, 85), DEEP),
        ("[" + ".".join("a" * 18) + "]", (1, 35), DEEP),
        ("a = " + "1" * 601, (1, 5), DIGITS),
        ("a = 1_0" + "_0" * 600, (1, 5), DIGITS),
    ],
    ids=lambda value: str(value)[:20],
)
def test_limits_are_judged_before_the_parser_of_any_python(text: str, at: tuple[int, int], message: str) -> None:
    line, column = at
    problem = refused(text.encode())
    place = Place("crmtext.toml", line, column, line, column + 1)
    assert (problem.rule, problem.place, problem.message) == ("settings-syntax", place, message)


def test_brackets_dots_and_digits_in_texts_and_comments_do_not_count() -> None:
    name = "[{." * 40 + "7" * 700
    for text in (f"name = '{name}'  # {name}", f'name = "{name}"', f'name = """\n{name}\\""""', f"name = '''{name}'''"):
        assert read(f"[store]\n{text}\n".encode()).name.rstrip('"') == name


@pytest.mark.parametrize(
    "raw",
    [
        *(b"#" * 300_000, b"a = " + b"[" * 50_000, b"a = " + b"1" * 5000, b"a" * 90_000, b"a." * 900 + b"b = 1"),
        *(b"a = {" + b"a." * 90_000 + b"b = 1}", b'"\\' * 80_000, b"'''" * 80_001, b'"""\\' * 60_000),
    ],
    ids=lambda raw: f"{raw[:10]!r} of {len(raw)}",
)
def test_hostile_bulk_is_refused(raw: bytes) -> None:
    assert refused(raw).rule in {"settings-too-large", "settings-syntax", "settings"}


def test_a_byte_order_mark_and_line_ends_of_windows_are_no_matter() -> None:
    assert read(b"\xef\xbb\xbf" + FULL.replace("\n", "\r\n").encode()) == read(FULL.encode())
    assert refused(b"\xef\xbb\xbf[stroe]\r\n").place == Place("crmtext.toml", 1, 2, 1, 7, "/stroe")


def test_every_setting_has_its_help_in_both_languages() -> None:
    for field in settings_fields():
        with speaking("zh"):
            assert re.search("[\u4e00-\u9fff]", _(field.metadata["help"])), field.name


TABLES: st.SearchStrategy[dict[str, Any]] = st.recursive(
    st.sampled_from([1, -1, True, "x", "zh", 1.5]) | st.text(max_size=3),
    lambda inner: st.lists(inner, max_size=2)
    | st.dictionaries(
        st.sampled_from(["store", "team", "name", "email", "active", "views", "lilei", "commit", "ignore", "x",
                         "rules", "holidays", "workdays", "where", "every_days", "channel", "recency", "monetary",
                         "EUR", "measure", "period", "amount", "owner"]),
        inner,
        max_size=4,
    ),
    max_leaves=12,
)  # fmt: skip


def toml(value: Any) -> str:
    """A value as inline TOML."""
    if isinstance(value, dict):
        return "{" + ", ".join(f"{key} = {toml(item)}" for key, item in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(map(toml, value)) + "]"
    if isinstance(value, str):
        return "'''" + "".join(item for item in value if item.isalnum()) + "'''"
    return str(value).lower()


@hypothesis_settings(max_examples=150)
@given(
    st.dictionaries(
        st.sampled_from(["store", "team", "status", "followup", "views", "check", "rfm", "targets", "x"]), TABLES
    )
)
def test_any_toml_gives_settings_or_a_reason(tables: dict[str, Any]) -> None:
    raw = "".join(f"{key} = {toml(value)}\n" for key, value in tables.items()).encode()
    around, problems = read_around(raw)
    assert around.member("nobody@example.com") is None
    if problems:
        assert refused(raw) == problems[0]
        assert problems[0].place.line > 0
    else:
        assert read(raw) == around


#: A file, the settings it gives in spite of what is wrong, and where that stands.
AROUND: dict[str, tuple[str, dict[str, object], list[str]]] = {
    "a wrong value": ('[store]\nname = "a"\ncurrency = "RMB¥"\n', {"name": "a"}, ["/store/currency"]),
    "two wrong values": (
        '[check]\nlock_seconds = "x"\n[store]\nname = 5\n', {}, ["/check/lock_seconds", "/store/name"],
    ),
    "no quotes": ("[store]\nname = 示例\ncurrency = 'EUR'\n", {"currency": "EUR"}, ["/store/name"]),
    "one of several values": (
        "[followup]\nstale_days = { high = 7, low = 'x' }\n",
        {"stale_days": {"high": 7, "medium": 30, "low": 90, "default": 30}},
        ["/followup/stale_days/low"],
    ),
    "one of several rules and holidays": (
        "[followup]\nholidays = ['12-99']\n[[followup.rules]]\nname = 'a'\n[[followup.rules]]\nevery_days = 1\n",
        {},
        ["/followup/rules/0", "/followup/rules/1", "/followup/holidays"],
    ),
    "a colleague's address": (
        "[team.lilei]\nname = '李雷'\nemail = 5\n", {"team": {"lilei": Member("lilei", "李雷")}}, ["/team/lilei/email"],
    ),
    "a handle in Chinese": (
        "[team.李雷]\nname = '李雷'\n\n[store]\nname = 'a'\n", {"name": "a"}, ["/team/李雷"],
    ),
    "no setting": ("[store]\nnane = 'a'\n", {}, ["/store/nane"]),
    "no table": ("stroe = 1\n", {}, ["/stroe"]),
    "a conflict": (
        "<<<<<<< a\n[store]\nname = 'a'\n=======\n[store]\nname = 'b'\n# b\n>>>>>>> b\n[check]\nlock_seconds = 3\n",
        {"name": "a", "lock_seconds": 3},
        [""],
    ),
    "two conflicts and a wrong value": (
        "[store]\n<<<<<<< a\n=======\nname = 'b'\n>>>>>>> b\n<<<<<<< a\ncurrency = 'EUR'\n=======\n>>>>>>> b\nx = 1",
        {"currency": "EUR"},
        ["", "", "/store/x"],
    ),
    "nothing wrong": ("[store]\nname = 'a'\n", {"name": "a"}, []),
}  # fmt: skip


@pytest.mark.parametrize(("text", "given", "wrong"), AROUND.values(), ids=list(AROUND))
def test_what_is_wrong_can_be_left_out(text: str, given: dict[str, object], wrong: list[str]) -> None:
    settings, problems = read_around(text.encode())
    values = {field.name: getattr(settings, field.name) for field in settings_fields()}
    assert values == {field.name: field.metadata["default"] for field in settings_fields()} | given
    assert sorted(problem.place.pointer for problem in problems) == sorted(wrong)


def test_a_conflict_is_told_with_its_lines_and_the_ways_out() -> None:
    raw = "[store]\n<<<<<<< HEAD\nname = '甲'\n=======\nname = '乙'\n>>>>>>> origin/main\nnot toml\n".encode()
    problem = refused(raw)
    assert (problem.rule, problem.place) == ("conflict-marker", Place("crmtext.toml", 2, 1, 6, 20))
    assert (problem.message, problem.excerpt) == ("a merge left a conflict in lines 2 to 6", "<<<<<<< HEAD")
    assert "git add crmtext.toml" in problem.hint
    assert "git merge --abort" in problem.hint
    # What is wrong beside it stands where it stood.
    assert [item.place.line for item in read_around(raw)[1]] == [2, 7]
    # In a text of several lines such lines are a value.
    assert read(b'[store]\nname = """\n<<<<<<< x\n=======\n>>>>>>> y"""\n').name.startswith("<<<<<<<")


def test_a_number_that_git_must_not_keep_is_told_without_its_digits() -> None:
    problem = refused(b'[store]\nname = "a" # 11010519491231002X\n')
    assert (problem.rule, problem.place) == ("resident-id", Place("crmtext.toml", 2, 14, 2, 32))
    assert "1101" not in f"{problem} {problem.excerpt} {problem.hint}"


def test_what_cannot_be_read_at_all_is_refused() -> None:
    for raw in (b"#" * 300_000, b'a = """\nb\n', b"\n".join([b"?"] * 30)):
        with pytest.raises(CrmError):
            read_around(raw)
